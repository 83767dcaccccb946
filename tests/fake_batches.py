"""Batches whose engine says what a test tells it to."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from segdesk.app.batch.batches import Batches
from segdesk.app.batch.choice import BatchMemory
from segdesk.app.batch.plan import BatchPlan
from segdesk.app.files.thumbnails import Thumbnails
from segdesk.app.ports import TrainHandle
from segdesk.core.classes import ClassList
from segdesk.jobs.events import (
    BatchDone,
    Cancelled,
    ItemDone,
    ItemFailed,
    Report,
    Succeeded,
    Terminal,
)
from segdesk.jobs.specs import BatchItem, BatchSpec, ModelSource

CLASSES = ClassList.from_names(("background", "road", "tree"))


class FakeRunner:
    """Takes a batch and waits for the test to speak; `told` lists its orders."""

    def __init__(self) -> None:
        self.specs: list[BatchSpec] = []
        self.told: list[str] = []
        self._report: Callable[[Report], None] = lambda _event: None
        self._ended: Callable[[Terminal], None] = lambda _terminal: None

    def train(self, spec: Any, report: Any, ended: Any) -> TrainHandle:
        self.specs.append(spec)
        self._report, self._ended = report, ended
        names = ("stop", "pause", "go_on")
        return TrainHandle(
            *(lambda name=name: self.told.append(name) for name in names)
        )

    def say(self, *events: Report) -> None:
        for event in events:
            self._report(event)

    def finish(self) -> None:
        self._ended(Succeeded(BatchDone(done=1, failed=0, skipped=0, summary=Path())))

    def end_stopped(self) -> None:
        self._ended(Cancelled("some"))

    def end(self, terminal: Terminal) -> None:
        self._ended(terminal)


def make_batches(desk: Any, executor: Any, timer: Any, home: Path) -> Batches:
    """Return batches with a fake runner in `runner`."""
    runner = FakeRunner()
    batches = Batches(
        desk,
        runner,
        executor,
        timer,
        BatchMemory(home / "batch.json"),
        Thumbnails(executor),
    )
    batches.runner = runner  # type: ignore[attr-defined]
    return batches


def make_plan(folder: Path, names: Sequence[str], **fields: Any) -> BatchPlan:
    """Return a batch of images `names` below a folder; takes fields of its spec."""
    spec = BatchSpec(
        model=ModelSource(id="steady", checkpoint=folder / "model.pth"),
        items=tuple(
            BatchItem(folder / name, name.rpartition(".")[0]) for name in names
        ),
        out_dir=folder.parent / f"{folder.name}_out",
        save=("mask", "overlay"),
        **fields,
    )
    return BatchPlan(spec, folder.name, "Steady", folder, CLASSES)


def done(index: int, sure: float | None = 0.9, **fields: Any) -> ItemDone:
    """Return that an image is predicted."""
    values = {
        "source": Path(f"{index}.jpg"),
        "outputs": (),
        "size": (80, 60),
        "seconds": 0.5,
        "shares": (0.5, 0.3, 0.2),
        "mean_confidence": sure,
    }
    return ItemDone(index=index, **(values | fields))


def failed(index: int) -> ItemFailed:
    """Return that an image could not be predicted."""
    return ItemFailed(
        index=index,
        source=Path(f"{index}.jpg"),
        message="It was not predicted.",
        cause="The file ends early.",
        hint="Copy it again.",
    )
