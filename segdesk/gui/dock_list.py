"""The docks of the window."""

from typing import TYPE_CHECKING

from segdesk.gui.docks.classes import ClassesDock
from segdesk.gui.docks.files import FilesDock
from segdesk.gui.docks.history import HistoryDock
from segdesk.gui.docks.jobs import JobsDock
from segdesk.gui.docks.models import ModelsDock
from segdesk.gui.docks.review import ReviewDock
from segdesk.gui.docks.this_image import ImageDock

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.dock_frame import Panel


def make_docks(context: "AppContext") -> tuple["Panel", ...]:
    """Return every dock that a layout may show."""
    return (
        FilesDock(context),
        ClassesDock(context),
        ImageDock(context),
        HistoryDock(context),
        ModelsDock(context),
        JobsDock(context),
        ReviewDock(context),
    )
