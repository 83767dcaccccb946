"""F6 and Shift+F6 jump between the areas of the window."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class FocusAreas(QObject):
    """Walks round the areas; each remembers where the keyboard was.

    Parameters
    ----------
    window
        Where the keys are listened for.
    areas
        Returns the areas in their order; hidden ones are passed over.
    """

    def __init__(self, window: QWidget, areas: Callable[[], Sequence[QWidget]]) -> None:
        super().__init__(window)
        self._areas = areas
        self._last: dict[int, QWidget] = {}
        for key, step in (("F6", 1), ("Shift+F6", -1)):
            shortcut = QShortcut(QKeySequence(key), window)
            shortcut.activated.connect(self._forward if step > 0 else self._back)

    def jump(self, step: int) -> None:
        """Give the keyboard to the next (1) or previous (-1) area that can take it."""
        areas = [area for area in self._areas() if area.isVisible()]
        here = self._current(areas)
        focused = QApplication.focusWidget()
        if here is not None and focused is not None:
            self._last[id(areas[here])] = focused
        start = here if here is not None else (-1 if step > 0 else 0)
        for distance in range(1, len(areas) + 1):
            area = areas[(start + step * distance) % len(areas)]
            target = self._target(area)
            if target is not None:
                target.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def _forward(self) -> None:
        self.jump(1)

    def _back(self) -> None:
        self.jump(-1)

    def _current(self, areas: Sequence[QWidget]) -> int | None:
        focused = QApplication.focusWidget()
        for index, area in enumerate(areas):
            if focused is not None and (focused is area or area.isAncestorOf(focused)):
                return index
        return None

    def _target(self, area: QWidget) -> QWidget | None:
        last = self._last.get(id(area))
        if last is not None and isValid(last) and last.isVisible() and last.isEnabled():
            return last
        candidates = [area, *area.findChildren(QWidget)]
        return next((widget for widget in candidates if _takes_keys(widget)), None)


def _takes_keys(widget: QWidget) -> bool:
    tabbed = Qt.FocusPolicy.TabFocus
    by_tab = (widget.focusPolicy() & tabbed) == tabbed
    return by_tab and widget.isVisible() and widget.isEnabled()
