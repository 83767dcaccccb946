"""The review queue as the application has it: its list, the work on it, its gain."""

from dataclasses import dataclass

from segdesk.app.ports import ExecutorPort
from segdesk.app.review.gain import ReviewGain
from segdesk.app.review.queue import ReviewQueue
from segdesk.app.review.working import ReviewWorking


@dataclass(frozen=True, slots=True)
class Review:
    """Three journeys that belong together, and who makes small pictures for them.

    Parameters
    ----------
    queue
        What is worth a look, in order.
    working
        An entry on screen, and what becomes of it.
    gain
        What the labels were worth.
    painter
        Makes pictures of entries.
    """

    queue: ReviewQueue
    working: ReviewWorking
    gain: ReviewGain
    painter: ExecutorPort
