"""A batch as it is started: what the engine is asked, and what is done besides."""

from dataclasses import dataclass
from pathlib import Path

from segdesk.core.classes import ClassList
from segdesk.jobs.specs import BatchSpec


@dataclass(frozen=True, slots=True)
class BatchModel:
    """A model that can predict a batch.

    Parameters
    ----------
    is_loaded
        It is in the engine that predicts single images.
    """

    id: str
    name: str
    classes: ClassList | None = None
    is_loaded: bool = False


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """A batch that was decided on.

    Parameters
    ----------
    name
        What its images are called together.
    root
        Folder that they lie below.
    makes_drafts
        Its masks become drafts of the open project at its end.
    keeps_files
        Its files are wanted; else only the drafts are.
    """

    spec: BatchSpec
    name: str
    model_name: str
    root: Path
    classes: ClassList | None = None
    makes_drafts: bool = False
    keeps_files: bool = True
