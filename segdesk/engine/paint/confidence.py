"""How sure a model is of the class that won, by the kind of its head.

Every rule takes a strip of the output, the labels and the scores that won in it, and
returns the confidence of each pixel, 0-1.
"""

from collections.abc import Callable
from functools import partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from segdesk.core.temperature import Temperatures
from segdesk.engine.head import HeadKind
from segdesk.engine.paint.strips import Flags, Floats, Labels, Strip

Sureness = NDArray[np.uint8 | np.uint16]
Rule = Callable[[Strip, Labels, Floats], Floats]

STEPS, WIDE_STEPS = 255, 65535
"""Into how many steps 0-1 is cut: those of 8 bits, or of 16."""

_NARROWED_PX = 1_000_000
_TINY = np.float32(1e-12)
_NEARLY = np.float32(1e-7)
_LARGE = np.float32(80)


class Cooling:
    """Divides scores by the temperature of the class that won.

    Parameters
    ----------
    temperature
        (): nothing is divided.

    Attributes
    ----------
    is_idle
        Nothing is divided.
    """

    def __init__(self, temperature: Temperatures = ()) -> None:
        self.is_idle = not temperature
        self._inverse = (1 / np.array(temperature or (1.0,))).astype(np.float32)

    def bounds(self, bounds: Floats) -> Floats:
        """Return what `contributors` takes: no class is colder than the hottest."""
        if self.is_idle:
            return bounds
        return bounds * self._inverse.min()

    def cool(self, scores: Floats, labels: Labels) -> Floats:
        """Divide scores at their place; `labels` holds the winners of the same pixels.

        Returns
        -------
        scores
            The same array.
        """
        if self.is_idle:
            return scores
        if len(self._inverse) == 1:
            scores *= self._inverse[0]
        else:
            scores *= self._inverse[labels]
        return scores


_IDLE = Cooling()


def contributors(bounds: Floats, steps: int = STEPS) -> Flags:
    """Return the classes without which a softmax is no longer right to half a step.

    Parameters
    ----------
    bounds
        (tiles, C) upper bound of each class's logit minus that of some other class,
        over the tile; 0 for that class itself.
    steps
        Into how many 0-1 is cut.

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
    kept = np.cumsum(terms, axis=1) > 1 / (2 * (steps + 1))
    np.put_along_axis(wanted, order, kept, axis=1)
    return wanted


def softmax_confidence(
    strip: Strip,
    labels: Labels,
    best: Floats,
    steps: int = STEPS,
    cooling: Cooling = _IDLE,
) -> Floats:
    """Return the softmax probability of the winner, of interpolated logits."""
    total = np.zeros_like(best)
    for rank in strip.ranks(contributors(cooling.bounds(strip.bounds), steps)):
        columns = rank.plane.shape[1]
        term = cooling.cool(rank.plane - best[:, :columns], labels[:, :columns])
        total[:, :columns] += np.exp(term, out=term)
    return np.reciprocal(total, out=total)


def binary_confidence(
    strip: Strip, labels: Labels, best: Floats, cooling: Cooling = _IDLE
) -> Floats:
    """Return p where class 1 won and 1 - p where class 0 did, p of a 1-channel head.

    The strip has two classes: 0 scores the threshold's logit everywhere, 1 the head's
    logit. A p between the threshold and 0.5 is class 1 with a confidence below 0.5.
    """
    del best
    only_one = np.zeros_like(strip.rivals)
    only_one[:, 1] = True
    (rank,) = strip.ranks(only_one)
    sure: Floats = np.where(labels, rank.plane, -rank.plane)
    return _sigmoid(cooling.cool(sure, labels))


def sigmoid_confidence(
    strip: Strip, labels: Labels, best: Floats, cooling: Cooling = _IDLE
) -> Floats:
    """Return the winner's own sigmoid, of a head that was trained one class a time."""
    del strip
    return _sigmoid(cooling.cool(best.copy(), labels))


def mask_confidence(
    strip: Strip, labels: Labels, best: Floats, cooling: Cooling = _IDLE
) -> Floats:
    """Return the winner's share of the sum over classes.

    Mask-classification heads (MaskFormer, Mask2Former, SAN) give for each class a sum
    over queries of class probability × mask probability. These are not logits: they are
    not negative, and a softmax of them is nearly flat. Their share of the sum over
    classes is 1 where one class alone claims the pixel. A temperature divides the
    logit of that share.
    """
    share = np.divide(best, np.maximum(strip.total(), _TINY), dtype=np.float32)
    share = np.clip(share, np.float32(0), np.float32(1))
    if cooling.is_idle:
        return share
    share = np.clip(share, _NEARLY, 1 - _NEARLY)
    return _sigmoid(cooling.cool(np.log(share / (1 - share)), labels))


def confidence_rule(
    kind: HeadKind, channels: int, steps: int = STEPS, cooling: Cooling = _IDLE
) -> Rule:
    """Return the rule for a head with that many output channels."""
    if kind == "sigmoid":
        rule = binary_confidence if channels == 1 else sigmoid_confidence
        return partial(rule, cooling=cooling)
    if kind == "mask":
        return partial(mask_confidence, cooling=cooling)
    return partial(softmax_confidence, steps=steps, cooling=cooling)


def in_steps(confidence: Floats, steps: int = STEPS) -> Sureness:
    """Return 0-1 as 0 to `steps`, rounded. Overwrites its argument."""
    confidence *= steps
    kind = np.uint8 if steps == STEPS else np.uint16
    return np.rint(confidence, out=confidence).astype(kind)


def both_widths(
    sure: Sureness | None,
) -> tuple[NDArray[np.uint8] | None, NDArray[np.uint16] | None]:
    """Return a confidence in 8 bits, and in 16 where it is there in 16.

    Parameters
    ----------
    sure
        (H, W), 0-255 of uint8 or 0-65535 of uint16, for 0-1.
    """
    if sure is None or sure.dtype == np.uint8:
        return cast("NDArray[np.uint8] | None", sure), None
    found = np.empty(sure.shape, np.uint8)
    # Some rows at a time: the numbers in between are four times as wide.
    rows = max(1, _NARROWED_PX // max(1, sure.shape[1]))
    ratio = WIDE_STEPS // STEPS
    for top in range(0, len(sure), rows):
        part = sure[top : top + rows].astype(np.uint32)
        part += ratio // 2
        part //= ratio
        found[top : top + rows] = part
    return found, cast("NDArray[np.uint16]", sure)


def _sigmoid(logit: Floats) -> Floats:
    return np.reciprocal(1 + np.exp(np.clip(-logit, -_LARGE, _LARGE)))
