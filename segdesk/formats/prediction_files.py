"""What is written of one prediction: masks, pictures, confidence, polygons, tables."""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.label_map import colour_table
from segdesk.core.language import tr
from segdesk.core.legend import LegendRow, with_legend
from segdesk.core.render import confidence_colours, encode_jpeg, overlay, side_by_side
from segdesk.core.review_measure import measure_review
from segdesk.formats import labelme, yolo
from segdesk.formats.atomic import write_atomic
from segdesk.formats.batch_files import PIECES
from segdesk.formats.geotiff import encode_geotiff, place_tags
from segdesk.formats.labelled import Loaded
from segdesk.formats.outputs import output_path
from segdesk.formats.png_mask import (
    encode_grey16,
    encode_indexed,
    encode_mask,
    encode_rgb,
)
from segdesk.formats.prediction_ledger import Made
from segdesk.formats.shape_out import ground_of

_JPEG_SIDE = 65_500
_PICTURES = frozenset({"overlay", "side"})
_LINKING = frozenset({"labelme", "yolo"})
# Earlier files of the kind say something else.
_VERSIONS = {"confidence16": "steps=65535", "review": "measure=1"}


@dataclass(frozen=True, slots=True)
class Style:
    """How pictures look.

    Parameters
    ----------
    opacity
        Of the colours over the image, 0-1.
    legend
        Names, colours and shares of the classes stand beside it.
    """

    opacity: float = 0.5
    legend: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """One image with its prediction.

    Parameters
    ----------
    source
        The image file.
    name
        From `segdesk.formats.outputs.PlannedItem`.
    pixels
        (H, W, 3), RGB.
    labels
        (H, W), class index of each pixel.
    confidence
        (H, W), 0-255 for 0-1; None: not known.
    counts
        Pixels of each class.
    fine
        (H, W), 0-65535 for 0-1, where the confidence is known so well.
    other
        (H, W), class indices of another opinion, where one was asked for.
    """

    source: Path
    name: str
    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    confidence: NDArray[np.uint8] | None
    counts: Sequence[int]
    fine: NDArray[np.uint16] | None = None
    other: NDArray[np.uint8] | None = None


