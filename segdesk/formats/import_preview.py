"""What an import would bring, before anything is written."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from segdesk.core.errors import SegDeskError
from segdesk.core.label_map import class_stats
from segdesk.formats.labelled import Finding, LabelledSet, merged


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class of a set.

    Parameters
    ----------
    index
        In the label map.
    name
        Its name.
    colour
        "#RRGGBB".
    pixels
        Pixels in all items.
    files
        Items that hold it.
    """

    index: int
    name: str
    colour: str
    pixels: int
    files: int


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What was found in a set.

    Parameters
    ----------
    classes
        By index.
    ignored_px
        Pixels that belong to no class.
    items
        Number of items that can be read.
    without_image
        Number of items that have no picture beside them.
    failed
        (name, error) of the items that cannot.
    findings
        What did not match, most frequent first.
    """

    classes: tuple[ClassRow, ...]
    ignored_px: int
    items: int
    without_image: int
    failed: tuple[tuple[str, SegDeskError], ...]
    findings: tuple[Finding, ...]


def preview(
    labelled: LabelledSet, looked_at: Callable[[int, int], None] | None = None
) -> ImportPreview:
    """Read every item and count.

    Parameters
    ----------
    looked_at
        Takes the number of items that are done and their total; may raise to end it.
    """
    count = len(labelled.classes)
    pixels, files = np.zeros(count, np.int64), np.zeros(count, np.int64)
    ignored = 0
    failed: list[tuple[str, SegDeskError]] = []
    findings: list[Finding] = []
    for number, item in enumerate(labelled.items, 1):
        try:
            loaded = item.read()
        except SegDeskError as error:
            failed.append((item.name, error))
        else:
            stats = class_stats(loaded.labels, count)
            pixels += stats.counts
            files += stats.counts > 0
            ignored += stats.ignored
            findings += loaded.findings
        if looked_at:
            looked_at(number, len(labelled.items))
    rows = tuple(
        ClassRow(index, name, colour, int(pixels[index]), int(files[index]))
        for index, (name, colour) in enumerate(
            zip(labelled.classes.names, labelled.classes.palette, strict=True)
        )
    )
    return ImportPreview(
        classes=rows,
        ignored_px=ignored,
        items=len(labelled.items) - len(failed),
        without_image=sum(item.image is None for item in labelled.items),
        failed=tuple(failed),
        findings=(*labelled.findings, *merged(findings)),
    )
