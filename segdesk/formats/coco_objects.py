"""The objects of a label map, as COCO lists them: an annotation for each.

A label map does not say where one thing ends and its neighbour begins. What is taken
for an object is what hangs together: pixels of one class that touch by side or tip. It
is written as polygons along the borders of its pixels, which COCO's own tools fill with
the very pixels; one with holes, which its polygons cannot have, as run lengths.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.geometry import Rect, Size
from segdesk.formats.coco_categories import category_id
from segdesk.formats.outlines import Region, regions_of_mask
from segdesk.formats.shape_out import ground_of

Row = dict[str, Any]
Mask = NDArray[np.uint8]


def object_rows(labels: Mask, classes: ClassList) -> Iterator[Row]:
    """Yield the annotations of a label map, without their ids and that of the image.

    Parameters
    ----------
    labels
        (H, W), class index of each pixel; the background is no object.
    """
    ground = ground_of(classes)
    for label in np.unique(labels).tolist():
        if label != ground:
            mask = (labels == label).view(np.uint8)
            category = category_id(label, classes)
            for one in _objects(mask):
                yield {"category_id": category, **one, "iscrowd": 0}


def _objects(mask: Mask) -> Iterator[Row]:
    """Yield outline, area and box of what hangs together in a mask of 0 and 1."""
    whole = Rect(*load_cv2().boundingRect(mask))
    if not whole.area:
        return
    part = np.ascontiguousarray(mask[whole.slices])
    _, numbers, stats, _ = load_cv2().connectedComponentsWithStats(part, connectivity=8)
    size = Size(mask.shape[1], mask.shape[0])
    pieces: dict[int, list[Region]] = {}
    for one in regions_of_mask(mask, 1):
        x, y = one.inside
        pieces.setdefault(int(numbers[y - whole.y, x - whole.x]), []).append(one)
    for number, (x, y, width, height, area) in enumerate(stats.tolist()):
        if number == 0:
            continue
        outlines: Any = [_flat(one) for one in pieces[number]]
        box = Rect(x + whole.x, y + whole.y, width, height)
        if any(one.holes for one in pieces[number]):
            inside = numbers[y : y + height, x : x + width] == number
            outlines = {
                "size": [size.height, size.width],
                "counts": _runs(inside, box, size),
            }
        yield {
            "segmentation": outlines,
            "area": area,
            "bbox": [box.x, box.y, width, height],
        }


def _flat(region: Region) -> list[int]:
    """Return the line round a region as COCO has it: x and y in turns."""
    return [int(value) for point in region.outer for value in point]


def _runs(inside: NDArray[np.bool_], box: Rect, size: Size) -> list[int]:
    """Return the run lengths of a mask, of which all that is 1 lies in a box.

    Parameters
    ----------
    inside
        (h, w), the box.
    size
        Of the image.
    """
    columns = np.zeros((box.width, box.height + 2), np.int8)
    columns[:, 1:-1] = inside.T
    change = np.diff(columns, axis=1)
    edges = []
    for way in (1, -1):
        column, row = np.nonzero(change == way)
        edges.append((column + box.x) * size.height + row + box.y)
    starts, stops = edges
    # What goes to the lower end of a column goes on at the upper end of the next one.
    parted = starts[1:] != stops[:-1]
    starts = starts[np.append(True, parted)]
    stops = stops[np.append(parted, True)]
    bounds = np.empty(2 * starts.size + 1, np.int64)
    bounds[0:-1:2], bounds[1::2], bounds[-1] = starts, stops, size.width * size.height
    runs: list[int] = np.diff(bounds, prepend=0).tolist()
    return runs if runs[-1] else runs[:-1]
