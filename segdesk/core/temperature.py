"""Temperatures that make a model's confidence agree with how often it is right.

A network says how sure it is by its scores, and most are too sure. Dividing the scores
by a number, the temperature, leaves the winner as it is and changes how sure it looks
(Guo et al., *On Calibration of Modern Neural Networks*, 2017). One number serves all
pixels, or each winning class has its own.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from segdesk.core.calibration import LEVELS, Calibration, Counts, calibration_of
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.core.scores import ScoreRule

Lacking = Literal["images", "pixels", "wrong"]
Temperatures = tuple[float, ...]
"""(): as the network says. One: for all pixels. Several: one for each winning class."""

MIN_IMAGES = 4
MIN_PIXELS = 10_000
MIN_WRONG = 100
"""What a temperature is fitted on at least; wrong pixels are among the pixels."""

_CLASS_PIXELS, _CLASS_WRONG = 2_000, 100
_COLDEST, _HOTTEST = 0.02, 20.0
_SEARCH_STEPS = 28
_GOLDEN = (math.sqrt(5) - 1) / 2
_WORTH_IT = 0.1
_TINY = 1e-7
_LARGE = 80.0

Floats = NDArray[np.float32]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class FittedTemperature:
    """What was found on labelled images.

    Parameters
    ----------
    temperature
        Empty: none makes the confidence better.
    before, after
        Confidence against accuracy without it and with it, on images that it was not
        fitted on: each half was measured with what the other half gave.
    images, pixels
        Of how many.
    data
        Which ones, for people.
    """

    temperature: Temperatures
    before: Calibration
    after: Calibration
    images: int
    pixels: int
    data: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SureSamples:
    """What a model said at some labelled pixels.

    Parameters
    ----------
    gaps
        (N, K) each choice's score minus the winner's: never above 0 but where the
        winner was not chosen by its score.
    winner
        (N,) the class that won.
    truth
        (N,) the place of what is true among the K choices.
    right
        (N,) bool.
    image
        (N,) from which image.
    """

    gaps: Floats
    winner: Places
    truth: Places
    right: NDArray[np.bool_]
    image: Places

    def __len__(self) -> int:
        """Return the number of pixels."""
        return len(self.winner)

    def where(self, chosen: NDArray[np.bool_]) -> "SureSamples":
        """Return some of the pixels."""
        return SureSamples(
            self.gaps[chosen],
            self.winner[chosen],
            self.truth[chosen],
            self.right[chosen],
            self.image[chosen],
        )

    def confidence(self, temperature: Temperatures) -> Floats:
        """Return (N,) how sure the model is of the winner, 0-1."""
        scaled = self.gaps * inverse_of(temperature, self.winner)
        np.clip(scaled, -_LARGE, _LARGE, out=scaled)
        sure: Floats = 1 / np.exp(scaled).sum(axis=1)
        return sure


def joined(parts: Sequence[SureSamples]) -> SureSamples:
    """Return the pixels of several images together."""
    return SureSamples(
        np.concatenate([part.gaps for part in parts]),
        np.concatenate([part.winner for part in parts]),
        np.concatenate([part.truth for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.image for part in parts]),
    )


def samples_of(
    scores: Floats, truth: Places, image: int, rule: ScoreRule, threshold: float
) -> SureSamples:
    """Return what a model said at labelled pixels of one image.

    Parameters
    ----------
    scores
        (C, N) of the head; (1, N) with the rule "binary".
    truth
        (N,) index among the model's classes.
    rule
        How scores become probabilities, as of `ScoreMap`.
    threshold
        Probability above which a single channel means class 1.
    """
    every = np.arange(scores.shape[1])
    if rule == "binary":
        winner = (scores[0] > math.log(threshold / (1 - threshold))).astype(np.intp)
        sure = np.where(winner == 1, scores[0], -scores[0])
    else:
        winner = scores.argmax(axis=0)
        sure = scores[winner, every]
    right = winner == truth
    of_image = np.full(len(winner), image, np.intp)
    if rule == "softmax":
        gaps = np.ascontiguousarray((scores - sure).T, np.float32)
        return SureSamples(gaps, winner, truth.astype(np.intp), right, of_image)
    if rule == "mask":
        share = sure / np.maximum(scores.sum(axis=0), _TINY)
        share = np.clip(share, _TINY, 1 - _TINY)
        sure = np.log(share / (1 - share))
    # Right or wrong: two choices, the second as far below the first as it is unsure.
    gaps = np.stack((np.zeros_like(sure), -sure), axis=1).astype(np.float32)
    return SureSamples(gaps, winner, (~right).astype(np.intp), right, of_image)


def inverse_of(temperature: Temperatures, winner: Places) -> Floats:
    """Return 1 / temperature for each pixel as a column, or one number for all.

    Parameters
    ----------
    winner
        (N,) class of each pixel.
    """
    if not temperature:
        return np.ones((1, 1), np.float32)
    inverse = (1 / np.array(temperature)).astype(np.float32)
    if len(inverse) == 1:
        return inverse[:, None]
    return inverse[winner][:, None]


def fit_temperature(
    samples: SureSamples, num_classes: int, data: str = ""
) -> FittedTemperature:
    """Find the temperature that makes the confidence true, and measure what it gains.

    None, one for all and one for each class are tried on one half of the images and
    measured on the other, both ways round. What has the lowest calibration error on
    images that it had not seen is fitted again on all of them.

    Raises
    ------
    InputError
        There is too little to fit it on.
    """
    _check(samples)
    images = np.unique(samples.image)
    half = np.isin(samples.image, images[::2])
    halves = (samples.where(half), samples.where(~half))
    ways = (_untouched, _for_all, partial(_for_each, num_classes=num_classes))
    counted = [_measured_across(halves, way) for way in ways]
    found = [calibration_of(counts) for counts in counted]
    before, *tried = (one for one in found if one is not None)
    after, chosen = before, 0
    for place, one in enumerate(tried, start=1):
        if one.error <= after.error - _WORTH_IT:
            after, chosen = one, place
    temperature = tuple(round(one, 4) for one in ways[chosen](samples))
    return FittedTemperature(
        temperature, before, after, len(images), len(samples), data
    )


def too_few(there: int, needed: int, what: Lacking) -> InputError:
    """Return the error for what is too little to calibrate on."""
    causes: dict[Lacking, str] = {
        "images": tr(
            "There are {there:,} labelled images, and at least {needed:,} are needed "
            "to say how often a model is right. Nothing was changed.",
            there=there,
            needed=needed,
        ),
        "pixels": tr(
            "There are {there:,} labelled pixels, and at least {needed:,} are needed "
            "to say how often a model is right. Nothing was changed.",
            there=there,
            needed=needed,
        ),
        "wrong": tr(
            "The model is wrong at {there:,} of the pixels that were looked at, and "
            "at least {needed:,} are needed to say how sure it may be. Nothing was "
            "changed.",
            there=there,
            needed=needed,
        ),
    }
    return InputError(
        tr("The confidence was not calibrated."),
        cause=causes[what],
        hint=tr(
            "Label more images of the validation set, or calibrate on another split."
        ),
    )


def _check(samples: SureSamples) -> None:
    images = len(np.unique(samples.image))
    wrong = int(np.count_nonzero(~samples.right))
    lacks: tuple[tuple[int, int, Lacking], ...] = (
        (images, MIN_IMAGES, "images"),
        (len(samples), MIN_PIXELS, "pixels"),
        (wrong, MIN_WRONG, "wrong"),
    )
    for there, needed, what in lacks:
        if there < needed:
            raise too_few(there, needed, what)


def _measured_across(
    halves: tuple[SureSamples, SureSamples],
    way: Callable[[SureSamples], Temperatures],
) -> Counts:
    """Count right and wrong on each half with what the other half gave."""
    total = np.zeros((2, LEVELS), np.int64)
    for fitted, measured in (halves, halves[::-1]):
        total += _counts(measured, measured.confidence(way(fitted)))
    return total


def _counts(samples: SureSamples, sure: Floats) -> Counts:
    level = np.rint(sure * (LEVELS - 1)).astype(np.intp)
    np.clip(level, 0, LEVELS - 1, out=level)
    place = samples.right.astype(np.intp) * LEVELS + level
    return np.bincount(place, minlength=2 * LEVELS).reshape(2, LEVELS)


def _untouched(_samples: SureSamples) -> Temperatures:
    return ()


def _for_all(samples: SureSamples) -> Temperatures:
    return (_best(samples),)


def _for_each(samples: SureSamples, num_classes: int) -> Temperatures:
    """Fit each class by itself; one that is hardly there takes that of all."""
    common = _best(samples)
    found = [common] * num_classes
    for index in range(num_classes):
        mine = samples.where(samples.winner == index)
        wrong = int(np.count_nonzero(~mine.right))
        if len(mine) >= _CLASS_PIXELS and wrong >= _CLASS_WRONG:
            found[index] = _best(mine)
    return tuple(found)


def _best(samples: SureSamples) -> float:
    """Return the temperature under which what is true is least surprising.

    The mean surprise (negative log likelihood) has one minimum over the inverse
    temperature; it is found by golden section.
    """
    low, high = math.log(_COLDEST), math.log(_HOTTEST)
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = _surprise(samples, left), _surprise(samples, right)
    for _ in range(_SEARCH_STEPS):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = _surprise(samples, left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = _surprise(samples, right)
    return math.exp((low + high) / 2)


def _surprise(samples: SureSamples, log_temperature: float) -> float:
    scaled = samples.gaps * np.float32(math.exp(-log_temperature))
    top = scaled.max(axis=1, keepdims=True)
    total = np.log(np.exp(scaled - top).sum(axis=1)) + top[:, 0]
    said = np.take_along_axis(scaled, samples.truth[:, None], axis=1)[:, 0]
    return float((total - said).mean())
