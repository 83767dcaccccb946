"""Slide mode: overlapping windows, averaged, in the memory of one row of windows.

MMSegmentation adds every window, padded to the size of the image, to full-size logits.
Here a window is added where it belongs, into a buffer as high as the windows; rows that
no later window touches are painted and dropped. The sums are the same, in the same
order.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import torch

from segdesk.engine.preprocess import Size

Span = tuple[int, int]

# Windows are predicted together up to this many pixels, on devices that gain from it.
# A fixed number: free memory must not decide how a prediction is rounded.
_BATCH_PX = {"cuda": 4 * 1024 * 1024}


class Painter(Protocol):
    """Takes scores from the top, as many rows as there are, and paints labels."""

    @property
    def first_row_needed(self) -> int:
        """First row of the scores that it still has to see."""
        ...

    @property
    def reach(self) -> int:
        """Most rows that it has to see at once."""
        ...

    def paint(
        self, source: torch.Tensor, first_row: int, check: Callable[[], None]
    ) -> None:
        """Paint what can be painted from (C, rows, w) scores."""
        ...


@dataclass(frozen=True, slots=True)
class Slide:
    """Windows as the config asks for them, (height, width) in pixels each.

    Parameters
    ----------
    crop
        Size of a window; smaller where the image is.
    stride
        Distance from one window to the next. The last one is moved back inside.
    """

    crop: Size
    stride: Size

    def rows(self, height: int) -> list[Span]:
        """Return first and last + 1 row of each row of windows."""
        return _spans(height, self.crop[0], self.stride[0])

    def columns(self, width: int) -> list[Span]:
        """Return first and last + 1 column of each column of windows."""
        return _spans(width, self.crop[1], self.stride[1])


def slide_over(
    image: torch.Tensor,
    slide: Slide,
    scores_of: Callable[[torch.Tensor], torch.Tensor],
    painter: Painter,
    check: Callable[[], None],
) -> None:
    """Predict an image window by window and paint its rows as they are finished.

    Parameters
    ----------
    image
        (1, 3, H, W), the network's input.
    slide
        Which windows.
    scores_of
        Returns (N, C, h, w) scores of (N, 3, h, w) windows.
    painter
        Gets the mean of the windows over each pixel.
    check
        Called before every window; raises to cancel.
    """
    height, width = image.shape[2], image.shape[3]
    rows, columns = slide.rows(height), slide.columns(width)
    sums = ScoreRows(_cover(rows, height), _cover(columns, width), painter)
    for (top, bottom), (after, _) in pairwise([*rows, (height, height)]):
        for left, scores in _row_of_windows(
            image[:, :, top:bottom], columns, scores_of, check
        ):
            sums.add(scores, top, left)
        sums.finish(after, bottom, check)


class ScoreRows:
    """Sums of the scores of windows, in as many rows as still grow.

    Parameters
    ----------
    row_weights, column_weights
        (h,) and (w,): the sum of a pixel's weights is the product of its row's and its
        column's.
    painter
        Gets the means, from the top.
    """

    def __init__(
        self, row_weights: torch.Tensor, column_weights: torch.Tensor, painter: Painter
    ) -> None:
        self._rows = row_weights
        self._columns = column_weights
        self._painter = painter
        self._sums: torch.Tensor | None = None
        self._first = self._finished = 0

    def add(self, scores: torch.Tensor, top: int, left: int) -> None:
        """Add the (C, h, w) scores of a window, which is never higher than the first.

        Parameters
        ----------
        top, left
            Where it lies. No window after it begins above.
        """
        height, width = scores.shape[1:]
        if self._sums is None:
            depth = min(len(self._rows), height + self._painter.reach)
            self._sums = scores.new_zeros((len(scores), depth, len(self._columns)))
            self._rows = self._rows.to(scores.device)
            self._columns = self._columns.to(scores.device)
        top -= self._first
        self._sums[:, top : top + height, left : left + width] += scores

    def finish(self, after: int, bottom: int, check: Callable[[], None]) -> None:
        """Paint the rows that no window will touch any more, and drop them.

        Parameters
        ----------
        after
            First row of the next row of windows; the height after the last one.
        bottom
            Row below the last row of windows.
        check
            Raises to cancel.
        """
        assert self._sums is not None  # noqa: S101 - there is at least one window
        weights = self._rows[self._finished : after, None] * self._columns[None, :]
        self._sums[:, self._finished - self._first : after - self._first] /= weights
        self._finished = after
        self._painter.paint(self._sums[:, : after - self._first], self._first, check)
        kept = min(self._painter.first_row_needed, after)
        _drop_rows(self._sums, kept - self._first, bottom - self._first)
        self._first = kept


def _spans(length: int, crop: int, stride: int) -> list[Span]:
    count = max(length - crop + stride - 1, 0) // stride + 1
    ends = [min(index * stride + crop, length) for index in range(count)]
    return [(max(end - crop, 0), end) for end in ends]


def _cover(spans: list[Span], length: int) -> torch.Tensor:
    """Return how many spans lie over each position."""
    count = torch.zeros(length)
    for begin, end in spans:
        count[begin:end] += 1
    return count


def _row_of_windows(
    strip: torch.Tensor,
    columns: list[Span],
    scores_of: Callable[[torch.Tensor], torch.Tensor],
    check: Callable[[], None],
) -> Iterator[tuple[int, torch.Tensor]]:
    """Yield left edge and (C, h, w) scores of each window of a strip of the image."""
    window_px = strip.shape[2] * (columns[0][1] - columns[0][0])
    together = max(1, _BATCH_PX.get(strip.device.type, 0) // window_px)
    for begin in range(0, len(columns), together):
        check()
        chosen = columns[begin : begin + together]
        windows = torch.cat([strip[..., left:right] for left, right in chosen])
        for (left, _), scores in zip(chosen, scores_of(windows), strict=True):
            yield left, scores


def _drop_rows(buffer: torch.Tensor, count: int, used: int) -> None:
    """Move rows `count` to `used` of (C, rows, w) to the top, clear what is below."""
    for plane in buffer:
        plane[: used - count] = plane[count:used].clone()
    buffer[:, used - count :] = 0
