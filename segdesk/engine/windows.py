"""Blended windows: an image of any size in the memory of one row of windows.

Each window is shown to the network at the image's own size. Its logits are added on the
grid of the head's own output, weighted by their distance to the window's edge, so one
window fades into the next. Rows that no later window touches are painted and dropped.

The head's grid is 4 to 32 times coarser than the image, and so is the memory that the
logits of all classes take. Windows begin on that grid, so their points coincide.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.mapped import let_go
from segdesk.engine.batch.lanes import in_lanes
from segdesk.engine.preprocess import Size, round_up
from segdesk.engine.sliding import Painter, ScoreRows
from segdesk.jobs.specs import Windows

# The sums of a row of windows take at most this much, unless windows would get too low.
_SUMS_BYTES = 384 * 1024 * 1024
_LEAST_SIDE = 128
# Logits of windows that wait while rows are painted.
_WAITING_BYTES = 40 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tiling:
    """Where the windows lie over one axis of the padded image.

    Parameters
    ----------
    length
        Of the padded image, in pixels.
    side
        Of a window, in pixels.
    begins
        First pixel of each window, ascending.
    grid
        Pixels between two points of the head's output.
    """

    length: int
    side: int
    begins: tuple[int, ...]
    grid: int

    @classmethod
    def over(
        cls, length: int, side: int, overlap: float, *, unit: int, grid: int
    ) -> "Tiling":
        """Spread windows evenly.

        Parameters
        ----------
        length
            Of the image, in pixels, or of the shortest that the network takes.
        side
            Of a window; made a multiple of `unit`, and no longer than the image.
        overlap
            Least share of a window that its neighbour covers too.
        unit
            Windows begin at multiples of it.
        grid
            Pixels between two points of the head's output; `unit` is a multiple.
        """
        length = round_up(length, unit)
        side = min(round_up(side, unit), length)
        step = max(unit, int(side * (1 - overlap)) // unit * unit)
        gaps = -(-(length - side) // step)
        spread = ((length - side) * index / max(gaps, 1) for index in range(gaps + 1))
        begins = (round(begin / unit) * unit for begin in spread)
        return cls(length, side, tuple(begins), grid)

    @property
    def points(self) -> int:
        """Number of points of the grid over the whole axis."""
        return self.length // self.grid

    def weights(self) -> torch.Tensor:
        """Return the (side / grid,) weights of a window's points: a ramp to its edges.

        The ramp is as long as the narrowest overlap, so weights of neighbours sum to
        about 1 where they overlap.
        """
        count = self.side // self.grid
        gaps = (after - begin for begin, after in pairwise(self.begins))
        shared = (self.side - max(gaps, default=self.side)) // self.grid
        place = torch.arange(count) + 0.5
        return (torch.minimum(place, count - place) / max(shared, 1)).clamp(max=1.0)

    def total(self) -> torch.Tensor:
        """Return the (points,) sums of the weights of all windows."""
        total, weights = torch.zeros(self.points), self.weights()
        for begin in self.begins:
            first = begin // self.grid
            total[first : first + len(weights)] += weights
        return total


@dataclass(frozen=True, slots=True)
class Course:
    """How a prediction is timed, watched and stopped.

    Parameters
    ----------
    stage
        Times a stage by its name.
    check
        Called before every window; raises to cancel.
    tell
        Takes the number of windows predicted and of all.
    """

    stage: Callable[[str], AbstractContextManager[None]]
    check: Callable[[], None]
    tell: Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class WindowNetwork:
    """What windows need to know of a network.

    Parameters
    ----------
    scores_of
        Returns the (C, h, w) logits of the head for (height, width, 3) RGB pixels,
        padded on the right and below to a given size.
    channels
        Of the head.
    divisor
        Sides of a window are multiples of it.
    least
        Smallest (height, width) of a window.
    only
        There is no other size than the smallest.
    grid
        Pixels of the input between two points of the head's output.
    align_corners
        As the head's: its outer points lie on the corners of the window.
    lanes
        How many windows are at work at once; 0: one, in the caller's thread.
    """

    scores_of: Callable[[NDArray[np.uint8], Size], torch.Tensor]
    channels: int
    divisor: int
    least: Size
    only: bool
    grid: int
    align_corners: bool
    lanes: int = 0


def tile_image(
    size: Size, windows: Windows, network: WindowNetwork
) -> tuple[Tiling, Tiling]:
    """Return where windows lie over the rows and the columns of an image.

    Parameters
    ----------
    size
        (height, width) of the image.
    """
    grid, least = network.grid, network.least
    unit = math.lcm(network.divisor, grid)

    def over(axis: int, side: int) -> Tiling:
        side = least[axis] if network.only else max(side, least[axis])
        length = max(size[axis], least[axis])
        return Tiling.over(length, side, windows.overlap, unit=unit, grid=grid)

    columns = over(1, windows.size)
    highest = _SUMS_BYTES // (4 * network.channels * columns.points) * grid
    lowest = min(windows.size, _LEAST_SIDE)
    return over(0, max(lowest, min(windows.size, highest // unit * unit))), columns


def blend_over(
    pixels: NDArray[np.uint8],
    tilings: tuple[Tiling, Tiling],
    network: WindowNetwork,
    painter: Painter,
    course: Course,
) -> None:
    """Predict an image window by window and paint its rows as they are finished.

    Parameters
    ----------
    pixels
        (H, W, 3) RGB; read one window at a time, so it may be mapped from a file.
    tilings
        Of its rows and its columns.
    painter
        Gets the blended logits on the head's grid.
    course
        Its stage network is the time that windows are waited for.
    """
    rows, columns = tilings
    side, grid = (rows.side, columns.side), network.grid
    weights = rows.weights()[:, None] * columns.weights()[None, :]
    sums = ScoreRows(rows.total(), columns.total(), painter)

    @torch.inference_mode()
    def weighted(corner: Size) -> torch.Tensor:
        top, left = corner
        window = pixels[top : top + side[0], left : left + side[1]]
        scores = _on_grid(network, window, side)
        scores *= weights.to(scores.device)
        return scores

    done, count = 0, len(rows.begins) * len(columns.begins)
    window_bytes = 4 * network.channels * weights.numel()
    depth = min(len(columns.begins), _WAITING_BYTES // window_bytes)
    with in_lanes(network.lanes if count > 1 else 0, depth) as mapped:
        found = mapped(weighted, _corners(tilings, course.check))
        for top, after in pairwise([*rows.begins, rows.length]):
            for left in columns.begins:
                with course.stage("network"):
                    scores = next(found)
                sums.add(scores, top // grid, left // grid)
                done += 1
                course.tell(done, count)
            bottom = top + rows.side
            sums.finish(after // grid, bottom // grid, course.check)
            let_go(pixels)


def _corners(
    tilings: tuple[Tiling, Tiling], check: Callable[[], None]
) -> Iterator[Size]:
    """Yield top and left of each window; `check` is called before it."""
    for top in tilings[0].begins:
        for left in tilings[1].begins:
            check()
            yield top, left


def _on_grid(
    network: WindowNetwork, window: NDArray[np.uint8], side: Size
) -> torch.Tensor:
    """Return (C, h, w) logits of a window on the common grid, padding included."""
    scores = network.scores_of(window, side)
    if network.align_corners and network.grid > 1:
        wanted = (side[0] // network.grid, side[1] // network.grid)
        return _between_corners(scores, wanted, side)
    return scores


def _between_corners(scores: torch.Tensor, wanted: Size, side: Size) -> torch.Tensor:
    """Move points that span corner to corner to the centres of the grid's cells."""
    for axis in range(2):
        count, length = wanted[axis], side[axis]
        centre = (torch.arange(count) + 0.5) * (length / count) - 0.5
        place = centre * ((scores.shape[axis + 1] - 1) / max(length - 1, 1))
        place = place.clamp(0, scores.shape[axis + 1] - 1).to(scores.device)
        first = place.floor().long().clamp(max=max(scores.shape[axis + 1] - 2, 0))
        beyond = (place - first).view((1, -1, 1) if axis == 0 else (1, 1, -1))
        after = (first + 1).clamp(max=scores.shape[axis + 1] - 1)
        scores = torch.lerp(
            scores.index_select(axis + 1, first),
            scores.index_select(axis + 1, after),
            beyond,
        )
    return scores
