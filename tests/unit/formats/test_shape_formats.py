"""COCO, CVAT, Cityscapes, ADE20K, YOLO, ISAT, EISeg, matrices: what others write."""

import json

import numpy as np
import pytest
from PIL import Image

from segdesk.core.errors import InputError
from segdesk.formats.import_preview import preview
from segdesk.formats.labelled import ReadOptions
from segdesk.formats.registry import read
from segdesk.formats.voc import voc_colour

SQUARE = [2, 1, 6, 1, 6, 5, 2, 5]
EXPECTED = np.zeros((6, 8), np.uint8)
EXPECTED[1:5, 2:6] = 1


def picture(path, size=(8, 6)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size).save(path)


def texts(labelled):
    return " | ".join(one.text for one in preview(labelled).findings)


def coco(folder, annotations, **more):
    picture(folder / "images" / "a.jpg")
    content = {
        "images": [{"id": 7, "file_name": "a.jpg", "width": 8, "height": 6}],
        "annotations": [{"image_id": 7, "category_id": 3, **a} for a in annotations],
        "categories": [{"id": 3, "name": "cell"}],
        **more,
    }
    path = folder / "annotations" / "instances_train.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def test_coco_paints_polygons_and_runs_when_both_are_there(tmp_path):
    # Columns of six: the last column alone.
    runs = {"size": [6, 8], "counts": [42, 6]}
    path = coco(tmp_path, [{"segmentation": [SQUARE]}, {"segmentation": runs}])
    expected = EXPECTED.copy()
    expected[:, 7] = 1
    for source in (tmp_path, path):
        chosen, labelled = read(source)
        assert chosen.id == "coco"
        assert labelled.classes.names == ("background", "cell")
        item = labelled.items[0]
        assert np.array_equal(item.read().labels, expected)
        assert item.image == tmp_path / "images" / "a.jpg"
        assert item.split == "train"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"segmentation": []}, "without an outline"),
        ({"segmentation": [[1, 2, 3]]}, "not understood"),
        ({"segmentation": [[1, 2, 3, 4]]}, "too few points"),
        ({"segmentation": {"size": [6, 8], "counts": [1, 2]}}, "add up to 3 px of 48"),
        ({"segmentation": {"size": [60, 8], "counts": [480]}}, "not understood"),
        ({"segmentation": {"counts": "x"}}, "not understood"),
        ({"segmentation": [SQUARE], "category_id": 9}, "is not known"),
    ],
)
def test_coco_tells_when_an_annotation_is_bad(tmp_path, bad, words):
    coco(tmp_path, [{"segmentation": [SQUARE]}, bad])
    _, labelled = read(tmp_path)
    assert words in texts(labelled)
    assert np.array_equal(labelled.items[0].read().labels, EXPECTED)


def test_coco_refuses_when_file_is_cut_in_half(tmp_path):
    path = coco(tmp_path, [{"segmentation": [SQUARE]}])
    path.write_text(path.read_text()[:100])
    with pytest.raises(InputError, match="not a complete JSON"):
        read(path, "coco")


def test_coco_refuses_when_it_has_more_than_255_classes(tmp_path):
    many = [{"id": place, "name": f"c{place}"} for place in range(300)]
    coco(tmp_path, [{"segmentation": [SQUARE]}], categories=many)
    with pytest.raises(InputError, match="301 classes; 255 fit"):
        read(tmp_path)


CVAT = """<annotations><version>1.1</version><meta><task><labels>
<label><name>car</name><color>#112233</color></label></labels></task></meta>
<image id="0" name="a.jpg" width="8" height="6">{}</image></annotations>"""


def cvat(folder, shapes):
    picture(folder / "images" / "a.jpg")
    (folder / "annotations.xml").write_text(CVAT.format(shapes))
    return read(folder, "cvat")[1]


@pytest.mark.parametrize(
    "shape",
    [
        '<polygon label="car" points="2,1;6,1;6,5;2,5"/>',
        '<box label="car" xtl="2" ytl="1" xbr="6" ybr="5"/>',
        '<mask label="car" rle="0, 16" left="2" top="1" width="4" height="4"/>',
    ],
)
def test_cvat_paints_area_when_shape_is_polygon_box_or_mask(tmp_path, shape):
    labelled = cvat(tmp_path, shape)
    assert labelled.classes.names == ("background", "car")
    assert labelled.classes.palette[1] == "#112233"
    assert np.array_equal(labelled.items[0].read().labels, EXPECTED)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (
            '<mask label="car" rle="9" left="2" top="1" width="4" height="4"/>',
            "not und",
        ),
        ('<polygon label="car" points="1,1;2"/>', "not understood"),
        ('<polygon label="car" points="1,1;2,2"/>', "too few points"),
        ('<polygon label="boat" points="1,1;4,1;4,4"/>', "'boat' is not known"),
        ("<skeleton/>", "no area"),
    ],
)
def test_cvat_tells_when_a_shape_is_bad(tmp_path, shape, words):
    assert words in texts(cvat(tmp_path, shape))


def test_cvat_refuses_when_xml_holds_tracks(tmp_path):
    (tmp_path / "a.xml").write_text("<annotations><meta/><track/></annotations>")
    with pytest.raises(InputError, match="tracks of a video"):
        read(tmp_path)


