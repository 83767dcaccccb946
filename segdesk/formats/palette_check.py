"""Tells whether the index of a palette mask is the class, or only its colour.

Both kinds look alike in one file. A writer that numbers classes keeps the index and may
paint it as it likes; a program that saves a coloured picture "as small as possible"
numbers the colours anew in every file. So the palettes of all files are compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from segdesk.core.language import tr
from segdesk.formats.raster_file import RasterFile, packed_colour
from segdesk.formats.raster_file import unpack_rgb as _rgb

# Nobody tells greys darker than this apart: such an RGB image holds numbers.
_DARKEST_COLOURS = 32


class MaskMeaning(Enum):
    """What tells the class of a pixel."""

    INDEX = "index"
    COLOUR = "colour"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class MaskFacts:
    """What a mask file holds, without its pixels.

    Parameters
    ----------
    path
        The file.
    kind
        "grey", "palette" or "colour".
    counts
        (value, pixels) of the values that occur; colours are 0xRRGGBB.
    colours
        (index, 0xRRGGBB) of the used indices of a palette.
    """

    path: Path
    kind: str
    counts: tuple[tuple[int, int], ...]
    colours: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, raster: RasterFile) -> "MaskFacts":
        """Return the facts of a decoded file."""
        counts = tuple(sorted(raster.counts().items()))
        if raster.coloured:
            return cls(raster.path, "colour", counts)
        if raster.palette is None:
            return cls(raster.path, "grey", counts)
        table = [packed_colour((int(r), int(g), int(b))) for r, g, b in raster.palette]
        used = tuple((v, table[v]) for v, _ in counts if v < len(table))
        return cls(raster.path, "palette", counts, used)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the masks of a set mean, and why one may believe it."""

    meaning: MaskMeaning
    why: str


def judge(files: Iterable[MaskFacts]) -> Verdict:
    """Compare the masks of a set and tell whether index or colour is the class."""
    known = list(files)
    palettes = [one for one in known if one.kind == "palette"]
    colours = [one for one in known if one.kind == "colour"]
    greys = [one for one in known if one.kind == "grey"]
    if colours:
        return _with_colours(colours, palettes, greys)
    if not palettes:
        return Verdict(
            MaskMeaning.INDEX, tr("the masks are grey: the value is the class")
        )
    if greys:
        return _mixed_greys(palettes)
    return _palettes_alone(palettes)


def _with_colours(
    colours: list[MaskFacts], palettes: list[MaskFacts], greys: list[MaskFacts]
) -> Verdict:
    if not palettes and all(_is_numbers(one) for one in colours):
        return Verdict(
            MaskMeaning.INDEX, tr("the three bands are alike and count from 0: numbers")
        )
    if palettes:
        words = tr(
            "{colours} of {colours2} masks have no ",
            colours=len(colours),
            colours2=len(colours) + len(palettes),
        )
        return Verdict(
            MaskMeaning.COLOUR, words + tr("palette: only the colour is left")
        )
    if greys:
        return Verdict(MaskMeaning.UNCLEAR, tr("some masks are grey, some coloured"))
    return Verdict(MaskMeaning.COLOUR, tr("the masks are coloured"))


def _mixed_greys(palettes: list[MaskFacts]) -> Verdict:
    if _colours_that_move(palettes):
        return Verdict(
            MaskMeaning.UNCLEAR,
            tr("some masks are grey, and the palettes of the others differ"),
        )
    return Verdict(MaskMeaning.INDEX, tr("some masks are grey, and the palettes agree"))


def _palettes_alone(palettes: list[MaskFacts]) -> Verdict:
    moving = _colours_that_move(palettes)
    indices = {index for one in palettes for index, _ in one.colours}
    colours = {colour for one in palettes for _, colour in one.colours}
    steady = len({pair for one in palettes for pair in one.colours}) == len(indices)
    if steady:
        words = (
            tr("all palettes agree")
            if len(palettes) > 1
            else tr("there is one palette")
        )
        return Verdict(
            MaskMeaning.INDEX, tr("{words}: the index is the class", words=words)
        )
    if moving and len(colours) <= max(2 * len(indices), 2):
        name = "#{:02X}{:02X}{:02X}".format(*_rgb(min(moving)))
        return Verdict(
            MaskMeaning.COLOUR,
            tr(
                "{moving} colours, {name} among them, have another index "
                "in another file: only the colour is the class",
                moving=len(moving),
                name=name,
            ),
        )
    if not moving:
        return Verdict(
            MaskMeaning.INDEX,
            tr(
                "each file paints the same indices in colours of its own: the index is "
                "the class"
            ),
        )
    return Verdict(
        MaskMeaning.UNCLEAR,
        tr(
            "{colours} colours stand for {indices} indices, and "
            "{moving} of them have several",
            colours=len(colours),
            indices=len(indices),
            moving=len(moving),
        ),
    )


def _colours_that_move(palettes: list[MaskFacts]) -> set[int]:
    """Return the colours that have different indices in different files."""
    first: dict[int, int] = {}
    moving: set[int] = set()
    for one in palettes:
        for index, colour in one.colours:
            if first.setdefault(colour, index) != index:
                moving.add(colour)
    return moving


def _is_numbers(facts: MaskFacts) -> bool:
    return all(
        value % 0x010101 == 0 and value // 0x010101 < _DARKEST_COLOURS
        for value, _ in facts.counts
    )
