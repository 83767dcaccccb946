"""A camera or a stream on screen: its newest frame, alone or as it is predicted."""

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.ports import ExecutorPort
from segdesk.app.signal import Signal
from segdesk.app.video.film import Shot
from segdesk.app.video.link import LinkState, LiveLink
from segdesk.core.language import tr
from segdesk.core.video_source import named

if TYPE_CHECKING:
    from collections.abc import Callable

    from segdesk.app.files.opened_image import OpenedImage
    from segdesk.app.video.live import LiveFrame, LivePrediction
    from segdesk.core.errors import SegDeskError
    from segdesk.core.video import VideoFacts
    from segdesk.core.video_frames import Frame
    from segdesk.core.video_live import LiveSource
    from segdesk.jobs.events import Failed
    from segdesk.jobs.frame_feed import LiveModel

_TAKE_S = 0.25
_RATE_FRAMES = 30
_SILENT_S = 2.0


class LiveWatch:
    """Shows what is live.

    A frame that is predicted is shown together with what the model says of it; those
    that come meanwhile are dropped.

    Parameters
    ----------
    link
        The connection.
    executor
        Takes frames, one after the other.
    live
        Predicts frames; its own, not the player's.

    Attributes
    ----------
    changed
        Fires when the connection is another one, or the frame is held.
    shown
        Fires with each frame that comes on screen.
    model
        Returns what predicts; None: nothing does.
    model_failed
        Called when the model cannot go on.
    is_needed
        Tells whether the connection is needed out of sight, as by a recording.
    shot
        The frame on screen.
    is_held
        The frame on screen stays there; newer ones are dropped.
    take_s
        How long the last frame took to be made ready for the screen.
    """

    def __init__(
        self, desk: Desk, link: LiveLink, executor: ExecutorPort, live: "LivePrediction"
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.shown: Signal[Shot] = Signal()
        self.model: Callable[[], LiveModel | None] = lambda: None
        self.model_failed: Callable[[], None] = _nothing
        self.is_needed: Callable[[], bool] = lambda: False
        self.link = link
        self.live = live
        self.shot: Shot | None = None
        self.is_held = False
        self.take_s = 0.0
        self._desk = desk
        self._executor = executor
        self._now_s = desk.jobs.now_s
        self._seen: LiveSource | None = None
        self._is_taking = False
        self._is_away = False
        self._left = ""
        self._pending: Shot | None = None
        self._dropped_before = 0
        self._ends: deque[float] = deque(maxlen=_RATE_FRAMES)
        live.answered = self._on_answer
        live.failed = self._on_live_failed
        link.changed.connect(self._on_link_changed)
        link.connected.connect(lambda _: self._go_on_from_here())

    # ------------------------------------------------------------ what is so

    @property
    def is_open(self) -> bool:
        """Whether something is watched, also while it is lost."""
        return self.link.state is not LinkState.CLOSED

    @property
    def name(self) -> str:
        """What is watched, without a password."""
        return self.link.name

    @property
    def facts(self) -> "VideoFacts | None":
        """What the source says of itself."""
        stream = self.link.stream
        return stream.facts if stream is not None else None

    @property
    def source_fps(self) -> float:
        """Frames a second that arrive."""
        stream = self.link.stream
        return stream.fps if stream is not None else 0.0

    @property
    def fps(self) -> float:
        """Frames a second that come on screen."""
        times = self._ends
        span = times[-1] - times[0] if len(times) > 1 else 0.0
        return (len(times) - 1) / span if span > 0 else 0.0

    @property
    def dropped(self) -> int:
        """Frames that arrived and were not shown, since it connected or went on."""
        stream = self.link.stream
        return max(0, stream.dropped - self._dropped_before) if stream else 0

    @property
    def silent_s(self) -> float:
        """Seconds without a frame, once that is more than it should be; else 0."""
        stream = self.link.stream
        silent_s = stream.silent_s if stream is not None else 0.0
        return silent_s if silent_s > _SILENT_S else 0.0

    # ------------------------------------------------------------ what to do

    def open(self, source: str) -> None:
        """Connect to a source; a notice tells why it cannot be opened."""
        self._forget()
        self._is_away = False  # its page comes now
        self.link.open(source)

    def close(self) -> None:
        """Let the source go."""
        self._forget()
        self.link.close()

    def toggle(self) -> None:
        """Hold the frame on screen, or go on with the newest."""
        self.hold(on=not self.is_held)

    def hold(self, *, on: bool) -> None:
        """Keep the frame on screen, or go on with the newest."""
        if not self.is_open or on == self.is_held:
            return
        self.is_held = on
        if not on:
            self._go_on_from_here()
        self._ends.clear()
        self.changed.emit()

    def leave(self) -> None:
        """Show nothing while the page is out of sight.

        The camera or stream is let go, unless it is recorded: that goes on, and it is
        said.
        """
        self._is_away = True
        self._pending = None
        self.live.close()
        if self.is_open and self.is_needed():
            self._desk.notices.remark(tr("{name} is still recorded", name=self.name))
        self.let_go_unseen()

    def let_go_unseen(self) -> None:
        """Close the connection where nobody sees it and nothing needs it."""
        if self._is_away and self.is_open and not self.is_needed():
            self._left = self.link.source
            self.link.close()

    def come_back(self) -> None:
        """Show the newest frame again; what was let go is connected to again."""
        if not self._is_away:
            return
        self._is_away = False
        if self._left and not self.is_open:
            self.link.open(self._left)
        self._left = ""
        self._go_on_from_here()

    def predict_again(self) -> None:
        """Let what is held be predicted, or no more: the model is another one."""
        shot = self.shot
        self._pending = None
        self.live.drop()
        if shot is None or not self.is_held:
            self._ask()
            return
        model = self.model()
        if model is None:
            self._show(Shot(shot.number, shot.time_s, shot.image))
            return
        self._pending = shot
        self.live.offer(model, shot.number, shot.time_s, shot.image.pixels)

    # ------------------------------------------------------------ frames

    def _on_link_changed(self) -> None:
        if self.link.stream is not self._seen:
            self._seen = self.link.stream
            self._is_taking, self._pending = False, None
            self._ends.clear()
            self.live.drop()
        self.changed.emit()

    def _forget(self) -> None:
        self._left = ""
        self.shot = self._pending = None
        self.is_held = False
        self.live.close()

    def _go_on_from_here(self) -> None:
        self._ends.clear()
        if self.link.stream is not None:
            self._dropped_before = self.link.stream.dropped
        self._ask()

    def _ask(self) -> None:
        """Take the newest frame, unless one is on its way."""
        stream = self.link.stream
        if stream is None or self._is_taking or self._is_away:
            return
        if self._pending is not None or (self.is_held and self.shot is not None):
            return
        self._is_taking = True
        now_s = self._now_s

        def work() -> "tuple[Frame, OpenedImage, float] | None":
            frame = stream.take(_TAKE_S)
            if frame is None:
                return None
            began_s = now_s()
            return frame, _opened(frame, stream.facts), now_s() - began_s

        def done(found: "tuple[Frame, OpenedImage, float] | None") -> None:
            if stream is not self.link.stream:
                return
            self._is_taking = False
            if found is None:
                self._ask()
                return
            frame, image, self.take_s = found
            self._on_taken(Shot(frame.number, frame.time_s, image))

        def failed(error: "SegDeskError") -> None:
            if stream is self.link.stream:
                self.link.lose(error)

        self._executor.submit(work, done, failed)

    def _on_taken(self, shot: Shot) -> None:
        if self._is_away or (self.is_held and self.shot is not None):
            return
        model = self.model()
        if model is None:
            self._show(shot)
            self._ask()
            return
        self._pending = shot
        self.live.offer(model, shot.number, shot.time_s, shot.image.pixels)

    def _on_answer(self, frame: "LiveFrame") -> None:
        shot, self._pending = self._pending, None
        if shot is not None and shot.number == frame.number:
            said = frame.prediction
            told = frame.shares
            self._show(Shot(shot.number, shot.time_s, shot.image, said, told))
        self._ask()

    def _show(self, shot: Shot) -> None:
        self.shot = shot
        if not self.is_held:
            self._ends.append(self._now_s())
        self.shown.emit(shot)

    def _on_live_failed(self, failed: "Failed") -> None:
        self._pending = None
        self._desk.notices.error(failed)
        self.model_failed()
        self._ask()


def _opened(frame: "Frame", facts: "VideoFacts") -> "OpenedImage":
    """Make the smaller copies of a frame. Slow: call it on a worker."""
    from segdesk.app.files.opened_image import OpenedImage
    from segdesk.core.imaging import LoadedImage
    from segdesk.core.pyramid import Pyramid

    path = Path(named(facts.source))
    loaded = LoadedImage(path, frame.pixels, "video", "RGB", 8, 1, False, ())
    return OpenedImage(loaded, Pyramid(frame.pixels))


def _nothing() -> None:
    """Do nothing."""
