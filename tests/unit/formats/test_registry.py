"""Every format there and back again: not one pixel may change."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.import_preview import preview
from segdesk.formats.labelled import WriteOptions
from segdesk.formats.registry import FORMATS, detect_one, format_by_id, read

EXACT = [one.id for one in FORMATS if one.write and one.holds_label_map]
WITH_GROUND = ClassList(
    ("background", "road", "sky"), ("#8A8F98", "#EE6A05", "#3D6DFA")
)
WITHOUT = ClassList(("grass", "road", "sky"), ("#05C4AC", "#EE6A05", "#3D6DFA"))
# A ring in a ring, holes that touch by their tips, and ignored pixels inside.
RINGS = np.array(
    [
        [1, 1, 1, 1, 1, 1, 0],
        [1, 0, 1, 1, 255, 1, 0],
        [1, 1, 0, 2, 2, 1, 255],
        [1, 2, 2, 0, 2, 1, 2],
        [1, 1, 1, 1, 1, 1, 1],
    ],
    np.uint8,
)


@pytest.mark.parametrize("format_id", EXACT)
@pytest.mark.parametrize("classes", [WITH_GROUND, WITHOUT], ids=["ground", "no ground"])
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    labels=npst.arrays(
        np.uint8,
        st.tuples(st.integers(1, 8), st.integers(1, 8)),
        elements=st.sampled_from([0, 1, 2, 255]),
    )
)
def test_label_map_is_unchanged_when_written_and_read(
    tmp_path_factory, make_set, format_id, classes, labels
):
    folder = tmp_path_factory.mktemp("set")
    maps = {"day 1/a": labels, "val/b": RINGS}
    labelled = make_set(folder / "images", maps, classes)
    written = format_by_id(format_id)
    rows = list(written.write(labelled, folder / "out", WriteOptions()))
    assert [row.error for row in rows] == [None, None]
    _, back = read(folder / "out", format_id)
    assert back.classes == classes
    found = {item.name.rpartition("/")[2]: item for item in back.items}
    assert set(found) == {"a", "b"}
    for name, expected in (("a", labels), ("b", RINGS)):
        assert np.array_equal(found[name].read().labels, expected)
        assert found[name].image is not None


def test_yolo_changes_ignored_pixels_alone_when_written_and_read(tmp_path, make_set):
    labelled = make_set(tmp_path / "images", {"a": RINGS}, WITH_GROUND)
    rows = list(format_by_id("yolo").write(labelled, tmp_path / "out", WriteOptions()))
    assert rows[0].findings[0].count == np.count_nonzero(RINGS == 255)
    _, back = read(tmp_path / "out", "yolo")
    labels = back.items[0].read().labels
    assert np.array_equal(labels[RINGS != 255], RINGS[RINGS != 255])


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("mmseg", "mmseg"),
        ("labelme", "labelme"),
        ("xanylabeling", "xanylabeling"),
        ("isat", "isat"),
        ("eiseg", "eiseg"),
        ("coco", "coco"),
        ("coco-panoptic", "coco-panoptic"),
        ("voc", "voc"),
        ("cvat", "cvat"),
        ("cityscapes", "cityscapes"),
        ("ade20k", "ade20k"),
        ("camvid", "camvid"),
        ("yolo", "yolo"),
        ("text-matrix", "text-matrix"),
    ],
)
def test_detect_names_the_format_when_we_wrote_it(tmp_path, make_set, written, found):
    maps = {"train/a": RINGS, "val/b": RINGS}
    labelled = make_set(tmp_path / "images", maps, WITH_GROUND)
    out = tmp_path / "out"
    list(format_by_id(written).write(labelled, out, WriteOptions()))
    assert detect_one(FolderTree.of(out)).format.id == found


def test_write_tells_of_one_bad_item_when_the_others_are_good(tmp_path, make_set):
    maps = {"a": RINGS, "A": RINGS, "c": RINGS}
    labelled = make_set(tmp_path / "images", maps, WITH_GROUND)
    rows = list(format_by_id("mmseg").write(labelled, tmp_path / "out", WriteOptions()))
    assert [row.error is None for row in rows] == [True, False, True]
    assert "same name" in rows[1].error.cause


def test_read_refuses_with_reason_when_nothing_fits(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InputError) as caught:
        read(tmp_path)
    assert "none of the formats" in caught.value.cause
    with pytest.raises(InputError, match="not known"):
        read(tmp_path, "psd")


def test_preview_counts_and_tells_when_one_item_is_broken(tmp_path, make_set):
    labelled = make_set(tmp_path / "s", {"a": RINGS, "b": RINGS}, WITH_GROUND)
    list(format_by_id("mmseg").write(labelled, tmp_path / "out", WriteOptions()))
    mask = tmp_path / "out" / "ann_dir" / "train" / "b.png"
    mask.write_bytes(mask.read_bytes()[:60])
    _, back = read(tmp_path / "out")
    shown = preview(back)
    assert shown.items == 1
    assert [name for name, _ in shown.failed] == ["train/b"]
    assert [row.pixels for row in shown.classes] == [
        int((label == RINGS).sum()) for label in range(3)
    ]
    assert shown.ignored_px == int((RINGS == 255).sum())
