"""Lays and paints what is not in sight yet, a part at a time while nothing happens."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

_FIRST_MS, _NEXT_MS = 400, 30
_POLISHED_AT_ONCE = 40  # widgets
_PAINTED_AT_ONCE = 12


class WarmUp(QObject):
    """Makes a page ready before it is shown, so that showing it takes one frame.

    A widget that comes in sight for the first time reads its style, is laid out, and
    fetches its letters and icons; for a window full of them that is a tenth of a
    second in which nothing moves.

    Parameters
    ----------
    page
        What is prepared, until it is shown; its parent has the size that it will have.
    """

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._steps = warming(page)
        self._timer = QTimer(self)
        self._timer.setInterval(_FIRST_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._timer.start()

    @property
    def is_active(self) -> bool:
        """Whether anything is left to prepare."""
        return self._timer.isActive()

    def _on_timer_timeout(self) -> None:
        if not self._page.window().isVisible():
            return
        self._timer.setInterval(_NEXT_MS)
        if self._page.isVisible() or next(self._steps, self) is self:
            self._timer.stop()


def warming(page: QWidget) -> Iterator[None]:
    """Lay and paint a page that is not in sight, a few milliseconds in each step."""
    parent = page.parentWidget()
    widgets = page.findChildren(QWidget)
    for first in range(0, len(widgets), _POLISHED_AT_ONCE):
        for widget in widgets[first : first + _POLISHED_AT_ONCE]:
            widget.ensurePolished()
            widget.sizeHint()  # measures its letters
        yield
    if parent is not None and not page.isWindow():
        page.resize(parent.size())
        yield
    layout = page.layout()
    if layout is not None:
        layout.activate()
    yield
    for part in list(_parts(page)):
        part.grab()
        yield


def _parts(widget: QWidget) -> Iterator[QWidget]:
    """Yield what will be in sight, in parts of a few milliseconds each."""
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    inside = widget.findChildren(QWidget, options=direct)
    shown = [child for child in inside if not child.isHidden()]
    if not shown or len(widget.findChildren(QWidget)) < _PAINTED_AT_ONCE:
        yield widget
        return
    for child in shown:
        yield from _parts(child)
