"""A model that is being downloaded."""

from collections.abc import Callable
from dataclasses import dataclass

from segdesk.app.models.shelf_entry import ShelfEntry


@dataclass(frozen=True, slots=True)
class Coming:
    """A zoo model on its way: its row, and what stops it."""

    entry: ShelfEntry
    cancel: Callable[[], None]
