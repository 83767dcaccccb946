"""What a model says of frames while a video plays: one on its way, calmed, counted."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.core.prediction import Prediction
from segdesk.jobs.events import Failed
from segdesk.jobs.frame_feed import FrameFeed, LiveAnswer, LiveModel

if TYPE_CHECKING:
    from segdesk.jobs.runner import Runner

Post = Callable[[Callable[[], object]], object]

_RATES = 90
# Frames farther apart show another scene: they do not vote together.
_TOGETHER_S = 1.0
_MOST_CALM = 15


@dataclass(frozen=True, slots=True, eq=False)
class LiveFrame:
    """One answer, ready to be shown.

    Parameters
    ----------
    shares
        Share of each class, 0-1, before frames vote together.
    answer
        As the engine gave it.
    """

    number: int
    prediction: Prediction
    shares: tuple[float, ...]
    answer: LiveAnswer


class LivePrediction:
    """Predicts the newest of the frames it is given, on a thread of its own.

    Parameters
    ----------
    runner
        Runs one job at a time: the engine.
    post
        Calls a function on the window's thread, soon.

    Attributes
    ----------
    smooth
        In how many frames, this one and those before it, a pixel's label must win.
    rates
        Answers a second, one after each answer; the newest last.
    """

    def __init__(self, runner: "Runner", post: Post) -> None:
        self.smooth = 1
        self.rates: deque[float] = deque(maxlen=_RATES)
        self.answered: Callable[[LiveFrame], None] = lambda _frame: None
        self.failed: Callable[[Failed], None] = lambda _failed: None
        self._runner = runner
        self._post = post
        self._feed: FrameFeed | None = None
        self._turn = 0
        self._maps: deque[tuple[int, float, NDArray[np.uint8]]] = deque(
            maxlen=_MOST_CALM
        )

    @property
    def is_idle(self) -> bool:
        """Whether a frame given now would start at once."""
        return self._feed is None or self._feed.is_idle()

    def offer(
        self, model: LiveModel, number: int, time_s: float, pixels: NDArray[np.uint8]
    ) -> None:
        """Predict a frame; one that waits is dropped for it."""
        if self._feed is None:
            self._feed = FrameFeed(self._runner, self._on_answer, self._on_failed)
        self._feed.offer(model, number, time_s, pixels)

    def drop(self) -> None:
        """Forget what is on its way: it is of no use any more."""
        self._turn += 1
        if self._feed is not None:
            self._feed.clear()

    def close(self) -> None:
        """End the thread; the next frame starts it again."""
        self._turn += 1
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.close(0)  # it ends by itself; nobody waits for a network
        self._maps.clear()

    # ------------------------------------------------------------ the feed's thread

    def _on_answer(self, answer: LiveAnswer) -> None:
        turn = self._turn
        prediction = Prediction(
            self._calmed(answer),
            answer.confidence,
            answer.classes,
            "live",
            answer.device,
            answer.seconds,
        )
        frame = LiveFrame(answer.number, prediction, answer.shares, answer)

        def tell() -> None:
            if turn == self._turn:
                self.rates.append(answer.fps)
                self.answered(frame)

        self._post(tell)

    def _calmed(self, answer: LiveAnswer) -> NDArray[np.uint8]:
        from segdesk.core.label_votes import majority

        maps, labels = self._maps, answer.labels
        if maps:
            number, time_s, last = maps[-1]
            apart = answer.time_s - time_s
            goes_on = number < answer.number and apart <= _TOGETHER_S
            if not goes_on or last.shape != labels.shape:
                maps.clear()
        maps.append((answer.number, answer.time_s, labels))
        voters = [each for _, _, each in maps][-max(1, self.smooth) :]
        return majority(voters, len(voters) - 1)

    def _on_failed(self, failed: Failed) -> None:
        self._post(lambda: self.failed(failed))
