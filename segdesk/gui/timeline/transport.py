"""The row over the time line: where one is, play and step, speed, range, zoom."""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from segdesk.app.video.player import SPEEDS
from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.command_buttons import bound_button
from segdesk.gui.components import Hairline, IconButton, Kind, Label, Select, Tip
from segdesk.gui.components.fields import Slider
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.painting import rounded
from segdesk.gui.item_models import figures
from segdesk.gui.overflow_row import OverflowRow, RowItem
from segdesk.gui.timeline.span import MOST_ZOOM, clock
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent

    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions

HEIGHT = 46
_PLAY_PX = 32
_ZOOM_STEPS = 100


class PlayButton(QPushButton):
    """A round button that plays, or stays."""

    def __init__(self) -> None:
        super().__init__()
        self.is_playing = False
        self.setFixedSize(_PLAY_PX, _PLAY_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """Return the disc's size."""
        return QSize(_PLAY_PX, _PLAY_PX)

    def show_playing(self, *, is_playing: bool) -> None:
        """Show what a click does."""
        self.is_playing = is_playing
        put(self.setAccessibleName, tr("Pause") if is_playing else tr("Play"))
        self.update()

    def focusInEvent(self, event: "QFocusEvent") -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: "QFocusEvent") -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the disc and its sign."""
        del event
        painter = QPainter(self)
        fill = "accentFillHover" if self.underMouse() else "accentFill"
        if not self.isEnabled():
            fill = "line2"
        rounded(painter, QRectF(self.rect()), _PLAY_PX / 2, theme.color(fill))
        side = 16
        at = (_PLAY_PX - side) / 2
        name = "pause-fill" if self.is_playing else "play-fill"
        box = QRectF(at, at, side, side)
        icons.paint(painter, box, name, theme.color("onFill"))


class Transport(QWidget):
    """What plays a video.

    `zoom_chosen` carries how close the time line shall be.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    zoom_chosen = Signal(float)

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        self._context = context
        self._actions = actions
        self.setFixedHeight(theme.row_px(HEIGHT))
        self.time = Label("00:00.000", "section", tabular=True)
        self.frame = Label("", "body", "text2", tabular=True)
        self.play = PlayButton()
        actions.bind(self.play, "video.play")
        self.speed = Select(tr("Speed"))
        for speed in SPEEDS:
            self.speed.addItem(tr("{speed:g} ×", speed=speed), speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.activated.connect(self._on_speed)
        self.zoom = Slider(tr("Zoom of the time line"), 0, _ZOOM_STEPS, default=0)
        self.zoom.setFixedWidth(80)
        self.zoom.moved.connect(self._on_zoom)
        self._build()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 1, 0, 1)
        self._parts = OverflowRow(self._left(), self._right(), self._actions, margin=12)
        row.addWidget(self._parts)

    def _left(self) -> list[RowItem]:
        def place(command_id: str, name: str, rank: int, gap: int) -> RowItem:
            return RowItem(self._icon(command_id, name), rank, (command_id,), gap)

        return [
            RowItem(self.time),
            RowItem(self.frame, 4, gap=10),
            place("video.begin", "skip-back", 5, 18),
            place("video.back", "caret-left", 2, 4),
            RowItem(self.play, gap=6),
            place("video.forward", "caret-right", 2, 6),
            place("video.end", "skip-forward", 5, 4),
            place("video.loop", "repeat", 6, 8),
        ]

    def _right(self) -> list[RowItem]:
        def mark(command_id: str) -> RowItem:
            button = bound_button(self._context, self._actions, command_id, Kind.GHOST)
            return RowItem(button, 7, (command_id,), 4)

        zooms = {}
        for name, way in (("minus", -1), ("plus", 1)):
            title = (
                tr("Zoom the time line in") if way > 0 else tr("Zoom the time line out")
            )
            zooms[way] = IconButton(f"magnifying-glass-{name}", Tip(title))
            zooms[way].clicked.connect(lambda _=False, way=way: self._step_zoom(way))
        return [
            RowItem(Label(tr("Speed"), "body", "text2"), 8),
            RowItem(self.speed, 1, gap=6),
            mark("video.mark_in"),
            mark("video.mark_out"),
            RowItem(Hairline(vertical=True, length=20, role="line2"), 9, gap=6),
            RowItem(zooms[-1], 3, gap=6),
            RowItem(self.zoom, 9, gap=2),
            RowItem(zooms[1], 3, gap=2),
        ]

    def _icon(self, command_id: str, name: str) -> IconButton:
        button = IconButton(name, Tip(self._context.commands[command_id].title))
        self._actions.bind(button, command_id)
        return button

    def sizeHint(self) -> QSize:
        """Return the designed height."""
        return QSize(1100, theme.row_px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the lines round it."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("panel"))
        line = theme.color("line")
        painter.fillRect(QRectF(0, 0, self.width(), 1), line)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), line)

    def show_place(self, time_s: float, number: int, count: int) -> None:
        """Show which frame is on screen."""
        put(self.time.setText, clock(time_s, 3))
        before = self.frame.text()
        of = tr(
            "frame {number} of {count}",
            number=figures.number(number + 1),
            count=figures.number(count),
        )
        put(self.frame.setText, of if count else "")
        if len(of) != len(before):
            self.frame.setMinimumWidth(0)
            self.frame.setMinimumWidth(self.frame.sizeHint().width() + 4)
            self._parts.arrange()

    def show_state(self) -> None:
        """Show whether it plays, and how fast."""
        player = self._context.videos.player
        self.play.show_playing(is_playing=player.is_playing)
        self.speed.setCurrentIndex(SPEEDS.index(player.speed))

    def show_zoom(self, zoom: float) -> None:
        """Show how close the time line is."""
        at = round(math.log(max(1.0, zoom)) / math.log(MOST_ZOOM) * _ZOOM_STEPS)
        self.zoom.setValue(at)

    def _on_speed(self, index: int) -> None:
        self._context.videos.player.set_speed(float(self.speed.itemData(index)))

    def _on_zoom(self, value: int) -> None:
        self.zoom_chosen.emit(MOST_ZOOM ** (value / _ZOOM_STEPS))

    def _step_zoom(self, way: int) -> None:
        value = min(_ZOOM_STEPS, max(0, self.zoom.value() + 10 * way))
        self.zoom.setValue(value)
        self._on_zoom(value)
