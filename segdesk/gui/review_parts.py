"""Putting the review queue together."""

from typing import TYPE_CHECKING

from segdesk.app.kept_file import KeptFile
from segdesk.app.review.gain import ReviewGain
from segdesk.app.review.memory import KeptQueues
from segdesk.app.review.queue import QueuePlaces, ReviewQueue
from segdesk.app.review.review import Review
from segdesk.app.review.working import ReviewWorking
from segdesk.core.paths import user_cache_dir, user_config_dir
from segdesk.gui.dock_pair import DockPair
from segdesk.gui.review_frame import ReviewFrame
from segdesk.gui.workers.executor import Executor

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.desk import Desk
    from segdesk.app.ports import TrainerPort
    from segdesk.app.proposals.predicting import Predicting
    from segdesk.gui.annotation_parts import AnnotationParts
    from segdesk.gui.dock_host import DockHost
    from segdesk.gui.viewer.canvas import Canvas
    from segdesk.library.model_library import ModelLibrary


class ReviewParts:
    """The journeys of the review queue with their worker, made for one desk.

    Parameters
    ----------
    runner
        Starts engine processes.

    Attributes
    ----------
    review
        The journeys.
    """

    def __init__(
        self,
        desk: "Desk",
        runner: "TrainerPort",
        parts: "AnnotationParts",
        predicting: "Predicting",
        library: "ModelLibrary",
    ) -> None:
        self._executor = Executor("review", 1)
        self._painter = Executor("review pictures", 1)
        self._library = library
        places = QueuePlaces(
            results=user_cache_dir() / "review",
            memory=KeptFile(user_config_dir() / "review.json", KeptQueues),
        )
        queue = ReviewQueue(
            desk, runner, self._executor, parts.projects, predicting, places
        )
        queue.library = library
        working = ReviewWorking(
            desk,
            self._executor,
            queue,
            parts.annotations,
            parts.annotating,
            parts.accepting,
        )
        evaluations = user_cache_dir() / "evaluations"
        gain = ReviewGain(desk, runner, self._executor, queue, evaluations)
        self.review = Review(queue, working, gain, self._painter)

    def attach(self, context: "AppContext") -> None:
        """Tell where images are opened and shown, and who trains."""
        review = self.review
        review.working.attach(context.batch_showing, context.window, context.viewer)
        review.gain.attach(self._library, context.training)

    def show(self, context: "AppContext", host: "DockHost", canvas: "Canvas") -> None:
        """Put the queue beside the files, and a frame round what is looked at."""
        DockPair(host, "files", "review")
        ReviewFrame(context, canvas)

    def close(self) -> None:
        """Write what waits to be written."""
        self._painter.close()
        self._executor.finish()
