"""A training in this process, on pictures of discs, for tests of the engine."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Event, Succeeded, Terminal, TrainDone
from segdesk.jobs.runner import run_job
from segdesk.jobs.specs import JobSpec, TrainSpec


@dataclass(frozen=True)
class Run:
    """How a job ended and what it said."""

    terminal: Terminal
    events: list[Event]

    @property
    def done(self) -> TrainDone:
        assert isinstance(self.terminal, Succeeded), self.terminal
        assert isinstance(self.terminal.result, TrainDone)
        return self.terminal.result

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]


def make_discs(root: Path, train: int = 4, val: int = 2) -> Path:
    """Make pictures of bright discs on a dark ground."""
    rng = np.random.default_rng(0)
    for split, count in (("train", train), ("val", val)):
        (root / "img_dir" / split).mkdir(parents=True)
        (root / "ann_dir" / split).mkdir(parents=True)
        for number in range(count):
            rows, columns = np.ogrid[:60, :70]
            y, x = rng.integers(20, 40, 2)
            mask = ((rows - y) ** 2 + (columns - x) ** 2 < 15**2).astype(np.uint8)
            noise = rng.integers(0, 60, (60, 70, 3))
            picture = (mask[..., None] * 180 + noise).astype(np.uint8)
            Image.fromarray(picture).save(root / "img_dir" / split / f"{number}.png")
            Image.fromarray(mask).save(root / "ann_dir" / split / f"{number}.png")
    (root / "classes.json").write_text(json.dumps(["background", "disc"]))
    return root


def spec_of(data: Path, work_dir: Path, **changes: object) -> TrainSpec:
    values = {
        "architecture": "fast-scnn",
        "max_iters": 2,
        "val_interval": 100,
        "checkpoint_interval": 100,
        "log_interval": 1,
        "batch_size": 2,
        "crop_size": 64,
        "device": "cpu",
    }
    return TrainSpec(data_dir=data, work_dir=work_dir, **{**values, **changes})


def run(
    spec: JobSpec, on_event: Callable[[Event, StopFlag], None] | None = None
) -> Run:
    """Run a job; `on_event` may stop it or let it wait."""
    from segdesk.engine.dispatch import Engine

    events: list[Event] = []
    stop = StopFlag()

    def report(event: Event) -> None:
        events.append(event)
        if on_event:
            on_event(event, stop)

    return Run(run_job(spec, JobContext(report, stop), Engine().handle), events)
