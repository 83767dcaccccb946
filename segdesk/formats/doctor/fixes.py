"""What mends a finding. Every file is kept in a backup before it is changed."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.errors import InputError
from segdesk.core.image_decode import upright
from segdesk.core.imaging import read_image
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.doctor.backup import Backup
from segdesk.formats.doctor.case import many
from segdesk.formats.doctor.facts import MaskFacts, PairFacts
from segdesk.formats.doctor.rules_masks import nearest_class
from segdesk.formats.png_mask import encode_indexed, encode_mask, read_mask
from segdesk.formats.raster_file import read_raster

Labels = NDArray[np.uint8]
_HALF = 128
_PIL_FORMATS = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF"}


@dataclass(frozen=True, slots=True)
class FixContext:
    """What a fix may need beside the file.

    Parameters
    ----------
    pairs
        Facts by the path of the image and of the mask.
    """

    backup: Backup
    classes: ClassList | None
    pairs: Mapping[Path, PairFacts]

    def mask(self, path: Path) -> MaskFacts:
        """Return the facts of a mask."""
        return self.pairs[path].mask


Action = Callable[[Path, FixContext, str], None]


@dataclass(frozen=True, slots=True)
class Fix:
    """One fix.

    Parameters
    ----------
    name
        Name of the fix, which is the same as in `Finding.fix`.
    done
        What was done, after the number of files: "got 1 for 255".
    action
        Changes one file.
    """

    name: str
    done: str
    action: Action


def apply_fix(
    fix: Fix, paths: Sequence[Path], context: FixContext, check: Callable[[], None]
) -> str:
    """Apply a fix to files and return a sentence on it.

    Parameters
    ----------
    check
        Called before each file; may raise to end it.

    Raises
    ------
    StorageError
        When a file cannot be kept or written. Those before it are changed, it and
        those behind it are not.
    """
    done = 0
    for path in paths:
        check()
        if path.exists():
            fix.action(path, context, fix.name)
            done += 1
    return tr(
        "{files} {done}.", files=many(done, tr("file"), tr("files")), done=fix.done
    )


def _write(path: Path, labels: Labels, context: FixContext, fix: str) -> None:
    """Write labels in the place of a mask; a mask of another suffix goes."""
    target = path.with_suffix(".png")
    if path.suffix.lower() == ".png":
        target = path
    if context.classes is not None:
        data = encode_mask(labels, context.classes)
    else:
        grey = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
        data = encode_indexed(labels, grey)
    if target != path and target.exists():
        raise InputError(
            tr("{name} was not fixed.", name=path.name),
            cause=tr("{name} is there already.", name=target.name),
            hint=tr("Keep one of the two."),
        )
    context.backup.keep(path, fix)
    write_atomic(target, data)
    if target != path:
        context.backup.take(path, fix)


def _binary(path: Path, context: FixContext, fix: str) -> None:
    labels = (_numbers(path, context) == IGNORE_INDEX).astype(np.uint8)
    _write(path, labels, context, fix)


def _halves(path: Path, context: FixContext, fix: str) -> None:
    labels = (_numbers(path, context) >= _HALF).astype(np.uint8)
    _write(path, labels, context, fix)


def _numbers(path: Path, context: FixContext) -> Labels:
    """Return the numbers of a mask of one band, or of three equal ones."""
    if context.mask(path).is_alike:
        return (read_raster(path).values % 256).astype(np.uint8)
    return read_mask(path)


def _as_png(path: Path, context: FixContext, fix: str) -> None:
    _write(path, _numbers(path, context), context, fix)


def _from_jpeg(path: Path, context: FixContext, fix: str) -> None:
    if context.mask(path).is_two_toned:
        _halves(path, context, fix)
    else:
        _as_png(path, context, fix)


def _from_colours(path: Path, context: FixContext, fix: str) -> None:
    assert context.classes is not None  # noqa: S101 - the rule made sure
    raster = read_raster(path).as_colours()
    table = {}
    for colour in raster.counts():
        label = nearest_class(colour, context.classes)
        table[colour] = IGNORE_INDEX if label is None else label
    _write(path, raster.mapped(table), context, fix)


def _resized(path: Path, context: FixContext, fix: str) -> None:
    cv2: Any = load_cv2()
    labels = _numbers(path, context)
    size = context.pairs[path].image.shown
    scaled = cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST_EXACT)
    _write(path, np.ascontiguousarray(scaled), context, fix)


def _turned(path: Path, context: FixContext, fix: str) -> None:
    orientation = context.pairs[path].image.orientation
    turned = upright(_numbers(path, context), orientation)
    _write(path, np.ascontiguousarray(turned), context, fix)


def _stretched(path: Path, context: FixContext, fix: str) -> None:
    from PIL import Image

    kind = _PIL_FORMATS.get(path.suffix.lower())
    if kind is None:
        return
    pixels = read_image(path).pixels
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    context.backup.keep(path, fix)
    write_atomic(path, buffer.getvalue())


def _lowered(path: Path, context: FixContext, fix: str) -> None:
    target = path.with_suffix(path.suffix.lower())
    if target.exists() and not target.samefile(path):
        return
    context.backup.keep(path, fix)
    path.rename(target)


def _aside(path: Path, context: FixContext, fix: str) -> None:
    context.backup.take(path, fix)


def _with_background(path: Path, context: FixContext, fix: str) -> None:
    content = json.loads(path.read_bytes())
    entries = content["classes"] if isinstance(content, dict) else content
    entries.insert(0, {"name": "background"})
    context.backup.keep(path, fix)
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    write_atomic(path, text.encode())


# In the order in which they are applied: what is unreadable goes first, then masks
# become numbers, then sizes are put right. Black and white ones come before JPEGs,
# which get 0 and 1: a set of both would no longer show what 255 means.
FIXES = (
    Fix("junk-away", tr("moved into the backup: litter"), _aside),
    Fix("set-damaged-aside", tr("moved into the backup: unreadable pairs"), _aside),
    Fix("set-unpaired-aside", tr("moved into the backup: without counterpart"), _aside),
    Fix("suffix-case", tr("renamed: suffix in lower case"), _lowered),
    Fix("binary-to-index", tr("written with 1 for 255"), _binary),
    Fix("jpeg-to-png", tr("written as PNG instead of JPEG"), _from_jpeg),
    Fix("mask-one-band", tr("written with one band"), _as_png),
    Fix("mask-from-colours", tr("written with numbers for colours"), _from_colours),
    Fix("mask-to-8-bit", tr("written with 8 bits"), _as_png),
    Fix("mask-to-png", tr("written as PNG"), _as_png),
    Fix("clean-noise", tr("written with 0 and 1, noise removed"), _halves),
    Fix("turn-mask", tr("turned as their images are"), _turned),
    Fix("resize-mask", tr("scaled to the size of their images"), _resized),
    Fix("add-background", tr("given background as class 0"), _with_background),
    Fix("image-to-8-bit", tr("stretched to 8 bits"), _stretched),
    Fix("drop-leaks", tr("moved out of train: copies of other splits"), _aside),
)
FIX_NAMES = tuple(fix.name for fix in FIXES)
