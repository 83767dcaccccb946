"""How many regions a proposal has, counted off the window's thread."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segdesk.app.ports import ExecutorPort
from segdesk.app.session import ProposalView, Session
from segdesk.app.signal import Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from segdesk.core.prediction import Prediction
    from segdesk.core.regions import RegionStats


class ProposalFacts:
    """Counts the connected regions of the proposal on screen.

    A region counts while one of its pixels is sure enough to be drawn. One count is
    under way at a time; what changes meanwhile is counted once, after it.

    Parameters
    ----------
    executor
        Counts.

    Attributes
    ----------
    changed
        Fires when `regions` is another value.
    waits
        Tells whether the proposal will be another one in a moment: it is not counted
        then. Call `count` when that is over.
    regions
        None without a proposal, and until they are counted.
    """

    def __init__(self, session: Session, executor: ExecutorPort) -> None:
        self.changed: Signal[()] = Signal()
        self.regions: RegionStats | None = None
        self.waits: Callable[[], bool] = lambda: False
        self._session = session
        self._executor = executor
        self._is_counting = False
        self._counted: _Question | None = None
        session.proposal_changed.connect(self._on_proposal)
        session.view_changed.connect(lambda _: self.count())

    def _on_proposal(self, _proposal: ProposalView | None) -> None:
        self._counted = None
        if self.regions is not None:
            self.regions = None
            self.changed.emit()
        self.count()

    def count(self) -> None:
        """Count the regions of the proposal, unless that is done or under way."""
        question = self._question()
        if question is None or self._is_counting or question.is_same(self._counted):
            return
        self._is_counting = True
        prediction, at_least = question.prediction, question.at_least
        self._executor.submit(
            lambda: _regions(prediction, at_least),
            lambda found: self._on_counted(question, found),
            lambda _error: self._on_failed(question),
        )

    def _question(self) -> "_Question | None":
        proposal = self._session.proposal
        if proposal is None or self.waits():
            return None
        return _Question(proposal.prediction, self._session.view.min_confidence)

    def _on_counted(self, question: "_Question", found: "RegionStats") -> None:
        self._is_counting = False
        proposal = self._session.proposal
        if proposal is not None and proposal.prediction is question.prediction:
            self._counted = question
            self.regions = found
            self.changed.emit()
        self.count()

    def _on_failed(self, question: "_Question") -> None:
        self._is_counting = False
        self._counted = question
        self.count()


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    prediction: "Prediction"
    at_least: float

    def is_same(self, other: "_Question | None") -> bool:
        return (
            other is not None
            and self.prediction is other.prediction
            and self.at_least == other.at_least
        )


def _regions(prediction: "Prediction", at_least: float) -> "RegionStats":
    from segdesk.core.accept import least_level
    from segdesk.core.regions import region_stats

    background = prediction.classes.background_index
    return region_stats(
        prediction.labels,
        len(prediction.classes),
        prediction.confidence,
        () if background is None else (background,),
        least_level(at_least),
    )
