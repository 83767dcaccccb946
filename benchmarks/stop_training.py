"""From a stop to its saved checkpoint, in the engine process that the window uses.

A training is stopped at several places of an iteration. What may pass until the
checkpoint lies there: the rest of that iteration, and writing a checkpoint of this
size, which is measured beside it. When the engine says so is printed too, and for each
stop where its time went: iterations that were ended after it (one is right; two would
mean that the request came late), the time until the last of them, and from there on.

    python benchmarks/stop_training.py [--arch unet-small] [--crop 320] [--times 8]
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from segdesk.jobs.control import StopFlag
from segdesk.jobs.events import Cancelled, Event, TrainStep
from segdesk.jobs.process import EngineProcess
from segdesk.jobs.specs import TrainSpec

HOUSE = Path(__file__).resolve().parent.parent
FIRST = 4  # iterations before a stop: the first ones are slow
SLACK_S = 0.05  # for telling the engine
_REACH = 100


def main() -> int:
    """Measure and print; exit 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arch", default="unet-small")
    parser.add_argument("--crop", type=int, default=320)
    parser.add_argument("--times", type=int, default=8)
    chosen = parser.parse_args()
    sys.path.insert(0, str(HOUSE / "tests"))
    from training_run import make_discs, spec_of

    found = []
    with tempfile.TemporaryDirectory() as name:
        data = make_discs(Path(name) / "data")
        process = EngineProcess()
        for number in range(chosen.times):
            spec = spec_of(
                data,
                Path(name) / f"run-{number}",
                architecture=chosen.arch,
                max_iters=_REACH,
                val_interval=_REACH,
                crop_size=chosen.crop,
                batch_size=2,
                previews=0,
            )
            found.append(_stopped(process, spec, number / chosen.times))
        process.close()
    told = {
        "architecture": chosen.arch,
        "stop_to_saved_s": [round(one["took_s"], 3) for one in found],
        "stop_to_told_s": [round(one["told_s"], 3) for one in found],
        "longest_iteration_s": [round(one["iteration_s"], 3) for one in found],
        "saving_s": [round(one["saving_s"], 3) for one in found],
        "iterations_after": [int(one["iterations"]) for one in found],
        "to_the_iterations_end_s": [round(one["ended_s"], 3) for one in found],
        "from_there_to_saved_s": [
            round(one["took_s"] - one["ended_s"], 3) for one in found
        ],
        "within": f"{sum(_late_s(one) <= SLACK_S for one in found)} of {len(found)}",
        "goal": "at most one iteration and saving",
    }
    sys.stdout.write(json.dumps(told) + "\n")
    late = statistics.median(_late_s(one) for one in found)
    return 0 if late <= SLACK_S else 1


def _late_s(one: dict[str, float]) -> float:
    return one["took_s"] - one["iteration_s"] - one["saving_s"]


def _stopped(process: EngineProcess, spec: TrainSpec, phase: float) -> dict[str, float]:
    """Train, stop at a phase (0-1) of an iteration, and measure what that took."""
    stop = StopFlag()
    steps: list[TrainStep] = []
    asked: dict[str, float] = {}
    ends: list[float] = []

    def ask() -> None:
        asked["at_s"] = time.time()
        stop.set()

    def report(event: Event) -> None:
        if isinstance(event, TrainStep):
            steps.append(event)
            ends.append(time.time())
            if event.iteration >= FIRST and not asked:
                asked["at_s"] = time.time()
                threading.Timer(phase * event.iter_time_s, ask).start()

    ended = process.run(spec, report, stop)
    told_s = time.time() - asked["at_s"]
    if not isinstance(ended, Cancelled):
        raise SystemExit(str(ended))
    path = spec.work_dir / "interrupted.pth"
    return {
        "took_s": path.stat().st_mtime - asked["at_s"],
        "told_s": told_s,
        "iteration_s": max(step.iter_time_s for step in steps[1:]),
        "saving_s": _saving_s(path),
        "iterations": sum(end > asked["at_s"] for end in ends),
        "ended_s": max(0.0, ends[-1] - asked["at_s"]),
    }


def _saving_s(path: Path) -> float:
    """Return how long a checkpoint of this content takes to write here."""
    import torch

    content = torch.load(path, weights_only=False)  # it was written just now
    began_s = time.perf_counter()
    torch.save(content, path.with_name("again.pth"))
    return time.perf_counter() - began_s


if __name__ == "__main__":
    sys.exit(main())
