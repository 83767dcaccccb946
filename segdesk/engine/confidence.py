"""How sure a model is of the class that won, by the kind of its head.

Every rule takes a strip of the output, the labels and the scores that won in it, and
returns the confidence of each pixel, 0-1.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from segdesk.engine.head import HeadKind
from segdesk.engine.strips import Flags, Floats, Labels, Strip

Rule = Callable[[Strip, Labels, Floats], Floats]

NEGLIGIBLE = 1 / 512
"""Share of the probability that may be left out: half a step of 8 bits."""

_TINY = np.float32(1e-12)
_LARGE = np.float32(80)


def contributors(bounds: Floats) -> Flags:
    """Return the classes without which a softmax is no longer right to 8 bits.

    Parameters
    ----------
    bounds
        (tiles, C) upper bound of each class's logit minus that of some other class,
        over the tile; 0 for that class itself.

    Returns
    -------
    wanted
        (tiles, C).

    Notes
    -----
    With `S = Σ exp(x_c - x_max) ≥ 1` the confidence is `1 / S`. Leaving out classes
    whose terms sum to at most ε changes it by at most `ε / S² ≤ ε`, and a term is at
    most `exp(bound)`.
    """
    order = np.argsort(bounds, axis=1)
    terms = np.exp(np.minimum(np.take_along_axis(bounds, order, axis=1), 0))
    wanted = np.zeros(bounds.shape, np.bool_)
    kept = np.cumsum(terms, axis=1) > NEGLIGIBLE
    np.put_along_axis(wanted, order, kept, axis=1)
    return wanted


def softmax_confidence(strip: Strip, labels: Labels, best: Floats) -> Floats:
    """Return the softmax probability of the winner, of interpolated logits."""
    del labels
    total = np.zeros_like(best)
    for rank in strip.ranks(contributors(strip.bounds)):
        columns = rank.plane.shape[1]
        term = rank.plane - best[:, :columns]
        total[:, :columns] += np.exp(term, out=term)
    return np.reciprocal(total, out=total)


def binary_confidence(strip: Strip, labels: Labels, best: Floats) -> Floats:
    """Return p where class 1 won and 1 - p where class 0 did, p of a 1-channel head.

    The strip has two classes: 0 scores the threshold's logit everywhere, 1 the head's
    logit. A p between the threshold and 0.5 is class 1 with a confidence below 0.5.
    """
    del best
    only_one = np.zeros_like(strip.rivals)
    only_one[:, 1] = True
    (rank,) = strip.ranks(only_one)
    return _sigmoid(np.where(labels, rank.plane, -rank.plane))


def sigmoid_confidence(strip: Strip, labels: Labels, best: Floats) -> Floats:
    """Return the winner's own sigmoid, of a head that was trained one class a time."""
    del strip, labels
    return _sigmoid(best)


def mask_confidence(strip: Strip, labels: Labels, best: Floats) -> Floats:
    """Return the winner's share of the sum over classes.

    Mask-classification heads (MaskFormer, Mask2Former, SAN) give for each class a sum
    over queries of class probability × mask probability. These are not logits: they are
    not negative, and a softmax of them is nearly flat. Their share of the sum over
    classes is 1 where one class alone claims the pixel.
    """
    del labels
    share = np.divide(best, np.maximum(strip.total(), _TINY), dtype=np.float32)
    return np.clip(share, np.float32(0), np.float32(1))


def confidence_rule(kind: HeadKind, channels: int) -> Rule:
    """Return the rule for a head with that many output channels."""
    if kind == "sigmoid":
        return binary_confidence if channels == 1 else sigmoid_confidence
    return mask_confidence if kind == "mask" else softmax_confidence


def to_bytes(confidence: Floats) -> NDArray[np.uint8]:
    """Return 0-1 as 0-255, rounded. Overwrites its argument."""
    confidence *= 255
    return np.rint(confidence, out=confidence).astype(np.uint8)


def _sigmoid(logit: Floats) -> Floats:
    return np.reciprocal(1 + np.exp(np.clip(-logit, -_LARGE, _LARGE)))
