"""What a pixel and its surroundings look like, in numbers: colour, edges, texture.

The filters are those that interactive pixel classification works with (S. Berg et al.,
"ilastik: interactive machine learning for (bio)image analysis", Nature Methods 16,
2019): smoothed colour, gradient magnitude, Laplacian of Gaussian, and the eigenvalues
of the Hessian and of the structure tensor, each at several scales. A larger scale is
worked out in a halved picture, where it costs a fourth.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2

Planes = NDArray[np.uint8]
Plane = NDArray[np.float32]

LEVELS = 4  # the picture and its halvings: about 1, 2, 4 and 8 px of smoothing
_COLOURS = 3
_TEXTURES = 6
_SMOOTHING = 1.0  # px, at each level
_AROUND = 2.0  # px over which the structure tensor is gathered
COUNT = _COLOURS + LEVELS * (_COLOURS + _TEXTURES)

# What maps a filter's answers to 8 bits: roots, so that weak edges keep their steps.
_EDGE_GAIN, _CURVE_GAIN, _TENSOR_GAIN = 22.0, 16.0, 22.0
_MIDDLE = 128.0


def pixel_features(pixels: NDArray[np.uint8]) -> Planes:
    """Describe each pixel of an image. Slow: call it on a worker.

    Parameters
    ----------
    pixels
        (H, W, 3) RGB.

    Returns
    -------
    planes
        (`COUNT`, H, W) uint8. A number means the same in every image.
    """
    cv2 = load_cv2()
    height, width = pixels.shape[:2]
    planes = np.empty((COUNT, height, width), np.uint8)
    lab = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2LAB)
    cv2.split(lab, list(planes[:_COLOURS]))
    at = _COLOURS
    for level in range(LEVELS):
        if level:
            size = (max(1, lab.shape[1] // 2), max(1, lab.shape[0] // 2))
            lab = cv2.resize(lab, size, interpolation=cv2.INTER_AREA)
        for plane in _of_level(cv2, lab):
            _bring(cv2, plane, planes[at])
            at += 1
    return planes


def _bring(cv2: Any, plane: Planes, target: Planes) -> None:  # noqa: ANN401 - a module
    height, width = target.shape
    if plane.shape == target.shape:
        target[:] = plane
    else:
        cv2.resize(plane, (width, height), dst=target, interpolation=cv2.INTER_LINEAR)


def _of_level(cv2: Any, lab: Planes) -> Iterator[Planes]:  # noqa: ANN401 - a module
    smooth = cv2.GaussianBlur(lab, (0, 0), _SMOOTHING)
    yield from cv2.split(smooth)
    light = cv2.GaussianBlur(lab[..., 0].astype(np.float32), (0, 0), _SMOOTHING)
    across = cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=1 / 8)
    yield _rooted(cv2, cv2.magnitude(across, down), _EDGE_GAIN)
    larger, smaller = _eigenvalues(
        cv2,
        cv2.Sobel(across, cv2.CV_32F, 1, 0, scale=1 / 8),
        cv2.Sobel(down, cv2.CV_32F, 0, 1, scale=1 / 8),
        cv2.Sobel(across, cv2.CV_32F, 0, 1, scale=1 / 8),
    )
    for curve in (larger + smaller, larger, smaller):
        yield _signed_root(cv2, curve)
    tensor = (
        cv2.GaussianBlur(product, (0, 0), _AROUND)
        for product in (across * across, down * down, across * down)
    )
    for energy in _eigenvalues(cv2, *tensor):
        yield _rooted(cv2, cv2.sqrt(np.maximum(energy, 0)), _TENSOR_GAIN)


def _eigenvalues(
    cv2: Any,  # noqa: ANN401 - a module
    xx: Plane,
    yy: Plane,
    xy: Plane,
) -> tuple[Plane, Plane]:
    """Return the larger and the smaller eigenvalue of a symmetric 2 x 2 matrix."""
    half = cv2.addWeighted(xx, 0.5, yy, 0.5, 0)
    apart = cv2.magnitude(cv2.addWeighted(xx, 0.5, yy, -0.5, 0), xy)
    return half + apart, half - apart


def _rooted(cv2: Any, values: Plane, gain: float) -> Planes:  # noqa: ANN401 - a module
    found: Planes = cv2.convertScaleAbs(cv2.sqrt(values), alpha=gain)
    return found


def _signed_root(cv2: Any, values: Plane) -> Planes:  # noqa: ANN401 - a module
    root = cv2.sqrt(np.abs(values))
    np.copysign(root, values, out=root)
    found: Planes = cv2.convertScaleAbs(root, alpha=_CURVE_GAIN, beta=_MIDDLE)
    return found
