"""The pixels of an overlay: what lies over the picture, as indices at screen size.

Labels are sampled by nearest neighbour at the size of the view, so contours and
dashes keep their width at any zoom and the work follows the view, not the image. The
results are index maps; colours come in only through tables of 256 colours, so another
opacity or palette changes nothing here.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.geometry import Cover

Indices = NDArray[np.uint8]
Mask = NDArray[np.bool_]
ColourTable = list[int]  # 0xAARRGGBB, not premultiplied

HIDDEN = 255  # nothing is drawn here
# The bits of a marks map.
HALO, VEIL, HATCH, DIM = 1, 2, 4, 8

DASH_PX = 7
HALO_PX = 1
HATCH_PERIOD_PX, HATCH_LINE_PX = 10, 3
LINE_LIGHTENING = 0.65
ALONE_LIGHTENING = 0.25  # without a fill the contour alone tells the class
HALO_SHARE, VEIL_SHARE, HATCH_SHARE, DIM_SHARE = 0.50, 0.25, 0.85, 0.45
HATCH_LIGHT = 0.93
# Confidence at the bright and the dark end of the heat map.
HEAT_LOW, HEAT_HIGH = 0.2, 1.0
PICTURE_UNDER_HEAT = 0.14

# Matplotlib's inferno, every 15th of its 256 colours.
_INFERNO = (
    *(0x000004, 0x0A0722, 0x1E0C45, 0x380962, 0x510E6C, 0x69166E, 0x801F6C),
    *(0x982766, 0xB0315B, 0xC63D4D, 0xD94D3D, 0xE9612B, 0xF47918, 0xFA9407),
    *(0xFCB014, 0xF8CD37, 0xF2EA69, 0xFCFFA4),
)


def nearest(values: Indices, cover: Cover) -> Indices:
    """Return the values that a view shows, one for each of its device pixels.

    Parameters
    ----------
    values
        (H, W), one for each image pixel.

    Returns
    -------
    values
        (h, w) of the cover.
    """
    rows, columns = cover.rows, cover.columns
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    columns = columns - left
    if bottom - top > rows.size:
        strip = values[rows, left:right]
        return strip.take(columns, axis=1, mode="clip")
    strip = np.ascontiguousarray(values[top:bottom, left:right])
    if right - left == columns.size and bottom - top == rows.size:
        return strip
    return strip.take(columns, axis=1, mode="clip").take(
        rows - top, axis=0, mode="clip"
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """What of the labels is drawn, and how.

    Parameters
    ----------
    hidden
        Classes that are not drawn; `IGNORE_INDEX` among them: no hatching.
    solo
        The one class that is drawn, the rest of the picture dimmed; None: all.
    fill, contour
        Whether areas and their borders are drawn; the contour alone is half a pixel
        wider.
    min_confidence
        0-1; pixels below it are not drawn.
    ratio
        Device pixels for one logical pixel.
    """

    hidden: frozenset[int] = frozenset()
    solo: int | None = None
    fill: bool = True
    contour: bool = True
    min_confidence: float = 0.0
    ratio: float = 1.0

    def draws(self, index: int) -> bool:
        """Tell whether a class is drawn."""
        return index == self.solo if self.solo is not None else index not in self.hidden


@dataclass(frozen=True, slots=True)
class Drawing:
    """Index maps, to be painted in this order; None: nothing to paint.

    Parameters
    ----------
    fill
        (h, w) class of each pixel, or `HIDDEN`. With contours alone: the soft rim of
        the contour.
    marks
        (h, w) sum of `HALO`, `VEIL`, `HATCH` and `DIM`; 0: nothing.
    lines
        (h, w) class of each contour pixel, or `HIDDEN`.
    """

    fill: Indices
    marks: Indices | None
    lines: Indices | None


def draw(
    labels: Indices,
    confidence: Indices | None,
    rules: Rules,
    anchor: tuple[int, int] = (0, 0),
) -> Drawing:
    """Return what lies over the picture.

    Parameters
    ----------
    labels
        (h, w) at screen size.
    confidence
        (h, w), 0-255 for 0-1; None: unknown, so nothing is hidden for it.
    anchor
        Column and row of the first pixel, counted from the picture's corner: dashes
        and hatching stay where they are on the picture while it is moved.
    """
    shown = _shown(labels, confidence, rules)
    marks = _rest_marks(labels, shown, rules, anchor)
    if not rules.contour:
        return Drawing(shown, marks, None)
    edge = _widened(_edge(shown), shown, max(1, round(rules.ratio)) - 1)
    halo = _halo(edge, max(1, round(HALO_PX * rules.ratio))).view(np.uint8)
    marks = halo if marks is None else marks | halo
    dashes = _dashes(labels.shape, anchor, round(DASH_PX * rules.ratio))
    fill = shown
    if not rules.fill:
        soft = _widened(edge, shown, max(1, round(rules.ratio / 2)))
        fill = _kept(shown, soft & ~edge & dashes)
    return Drawing(fill, marks, _kept(shown, edge & dashes))


def _shown(labels: Indices, confidence: Indices | None, rules: Rules) -> Indices:
    shown = labels
    if rules.solo is not None:
        shown = _kept(labels, labels == rules.solo)
    elif rules.hidden:
        table = bytes(
            index if rules.draws(index) else HIDDEN for index in range(IGNORE_INDEX)
        )
        mapped = labels.tobytes().translate(table + bytes([HIDDEN]))
        shown = np.frombuffer(mapped, np.uint8).reshape(labels.shape)
    if confidence is None or rules.min_confidence <= 0:
        return shown
    lowest = math.ceil(min(1.0, rules.min_confidence) * 255)
    return _kept(shown, confidence >= lowest)


def _rest_marks(
    labels: Indices, shown: Indices, rules: Rules, anchor: tuple[int, int]
) -> Indices | None:
    if rules.solo is not None:
        return _bit(DIM, shown == HIDDEN)
    if not rules.draws(IGNORE_INDEX):
        return None
    ignored = labels == IGNORE_INDEX
    if not ignored.any():
        return None
    lines = ignored & _hatching(labels.shape, anchor, rules.ratio)
    return _bit(VEIL, ignored) | _bit(HATCH, lines)


def _bit(bit: int, mask: Mask) -> Indices:
    marks: Indices = mask.view(np.uint8) * np.uint8(bit)
    return marks


def _kept(values: Indices, mask: Mask) -> Indices:
    """Return the values where the mask is set, `HIDDEN` elsewhere."""
    return values | (mask.view(np.uint8) - np.uint8(1))


def _edge(shown: Indices) -> Mask:
    """Return the pixels of a class beside another class: neighbour ≠ self."""
    edge: Mask = np.zeros(shown.shape, np.bool_)
    beside = shown[:, 1:] != shown[:, :-1]
    edge[:, 1:] = beside
    edge[:, :-1] |= beside
    below = shown[1:] != shown[:-1]
    edge[1:] |= below
    edge[:-1] |= below
    edge &= shown != HIDDEN
    return edge


def _widened(edge: Mask, shown: Indices, steps: int) -> Mask:
    """Return the edge grown into its own class, `steps` pixels."""
    for _ in range(steps):
        grown = edge.copy()
        grown[:, 1:] |= edge[:, :-1]
        grown[:, :-1] |= edge[:, 1:]
        grown[1:] |= edge[:-1]
        grown[:-1] |= edge[1:]
        grown &= shown != HIDDEN
        edge = grown
    return edge


def _halo(edge: Mask, reach: int) -> Mask:
    for _ in range(reach):
        wide = edge.copy()
        wide[:, 1:] |= edge[:, :-1]
        wide[:, :-1] |= edge[:, 1:]
        edge = wide.copy()
        edge[1:] |= wide[:-1]
        edge[:-1] |= wide[1:]
    return edge


def _dashes(shape: tuple[int, ...], anchor: tuple[int, int], length: int) -> Mask:
    """Return a checkerboard: any line that crosses it becomes dashed."""
    columns = ((np.arange(shape[1]) + anchor[0]) // length) % 2 == 0
    rows = ((np.arange(shape[0]) + anchor[1]) // length) % 2 == 0
    board: Mask = np.not_equal(rows[:, None], columns[None, :])
    return board


def _hatching(shape: tuple[int, ...], anchor: tuple[int, int], ratio: float) -> Mask:
    period = max(2, round(HATCH_PERIOD_PX * ratio))
    columns = (np.arange(shape[1]) + anchor[0]) % period
    rows = (np.arange(shape[0]) + anchor[1]) % period
    lines: Mask = (columns[None, :] + rows[:, None]) % period < round(
        HATCH_LINE_PX * ratio
    )
    return lines


def fill_table(palette: tuple[tuple[int, int, int], ...], share: float) -> ColourTable:
    """Return the colours of a fill map: each class at `share` (0-1) of opacity."""
    return _table([_argb(rgb, share) for rgb in palette])


def lines_table(
    palette: tuple[tuple[int, int, int], ...],
    share: float = 1.0,
    lightening: float = LINE_LIGHTENING,
) -> ColourTable:
    """Return the colours of a lines map: each class lightened."""
    return _table([_argb(_lightened(rgb, lightening), share) for rgb in palette])


@cache
def marks_table() -> tuple[int, ...]:
    """Return the colours of a marks map: what its bits put over one another."""
    inks = (
        (VEIL, 0.0, VEIL_SHARE),
        (HATCH, HATCH_LIGHT, HATCH_SHARE),
        (DIM, 0.0, DIM_SHARE),
        (HALO, 0.0, HALO_SHARE),
    )
    table = [0] * 256
    for marks in range(1, 2 * DIM):
        light, cover_share = 0.0, 0.0
        for bit, grey, share in inks:
            if marks & bit:
                light = light * (1 - share) + grey * share
                cover_share += share * (1 - cover_share)
        level = round(255 * light / cover_share)
        table[marks] = _argb((level, level, level), cover_share)
    return tuple(table)


@cache
def heat_table() -> tuple[int, ...]:
    """Return the opaque colour of each confidence 0-255: bright is unsure.

    Source: the colour map "inferno" of Matplotlib (CC0), between `HEAT_LOW` and
    `HEAT_HIGH`.
    """
    sure = np.clip((np.arange(256) / 255 - HEAT_LOW) / (HEAT_HIGH - HEAT_LOW), 0, 1)
    places = np.linspace(0, 1, len(_INFERNO))
    channels = [
        np.interp(1 - sure, places, [(colour >> shift) & 255 for colour in _INFERNO])
        for shift in (16, 8, 0)
    ]
    return tuple(
        0xFF000000 | round(red) << 16 | round(green) << 8 | round(blue)
        for red, green, blue in zip(*channels, strict=True)
    )


@cache
def grey_table() -> tuple[int, ...]:
    """Return the opaque grey of each brightness 0-255 under the heat map."""
    return tuple(
        0xFF000000 | round(level * PICTURE_UNDER_HEAT) * 0x010101
        for level in range(256)
    )


def _table(colours: list[int]) -> ColourTable:
    return colours[:IGNORE_INDEX] + [0] * (256 - min(len(colours), IGNORE_INDEX))


def _argb(rgb: tuple[int, int, int], share: float) -> int:
    red, green, blue = rgb
    return _alpha(share) | red << 16 | green << 8 | blue


def _alpha(share: float) -> int:
    return round(255 * min(1.0, max(0.0, share))) << 24


def _lightened(rgb: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(part + share * (255 - part)) for part in rgb)
    return red, green, blue
