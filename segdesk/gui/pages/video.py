"""The page of a video: its frames on a canvas, the time line under it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from segdesk.app.video.annotating import Outlook
from segdesk.app.video.link import LinkState
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import EmptyState, Kind
from segdesk.gui.idle_work import Steps
from segdesk.gui.item_models import figures
from segdesk.gui.pages.video_bar import VideoBar
from segdesk.gui.pages.video_live import LiveDesk
from segdesk.gui.pages.video_scene import video_scene
from segdesk.gui.pages.video_side import VideoSide
from segdesk.gui.pages.video_tag import LiveTag
from segdesk.gui.timeline.filmstrip import Filmstrip
from segdesk.gui.timeline.timeline import Timeline
from segdesk.gui.timeline.transport import Transport
from segdesk.gui.viewer.canvas_keys import HeldKeys
from segdesk.gui.viewer.video_canvas import VideoCanvas
from segdesk.gui.viewer.wheel import WheelHabits
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.settings.settings import Preferences
    from segdesk.app.video.film import Film, Shot
    from segdesk.gui.actions import Actions

_TIMELINE_PX = 204
_FIGURES_MS, _SETTLE_MS = 250, 150
_EMPTY, _FILM = range(2)
_OURS = ("video.", "tool.")  # a tool can be put down on a frame


class VideoPage(QWidget):
    """The video that is open; its maker runs through `steps` first.

    `zoom_changed` carries the zoom of its picture, 1.0 for 100 %, 0.0 without one.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    zoom_changed = Signal(float)

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Video"))
        self._context = context
        self._actions = actions
        self._videos = context.videos
        self._film: Film | None = None
        self._is_live = False
        self._listeners: dict[str, QAction] = {}
        self.steps = self._put_together()

    # ------------------------------------------------------------ building

    def _put_together(self) -> Steps:
        context, actions = self._context, self._actions
        self.bar = VideoBar(context, actions)
        yield
        self.canvas = VideoCanvas()
        self._follow_keys()
        self._follow_settings(context.settings.preferences)
        context.keymap.changed.connect(self._follow_keys)
        context.settings.changed.connect(self._follow_settings)
        self._live_tag = LiveTag("lightning", self.canvas)
        self._drop_tag = LiveTag("", self.canvas)
        yield
        self.transport = Transport(context, actions)
        yield
        self.strip = Filmstrip(context.videos.thumbnailer, self)
        self.timeline = Timeline(self.strip)
        self.timeline.setFixedHeight(_TIMELINE_PX)
        yield
        self.live = LiveDesk(context, actions)
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
        left.addWidget(self.live)
        self.live.hide()
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
            tr("No video yet"),
            tr(
                "Open a video, or drop one here, to play it with what a model says "
                "of it."
            ),
            (button,),
        )

    def _connect(self) -> None:
        videos, player = self._videos, self._videos.player
        context, theme_now = self._context, theme.active()
        ends = (
            videos.changed.connect(self._on_changed),
            player.shown.connect(self._on_shown),
            videos.watch.shown.connect(self._on_live_shown),
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
        self.canvas.moved.connect(self._on_moved)
        first = context.video_annotating.first
        if first is not None:
            self.canvas.hand.attach(first)
            context.video_annotating.outlook = self._outlook
            first.history_changed.connect(self._on_first_changed)

    def _follow_keys(self) -> None:
        self.canvas.held = HeldKeys.of(self._context.keymap)

    def _follow_settings(self, preferences: "Preferences") -> None:
        self.canvas.wheel = WheelHabits.of(preferences)

    def _listen(self) -> None:
        """Let the keys of a video work all over the page."""
        for command in self._context.commands:
            if not command.id.startswith(_OURS):
                continue
            action = QAction(self)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setProperty("commandId", command.id)
            action.triggered.connect(self._on_key)
            self.addAction(action)
            self._listeners[command.id] = action
        self._take_keys()
        self._context.keymap.changed.connect(self._take_keys)

    def _take_keys(self) -> None:
        for command_id, action in self._listeners.items():
            keys = self._context.keymap.on_canvas(command_id)
            action.setShortcuts([QKeySequence(key) for key in keys])

    # ------------------------------------------------------------ what is shown

    @property
    def unseen(self) -> tuple[QWidget, ...]:
        """What comes in sight with a video."""
        return (self._shown,) if self._film is None else ()

    @property
    def zoom(self) -> float:
        """Device pixels for one pixel of the frame; 0.0 without one."""
        stage = self.canvas.stage
        return stage.viewport.scale if stage.scene is not None else 0.0

    def fit(self) -> None:
        """Show the whole frame."""
        self.canvas.fit()

    def actual_size(self) -> None:
        """Show one pixel of the frame as one of the screen."""
        self.canvas.actual_size()

    def zoom_in(self) -> None:
        """Zoom in one step about the middle."""
        self.canvas.zoom_step(closer=True)

    def zoom_out(self) -> None:
        """Zoom out one step about the middle."""
        self.canvas.zoom_step(closer=False)

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
        self._videos.come_back()
        self._context.video_annotating.refresh()
        self._figures.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop playing, and the threads that decode and predict."""
        super().hideEvent(event)
        self._figures.stop()
        self.strip.stop()
        self._videos.rest()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of a video that no part of the page took."""
        if not self.canvas.take_key(event):
            super().keyPressEvent(event)

    def _on_changed(self) -> None:
        film, is_live = self._videos.film, self._videos.watch.is_open
        self._actions.refresh_soon()
        shown = film is not None or is_live
        self._stack.setCurrentIndex(_FILM if shown else _EMPTY)
        self.bar.show_state()
        self.transport.show_state()
        self.timeline.show_film(film)
        if is_live != self._is_live:
            self._show_live(is_live=is_live)
        if film is not self._film:
            self._take_film(film)
        if is_live:
            self.live.show_state()
        if film is not None:
            number = self._videos.player.number
            self.transport.show_place(film.time_of(number), number, len(film.index))
        self._renew_stroke()
        if shown:
            self._show_figures()

    def _renew_stroke(self) -> None:
        first = self._context.video_annotating.first
        if first is not None:
            first.renew()

    def _show_live(self, *, is_live: bool) -> None:
        """Put the desk of what is live into the place of the time line."""
        self._is_live = is_live
        for part in (self.transport, self.timeline):
            part.setVisible(not is_live)
        self.live.setVisible(is_live)
        self.live.strip.clear()
        self.canvas.set_scene(None)
        self.canvas.setFocus()

    def _take_film(self, film: "Film | None") -> None:
        self._film = film
        self.canvas.set_scene(None)
        self.timeline.show_shares()
        self.transport.show_zoom(1.0)
        self.canvas.setFocus()
        if self._videos.player.shot is not None:
            self._on_shown(self._videos.player.shot)

    def _on_live_shown(self, shot: "Shot") -> None:
        if self.isVisible():
            self.live.show_shot(shot)
            self.side.show_shot(shot)
            self._renew_stroke()
            self._show_scene()

    def _on_shown(self, shot: "Shot") -> None:
        film = self._film
        if film is None or not self.isVisible():
            return
        if shot.prediction is not None:
            self.timeline.show_shares()
        self.timeline.show_frame(shot.number)
        self.transport.show_place(shot.time_s, shot.number, len(film.index))
        self.side.show_shot(shot)
        if not self._videos.player.is_playing:
            self._settle.start()
        self._renew_stroke()
        self._show_scene()

    def _show_scene(self) -> None:
        shot = self._videos.shot
        if shot is None or not self.isVisible():
            return
        scene = video_scene(self._context, shot, self.side.classes.hidden)
        self.canvas.set_scene(scene)

    def _on_first_changed(self) -> None:
        first, scene = self._context.video_annotating.first, self.canvas.stage.scene
        if first is None or scene is None:
            return
        if (first.drawn is None) != (scene.labels is None):
            self._show_scene()

    def _show_figures(self) -> None:
        videos = self._videos
        player, watch = videos.player, videos.watch
        self.side.show_live(self.canvas.paint_s)
        if watch.is_open:
            self.live.tick()
        is_on = watch.facts is not None and not watch.is_held
        runs = is_on if watch.is_open else player.is_playing
        is_live = runs and (videos.predicts or watch.is_open)
        source = watch if watch.is_open else player
        fps = figures.decimal(source.fps, 1)
        is_lost = watch.link.state is LinkState.LOST
        words = tr("Reconnecting") if is_lost else tr("Live  {fps} fps", fps=fps)
        self._live_tag.say(words if is_live or is_lost else "")
        dropped = tr("{dropped} dropped", dropped=figures.number(source.dropped))
        self._drop_tag.say(dropped if runs else "")
        self._live_tag.move(12, 12)
        left = self._live_tag.geometry().right() + 9 if is_live else 12
        self._drop_tag.move(left, 12)

    # ------------------------------------------------------------ what is done

    def _outlook(self) -> Outlook | None:
        """Return what is in view of the frame; None: all of it."""
        viewport = self.canvas.stage.viewport
        seen = viewport.visible
        if viewport.is_fitted or seen is None:
            return None
        x, y = seen.x + seen.width / 2, seen.y + seen.height / 2
        return Outlook(x, y, viewport.scale)

    def _on_moved(self) -> None:
        self.zoom_changed.emit(self.zoom)

    def _on_classes(self) -> None:
        shot = self._videos.shot
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
