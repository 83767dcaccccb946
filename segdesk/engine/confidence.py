"""How sure a model is of the class that won, by the kind of its head.

Every function takes the tile of the output that is being painted and returns the
confidence of each pixel, 0-1.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.engine.head import HeadKind

Floats = NDArray[np.float32]

NEGLIGIBLE = 1 / 1024
"""Share of the probability that may be left out: a quarter of a step of 8 bits."""

_TINY = np.float32(1e-12)


@dataclass(slots=True)
class Tile:
    """A tile of the output, its scores at the source, and who won it.

    Parameters
    ----------
    classes
        Classes that may have a share in the tile, ascending.
    interpolated
        Gives the (h, w) scores of some classes, one after the other, in their order.
    summed
        Gives the (h, w) sum of the scores of all classes.
    best
        (h, w) score of the winning class.
    labels
        (h, w) index of the winning class.
    """

    classes: NDArray[np.intp]
    interpolated: Callable[[Iterable[int]], Iterator[Floats]]
    summed: Callable[[], Floats]
    best: Floats
    labels: NDArray[np.uint8]


def contributors(bounds: Floats) -> NDArray[np.intp]:
    """Return the classes without which a softmax is still right to 8 bits.

    Parameters
    ----------
    bounds
        (C,) upper bound of each class's logit minus that of some other class, over the
        tile; 0 for that class itself.

    Notes
    -----
    With `S = Σ exp(x_c - x_max) ≥ 1` the confidence is `1 / S`. Leaving out classes
    whose terms sum to at most ε changes it by at most `ε / S² ≤ ε`, and a term is at
    most `exp(bound)`.
    """
    order = np.argsort(bounds)
    terms = np.exp(np.minimum(bounds[order], 0))
    kept = order[np.cumsum(terms) > NEGLIGIBLE]
    kept.sort()
    return kept


def softmax_confidence(tile: Tile) -> Floats:
    """Return the softmax probability of the winner, of interpolated logits."""
    if len(tile.classes) == 1:
        return np.ones_like(tile.best)
    total = np.zeros_like(tile.best)
    for scores in tile.interpolated(tile.classes):
        term = scores - tile.best
        total += np.exp(term, out=term)
    return np.reciprocal(total, out=total)


def binary_confidence(tile: Tile) -> Floats:
    """Return p where class 1 won and 1 - p where class 0 did, p of a 1-channel head.

    The tile has two classes: 0 scores the threshold's logit everywhere, 1 the head's
    logit. A p between the threshold and 0.5 is class 1 with a confidence below 0.5.
    """
    (logit,) = tile.interpolated([1])
    sign = np.where(tile.labels, np.float32(-1), np.float32(1))
    return one_over_one_plus_exp(sign * logit)


def one_over_one_plus_exp(value: Floats) -> Floats:
    """Return `1 / (1 + exp(value))` without overflow."""
    return np.reciprocal(1 + np.exp(np.minimum(value, np.float32(80))))


def sigmoid_confidence(tile: Tile) -> Floats:
    """Return the winner's own sigmoid, of a head that was trained one class a time."""
    return one_over_one_plus_exp(-tile.best)


def mask_confidence(tile: Tile) -> Floats:
    """Return the winner's share of the sum over classes.

    Mask-classification heads (MaskFormer, Mask2Former, SAN) give for each class a sum
    over queries of class probability × mask probability. These are not logits: they are
    not negative, and a softmax of them is nearly flat. Their share of the sum over
    classes is 1 where one class alone claims the pixel.
    """
    share = tile.best / np.maximum(tile.summed(), _TINY)
    return np.clip(share, 0, 1, out=share)


def confidence_rule(kind: HeadKind, channels: int) -> Callable[[Tile], Floats]:
    """Return the rule for a head with that many output channels."""
    if kind == "sigmoid":
        return binary_confidence if channels == 1 else sigmoid_confidence
    return mask_confidence if kind == "mask" else softmax_confidence


def to_bytes(confidence: Floats) -> NDArray[np.uint8]:
    """Return 0-1 as 0-255, rounded. Overwrites its argument."""
    confidence *= 255
    return np.rint(confidence, out=confidence).astype(np.uint8)
