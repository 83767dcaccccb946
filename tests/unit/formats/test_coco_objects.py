"""The objects of label maps as COCO lists them."""

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.geometry import Size
from segdesk.formats.batch_files import coco_piece, write_batch_file
from segdesk.formats.coco_objects import object_rows
from segdesk.formats.rle import decode_coco

CLASSES = ClassList.from_names(("background", "cell", "dust"))
RING = np.array([[1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1]], np.uint8)


def filled(outline, shape):
    """Pixels whose centres lie inside, by odd and even crossings of a ray."""
    points = np.array(outline, float).reshape(-1, 2)
    rows, columns = np.indices(shape) + 0.5
    inside = np.zeros(shape, bool)
    for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
        if y0 != y1:
            spans = (rows > min(y0, y1)) & (rows < max(y0, y1))
            inside ^= spans & (columns < x0 + (rows - y0) * (x1 - x0) / (y1 - y0))
    return inside


def pixels_of(row, shape):
    said = row["segmentation"]
    if isinstance(said, dict):
        assert said["size"] == list(shape)
        return decode_coco(said["counts"], Size(shape[1], shape[0])).astype(bool)
    parts = [filled(outline, shape) for outline in said]
    assert sum(part.sum() for part in parts) == row["area"]  # no two overlap
    return np.logical_or.reduce(parts)


@settings(max_examples=80, deadline=None)
@given(
    labels=npst.arrays(
        np.uint8,
        st.tuples(st.integers(1, 12), st.integers(1, 12)),
        elements=st.sampled_from([0, 1, 2, IGNORE_INDEX]),
    )
)
def test_object_rows_give_every_pixel_once_when_they_are_filled(labels):
    found = np.zeros(labels.shape, int)
    for row in object_rows(labels, CLASSES):
        inside = pixels_of(row, labels.shape)
        assert row["area"] == inside.sum()
        ys, xs = np.nonzero(inside)
        left, top, width, height = row["bbox"]
        assert (xs.min(), xs.max() + 1) == (left, left + width)
        assert (ys.min(), ys.max() + 1) == (top, top + height)
        found[inside] += row["category_id"]
    wanted = labels.astype(int)
    wanted[labels == IGNORE_INDEX] = 256
    assert np.array_equal(found, wanted)


def test_object_rows_tell_objects_apart_when_they_do_not_touch():
    labels = np.zeros((6, 12), np.uint8)
    labels[:4, :4], labels[1:5, 6:8] = RING, 1
    labels[0, 10] = labels[1, 11] = 2  # two pixels that touch by their tips
    rows = list(object_rows(labels, CLASSES))
    assert [row["category_id"] for row in rows] == [1, 1, 2]
    holed, plain, tips = (row["segmentation"] for row in rows)
    assert holed["counts"][:4] == [0, 3, 3, 1]  # whole columns of the image
    assert len(plain) == 1
    assert len(plain[0]) == 8
    assert len(tips) == 2


def test_write_batch_file_names_ignored_pixels_only_when_there_are_some(tmp_path):
    maps = [RING, RING.copy()]
    pieces = [
        coco_piece(f"{at}.png", one, None, CLASSES) for at, one in enumerate(maps)
    ]
    maps[1][3, 0] = IGNORE_INDEX
    for has_ignored in (False, True):
        if has_ignored:
            pieces[1] = coco_piece("1.png", maps[1], None, CLASSES)
        path = tmp_path / "coco.json"
        given = [(tmp_path / "x", piece) for piece in pieces]
        write_batch_file("coco", path, lambda now=given: iter(now), CLASSES, None)
        content = json.loads(path.read_bytes())
        ids = [one["id"] for one in content["categories"]]
        assert ids == [0, 1, 2, *([256] if has_ignored else [])]
        images = [one["image_id"] for one in content["annotations"]]
        assert images == [1, 2, *([2] if has_ignored else [])]
        numbers = [one["id"] for one in content["annotations"]]
        assert numbers == list(range(1, len(numbers) + 1))
