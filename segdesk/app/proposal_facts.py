"""How many regions a proposal has, counted off the window's thread."""

from typing import TYPE_CHECKING

from segdesk.app.ports import ExecutorPort
from segdesk.app.session import ProposalView, Session
from segdesk.app.signal import Signal

if TYPE_CHECKING:
    from segdesk.core.prediction import Prediction
    from segdesk.core.regions import RegionStats


class ProposalFacts:
    """Counts the connected regions of the proposal on screen.

    Parameters
    ----------
    executor
        Counts.

    Attributes
    ----------
    changed
        Fires when `regions` is another value.
    regions
        None without a proposal, and until they are counted.
    """

    def __init__(self, session: Session, executor: ExecutorPort) -> None:
        self.changed: Signal[()] = Signal()
        self.regions: RegionStats | None = None
        self._executor = executor
        self._request = 0
        session.proposal_changed.connect(self._on_proposal)

    def _on_proposal(self, proposal: ProposalView | None) -> None:
        self._request += 1
        request = self._request
        if self.regions is not None:
            self.regions = None
            self.changed.emit()
        if proposal is None:
            return
        prediction = proposal.prediction
        self._executor.submit(
            lambda: _count(prediction),
            lambda found: self._on_counted(request, found),
            lambda _error: None,
        )

    def _on_counted(self, request: int, found: "RegionStats") -> None:
        if request == self._request:
            self.regions = found
            self.changed.emit()


def _count(prediction: "Prediction") -> "RegionStats":
    from segdesk.core.regions import region_stats

    background = prediction.classes.background_index
    return region_stats(
        prediction.labels,
        len(prediction.classes),
        prediction.confidence,
        () if background is None else (background,),
    )