class PredictionWriter:
    """Writes the chosen files of predictions into one folder; threads may share it.

    Parameters
    ----------
    out_dir
        Folder that holds `masks/`, `overlays/` and the others.
    classes
        Give the colours. A background at index 0 is not painted over the image.
    style
        How pictures look.
    scratch
        Folder on the same disk for files that are not whole yet.
    """

    def __init__(
        self, out_dir: Path, classes: ClassList, style: Style, scratch: Path | None
    ) -> None:
        self._out_dir = out_dir
        self._classes = classes
        self._style = style
        self._scratch = scratch
        self._colours = colour_table(classes)[0]
        background = classes.background_index
        self._hidden = () if background is None else (background,)

    def way(self, kind: str, source: Path) -> str:
        """Return what a file depends on beside the prediction, as a text."""
        if kind in _PICTURES:
            return f"opacity={self._style.opacity:g} legend={self._style.legend:d}"
        if kind in _VERSIONS:
            return _VERSIONS[kind]
        return str(source) if kind in _LINKING else ""

    def write(self, kind: str, one: Predicted) -> Made:
        """Write one file of an image, whole or not at all.

        Parameters
        ----------
        kind
            A key of `OUTPUTS`.

        Raises
        ------
        StorageError
            When it cannot be written.
        InputError
            When the image is larger than a JPEG may be.
        """
        path = output_path(self._out_dir, kind, one.name)
        data = self._encoders[kind](self, path, one)
        write_atomic(path, data, self._scratch)
        if kind == "yolo":
            self._link(one)
        return Made(self.way(kind, one.source), len(data))

    def piece(self, kind: str, one: Predicted) -> bytes:
        """Return what an image adds to a file of the whole batch.

        Parameters
        ----------
        kind
            A key of `BATCH_FILES`.
        """
        name = one.name + one.source.suffix
        return PIECES[kind](name, one.labels, one.confidence, self._classes)

    # ------------------------------------------------------------ the kinds

    def _mask(self, _path: Path, one: Predicted) -> bytes:
        return encode_mask(one.labels, self._classes)

    def _geotiff(self, _path: Path, one: Predicted) -> bytes:
        return encode_geotiff(one.labels, self._classes, place_tags(one.source))

    def _colour(self, _path: Path, one: Predicted) -> bytes:
        return encode_rgb(self._colours[one.labels])

    def _overlay(self, path: Path, one: Predicted) -> bytes:
        return _jpeg(path, self._with_legend(self._painted(one), one))

    def _side(self, path: Path, one: Predicted) -> bytes:
        both = side_by_side(one.pixels, self._painted(one))
        return _jpeg(path, self._with_legend(both, one))

    def _confidence(self, _path: Path, one: Predicted) -> bytes:
        values = one.confidence
        assert values is not None  # noqa: S101 - who asks for the file has it
        return encode_indexed(values, confidence_colours(), level=1)

    def _confidence16(self, _path: Path, one: Predicted) -> bytes:
        assert one.fine is not None  # noqa: S101 - who asks for the file has it
        return encode_grey16(one.fine)

    def _labelme(self, path: Path, one: Predicted) -> bytes:
        try:
            picture = os.path.relpath(one.source, path.parent)
        except ValueError:  # on another drive
            picture = str(one.source)
        readable = picture.replace(os.sep, "/").encode("utf-8", "replace").decode()
        content = labelme.file_content(Loaded(one.labels), self._classes, readable)
        return (json.dumps(content, ensure_ascii=False) + "\n").encode()

    def _yolo(self, _path: Path, one: Predicted) -> bytes:
        text = yolo.outlines_text(Loaded(one.labels), ground_of(self._classes))
        return text.encode()

    def _review(self, _path: Path, one: Predicted) -> bytes:
        other = one.labels if one.other is None else one.other
        found = measure_review(
            one.pixels, one.labels, one.confidence, other, len(self._classes)
        )
        return msgspec.json.encode(found, enc_hook=str)

    _encoders: ClassVar[
        dict[str, Callable[["PredictionWriter", Path, Predicted], bytes]]
    ] = {
        "mask": _mask,
        "geotiff": _geotiff,
        "colour": _colour,
        "overlay": _overlay,
        "side": _side,
        "confidence": _confidence,
        "confidence16": _confidence16,
        "labelme": _labelme,
        "yolo": _yolo,
        "review": _review,
    }

    def _painted(self, one: Predicted) -> NDArray[np.uint8]:
        opacity = self._style.opacity
        return overlay(one.pixels, one.labels, self._classes, opacity, self._hidden)

    def _with_legend(
        self, picture: NDArray[np.uint8], one: Predicted
    ) -> NDArray[np.uint8]:
        if not self._style.legend:
            return picture
        named = zip(self._classes.names, self._classes.rgb, one.counts, strict=True)
        rows = [
            LegendRow(index, name, rgb, count / one.labels.size)
            for index, (name, rgb, count) in enumerate(named)
            if count and index not in self._hidden
        ]
        return with_legend(picture, rows)

    def _link(self, one: Predicted) -> None:
        """Show YOLO's tools the image where they look for it, where links can be."""
        folder = self._out_dir / "yolo" / "images"
        link = folder / f"{one.name}{one.source.suffix}"
        with suppress(OSError, NotImplementedError):
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(one.source)


def _jpeg(path: Path, picture: NDArray[np.uint8]) -> bytes:
    height, width = picture.shape[:2]
    if max(height, width) > _JPEG_SIDE:
        raise InputError(
            tr("{name} was not written.", name=path.name),
            cause=tr(
                "It would have {width:,} × {height:,} pixels; a JPEG ends "
                "at {jpeg_side:,} on a side.",
                width=width,
                height=height,
                jpeg_side=_JPEG_SIDE,
            ),
            hint=tr("Leave overlay and side out of what is saved."),
        )
    return encode_jpeg(picture)
