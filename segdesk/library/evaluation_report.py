"""An evaluation as one HTML page that needs nothing else: to keep, to send."""

import base64
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import jinja2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.errors import SegDeskError
from segdesk.core.imaging import read_image
from segdesk.core.language import tr
from segdesk.core.paths import resource_path
from segdesk.core.render import encode_jpeg, overlay
from segdesk.formats.atomic import write_atomic
from segdesk.formats.evaluation_files import REPORT_FILE
from segdesk.formats.png_mask import read_mask
from segdesk.jobs.training_events import EvaluationDone, ItemEvaluated

_HEADLINES = ("mIoU", "fgIoU", "aAcc", "mAcc", "mDice")
_COLUMNS = ("IoU", "Acc", "Dice", "Precision", "Recall")
_SHOWN = 12
_SIDE_PX = 340


def write_report(done: EvaluationDone, path: Path | None = None) -> Path:
    """Write the page of an evaluation, with pictures of its worst images.

    Parameters
    ----------
    path
        The file; None: `report.html` in the evaluation's folder.

    Returns
    -------
    path
        The file.

    Raises
    ------
    StorageError
        When it cannot be written.
    """
    path = path or done.out_dir / REPORT_FILE
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["share"] = _share
    source = resource_path("templates", "evaluation.html").read_text(encoding="utf-8")
    columns = [name for name in _COLUMNS if name in done.per_class]
    page = environment.from_string(source).render(
        done=done,
        headlines=[(n, done.metrics[n]) for n in _HEADLINES if n in done.metrics],
        columns=columns,
        classes=[
            {
                "name": name,
                "colour": colour,
                "figures": [done.per_class[column][index] for column in columns],
            }
            for index, (name, colour) in enumerate(
                zip(done.classes.names, done.classes.palette, strict=True)
            )
        ],
        said=_said(done),
        confusion=list(_rows(done)),
        pictures=list(_pictures(done)),
    )
    write_atomic(path, page.encode())
    return path


def _share(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.1f}"


def _said(done: EvaluationDone) -> list[str]:
    others = len(done.confusion[0]) > len(done.classes)
    has_others = others and any(row[-1] for row in done.confusion)
    return [*done.classes.names, *([tr("other classes")] if has_others else [])]


def _rows(done: EvaluationDone) -> Iterator[dict[str, object]]:
    width = len(_said(done))
    for index, (name, row) in enumerate(
        zip(done.classes.names, done.confusion, strict=True)
    ):
        total = sum(row)
        cells = [100 * count / total if total else None for count in row[:width]]
        yield {"name": name, "index": index, "cells": cells}


def _pictures(done: EvaluationDone) -> Iterator[dict[str, object]]:
    measured = (item for item in done.images if item.miou is not None)
    for item, _ in zip(measured, range(_SHOWN), strict=False):
        # An image that was moved since then is left out of the page.
        with suppress(SegDeskError):
            yield {
                "name": item.image.name,
                "miou": item.miou,
                "pictures": list(_three(done, item)),
            }


def _three(done: EvaluationDone, item: ItemEvaluated) -> Iterator[dict[str, str]]:
    pixels = read_image(item.image).pixels
    factor = min(1.0, _SIDE_PX / max(pixels.shape[:2]))
    small = _resized(pixels, factor, smooth=True)
    yield {"alt": f"{item.image.name}", "data": _encoded(small)}
    for what, path in (("truth", item.truth), ("prediction", item.prediction)):
        labels = _resized(read_mask(path), factor, smooth=False)
        picture = overlay(small, labels, done.classes, 0.6)
        yield {
            "alt": tr("{what} of {name}", what=what, name=item.image.name),
            "data": _encoded(picture),
        }


def _resized(
    values: NDArray[np.uint8], factor: float, *, smooth: bool
) -> NDArray[np.uint8]:
    if factor >= 1.0:
        return values
    cv2 = load_cv2()
    size = (
        max(1, round(values.shape[1] * factor)),
        max(1, round(values.shape[0] * factor)),
    )
    way = cv2.INTER_AREA if smooth else cv2.INTER_NEAREST
    resized: NDArray[np.uint8] = cv2.resize(values, size, interpolation=way)
    return resized


def _encoded(pixels: NDArray[np.uint8]) -> str:
    return base64.b64encode(encode_jpeg(pixels, 85)).decode()
