"""Tooltips: a name, its key, one sentence; after half a second, the next at once."""

import time
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.language import shown
from segdesk.gui import theme
from segdesk.gui.components.painting import (
    RADIUS_CARD,
    cap_width,
    draw_cap,
    draw_shadow,
    rounded,
)
from segdesk.gui.wording import put

_DELAY_MS = 500
_NEXT_AT_ONCE_S = 0.3
_TEXT_WIDTH = 246
_PAD = 12
_MARGIN = 22  # room for the shadow
_GAP = 6
_LEAVES = frozenset(
    {
        QEvent.Type.Leave,
        QEvent.Type.Hide,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.KeyPress,
        QEvent.Type.Wheel,
        QEvent.Type.Destroy,
    }
)


@dataclass(frozen=True, slots=True)
class Tip:
    """What a tooltip says.

    Parameters
    ----------
    title
        The control's name: "Polygon".
    key
        The key as shown: "Ctrl+U"; "" for none.
    text
        One sentence of at most 90 letters, or why the control is off.
    """

    title: str
    key: str = ""
    text: str = ""


def give(widget: QWidget, tip: Tip) -> None:
    """Give a control its tooltip and its accessible name; replaces the one before."""
    put(widget.setAccessibleName, tip.title)
    put(widget.setAccessibleDescription, tip.text)
    _desk().give(widget, tip)


def turn(*, on: bool) -> None:
    """Show tooltips from now on, or none; accessible names stay."""
    _desk().is_on = on
    if not on:
        hide()


def hide() -> None:
    """Take the tooltip away, if one is shown."""
    _desk().leave()


class _Card(QWidget):
    """The tooltip itself: a child of the window, so it needs no window of its own."""

    def __init__(self, parent: QWidget, tip: Tip) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._tip = tip
        self._text_box = QRect()
        self.resize(self._needed())

    def _needed(self) -> QSize:
        title = QFontMetrics(theme.font("strong")).horizontalAdvance(
            shown(self._tip.title)
        )
        if self._tip.key:
            title += cap_width(self._tip.key) + 16
        width, height = title, 20
        if self._tip.text:
            metrics = QFontMetrics(theme.font("small"))
            self._text_box = metrics.boundingRect(
                QRect(0, 0, max(_TEXT_WIDTH, title), 400),
                int(Qt.TextFlag.TextWordWrap),
                shown(self._tip.text),
            )
            width = max(width, self._text_box.width() + 2)
            height += 4 + self._text_box.height()
        side = 2 * (_PAD + _MARGIN)
        return QSize(width + side, height + side - 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw card, title, key and sentence."""
        del event
        painter = QPainter(self)
        card = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        draw_shadow(painter, card, RADIUS_CARD)
        rounded(painter, card, RADIUS_CARD, theme.color("raised"), theme.color("line2"))
        inside = card.adjusted(_PAD, _PAD - 2, -_PAD, -_PAD + 2)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("strong"))
        head = QRectF(inside.x(), inside.y(), inside.width(), 20)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(head, flags, shown(self._tip.title))
        if self._tip.key:
            width = cap_width(self._tip.key)
            draw_cap(
                painter,
                QRectF(inside.right() - width, head.y(), width, head.height()),
                self._tip.key,
                fill=theme.mix("text", "raised", 0.08),
                ink=theme.color("text2"),
            )
        if self._tip.text:
            painter.setPen(theme.color("text2"))
            painter.setFont(theme.font("small"))
            painter.drawText(
                inside.adjusted(0, 24, 0, 2),
                int(Qt.TextFlag.TextWordWrap),
                shown(self._tip.text),
            )


class _Desk(QObject):
    """Watches the controls that have a tip and shows one at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.is_on = True
        self._tips: dict[int, Tip] = {}
        self._card: _Card | None = None
        self._over: QWidget | None = None
        self._hidden_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._show)

    def give(self, widget: QWidget, tip: Tip) -> None:
        key = id(widget)
        if key not in self._tips:
            widget.installEventFilter(self)
            widget.destroyed.connect(lambda: self._tips.pop(key, None))
        self._tips[key] = tip
        if self._over is widget and self._card is not None:
            self._show()

    def leave(self) -> None:
        self._timer.stop()
        self._over = None
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
            self._card = None
            self._hidden_s = time.monotonic()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.Enter and isinstance(watched, QWidget):
            if self.is_on and QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
                self._over = watched
                soon = time.monotonic() - self._hidden_s < _NEXT_AT_ONCE_S
                self._timer.start(0 if soon else _DELAY_MS)
        elif kind in _LEAVES and watched is self._over:
            self.leave()
        return False

    def _show(self) -> None:
        widget = self._over
        if widget is None or not widget.isVisible():
            return
        if self._card is not None:
            self._card.deleteLater()
        window = widget.window()
        self._card = _Card(window, self._tips[id(widget)])
        size = self._card.size()
        below = widget.mapTo(window, QPoint(0, widget.height() + _GAP))
        x, y = below.x() - _MARGIN, below.y() - _MARGIN
        if y + size.height() - _MARGIN > window.height():
            y -= size.height() + widget.height() + 2 * (_GAP - _MARGIN)
        x = max(4 - _MARGIN, min(x, window.width() - size.width() + _MARGIN - 4))
        self._card.move(x, y)
        self._card.show()
        self._card.raise_()


@cache
def _desk() -> _Desk:
    return _Desk()
