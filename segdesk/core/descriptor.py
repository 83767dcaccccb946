"""A few numbers that say what a picture looks like, to tell near-duplicates apart.

Colour, brightness and texture of a small copy: alike pictures lie close together, and
no network is needed. The layout counts a little, by the four quarters.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2

_SIDE = 64
_BINS = 8
_LAB = 255.0
# What each group of numbers counts, so that no group drowns the others.
_WEIGHTS = {"quarters": 0.35, "spread": 1.0, "shades": 0.6, "lines": 0.6, "grain": 1.0}

Vector = NDArray[np.float32]


def describe(pixels: NDArray[np.uint8]) -> Vector:
    """Return what a picture looks like.

    Parameters
    ----------
    pixels
        (H, W, 3), RGB, at least one pixel.

    Returns
    -------
    vector
        (39,) float32, each value about 0-1; the Euclidean distance of two of them
        tells how different the pictures are.
    """
    cv2 = load_cv2()
    small = cv2.resize(
        np.ascontiguousarray(pixels), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA
    )
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32) / _LAB
    light = np.ascontiguousarray(lab[..., 0])
    quarters = cv2.resize(lab, (2, 2), interpolation=cv2.INTER_AREA)
    mean, spread = lab.mean(axis=(0, 1)), lab.std(axis=(0, 1))
    groups = {
        "quarters": quarters.ravel(),
        "spread": np.concatenate((mean, 2.0 * spread)),
        "shades": _histogram(light, 0.0, 1.0),
        "lines": _directions(light),
        "grain": _grain(light),
    }
    parts = [_WEIGHTS[name] * values for name, values in groups.items()]
    return np.concatenate(parts).astype(np.float32)


def stacked(vectors: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    """Return vectors as the rows of a matrix; (0, 0) for none."""
    if not vectors:
        return np.zeros((0, 0), np.float32)
    return np.asarray(vectors, np.float32)


def _histogram(
    values: NDArray[np.float32],
    low: float,
    high: float,
    weights: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    counts, _ = np.histogram(values, _BINS, (low, high), weights=weights)
    return (counts / max(float(counts.sum()), 1e-6)).astype(np.float32)


def _directions(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how much of all edges runs in each direction."""
    cv2 = load_cv2()
    across = cv2.Sobel(light, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(light, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down)
    angle = np.mod(np.arctan2(down, across), np.pi)
    return _histogram(angle, 0.0, np.pi, strength)


def _grain(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how much there is of fine, middling and coarse structure."""
    cv2 = load_cv2()
    found = []
    for sigma in (1.0, 2.0, 4.0, 8.0, 16.0):
        soft = cv2.GaussianBlur(light, (0, 0), sigma)
        found.append(min(1.0, 6.0 * float(np.abs(light - soft).mean())))
        light = soft
    return np.asarray(found, np.float32)
