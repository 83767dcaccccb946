"""A small picture of what a batch wrote of an image. Workers read it."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segdesk.app.batch.reading import batch_files_of, outputs_of
from segdesk.app.batch.rows import BatchRow
from segdesk.core.classes import ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.errors import SegDeskError
from segdesk.core.imaging import read_thumbnail
from segdesk.core.render import confidence_colours, overlay, side_by_side
from segdesk.formats.png_mask import read_mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_OPACITY = 0.5
_MOST_PX = 120_000_000  # of a mask that is read for its picture
_GREY_SHARE = 0.14  # of the image under its confidence


class PreviewLook(StrEnum):
    """What the picture shows."""

    OVERLAY = "overlay"
    MASK = "mask"
    SIDE = "side"
    CONFIDENCE = "confidence"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """One file that was written of an image."""

    kind: str
    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class BatchPreview:
    """What is known of an image for its picture.

    Parameters
    ----------
    index
        Of the image in its batch.
    pixels
        (h, w, 3) RGB, small; None: the image cannot be read.
    labels
        (h, w) class indices; None: no mask was written.
    sure
        (h, w) 0-255 for a confidence of 0-1; None: it was not written.
    painted
        (h, w, 3) RGB, the overlay as it was written; where there is no mask.
    files
        What was written.
    """

    index: int
    pixels: "Pixels | None" = None
    labels: "Pixels | None" = None
    sure: "Pixels | None" = None
    painted: "Pixels | None" = None
    files: tuple[WrittenFile, ...] = ()

    def has(self, look: PreviewLook) -> bool:
        """Tell whether there is a picture of a kind."""
        match look:
            case PreviewLook.MASK:
                return self.labels is not None
            case PreviewLook.CONFIDENCE:
                return self.sure is not None
            case PreviewLook.SIDE:
                return self.pixels is not None and self.has(PreviewLook.OVERLAY)
            case _:
                has_both = self.pixels is not None and self.labels is not None
                return has_both or self.painted is not None

    def picture(
        self, look: PreviewLook, classes: ClassList | None, hidden: Collection[int]
    ) -> "Pixels | None":
        """Return (h, w, 3) RGB, or the image alone where there is no such picture.

        Parameters
        ----------
        hidden
            Classes that are not painted.
        """
        if not self.has(look):
            return self.pixels
        painted = self._overlay(classes, hidden)
        if look is PreviewLook.CONFIDENCE and self.sure is not None:
            return self._heat(self.sure)
        if look is PreviewLook.MASK and self.labels is not None and classes:
            grey = np.full((*self.labels.shape, 3), 24, np.uint8)
            return overlay(grey, self.labels, classes, 1.0, hidden)
        if look is PreviewLook.SIDE and self.pixels is not None:
            if painted is None or painted.shape != self.pixels.shape:
                return painted
            return side_by_side(self.pixels, painted)
        return painted

    def _overlay(
        self, classes: ClassList | None, hidden: Collection[int]
    ) -> "Pixels | None":
        if self.pixels is None or self.labels is None or classes is None:
            return self.painted
        return overlay(self.pixels, self.labels, classes, _OPACITY, hidden)

    def _heat(self, sure: "Pixels") -> "Pixels":
        heat = confidence_colours()[sure]
        if self.pixels is None or self.pixels.shape != heat.shape:
            return heat
        cv2 = load_cv2()
        grey = cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY)
        grey = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
        share = 1 - _GREY_SHARE
        return np.asarray(cv2.addWeighted(heat, share, grey, _GREY_SHARE, 0.0))


def read_preview(
    out_dir: Path, row: BatchRow, kinds: Sequence[str], size_px: int
) -> BatchPreview:
    """Read a small image and what was written of it.

    Parameters
    ----------
    kinds
        What may be there; empty: look for everything.
    size_px
        Longest side of the picture.
    """
    pixels = _picture(row.source, size_px)
    if not row.has_result:
        return BatchPreview(row.index, pixels)
    there = outputs_of(out_dir, row.name, kinds)
    known = dict(there)
    shape = _shape(row, size_px) if pixels is None else pixels.shape[:2]
    is_small = row.width * row.height <= _MOST_PX
    mask = known.get("mask") if is_small else None
    labels = _labels(mask, shape) if mask else None
    wide = known.get("confidence16") or known.get("confidence")
    sure = _confidence(wide, shape) if wide and is_small else None
    painted = None
    if labels is None and "overlay" in known:
        painted = _picture(known["overlay"], size_px)
    return BatchPreview(
        row.index,
        pixels,
        labels,
        sure,
        painted,
        _sized((*there, *batch_files_of(out_dir))),
    )


def read_confidence(path: Path) -> "NDArray[np.float32] | None":
    """Read a written confidence as (H, W), 0-1; None: it cannot be read."""
    from PIL import Image

    with suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        with Image.open(path) as image:
            values = np.asarray(image)
        if values.ndim == 2:
            most = 255 if values.dtype == np.uint8 else 65535
            return np.asarray(values / most, np.float32)
    return None


def _picture(path: Path, size_px: int) -> "Pixels | None":
    with suppress(SegDeskError):
        return read_thumbnail(path, size_px)
    return None


def _shape(row: BatchRow, size_px: int) -> tuple[int, int]:
    scale = min(1.0, size_px / max(row.width, row.height, 1))
    return max(1, round(row.height * scale)), max(1, round(row.width * scale))


def _labels(path: Path, shape: tuple[int, ...]) -> "Pixels | None":
    with suppress(SegDeskError):
        return _resized(read_mask(path), shape)
    return None


def _confidence(path: Path, shape: tuple[int, ...]) -> "Pixels | None":
    found = read_confidence(path)
    if found is None:
        return None
    return _resized(np.rint(found * 255).astype(np.uint8), shape)


def _resized(values: "Pixels", shape: tuple[int, ...]) -> "Pixels":
    cv2 = load_cv2()
    size = shape[1], shape[0]
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_NEAREST))


def _sized(there: Sequence[tuple[str, Path]]) -> tuple[WrittenFile, ...]:
    files = []
    for kind, path in there:
        with suppress(OSError):
            files.append(WrittenFile(kind, path, path.stat().st_size))
    return tuple(files)
