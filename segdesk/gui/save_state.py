"""How safe the open annotation is, in the status bar."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from segdesk.app.annotate.autosave import SaveState
from segdesk.core.language import tr
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.item_models.history_model import ago
from segdesk.gui.status_part import StatusPart

if TYPE_CHECKING:
    from segdesk.app.annotate.open_annotation import OpenAnnotation
    from segdesk.app.context import AppContext

_REFRESH_MS = 1000
_WORDS = {
    SaveState.DIRTY: ("circle", "text3", tr("Not saved yet")),
    SaveState.SAVING: ("floppy-disk", "text3", tr("Saving")),
    SaveState.FAILED: ("warning-fill", "bad", tr("Not saved")),
}


class KeptState(StatusPart):
    """Says "Saved 2 s ago", "Not saved yet" or "Not saved"; nothing while unchanged.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._saved_s: dict[str, float] = {}
        self._clock = QTimer(self, interval=_REFRESH_MS)
        self._clock.timeout.connect(self.refresh)
        context.autosave.changed.connect(lambda _: self.refresh())
        context.autosave.written.connect(self._on_written)
        context.annotations.opened.connect(lambda _: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Say how it is now."""
        annotation = self._context.annotations.current
        shown = ("check", "text3", "")
        if annotation is not None:
            state = self._context.autosave.state_of(annotation)
            shown = _WORDS.get(state, self._saved(annotation))
        is_saved = annotation is not None and state is SaveState.CLEAN
        if is_saved and not self._clock.isActive():
            self._clock.start()
        elif not is_saved:
            self._clock.stop()
        if self.show_words(*shown):
            key = self._context.keymap.shown("file.save")
            text = tr("Annotations are written by themselves after each pause.")
            give(self, Tip(shown[2] or tr("Nothing to save"), key, text))

    def _saved(self, annotation: "OpenAnnotation") -> tuple[str, str, str]:
        at = self._saved_s.get(annotation.place.item)
        if at is None:
            return "check", "text3", ""
        past = ago(time.monotonic() - at)
        words = tr("Saved now") if past == "now" else tr("Saved {past} ago", past=past)
        return "check", "text3", words

    def _on_written(self, annotation: "OpenAnnotation") -> None:
        self._saved_s[annotation.place.item] = time.monotonic()
        self.refresh()
