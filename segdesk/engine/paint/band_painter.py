"""What all painters share: bands of the image from the top, each with its sources."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from segdesk.engine.paint.confidence import STEPS, WIDE_STEPS

if TYPE_CHECKING:
    from numpy.typing import NDArray


class BandPainter:
    """Labels and confidence, and how far they are painted.

    Parameters
    ----------
    spans
        Rows of the source that each band looks at, from the top.
    ends
        Row of the image below each band.
    n_source
        Rows of the source.
    shape
        (height, width) of the image.
    confidence
        Whether there is a confidence to paint.
    wide
        It is painted in 16 bits.

    Attributes
    ----------
    labels
        (H, W) uint8.
    confidence
        (H, W) uint8, 0-255 for 0-1, or uint16 and 0-65535. None: not asked for.
    steps
        255 or 65535.
    """

    def __init__(
        self,
        spans: Sequence[slice],
        ends: Sequence[int],
        n_source: int,
        shape: tuple[int, int],
        *,
        confidence: bool,
        wide: bool = False,
    ) -> None:
        self.labels: NDArray[np.uint8] = np.empty(shape, np.uint8)
        kind = np.uint16 if wide else np.uint8
        self.steps = WIDE_STEPS if wide else STEPS
        self.confidence = np.empty(shape, kind) if confidence else None
        self._spans = spans
        self._ends = ends
        self._n_source = n_source
        self._done = 0

    @property
    def first_row_needed(self) -> int:
        """First row of the source that a band not yet painted looks at."""
        if self._done == len(self._spans):
            return self._n_source
        first: int = self._spans[self._done].start
        return first

    @property
    def finished_rows(self) -> int:
        """Rows of the image that are painted."""
        return self._ends[self._done - 1] if self._done else 0

    @property
    def reach(self) -> int:
        """Most rows of the source that a band looks at."""
        return max(span.stop - span.start for span in self._spans)

    def _ready(self, first_row: int, rows: int) -> Iterator[tuple[int, slice]]:
        """Yield the next bands whose sources are among the rows that are there.

        A band counts as painted when the next one is asked for.

        Parameters
        ----------
        first_row
            Which row of the source is the first that is there.
        rows
            How many are there.

        Yields
        ------
        band
            Its number.
        part
            Its sources among the rows that are there.
        """
        while self._done < len(self._spans):
            span = self._spans[self._done]
            if span.stop > first_row + rows:
                return
            yield self._done, slice(span.start - first_row, span.stop - first_row)
            self._done += 1
