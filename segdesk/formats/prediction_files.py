"""What is written of one prediction: mask, overlay, confidence, side by side."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.render import confidence_colours, encode_jpeg, overlay, side_by_side
from segdesk.formats.atomic import write_atomic
from segdesk.formats.outputs import output_path
from segdesk.formats.png_mask import encode_indexed, encode_mask

_JPEG_SIDE = 65_500


class PredictionWriter:
    """Writes the chosen files of predictions into one folder.

    Parameters
    ----------
    out_dir
        Folder that holds `masks/`, `overlays/`, `confidence/` and `side/`.
    classes
        Give the colours. A background at index 0 is not painted over the image.
    save
        Keys of `segdesk.formats.outputs.OUTPUTS`.
    opacity
        Of the colours in overlays, 0-1.
    """

    def __init__(
        self, out_dir: Path, classes: ClassList, save: tuple[str, ...], opacity: float
    ) -> None:
        self._out_dir = out_dir
        self._classes = classes
        self._save = save
        self._opacity = opacity

    def paths(self, name: str) -> tuple[Path, ...]:
        """Return what is written for an item, in the order of `save`."""
        return tuple(output_path(self._out_dir, kind, name) for kind in self._save)

    def write(
        self,
        name: str,
        pixels: NDArray[np.uint8],
        labels: NDArray[np.uint8],
        confidence: NDArray[np.uint8] | None,
    ) -> None:
        """Write the files of one item, each whole or not at all.

        Parameters
        ----------
        name
            From `segdesk.formats.outputs.PlannedItem`.
        pixels
            (H, W, 3), RGB.
        labels
            (H, W), class index of each pixel.
        confidence
            (H, W), 0-255 for 0-1; needed when it is to be saved.

        Raises
        ------
        StorageError
            When a file cannot be written.
        InputError
            When the image is larger than a JPEG may be.
        """
        painted: NDArray[np.uint8] | None = None
        for kind, path in zip(self._save, self.paths(name), strict=True):
            if kind == "mask":
                data = encode_mask(labels, self._classes)
            elif kind == "confidence":
                if confidence is None:
                    msg = "confidence is to be saved but was not given"
                    raise ValueError(msg)
                data = encode_indexed(confidence, confidence_colours(), level=1)
            else:
                if painted is None:
                    painted = self._painted(pixels, labels)
                shown = side_by_side(pixels, painted) if kind == "side" else painted
                data = _jpeg(path, shown)
            write_atomic(path, data)

    def _painted(
        self, pixels: NDArray[np.uint8], labels: NDArray[np.uint8]
    ) -> NDArray[np.uint8]:
        background = self._classes.background_index
        hidden = () if background is None else (background,)
        return overlay(pixels, labels, self._classes, self._opacity, hidden)


def _jpeg(path: Path, picture: NDArray[np.uint8]) -> bytes:
    height, width = picture.shape[:2]
    if max(height, width) > _JPEG_SIDE:
        raise InputError(
            f"{path.name} was not written.",
            cause=f"It would have {width:,} × {height:,} pixels; a JPEG ends at "
            f"{_JPEG_SIDE:,} on a side.",
            hint="Leave overlay and side out of what is saved.",
        )
    return encode_jpeg(picture)
