"""The pixels of an overlay: what lies over the picture, as codes at screen size.

Labels are sampled by nearest neighbour at the size of the view, so contours and
dashes keep their width at any zoom and the work follows the view, not the image. The
result is one map of codes; colours come in only through a table of 256 colours, so
another opacity or palette changes nothing here.

Dashed is proposed, solid is the user's. Codes of a dashed map with fill and contour,
for up to `TINTED_CLASSES` classes:

    c                  class c
    _STEP + c          class c under the halo of a contour
    2 · _STEP + c      contour of class c

A solid contour has no halo, so that `SOLID_CLASSES` fit: c and _SOLID_STEP + c. Any
other map has the class alone, and neutral codes for what is no class. The last four
classes that a label map can hold (251-254) are not drawn.

What lies over the user's labels has no hatching: there the codes of the hatching mean
what stays clear, and the halo on it, while a class alone dims the rest.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.cv import load_cv2
from segdesk.core.dashes import dashes
from segdesk.core.edges import edges, haloed, widened

Indices = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Palette = tuple[tuple[int, int, int], ...]
ColourTable = tuple[int, ...]  # 256 times 0xAARRGGBB, not premultiplied

HATCH, VEIL, PLAIN, HALO, HIDDEN = range(251, 256)
TINTED_CLASSES = 82
SOLID_CLASSES = 125
_STEP, _SOLID_STEP = 84, 125
_HALO_ON_HIDDEN = (HIDDEN + _STEP) % 256
_CLEAR, _HALO_ON_CLEAR = HATCH, VEIL

HALO_PX = 1
CONTOUR_PX, CONTOUR_ALONE_PX = 1.0, 1.5
HATCH_PERIOD_PX, HATCH_LINE_PX = 10, 3
LIGHTENING, LIGHTENING_ALONE = 0.65, 0.45  # alone, the contour tells the class
SOLID_SHARE = 0.90
HALO_SHARE, VEIL_SHARE, HATCH_SHARE, DIM_SHARE = 0.50, 0.25, 0.85, 0.45
IGNORE_RGB = (236, 236, 236)
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Rules:
    """What of the labels is drawn, and how.

    Parameters
    ----------
    num_classes
        Length of the class list.
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
    dashed
        It is proposed; else it is the user's, with solid contours in the colours of
        the classes.
    dims
        A class alone dims the rest; False for what lies under another layer that does.
    over
        It is drawn over the user's labels, by `Under`; the rest is then what is of
        the class in neither.
    """

    num_classes: int
    hidden: frozenset[int] = frozenset()
    solo: int | None = None
    fill: bool = True
    contour: bool = True
    min_confidence: float = 0.0
    ratio: float = 1.0
    dashed: bool = True
    dims: bool = True
    over: bool = False

    def draws(self, index: int) -> bool:
        """Tell whether a class is drawn."""
        if self.solo is not None:
            return index == self.solo
        return index not in self.hidden

    @property
    def tints(self) -> bool:
        """Whether there are codes enough to draw the contour in each class's colour."""
        return self.fill and self.contour and self.num_classes <= self._most_tinted

    @property
    def most_classes(self) -> int:
        """How many classes can be drawn."""
        return self._most_tinted if self.tints else HATCH

    @property
    def _most_tinted(self) -> int:
        return TINTED_CLASSES if self.dashed else SOLID_CLASSES

    @property
    def reach_px(self) -> int:
        """How far from a pixel its label can change what is drawn, in device pixels."""
        if not self.contour:
            return 0
        halo = max(1, round(HALO_PX * self.ratio)) if self.dashed else 0
        return self.line_px + halo

    @property
    def line_px(self) -> int:
        """Device pixels that a contour is wide."""
        return math.ceil((CONTOUR_PX if self.fill else CONTOUR_ALONE_PX) * self.ratio)


@dataclass(frozen=True, slots=True, eq=False)
class Under:
    """What the user has painted under a proposal.

    A proposal is not drawn where the user's label says the same, and only with its
    contour where it says something else.

    Parameters
    ----------
    labels
        (h, w) at screen size.
    unlabelled
        Value of pixels that nobody has labelled.
    """

    labels: Indices
    unlabelled: int


