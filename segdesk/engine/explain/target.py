"""What is explained: how much a network says for one class, at some places."""

from dataclasses import dataclass

import torch

from segdesk.core.classes import ClassList
from segdesk.core.temperature import Temperatures
from segdesk.engine.head import HeadKind

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Reading:
    """How scores become probabilities: as where the model predicts.

    Parameters
    ----------
    threshold
        Probability above which a single channel means class 1.
    temperature
        What the scores of a pixel are divided by, for its winner.
    """

    kind: HeadKind
    threshold: float
    temperature: Temperatures = ()

    def labels(self, logits: torch.Tensor) -> torch.Tensor:
        """Return (N, h, w), the class of each place of (N, C, h, w)."""
        if logits.shape[1] == 1:
            return (logits[:, 0].sigmoid() > self.threshold).long()
        return logits.argmax(dim=1)

    def chances(self, logits: torch.Tensor) -> torch.Tensor:
        """Return (N, classes, h, w) probabilities of (N, C, h, w) scores."""
        cold = self._cold(logits)
        if self.kind == "mask":
            shares = logits.clamp(min=_TINY) ** cold
            return shares / shares.sum(dim=1, keepdim=True)
        if self.kind == "softmax":
            return (logits * cold).softmax(dim=1)
        sure = (logits * cold).sigmoid()
        return torch.cat((1 - sure, sure), dim=1) if logits.shape[1] == 1 else sure

    def _cold(self, logits: torch.Tensor) -> torch.Tensor | float:
        """Return 1 / temperature of each place's winner, (N, 1, h, w)."""
        if not self.temperature:
            return 1.0
        if len(self.temperature) == 1:
            return 1 / self.temperature[0]
        inverse = 1 / torch.tensor(self.temperature, device=logits.device)
        return inverse[self.labels(logits)][:, None]


@dataclass(frozen=True, slots=True)
class Said:
    """What a network says of one image, at the size of its own scores.

    Parameters
    ----------
    logits
        (C, h, w), without the padding of the input.
    reading
        How they are to be read.
    """

    logits: torch.Tensor
    reading: Reading

    def chances(self) -> torch.Tensor:
        """Return (classes, h, w), the probability of each class."""
        return self.reading.chances(self.logits[None])[0]

    def labels(self) -> torch.Tensor:
        """Return (h, w), the class of each place."""
        return self.reading.labels(self.logits[None])[0]


@dataclass(frozen=True, slots=True)
class Target:
    """One class at some places: a number for each pass of the network.

    Parameters
    ----------
    index
        The class.
    weights
        (h, w) of the network's scores with padding, summing to 1: where it counts.
    reading
        How the scores are to be read.
    """

    index: int
    weights: torch.Tensor
    reading: Reading

    def logit(self, logits: torch.Tensor) -> torch.Tensor:
        """Return (N,): the class's mean score, of (N, C, h, w)."""
        if logits.shape[1] == 1:
            plane = logits[:, 0] if self.index else -logits[:, 0]
        else:
            plane = logits[:, self.index]
        return (plane * self.weights).sum(dim=(1, 2))

    def chance(self, logits: torch.Tensor) -> torch.Tensor:
        """Return (N,): the class's mean probability."""
        plane = self.reading.chances(logits)[:, self.index]
        return (plane * self.weights).sum(dim=(1, 2))


def entropy_of(chances: torch.Tensor) -> torch.Tensor:
    """Return (h, w), 0-1: the entropy of (classes, h, w) as a share of guessing."""
    shares = chances / chances.sum(dim=0, keepdim=True).clamp(min=_TINY)
    terms = -(shares * shares.clamp(min=_TINY).log()).sum(dim=0)
    most = torch.log(torch.tensor(float(max(2, len(chances)))))
    return (terms / most).clamp(0, 1)


def point_weights(
    size: tuple[int, int], at: tuple[float, float], device: torch.device
) -> torch.Tensor:
    """Return (h, w) weights of a point: bilinear, as scores are enlarged.

    Parameters
    ----------
    size
        (h, w) of the scores.
    at
        (x, y), 0-1 of the width and height that they cover.
    """
    rows = _taps(size[0], at[1], device)
    columns = _taps(size[1], at[0], device)
    return rows[:, None] * columns[None, :]


def usual_class(labels: torch.Tensor, classes: ClassList) -> int:
    """Return the class with most pixels, the background only where it is alone."""
    counts = labels.flatten().bincount(minlength=len(classes)).tolist()
    behind = classes.background_index
    others = [index for index in range(len(classes)) if index != behind]
    best = max(others, key=lambda index: counts[index], default=0)
    return best if counts[best] or behind is None else behind


def _taps(length: int, at: float, device: torch.device) -> torch.Tensor:
    place = min(max(at * length - 0.5, 0.0), length - 1.0)
    first = int(place)
    weights = torch.zeros(length, device=device)
    weights[first] = 1 - (place - first)
    if first + 1 < length:
        weights[first + 1] = place - first
    return weights
