"""Mask images as they are stored: numbers or colours, of any depth, and their counts.

Masks have long runs of one value, so values are counted by runs rather than sorted:
12 MP of colours in 0.1 s instead of 1.5 s.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import InputError
from segdesk.core.geometry import Size
from segdesk.core.image_source import opened
from segdesk.core.language import tr
from segdesk.formats.labelled import Rgb

Values = NDArray[np.int32]
_INDEX_MODES = frozenset({"1", "L", "P", "I", "I;16", "I;16B"})
_COLOUR_MODES = frozenset({"RGB", "RGBA", "LA", "PA"})


@dataclass(frozen=True, slots=True, eq=False)
class RasterFile:
    """A decoded mask.

    Parameters
    ----------
    path
        The file.
    values
        (H, W): numbers of a grey or palette image, or 0xRRGGBB of a coloured one.
    coloured
        Whether the values are colours.
    palette
        (n, 3) RGB of a palette image; None without one.
    """

    path: Path
    values: NDArray[Any]
    coloured: bool
    palette: NDArray[np.uint8] | None = None

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.values.shape[1], self.values.shape[0])

    def counts(self) -> dict[int, int]:
        """Return the pixels of each value that occurs."""
        runs, lengths = _runs(self.values)
        found, where = np.unique(runs, return_inverse=True)
        sums = np.bincount(where, weights=lengths)
        return {int(v): int(n) for v, n in zip(found, sums, strict=True)}

    def as_colours(self) -> "RasterFile":
        """Return it with colours for values: of its palette, or greys."""
        if self.coloured:
            return self
        table = np.arange(256, dtype=np.int32) * 0x010101
        if self.palette is not None:
            packed = pack_rgb(self.palette)
            table[: packed.size] = packed
        runs, lengths = _runs(self.values)
        runs = runs.astype(np.int64)
        if runs.size and (runs.min() < 0 or runs.max() > 255):
            raise InputError(
                tr("{name} was not read as a colour mask.", name=self.path.name),
                cause=tr(
                    "It holds numbers up to {max:,}, not colours.", max=int(runs.max())
                ),
                hint=tr("Read it as an index mask."),
            )
        colours = np.repeat(table[runs], lengths).reshape(self.values.shape)
        return RasterFile(self.path, colours, coloured=True)

    def mapped(self, table: dict[int, int], other: int = 255) -> NDArray[np.uint8]:
        """Return its values replaced, (H, W).

        Parameters
        ----------
        table
            New value by old one.
        other
            For values that the table lacks.
        """
        runs, lengths = _runs(self.values)
        found, where = np.unique(runs, return_inverse=True)
        new = np.array([table.get(int(one), other) for one in found], np.uint8)
        return np.repeat(new[where], lengths).reshape(self.values.shape)


@dataclass(frozen=True, slots=True, eq=False)
class PackedRaster:
    """A decoded mask as runs of one value, to be kept.

    Parameters
    ----------
    bare
        The mask without its values.
    shape
        H and W.
    values, lengths
        (n,), of the runs.
    """

    bare: RasterFile
    shape: tuple[int, ...]
    values: NDArray[Any]
    lengths: NDArray[np.int32]

    @classmethod
    def of(cls, raster: RasterFile) -> "PackedRaster":
        """Pack a mask."""
        values, lengths = _runs(raster.values)
        bare = replace(raster, values=np.empty((0, 0), raster.values.dtype))
        return cls(bare, raster.values.shape, values, lengths.astype(np.int32))

    @property
    def size_bytes(self) -> int:
        """Memory that it takes, about."""
        return self.values.nbytes + self.lengths.nbytes + 500

    def unpacked(self) -> RasterFile:
        """Return the mask."""
        values = np.repeat(self.values, self.lengths).reshape(self.shape)
        return replace(self.bare, values=values)


def read_raster(path: Path) -> RasterFile:
    """Decode a mask image; a camera's rotation is not looked at, transparency neither.

    Raises
    ------
    ImageReadError
        When it is no image, or damaged.
    InputError
        When it holds something else than numbers or colours.
    """
    with opened(path) as source:
        image = source.image
        if image is None or image.mode not in _INDEX_MODES | _COLOUR_MODES:
            mode = image.mode if image is not None else tr("many bands")
            raise InputError(
                tr("{name} was not read as a mask.", name=path.name),
                cause=tr("It holds pixels of the kind {mode}.", mode=mode),
                hint=tr("Export it as PNG with class numbers or colours."),
            )
        if image.mode in _COLOUR_MODES:
            rgb = image if image.mode == "RGB" else image.convert("RGB")
            return RasterFile(path, pack_rgb(np.asarray(rgb)), True)
        values = np.asarray(image)
        palette = None
        if image.mode == "P":
            flat = image.getpalette("RGB") or []
            palette = np.array(flat, np.uint8).reshape(-1, 3)
        if image.mode == "1":
            values = values.astype(np.uint8)
    return RasterFile(path, values, False, palette)


def pack_rgb(rgb: NDArray[np.uint8]) -> Values:
    """Return colours (..., 3) as 0xRRGGBB (...)."""
    packed: Values = rgb[..., 0].astype(np.int32)
    for band in (1, 2):
        packed <<= 8
        packed |= rgb[..., band]
    return packed


def unpack_rgb(colour: int) -> Rgb:
    """Return 0xRRGGBB as (R, G, B)."""
    return colour >> 16 & 255, colour >> 8 & 255, colour & 255


def packed_colour(rgb: Rgb) -> int:
    """Return (R, G, B) as 0xRRGGBB."""
    return rgb[0] << 16 | rgb[1] << 8 | rgb[2]


def _runs(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    flat = np.ascontiguousarray(values).reshape(-1)
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    lengths = np.diff(np.concatenate((starts, [flat.size])))
    return flat[starts], lengths
