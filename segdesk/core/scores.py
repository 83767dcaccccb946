"""What a model thinks of every class at one pixel, asked for pixel by pixel.

The scores of all classes at the size of an image are too many to keep: 19 classes of
12 MP are 0.9 GB. The output of the network is a fraction of it, and the way from there
to a pixel is a bilinear resize, so here the output is kept and resized at the one pixel
that is asked for.
"""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

ScoreRule = Literal["softmax", "binary", "sigmoid", "mask"]

_LARGE = 80.0
_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Taps:
    """One axis of a resize: `out[i] = Σ_k weights[i, k] · source[first[i] + k]`.

    Parameters
    ----------
    first
        (n,) int32, first source index of each output position.
    weights
        (n, taps) float32; those past the source's end are 0.
    """

    first: NDArray[np.int32]
    weights: NDArray[np.float32]

    def at(self, place: int, n_source: int) -> tuple[slice, NDArray[np.float32]]:
        """Return the sources of one output position, and their weights."""
        first = int(self.first[place])
        last = min(first + self.weights.shape[1], n_source)
        return slice(first, last), self.weights[place, : last - first]


@dataclass(frozen=True, slots=True)
class ScoreLayout:
    """How the arrays of a score map lie in a row of bytes.

    Parameters
    ----------
    rule
        How scores become probabilities: see `ScoreMap`.
    values
        (C, h, w).
    image
        (H, W).
    taps
        Of the rows, of the columns.
    temperature
        As of `ScoreMap`.
    """

    rule: ScoreRule
    values: tuple[int, int, int]
    image: tuple[int, int]
    taps: tuple[int, int]
    temperature: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ScoreMap:
    """The output of a network for one image.

    Parameters
    ----------
    values
        (C, h, w) float16.
    rows, columns
        The resize from there to the image.
    rule
        "softmax": logits. "binary": one logit, of class 1. "sigmoid": a logit for each
        class by itself. "mask": sums of probabilities; a class has its share of them.
    temperature
        What scores are divided by before they become probabilities: one for all, or
        one for each winning class. (): nothing.
    """

    values: NDArray[np.float16]
    rows: Taps
    columns: Taps
    rule: ScoreRule
    temperature: tuple[float, ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes that it takes."""
        return sum(part.nbytes for part in self._parts())

    def at(self, x: int, y: int) -> NDArray[np.float32]:
        """Return the probability of each class at a pixel of the image.

        Parameters
        ----------
        x, y
            Column and row.

        Returns
        -------
        probabilities
            (classes,), 0-1. With the rule "sigmoid" they need not sum to 1.
        """
        rows, row_weights = self.rows.at(y, self.values.shape[1])
        columns, column_weights = self.columns.at(x, self.values.shape[2])
        part = self.values[:, rows, columns].astype(np.float32)
        scores = (part @ column_weights) @ row_weights
        known = np.asarray(scores, np.float32)
        if self.temperature:
            winner = int(known[0] > 0) if self.rule == "binary" else known.argmax()
            place = winner if len(self.temperature) > 1 else 0
            known = _cooled(known, self.rule, self.temperature[place])
        return _probabilities(known, self.rule)

    def runners_up(
        self, x: int, y: int, winner: int, count: int
    ) -> tuple[tuple[int, float], ...]:
        """Return (class, probability) of those behind the winner, the best first."""
        found = self.at(x, y)
        order = [int(index) for index in np.argsort(-found, kind="stable")]
        behind = [index for index in order if index != winner][:count]
        return tuple((index, float(found[index])) for index in behind)

    def to_bytes(self) -> tuple[ScoreLayout, NDArray[np.uint8]]:
        """Return all arrays in one row of bytes, and how they lie there."""
        classes, height, width = self.values.shape
        layout = ScoreLayout(
            self.rule,
            (classes, height, width),
            (len(self.rows.first), len(self.columns.first)),
            (self.rows.weights.shape[1], self.columns.weights.shape[1]),
            self.temperature,
        )
        flat = [
            np.ascontiguousarray(part).reshape(-1).view(np.uint8)
            for part in self._parts()
        ]
        return layout, np.concatenate(flat)

    @classmethod
    def from_bytes(cls, layout: ScoreLayout, data: NDArray[np.uint8]) -> Self:
        """Return the score map that lies in a row of bytes.

        Parameters
        ----------
        data
            As `to_bytes` gave them; they are not copied.
        """
        (height, width), (row_taps, column_taps) = layout.image, layout.taps
        shapes: tuple[tuple[type[np.generic], tuple[int, ...]], ...] = (
            (np.float32, (height, row_taps)),
            (np.float32, (width, column_taps)),
            (np.int32, (height,)),
            (np.int32, (width,)),
            (np.float16, layout.values),
        )
        parts, begin = [], 0
        for kind, shape in shapes:
            end = begin + int(np.prod(shape)) * np.dtype(kind).itemsize
            parts.append(data[begin:end].view(kind).reshape(shape))
            begin = end
        row_weights, column_weights, row_first, column_first, values = parts
        rows, columns = Taps(row_first, row_weights), Taps(column_first, column_weights)
        return cls(values, rows, columns, layout.rule, layout.temperature)

    def _parts(self) -> tuple[NDArray[np.generic], ...]:
        """Return the arrays, those of the largest items first: so all lie aligned."""
        rows, columns = self.rows, self.columns
        return (rows.weights, columns.weights, rows.first, columns.first, self.values)


def _cooled(
    scores: NDArray[np.float32], rule: ScoreRule, temperature: float
) -> NDArray[np.float32]:
    if rule == "mask":
        return np.asarray(np.maximum(scores, _TINY) ** (1 / temperature), np.float32)
    return np.asarray(scores / temperature, np.float32)


def _probabilities(scores: NDArray[np.float32], rule: ScoreRule) -> NDArray[np.float32]:
    if rule == "mask":
        share = scores / max(float(scores.sum()), _TINY)
        return np.asarray(np.clip(share, 0, 1), np.float32)
    if rule == "softmax":
        terms = np.exp(scores - scores.max())
        return np.asarray(terms / terms.sum(), np.float32)
    sure = 1 / (1 + np.exp(np.clip(-scores, -_LARGE, _LARGE)))
    if rule == "binary":
        sure = np.concatenate((1 - sure, sure))
    return np.asarray(sure, np.float32)
