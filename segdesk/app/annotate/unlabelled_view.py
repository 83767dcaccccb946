"""Hatching that shows what is ignored, and does not bury a picture to be labelled."""

from typing import TYPE_CHECKING

from segdesk.app.session import Session
from segdesk.app.window_ports import AnnotatingPort
from segdesk.core.classes import IGNORE_INDEX

if TYPE_CHECKING:
    from segdesk.app.choices import Choices
    from segdesk.core.document import AnnotationDocument

_STEP = 16  # every so many rows and columns are looked at
_MOST_SHARE = 0.5


class UnlabelledView:
    """Hides the hatching of a picture that is mostly unlabelled when it is opened.

    Without a background class, what nobody labelled yet is 255 like what is ignored on
    purpose. Hatched all over, a fresh picture could not be seen. Whoever selects ignore
    to paint it, or clicks its eye, sees it.
    """

    def __init__(self, session: Session, annotating: AnnotatingPort) -> None:
        self._session = session
        self._annotating = annotating
        self._document: AnnotationDocument | None = None
        self._hides = False
        annotating.history_changed.connect(self._on_history_changed)
        annotating.chosen.connect(self._on_chosen)
        session.classes_changed.connect(self._on_classes_changed)
        self._on_history_changed()

    def _on_history_changed(self) -> None:
        document = self._annotating.document
        if document is self._document:
            return
        self._document = document
        hidden_before, self._hides = self._hides, _is_mostly_empty(document)
        if self._hides or hidden_before:
            self._apply()

    def _on_classes_changed(self, _classes: object) -> None:
        if self._hides:
            self._apply()

    def _on_chosen(self, choices: "Choices") -> None:
        if self._hides and choices.class_index == IGNORE_INDEX:
            self._hides = False
            self._apply()

    def _apply(self) -> None:
        hidden = self._session.view.hidden - {IGNORE_INDEX}
        if self._hides:
            hidden |= {IGNORE_INDEX}
        self._session.update_view(hidden=hidden)


def _is_mostly_empty(document: "AnnotationDocument | None") -> bool:
    if document is None or document.unlabelled != IGNORE_INDEX:
        return False
    sample = document.labels[::_STEP, ::_STEP]
    return bool((sample == IGNORE_INDEX).mean() > _MOST_SHARE)
