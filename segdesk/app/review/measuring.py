"""What the engine does for the queue: every image measured, in a process of its own."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from segdesk.app.desk import Desk
from segdesk.app.ports import TrainerPort, TrainHandle
from segdesk.core.language import plural
from segdesk.formats.outputs import PlannedItem
from segdesk.jobs.events import (
    Failed,
    ItemFailed,
    LogLine,
    Noted,
    Progress,
    Report,
    Succeeded,
    Terminal,
)
from segdesk.jobs.specs import BatchItem, BatchSpec, ModelSource, SaveKind

ICON = "list-magnifying-glass"
_FEW = 500  # images whose confidence is kept, too: about 2 bytes a pixel
_TELL_S = 0.15


@dataclass(frozen=True, slots=True)
class MeasureOrder:
    """What is to be measured.

    Parameters
    ----------
    other
        Another model whose opinion is asked; None: the model's own, mirrored.
    device, precision
        As in the settings.
    """

    model: ModelSource
    items: tuple[PlannedItem, ...]
    out_dir: Path
    other: ModelSource | None = None
    device: str = "auto"
    precision: str = "auto"

    def spec(self) -> BatchSpec:
        """Return what the engine is asked; for many images a worker calls it."""
        save: tuple[SaveKind, ...] = ("mask", "review")
        if len(self.items) <= _FEW:
            save = ("mask", "confidence16", "review")
        return BatchSpec(
            model=self.model,
            items=tuple(BatchItem(one.source, one.name) for one in self.items),
            out_dir=self.out_dir,
            save=save,
            other=self.other,
            device=self.device,
            precision=self.precision,  # type: ignore[arg-type]
        )


def folder_of(root: Path, model_id: str, other_id: str, folder: Path) -> Path:
    """Return where the results for a project and a model lie, below a folder."""
    key = hashlib.blake2b(str(root).encode("utf-8", "surrogateescape"), digest_size=6)
    names = "-beside-".join(filter(None, (model_id, other_id)))
    plain = re.sub(r"[^\w.-]+", "-", names)[:80]
    return folder / f"{root.name}-{key.hexdigest()}" / plain


class Measuring:
    """Measures images, one time after the other.

    Attributes
    ----------
    done, total
        Images; total 0: nothing is measured.
    """

    def __init__(self, desk: Desk, runner: TrainerPort) -> None:
        self.done = self.total = 0
        self._jobs = desk.jobs
        self._notices = desk.notices
        self._runner = runner
        self._handle: TrainHandle | None = None
        self._job = 0
        self._failed: list[ItemFailed] = []
        self._told_s = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether images are being measured."""
        return self.total > 0

    def start(
        self,
        spec: BatchSpec,
        told: Callable[[], None],
        ended: Callable[[Terminal, Sequence[ItemFailed]], None],
    ) -> None:
        """Measure images.

        Parameters
        ----------
        spec
            From `MeasureOrder.spec`.
        told
            Called when more of them are measured, some times a second.
        ended
            Called with how it ended, and what could not be measured.
        """
        self.done, self.total = 0, len(spec.items)
        self._failed = []
        title = plural(self.total, "Rank {n} image", "Rank {n} images")
        self._job = job = self._jobs.open(title, ICON, self._stop)

        def report(event: Report) -> None:
            self._take(job, event, told)

        def over(terminal: Terminal) -> None:
            self.total = 0
            self._handle = None
            if isinstance(terminal, Succeeded):
                self._jobs.finish(job)
            else:
                self._jobs.close(job, terminal)
            if isinstance(terminal, Failed):
                self._notices.error(terminal)
            ended(terminal, tuple(self._failed))

        self._handle = self._runner.train(spec, report, over)

    def cancel(self) -> None:
        """Stop; what is measured by then is kept."""
        if self.is_busy:
            self._jobs.cancel(self._job)

    def _stop(self) -> None:
        if self._handle is not None:
            self._handle.stop()

    def _take(self, job: int, event: Report, told: Callable[[], None]) -> None:
        match event:
            case Progress(done, total, _, text):
                self.done = done
                now_s = self._jobs.now_s()
                if now_s - self._told_s >= _TELL_S or done == total:
                    self._told_s = now_s
                    self._jobs.report(job, Progress(done, total, "images", text))
                    told()
            case ItemFailed():
                self._failed.append(event)
                self._jobs.report(job, LogLine(f"{event.message} {event.cause}"))
            case LogLine() | Noted():
                self._jobs.report(job, event)
            case _:
                pass
