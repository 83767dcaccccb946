"""From what the network saw to the image: heat and doubts at its size."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.engine.explain.target import Said, entropy_of

# Scores of all classes at once; beyond, they are doubted at a smaller size.
_MOST_SCORES = 24_000_000
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an image lies in what a network saw, sizes as (height, width).

    Parameters
    ----------
    image
        Its own size.
    content
        Its size in the network's input; the rest, right and below, is padding.
    seen
        Of the input.
    """

    image: Size
    content: Size
    seen: Size

    def share_of(self, at: tuple[int, int]) -> tuple[float, float]:
        """Return where in the input a pixel (x, y) lies, 0-1 of width and height."""
        down, across = (
            (place + 0.5) / own * content / seen
            for place, own, content, seen in zip(
                (at[1], at[0]), self.image, self.content, self.seen, strict=True
            )
        )
        return across, down

    def inside(self, shape: Size) -> torch.Tensor:
        """Return (h, w) bool of a map of the input: True where the image is."""
        rows, columns = (
            torch.arange(count) * seen < content * count
            for count, seen, content in zip(shape, self.seen, self.content, strict=True)
        )
        return rows[:, None] & columns[None, :]


def enlarged(values: torch.Tensor, place: Place) -> NDArray[np.float32]:
    """Return (h, w) of the input as float32 at the size of the image."""
    plane = F.interpolate(values[None, None].float(), size=place.seen, mode="bilinear")[
        0, 0, : place.content[0], : place.content[1]
    ]
    found: NDArray[np.float32] = plane.cpu().numpy()
    height, width = place.image
    if found.shape == place.image:
        return np.ascontiguousarray(found)
    resized: NDArray[np.float32] = load_cv2().resize(found, (width, height))
    return resized


def doubts(said: Said, place: Place) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return confidence and entropy at the size of the image, 0-1.

    The scores are enlarged first, as for labels; those of many classes on a large image
    only as far as memory allows.
    """
    size = place.seen
    values = len(said.logits) * size[0] * size[1]
    if values > _MOST_SCORES:
        size = (said.logits.shape[1], said.logits.shape[2])
    logits = F.interpolate(said.logits[None], size=size, mode="bilinear")
    chances = said.reading.chances(logits)[0]
    return (
        enlarged(chances.amax(dim=0).clamp(0, 1), place),
        enlarged(entropy_of(chances), place),
    )
