"""Carrying an annotation from one frame to the next along the movement of the picture.

Where did each pixel of the next frame come from? Dense optical flow tells (Kroeger et
al. 2016, "Fast optical flow using dense inverse search", OpenCV's DIS), and the label
of that place is taken over. The flow there and the flow back must cancel each other out
(Sundaram, Brox and Keutzer 2010): where they do not, something was covered or came into
view. How far they may differ depends on the labels: in the middle of a road, where the
flow finds no hold, all places around have the same one; at its border they do not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.cv import load_cv2

Floats = NDArray[np.float32]

# Flow is found on a picture whose longer side has at most so many pixels: movements
# are smooth, so it can be enlarged. Labels are taken at full size.
_FLOW_SIDE_PX = 768
# On smaller ones OpenCV chooses its scales by the width alone, and reads outside.
_LEAST_SIDE_PX = 96
# Way there and back may differ by so much: pixels, and share of the ways' squares.
_SLACK_PX2 = 0.5
_SLACK_SHARE = 0.01
# The film was cut where fewer pixels find their way back, or where what was moved is as
# unlike the new picture as its own pixels are among themselves.
_AGREEING = 0.1
_UNLIKE = 0.8
_NOISE = 3.0
_NOT_AT_ALL = 1e6
# Share of the distance to the next label by which the ways may differ.
_SLACK_INSIDE = 0.7
# A grey value may change by so much on the way; light changes, too.
_GREY = 40.0
# Less than exp(-1), of 255, comes from enlarging: its place is doubtful in part.
_TRUSTED = 93


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """An annotation carried to the next frame: a proposal.

    Parameters
    ----------
    labels
        (H, W) uint8; `IGNORE_INDEX` where nobody knows.
    confidence
        (H, W) uint8, 0-255 for how well the way there and back agree, 0-1.
    known
        Share of the pixels that got a label, 0-1.
    """

    labels: NDArray[np.uint8]
    confidence: NDArray[np.uint8]
    known: float


def carry(
    labels: NDArray[np.uint8],
    before: NDArray[np.uint8],
    after: NDArray[np.uint8],
    *,
    unknown: int = IGNORE_INDEX,
) -> Carried:
    """Carry the labels of one frame to another one near it in time.

    Parameters
    ----------
    labels
        (H, W), of the frame `before`.
    before, after
        (H, W, 3), RGB, both of one size.
    unknown
        What stands where the movement does not tell.

    Returns
    -------
    carried
        Labels for `after`. Pixels that were ignored stay so.
    """
    cv2 = load_cv2()
    height, width = labels.shape
    scale = min(1.0, _FLOW_SIDE_PX / max(height, width))
    size = (
        max(_LEAST_SIDE_PX, round(width * scale)),
        max(_LEAST_SIDE_PX, round(height * scale)),
    )
    old, new = (
        cv2.resize(
            cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY),
            size,
            interpolation=cv2.INTER_AREA,
        )
        for picture in (before, after)
    )
    small = cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST)
    back, doubt = _flow_and_doubt(old, new, _room(small))
    trusted = np.where(doubt < 1, np.exp(-doubt) * 255, 0)
    sure = np.asarray(trusted, np.uint8)
    full = (width, height)
    if full != size:
        back *= np.array((width / size[0], height / size[1]), np.float32)
        back = cv2.resize(back, full, interpolation=cv2.INTER_LINEAR)
        sure = cv2.resize(sure, full, interpolation=cv2.INTER_LINEAR)
    return _taken(labels, back, sure, unknown)


def _room(labels: NDArray[np.uint8]) -> Floats:
    """Return the distance of each pixel to the next one of another label."""
    cv2 = load_cv2()
    edge = cv2.morphologyEx(labels, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    room: Floats = cv2.distanceTransform(
        (edge == 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3
    )
    # Where there is one label alone, there is no end to it.
    return np.minimum(room, np.float32(sum(labels.shape)))


def _flow_and_doubt(
    old: NDArray[np.uint8], new: NDArray[np.uint8], room: Floats
) -> tuple[Floats, Floats]:
    """Return where each pixel of the new picture was, and how doubtful its label is.

    Parameters
    ----------
    room
        (h, w), distance to the next label in the old picture.

    Returns
    -------
    back
        (h, w, 2) float32, x and y from the new picture to the old one.
    doubt
        (h, w) float32, below 1 where it can be believed; large outside the old picture.
    """
    cv2 = load_cv2()
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    back: Floats = finder.calc(new, old, None)
    there: Floats = finder.calc(old, new, None)
    across, down = _places(back)
    # The way from the old place to the new one, as seen from the new one.
    forth: Floats = cv2.remap(there, across, down, cv2.INTER_LINEAR)
    gap = _squares(back + forth)
    ways = _squares(back) + _squares(forth)
    inside = _SLACK_INSIDE * cv2.remap(room, across, down, cv2.INTER_LINEAR)
    allowed = np.maximum(_SLACK_PX2 + _SLACK_SHARE * ways, inside**2)
    moved = cv2.remap(old, across, down, cv2.INTER_LINEAR)
    light = np.abs(moved.astype(np.float32) - new)
    doubt = np.maximum(gap / allowed, light / _GREY)
    height, width = old.shape
    agreeing = (gap < _SLACK_PX2 + _SLACK_SHARE * ways).mean()
    unlike = light.mean() > max(_NOISE, _UNLIKE * new.std())
    if agreeing < _AGREEING or unlike:
        doubt[:] = _NOT_AT_ALL
    outside = (across < -0.5) | (down < -0.5)
    outside |= (across > width - 0.5) | (down > height - 0.5)
    doubt[outside] = _NOT_AT_ALL
    return back, np.asarray(doubt, np.float32)


def _squares(flow: Floats) -> Floats:
    """Return the squared lengths of a flow; a sum over its axis of 2 is slow."""
    across, down = flow[:, :, 0], flow[:, :, 1]
    return across * across + down * down


def _places(flow: Floats) -> tuple[Floats, Floats]:
    """Return the columns and rows to which a flow leads."""
    height, width = flow.shape[:2]
    across = flow[:, :, 0] + np.arange(width, dtype=np.float32)
    down = flow[:, :, 1] + np.arange(height, dtype=np.float32)[:, None]
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def _taken(
    labels: NDArray[np.uint8], back: Floats, sure: NDArray[np.uint8], unknown: int
) -> Carried:
    """Take for each pixel the label of the place where it was."""
    cv2 = load_cv2()
    carried: NDArray[np.uint8] = cv2.remap(
        labels, *_places(back), cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    )
    trusted = sure > _TRUSTED
    carried[~trusted] = unknown
    sure[~trusted] = 0
    return Carried(carried, sure, float(trusted.mean()))