def city(folder, kind, values):
    picture(folder / "leftImg8bit" / "val" / "x" / "x_1_leftImg8bit.png", (3, 1))
    path = folder / "gtFine" / "val" / "x" / f"x_1_gtFine_{kind}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(values).save(path)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("labelTrainIds", np.uint8([[0, 13, 255]])),
        ("labelIds", np.uint8([[7, 26, 4]])),
        ("instanceIds", np.uint16([[7, 26003, 4]])),
        ("color", np.uint8([[[128, 64, 128], [0, 0, 142], [1, 1, 1]]])),
    ],
)
def test_cityscapes_gives_train_ids_when_sources_differ(tmp_path, kind, values):
    city(tmp_path, kind, values)
    chosen, labelled = read(tmp_path)
    assert chosen.id == "cityscapes"
    item = labelled.items[0]
    assert item.read().labels.tolist() == [[0, 13, 255]]
    assert (item.split, item.image is not None) == ("val", True)


def test_cityscapes_paints_polygons_in_order_when_there_are_no_masks(tmp_path):
    objects = [
        {"label": "road", "polygon": [[0, 0], [8, 0], [8, 6], [0, 6]]},
        {"label": "cargroup", "polygon": [[2, 1], [6, 1], [6, 5], [2, 5]]},
        {"label": "static", "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]},
    ]
    content = {"imgHeight": 6, "imgWidth": 8, "objects": objects}
    (tmp_path / "x_1_gtFine_polygons.json").write_text(json.dumps(content))
    labels = read(tmp_path)[1].items[0].read().labels
    assert (labels[0, 0], labels[5, 7], labels[2, 3]) == (255, 0, 13)


def test_ade20k_shifts_classes_when_it_is_the_benchmark(tmp_path):
    picture(tmp_path / "images" / "training" / "a.jpg", (3, 1))
    path = tmp_path / "annotations" / "training" / "a.png"
    path.parent.mkdir(parents=True)
    Image.fromarray(np.uint8([[0, 1, 3]])).save(path)
    chosen, labelled = read(tmp_path)
    assert chosen.id == "ade20k"
    assert labelled.items[0].read().labels.tolist() == [[255, 0, 2]]
    kept = read(tmp_path, "ade20k", ReadOptions(reduce_zero_label=False))[1]
    assert kept.items[0].read().labels.tolist() == [[0, 1, 3]]


def test_voc_takes_colours_when_masks_are_rgb(tmp_path):
    folder = tmp_path / "SegmentationClass"
    folder.mkdir()
    rgb = np.uint8([[voc_colour(0), voc_colour(15), (224, 224, 192)]])
    Image.fromarray(rgb).save(folder / "a.png")
    _, labelled = read(tmp_path)
    assert labelled.classes.names[15] == "person"
    assert labelled.items[0].read().labels.tolist() == [[0, 15, 255]]


def yolo(folder, text):
    picture(folder / "images" / "train" / "a.jpg")
    (folder / "labels" / "train").mkdir(parents=True)
    (folder / "labels" / "train" / "a.txt").write_text(text)
    (folder / "data.yaml").write_text("names:\n  0: cell\n")


def test_yolo_paints_outlines_when_lines_have_them(tmp_path):
    yolo(tmp_path, "0 .25 .1666666667 .75 .1666666667 .75 .8333333 .25 .8333333\n0 1\n")
    _, labelled = read(tmp_path, "yolo")
    assert np.array_equal(labelled.items[0].read().labels, EXPECTED)
    assert "lines not understood" in texts(labelled)


def test_yolo_refuses_when_lines_are_boxes(tmp_path):
    yolo(tmp_path, "0 .5 .5 .2 .2\n")
    with pytest.raises(InputError, match="box"):
        read(tmp_path, "yolo")
    with pytest.raises(InputError, match="boxes or key points"):
        read(tmp_path)


def test_isat_paints_higher_layers_last_when_they_overlap(tmp_path):
    picture(tmp_path / "a.jpg")
    low = [[0, 0], [8, 0], [8, 6], [0, 6]]
    high = [[2, 1], [6, 1], [6, 5], [2, 5]]
    objects = [
        {"category": "cell", "segmentation": high, "layer": 2.0},
        {"category": "__background__", "segmentation": low, "layer": 1.0},
    ]
    info = {"description": "ISAT", "name": "a.jpg", "width": 8, "height": 6}
    (tmp_path / "a.json").write_text(json.dumps({"info": info, "objects": objects}))
    chosen, labelled = read(tmp_path)
    assert chosen.id == "isat"
    assert np.array_equal(labelled.items[0].read().labels, EXPECTED)


def test_eiseg_takes_size_from_image_when_files_have_none(tmp_path):
    picture(tmp_path / "a.jpg")
    points = [[2, 1], [6, 1], [6, 5], [2, 5]]
    rows = [{"name": "cell", "labelIdx": 1, "color": [1, 2, 3], "points": points}]
    path = tmp_path / "label" / "a.json"
    path.parent.mkdir()
    path.write_text(json.dumps(rows))
    chosen, labelled = read(tmp_path)
    assert chosen.id == "eiseg"
    assert np.array_equal(labelled.items[0].read().labels, EXPECTED)


def test_text_matrix_ignores_negatives_when_read(tmp_path):
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.regions.txt").write_text("0 1 -1\n2 2 2\n")
    (tmp_path / "labels" / "b.regions.txt").write_text("0 1\n2\n")
    (tmp_path / "horizons.txt").write_text("a 2\n")
    _, labelled = read(tmp_path)
    assert labelled.classes.names[:3] == ("sky", "tree", "road")
    assert labelled.items[0].read().labels.tolist() == [[0, 1, 255], [2, 2, 2]]
    assert [name for name, _ in preview(labelled).failed] == ["b"]
