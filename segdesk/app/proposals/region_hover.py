"""The region of a proposal under the cursor, before a click takes it over."""

import math
from typing import TYPE_CHECKING

from segdesk.app.ports import ExecutorPort
from segdesk.app.session import Session
from segdesk.app.signal import Signal
from segdesk.app.tools.preview import MaskPreview
from segdesk.core.accept import region_at
from segdesk.core.errors import SegDeskError
from segdesk.core.flood import MOST_STEP, connected_coarsely, window_round
from segdesk.core.geometry import Rect, Size
from segdesk.core.shapes import Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segdesk.core.prediction import Prediction

_EXACT_PX = 16_000_000  # of a larger image, large regions are found in coarse cells
_CELLS = 2_000_000


class RegionHover:
    """Finds the connected region round a place, on a worker, one at a time.

    As long as the place stays in the region that was found nothing is searched, and
    while one is searched only the newest place waits: the work does not follow how fast
    the cursor moves. Small regions are found in a window, at any size of the image;
    large ones of a huge image in coarse cells: what connects is told to a few pixels.

    Parameters
    ----------
    executor
        Finds the region.

    Attributes
    ----------
    changed
        Fires when the region is another one, or gone.
    region
        What is under the cursor; None: nothing that could be taken.
    """

    def __init__(self, session: Session, executor: ExecutorPort) -> None:
        self.changed: Signal[()] = Signal()
        self.region: MaskPreview | None = None
        self._session = session
        self._executor = executor
        self._place: Point | None = None
        self._is_searching = False
        session.proposal_changed.connect(lambda _: self.point_at(None))

    def point_at(self, place: Point | None) -> None:
        """Note where the cursor is, in image pixels; None: nothing is to be shown."""
        self._place = place
        if place is not None and _contains(self.region, place):
            return
        if self.region is not None:
            self.region = None
            self.changed.emit()
        self._search()

    def _search(self) -> None:
        proposal, place = self._session.proposal, self._place
        if proposal is None or place is None or self._is_searching:
            return
        prediction = proposal.prediction
        height, width = prediction.labels.shape
        if not (0 <= place.x < width and 0 <= place.y < height):
            return
        self._is_searching = True
        self._executor.submit(
            lambda: _found(prediction.labels, place),
            lambda region: self._take(prediction, region),
            self._give_up,
        )

    def _take(self, prediction: "Prediction", region: MaskPreview | None) -> None:
        self._is_searching = False
        proposal, place = self._session.proposal, self._place
        is_same = proposal is not None and proposal.prediction is prediction
        if is_same and place is not None and _contains(region, place):
            self.region = region
            self.changed.emit()
        else:  # the cursor is elsewhere meanwhile
            self._search()

    def _give_up(self, _error: SegDeskError) -> None:
        self._is_searching = False


def _contains(region: MaskPreview | None, place: Point) -> bool:
    if region is None:
        return False
    x, y = int(place.x) - region.rect.x, int(place.y) - region.rect.y
    inside = 0 <= x < region.rect.width and 0 <= y < region.rect.height
    if not inside or not region.mask[y // region.step, x // region.step]:
        return False
    labels = region.labels
    return labels is None or labels[int(place.y), int(place.x)] == region.class_index


def _found(labels: "NDArray[np.uint8]", place: Point) -> MaskPreview | None:
    """Return the region round a place; runs on a worker."""
    height, width = labels.shape
    window = window_round(place.x, place.y, Size(width, height))
    patch = region_at(labels, place, window)
    seed = int(place.x), int(place.y)
    if patch is None and labels.size > _EXACT_PX:
        return _about(labels, seed)
    patch = patch or region_at(labels, place)
    if patch is None:
        return None
    index = int(labels[seed[1], seed[0]])
    return MaskPreview(patch.rect, patch.mask, index)


def _about(labels: "NDArray[np.uint8]", seed: tuple[int, int]) -> MaskPreview:
    """Return a region of a huge image, exact but for which of its parts connect."""
    step = min(MOST_STEP, math.ceil(math.sqrt(labels.size / _CELLS)))
    patch = connected_coarsely(labels, seed, step)
    cells = patch.rect
    rect = Rect(*(side * step for side in cells))
    index = int(labels[seed[1], seed[0]])
    return MaskPreview(rect, patch.mask, index, step, labels)
