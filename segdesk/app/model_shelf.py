"""The journey of models: from a file, a folder or the zoo into the list, and out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.ports import DialogsPort, EnginePort, ExecutorPort
from segdesk.app.predicting import ChosenModel, Predicting
from segdesk.app.shelf_entry import ShelfEntry, ShelfState
from segdesk.app.signal import Signal
from segdesk.core.errors import (
    ClassesUnknownError,
    SegDeskError,
    UnsafeFileError,
)
from segdesk.jobs.events import Cancelled, Failed, Progress, Report, Terminal

if TYPE_CHECKING:
    from segdesk.core.classes import ClassList
    from segdesk.jobs.control import JobContext
    from segdesk.library.model_card import ModelEntry
    from segdesk.library.model_library import ModelLibrary
    from segdesk.library.zoo import ZooEntry

SAMPLE_MODEL = "nuclei-unet"
