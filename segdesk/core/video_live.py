"""A camera or a stream: always its newest frame, what nobody took is dropped."""

import errno
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cameras import camera_problem
from segdesk.core.cv import load_cv2
from segdesk.core.errors import SegDeskError, VideoReadError
from segdesk.core.language import tr
from segdesk.core.video import VideoFacts, facts_of
from segdesk.core.video_frames import Frame, rgb
from segdesk.core.video_source import (
    CAMERA,
    READ_S,
    connect,
    load_av,
    named,
    reading_errors,
    video_stream,
)

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer

_RATE_FRAMES = 30
_CAMERA_DIGITS = 4
_CHECK_S = 0.1
_APART_S = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """A frame that came, whether or not anybody takes it.

    Parameters
    ----------
    at_s
        When, on the steady clock of this machine.
    pixels
        Makes (H, W, 3) uint8, RGB; on any thread.
    """

    at_s: float
    pixels: Callable[[], NDArray[np.uint8]]


class LiveSource:
    """Reads a camera or a stream on a thread of its own and keeps the newest frame.

    A decoder must see every frame, but only those that are taken are turned into
    pixels. The constructor waits until the source shows its first frame.

    Parameters
    ----------
    source
        "camera:0" or an address: rtsp://…, http://…, udp://….

    Attributes
    ----------
    facts
        What the source says of itself.

    Raises
    ------
    VideoReadError
        There is no such camera, or the stream does not answer.
    """

    def __init__(self, source: str) -> None:
        self._feed: _Feed = (
            _CameraFeed(source) if source.startswith(CAMERA) else _StreamFeed(source)
        )
        self.facts: VideoFacts = self._feed.facts
        self._listener: Callable[[Arrival], None] | None = None
        self._newest: tuple[int, float, Any] | None = None
        self._arrivals: deque[float] = deque(maxlen=_RATE_FRAMES)
        self._count = 0
        self._began_s = time.monotonic()
        self._taken = 0
        self._broken: VideoReadError | None = None
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(
            target=self._read, name="live video", daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Self:
        """Return the source."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop reading."""
        self.close()

    @property
    def dropped(self) -> int:
        """How many frames arrived and were never taken."""
        return max(0, self._count - self._taken)

    @property
    def began_s(self) -> float:
        """When the first frame came, on the steady clock."""
        return self._began_s

    @property
    def silent_s(self) -> float:
        """Seconds since the last frame came."""
        with self._changed:
            last = self._arrivals[-1] if self._arrivals else self._began_s
        return time.monotonic() - last

    @property
    def fps(self) -> float:
        """Frames a second that arrive, over the last thirty."""
        with self._changed:
            times = list(self._arrivals)
        span = times[-1] - times[0] if len(times) > 1 else 0.0
        return (len(times) - 1) / span if span > 0 else 0.0

    def take(self, timeout_s: float) -> Frame | None:
        """Wait for a frame that was not taken yet, and return the newest.

        Parameters
        ----------
        timeout_s
            How long to wait for it.

        Returns
        -------
        frame
            Its number counts arrivals, its time runs from the first one on. None: none
            came in time.

        Raises
        ------
        VideoReadError
            The source broke, and all that came before is taken.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._newest is not None or self._broken is not None, timeout_s
            )
            found, self._newest = self._newest, None
            if found is None:
                if self._broken is not None:
                    raise self._broken
                return None
            self._taken += 1
        number, time_s, raw = found
        return Frame(number, time_s, self._feed.pixels(raw))

    def listen(self, listener: Callable[[Arrival], None] | None) -> None:
        """Tell somebody of every frame, on the reading thread; None: nobody.

        What it does must not take long.
        """
        self._listener = listener

    def close(self) -> None:
        """Stop reading and let the source go; the thread ends with its next frame."""
        self._closing = True
        self._thread.join(2.0)

    def _read(self) -> None:
        feed, pace = self._feed, _Pace()
        for raw in feed.frames():
            if self._closing:
                break
            now_s = time.monotonic()
            at_s = pace.at(feed.seconds(raw), now_s)
            with self._changed:
                if not self._count:
                    self._began_s = at_s
                self._newest = (self._count, at_s - self._began_s, raw)
                self._count += 1
                self._arrivals.append(now_s)
                self._changed.notify_all()
            listener = self._listener
            if listener is not None:
                listener(Arrival(at_s, partial(feed.pixels, raw)))
        feed.close()
        with self._changed:
            self._broken = VideoReadError(
                tr("{named} stopped.", named=named(self.facts.source)),
                cause=feed.problem or tr("The sender ended the stream."),
                hint=tr("Check the camera and the network, then start it again."),
            )
            self._changed.notify_all()


def open_live(source: str, check: Callable[[], None] = lambda: None) -> LiveSource:
    """Open a camera or a stream, unless the wait for it is given up.

    Parameters
    ----------
    check
        Called while it connects; raises to give up. A connection that comes about
        afterwards is closed.

    Raises
    ------
    VideoReadError
        There is no such camera, or the stream does not answer.
    """
    attempt = _Attempt(source)
    try:
        while not attempt.ended.wait(_CHECK_S):
            check()
        return attempt.take()
    finally:
        attempt.give_up()


class _Attempt:
    """A connection that is tried on a thread of its own, which nobody waits for."""

    def __init__(self, source: str) -> None:
        self.ended = threading.Event()
        self._source = source
        self._opened: LiveSource | None = None
        self._error: SegDeskError | None = None
        self._is_wanted = True
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="connect", daemon=True).start()

    def take(self) -> LiveSource:
        """Return what was opened, or raise why it was not."""
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None:
            return opened
        raise self._error or VideoReadError(
            tr("{named} was not opened.", named=named(self._source)),
            cause=tr("The attempt to connect broke off."),
            hint=tr("Try it again."),
        )

    def give_up(self) -> None:
        """Close what was opened and not taken, now or when it comes."""
        with self._lock:
            self._is_wanted = False
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def _run(self) -> None:
        opened = None
        try:
            opened = LiveSource(self._source)
        except SegDeskError as error:
            self._error = error
        finally:
            with self._lock:
                self._opened = opened if self._is_wanted else None
            self.ended.set()
        if opened is not None and not self._is_wanted:
            opened.close()


class _Pace:
    """Tells when frames were taken, by the sender's clock: they come in bursts.

    Where the sender's clock jumps, or runs away from ours, it is set anew.
    """

    def __init__(self) -> None:
        self._ahead_s: float | None = None
        self._last_s = 0.0

    def at(self, sent_s: float | None, now_s: float) -> float:
        """Return when a frame was taken, on our clock; it never goes back."""
        at_s = now_s
        if sent_s is not None:
            if self._ahead_s is None or abs(sent_s + self._ahead_s - now_s) > _APART_S:
                self._ahead_s = now_s - sent_s
            at_s = sent_s + self._ahead_s
        self._last_s = max(self._last_s, at_s)
        return self._last_s


class _Feed(Protocol):
    """Frames as they come, not yet turned into pixels."""

    facts: VideoFacts
    problem: str

    def frames(self) -> Iterator[Any]: ...

    def seconds(self, raw: Any) -> float | None: ...  # noqa: ANN401 - its own kind

    def pixels(self, raw: Any) -> NDArray[np.uint8]: ...  # noqa: ANN401 - its own kind

    def close(self) -> None: ...


def _why_broken(error: Exception) -> str:
    """Return why a stream broke, as a sentence."""
    # FFmpeg calls it an exit on demand when a read is given up.
    if isinstance(error, (TimeoutError, load_av().error.ExitError)):
        return tr("It sent nothing for {read_s:g} seconds.", read_s=READ_S)
    if getattr(error, "errno", None) in (errno.EIO, errno.ECONNRESET, errno.EPIPE):
        return tr("The connection broke off.")
    return f"{getattr(error, 'strerror', None) or error}."


class _StreamFeed:
    def __init__(self, source: str) -> None:
        self.problem = ""
        self._container: InputContainer = connect(source)
        try:
            self.facts = facts_of(self._container, source)
            self._stream = video_stream(self._container, source)
        except VideoReadError:
            self._container.close()
            raise

    def frames(self) -> "Iterator[VideoFrame]":
        with reading_errors() as errors:
            for packet in self._container.demux(self._stream):
                with reading_errors():  # one lost packet costs a frame, no more
                    yield from packet.decode()
        for error in errors:
            self.problem = _why_broken(error)

    def seconds(self, raw: "VideoFrame") -> float | None:
        time_s: float | None = raw.time
        return time_s

    def pixels(self, raw: "VideoFrame") -> NDArray[np.uint8]:
        return rgb(raw, self.facts.size)

    def close(self) -> None:
        self._container.close()


class _CameraFeed:
    """A camera of this machine, by OpenCV: it knows them on every system by number."""

    def __init__(self, source: str) -> None:
        self.problem = ""
        self._cv2 = load_cv2()
        number = source.removeprefix(CAMERA)
        if not number.isdecimal() or len(number) > _CAMERA_DIGITS:
            raise VideoReadError(
                tr("{source} was not opened.", source=source),
                cause=tr("{number!r} is no number of a camera.", number=number),
                hint=tr("Cameras are camera:0, camera:1 and so on."),
            )
        self._capture = self._cv2.VideoCapture(int(number))
        found, first = (
            self._capture.read() if self._capture.isOpened() else (False, None)
        )
        if not found or first is None:
            self._capture.release()
            raise VideoReadError(
                tr("{source} was not opened.", source=source),
                cause=camera_problem(int(number))
                or tr("There is no such camera, or another program uses it."),
                hint=tr("Connect it, close the other program, or try another number."),
            )
        self.facts = VideoFacts(
            source=source,
            width=first.shape[1],
            height=first.shape[0],
            codec="camera",
            pixel_format="bgr24",
            fps=float(self._capture.get(self._cv2.CAP_PROP_FPS) or 0),
            live=True,
        )

    def frames(self) -> Iterator[NDArray[np.uint8]]:
        while True:
            found, picture = self._capture.read()
            if not found:
                self.problem = tr("The camera gives no more pictures.")
                return
            yield picture

    def seconds(self, raw: NDArray[np.uint8]) -> None:
        del raw  # a camera of this machine: it is now

    def pixels(self, raw: NDArray[np.uint8]) -> NDArray[np.uint8]:
        pixels: NDArray[np.uint8] = self._cv2.cvtColor(raw, self._cv2.COLOR_BGR2RGB)
        return pixels

    def close(self) -> None:
        self._capture.release()
