"""Frames on their way from the decoder to the one who draws them, in order."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.video_frames import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Due:
    """A decoded frame and when it is shown in the result, in seconds.

    It is shown more than once where the result has more frames a second.
    """

    frame: Frame
    shown_s: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A predicted frame.

    Parameters
    ----------
    due
        The frame.
    maps
        Label maps of the frames around it, its own among them.
    centre
        Which of the maps is its own.
    """

    due: Due
    maps: Sequence[NDArray[np.uint8]]
    centre: int


def with_neighbours(
    labelled: Iterator[tuple[Due, NDArray[np.uint8]]], count: int
) -> Iterator[Seen]:
    """Give each frame the label maps of those around it.

    Parameters
    ----------
    labelled
        Frames and their label maps.
    count
        How many maps, odd: as many before a frame as behind it, but for the first and
        the last frames, which share those of a neighbour. So a frame is handed out when
        half of them have come after it.
    """
    half = count // 2
    around: deque[tuple[Due, NDArray[np.uint8]]] = deque(maxlen=count)
    waiting = 0

    def first_waiting() -> Seen:
        own = len(around) - waiting
        return Seen(around[own][0], [labels for _, labels in around], own)

    for item in labelled:
        around.append(item)
        waiting += 1
        while len(around) == count and waiting > half:
            yield first_waiting()
            waiting -= 1
    while waiting:
        yield first_waiting()
        waiting -= 1
