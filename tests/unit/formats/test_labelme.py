"""labelme and X-AnyLabeling: every kind of shape, kept keys, damaged files."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image, ImageDraw

from segdesk.core.classes import ClassList
from segdesk.core.shapes import Ellipse, Point, Polyline, Rectangle
from segdesk.formats import labelme
from segdesk.formats.import_preview import preview
from segdesk.formats.labelled import LabelledImage, LabelledSet, Loaded, WriteOptions
from segdesk.formats.registry import format_by_id, read


def bitmap(values) -> str:
    buffer = io.BytesIO()
    Image.fromarray(np.uint8(values)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def shape(label, kind, points, **more):
    return {"label": label, "points": points, "shape_type": kind, **more}


def save(folder, shapes, name="a", **more):
    content = {
        "version": "5.5.0",
        "shapes": shapes,
        "imagePath": f"{name}.png",
        "imageWidth": 20,
        "imageHeight": 10,
        **more,
    }
    Image.new("RGB", (20, 10)).save(folder / f"{name}.png")
    path = folder / f"{name}.json"
    path.write_text(json.dumps(content))
    return path


def texts(labelled):
    return " | ".join(one.text for one in preview(labelled).findings)


def test_read_paints_every_kind_when_file_has_them_all(tmp_path):
    shapes = [
        shape("box", "rectangle", [[1, 1], [4, 3]]),
        shape("disc", "circle", [[10, 5], [12, 5]]),
        shape("area", "polygon", [[14, 1], [18, 1], [18, 5], [14, 5]]),
        shape("stamp", "mask", [[0, 7], [2, 8]], mask=bitmap([[1, 0, 1], [1, 1, 1]])),
        shape("way", "linestrip", [[5, 9], [9, 9]]),
        shape("dot", "point", [[19, 9]]),
    ]
    save(tmp_path, shapes)
    chosen, labelled = read(tmp_path)
    assert chosen.id == "labelme"
    names = labelled.classes.names
    assert names == ("background", "area", "box", "disc", "dot", "stamp", "way")
    loaded = labelled.items[0].read()
    labels = loaded.labels
    assert (labels[1:3, 1:4] == 2).all()
    assert (labels == 2).sum() == 6
    assert (labels[1:5, 14:18] == 1).all()
    assert labels[7:9, 0:3].tolist() == [[5, 0, 5], [5, 5, 5]]
    assert labels[5, 10] == 3
    assert labels[9, 6] == 6
    assert labels[9, 19] == 4


def test_write_keeps_unknown_keys_when_shapes_are_the_files_own(tmp_path):
    shapes = [
        shape("a", "polygon", [[1, 1], [9, 1], [9, 7]], group_id=4, secret={"x": 1})
    ]
    save(tmp_path, shapes, flags={"night": True}, reviewer="Ada")
    _, labelled = read(tmp_path)
    list(format_by_id("labelme").write(labelled, tmp_path / "out", WriteOptions()))
    content = json.loads((tmp_path / "out" / "a.json").read_text())
    assert content["reviewer"] == "Ada"
    assert content["flags"] == {"night": True}
    (written,) = content["shapes"]
    assert written["secret"] == {"x": 1}
    assert written["group_id"] == 4
    assert written["points"] == [[1, 1], [9, 1], [9, 7]]


def test_write_keeps_kinds_when_shapes_give_the_label_map(tmp_path):
    shapes = (
        Rectangle(class_index=1, left=1, top=1, right=5, bottom=4),
        Ellipse(class_index=1, centre=Point(12, 5), radius_x=3, radius_y=3),
        Polyline(class_index=1, points=(Point(1, 8), Point(9, 8)), width=3),
    )
    image = tmp_path / "a.png"
    Image.new("RGB", (20, 10)).save(image)
    from segdesk.core.geometry import Size
    from segdesk.formats.drawn_shapes import paint

    loaded = Loaded(paint(shapes, Size(20, 10), 0), shapes)
    classes = ClassList.from_names(("background", "a"))
    item = LabelledImage("a", lambda: loaded, image)
    labelled = LabelledSet(tmp_path, classes, (item,))
    for format_id, corners in (("labelme", 2), ("xanylabeling", 4)):
        out = tmp_path / format_id
        list(format_by_id(format_id).write(labelled, out, WriteOptions()))
        content = json.loads((out / "a.json").read_text())
        kinds = [one["shape_type"] for one in content["shapes"]]
        assert kinds == ["rectangle", "circle", "linestrip"]
        assert len(content["shapes"][0]["points"]) == corners
        back = read(out, format_id)[1].items[0].read().labels
        assert np.array_equal(back, loaded.labels)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (shape("a", "polygon", [[1, 1], [5, 5]]), "too few points"),
        (shape("a", "polygon", [[1, 1], [9, 9], [9, 1], [1, 9]]), "cross themselves"),
        (shape("a", "polygon", [[-50, 1], [5, 1], [5, 5]]), "reach outside"),
        (shape("a", "polygon", [[50, 1], [55, 1], [55, 5]]), "cover no pixel"),
        (shape("a", "polygon", [[float("nan"), 1], [5, 1], [5, 5]]), "usable points"),
        (shape("a", "polygon", [[1], [5, 1], [5, 5]]), "not understood"),
        (shape("a", "cuboid", [[1, 1], [5, 1], [5, 5]]), "not understood"),
        (shape("a", "mask", [[1, 1], [2, 2]], mask="no png"), "not understood"),
    ],
)
def test_read_tells_when_a_shape_is_bad(tmp_path, bad, words):
    good = shape("b", "rectangle", [[15, 5], [18, 8]])
    save(tmp_path, [bad, good])
    _, labelled = read(tmp_path, "labelme")
    assert words in texts(labelled)
    labels = labelled.items[0].read().labels
    assert (labels[5:8, 15:18] == labelled.classes.names.index("b")).all()


def test_read_fails_one_item_when_json_is_cut_in_half(tmp_path):
    save(tmp_path, [shape("a", "rectangle", [[1, 1], [4, 3]])], "good")
    path = save(tmp_path, [shape("a", "rectangle", [[1, 1], [4, 3]])], "half")
    path.write_text(path.read_text()[:90])
    _, labelled = read(tmp_path, "labelme")
    shown = preview(labelled)
    assert shown.items == 1
    ((name, error),) = shown.failed
    assert name == "half"
    assert "not a complete JSON file" in error.cause


def test_read_finds_image_when_it_has_another_suffix(tmp_path):
    save(tmp_path, [shape("a", "rectangle", [[1, 1], [4, 3]])])
    (tmp_path / "a.png").rename(tmp_path / "a.webp.png")
    Image.new("RGB", (20, 10)).save(tmp_path / "a.jpg")
    _, labelled = read(tmp_path)
    assert labelled.items[0].image == tmp_path / "a.jpg"


def test_read_uses_labels_txt_and_adds_what_it_lacks(tmp_path):
    (tmp_path / "labels.txt").write_text("__ignore__\n_background_\ncar\nbus\n")
    shapes = [
        shape("bus", "rectangle", [[1, 1], [4, 3]]),
        shape("__ignore__", "rectangle", [[5, 1], [7, 3]]),
        shape("truck", "rectangle", [[9, 1], [12, 3]]),
    ]
    save(tmp_path, shapes)
    _, labelled = read(tmp_path)
    assert labelled.classes.names == ("_background_", "car", "bus", "truck")
    labels = labelled.items[0].read().labels
    assert (labels[1, 2], labels[1, 6], labels[1, 10], labels[0, 0]) == (2, 255, 3, 0)
    assert "the table lacks" in texts(labelled)


def test_write_gives_the_same_pixels_when_lines_are_drawn_as_well(tmp_path):
    """labelme cuts points to whole pixels, fills the polygon and draws its line."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, (24, 30)).astype(np.uint8)
    labels[4:16, 6:22] = 1
    labels[8:12, 10:14] = 255  # a hole, and one pixel wide parts beside it
    labels[10, 8:20] = 2
    image = tmp_path / "a.png"
    Image.new("RGB", (30, 24)).save(image)
    classes = ClassList.from_names(("background", "a", "b"))
    item = LabelledImage("a", lambda: Loaded(labels), image)
    labelled = LabelledSet(tmp_path, classes, (item,))
    out = tmp_path / "out"
    list(format_by_id("labelme").write(labelled, out, WriteOptions()))
    assert np.array_equal(read(out, "labelme")[1].items[0].read().labels, labels)
    drawn = np.zeros_like(labels)
    values = {"background": 0, "a": 1, "b": 2, "__ignore__": 255}
    for one in json.loads((out / "a.json").read_text())["shapes"]:
        mask = Image.new("L", (30, 24))
        points = [tuple(point) for point in one["points"]]
        ImageDraw.Draw(mask).polygon(xy=points, outline=1, fill=1)
        drawn[np.asarray(mask) == 1] = values[one["label"]]
    assert np.array_equal(drawn, labels)


def test_file_is_parsed_once_when_it_is_looked_at_and_written(tmp_path, monkeypatch):
    parsed = []
    parse = labelme.parse
    monkeypatch.setattr(
        labelme, "parse", lambda path: parsed.append(path) or parse(path)
    )
    path = save(tmp_path, [shape("box", "rectangle", [[1, 1], [4, 3]])])
    _, labelled = read(tmp_path)
    first = labelled.items[0].read()
    again = labelled.items[0].read()

    assert parsed == [path]
    assert np.array_equal(first.labels, again.labels)
    assert tuple(first.shapes) == tuple(again.shapes)  # asks for them: read again
    assert parsed == [path, path]
    save(tmp_path, [shape("box", "rectangle", [[0, 0], [20, 10]])])
    assert (labelled.items[0].read().labels == 1).all()


def test_read_takes_a_file_that_strict_json_refuses(tmp_path):
    path = save(tmp_path, [shape("box", "rectangle", [[1, 1], [4, 3]])], score=1)
    text = path.read_text().replace('"score": 1', '"score": NaN')
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    _, labelled = read(tmp_path)
    assert (labelled.items[0].read().labels == 1).any()
