"""The journey of videos: opening one, playing it, what predicts it meanwhile.

A video is a film, a file whose frames can be chosen, or it is live: a camera, a stream.
"""

from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.ports import EnginePort, ExecutorPort, TimerPort
from segdesk.app.signal import Signal
from segdesk.app.video.film import Film
from segdesk.app.video.link import LiveLink
from segdesk.app.video.live import LivePrediction, Post
from segdesk.app.video.opening import VideoOpening
from segdesk.app.video.player import VideoPlayer
from segdesk.app.video.watch import LiveWatch
from segdesk.core.language import tr
from segdesk.jobs.events import Failed
from segdesk.jobs.frame_feed import LiveModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segdesk.app.files.recent import RecentPlaces
    from segdesk.app.proposals.predicting import Predicting
    from segdesk.app.video.film import Shot
    from segdesk.core.errors import SegDeskError
    from segdesk.core.video import VideoIndex

SMOOTH = (1, 3, 5, 9, 15)


class Videos:
    """Opens a video at a time and plays it.

    Parameters
    ----------
    engine
        Predicts frames; gives long work threads of its own.
    executor
        Decodes frames, one after the other.
    timer
        Waits until frames are due.
    predicting
        Knows the model.
    post
        Calls a function on the window's thread, soon.

    Attributes
    ----------
    changed
        Fires when another video is open, or what is done with it is another thing.
    shares_changed
        Fires when more frames were predicted than the one on screen.
    player
        Plays a film.
    watch
        Shows what is live.
    thumbnailer
        Decodes thumbnails, one after the other.
    live
        Predicts it.
    """

    def __init__(
        self,
        desk: Desk,
        engine: EnginePort,
        executor: ExecutorPort,
        timer: TimerPort,
        predicting: "Predicting",
        post: Post,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.shares_changed: Signal[()] = Signal()
        self.predicts = False
        self.thumbnailer = executor
        self.live = LivePrediction(engine.runner, post)
        self.player = VideoPlayer(executor, timer, desk.jobs.now_s, self.live)
        link = LiveLink(desk, engine, executor, timer)
        watched = LivePrediction(engine.runner, post)
        self.watch = LiveWatch(desk, link, executor, watched)
        self.show_page: Callable[[], None] = lambda: None
        self.recent: RecentPlaces | None = None
        self._desk = desk
        self._predicting = predicting
        self._opening = VideoOpening(desk, engine, self._show)
        self._opening.changed = self.changed.emit
        self.player.model = self._live_model
        self.watch.model = self._live_model
        self.watch.model_failed = self._on_model_failed
        self.watch.changed.connect(self.changed.emit)
        self.player.failed.connect(self._on_failed)
        self.player.changed.connect(self.changed.emit)
        predicting.changed.connect(self._on_model_changed)

    # ------------------------------------------------------------ what is so

    @property
    def film(self) -> Film | None:
        """The video that is open."""
        return self.player.film

    @property
    def opening(self) -> "Path | None":
        """The video that is being indexed."""
        return self._opening.path

    @property
    def name(self) -> str:
        """What is open, in a sentence."""
        film = self.film
        return film.path.name if film is not None else self.watch.name

    @property
    def shot(self) -> "Shot | None":
        """The frame on screen."""
        return self.watch.shot if self.watch.is_open else self.player.shot

    @property
    def still(self) -> "Shot | None":
        """The frame on screen, if it stays there; None: another one comes."""
        watch, player = self.watch, self.player
        if watch.is_open:
            return watch.shot if watch.is_held else None
        shot = player.shot
        is_there = shot is not None and shot.number == player.number
        return shot if is_there and not player.is_playing else None

    def why_none(self) -> str | None:
        """Return why nothing can be done with a video now."""
        is_open = self.film is not None or self.watch.is_open
        return None if is_open else tr("Open a video first")

    def why_no_film(self) -> str | None:
        """Return why frames cannot be chosen now."""
        if self.watch.is_open:
            return tr("What is live has no frames to choose from")
        return self.why_none()

    def why_not_predicted(self) -> str | None:
        """Return why no frame can be predicted now."""
        why = self.why_none()
        if why is None and self._predicting.model is None:
            return tr("Load a model first")
        return why

    # ------------------------------------------------------------ what to do

    def open(self, path: "Path") -> None:
        """Index a video on a worker, then show it."""
        self._opening.open(path)

    def open_live(self, source: str) -> None:
        """Connect to a camera or a stream, and show it."""
        self.player.open(None)
        self.watch.open(source)
        self.show_page()

    def close(self) -> None:
        """Close the video and end its threads."""
        self.watch.close()
        self.watch.live.close()
        self.player.open(None)
        self.player.rest()
        self.live.close()

    def toggle(self) -> None:
        """Play, or stay at the frame that is shown."""
        if self.watch.is_open:
            self.watch.toggle()
        elif self.player.is_playing:
            self.player.pause()
        else:
            self.player.play()

    def hold(self) -> None:
        """Stay at the frame that is shown."""
        self.watch.hold(on=True)
        self.player.pause()

    def rest(self) -> None:
        """End the threads that decode and predict; let go what nobody records."""
        self.watch.leave()
        self.player.rest()

    def come_back(self) -> None:
        """Show the frame again that was on screen, or the newest."""
        self.watch.come_back()
        if self.film is not None and self.player.shot is None:
            self.player.seek(0)

    def step(self, by: int) -> None:
        """Go so many frames on, or back, and stay there."""
        self.player.pause()
        self.player.seek(self.player.number + by)

    def next_mark(self, way: int) -> None:
        """Go to the next mark (1) or the one before (-1); the ends are marks too."""
        film, here = self.film, self.player.number
        if film is None:
            return
        places = {0, film.last, film.mark_in, film.mark_out, *film.marks}
        ahead = [place for place in places if (place - here) * way > 0]
        if ahead:
            self.player.pause()
            self.player.seek(min(ahead, key=lambda place: abs(place - here)))

    def mark_in(self, number: int | None = None) -> None:
        """Let the range begin at a frame; None: at the one on screen."""
        film = self.film
        if film is not None:
            wanted = self.player.number if number is None else number
            film.mark_in = min(max(0, wanted), film.last)
            if film.mark_out < film.mark_in:
                film.mark_out = film.last
            self.changed.emit()

    def mark_out(self, number: int | None = None) -> None:
        """Let the range end at a frame; None: at the one on screen."""
        film = self.film
        if film is not None:
            wanted = self.player.number if number is None else number
            film.mark_out = min(max(0, wanted), film.last)
            if film.mark_in > film.mark_out:
                film.mark_in = 0
            self.changed.emit()

    def clear_range(self) -> None:
        """Let the range be the whole video again."""
        film = self.film
        if film is not None:
            film.mark_in, film.mark_out = 0, film.last
            self.changed.emit()

    def set_predicts(self, *, on: bool) -> None:
        """Predict each frame that is shown, or none."""
        if on and self._predicting.model is None:
            return
        self.predicts = on
        self._again()

    def set_smooth(self, frames: int) -> None:
        """Give each pixel the class that wins in so many frames up to the shown one."""
        self.live.smooth = self.watch.live.smooth = frames
        self._again()

    def _again(self) -> None:
        self.player.predict_again()
        self.watch.predict_again()
        self.changed.emit()

    # ------------------------------------------------------------ inside

    def _show(self, index: "VideoIndex") -> None:
        frames_mb = self._desk.settings.preferences.frames_mb
        film = Film(index, frames_mb * 1_000_000)
        self.player.open(film)
        if self.recent is not None:
            self.recent.add(film.path, len(index), film.path)
        for note in index.notes():
            self._desk.notices.remark(note)
        self.changed.emit()
        self.show_page()

    def _live_model(self) -> LiveModel | None:
        model = self._predicting.model
        if not self.predicts or model is None:
            return None
        preferences = self._desk.settings.preferences
        return LiveModel(
            model.source,
            device=preferences.device,
            precision=preferences.precision,  # type: ignore[arg-type]
        )

    def _on_model_changed(self) -> None:
        if self._predicting.model is None and self.predicts:
            self.predicts = False
        self.changed.emit()

    def _on_failed(self, error: "SegDeskError | Failed") -> None:
        if isinstance(error, Failed):
            self._on_model_failed()
        self._desk.notices.error(error)

    def _on_model_failed(self) -> None:
        self.predicts = False
        self.changed.emit()
