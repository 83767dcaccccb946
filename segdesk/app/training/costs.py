"""What trainings cost here: measured one after the other, remembered by device."""

from typing import TYPE_CHECKING

import msgspec

from segdesk.app.ports import EnginePort
from segdesk.app.signal import Signal
from segdesk.app.training.memory import TrainingMemory
from segdesk.jobs.events import Failed, Succeeded, Terminal
from segdesk.jobs.specs import ProbeSpec, TrainSpec
from segdesk.jobs.training_events import ProbeDone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class TrainingCosts:
    """Probes architectures in the background, as long as somebody looks.

    Parameters
    ----------
    engine
        Runs the probes; what the user asks for meanwhile is done between two.
    memory
        Keeps what was measured.

    Attributes
    ----------
    changed
        Fires when a cost is known, or could not be.
    """

    def __init__(self, engine: EnginePort, memory: TrainingMemory) -> None:
        self.changed: Signal[()] = Signal()
        self._engine = engine
        self._memory = memory
        self._waiting: list[TrainSpec] = []
        self._failed: dict[tuple[str, str], str] = {}
        self._current: TrainSpec | None = None
        self._cancel: Callable[[], None] = lambda: None
        self._device = ""

    @property
    def measuring(self) -> str:
        """The architecture that is measured now; "": none."""
        return self._current.architecture if self._current else ""

    def cost(self, device: str, architecture: str) -> ProbeDone | None:
        """Return what is known of an architecture on a device."""
        return self._memory.cost(device, architecture)

    def why_unknown(self, device: str, architecture: str) -> str:
        """Return why an architecture could not be measured; "": it was not tried."""
        return self._failed.get((device, architecture), "")

    def is_waiting(self, architecture: str) -> bool:
        """Tell whether an architecture is still to be measured."""
        return any(one.architecture == architecture for one in self._waiting)

    def measure(self, specs: "Iterable[TrainSpec]", device: str) -> None:
        """Measure what is not known of these on a device, in this order."""
        self._device = device
        self._waiting = [
            spec
            for spec in specs
            if self.cost(device, spec.architecture) is None
            and not self.why_unknown(device, spec.architecture)
        ]
        if self._current is None:
            self._next()

    def stop(self) -> None:
        """Measure no more."""
        self._waiting.clear()
        self._current, cancel = None, self._cancel
        self._cancel = lambda: None
        cancel()

    def forget_failures(self) -> None:
        """Let what could not be measured be tried again."""
        self._failed.clear()

    def _next(self) -> None:
        if not self._waiting:
            self._current = None
            self.changed.emit()
            return
        spec = self._waiting.pop(0)
        self._current = spec
        device = self._device
        # Weights of classes cost nothing in a step, but counting pixels takes long;
        # and not every architecture takes every loss.
        small = msgspec.structs.replace(
            spec, resume=False, config_text=None, class_weights="none", loss="recipe"
        )
        self._cancel = self._engine.start(
            ProbeSpec(train=small),
            lambda _report: None,
            lambda terminal: self._on_ended(spec, device, terminal),
        )
        self.changed.emit()

    def _on_ended(self, spec: TrainSpec, device: str, terminal: Terminal) -> None:
        match terminal:
            case Succeeded(ProbeDone() as done):
                self._memory.keep_cost(device, spec.architecture, done)
            case Failed():
                why = terminal.cause or terminal.message
                self._failed[device, spec.architecture] = why
            case _:
                pass
        if self._current is spec:
            self._next()
