"""Data sets as people publish them: read as they are meant, or refused."""

import numpy as np
import pytest
from PIL import Image

from segdesk.core.errors import InputError
from segdesk.formats.import_preview import preview
from segdesk.formats.labelled import ReadOptions
from segdesk.formats.raster_file import read_raster
from segdesk.formats.registry import read

pytestmark = pytest.mark.real_data

# Folder, format that is found, items that can be read, some classes with pixels.
READ = [
    ("datumaro/ade20k2017_dataset/dataset", "ade20k", 2, {"sky": 9, "person": 9}),
    ("datumaro/ade20k2020_dataset/dataset", "ade20k", 2, {"car": 30, "person": 10}),
    ("datumaro/camvid_dataset", "camvid", 4, {"Animal": 5, "Bridge": 1, "Sky": 2}),
    ("datumaro/cityscapes_dataset/dataset", "cityscapes", 4, {"train": 2}),
    ("datumaro/cityscapes_dataset/train_dataset", "cityscapes", 4, {"truck": 3}),
    ("datumaro/coco_dataset/coco", "coco", 1, {"b": 20}),
    ("datumaro/coco_dataset/coco_instances", "coco", 1, {"b": 20}),
    ("datumaro/coco_dataset/coco_person_keypoints", "coco", 1, {"b": 20}),
    ("datumaro/coco_dataset/coco_stuff", "coco", 2, {"a": 20, "b": 20}),
    ("datumaro/coco_dataset/coco_panoptic", "coco-panoptic", 1, {"a": 20, "b": 20}),
    (
        "datumaro/common_semantic_segmentation_dataset/dataset",
        "mmseg",
        2,
        {"Animal": 3, "Bicyclist": 4, "Road": 1},
    ),
    (
        "datumaro/common_semantic_segmentation_dataset/non_standard_dataset",
        "mmseg",
        2,
        {"Animal": 2, "SignSymbol": 2},
    ),
    ("datumaro/cvat_dataset/for_images", "cvat", 2, {"label1": 8, "label2": 12}),
    (
        "datumaro/mapillary_vistas_dataset/v1.2",
        "mmseg",
        3,
        {"animal--bird": 25, "human--person": 10},
    ),
    (
        "datumaro/mapillary_vistas_dataset/v2.0",
        "coco-panoptic",
        3,
        {"animal--bird": 30, "object--vehicle--bicycle": 20},
    ),
    ("datumaro/synthia_dataset/color_segm_dataset", "mmseg", 2, {"#804080": 2}),
    ("datumaro/synthia_dataset/dataset_with_custom_labelmap", "mmseg", 2, {"sky": 3}),
    ("datumaro/synthia_dataset/dataset_with_meta_file", "mmseg", 2, {"road": 3}),
    ("datumaro/voc_dataset/voc_dataset1", "voc", 1, {"bicycle": 200}),
    ("datumaro/yolo_dataset/yolov8_segmentation", "yolo", 1, {"label_4": 14}),
    ("datumaro/yolo_dataset/yolov8_oriented_boxes", "yolo", 1, {"label_2": 12}),
    ("mmseg/pseudo_bdd100k_dataset", "mmseg", 6, {"class 2": 141, "class 8": 243}),
    ("mmseg/pseudo_cityscapes_dataset", "cityscapes", 1, {"road": 9737}),
    ("mmseg/pseudo_dataset", "mmseg", 5, {"class 1": 11774, "class 3": 27897}),
    ("mmseg/pseudo_hsidrive20_dataset", "mmseg", 3, {"class 1": 116909}),
    ("mmseg/pseudo_lip_dataset", "mmseg", 2, {"class 5": 21340}),
    ("mmseg/pseudo_loveda_dataset", "mmseg", 3, {"class 7": 1494224}),
    ("mmseg/pseudo_mapillary_dataset", "mmseg", 1, {"class 17": 9157}),
    ("mmseg/pseudo_potsdam_dataset", "mmseg", 1, {"class 1": 100557}),
    ("mmseg/pseudo_refuge_dataset", "mmseg", 1, {"class 1": 2339, "class 2": 3219}),
    ("mmseg/pseudo_synapse_dataset", "mmseg", 2, {"class 0": 524288}),
    ("mmseg/pseudo_vaihingen_dataset", "mmseg", 1, {"class 5": 4212}),
    ("panoptic/sample_data", "coco", 2, {"person": 85111, "truck": 7471}),
    ("labelme/primitives", "labelme", 1, {"rectangle": 25402, "circle": 8112}),
    ("labelme/tutorial", "labelme", 1, {"shelf": 490639}),
    ("labelme/semantic_segmentation/data_annotated", "labelme", 3, {"bus": 117886}),
    ("labelme/semantic_segmentation/data_dataset_voc", "voc", 3, {"bus": 118222}),
    ("labelme/instance_segmentation/data_annotated", "labelme", 3, {"sofa": 13713}),
    ("labelme/instance_segmentation/data_dataset_voc", "voc", 3, {"sofa": 14002}),
    ("labelme/instance_segmentation/data_dataset_coco", "coco", 3, {"sofa": 13713}),
    ("labelme/video_annotation/data_annotated", "labelme", 5, {"car": 44730}),
    ("labelme/video_annotation/data_dataset_voc", "voc", 5, {"car": 44710}),
    ("labelme/bbox_detection/data_annotated", "labelme", 3, {"person": 118916}),
    ("labelme/classification/data_annotated", "labelme", 2, {}),
    ("xanylabeling", "xanylabeling", 1, {"bus": 111397, "truck": 351995}),
]

