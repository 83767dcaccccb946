"""The facts of one image and its mask, each decoded once."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.cv import load_cv2
from segdesk.core.errors import SegDeskError
from segdesk.core.image_decode import decode
from segdesk.core.image_source import ImageSource, opened
from segdesk.core.language import tr
from segdesk.formats.palette_check import MaskFacts as MaskValues
from segdesk.formats.raster_file import packed_colour, read_raster

if TYPE_CHECKING:
    from PIL import Image

_BANDS = {"1": 1, "L": 1, "P": 3, "I": 1, "F": 1, "RGB": 3, "LA": 2, "RGBA": 4}
_TURNED = 5
_GREY = 0x010101
_MOST_VALUES = 1024
_MOST_REGIONS = 256
_WHITE = 255
# Black ends and white begins; how much may lie between; tones of a clean mask.
_LOW, _HIGH = 48, 208
_MIDDLE_SHARE = 0.02
_TONES = 4
_WITHOUT_SPECKS = 0.95
# The picture in the small: 16 × 16 grey values, from which the hash is taken too.
SMALL_SIDE = 16


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What an image file holds.

    Parameters
    ----------
    problem
        Why it cannot be read; "": it is good, and all its pixels were decoded.
    mode
        Stored pixel layout, "RGB", "I;16", "4 × uint16".
    stored
        Width and height in the file.
    orientation
        EXIF orientation, 1 (upright) to 8.
    digest
        BLAKE2b of the file's bytes.
    small
        256 grey values of the picture at 16 × 16.
    """

    path: Path
    problem: str = ""
    format: str = ""
    mode: str = ""
    stored: tuple[int, int] = (0, 0)
    orientation: int = 1
    bands: int = 3
    bit_depth: int = 8
    digest: bytes = b""
    small: bytes = b""

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height after the turn that EXIF asks for."""
        width, height = self.stored
        return (height, width) if self.orientation >= _TURNED else (width, height)

    @property
    def suffix(self) -> str:
        """End of its name, as written."""
        return self.path.suffix


@dataclass(frozen=True)
class MaskFacts:
    """What a mask file holds.

    Parameters
    ----------
    problem
        Why it cannot be read; "": it is good.
    mode
        Pillow's mode: "L", "P", "RGB", "I;16".
    size
        Width and height in pixels.
    values
        Its values with their pixels, the most frequent 1,024 of them, and the colours
        of its palette; None when it cannot be read.
    distinct
        Number of values that occur.
    sides
        (label, sides of its connected regions) where they were asked for.
    """

    path: Path
    problem: str = ""
    format: str = ""
    mode: str = ""
    size: tuple[int, int] = (0, 0)
    values: MaskValues | None = None
    distinct: int = 0
    sides: tuple[tuple[int, tuple[float, ...]], ...] = ()

    @property
    def is_alike(self) -> bool:
        """Whether it is coloured, and its three bands hold the same numbers."""
        values = self.values
        return (
            values is not None
            and values.kind == "colour"
            and self.distinct <= _MOST_VALUES
            and all(value % _GREY == 0 for value, _ in values.counts)
        )

    @property
    def is_coloured(self) -> bool:
        """Whether its pixels are colours and not numbers."""
        return self.values is not None and self.values.kind == "colour"

    @cached_property
    def labels(self) -> dict[int, int]:
        """Pixels of each number; empty where the mask holds colours."""
        if self.values is None:
            return {}
        if self.is_alike:
            return {value % 256: count for value, count in self.values.counts}
        return {} if self.is_coloured else dict(self.values.counts)

    def is_blurred(self, classes: int | None = None) -> bool:
        """Tell whether a grey mask is black and white but for noise.

        Parameters
        ----------
        classes
            Number of classes; with many of them any number may be one.
        """
        labels = self.labels
        if self.mode == "P" or not labels or max(labels) > _WHITE:
            return False
        if classes is not None and classes > _LOW:
            return False
        bright = sum(n for value, n in labels.items() if value >= _HIGH)
        between = sum(n for value, n in labels.items() if _LOW < value < _HIGH)
        noisy = any(value not in {0, _WHITE} and value >= _LOW for value in labels)
        greys = len(labels) > _TONES or any(_HIGH <= v < _WHITE for v in labels)
        most = _MIDDLE_SHARE * sum(labels.values())
        return noisy and greys and between < bright and between <= most

    @property
    def is_two_toned(self) -> bool:
        """Whether it is black and white but for noise, or a JPEG without any."""
        pure = set(self.labels) <= {0, _WHITE} and _WHITE in self.labels
        return self.is_blurred() or (self.format == "JPEG" and pure)


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What an image and its mask hold."""

    image: ImageFacts
    mask: MaskFacts
    split: str = ""

    @property
    def is_good(self) -> bool:
        """Whether both files can be read."""
        return not self.image.problem and not self.mask.problem


