"""The row over the time line: where one is, play and step, speed, range, zoom."""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from segdesk.app.video_player import SPEEDS
from segdesk.gui import icons, theme
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import Hairline, IconButton, Kind, Label, Select, Tip
from segdesk.gui.components.fields import Slider
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.painting import rounded
from segdesk.gui.item_models import figures
from segdesk.gui.timeline.span import MOST_ZOOM, clock

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

    def show_playing(self, *, is_playing: bool) -> None:
        """Show what a click does."""
        self.is_playing = is_playing
        self.setAccessibleName("Pause" if is_playing else "Play")
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
        self.speed = Select("Speed")
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g} ×", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.activated.connect(self._on_speed)
        self.zoom = Slider("Zoom of the time line", 0, _ZOOM_STEPS, default=0)
        self.zoom.setFixedWidth(80)
        self.zoom.moved.connect(self._on_zoom)
        self._build()

    def _build(self) -> None:
        context = self._context
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(self.time)
        row.addSpacing(6)
        row.addWidget(self.frame)
        row.addStretch(1)
        row.addWidget(self._icon("video.begin", "skip-back"))
        row.addWidget(self._icon("video.back", "caret-left"))
        row.addSpacing(4)
        row.addWidget(self.play)
        row.addSpacing(4)
        row.addWidget(self._icon("video.forward", "caret-right"))
        row.addWidget(self._icon("video.end", "skip-forward"))
        row.addSpacing(6)
        row.addWidget(self._icon("video.loop", "repeat"))
        row.addStretch(1)
        row.addWidget(Label("Speed", "body", "text2"))
        row.addWidget(self.speed)
        row.addSpacing(6)
        row.addWidget(command_button(context, "video.mark_in", Kind.GHOST))
        row.addWidget(command_button(context, "video.mark_out", Kind.GHOST))
        row.addWidget(Hairline(vertical=True, length=20, role="line2"))
        row.addSpacing(4)
        for name, way in (("minus", -1), ("plus", 1)):
            title = "Zoom the time line in" if way > 0 else "Zoom the time line out"
            button = IconButton(f"magnifying-glass-{name}", Tip(title))
            button.clicked.connect(lambda _=False, way=way: self._step_zoom(way))
            if way > 0:
                row.addWidget(self.zoom)
            row.addWidget(button)

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
        self.time.setText(clock(time_s, 3))
        of = f"frame {figures.number(number + 1)} of {figures.number(count)}"
        self.frame.setText(of if count else "")

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
