"""Iterations per second of a training against plain mmengine with the same config.

Both train the same network on the same made pictures, on the CPU, one after the other
and several times over, each in a process of its own; the best time of each counts, so
that a busy machine does not decide. Validation and checkpoints lie outside.

    python benchmarks/train_speed.py [--iters 60] [--rounds 3]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
GOAL = 0.98

_COMMON = """
import json, sys, time
from pathlib import Path
import torch
torch.set_num_threads(1)
times = []
"""
_OURS = (
    _COMMON
    + """
from segdesk.engine.dispatch import Engine
from segdesk.jobs.codec import decode_spec
from segdesk.jobs.control import JobContext, StopFlag
import segdesk.engine.train_runner
from mmengine.runner import IterBasedTrainLoop
step = IterBasedTrainLoop.run_iter
def timed(self, batch):
    step(self, batch)
    times.append(time.perf_counter())
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
def timed(self, batch):
    step(self, batch)
    times.append(time.perf_counter())
IterBasedTrainLoop.run_iter = timed
config = Config.fromfile(sys.argv[1])
config.work_dir = sys.argv[2]
Runner.from_cfg(config).train()
"""
)
_LAST = """
skipped = len(times) // 6
rate = (len(times) - 1 - skipped) / (times[-1] - times[skipped])
Path(sys.argv[2] + ".json").write_text(json.dumps(rate))
"""


def main() -> int:
    """Measure and print; exit 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iters", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--arch", default="fast-scnn")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        ours, plain = _rates(Path(name), chosen.arch, chosen.iters, chosen.rounds)
    ratio = max(ours) / max(plain)
    found = {
        "architecture": chosen.arch,
        "ours_per_s": [round(rate, 3) for rate in ours],
        "plain_per_s": [round(rate, 3) for rate in plain],
        "ratio": round(ratio, 4),
        "goal": GOAL,
    }
    sys.stdout.write(json.dumps(found) + "\n")
    return 0 if ratio >= GOAL else 1


def _rates(
    folder: Path, architecture: str, iters: int, rounds: int
) -> tuple[list[float], list[float]]:
    sys.path.insert(0, str(HOUSE / "tests"))
    from training_run import make_discs, spec_of

    from segdesk.jobs.codec import encode

    data = make_discs(folder / "data", train=8)
    ours, plain = [], []
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
        ours.append(_rate(_OURS, path, spec.work_dir))
        config = spec.work_dir / "config.py"
        plain.append(_rate(_PLAIN, config, folder / f"plain-{number}"))
    return ours, plain


def _rate(program: str, source: Path, folder: Path) -> float:
    """Return the iterations per second of a program, the first sixth left out."""
    command = [sys.executable, "-c", program + _LAST, str(source), str(folder)]
    subprocess.run(command, check=True, capture_output=True, cwd=HOUSE)
    return float(json.loads(Path(f"{folder}.json").read_text()))


if __name__ == "__main__":
    sys.exit(main())