def draw(
    labels: Indices,
    confidence: Indices | None,
    rules: Rules,
    anchor: tuple[int, int] = (0, 0),
    under: Under | None = None,
) -> Indices:
    """Return the code of what lies over each pixel of the picture.

    Parameters
    ----------
    labels
        (h, w) at screen size.
    confidence
        (h, w), 0-255 for 0-1; None: unknown, so nothing is hidden for it.
    anchor
        Column and row of the first pixel, counted from the picture's corner: dashes
        and hatching stay where they are on the picture while it is moved.

    Returns
    -------
    codes
        (h, w), to be read through `colour_table` of the same rules.
    """
    shown = _shown(labels, confidence, rules)
    if under is not None:
        fresh = _kept(shown, labels != under.labels)
        codes = _with_contour(fresh, rules, anchor) if rules.contour else fresh
        codes = _hollowed(codes, under.labels != under.unlabelled, rules)
        if rules.solo is None or not rules.over:
            return codes
        return _cleared(codes, (shown != HIDDEN) | (under.labels == rules.solo), rules)
    codes = _with_contour(shown, rules, anchor) if rules.contour else shown
    if not rules.draws(IGNORE_INDEX):
        return codes
    ignored = labels == IGNORE_INDEX
    if not ignored.any():
        return codes
    codes = codes.copy()
    np.copyto(codes, _hatching(labels.shape, anchor, rules.ratio), where=ignored)
    return codes


def _hollowed(codes: Indices, inside: Mask, rules: Rules) -> Indices:
    """Return the codes without their fill where the mask is set."""
    if not inside.any():
        return codes
    table = bytearray(range(256))
    if rules.tints:
        table[:_HALO_ON_HIDDEN] = bytes([HIDDEN]) * _HALO_ON_HIDDEN
        table[_STEP : 2 * _STEP] = bytes([_HALO_ON_HIDDEN]) * _STEP
    elif rules.fill:
        table[:HATCH] = bytes([HIDDEN]) * HATCH
    else:
        return codes
    return np.where(inside, _mapped(codes, table), codes)


def _cleared(codes: Indices, inside: Mask, rules: Rules) -> Indices:
    """Return the codes without dimming where the mask is set."""
    table = bytearray(range(256))
    table[HIDDEN] = _CLEAR
    if rules.dashed:
        table[_halo_code(rules)] = _HALO_ON_CLEAR
    return np.where(inside, _mapped(codes, table), codes)


def _mapped(codes: Indices, table: bytes | bytearray) -> Indices:
    """Return each code's entry in a table of 256."""
    if not codes.size:
        return codes
    mapped: Indices = load_cv2().LUT(codes, np.frombuffer(table, np.uint8))
    return mapped


def _halo_code(rules: Rules) -> int:
    return _HALO_ON_HIDDEN if rules.tints else HALO


@lru_cache(maxsize=16)
def _shown_table(rules: Rules) -> bytes:
    """Return what each class is drawn as: itself, or nothing."""
    return bytes(
        index if index < HATCH and rules.draws(index) else HIDDEN
        for index in range(256)
    )


def _shown(labels: Indices, confidence: Indices | None, rules: Rules) -> Indices:
    shown = labels
    if rules.solo is not None:
        shown = _kept(labels, labels == rules.solo)
    elif rules.hidden or rules.num_classes > HATCH:
        shown = _mapped(labels, _shown_table(rules))
    if confidence is None or rules.min_confidence <= 0:
        return shown
    lowest = math.ceil(min(1.0, rules.min_confidence) * 255)
    return _kept(shown, confidence >= lowest)


def _with_contour(shown: Indices, rules: Rules, anchor: tuple[int, int]) -> Indices:
    edge = widened(edges(shown, HIDDEN), shown, HIDDEN, rules.line_px - 1)
    if not rules.dashed:
        return _with_solid(shown, edge, rules)
    halo = haloed(edge, max(1, round(HALO_PX * rules.ratio)))
    line = edge & dashes(shown.shape, anchor, rules.ratio)
    if rules.tints:
        codes: Indices = halo.view(np.uint8) + line.view(np.uint8)
        codes *= np.uint8(_STEP)
        codes += shown
        return codes
    if rules.fill:
        codes = shown.copy()
        codes[halo] = HALO
        codes[line] = PLAIN
        return codes
    codes = _clear(shown)
    codes[halo] = HALO
    np.copyto(codes, shown, where=line)
    return codes


