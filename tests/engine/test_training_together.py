"""Two processes on the CPU train together, started by the engine or by torchrun."""

import json
import os
import subprocess
import sys

import pytest
from training_run import make_discs, run, spec_of

from segdesk.engine.training.launching import check_launch, process_count, process_rank
from segdesk.jobs.codec import decode_event, decode_spec
from segdesk.jobs.events import Cancelled, CheckpointSaved, Validated

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """Let the engine start two processes and stop them at their first checkpoint."""
    folder = tmp_path_factory.mktemp("together")
    spec = spec_of(
        make_discs(folder / "data", val=3),
        folder / "run",
        devices=(0, 1),
        max_iters=3000,
        checkpoint_interval=2,
        val_loss=False,
    )

    def stop_soon(event, stop):
        if isinstance(event, CheckpointSaved):
            stop.set()

    return spec, run(spec, stop_soon)


def test_train_together_stops_all_when_the_user_stops(stopped):
    spec, result = stopped
    names = {path.name for path in spec.work_dir.iterdir()}
    lines = (spec.work_dir / "events.jsonl").read_bytes().splitlines()

    assert isinstance(result.terminal, Cancelled)
    assert result.terminal.kept.startswith("checkpoint at iteration ")
    assert {"config.py", "events.jsonl", "interrupted.pth"} <= names
    assert decode_event(lines[-1]) == result.terminal
    kept = decode_spec((spec.work_dir / "spec.json").read_bytes())
    assert (kept.devices, kept.launcher) == ((0, 1), "none")


def test_train_validates_all_images_when_torchrun_goes_on(stopped):
    import torch

    from segdesk.engine.strict_load import read_strictly

    spec, _ = stopped
    done = read_strictly(spec.work_dir / "interrupted.pth")["meta"]["iter"]
    start = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    words = ["--resume", "--work-dir", str(spec.work_dir), "--launcher", "pytorch"]
    words += ["--max-iters", str(done + 1), "--json"]
    command = [sys.executable, *start, "-m", "segdesk", "train", *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr[-2000:]
    document = json.loads(ended.stdout)
    assert document["iterations"] == done + 1
    lines = (spec.work_dir / "events.jsonl").read_bytes().splitlines()
    events = [decode_event(line) for line in lines]
    assert [e.iteration for e in events if isinstance(e, Validated)] == [done + 1]
    weights = read_strictly(spec.work_dir / f"iter_{done + 1}.pth")["state_dict"]
    assert all(torch.isfinite(value).all() for value in weights.values())


def test_process_rank_is_what_srun_tells_when_it_started_the_process(
    stopped, monkeypatch
):
    import msgspec

    from segdesk.core.errors import ConfigError

    spec = msgspec.structs.replace(stopped[0], launcher="slurm", devices=())
    with pytest.raises(ConfigError, match="not started"):
        check_launch(spec)
    for name, value in (("PROCID", 3), ("NTASKS", 4), ("LOCALID", 1)):
        monkeypatch.setitem(os.environ, f"SLURM_{name}", str(value))
    check_launch(spec)

    assert (process_rank(spec), process_count(spec)) == (3, 4)
