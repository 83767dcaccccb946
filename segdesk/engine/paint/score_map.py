"""The network's output, small enough to be handed over beside the labels."""

import numpy as np
import torch

from segdesk.core.scores import ScoreMap, ScoreRule, Taps
from segdesk.engine.paint.postprocess import Scores
from segdesk.engine.paint.resample import Axis

_MOST_BYTES = 32_000_000
_FINITE = 60_000  # float16 ends at 65,504


def score_map(
    logits: torch.Tensor, axes: tuple[Axis, Axis], scores: Scores
) -> ScoreMap | None:
    """Return what is needed to tell the scores of all classes at a pixel.

    Parameters
    ----------
    logits
        (C, h, w), the output of the head for one image.
    axes
        The rows' and the columns' resize to the image.
    scores
        How the channels become a class.

    Returns
    -------
    scores
        None when they take too much memory.
    """
    if logits.numel() * np.dtype(np.float16).itemsize > _MOST_BYTES:
        return None
    small = logits.float().clamp(-_FINITE, _FINITE).half().cpu().numpy()
    rule = rule_of(scores, len(small))
    rows, columns = (_taps(axis) for axis in axes)
    values = np.ascontiguousarray(small)
    return ScoreMap(values, rows, columns, rule, scores.temperature)


def rule_of(scores: Scores, channels: int) -> ScoreRule:
    """Return how the scores of that many channels become probabilities."""
    return "binary" if scores.kind == "sigmoid" and channels == 1 else scores.kind


def _taps(axis: Axis) -> Taps:
    return Taps(axis.first.astype(np.int32), axis.weights)