def _with_solid(shown: Indices, edge: Mask, rules: Rules) -> Indices:
    if rules.tints:
        codes: Indices = edge.view(np.uint8) * np.uint8(_SOLID_STEP)
        codes += shown
        return codes
    codes = shown.copy() if rules.fill else _clear(shown)
    np.copyto(codes, np.uint8(PLAIN) if rules.fill else shown, where=edge)
    return codes


def _clear(shown: Indices) -> Indices:
    """Return the codes of areas without a fill."""
    inside = (shown != HIDDEN).view(np.uint8)
    codes: Indices = HIDDEN - (HIDDEN - PLAIN) * inside
    return codes


def _kept(values: Indices, mask: Mask) -> Indices:
    """Return the values where the mask is set, `HIDDEN` elsewhere."""
    return values | (mask.view(np.uint8) - np.uint8(1))


def _hatching(shape: tuple[int, ...], anchor: tuple[int, int], ratio: float) -> Indices:
    period = max(2, round(HATCH_PERIOD_PX * ratio))
    columns = (np.arange(shape[1]) + anchor[0]) % period
    rows = (np.arange(shape[0]) + anchor[1]) % period
    steps = (np.arange(period)[:, None] + columns[None, :]) % period
    lines = np.where(steps < round(HATCH_LINE_PX * ratio), HATCH, VEIL)
    hatching: Indices = lines.astype(np.uint8)[rows]
    return hatching


@lru_cache(maxsize=16)
def colour_table(palette: Palette, opacity: float, rules: Rules) -> ColourTable:
    """Return the colour of each code of a map that `draw` made by the same rules.

    Parameters
    ----------
    palette
        (R, G, B) of each class.
    opacity
        Of the fill, 0-1.
    """
    table = [0] * 256
    halo = (_BLACK, HALO_SHARE)
    for index, rgb in enumerate(palette[: rules.most_classes]):
        fill = (rgb, opacity)
        table[index] = _argb(fill if rules.fill else _line_alone(rgb, rules))
        if rules.tints and rules.dashed:
            table[_STEP + index] = _argb(fill, halo)
            table[2 * _STEP + index] = _argb((_lightened(rgb, LIGHTENING), 1.0))
        elif rules.tints:
            table[_SOLID_STEP + index] = _argb((rgb, SOLID_SHARE))
    rest = (_BLACK, DIM_SHARE if rules.dims and rules.solo is not None else 0.0)
    table[HIDDEN] = _argb(rest)
    if rules.dashed:
        table[_halo_code(rules)] = _argb(rest, halo)
    table[PLAIN] = _argb((_WHITE, 1.0)) if rules.fill else 0
    table[VEIL] = _argb((_BLACK, VEIL_SHARE))
    table[HATCH] = _argb((_BLACK, VEIL_SHARE), (IGNORE_RGB, HATCH_SHARE))
    if rules.over:
        table[_CLEAR], table[_HALO_ON_CLEAR] = 0, _argb(halo)
    return tuple(table)


def _line_alone(
    rgb: tuple[int, int, int], rules: Rules
) -> tuple[tuple[int, int, int], float]:
    """Return colour and share of a contour without fill, thinned to its width."""
    thinned = CONTOUR_ALONE_PX * rules.ratio / rules.line_px
    if rules.dashed:
        return _lightened(rgb, LIGHTENING_ALONE), thinned
    return rgb, SOLID_SHARE * thinned


def _argb(*inks: tuple[tuple[int, int, int], float]) -> int:
    """Return what (R, G, B) inks, each at a share of 0-1, give over one another."""
    colour, covered = [0.0, 0.0, 0.0], 0.0
    for rgb, opacity in inks:
        share = min(1.0, max(0.0, opacity))
        below = covered * (1 - share)
        covered = below + share
        if covered:
            colour = [
                (old * below + new * share) / covered
                for old, new in zip(colour, rgb, strict=True)
            ]
    red, green, blue = (round(part) for part in colour)
    return round(255 * covered) << 24 | red << 16 | green << 8 | blue


def _lightened(rgb: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(part + share * (255 - part)) for part in rgb)
    return red, green, blue
