"""Iterations per second of a training against plain mmengine with the same config.

Both train the same network on the same made pictures, on the CPU with one thread, each
in a fresh process. They take turns, some iterations at a time, so that a machine that
grows busy slows both. Each turn is compared with the one of the other beside it; a
round gives the median of its ratios, and the median of the rounds counts. Validation
and checkpoints lie outside.

With --into, rounds are added to those of earlier calls with the same file.

    python benchmarks/train_speed.py [--iters 120] [--rounds 6] [--into FILE]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from operator import truediv
from pathlib import Path
from typing import TYPE_CHECKING

HOUSE = Path(__file__).resolve().parent.parent
GOAL = 0.98
TURN = 10  # iterations

if TYPE_CHECKING:
    from segdesk.jobs.specs import TrainSpec

Round = dict[str, float]

_COMMON = f"""
import json, os, sys, time
from pathlib import Path
import torch
torch.set_num_threads(1)
turns = []
count = 0
def timed(self, batch):
    global count, began
    step(self, batch)
    count += 1
    if count % {TURN} == 0:
        turns.append(time.perf_counter() - began if count > {TURN} else 0.0)
        os.write(int(sys.argv[3]), b"!")
        os.read(0, 1)
        began = time.perf_counter()
"""
_OURS = (
    _COMMON
    + """
from segdesk.engine.dispatch import Engine
from segdesk.jobs.codec import decode_spec
from segdesk.jobs.control import JobContext, StopFlag
import segdesk.engine.training.train_runner
from mmengine.runner import IterBasedTrainLoop
step = IterBasedTrainLoop.run_iter
IterBasedTrainLoop.run_iter = timed
spec = decode_spec(Path(sys.argv[1]).read_bytes())
Engine().handle(spec, JobContext(lambda event: None, StopFlag()))
"""
)
_PLAIN = (
    _COMMON
    + """
from mmengine.config import Config
from mmengine.runner import IterBasedTrainLoop, Runner
step = IterBasedTrainLoop.run_iter
IterBasedTrainLoop.run_iter = timed
config = Config.fromfile(sys.argv[1])
config.work_dir = sys.argv[2]
Runner.from_cfg(config).train()
"""
)
_LAST = """
Path(sys.argv[2] + ".json").write_text(json.dumps(turns[1:]))
"""


def main() -> int:
    """Measure and print; exit 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iters", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--arch", default="fast-scnn")
    parser.add_argument("--into", type=Path, help="keep the rounds here")
    chosen = parser.parse_args()
    kept: list[Round] = []
    if chosen.into and chosen.into.is_file():
        kept = json.loads(chosen.into.read_text())
    with tempfile.TemporaryDirectory() as name:
        kept += _rounds(Path(name), chosen.arch, chosen.iters, chosen.rounds)
    if chosen.into:
        chosen.into.write_text(json.dumps(kept))
    ratios = [one["ratio"] for one in kept]
    ratio = statistics.median(ratios)
    found = {
        "architecture": chosen.arch,
        "ours_per_s": [round(TURN / one["ours"], 3) for one in kept],
        "plain_per_s": [round(TURN / one["plain"], 3) for one in kept],
        "ratios": [round(one, 4) for one in ratios],
        "ratio": round(ratio, 4),
        "spread": round(_spread(ratios), 4),
        "goal": GOAL,
    }
    sys.stdout.write(json.dumps(found) + "\n")
    return 0 if ratio >= GOAL else 1


def _spread(values: list[float]) -> float:
    """Return how far apart the quartiles lie; of one value: 0."""
    if len(values) < 2:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return high - low


def _rounds(folder: Path, architecture: str, iters: int, rounds: int) -> list[Round]:
    sys.path.insert(0, str(HOUSE / "tests"))
    from training_run import make_discs, spec_of

    from segdesk.engine.bootstrap import prepare
    from segdesk.jobs.codec import encode

    prepare()
    data = make_discs(folder / "data", train=8)
    found = []
    for number in range(rounds):
        spec = spec_of(
            data,
            folder / f"ours-{number}",
            architecture=architecture,
            max_iters=iters,
            val_interval=iters,
            checkpoint_interval=iters * 2,
            log_interval=10,
            crop_size=128,
            batch_size=4,
        )
        path = folder / "spec.json"
        path.write_bytes(encode(spec))
        turns = (
            _Turns(_OURS, path, spec.work_dir),
            _Turns(_PLAIN, _config(spec, folder), folder / f"plain-{number}"),
        )
        while sum(one.take() for one in turns):
            pass
        ours, plain = (one.seconds() for one in turns)
        found.append(
            {
                "ours": statistics.median(ours),
                "plain": statistics.median(plain),
                "ratio": statistics.median(map(truediv, plain, ours)),
            }
        )
    return found


def _config(spec: "TrainSpec", folder: Path) -> Path:
    """Write the config that the training will have, for plain mmengine."""
    from segdesk.engine.config.text import write_config
    from segdesk.engine.training.plan import plan_training
    from segdesk.engine.training.run_folder import write_lists
    from segdesk.jobs.control import JobContext, StopFlag

    plan = plan_training(spec, JobContext(lambda _event: None, StopFlag()))
    write_lists(plan.spec, plan.data)
    path = folder / "config.py"
    path.write_text(write_config(plan.config), encoding="utf-8")
    return path


class _Turns:
    """A training in a process of its own that stops after each turn and waits."""

    def __init__(self, program: str, source: Path, folder: Path) -> None:
        self._result = Path(f"{folder}.json")
        self._said, said = os.pipe()
        call = (program + _LAST, str(source), str(folder), str(said))
        self._process = subprocess.Popen(
            [sys.executable, "-c", *call],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(said,),
            cwd=HOUSE,
        )
        os.close(said)
        os.read(self._said, 1)  # it waits before its first turn that counts

    def take(self) -> bool:
        """Let it take a turn; tells whether there is another."""
        if self._process.poll() is not None:
            return False
        os.write(self._process.stdin.fileno(), b"!")
        return bool(os.read(self._said, 1))

    def seconds(self) -> list[float]:
        """Return how long each turn took, after the end."""
        _, complaint = self._process.communicate()
        if self._process.returncode:
            raise SystemExit(complaint.decode())
        found: list[float] = json.loads(self._result.read_text())
        return found


if __name__ == "__main__":
    sys.exit(main())