REFUSED = [
    ("datumaro/coco_dataset/coco_captions", "without outlines"),
    ("datumaro/coco_dataset/coco_labels", "without outlines"),
    ("datumaro/coco_dataset/coco_image_info", "without outlines"),
    ("datumaro/cvat_dataset/for_video", "tracks of a video"),
    ("datumaro/kitti_dataset/kitti_detection", "boxes or key points"),
    ("datumaro/kitti_dataset/kitti_segmentation", "--divide 256"),
    ("datumaro/labelme_dataset", "LabelMe web tool"),
    ("datumaro/voc_dataset/voc_dataset2", "boxes alone"),
    ("datumaro/voc_dataset/voc_dataset3", "boxes alone"),
    ("datumaro/yolo_dataset/yolo", "boxes or key points"),
    ("datumaro/yolo_dataset/yolov8_classification", "images alone"),
    ("datumaro/yolo_dataset/yolov8_detection", "boxes or key points"),
    ("datumaro/yolo_dataset/yolov8_pose", "boxes or key points"),
    (
        "datumaro/yolo_dataset/yolov8_pose_two_values_per_point",
        "boxes or key points",
    ),
    ("labelme/bbox_detection/data_dataset_voc", "boxes alone"),
    ("labelme/tutorial/apc2016_obj3", "none of the formats"),
    ("mmseg/dsdl_seg", "DSDL"),
    ("mmseg/pseudo_isaid_dataset", "0 bytes"),
    ("mmseg/pseudo_nyu_dataset", "849 classes"),
]


@pytest.mark.parametrize(
    ("folder", "format_id", "items", "pixels"), READ, ids=[one[0] for one in READ]
)
def test_read_gives_known_counts_when_folder_is_published(
    real_data, folder, format_id, items, pixels
):
    chosen, labelled = read(real_data / "formats" / folder)
    shown = preview(labelled)
    assert (chosen.id, shown.items) == (format_id, items)
    counts = {row.name: row.pixels for row in shown.classes}
    assert {name: counts[name] for name in pixels} == pixels


