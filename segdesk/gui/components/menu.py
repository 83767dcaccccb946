"""Menus: rows of 28 with icon, title, key, and the reason where a row is off."""

from PySide6.QtCore import QEvent, QRect, QRectF, Qt
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QIcon,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from segdesk.core.language import shown
from segdesk.gui import icons, theme
from segdesk.gui.components.corners import cut_corners, make_see_through
from segdesk.gui.components.painting import RADIUS_CARD, RADIUS_CONTROL, rounded
from segdesk.gui.wording import put

_PAD = 16
_ICON = 16
_GAP = 10

WHY_PROPERTY = "why"  # of a QAction: why it is off
KEY_PROPERTY = "shownKey"  # of a QAction: the key to show


class Menu(QMenu):
    """A menu of the house.

    A row shows the icon of its action (a check where it is checkable and checked), its
    text, the reason in the property "why" while it is off, and the key in the property
    "shownKey".
    """

    def __init__(self, parent: QWidget | None = None, title: str = "") -> None:
        super().__init__(parent)
        put(self.setTitle, title)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        make_see_through(self)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.setToolTipsVisible(False)

    def event(self, event: QEvent) -> bool:
        """Keep every key to itself while it is open: none reaches the canvas."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corners round."""
        super().resizeEvent(event)
        cut_corners(self, RADIUS_CARD)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card and every row in sight."""
        painter = QPainter(self)
        rounded(
            painter,
            QRectF(self.rect()),
            RADIUS_CARD,
            theme.color("raised"),
            theme.color("line2"),
        )
        for action in self.actions():
            rect = self.actionGeometry(action)
            if rect.intersects(event.rect()):
                self._paint_row(painter, rect, action)

    def fit_width(self) -> None:
        """Give the rows the width that titles, reasons and keys need together."""
        metrics = QFontMetrics(theme.font("body"))
        small = QFontMetrics(theme.font("small"))
        widest = 0
        for action in self.actions():
            if action.isSeparator():
                continue
            width = metrics.horizontalAdvance(shown(_title(action)))
            why, key = _why(action), _key(action)
            width += small.horizontalAdvance(shown(why)) + _GAP if why else 0
            width += small.horizontalAdvance(shown(key)) + 24 if key else 12
            widest = max(widest, width)
        self.setMinimumWidth(max(180, widest + 2 * _PAD + _ICON + _GAP + 4))

    def _paint_row(self, painter: QPainter, rect: QRect, action: QAction) -> None:
        if action.isSeparator():
            self._paint_separator(painter, rect, action)
            return
        on = action.isEnabled()
        lit = on and action is self.activeAction()
        if lit:
            box = QRectF(rect).adjusted(1, 0, -1, 0)
            rounded(painter, box, RADIUS_CONTROL, theme.color("accentFill"))
        self._paint_mark(painter, rect, action, lit=lit)
        inside = rect.adjusted(_PAD - 4 + _ICON + _GAP, 0, -_PAD + 4, 0)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("onFill" if lit else "text" if on else "outline"))
        title = _title(action)
        painter.drawText(inside, left, shown(title))
        used = QFontMetrics(painter.font()).horizontalAdvance(shown(title))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("onFill" if lit else "text3"))
        if action.menu() is not None:
            box = QRectF(inside.right() - 11, rect.center().y() - 5, 12, 12)
            ink = theme.color("onFill" if lit else "text3")
            icons.paint(painter, box, "caret-right", ink)
            return
        why, key = _why(action), _key(action)
        if why:
            painter.drawText(inside.adjusted(used + _GAP, 0, 0, 0), left, shown(why))
        elif key:
            painter.drawText(inside, right, shown(key))

    def _paint_mark(
        self, painter: QPainter, rect: QRect, action: QAction, *, lit: bool
    ) -> None:
        spot = QRect(
            rect.x() + _PAD - 4, rect.center().y() - _ICON // 2 + 1, _ICON, _ICON
        )
        if action.isCheckable() and action.isChecked():
            ink = theme.color("onFill" if lit else "accent")
            icons.paint(painter, QRectF(spot), "check", ink)
            return
        mode = QIcon.Mode.Normal
        if not action.isEnabled():
            mode = QIcon.Mode.Disabled
        elif lit:
            mode = QIcon.Mode.Selected
        action.icon().paint(painter, spot, Qt.AlignmentFlag.AlignCenter, mode)

    def _paint_separator(self, painter: QPainter, rect: QRect, action: QAction) -> None:
        if action.text():
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("text3"))
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(rect.adjusted(_PAD - 4, 0, 0, 0), flags, action.text())
            return
        y = rect.center().y()
        painter.fillRect(
            QRectF(rect.x() + 8, y, rect.width() - 16, 1), theme.color("line2")
        )


def _title(action: QAction) -> str:
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


def _why(action: QAction) -> str:
    return "" if action.isEnabled() else str(action.property(WHY_PROPERTY) or "")


def _key(action: QAction) -> str:
    return str(action.property(KEY_PROPERTY) or "")