def read_image_facts(path: Path) -> ImageFacts:
    """Decode an image wholly and return what it is. Never raises."""
    cv2: Any = load_cv2()
    try:
        digest = hashlib.blake2b(path.read_bytes(), digest_size=16).digest()
        with opened(path) as source:
            stored = source.stored_size
            decoded = decode(source)
            small = cv2.resize(
                decoded.pixels, (SMALL_SIDE, SMALL_SIDE), interpolation=cv2.INTER_AREA
            )
            grey = small.astype(np.uint16).sum(axis=2) // 3
            return ImageFacts(
                path,
                format=source.format,
                mode=decoded.mode,
                stored=stored,
                orientation=_orientation(source, decoded.rotated),
                bands=_bands_of(source, decoded.mode),
                bit_depth=decoded.bit_depth,
                digest=digest,
                small=grey.astype(np.uint8).tobytes(),
            )
    except SegDeskError as error:
        return ImageFacts(path, error.cause)
    except OSError as error:
        return ImageFacts(path, f"{error.strerror or error}.")


def read_mask_facts(path: Path, *, regions: bool = False) -> MaskFacts:
    """Decode a mask wholly and return what it is. Never raises.

    Parameters
    ----------
    regions
        Measure the connected regions of each label too.
    """
    try:
        with opened(path) as source:
            image = source.image
            if image is None or image.mode not in {"L", "P", "1"}:
                return _wide_facts(path, source)
            size, mode = image.size, image.mode
            array = np.asarray(image)
            kind = "palette" if mode == "P" else "grey"
            counts = _counts(image, array)
            values = MaskValues(path, kind, counts, _palette(image, counts))
            sides = _sides(array, counts) if regions else ()
            found = source.format
        return MaskFacts(path, "", found, mode, size, values, len(counts), sides)
    except SegDeskError as error:
        return MaskFacts(path, error.cause)
    except OSError as error:
        return MaskFacts(path, f"{error.strerror or error}.")


def hash_of(small: bytes) -> int:
    """Return a 64-bit difference hash of a picture in the small.

    Each bit tells whether the picture gets brighter from a place to its right
    neighbour (Krawetz, "Kind of like that", 2013), here of 2 × 2 averages.
    """
    grey = np.frombuffer(small, np.uint8).reshape(SMALL_SIDE, SMALL_SIDE)
    blocks = grey.reshape(8, 2, SMALL_SIDE).astype(np.int32).sum(axis=1)
    pairs = blocks.reshape(8, 8, 2)
    rising = pairs[:, :, 1] > pairs[:, :, 0]
    return int.from_bytes(np.packbits(rising.ravel()).tobytes(), "big")


def _orientation(source: ImageSource, turned: bool) -> int:
    # Pillow turns a TIFF while it loads it, and then no longer tells how.
    found = source.orientation
    return found if found > 1 or not turned else 3


def _bands_of(source: ImageSource, mode: str) -> int:
    if source.tiff is not None:
        return source.tiff.bands
    return _BANDS.get(mode, 1 if mode.startswith("I;") else 3)


def _wide_facts(path: Path, source: ImageSource) -> MaskFacts:
    """Return the facts of a mask of colours, or of more than 8 bits."""
    raster = read_raster(path)
    mode = source.image.mode if source.image is not None else tr("many bands")
    values = MaskValues.of(raster)
    distinct = len(values.counts)
    if distinct > _MOST_VALUES:
        most = sorted(values.counts, key=lambda one: -one[1])[:_MOST_VALUES]
        values = MaskValues(path, values.kind, tuple(sorted(most)), values.colours)
    size = raster.size.width, raster.size.height
    return MaskFacts(path, "", source.format, mode, size, values, distinct)


def _counts(image: "Image.Image", array: NDArray[Any]) -> tuple[tuple[int, int], ...]:
    if image.mode == "1":
        ones = int(np.count_nonzero(array))
        found = {0: array.size - ones, 1: ones}
        return tuple((value, count) for value, count in found.items() if count)
    return tuple(
        (value, count) for value, count in enumerate(image.histogram()) if count
    )


def _palette(
    image: "Image.Image", counts: tuple[tuple[int, int], ...]
) -> tuple[tuple[int, int], ...]:
    if image.mode != "P":
        return ()
    flat = image.getpalette("RGB") or []
    return tuple(
        (value, packed_colour((flat[at], flat[at + 1], flat[at + 2])))
        for value, _ in counts
        if (at := 3 * value) + 2 < len(flat)
    )


def _sides(
    array: NDArray[Any], counts: tuple[tuple[int, int], ...]
) -> tuple[tuple[int, tuple[float, ...]], ...]:
    """Return the sides of the connected regions of each label but "ignored"."""
    cv2: Any = load_cv2()
    found = []
    for label, _ in counts:
        if label == IGNORE_INDEX:
            continue
        where = (array == label).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(where, connectivity=8)
        areas = _without_specks(stats[1:, cv2.CC_STAT_AREA])
        # Evenly over all of them, so that thousands of specks do not fill memory.
        step = max(1, len(areas) // _MOST_REGIONS)
        sides = np.sqrt(areas[::step].astype(np.float64))
        found.append((label, tuple(float(side) for side in sides)))
    return tuple(found)


def _without_specks(areas: NDArray[Any]) -> NDArray[Any]:
    """Return the largest regions that hold 95 % of the area together."""
    falling = np.sort(areas)[::-1]
    summed = np.cumsum(falling)
    most = int(np.searchsorted(summed, _WITHOUT_SPECKS * summed[-1])) + 1
    return falling[:most]
