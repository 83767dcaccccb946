"""Notices over the picture, toasts, and what is behind the bell."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QEnterEvent,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segdesk.app.notices import Level
from segdesk.core.language import shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.components.buttons import Button, IconButton, Kind
from segdesk.gui.components.painting import (
    RADIUS_CARD,
    draw_elided,
    draw_shadow,
    rounded,
)
from segdesk.gui.notice_card import SHADOW, NoticeCard
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.notices import Notice, Notices, Toast

_AT_MOST = 3
_GAP = 12
_EDGE = 16
_PASSING_MS = {Level.INFO: 10_000, Level.DONE: 10_000}
_TOAST_S = 4
_TOAST_MARKS = {Level.DONE: ("check-circle-fill", "ok"), Level.INFO: ("info", "text2")}
_RISE_MS, _RISE_PX = 160, 8
_WAIT_MS = 100
_TOAST_HEIGHT = 40


class ToastBar(QWidget):
    """One line for a deed that is done or was refused."""

    def __init__(self, toast: "Toast", close: Callable[[], None], stay_ms: int) -> None:
        super().__init__()
        self.toast = toast
        put(self.setAccessibleName, toast.message)
        row = QHBoxLayout(self)
        row.setContentsMargins(SHADOW, SHADOW, SHADOW + 6, SHADOW)
        row.addStretch(1)
        self._undo_width = 0
        if toast.undo is not None:
            button = Button(tr("Undo"), Kind.LINK)
            button.clicked.connect(close)
            button.clicked.connect(toast.undo)
            row.addWidget(button)
            self._undo_width = button.sizeHint().width() + 8
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(stay_ms)
        self._timer.timeout.connect(close)
        self._timer.start()

    def fit(self, room: int) -> None:
        """Take the width of the words, within `room` px."""
        words = QFontMetrics(theme.font("body")).horizontalAdvance(
            shown(self.toast.message)
        )
        width = min(room, words + 40 + 16 + self._undo_width)
        self.resize(width + 2 * SHADOW, _TOAST_HEIGHT + 2 * SHADOW)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay while it is read."""
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Count anew."""
        super().leaveEvent(event)
        self._timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar, the mark and the words."""
        del event
        painter = QPainter(self)
        card = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        draw_shadow(painter, card, RADIUS_CARD)
        fill, line = theme.color("raised"), theme.color("line2")
        rounded(painter, card, RADIUS_CARD, fill, line)
        mark = QRectF(card.x() + 14, card.center().y() - 8, 16, 16)
        icon, role = _TOAST_MARKS[self.toast.level]
        icons.paint(painter, mark, icon, theme.color(role))
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text"))
        room = card.width() - 40 - 12 - self._undo_width
        words = QRectF(card.x() + 40, card.y(), room, card.height())
        draw_elided(painter, words, self.toast.message)


