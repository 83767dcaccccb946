"""Live prediction: one frame on its way, the newest waits, older ones are dropped."""

import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.errors import StorageError
from segdesk.core.language import tr
from segdesk.jobs.arrays import make_scratch_dir, put, take
from segdesk.jobs.control import StopFlag
from segdesk.jobs.events import Cancelled, Failed, Report, Succeeded
from segdesk.jobs.model_source import Device, ModelSource, Precision, Tta, Windows
from segdesk.jobs.runner import Runner, failed_from
from segdesk.jobs.video_events import FrameDone
from segdesk.jobs.video_specs import FrameSpec

_RATE_FRAMES = 15


@dataclass(frozen=True, slots=True)
class LiveModel:
    """What predicts live, and how.

    Parameters
    ----------
    model, device, precision, tta, windows
        As in `FrameSpec`.
    confidence
        Ask for the confidence too.
    """

    model: ModelSource
    device: Device = "auto"
    precision: Precision = "auto"
    confidence: bool = False
    tta: Tta | None = None
    windows: Windows | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LiveAnswer:
    """What the model says of one frame.

    Parameters
    ----------
    number, time_s
        As they were offered.
    labels
        (H, W) uint8, class index of each pixel.
    confidence
        (H, W) uint8, 0-255 for 0-1; None: not asked for.
    shares
        Share of each class, 0-1, in class order.
    classes, device
        Of the model.
    seconds
        Wall time by stage, "total" from the start of its way to the answer.
    fps
        Answers a second, over the last ones.
    dropped
        Frames that were offered and replaced by newer ones, since the start.
    """

    number: int
    time_s: float
    labels: NDArray[np.uint8]
    confidence: NDArray[np.uint8] | None
    shares: tuple[float, ...]
    classes: ClassList
    device: str
    seconds: dict[str, float]
    fps: float
    dropped: int


@dataclass(frozen=True, slots=True, eq=False)
class _Offer:
    model: LiveModel
    number: int
    time_s: float
    pixels: NDArray[np.uint8]


class FrameFeed:
    """Predicts the newest of the frames that it is offered, on a thread of its own.

    One frame is with the engine; the newest one offered meanwhile waits; whatever it
    replaces is dropped. So the answer is never older than one prediction.

    Parameters
    ----------
    runner
        Runs one job at a time: the engine.
    answered
        Takes each answer, on the feed's thread.
    failed
        Takes an error, on the feed's thread. The feed goes on with the next frame that
        is offered; whoever hears of it decides whether there will be one.
    report
        Takes what the engine reports meanwhile, such as the loading of weights.
    """

    def __init__(
        self,
        runner: Runner,
        answered: Callable[[LiveAnswer], None],
        failed: Callable[[Failed], None],
        report: Callable[[Report], None] = lambda _report: None,
    ) -> None:
        self._runner = runner
        self._answered = answered
        self._failed = failed
        self._report = report
        self._waiting: _Offer | None = None
        self._busy = False
        self._closed = False
        self._dropped = 0
        self._stop = StopFlag()
        self._ends: deque[float] = deque(maxlen=_RATE_FRAMES)
        self._changed = threading.Condition()
        self._thread = threading.Thread(
            target=self._run, name="live prediction", daemon=True
        )
        self._thread.start()

    @property
    def dropped(self) -> int:
        """Frames that were replaced by newer ones, since the start."""
        return self._dropped

    def is_idle(self) -> bool:
        """Tell whether a frame offered now would start at once."""
        with self._changed:
            return not self._busy and self._waiting is None

    def offer(
        self, model: LiveModel, number: int, time_s: float, pixels: NDArray[np.uint8]
    ) -> None:
        """Hand over the newest frame; returns at once.

        Parameters
        ----------
        pixels
            (H, W, 3), RGB; not written to by either side.
        """
        with self._changed:
            self._dropped += self._waiting is not None
            self._waiting = _Offer(model, number, time_s, pixels)
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget the frame that waits and stop the one on its way: both are stale."""
        with self._changed:
            self._waiting = None
            self._stop.set()
            self._stop = StopFlag()

    def close(self, timeout_s: float = 5.0) -> None:
        """Stop, and wait for the thread; the runner stays open."""
        with self._changed:
            self._closed = True
            self._waiting = None
            self._stop.set()
            self._changed.notify_all()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        scratch: Path | None = None
        try:
            while (turn := self._next()) is not None:
                try:
                    scratch = scratch or make_scratch_dir()
                except OSError as error:
                    self._failed(failed_from(_no_room(error)))
                else:
                    self._predict(*turn, scratch)
                with self._changed:
                    self._busy = False
        finally:
            if scratch is not None:
                shutil.rmtree(scratch, ignore_errors=True)

    def _next(self) -> tuple[_Offer, StopFlag] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting is not None)
            offer, self._waiting = self._waiting, None
            if self._closed or offer is None:
                return None
            self._busy = True
            return offer, self._stop

    def _predict(self, offer: _Offer, stop: StopFlag, scratch: Path) -> None:
        began_s = time.perf_counter()
        live = offer.model
        try:
            pixels = put(offer.pixels, scratch)
        except StorageError as error:
            self._failed(failed_from(error))
            return
        spec = FrameSpec(
            model=live.model,
            pixels=pixels,
            scratch_dir=scratch,
            number=offer.number,
            time_s=offer.time_s,
            confidence=live.confidence,
            tta=live.tta,
            windows=live.windows,
            device=live.device,
            precision=live.precision,
        )
        terminal = self._runner.run(spec, self._report, stop)
        pixels.path.unlink(missing_ok=True)  # where the engine did not get to it
        match terminal:
            case Succeeded(result=FrameDone() as done):
                answer = self._answer(done, time.perf_counter() - began_s)
                if not stop.is_set():
                    self._answered(answer)
            case Failed():
                self._failed(terminal)
            case Cancelled() | Succeeded():
                pass

    def _answer(self, done: FrameDone, total_s: float) -> LiveAnswer:
        self._ends.append(time.monotonic())
        span = self._ends[-1] - self._ends[0]
        return LiveAnswer(
            number=done.number,
            time_s=done.time_s,
            labels=take(done.labels),
            confidence=None if done.confidence is None else take(done.confidence),
            shares=done.shares,
            classes=done.classes,
            device=done.device,
            seconds={**done.seconds, "total": total_s},
            fps=(len(self._ends) - 1) / span if span > 0 else 0.0,
            dropped=self._dropped,
        )


def _no_room(error: OSError) -> StorageError:
    return StorageError(
        tr("The frame was not handed over."),
        cause=tr(
            "No folder can be made for it: {reason}.", reason=error.strerror or error
        ),
        hint=tr("Free some memory or disk space, then predict again."),
        detail=str(error),
    )
