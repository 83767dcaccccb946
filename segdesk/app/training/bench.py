"""What is made for the form of a training: samples, the config's text, a probe."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from segdesk.app.ports import EnginePort
from segdesk.app.signal import Signal
from segdesk.app.training.estimate import same_step
from segdesk.jobs.arrays import take
from segdesk.jobs.events import Failed, Succeeded, Terminal
from segdesk.jobs.specs import (
    ConfigSpec,
    JobSpec,
    ProbeSpec,
    SamplesSpec,
    TrainSpec,
)
from segdesk.jobs.training_events import ConfigBuilt, ProbeDone, SamplesDone

if TYPE_CHECKING:
    from collections.abc import Callable

Picture = tuple[NDArray[np.uint8], NDArray[np.uint8]]
_SAMPLES = 8
# Fields on which the samples do not depend.
_BLIND = frozenset(
    {
        "name",
        "max_iters",
        "epochs",
        "val_interval",
        "checkpoint_interval",
        "log_interval",
        "batch_size",
        "accumulate",
        "lr",
        "optimizer",
        "schedule",
        "loss",
        "class_weights",
        "amp",
        "ema",
        "keep_best",
        "early_stopping",
        "device",
        "load_from",
        "pseudo_labels",
        "pseudo_weight",
        "num_workers",
        "seed",
        "deterministic",
        "adapt_memory",
        "activation_checkpointing",
        "previews",
        "val_loss",
    }
)


class Bench:
    """Asks the engine for one thing of each kind; the last one asked for counts.

    Attributes
    ----------
    changed
        Fires when something began or came.
    samples
        (H, W, 3) RGB and (H, W) labels of the augmented samples.
    """

    def __init__(self, engine: EnginePort, scratch_dir: Path) -> None:
        self.changed: Signal[()] = Signal()
        self.samples: tuple[Picture, ...] = ()
        self.samples_failure: Failed | None = None
        self.probe: ProbeDone | None = None
        self.probe_failure: Failed | None = None
        self.config: ConfigBuilt | None = None
        self.config_failure: Failed | None = None
        self._engine = engine
        self._scratch_dir = scratch_dir
        self._cancels: dict[str, Callable[[], None]] = {}
        self._requests: dict[str, int] = {}
        self._seed = 0
        self._sampled: TrainSpec | None = None

    def is_busy(self, kind: str) -> bool:
        """Tell whether "samples", "probe" or "config" is being made."""
        return kind in self._cancels

    def follow(self, spec: TrainSpec) -> None:
        """Let go what does not belong to a spec any more; samples are made anew."""
        if self.probe is not None and not same_step(self.probe, spec):
            self.probe = None
        self.probe_failure = None
        if self._sampled is not None and _seen(spec) != _seen(self._sampled):
            self.start_samples(spec)

    def start_samples(self, spec: TrainSpec, *, others: bool = False) -> None:
        """Make augmented samples; `others`: from another seed."""
        if others:
            self._seed += 1
        self._sampled = spec
        seeded = msgspec.structs.replace(spec, seed=spec.seed + self._seed)
        job = SamplesSpec(train=seeded, scratch_dir=self._scratch_dir, count=_SAMPLES)
        self._start("samples", job)

    def start_probe(self, spec: TrainSpec) -> None:
        """Run one training and one validation step."""
        self.probe = None
        self._start("probe", ProbeSpec(train=spec))

    def start_config(self, spec: TrainSpec) -> None:
        """Build the config's text, or check the one that was edited."""
        self._start("config", ConfigSpec(train=spec))

    def stop(self) -> None:
        """Make nothing more."""
        for kind in tuple(self._cancels):
            self._requests[kind] += 1
            self._cancels.pop(kind)()

    def _start(self, kind: str, job: JobSpec) -> None:
        if cancel := self._cancels.pop(kind, None):
            cancel()
        request = self._requests[kind] = self._requests.get(kind, 0) + 1
        self._cancels[kind] = lambda: None
        self._cancels[kind] = self._engine.start(
            job,
            lambda _report: None,
            lambda terminal: self._on_ended(kind, request, terminal),
        )
        self.changed.emit()

    def _on_ended(self, kind: str, request: int, terminal: Terminal) -> None:
        failed = terminal if isinstance(terminal, Failed) else None
        result = terminal.result if isinstance(terminal, Succeeded) else None
        pictures = _taken(result) if isinstance(result, SamplesDone) else ()
        if request != self._requests.get(kind):
            return
        self._cancels.pop(kind, None)
        match kind:
            case "samples":
                self.samples, self.samples_failure = pictures, failed
            case "probe":
                self.probe_failure = failed
                self.probe = result if isinstance(result, ProbeDone) else None
            case _:
                self.config_failure = failed
                if isinstance(result, ConfigBuilt):
                    self.config = result
        self.changed.emit()


def _taken(done: SamplesDone) -> tuple[Picture, ...]:
    """Read the arrays, which deletes them; what is gone by now is left out."""
    pictures = []
    for sample in done.samples:
        with suppress(OSError):
            pictures.append((take(sample.image), take(sample.labels)))
    return tuple(pictures)


def _seen(spec: TrainSpec) -> dict[str, object]:
    """Return the part of a spec that the samples show."""
    return {
        name: getattr(spec, name)
        for name in spec.__struct_fields__
        if name not in _BLIND
    }
