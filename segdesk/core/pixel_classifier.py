"""A classifier of pixels that learns from a few strokes in a fraction of a second.

Several small networks of one hidden layer, side by side in one pair of matrices. Each
learns from its own draw of the pixels (the Bayesian bootstrap: D. B. Rubin, Annals of
Statistics 9(1), 1981); their mean is the answer, and where they disagree it is unsure.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2

Floats = NDArray[np.float32]

MEMBERS = 4  # networks whose mean is the answer
_HIDDEN = 12  # units of each
_FIRST_ROUNDS, _MORE_ROUNDS = 120, 40
_RATE = 0.02
_DECAY = 3e-3
_KEEP, _KEEP_SQUARE = 0.9, 0.99
_TINY = 1e-8
_LEAST_SPREAD = 4.0  # a feature that hardly varies in the strokes says nothing
_MOST_SAMPLES = 800  # of a class; more pixels of a stroke only say the same


@dataclass(frozen=True, eq=False)
class PixelClassifier:
    """What was learned.

    Parameters
    ----------
    classes
        Index of each class that it knows, ascending.
    first
        (M * K, F), from features to the K hidden units of each of M networks.
    offset
        (M * K, 1), added to them.
    second
        (M, C, K + 1), from hidden units and a 1 to scores.
    """

    classes: tuple[int, ...]
    first: Floats
    offset: Floats
    second: Floats

    def shares(self, features: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return how much pixels are like each class; some thousands are fastest.

        Parameters
        ----------
        features
            (F, N) uint8.

        Returns
        -------
        shares
            (C, N) uint8, 0-255 for 0-1, in the order of `classes`.
        """
        members, classes, _ = self.second.shape
        count = features.shape[1]
        inputs = np.empty((len(features) + 1, count), np.float32)
        inputs[:-1], inputs[-1] = features, 1
        units = self._joined[0] @ inputs
        np.maximum(units, 0, out=units)
        scores = (self._joined[1] @ units).reshape(members, classes, count)
        scores += self.second[:, :, -1:]
        scores -= scores.max(1, keepdims=True)
        np.exp(scores, out=scores)
        scores *= np.float32(255 / members) / scores.sum(1, keepdims=True)
        mean: Floats = scores.sum(0)
        return (mean + np.float32(0.5)).astype(np.uint8)

    @cached_property
    def _joined(self) -> tuple[Floats, Floats]:
        """Both layers as one product each: the second is a matrix of blocks."""
        members, classes, width = self.second.shape
        hidden = width - 1
        blocks = np.zeros((members, classes, members, hidden), np.float32)
        for member in range(members):
            blocks[member, :, member] = self.second[member, :, :-1]
        first = np.concatenate((self.first, self.offset), 1)
        return first, blocks.reshape(members * classes, members * hidden)

    def decide(
        self, shares: NDArray[np.uint8], smooth_px: float = 0.0
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return class and confidence of each pixel of an image.

        Parameters
        ----------
        shares
            (C, h, w) as `shares` gives them; overwritten.
        smooth_px
            Over how many pixels (sigma) the shares are smoothed, so that no specks
            are left; 0: not at all.

        Returns
        -------
        labels
            (h, w) uint8, indices of `classes`.
        confidence
            (h, w) uint8, 0-255 for 0-1.
        """
        if smooth_px > 0:
            for plane in shares:
                load_cv2().GaussianBlur(plane, (0, 0), smooth_px, dst=plane)
        sure = shares[0].copy()
        labels = np.full(sure.shape, self.classes[0], np.uint8)
        for index, plane in zip(self.classes[1:], shares[1:], strict=True):
            labels[plane > sure] = index
            np.maximum(sure, plane, out=sure)
        return labels, sure


def train(
    features: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    before: PixelClassifier | None = None,
) -> PixelClassifier:
    """Learn from labelled pixels. Slow: call it on a worker.

    Parameters
    ----------
    features
        (N, F) uint8.
    labels
        (N,), class index of each; at least two classes.
    before
        What was learned from fewer strokes: where classes and features are the same
        it is taken up, which takes a third of the time.
    """
    classes = tuple(int(one) for one in np.unique(labels))
    targets = np.searchsorted(np.asarray(classes), labels)
    mean = features.mean(0, dtype=np.float32)
    spread = np.maximum(features.std(0, dtype=np.float32), _LEAST_SPREAD)
    inputs = np.ones((features.shape[1] + 1, len(features)), np.float32)
    np.divide(features.T - mean[:, None], spread[:, None], out=inputs[:-1])
    generator = np.random.default_rng(0)  # the same strokes give the same answer
    start = _taken_up(before, classes, mean, spread)
    rounds = _FIRST_ROUNDS if start is None else _MORE_ROUNDS
    first, second = start or _fresh(generator, len(inputs), len(classes))
    each = np.bincount(targets, minlength=len(classes))
    weights = (1 / (each * len(classes)))[targets]
    draws = generator.exponential(size=(MEMBERS, len(targets))) * weights
    learner = _Learner(inputs, targets, draws.astype(np.float32), first, second)
    for _ in range(rounds):
        learner.step()
    raw = first[:, :-1] / spread
    offset = first[:, -1:] - raw @ mean[:, None]
    return PixelClassifier(classes, raw, offset, second)


def sampled(raster: NDArray[np.uint8], none: int) -> NDArray[np.int64]:
    """Return places of labelled pixels to learn from: alike many of each class.

    Parameters
    ----------
    raster
        (h, w) uint8.
    none
        What pixels without a label have.

    Returns
    -------
    places
        (N,), into the flat raster.
    """
    places = np.flatnonzero(raster != none)
    labels = raster.reshape(-1)[places]
    generator = np.random.default_rng(0)
    drawn = []
    for one in np.unique(labels):
        own = places[labels == one]
        if len(own) > _MOST_SAMPLES:
            own = generator.choice(own, _MOST_SAMPLES, replace=False)
        drawn.append(own)
    return np.concatenate(drawn) if drawn else places


def _taken_up(
    before: PixelClassifier | None,
    classes: tuple[int, ...],
    mean: Floats,
    spread: Floats,
) -> tuple[Floats, Floats] | None:
    """Return weights for standardised features from those for features as they are."""
    if before is None or before.classes != classes:
        return None
    if before.first.shape[1] != len(mean):
        return None
    weights = before.first * spread
    offset = before.offset + before.first @ mean[:, None]
    return np.concatenate((weights, offset), 1), before.second.copy()


def _fresh(
    generator: np.random.Generator, inputs: int, classes: int
) -> tuple[Floats, Floats]:
    first = generator.normal(0, np.sqrt(2 / inputs), (MEMBERS * _HIDDEN, inputs))
    second = generator.normal(0, np.sqrt(1 / _HIDDEN), (MEMBERS, classes, _HIDDEN + 1))
    return first.astype(np.float32), second.astype(np.float32)


def _shares(scores: Floats) -> Floats:
    """Turn (C, N) scores into shares of 1 for each pixel, in place."""
    scores -= scores.max(0)
    np.exp(scores, out=scores)
    scores /= scores.sum(0)
    return scores


class _Learner:
    """Gradient descent on all pixels at once.

    D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.

    Parameters
    ----------
    inputs
        (F + 1, N), standardised features and a 1.
    targets
        (N,), place of each pixel's class.
    weights
        (M, N), how much each pixel counts for each network.
    first, second
        (M * K, F + 1) and (M, C, K + 1); changed in place.
    """

    def __init__(
        self,
        inputs: Floats,
        targets: NDArray[np.int64],
        weights: Floats,
        first: Floats,
        second: Floats,
    ) -> None:
        self._inputs = inputs
        self._aims = np.zeros((second.shape[1], len(targets)), np.float32)
        self._aims[targets, np.arange(len(targets))] = 1
        self._weights = weights
        self._first = _Descent(first)
        self._second = _Descent(second)

    def step(self) -> None:
        """Take one step down the slope."""
        first, second = self._first.values, self._second.values
        units = first @ self._inputs
        np.maximum(units, 0, out=units)
        back = np.empty_like(units)
        slope = np.empty_like(second)
        for member, weights in enumerate(self._weights):
            own = slice(member * _HIDDEN, (member + 1) * _HIDDEN)
            top = second[member]
            wrong = _shares(top[:, :-1] @ units[own] + top[:, -1:])
            wrong -= self._aims
            wrong *= weights
            slope[member, :, :-1] = wrong @ units[own].T
            slope[member, :, -1] = wrong.sum(1)
            np.matmul(top[:, :-1].T, wrong, out=back[own])
        back *= units > 0
        self._first.move(back @ self._inputs.T)
        self._second.move(slope)


class _Descent:
    """One matrix on its way down."""

    def __init__(self, values: Floats) -> None:
        self.values = values
        self._mean = np.zeros_like(values)
        self._square = np.zeros_like(values)
        self._round = 0

    def move(self, slope: Floats) -> None:
        slope += _DECAY * self.values
        self._round += 1
        self._mean += (1 - _KEEP) * (slope - self._mean)
        self._square += (1 - _KEEP_SQUARE) * (slope * slope - self._square)
        ahead = self._mean / (1 - _KEEP**self._round)
        size = np.sqrt(self._square / (1 - _KEEP_SQUARE**self._round)) + _TINY
        self.values -= np.float32(_RATE) * ahead / size
