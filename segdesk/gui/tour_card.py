"""The card that leads through the tour, and the ring round the part it speaks of."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.app.tour import STATIONS
from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.command_buttons import bound_button
from segdesk.gui.components.buttons import Button, IconButton, Kind
from segdesk.gui.components.focus import FocusRing
from segdesk.gui.components.labels import Label
from segdesk.gui.components.painting import (
    RADIUS_NOTICE,
    draw_shadow,
    rounded,
)
from segdesk.gui.components.tips import Tip
from segdesk.gui.notice_card import SHADOW
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.tour import Station
    from segdesk.gui.main_window import MainWindow

WIDTH = 348
_PAD = 16
_EDGE = 16
_DOT, _DOT_GAP = 6, 6
_PLACING = frozenset({QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide})


class _Dots(QWidget):
    """One dot for each step; those that are behind are filled."""

    def __init__(self) -> None:
        super().__init__()
        self._number = 0
        count = len(STATIONS)
        self.setFixedSize(count * (_DOT + _DOT_GAP), 16)

    def show_number(self, number: int) -> None:
        self._number = number
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for index in range(len(STATIONS)):
            role = "accent" if index < self._number else "outline"
            painter.setBrush(theme.color(role))
            painter.drawEllipse(QRectF(index * (_DOT + _DOT_GAP), 5, _DOT, _DOT))


class _DoneMark(QWidget):
    """A check and the words that the step is done."""

    def __init__(self, text: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 0, 0)
        row.addWidget(Label(text, "body", "text", wrap=True))
        put(self.setAccessibleName, text)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        mark = QRectF(0, 1, 16, 16)
        icons.paint(painter, mark, "check-circle-fill", theme.color("ok"))


class TourCard(QWidget):
    """Floats over the canvas while a tour is taken.

    Parameters
    ----------
    window
        It lies on it, and speaks of its parts.
    viewer
        It lies in the upper left corner of it.
    """

    def __init__(
        self, context: "AppContext", window: "MainWindow", viewer: QWidget
    ) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._viewer = viewer
        self._inside: QWidget | None = None
        self._ring = FocusRing(window)
        self._ring.setObjectName("tourRing")
        self._shown = 0
        self._progress: Label | None = None
        self.hide()
        self.column = QVBoxLayout(self)
        edge = SHADOW
        self.column.setContentsMargins(edge, edge, edge, edge)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(0)
        self._settle.timeout.connect(self._place)
        window.installEventFilter(self)
        viewer.installEventFilter(self)
        context.tour.changed.connect(self._show)
        context.tour.progressed.connect(self._show_progress)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        if event.type() in _PLACING and not self.isHidden():
            self._settle.start()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card and its shadow."""
        del event
        painter = QPainter(self)
        card = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        draw_shadow(painter, card, RADIUS_NOTICE)
        fill, line = theme.color("raised"), theme.color("line2")
        rounded(painter, card, RADIUS_NOTICE, fill, line)

    # ------------------------------------------------------------ inside

    def _show(self) -> None:
        station = self._context.tour.station
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
            self._inside = None
        if station is None:
            self.hide()
            self._ring.leave()
            return
        self._inside = self._make(station)
        self.column.addWidget(self._inside)
        put(self.setAccessibleName, tr("Tour: {title}", title=station.title))
        put(self.setAccessibleDescription, station.text)
        self.show()
        self._place()
        if self._shown != self._context.tour.number:
            self._shown = self._context.tour.number
            self._point_at(station.place)

    def _show_progress(self) -> None:
        if self._inside is not None and self._progress is not None:
            put(self._progress.setText, self._context.tour.progress)

    def _make(self, station: "Station") -> QWidget:
        tour = self._context.tour
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(_PAD, 10, 10, 12)
        rows.setSpacing(0)
        rows.addLayout(self._make_head())
        title = Label(station.title, "title", wrap=True)
        title.setContentsMargins(0, 2, 8, 4)
        rows.addWidget(title)
        text = Label(station.text, "body", "text2", wrap=True)
        text.setContentsMargins(0, 0, 8, 10)
        rows.addWidget(text)
        for command_id in station.commands:
            rows.addWidget(self._make_verb(command_id))
            rows.addSpacing(6)
        if tour.is_done:
            rows.addSpacing(4)
            rows.addWidget(_DoneMark(station.done))
        rows.addSpacing(8)
        rows.addLayout(self._make_foot())
        return inside

    def _make_head(self) -> QHBoxLayout:
        tour = self._context.tour
        head = QHBoxLayout()
        head.setSpacing(8)
        dots = _Dots()
        dots.show_number(tour.number)
        head.addWidget(dots)
        words = tr(
            "Step {number} of {stations}", number=tour.number, stations=len(STATIONS)
        )
        head.addWidget(Label(words, "small", "text3", tabular=True))
        head.addStretch(1)
        self._progress = Label(tour.progress, "small", "text2", tabular=True)
        head.addWidget(self._progress)
        close = IconButton("x", Tip(tr("End the tour")), edge=24)
        close.clicked.connect(tour.leave)
        head.addWidget(close)
        return head

    def _make_verb(self, command_id: str) -> Button:
        button = bound_button(self._context, self._window.command_actions, command_id)
        button.clicked.connect(self._on_verb_clicked)
        return button

    def _on_verb_clicked(self) -> None:
        self._viewer.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_foot(self) -> QHBoxLayout:
        tour = self._context.tour
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addStretch(1)
        if tour.number > 1:
            back = Button(tr("Back"), Kind.GHOST)
            back.clicked.connect(tour.back)
            foot.addWidget(back)
        is_last = tour.number == len(STATIONS)
        words = (
            tr("End the tour")
            if is_last
            else tr("Next")
            if tour.is_done
            else tr("Skip")
        )
        following = Button(words, Kind.PRIMARY if tour.is_done else Kind.GHOST)
        following.clicked.connect(tour.next)
        foot.addWidget(following)
        return foot

    def _place(self) -> None:
        if self._inside is None:
            return
        self._inside.setFixedWidth(WIDTH)
        height = self._inside.heightForWidth(WIDTH)
        wanted = height if height > 0 else self._inside.sizeHint().height()
        self.setFixedSize(WIDTH + 2 * SHADOW, wanted + 2 * SHADOW)
        if self._viewer.isVisible():
            corner = self._viewer.mapTo(self._window, QPoint(_EDGE, _EDGE))
        else:
            below = self._window.height() - self.height() + SHADOW
            corner = QPoint(_EDGE, below - 3 * _EDGE)
        self.move(corner - QPoint(SHADOW, SHADOW))
        self.raise_()

    def _point_at(self, place: str) -> None:
        """Lay a ring round the part of the window that the step happens in."""
        window = self._window
        if place == "canvas":
            self._ring.leave()
            return
        if place == "tools":
            self._ring.follow(window.centre.strip)
            return
        window.show_dock(place)
        self._ring.follow(window.dock_host.dock(place))
