"""Folders of masks: pairs, colours, numbers, and what does not match."""

from dataclasses import replace

import numpy as np
import pytest

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError, JobCancelledError
from segdesk.formats.import_preview import preview
from segdesk.formats.labelled import ReadOptions, WriteOptions
from segdesk.formats.registry import FORMATS, read

PALETTE = [(60, 16, 152), (132, 41, 246), (110, 193, 228)]


def texts(labelled):
    return " | ".join(one.text for one in preview(labelled).findings)


def test_read_takes_colours_when_palettes_are_ordered_anew(tmp_path, save_mask):
    values = np.array([[0, 1, 2, 2]], np.uint8)
    for name, order in (("a", PALETTE), ("b", PALETTE[::-1])):
        save_mask(tmp_path / "t 1" / "images" / f"{name}.jpg", np.zeros((1, 4), "u1"))
        save_mask(tmp_path / "t 1" / "masks" / f"{name}.png", values, order)
    _, labelled = read(tmp_path)
    names = labelled.classes.names
    assert names == ("#3C1098", "#6EC1E4", "#8429F6")
    first, second = (item.read().labels.tolist() for item in labelled.items)
    assert first == [[0, 2, 1, 1]]
    assert second == [[1, 2, 0, 0]]
    assert "only the colour is the class" in texts(labelled)


def test_read_tells_of_strays_when_a_table_names_the_colours(tmp_path, save_mask):
    rgb = np.zeros((10, 20, 3), np.uint8)
    rgb[:, :10], rgb[:, 10:] = PALETTE[0], PALETTE[1]
    rgb[0, 0] = 0
    rgb[9, 19] = (130, 43, 240)
    save_mask(tmp_path / "masks" / "a.png", rgb)
    save_mask(tmp_path / "images" / "a.png", rgb)
    table = tmp_path / "colours.csv"
    table.write_text("name,r,g,b\nbuilding,60,16,152\nland,132,41,246\n")
    _, labelled = read(tmp_path, "auto", ReadOptions(classes=table))
    labels = labelled.items[0].read().labels
    assert labels[0, 0] == 255
    assert labels[9, 19] == 255
    assert "colour #000000 is in no class" in texts(labelled)
    near = ReadOptions(classes=table, tolerance=10)
    labels = read(tmp_path, "auto", near)[1].items[0].read().labels
    assert labels[9, 19] == 1
    assert labels[0, 0] == 255


def test_read_leaves_table_aside_when_its_colours_are_others(tmp_path, save_mask):
    rgb = np.zeros((4, 4, 3), np.uint8)
    rgb[:2], rgb[2:] = PALETTE[0], PALETTE[1]
    save_mask(tmp_path / "masks" / "a.png", rgb)
    (tmp_path / "classes.json").write_text(
        '{"classes": [{"title": "Water", "color": "#50E3C2"}]}'
    )
    _, labelled = read(tmp_path)
    assert labelled.classes.names == ("#3C1098", "#8429F6")
    assert "was left aside: its colours are others" in texts(labelled)


def test_read_pairs_files_when_names_have_words_of_their_own(tmp_path, save_mask):
    labels = np.array([[0, 1]], np.uint8)
    for stem in ("00000", "00001"):
        save_mask(tmp_path / "imgs" / f"{stem}_img.jpg", labels)
        save_mask(tmp_path / "gts" / f"{stem}_gt.png", labels)
    save_mask(tmp_path / "imgs" / "00002_img.jpg", labels)
    save_mask(tmp_path / "gts" / "00009_gt.png", labels)
    _, labelled = read(tmp_path)
    images = [item.image and item.image.name for item in labelled.items]
    assert images == ["00000_img.jpg", "00001_img.jpg", None]
    found = texts(labelled)
    assert "images without a mask, such as imgs/00002_img.jpg" in found
    assert "masks without an image" in found


def test_read_fails_one_item_when_sizes_differ(tmp_path, save_mask):
    save_mask(tmp_path / "images" / "a.png", np.zeros((4, 5), np.uint8))
    save_mask(tmp_path / "masks" / "a.png", np.zeros((4, 4), np.uint8))
    save_mask(tmp_path / "images" / "b.png", np.zeros((4, 4), np.uint8))
    save_mask(tmp_path / "masks" / "b.png", np.ones((4, 4), np.uint8))
    (tmp_path / "masks" / "c.png").write_bytes(b"")
    _, labelled = read(tmp_path)
    failed = dict(preview(labelled).failed)
    assert set(failed) == {"a", "c"}
    assert "4 × 4 px, its image 5 × 4 px" in failed["a"].cause
    assert "0 bytes" in failed["c"].cause


