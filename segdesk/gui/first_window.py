"""The window as it is made: in its language, dressed, still empty."""

from typing import TYPE_CHECKING

from segdesk.gui import wording
from segdesk.gui.main_window import MainWindow
from segdesk.gui.theme import dress

if TYPE_CHECKING:
    from segdesk.app.settings.settings import Settings


def first_window(settings: "Settings") -> MainWindow:
    """Return a window that speaks and looks as the user prefers it."""
    wording.begin(settings.preferences.language)
    return MainWindow(dress(settings.preferences), is_passing=settings.is_passing)
