"""Tabs: pages of a dock, of which one is in sight."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from segdesk.gui import theme
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.wording import put

_HEIGHT = 36
_PAD = 12
_LINE_PX = 2


class _Tab(QPushButton):
    """One tab: a word, underlined while its page is in sight."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        put(self.setText, text)
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        put(self.setAccessibleName, text)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font("dock"))
        width = 2 * _PAD + metrics.horizontalAdvance(self.text())
        return QSize(width, theme.row_px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        ring_off(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        on = self.isChecked()
        lit = on or self.underMouse()
        painter.setFont(theme.font("dock" if on else "smallStrong"))
        painter.setPen(theme.color("text" if lit else "text2"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        if on:
            width = self.width() - 2 * _PAD
            line = QRectF(_PAD, self.height() - _LINE_PX, width, _LINE_PX)
            painter.fillRect(line, theme.color("accent"))


class Tabs(QWidget):
    """The tabs of a dock.

    `chosen` carries the id of the page that the user wants to see; left and right keys
    go from one to the next.

    Parameters
    ----------
    pages
        Their titles by id, in order; the first is chosen.
    """

    chosen = Signal(str)

    def __init__(self, pages: Mapping[str, str], name: str) -> None:
        super().__init__()
        put(self.setAccessibleName, name)
        self._ids = tuple(pages)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, title in enumerate(pages.values()):
            tab = _Tab(title, self)
            self._group.addButton(tab, number)
            row.addWidget(tab)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._on_group_id_clicked)

    @property
    def choice(self) -> str:
        """Id of the page in sight."""
        return self._ids[self._group.checkedId()]

    def choose(self, page_id: str) -> None:
        """Show a page, as a click on its tab does."""
        number = self._ids.index(page_id)
        if number != self._group.checkedId():
            self._group.button(number).setChecked(True)
            self.chosen.emit(page_id)

    def choose_silently(self, page_id: str) -> None:
        """Show which page is in sight, as nobody's wish."""
        self._group.button(self._ids.index(page_id)).setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the tab beside."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        number = self._group.checkedId() + step
        if step and 0 <= number < len(self._ids):
            self.choose(self._ids[number])
            self._group.button(number).setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    def _on_group_id_clicked(self, number: int) -> None:
        self.chosen.emit(self._ids[number])