def test_read_pairs_neither_when_two_images_share_a_stem(tmp_path, save_mask):
    labels = np.array([[0, 1]], np.uint8)
    for name in ("images/a.png", "images/a.jpg", "masks/a.png"):
        save_mask(tmp_path / name, labels)
    _, labelled = read(tmp_path)
    assert [item.image for item in labelled.items] == [None]
    assert "images without a mask" in texts(labelled)


def test_read_refuses_when_two_folders_of_masks_are_equal(tmp_path, save_mask):
    labels = np.array([[0, 1]], np.uint8)
    for folder in ("images", "left_masks", "right_masks"):
        save_mask(tmp_path / folder / "a.png", labels)
    with pytest.raises(InputError, match="of the same images"):
        read(tmp_path, "mmseg")
    _, labelled = read(tmp_path, "mmseg", ReadOptions(masks="left_masks"))
    assert len(labelled.items) == 1


@pytest.mark.parametrize(
    ("values", "divide", "expected"),
    [
        ([[7001, 8002, 8003]], 1000, [[7, 8, 8]]),
        ([[300, 70, 300]], 1, [[1, 0, 1]]),
    ],
)
def test_read_understands_ids_when_they_have_16_bits(
    tmp_path, save_mask, values, divide, expected
):
    save_mask(tmp_path / "masks" / "a.png", np.uint16(values))
    _, labelled = read(tmp_path, "index", ReadOptions(divide=divide))
    assert labelled.items[0].read().labels.tolist() == expected


def test_read_refuses_when_numbers_are_more_than_255(tmp_path, save_mask):
    values = np.arange(400, dtype=np.uint16).reshape(20, 20)
    save_mask(tmp_path / "masks" / "a.png", values)
    with pytest.raises(InputError, match="399 classes"):
        read(tmp_path)


def test_read_takes_255_as_class_when_masks_are_binary(tmp_path, save_mask):
    save_mask(tmp_path / "masks" / "a.png", np.uint8([[0, 255]]))
    _, labelled = read(tmp_path)
    assert labelled.classes.names == ("background", "foreground")
    assert labelled.items[0].read().labels.tolist() == [[0, 1]]
    assert "255 is taken as class 1" in texts(labelled)


def test_read_merges_objects_when_each_has_a_mask(tmp_path, save_mask):
    save_mask(tmp_path / "n1" / "images" / "n1.png", np.zeros((2, 3), np.uint8))
    for place, values in enumerate(([[255, 255, 0]] * 2, [[0, 255, 255], [0, 0, 0]])):
        path = tmp_path / "n1" / "masks" / f"{place}.png"
        save_mask(path, np.uint8(values))
    chosen, labelled = read(tmp_path)
    assert chosen.id == "instance"
    assert labelled.items[0].read().labels.tolist() == [[1, 1, 1], [1, 1, 0]]
    assert "objects overlap" in texts(labelled)


def test_read_takes_one_mask_when_a_file_is_named(tmp_path, save_mask):
    for name in ("a", "b"):
        save_mask(tmp_path / "masks" / f"{name}.bmp", np.uint8([[0, 1, 1]]))
    assert len(read(tmp_path)[1].items) == 2
    _, labelled = read(tmp_path / "masks" / "b.bmp")
    assert [item.name for item in labelled.items] == ["b"]
    assert labelled.items[0].read().labels.tolist() == [[0, 1, 1]]


def test_read_ends_when_the_one_who_watches_raises(tmp_path, save_mask):
    for name in ("a", "b", "c"):
        save_mask(tmp_path / "masks" / f"{name}.png", np.uint8([[0, 1]]))
    seen = []

    def watch(done, total):
        seen.append((done, total))
        if done == 2:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        read(tmp_path, "mmseg", ReadOptions(looked_at=watch))
    assert seen == [(1, 3), (2, 3)]


def test_write_refuses_when_a_name_leads_out_of_the_folder(tmp_path, make_set):
    labels = np.zeros((1, 1), np.uint8)
    classes = ClassList.from_names(("a",))
    labelled = make_set(tmp_path / "set", {"x": labels}, classes)
    evil = replace(labelled.items[0], name="../../x")
    labelled = replace(labelled, items=(evil, labelled.items[0]))
    for target in FORMATS:
        if target.write:
            out = tmp_path / "deep" / target.id
            rows = list(target.write(labelled, out, WriteOptions()))
            assert [row.error is None for row in rows] == [False, True]
    assert {one.name for one in tmp_path.iterdir()} == {"set", "deep"}
