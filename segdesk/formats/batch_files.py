"""Files that a batch writes once for all images: COCO, CVAT, a table of regions.

Each image gives a piece, made where it is predicted; at the end the pieces are put
together one after the other, so that the memory holds one of them.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from xml.etree.ElementTree import indent, tostring

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.confusion import region_measures
from segdesk.formats import cvat
from segdesk.formats.atomic import atomic_writer
from segdesk.formats.coco_categories import IGNORED, category_rows
from segdesk.formats.coco_objects import object_rows

Labels = NDArray[np.uint8]
# From name with suffix, labels (H, W), confidence (H, W) or None, and classes.
MakePiece = Callable[[str, Labels, Labels | None, ClassList], bytes]
# Yields (image file, piece) from the first image on, anew at each call.
Pieces = Callable[[], Iterator[tuple[Path, bytes]]]

MEASUREMENTS = (
    "image",
    "class",
    "area_px",
    "centre_x",
    "centre_y",
    "left",
    "top",
    "width",
    "height",
    "mean_confidence",
)


def coco_piece(
    name: str, labels: Labels, _confidence: Labels | None, classes: ClassList
) -> bytes:
    """Return an image and its annotations, one on each line, without their ids."""
    height, width = labels.shape
    head = {"file_name": _readable(name), "width": width, "height": height}
    rows = chain([head], object_rows(labels, classes))
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def cvat_piece(
    name: str, labels: Labels, _confidence: Labels | None, classes: ClassList
) -> bytes:
    """Return an image's element, of number 0."""
    entry = cvat.image_entry(0, _readable(name), labels, classes)
    indent(entry, level=1)
    text: bytes = tostring(entry, encoding="utf-8", xml_declaration=False)
    return text.rstrip()


def measurements_piece(
    _name: str, labels: Labels, confidence: Labels | None, classes: ClassList
) -> bytes:
    """Return the rows of an image's connected regions, without the image itself."""
    found = region_measures(labels, len(classes), classes.background_index, confidence)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(
        (
            classes.names[one.label],
            one.area,
            one.centre_x,
            one.centre_y,
            one.x,
            one.y,
            one.width,
            one.height,
            "" if one.mean_confidence is None else f"{one.mean_confidence:.4f}",
        )
        for one in found
    )
    return text.getvalue().encode()


PIECES: dict[str, MakePiece] = {
    "coco": coco_piece,
    "cvat": cvat_piece,
    "measurements": measurements_piece,
}


def write_batch_file(
    kind: str, path: Path, pieces: Pieces, classes: ClassList, scratch: Path | None
) -> None:
    """Put the pieces of all images together, whole or not at all.

    Parameters
    ----------
    kind
        A key of `PIECES`.

    Raises
    ------
    StorageError
        When it cannot be written.
    """
    with atomic_writer(path, scratch) as file:
        for part in _WHOLE[kind](pieces, classes):
            file.write(part)


def _coco_file(pieces: Pieces, classes: ClassList) -> Iterator[bytes]:
    yield b'{"info": {"description": "Predicted by SegDesk"}, "licenses": [],\n'
    yield b'"images": ['
    for number, (_, piece) in enumerate(pieces(), 1):
        head = piece[: piece.index(b"\n")]
        yield _comma(number) + b'{"id": %d, ' % number + head[1:]
    yield b'\n],\n"annotations": ['
    place, has_ignored = 0, False
    ignored = b'"category_id": %d,' % IGNORED
    for number, (_, piece) in enumerate(pieces(), 1):
        for line in piece.splitlines()[1:]:
            place += 1
            ids = b'{"id": %d, "image_id": %d, ' % (place, number)
            has_ignored = has_ignored or ignored in line
            yield _comma(place) + ids + line[1:]
    rows = json.dumps(category_rows(classes, with_ignored=has_ignored))
    yield b'\n],\n"categories": ' + rows.encode() + b"}\n"


def _comma(number: int) -> bytes:
    return b"\n" if number == 1 else b",\n"


def _cvat_file(pieces: Pieces, classes: ClassList) -> Iterator[bytes]:
    root = cvat.empty_file(classes)
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    head, _, _ = text.rpartition(b"</annotations>")
    yield head.rstrip() + b"\n"
    for number, (_, piece) in enumerate(pieces()):
        yield b"  " + piece.replace(b'id="0"', b'id="%d"' % number, 1) + b"\n"
    yield b"</annotations>\n"


def _measurements_file(pieces: Pieces, _classes: ClassList) -> Iterator[bytes]:
    yield (",".join(MEASUREMENTS) + "\n").encode()
    for source, piece in pieces():
        cell = io.StringIO(newline="")
        csv.writer(cell, lineterminator="").writerow((str(source),))
        head = cell.getvalue().encode("utf-8", "surrogateescape") + b","
        for line in piece.splitlines(keepends=True):
            yield head + line


_WHOLE: dict[str, Callable[[Pieces, ClassList], Iterator[bytes]]] = {
    "coco": _coco_file,
    "cvat": _cvat_file,
    "measurements": _measurements_file,
}


def _readable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()
