"""Stopping a training and going on with it, as if nothing had been."""

import errno
import itertools
import shutil
from pathlib import Path

import pytest
from training_run import make_discs, run, spec_of

from segdesk.formats.file_lock import FileLock
from segdesk.jobs.events import (
    Cancelled,
    CheckpointSaved,
    Failed,
    Noted,
    TrainStep,
    Validated,
)

pytestmark = pytest.mark.engine

OPTIONS = {
    "max_iters": 4,
    "val_interval": 2,
    "checkpoint_interval": 2,
    "ema": True,
    "lr": 0.01,
    "val_loss": False,
    "previews": 0,
}


@pytest.fixture(scope="module")
def discs(tmp_path_factory):
    import torch

    torch.set_num_threads(1)
    return make_discs(tmp_path_factory.mktemp("discs"))


@pytest.fixture(scope="module")
def straight(discs, tmp_path_factory):
    """Train four iterations at one go."""
    spec = spec_of(discs, tmp_path_factory.mktemp("runs") / "straight", **OPTIONS)
    result = run(spec)
    assert result.done.iterations == 4
    return spec, result


@pytest.fixture(scope="module")
def parted(discs, tmp_path_factory):
    """Stop right before the first validation and go on."""
    spec = spec_of(discs, tmp_path_factory.mktemp("runs") / "parted", **OPTIONS)

    def stop_soon(event, stop):
        if isinstance(event, CheckpointSaved):
            stop.set()

    first = run(spec, stop_soon)
    assert first.terminal == Cancelled("checkpoint at iteration 2")
    assert not first.of(Validated)
    return spec, run(_resumed(spec))


def _resumed(spec, **changes):
    import msgspec

    return msgspec.structs.replace(spec, resume=True, **changes)


def _copied(spec, folder: Path, **changes):
    shutil.copytree(spec.work_dir, folder)
    return _resumed(spec, work_dir=folder, **changes)


def _files(spec, pattern: str) -> set[str]:
    return {path.name for path in spec.work_dir.glob(pattern)}


def _weights(folder: Path, name: str = "iter_4.pth"):
    from segdesk.engine.strict_load import read_strictly

    return read_strictly(folder / name)


def test_resume_ends_with_the_same_weights_when_a_run_was_stopped(straight, parted):
    import torch

    whole, halves = (_weights(spec.work_dir) for spec, _ in (straight, parted))
    for part in ("state_dict", "ema_state_dict"):
        for name, value in whole[part].items():
            assert torch.equal(value, halves[part][name]), name
    rates = [
        [step.lr for step in result.of(TrainStep) if step.iteration == 4]
        for _, result in (straight, parted)
    ]
    assert rates[0] == rates[1]


def test_resume_makes_up_for_a_validation_when_the_stop_cut_it_off(parted):
    from segdesk.jobs.codec import decode_event

    spec, result = parted
    lines = (spec.work_dir / "events.jsonl").read_bytes().splitlines()
    events = [decode_event(line) for line in lines]
    told = [event.iteration for event in events if isinstance(event, Validated)]
    assert told == [2, 4]
    assert result.done.iterations == 4


def test_resume_extends_the_schedule_when_more_iterations_are_asked_for(
    parted, tmp_path
):
    spec, _ = parted
    longer = run(_copied(spec, tmp_path / "run", max_iters=6))

    steps = longer.of(TrainStep)
    assert longer.done.iterations == 6
    assert steps[0].iteration == 5
    assert steps[0].total == 6
    assert 0.0015 < steps[0].lr < 0.003  # not the nothing at which the first part ended


def test_resume_passes_over_a_checkpoint_when_it_was_cut_short(parted, tmp_path):
    spec, _ = parted
    again = _copied(spec, tmp_path / "run")
    newest = tmp_path / "run" / "iter_4.pth"
    newest.write_bytes(newest.read_bytes()[:3000])
    result = run(again)

    assert "iter_4.pth was passed over." in [n.message for n in result.of(Noted)]
    assert result.of(TrainStep)[0].iteration == 3


def test_checkpoints_outlive_a_crash_when_the_next_is_being_written(
    discs, tmp_path, monkeypatch
):
    from mmengine.runner import Runner

    from segdesk.engine.training.metric import PerClassIoUMetric

    scores = itertools.count()
    monkeypatch.setattr(
        PerClassIoUMetric,
        "compute_metrics",
        lambda _self, _results: {"mIoU": float(next(scores))},
    )
    spec = spec_of(discs, tmp_path / "run", **OPTIONS)
    save = Runner.save_checkpoint

    def fill_the_disk(self, out_dir, filename, *args, **options):
        save(self, out_dir, filename, *args, **options)
        if "best" in filename and "4" in filename:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Runner, "save_checkpoint", fill_the_disk)
        assert isinstance(run(spec).terminal, Failed)
    assert _files(spec, "best*") == {"best_mIoU_iter_2.pth"}
    assert _files(spec, ".*.part")
    (spec.work_dir / "interrupted.pth").write_bytes(b"of an earlier stop")

    assert run(_resumed(spec, max_iters=6)).done.iterations == 6
    assert _files(spec, "*.pth") == {
        "best_mIoU_iter_6.pth",
        "iter_4.pth",
        "iter_6.pth",
        "model.pth",
    }
    assert not _files(spec, ".*.part")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "It has done 4 of 4 iterations"),
        ({"max_iters": 9, "data_dir": "others"}, "It knows the classes background"),
    ],
)
def test_resume_refuses_when_it_cannot_go_on(straight, discs, tmp_path, changes, words):
    spec, _ = straight
    if "data_dir" in changes:
        others = tmp_path / "others"
        shutil.copytree(discs, others)
        (others / "classes.json").write_text('["background", "ring"]')
        changes = {**changes, "data_dir": others}
    failed = run(_resumed(spec, **changes)).terminal

    assert isinstance(failed, Failed)
    assert words in failed.cause


def test_run_training_refuses_when_the_folder_is_taken(straight, discs, tmp_path):
    spec, _ = straight
    full = run(spec).terminal
    (tmp_path / "run").mkdir()
    lock = FileLock.take(tmp_path / "run" / ".lock")
    busy = run(spec_of(discs, tmp_path / "run")).terminal
    lock.release()

    assert isinstance(full, Failed)
    assert "holds an earlier run" in full.cause
    assert isinstance(busy, Failed)
    assert "Another training runs in" in busy.cause
