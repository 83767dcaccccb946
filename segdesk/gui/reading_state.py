"""Which image is being read, how far it is, and the button that stops it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui.actions import Actions
from segdesk.gui.components.buttons import IconButton
from segdesk.gui.components.tips import Tip
from segdesk.gui.status_part import StatusPart
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_LOOK_MS = 200
# What is read sooner needs no button.
_SOON_MS = 600


class ReadingState(QWidget):
    """A part of the status bar; takes no room while nothing is read.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    def __init__(self, context: "AppContext", actions: Actions) -> None:
        super().__init__()
        self._context = context
        self.said = StatusPart(most_px=360)
        self.stop = IconButton("x", Tip(tr("Stop reading")), edge=24)
        actions.bind(self.stop, "file.stop_reading")
        self.stop.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.stop)
        row.addWidget(self.said)
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._say)
        self._lasts = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._lasts.timeout.connect(self.stop.show)
        context.opening.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Follow what is being read."""
        if self._context.opening.is_busy:
            if not self._look.isActive():
                self._look.start()
                self._lasts.start()
        else:
            self._look.stop()
            self._lasts.stop()
            self.stop.hide()
        self._say()

    def _say(self) -> None:
        opening = self._context.opening
        path, share = opening.reading, opening.share
        words = "" if path is None else tr("Reading {name}", name=path.name)
        if share is not None:
            words += tr(" – {percent:.0f} %", percent=100 * share)
        if self.said.show_words("image", "text3", words):
            put(self.setAccessibleName, words or tr("Nothing is being read"))
