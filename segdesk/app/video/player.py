"""Playing a video: by the clock, with frames dropped rather than late."""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from segdesk.app.ports import ExecutorPort, TimerPort
from segdesk.app.signal import Signal
from segdesk.app.video.film import Film, Shot
from segdesk.app.video.live import LiveFrame, LivePrediction
from segdesk.jobs.events import Failed

if TYPE_CHECKING:
    from segdesk.app.files.opened_image import OpenedImage
    from segdesk.core.errors import SegDeskError
    from segdesk.jobs.frame_feed import LiveModel

SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0)
_RATE_FRAMES = 30
_LEAST_WAIT_S = 0.001


class VideoPlayer:
    """Shows frames of a film: one that is asked for, or those that are due.

    One frame is decoded at a time; while it is, others are dropped. With a model, a
    frame is shown together with what the model says of it, so both always agree; the
    clock goes on meanwhile.

    Parameters
    ----------
    executor
        Decodes, one frame after the other.
    timer
        Waits until the next frame is due.
    now_s
        The clock, in monotonic seconds.
    live
        Predicts frames.

    Attributes
    ----------
    shown
        Fires with each frame that comes on screen, and again with its prediction.
    changed
        Fires when it plays or rests, and when speed or loop are others.
    failed
        Fires when frames cannot be read or predicted.
    model
        Returns what predicts; None: nothing does.
    dropped
        Frames that were due and were not shown, since it began to play.
    decode_s
        How long the last frame took to decode.
    """

    def __init__(
        self,
        executor: ExecutorPort,
        timer: TimerPort,
        now_s: Callable[[], float],
        live: LivePrediction,
    ) -> None:
        self.shown: Signal[Shot] = Signal()
        self.changed: Signal[()] = Signal()
        self.failed: Signal[SegDeskError | Failed] = Signal()
        self.model: Callable[[], LiveModel | None] = lambda: None
        self.film: Film | None = None
        self.shot: Shot | None = None
        self.live = live
        self.is_playing = False
        self.loops = False
        self.speed = 1.0
        self.dropped = 0
        self.decode_s = 0.0
        self._executor = executor
        self._timer = timer
        self._now_s = now_s
        self._turn = 0
        self._wanted: int | None = None
        self._decoding = False
        self._pending: Shot | None = None
        self._anchor: tuple[float, float] | None = None
        self._waiting: Callable[[], None] | None = None
        self._ends: deque[float] = deque(maxlen=_RATE_FRAMES)
        live.answered = self._on_answer
        live.failed = self._on_live_failed

    # ------------------------------------------------------------ what is so

    @property
    def number(self) -> int:
        """The frame that is on screen, or asked for."""
        if self._wanted is not None:
            return self._wanted
        return self.shot.number if self.shot else 0

    @property
    def fps(self) -> float:
        """Frames a second that come on screen while it plays."""
        times = self._ends
        span = times[-1] - times[0] if len(times) > 1 else 0.0
        return (len(times) - 1) / span if span > 0 else 0.0

    # ------------------------------------------------------------ what to do

    def open(self, film: Film | None) -> None:
        """Take another film, and show its first frame."""
        self.pause()
        self._turn += 1
        before, self.film = self.film, film
        self.shot = self._pending = self._wanted = None
        self._decoding = False
        self.live.drop()
        if before is not None:
            self._rest(before)
        if film is not None:
            self.seek(0)
        self.changed.emit()

    def seek(self, number: int) -> None:
        """Show a frame; while it plays, it goes on from there."""
        film = self.film
        if film is None:
            return
        self._anchor = None
        self._stop_waiting()
        self._pending = None
        self.live.drop()
        self._want(min(max(number, 0), film.last))

    def play(self) -> None:
        """Play from here; at the end, from the beginning."""
        film = self.film
        if film is None or self.is_playing:
            return
        self.is_playing = True
        self.dropped = 0
        self._ends.clear()
        first, last = film.mark_in, film.mark_out
        number = self.number
        self.seek(first if number >= last or number < first else number)
        self.changed.emit()

    def pause(self) -> None:
        """Stay at the frame that is shown."""
        if not self.is_playing:
            return
        self.is_playing = False
        self._anchor = None
        self._stop_waiting()
        self.changed.emit()

    def set_speed(self, speed: float) -> None:
        """Play so many times as fast."""
        self.speed = speed
        self._anchor = None
        if self.is_playing:
            self._tick()
        self.changed.emit()

    def set_loops(self, *, on: bool) -> None:
        """Begin again at the end, or stop there."""
        self.loops = on
        self.changed.emit()

    def predict_again(self) -> None:
        """Show the frame anew: what predicts it is another thing now."""
        if self.film is not None and not self.is_playing:
            self.seek(self.number)

    def rest(self) -> None:
        """Stop, and end the threads that decode and predict."""
        self.pause()
        self._turn += 1
        self._decoding = False
        self._wanted = self._pending = None
        self.live.close()
        if self.film is not None:
            self._rest(self.film)

    def _rest(self, film: Film) -> None:
        self._executor.submit(film.rest, lambda _none: None, self.failed.emit)

    # ------------------------------------------------------------ by the clock

    def _tick(self) -> None:
        """Show the frame that is due, or wait for the next one."""
        film, shot = self.film, self.shot
        self._waiting = None
        if not self.is_playing or film is None or shot is None:
            return
        now = self._now_s()
        if self._anchor is None:
            self._anchor = now, film.time_of(shot.number)
        began, from_s = self._anchor
        due_s = from_s + (now - began) * self.speed
        if due_s >= film.end_of(film.mark_out) - 1e-9:
            self._at_end(film)
            return
        due = min(film.index.at(due_s), film.mark_out)
        if due > shot.number:
            self.dropped += due - shot.number - 1
            self._want(due)
            return
        wait = (film.end_of(shot.number) - due_s) / self.speed
        self._waiting = self._timer.after(max(_LEAST_WAIT_S, wait), self._tick)

    def _at_end(self, film: Film) -> None:
        if self.loops:
            self._anchor = None
            self._want(film.mark_in)
        else:
            self.pause()

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting()
            self._waiting = None

    # ------------------------------------------------------------ a frame

    def _want(self, number: int) -> None:
        self._wanted = number
        if not self._decoding:
            self._decode()

    def _decode(self) -> None:
        film, number = self.film, self._wanted
        if film is None or number is None:
            return
        self._decoding = True
        turn, now_s = self._turn, self._now_s

        def work() -> "tuple[OpenedImage, float]":
            began = now_s()
            return film.picture(number), now_s() - began

        def done(found: "tuple[OpenedImage, float]") -> None:
            if turn == self._turn:
                self.decode_s = found[1]
                shot = Shot(number, film.time_of(number), found[0])
                self._on_decoded(shot)

        def failed(error: "SegDeskError") -> None:
            if turn == self._turn:
                self._decoding, self._wanted = False, None
                self.pause()
                self.failed.emit(error)

        self._executor.submit(work, done, failed)

    def _on_decoded(self, shot: Shot) -> None:
        self._decoding = False
        if self._wanted is not None and self._wanted != shot.number:
            if not self.is_playing:
                self._show(shot)  # while the hand moves, what is there is shown
            self._decode()
            return
        self._wanted = None
        model = self.model()
        if model is None:
            self._show(shot)
            self._go_on()
            return
        self._pending = shot
        if not self.is_playing:
            self._show(shot)
        self.live.offer(model, shot.number, shot.time_s, shot.image.pixels)

    def _on_answer(self, frame: LiveFrame) -> None:
        shot, film = self._pending, self.film
        if film is not None:
            film.shares.note(frame.number, frame.shares, frame.prediction.classes)
        if shot is None or shot.number != frame.number:
            return
        self._pending = None
        said, told = frame.prediction, frame.shares
        self._show(Shot(shot.number, shot.time_s, shot.image, said, told))
        self._go_on()

    def _go_on(self) -> None:
        if self.is_playing:
            self._ends.append(self._now_s())
            self._tick()

    def _show(self, shot: Shot) -> None:
        self.shot = shot
        self.shown.emit(shot)

    def _on_live_failed(self, failed: Failed) -> None:
        self._pending = None
        self.pause()
        self.failed.emit(failed)