@pytest.mark.parametrize(("folder", "words"), REFUSED, ids=[one[0] for one in REFUSED])
def test_read_refuses_with_reason_when_folder_cannot_be_read(real_data, folder, words):
    with pytest.raises(InputError) as caught:
        read(real_data / "formats" / folder)
    assert words in str(caught.value)
    assert caught.value.hint


def test_read_ends_in_a_set_or_a_reason_when_folder_is_any(real_data):
    folders = [one for one in (real_data / "formats").rglob("*") if one.is_dir()]
    assert len(folders) > 100
    reasons = []
    for folder in folders:
        try:
            preview(read(folder)[1])
        except InputError as error:
            reasons.append(error)
    assert all(error.cause and error.hint for error in reasons)


def test_read_agrees_when_runs_and_panoptic_ids_tell_the_same(real_data):
    root = real_data / "formats" / "panoptic" / "sample_data"
    _, runs = read(root, "coco")
    _, ids = read(root, "coco-panoptic")
    other = {item.name: item.read().labels for item in ids.items}
    for item in runs.items:
        labels = item.read().labels.astype(np.int64)
        # Runs have a background in front, ids ignore it.
        assert np.array_equal(np.where(labels == 0, 255, labels - 1), other[item.name])


def test_read_divides_ids_when_kitti_is_told_to(real_data):
    root = real_data / "formats" / "datumaro" / "kitti_dataset" / "kitti_segmentation"
    options = ReadOptions(masks="training/instance", divide=256)
    _, labelled = read(root, "index", options)
    assert {int(n) for i in labelled.items for n in np.unique(i.read().labels)} == {
        3,
        12,
        27,
        31,
    }


def test_read_finds_six_colours_when_palettes_of_aerial_tiles_differ(real_data):
    _, labelled = read(real_data / "aerial_dubai")
    assert len(labelled.items) == 63
    found = {one.text for one in labelled.findings}
    assert any("only the colour is left" in text for text in found)
    assert any("its colours are others" in text for text in found)
    assert any("#000000 is rare" in text for text in found)
    names = labelled.classes.names
    assert set(names) == {
        *("#000000", "#3C1098", "#6EC1E4", "#8429F6", "#9B9B9B", "#E2A929", "#FEDD3A")
    }
    tile = [item for item in labelled.items if item.name.startswith("Tile 2/")]
    assert len(tile) == 9
    for item in tile[:3]:
        path = (
            real_data / "aerial_dubai" / "Tile 2" / "masks" / f"{item.name[-14:]}.png"
        )
        with Image.open(path) as mask:
            assert mask.mode == "P"
            rgb = np.asarray(mask.convert("RGB"))
        colours = np.array(labelled.classes.rgb, np.uint8)
        assert np.array_equal(colours[item.read().labels], rgb)


def test_read_finds_colours_when_one_tile_has_palettes_alone(real_data):
    _, labelled = read(real_data / "aerial_dubai" / "Tile 4")
    assert labelled.classes.names == (
        *("#3C1098", "#6EC1E4", "#8429F6", "#E2A929", "#FEDD3A"),
    )
    assert "only the colour is the class" in labelled.findings[0].text


def test_read_merges_nuclei_when_each_has_a_file(real_data):
    chosen, labelled = read(real_data / "nuclei_dsb2018")
    assert (chosen.id, len(labelled.items)) == ("instance", 140)
    item = labelled.items[0]
    masks = item.image.parent.parent / "masks"
    union = sum(read_raster(path).values != 0 for path in masks.glob("*.png"))
    assert np.array_equal(item.read().labels, union > 0)


def test_read_takes_indices_when_leaves_have_one_palette(real_data):
    _, labelled = read(real_data / "leaf_disease")
    assert len(labelled.items) == 100
    assert len(labelled.classes) == 2
    item = labelled.items[7]
    path = real_data / "leaf_disease" / "data" / "masks" / f"{item.name[-5:]}.png"
    with Image.open(path) as mask:
        assert np.array_equal(item.read().labels, np.asarray(mask))
