"""A training at work, and who takes what it has made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from segdesk.app.ports import TrainHandle
from segdesk.jobs.events import (
    TrainDone,
)
from segdesk.jobs.specs import TrainSpec


class TakesTrained(Protocol):
    """Takes what a training made into the library of models."""

    def take(
        self, spec: TrainSpec, done: TrainDone, taken: Callable[[str], object]
    ) -> None:
        """Take the best of a run in; `taken` gets the id of the model."""
        ...


@dataclass(slots=True)
class Live:
    """What only a run at work has."""

    handle: TrainHandle | None = None
    is_stopped: bool = False
