"""What the form of a batch works with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segdesk.app.batch.choice import BatchMemory
from segdesk.app.batch.finding import BatchSource
from segdesk.app.batch.plan import BatchModel, BatchPlan
from segdesk.app.ports import ExecutorPort
from segdesk.core.errors import SegDeskError
from segdesk.core.image_view import ImageView
from segdesk.jobs.specs import ModelSource, Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDoors:
    """What a form works with.

    Parameters
    ----------
    executor
        Lists and measures images, looks at folders.
    source_of
        Returns what the engine needs to load a model; a worker calls it.
    models
        Returns the models that can run, the loaded one first.
    sources
        Returns what can be predicted without choosing a folder: the project, the open
        files, …
    device
        Returns device and precision, and the device's own id.
    view
        Returns bands and stretch of the images of a folder.
    drafts_folder
        Gets the masks of batches of which only drafts are wanted.
    why_busy
        Returns why no batch can be started now; "": one can.
    start
        Starts the batch.
    told
        Takes an error that is nobody's field.
    """

    executor: ExecutorPort
    memory: BatchMemory
    source_of: Callable[[str], ModelSource]
    models: Callable[[], tuple[BatchModel, ...]]
    sources: Callable[[], tuple[BatchSource, ...]]
    device: Callable[[], tuple[str, Precision, str]]
    view: Callable[[Path], ImageView]
    drafts_folder: Path
    why_busy: Callable[[], str]
    start: Callable[[BatchPlan], None]
    told: Callable[[SegDeskError], object]
