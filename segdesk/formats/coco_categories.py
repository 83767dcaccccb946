"""The categories of COCO files: 0 is the background, classes count from 1."""

from typing import Any

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.formats.labelled import IGNORE_NAME

IGNORED = IGNORE_INDEX + 1
"""The category of ignored pixels."""


def category_id(label: int, classes: ClassList) -> int:
    """Return the category of a label."""
    if label == IGNORE_INDEX:
        return IGNORED
    return label + (classes.background_index is None)


def category_rows(
    classes: ClassList, *, with_ignored: bool = False
) -> list[dict[str, Any]]:
    """Return the list of categories.

    Parameters
    ----------
    with_ignored
        `__ignore__` stands at its end.
    """
    rows = [
        {
            "id": category_id(index, classes),
            "name": name,
            "supercategory": "",
            "color": list(rgb),
            "isthing": 0,
        }
        for index, (name, rgb) in enumerate(
            zip(classes.names, classes.rgb, strict=True)
        )
    ]
    if with_ignored:
        ignored = {"id": IGNORED, "name": IGNORE_NAME, "supercategory": ""}
        rows.append({**ignored, "color": [224, 224, 192], "isthing": 0})
    return rows
