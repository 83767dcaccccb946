"""The page of a video: its frames on a canvas, the time line under it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from segdesk.app.view_state import Compare, Layer
from segdesk.core.classes import ClassList
from segdesk.gui import icons, theme
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import EmptyState, Kind
from segdesk.gui.idle_work import Steps
from segdesk.gui.item_models import figures
from segdesk.gui.pages.video_bar import VideoBar
from segdesk.gui.pages.video_side import VideoSide
from segdesk.gui.timeline.filmstrip import Filmstrip
from segdesk.gui.timeline.timeline import Timeline
from segdesk.gui.timeline.transport import Transport
from segdesk.gui.viewer.canvas_keys import HeldKeys
from segdesk.gui.viewer.cards import paint_card
from segdesk.gui.viewer.frame import Scene
from segdesk.gui.viewer.video_canvas import VideoCanvas

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.video_film import Film, Shot
    from segdesk.gui.actions import Actions

_TIMELINE_PX = 204
_FIGURES_MS, _SETTLE_MS = 250, 150
_EMPTY, _FILM = range(2)
_UNNAMED = ClassList.from_names(("Class 0",))


class LiveTag(QWidget):
    """A small card on the picture: an icon, a word, a number."""

    def __init__(self, icon: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon, self._words = icon, ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, words: str) -> None:
        """Show other words; "": none."""
        if words != self._words:
            self._words = words
            self.setAccessibleName(words)
            metrics = QFontMetrics(theme.font("dock", tabular=True))
            room = 16 + (20 if self._icon else 0)
            self.resize(metrics.horizontalAdvance(words) + room, theme.row_px(24))
            self.update()
        self.setVisible(bool(words))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        painter, box = QPainter(self), QRectF(self.rect())
        paint_card(painter, box)
        left = 8
        if self._icon:
            place = QRectF(8, (box.height() - 14) / 2, 14, 14)
            icons.paint(painter, place, self._icon, theme.color("hudText"))
            left += 20
        painter.setFont(theme.font("dock", tabular=True))
        painter.setPen(theme.color("hudText"))
        painter.drawText(box.adjusted(left, 0, 0, 0), 0x81, self._words)


class VideoPage(QWidget):
    """The video that is open; its maker runs through `steps` first.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        self.setAccessibleName("Video")
        self._context = context
        self._actions = actions
        self._videos = context.videos
        self._film: Film | None = None
        self.steps = self._put_together()

    # ------------------------------------------------------------ building

    def _put_together(self) -> Steps:
        context, actions = self._context, self._actions
        self.bar = VideoBar(context, actions)
        yield
        self.canvas = VideoCanvas()
        self.canvas.held = HeldKeys.of(context.keymap)
        self._live_tag = LiveTag("lightning", self.canvas)
        self._drop_tag = LiveTag("", self.canvas)
        yield
        self.transport = Transport(context, actions)
        yield
        self.strip = Filmstrip(context.videos.thumbnailer, self)
        self.timeline = Timeline(self.strip)
        self.timeline.setFixedHeight(_TIMELINE_PX)
        yield
        self.side = VideoSide(context)
        yield
        self._build()
        self._connect()
        self._on_changed()
        yield

    def _build(self) -> None:
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty_page())
        self._shown = QWidget()
        self._stack.addWidget(self._shown)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.bar)
        left.addWidget(self.canvas, 1)
        left.addWidget(self.transport)
        left.addWidget(self.timeline)
        across = QHBoxLayout(self._shown)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addLayout(left, 1)
        across.addWidget(self.side)
        self.setFocusProxy(self.canvas)

    def _empty_page(self) -> QWidget:
        button = command_button(self._context, "file.open_video", Kind.PRIMARY)
        return EmptyState(
            "film-strip",
            "No video yet",
            "Open a video, or drop one here, to play it with what a model says of it.",
            (button,),
        )

    def _connect(self) -> None:
        videos, player = self._videos, self._videos.player
        context, theme_now = self._context, theme.active()
        ends = (
            videos.changed.connect(self._on_changed),
            player.shown.connect(self._on_shown),
            videos.shares_changed.connect(self.timeline.show_shares),
            context.session.view_changed.connect(lambda _: self._show_scene()),
        )
        self.destroyed.connect(lambda: [end() for end in ends])
        theme_now.changed.connect(self.canvas.update)
        self.timeline.sought.connect(player.seek)
        self.timeline.in_moved.connect(videos.mark_in)
        self.timeline.out_moved.connect(videos.mark_out)
        self.timeline.zoomed.connect(self.transport.show_zoom)
        self.transport.zoom_chosen.connect(self.timeline.set_zoom)
        self.canvas.tapped.connect(videos.toggle)
        self.canvas.stepped.connect(videos.step)
        self.canvas.mark_asked.connect(videos.next_mark)
        self.canvas.opacity_stepped.connect(self._on_opacity)
        self.side.classes.modelReset.connect(self._show_scene)
        self.side.classes.dataChanged.connect(self._on_classes)
        self._figures = QTimer(self, interval=_FIGURES_MS)
        self._figures.timeout.connect(self._show_figures)
        # What can be done with a frame is told when the hand rests.
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._actions.refresh_soon)
        self._listen()

    def _listen(self) -> None:
        """Let the keys of a video work all over the page."""
        for command in self._context.commands:
            keys = self._context.keymap.on_canvas(command.id)
            if command.category != "Video" or not keys:
                continue
            action = QAction(self)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setProperty("commandId", command.id)
            action.triggered.connect(self._on_key)
            self.addAction(action)

    # ------------------------------------------------------------ what is shown

    @property
    def unseen(self) -> tuple[QWidget, ...]:
        """What comes in sight with a video."""
        return (self._shown,) if self._film is None else ()

    def sizeHint(self) -> QSize:
        """Return the design's size."""
        return QSize(1600, 930)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page's surface."""
        QPainter(self).fillRect(event.rect(), theme.color("window"))

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed meanwhile."""
        super().showEvent(event)
        self._on_changed()
        if self._film is not None and self._videos.player.shot is None:
            self._videos.player.seek(0)
        self._context.video_annotating.refresh()
        self._figures.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop playing, and the threads that decode and predict."""
        super().hideEvent(event)
        self._figures.stop()
        self.strip.stop()
        self._videos.player.rest()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of a video that no part of the page took."""
        if not self.canvas.take_key(event):
            super().keyPressEvent(event)

    def _on_changed(self) -> None:
        film = self._videos.film
        self._actions.refresh_soon()
        self._stack.setCurrentIndex(_EMPTY if film is None else _FILM)
        self.bar.show_state()
        self.transport.show_state()
        self.timeline.show_film(film)
        if film is not self._film:
            self._film = film
            self.canvas.set_scene(None)
            self.timeline.show_shares()
            self.transport.show_zoom(1.0)
            self.canvas.setFocus()
            if self._videos.player.shot is not None:
                self._on_shown(self._videos.player.shot)
        if film is None:
            return
        player = self._videos.player
        self.transport.show_place(
            film.time_of(player.number), player.number, len(film.index)
        )
        self._show_figures()

    def _on_shown(self, shot: "Shot") -> None:
        film = self._film
        if film is None or not self.isVisible():
            return
        if shot.prediction is not None:
            self.timeline.show_shares()
        self.timeline.show_frame(shot.number)
        self.transport.show_place(shot.time_s, shot.number, len(film.index))
        self.side.show_frame(shot.number)
        if not self._videos.player.is_playing:
            self._settle.start()
        self._show_scene()

    def _show_scene(self) -> None:
        shot = self._videos.player.shot
        if shot is None or not self.isVisible():
            return
        said = shot.prediction
        view = replace(
            self._context.session.view,
            compare=Compare.ONE,
            main=Layer.PROPOSAL,
            hidden=self.side.classes.hidden,
            solo=None,
            min_confidence=0.0,
        )
        classes = said.classes if said is not None else _UNNAMED
        self.canvas.set_scene(Scene(shot.image, said, classes, view, dashed=False))

    def _show_figures(self) -> None:
        player = self._videos.player
        self.side.show_live(self.canvas.paint_s)
        is_live = player.is_playing and self._videos.predicts
        fps = figures.decimal(player.fps, 1)
        self._live_tag.say(f"Live  {fps} fps" if is_live else "")
        dropped = f"{figures.number(player.dropped)} dropped"
        self._drop_tag.say(dropped if player.is_playing else "")
        self._live_tag.move(12, 12)
        left = self._live_tag.geometry().right() + 9 if is_live else 12
        self._drop_tag.move(left, 12)

    # ------------------------------------------------------------ what is done

    def _on_classes(self) -> None:
        shot = self._videos.player.shot
        scene = self.canvas.stage.scene
        hidden = self.side.classes.hidden
        if shot is not None and scene is not None and scene.view.hidden != hidden:
            self._show_scene()

    def _on_opacity(self, step: int) -> None:
        way = "up" if step > 0 else "down"
        self._context.commands.run(f"view.opacity_{way}")

    def _on_key(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._context.commands.run(str(sender.property("commandId")))
