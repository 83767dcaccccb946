"""One batch: at work, over, or read from its folder."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

from segdesk.app.batch.pace import Pace
from segdesk.app.batch.plan import BatchPlan
from segdesk.app.batch.rows import BatchRows
from segdesk.core.classes import ClassList
from segdesk.jobs.batch_record import BatchRecord
from segdesk.jobs.events import Failed


class BatchStatus(StrEnum):
    """Where a batch is in its life."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    READ = "read"


_LIVE = (BatchStatus.RUNNING, BatchStatus.PAUSED, BatchStatus.STOPPING)


@dataclass(slots=True, eq=False)
class BatchRun:
    """A batch with its rows.

    Parameters
    ----------
    name
        What its images are called together.
    model_id, model_name
        Of the model; the id where the name is not known.
    root
        Folder that the images lie below.
    plan
        What started it; None: it was read from its folder.
    record
        Of one that was read: how it was made; None: nothing tells it.
    classes
        None: not known yet.
    kinds
        What is written of each image.
    done_before
        Images that were done when it was started the last time.
    worked_before
        Those of them that were predicted in this sitting.
    """

    name: str
    model_id: str
    model_name: str
    out_dir: Path
    root: Path
    rows: BatchRows
    plan: BatchPlan | None = None
    record: BatchRecord | None = None
    classes: ClassList | None = None
    kinds: tuple[str, ...] = ()
    status: BatchStatus = BatchStatus.RUNNING
    job: int | None = None
    done_before: int = 0
    worked_before: int = 0
    failure: Failed | None = None
    pace: Pace = field(default_factory=Pace)

    @property
    def is_live(self) -> bool:
        """Whether it is at work or waits."""
        return self.status in _LIVE

    @property
    def watches(self) -> bool:
        """Whether it waits for more images when all are done."""
        return self.plan is not None and bool(self.plan.spec.watch)

    @property
    def left(self) -> int:
        """How many images are neither done nor failed."""
        return len(self.rows) - self.rows.finished

    @property
    def seconds_left(self) -> float | None:
        """Time that is left; None before it can be said."""
        return self.pace.seconds_left(self.left) if self.is_live else None


def run_of(
    plan: BatchPlan, rows: BatchRows, classes: ClassList | None = None
) -> BatchRun:
    """Return a batch that begins, or goes on with its rows.

    Parameters
    ----------
    classes
        Those of the run before; None: the plan's.
    """
    spec = plan.spec
    rows.name_of = partial(_arrived_name, plan.root, spec.out_dir)
    return BatchRun(
        name=plan.name,
        model_id=spec.model.id,
        model_name=plan.model_name,
        out_dir=spec.out_dir,
        root=plan.root,
        rows=rows,
        plan=plan,
        classes=classes or plan.classes or spec.model.classes,
        kinds=spec.save,
        done_before=rows.finished,
        worked_before=rows.worked,
    )


def _arrived_name(
    root: Path, out_dir: Path, source: Path, outputs: tuple[Path, ...]
) -> str:
    """Return the name of an image that arrived in a watched folder.

    Parameters
    ----------
    outputs
        What was written of it; their names win.
    """
    from segdesk.formats.outputs import OUTPUTS

    for folder, suffix in OUTPUTS.values():
        for path in outputs:
            if path.is_relative_to(out_dir / folder):
                name = path.relative_to(out_dir / folder).as_posix()
                return name.removesuffix(suffix)
    inside = source.relative_to(root) if source.is_relative_to(root) else source
    return inside.with_suffix("").as_posix() if inside != source else source.stem