class NoticeDesk(QObject):
    """Shows what the application says: newest lowest, at most three.

    The rest is behind the bell.

    Parameters
    ----------
    notices
        The door for messages.
    host
        The widget they float on.
    anchor
        Returns the canvas, in the host's coordinates: they lie in its corner.
    bell
        Counts what was not seen.
    """

    def __init__(
        self,
        notices: "Notices",
        host: QWidget,
        anchor: Callable[[], QRect],
        bell: IconButton,
    ) -> None:
        super().__init__(host)
        self._notices = notices
        self._host = host
        self._anchor = anchor
        self._bell = bell
        self._cards: list[NoticeCard] = []
        self._toast: ToastBar | None = None
        self._canvas: QWidget | None = None
        self._hand_down = False
        self._behind: list[Notice] = []
        self._waiting: list[Callable[[], None]] = []
        self.animated = True
        self.toast_s = _TOAST_S
        self._patience = QTimer(self)
        self._patience.setInterval(_WAIT_MS)
        self._patience.timeout.connect(self._on_patience_timeout)
        notices.posted.connect(self._on_posted)
        notices.withdrawn.connect(self._on_withdrawn)
        notices.toasted.connect(self._on_toasted)
        theme.active().changed.connect(self._on_theme_changed)
        host.installEventFilter(self)

    def follow(self, viewer: QWidget, canvas: QWidget) -> None:
        """Lay the cards anew when the viewer takes another size; spare a busy hand.

        Parameters
        ----------
        canvas
            While a mouse button is down on it, nothing pops up.
        """
        viewer.installEventFilter(self)
        canvas.installEventFilter(self)
        self._canvas = canvas

    @property
    def shown(self) -> "tuple[Notice, ...]":
        """The notices on screen, oldest first."""
        return tuple(card.notice for card in self._cards)

    @property
    def toast(self) -> "Toast | None":
        """The toast on screen."""
        return self._toast.toast if self._toast else None

    @property
    def unseen(self) -> int:
        """How many notices went behind the bell without being closed."""
        return len(self._behind)

    def all_seen(self) -> None:
        """Empty the bell's count."""
        self._behind.clear()
        self._bell.set_count(0)

    def place(self) -> None:
        """Lay the cards into the corner of the canvas, the toast beside them."""
        area = self._anchor()
        bottom = area.bottom() + 1 - _EDGE
        right = area.right() + 1 - _EDGE
        for card in reversed(self._cards):
            size = card.size()
            top = bottom - size.height() + 2 * SHADOW
            card.move(right - size.width() + SHADOW, top - SHADOW)
            bottom = top - _GAP
        if self._toast is not None:
            self._toast.fit(area.width() - 2 * _EDGE)
            corner = self._toast_corner(area)
            self._toast.move(corner)
            for rise in self._toast.findChildren(QPropertyAnimation):
                rise.setEndValue(corner)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the sizes of window and canvas, and the hand on the canvas."""
        kind = event.type()
        if kind is QEvent.Type.Resize:
            self.place()
        elif watched is self._canvas and kind is QEvent.Type.MouseButtonPress:
            self._hand_down = True
        elif watched is self._canvas and kind is QEvent.Type.MouseButtonRelease:
            self._hand_down = False
        return super().eventFilter(watched, event)

    def _toast_corner(self, area: QRect) -> QPoint:
        size = self._toast.size() if self._toast else QSize()
        right = area.right() + 1
        if self._cards:
            left_of_cards = self._cards[-1].x() + SHADOW - _EDGE
            if left_of_cards - area.left() > size.width():
                right = left_of_cards
        x = (area.left() + right - size.width()) // 2
        y = area.bottom() + 1 - _EDGE - size.height() + SHADOW
        return QPoint(max(area.left() - SHADOW, x), y)

    def _on_posted(self, notice: "Notice") -> None:
        self._when_free(lambda: self._show_card(notice))

    def _on_toasted(self, toast: "Toast") -> None:
        self._when_free(lambda: self._show_toast(toast))

    def _on_withdrawn(self, notice_id: int) -> None:
        for card in tuple(self._cards):
            if card.notice.id == notice_id:
                self._remove(card)
        self._behind = [n for n in self._behind if n.id != notice_id]
        self._bell.set_count(len(self._behind))

    def _when_free(self, show: Callable[[], None]) -> None:
        """Show it now, or as soon as no mouse button is down on the canvas."""
        if not self._is_hand_busy():
            show()
            return
        self._waiting.append(show)
        self._patience.start()

    def _is_hand_busy(self) -> bool:
        no_button = Qt.MouseButton.NoButton
        return self._hand_down and QGuiApplication.mouseButtons() != no_button

    def _on_patience_timeout(self) -> None:
        if self._is_hand_busy():
            return
        self._patience.stop()
        waiting, self._waiting = self._waiting, []
        for show in waiting:
            show()

    def _show_card(self, notice: "Notice") -> None:
        while len(self._cards) >= _AT_MOST:
            self._put_behind(self._cards[0])
        card = NoticeCard(notice)
        card.setParent(self._host)
        card.closed.connect(lambda: self._remove(card))
        card.resized.connect(self.place)
        self._cards.append(card)
        self.place()
        self._bring_up(card)
        passing = _PASSING_MS.get(notice.level)
        if passing is not None and notice.verbs:  # good news waits twice as long
            passing = 2 * passing if notice.level is Level.DONE else None
        if passing is not None:
            QTimer.singleShot(passing, card, lambda: self._pass(card))
        _announce(
            card,
            tr(
                "{message} {cause} {hint}",
                message=notice.message,
                cause=notice.cause,
                hint=notice.hint,
            ),
        )

    def _bring_up(self, widget: QWidget) -> None:
        """Show it over the picture, but under the palette."""
        widget.show()
        widget.raise_()
        palette = self._host.findChild(QWidget, "commandPalette")
        if palette is not None and palette.isVisible():
            widget.stackUnder(palette)

    def _pass(self, card: NoticeCard) -> None:
        if card not in self._cards:
            return
        if card.underMouse():
            QTimer.singleShot(_WAIT_MS * 10, card, lambda: self._pass(card))
        else:
            self._put_behind(card)

    def _put_behind(self, card: NoticeCard) -> None:
        self._behind.append(card.notice)
        self._bell.set_count(len(self._behind))
        self._remove(card)

    def _remove(self, card: NoticeCard) -> None:
        if card in self._cards:
            self._cards.remove(card)
            card.hide()
            card.deleteLater()
            self.place()

    def _on_theme_changed(self) -> None:
        QTimer.singleShot(0, self, self._fit)  # the cards' words are dressed by then

    def _fit(self) -> None:
        for card in self._cards:
            card.fit()
        self.place()

    def _show_toast(self, toast: "Toast") -> None:
        self._close_toast()
        stay_s = self.toast_s * (2 if toast.undo is not None else 1)
        bar = ToastBar(toast, self._close_toast, stay_s * 1000)
        bar.setParent(self._host)
        self._toast = bar
        self.place()
        self._bring_up(bar)
        if self.animated:
            rise = QPropertyAnimation(bar, b"pos", bar)
            rise.setDuration(_RISE_MS)
            rise.setEasingCurve(QEasingCurve.Type.OutCubic)
            rise.setStartValue(bar.pos() + QPoint(0, _RISE_PX))
            rise.setEndValue(bar.pos())
            rise.start()
        _announce(bar, toast.message)

    def _close_toast(self) -> None:
        if self._toast is not None:
            self._toast.hide()
            self._toast.deleteLater()
            self._toast = None


def _announce(widget: QWidget, words: str) -> None:
    """Have a screen reader say it."""
    if not QAccessible.isActive():
        return
    from PySide6 import QtGui

    announcement = getattr(QtGui, "QAccessibleAnnouncementEvent", None)  # Qt 6.8
    if announcement is None:
        event = QAccessibleEvent(widget, QAccessible.Event.Alert)
    else:
        event = announcement(widget, words)
    QAccessible.updateAccessibility(event)
