"""What an evaluation shows of its images: regions of a confusion, small pictures.

Everything here is slow: it reads files, so workers do it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.core.confusion import ErrorRegion
from segdesk.jobs.training_events import EvaluationDone, ItemEvaluated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

CROP = (142, 108)  # px on screen, of the picture of a region
_FINE = 2  # pixels for one on screen, for fine screens
_LEAST_PX = 96  # of the image, so that a speck has its surroundings
_ROOM = 1.7  # width of a crop for the width of its region
_MARK_RGB = (0xE5, 0x48, 0x4D)
_MARK_SHARE = 0.5
_MOST_REGIONS = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """A place of the confusion matrix: the class that is true, and the one said."""

    truth: int
    said: int

    @property
    def is_error(self) -> bool:
        """Whether it counts pixels that are wrong."""
        return self.truth != self.said


@dataclass(frozen=True, slots=True)
class FoundRegion:
    """One connected place where the model takes one class for another."""

    item: ItemEvaluated
    cell: Cell
    region: ErrorRegion

    @property
    def image(self) -> Path:
        """The image that it is in."""
        return self.item.image


@dataclass(frozen=True, slots=True)
class Found:
    """What a part of the images has of a cell.

    Parameters
    ----------
    regions
        The largest ones, largest first.
    count, pixels
        Of all of them.
    """

    regions: tuple[FoundRegion, ...] = ()
    count: int = 0
    pixels: int = 0

    def plus(self, other: "Found") -> "Found":
        """Return both together."""
        merged = sorted(
            (*self.regions, *other.regions), key=lambda found: -found.region.area
        )
        return Found(
            tuple(merged[:_MOST_REGIONS]),
            self.count + other.count,
            self.pixels + other.pixels,
        )


def concerned(done: EvaluationDone, cell: Cell) -> tuple[ItemEvaluated, ...]:
    """Return the images that may hold regions of a cell."""

    def has(item: ItemEvaluated, index: int) -> bool:
        return index >= len(item.iou) or item.iou[index] is not None

    return tuple(
        item for item in done.images if has(item, cell.truth) and has(item, cell.said)
    )


def find_regions(items: tuple[ItemEvaluated, ...], cell: Cell) -> Found:
    """Return the regions of a cell in some images; masks that are gone have none."""
    from segdesk.core.confusion import error_regions
    from segdesk.core.errors import SegDeskError
    from segdesk.formats.png_mask import read_mask

    found = Found()
    for item in items:
        try:
            truth, said = read_mask(item.truth), read_mask(item.prediction)
        except SegDeskError:
            continue
        if truth.shape != said.shape:
            continue
        regions = error_regions(truth, said, cell.truth, cell.said, 1_000_000)
        found = found.plus(
            Found(
                tuple(FoundRegion(item, cell, region) for region in regions),
                len(regions),
                sum(region.area for region in regions),
            )
        )
    return found


def crops_of(founds: Sequence[FoundRegion]) -> "tuple[Pixels, ...]":
    """Return regions of one image in their surroundings, marked in red.

    Returns
    -------
    crops
        (h, w, 3) RGB each, in the proportion of `CROP`, where the image has the room.

    Raises
    ------
    SegDeskError
        When image or masks cannot be read.
    """
    from segdesk.core.imaging import read_image
    from segdesk.formats.png_mask import read_mask

    item = founds[0].item
    picture = read_image(item.image).pixels
    truth, said = read_mask(item.truth), read_mask(item.prediction)
    return tuple(_crop(found, picture, truth, said) for found in founds)


def _crop(
    found: FoundRegion, picture: "Pixels", truth: "Pixels", said: "Pixels"
) -> "Pixels":
    import numpy as np

    from segdesk.core.cv import load_cv2

    cv2 = load_cv2()
    place = _crop_box(found.region, picture.shape[0], picture.shape[1])
    wrong = (truth[place] == found.cell.truth) & (said[place] == found.cell.said)
    crop = picture[place]
    size = (CROP[0] * _FINE, CROP[1] * _FINE)
    way = cv2.INTER_AREA if crop.shape[1] > size[0] else cv2.INTER_LINEAR
    small = cv2.resize(crop, size, interpolation=way).astype(np.float32)
    level = cv2.resize(wrong.view(np.uint8) * np.uint8(255), size, interpolation=way)
    share = level.astype(np.float32)[..., None] * (_MARK_SHARE / 255)
    mixed = small * (1 - share) + np.array(_MARK_RGB, np.float32) * share
    return np.ascontiguousarray(mixed.astype(np.uint8))


def _crop_box(region: ErrorRegion, height: int, width: int) -> tuple[slice, slice]:
    """Return rows and columns round a region, moved inward at the borders."""
    aspect = CROP[0] / CROP[1]
    wanted = max(region.width * _ROOM, region.height * _ROOM * aspect, _LEAST_PX)
    wide = min(wanted, width, height * aspect)
    high = wide / aspect
    left = min(max(region.x + (region.width - wide) / 2, 0), width - wide)
    top = min(max(region.y + (region.height - high) / 2, 0), height - high)
    return (
        slice(int(top), max(int(top) + 1, int(top + high))),
        slice(int(left), max(int(left) + 1, int(left + wide))),
    )


def region_mask(found: FoundRegion) -> "Pixels":
    """Return which pixels of its box belong to a region, by the masks as they are.

    Returns
    -------
    mask
        (h, w) uint8 of the region's box, 1 inside.

    Raises
    ------
    SegDeskError
        When a mask cannot be read.
    """
    import numpy as np

    from segdesk.core.cv import load_cv2
    from segdesk.formats.png_mask import read_mask

    region, cell = found.region, found.cell
    rows = slice(region.y, region.y + region.height)
    columns = slice(region.x, region.x + region.width)
    said = read_mask(found.item.prediction)[rows, columns] == cell.said
    truth = read_mask(found.item.truth)[rows, columns] == cell.truth
    mask: Pixels = (said & truth).view(np.uint8)
    count, parts, stats, _ = load_cv2().connectedComponentsWithStats(
        np.ascontiguousarray(mask), connectivity=8
    )
    if count > 2:  # others reach into its box
        mask[parts != 1 + int(np.argmax(stats[1:, 4]))] = 0
    return mask


def looks_of(
    done: EvaluationDone, item: ItemEvaluated, size_px: int
) -> "tuple[Pixels, Pixels]":
    """Return small pictures of an image under its truth and under its prediction.

    Parameters
    ----------
    size_px
        Longest side.

    Raises
    ------
    SegDeskError
        When the image cannot be read.
    """
    import numpy as np

    from segdesk.core.imaging import read_thumbnail
    from segdesk.formats.label_preview import tinted

    small = read_thumbnail(item.image, size_px)
    palette = np.array(done.classes.rgb, np.uint8)
    hidden = done.classes.background_index
    return (
        tinted(small, item.truth, palette, hidden),
        tinted(small, item.prediction, palette, hidden),
    )
