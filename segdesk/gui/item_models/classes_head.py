"""The line over the legend's columns."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.language import shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.components.focus import RingedButton
from segdesk.gui.components.painting import rounded
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.item_models.classes_delegate import (
    CONFIDENCE,
    NAME_LEFT,
    bar_left,
    share_right,
)
from segdesk.gui.item_models.row_delegate import LEFT, RIGHT, draw_text, ink
from segdesk.gui.wording import put

_HEIGHT = 24
_CHIP_LEFT = 12


class ShareHead(RingedButton):
    """Heads the column of shares; a click turns them into numbers of pixels."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFlat(True)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._sorted = False
        give(self, Tip(tr("Share"), "", tr("Click to see numbers of pixels instead.")))

    def set_sorted(self, by_share: bool) -> None:
        """Show the arrow of the order."""
        self._sorted = by_share
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the word, and the arrow of the order before it."""
        del event
        painter = QPainter(self)
        lit = self.underMouse() or self.hasFocus()
        pen = ink("caption", "text" if lit else "text3")
        word = tr("Pixels") if self.isChecked() else tr("Share")
        draw_text(painter, self.rect(), word, pen, RIGHT)
        if self._sorted:
            width = QFontMetrics(pen.font).horizontalAdvance(shown(word))
            box = QRectF(self.width() - width - 14, self.height() / 2 - 5, 10, 10)
            icons.paint(painter, box, "arrow-down", pen.colour)


class SoloChip(RingedButton):
    """Says that one class is drawn alone; a click ends it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFlat(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        give(self, Tip(tr("End solo"), "Esc", tr("Draws the other classes again.")))
        self.hide()

    def show_class(self, name: str | None) -> None:
        """Name the class; None: every class is drawn."""
        put(self.setText, "" if name is None else tr("Solo: {name}", name=name))
        self.setVisible(name is not None)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the words with the cross behind them."""
        words = QFontMetrics(theme.font("caption")).horizontalAdvance(self.text())
        return QSize(words + 28, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a filled pill, the words and the cross."""
        del event
        painter = QPainter(self)
        lit = self.underMouse() or self.hasFocus()
        fill = theme.color("accentFillHover" if lit else "accentFill")
        rounded(painter, QRectF(self.rect()), self.height() / 2, fill)
        words = self.rect().adjusted(8, 0, -20, 0)
        draw_text(painter, words, self.text(), ink("caption", "onFill"), LEFT)
        box = QRectF(self.width() - 18, self.height() / 2 - 5, 10, 10)
        icons.paint(painter, box, "x", theme.color("onFill"))


class ClassesHead(QWidget):
    """Names the legend's columns."""

    def __init__(self) -> None:
        super().__init__()
        self.share = ShareHead(self)
        self.solo = SoloChip(self)
        self._has_locks = False
        self.setFixedHeight(theme.row_px(_HEIGHT))

    def sizeHint(self) -> QSize:
        """Return one line."""
        return QSize(240, theme.row_px(_HEIGHT))

    def set_has_locks(self, has_locks: bool) -> None:
        """Head the columns of one's own labels, not those of a proposal."""
        if has_locks != self._has_locks:
            self._has_locks = has_locks
            self._place()
            self.update()

    def show_solo(self, name: str | None) -> None:
        """Say which class is drawn alone; None: every class is drawn."""
        self.solo.show_class(name)
        self._place()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the button over its column."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        has_locks = self._has_locks
        left = self.width() - bar_left(has_locks=has_locks)
        right = self.width() - share_right(has_locks=has_locks)
        self.share.setGeometry(left, 0, right - left, self.height())
        room, chip = left - _CHIP_LEFT - 4, self.solo.sizeHint()
        top = (self.height() - chip.height()) // 2
        self.solo.setGeometry(_CHIP_LEFT, top, min(room, chip.width()), chip.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the names of the columns."""
        del event
        painter = QPainter(self)
        pen = ink("caption", "text3")
        height, end = self.height(), self.width()
        if self.solo.isHidden():
            draw_text(painter, QRect(NAME_LEFT, 0, 80, height), tr("Class"), pen, LEFT)
        if self._has_locks:
            return
        box = QRect(end - share_right(), 0, share_right() - CONFIDENCE, height)
        draw_text(painter, box, tr("Conf."), pen, RIGHT)
