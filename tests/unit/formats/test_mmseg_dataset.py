import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.classes import BACKGROUND_GREY
from segdesk.core.errors import InputError
from segdesk.formats.mmseg_classes import read_classes
from segdesk.formats.mmseg_dataset import check_masks, read_mmseg_dataset


def _write(path: Path, shape: tuple[int, ...] = (6, 4), value: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full(shape, value, np.uint8)).save(path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for split, names in (("train", ("a.jpg", "deep/b c.PNG")), ("val", ("d.jpg",))):
        for name in names:
            _write(tmp_path / "img_dir" / split / name, (6, 4, 3))
            mask = (tmp_path / "ann_dir" / split / name).with_suffix(".png")
            _write(mask, value=1)
    names = {"classes": [{"name": "ground"}, {"name": "road", "color": "#010203"}]}
    (tmp_path / "classes.json").write_text(json.dumps(names))
    return tmp_path


def test_read_mmseg_dataset_pairs_by_stem_when_suffixes_differ(root: Path) -> None:
    (root / "img_dir" / "train" / "._a.jpg").write_bytes(b"junk")
    dataset = read_mmseg_dataset(root)

    names = [(pair.image.name, pair.mask.name) for pair in dataset.train]
    assert names == [("a.jpg", "a.png"), ("b c.PNG", "b c.png")]
    assert dataset.image_suffixes("train") == (".PNG", ".jpg")
    assert dataset.classes.names == ("ground", "road")
    assert dataset.classes.palette[1] == "#010203"
    check_masks(dataset)


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("ann_dir/train/a.png", "1 of 2 files in img_dir/train"),
        ("img_dir/val/d.jpg", "1 of 1 files in ann_dir/val"),
        ("classes.json", "no classes.json"),
    ],
)
def test_read_mmseg_dataset_refuses_when_a_file_is_missing(
    root: Path, missing: str, words: str
) -> None:
    (root / missing).unlink()

    with pytest.raises(InputError) as caught:
        read_mmseg_dataset(root)
    assert words in caught.value.cause
    assert caught.value.hint


def test_read_mmseg_dataset_refuses_when_a_split_is_empty(root: Path) -> None:
    (root / "img_dir/val/d.jpg").unlink()
    (root / "ann_dir/val/d.png").unlink()

    with pytest.raises(InputError, match=r"img_dir/val of .* holds no pictures"):
        read_mmseg_dataset(root)


def test_read_mmseg_dataset_refuses_when_two_pictures_share_a_mask(root: Path) -> None:
    _write(root / "img_dir" / "train" / "a.png", (6, 4, 3))

    with pytest.raises(InputError, match=r"a\.jpg and a\.png"):
        read_mmseg_dataset(root)


def test_read_mmseg_dataset_refuses_when_the_folder_is_another(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a folder"):
        read_mmseg_dataset(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (np.full((6, 4), 2, np.uint8), "1 masks hold labels up to 2"),
        (np.zeros((5, 4), np.uint8), "mask is 4×5 px, its picture 4×6 px"),
        (np.zeros((6, 4, 3), np.uint8), "mode RGB"),
    ],
)
def test_check_masks_names_the_file_when_a_mask_is_wrong(
    root: Path, mask: np.ndarray, words: str
) -> None:
    Image.fromarray(mask).save(root / "ann_dir" / "train" / "a.png")

    with pytest.raises(InputError) as caught:
        check_masks(read_mmseg_dataset(root))
    assert words in caught.value.cause
    assert "a.png" in str(caught.value)


def test_check_masks_refuses_when_a_mask_is_damaged(root: Path) -> None:
    (root / "ann_dir" / "train" / "a.png").write_bytes(b"\x89PNG nothing")

    with pytest.raises(InputError, match=r"a\.jpg or its mask cannot be read"):
        check_masks(read_mmseg_dataset(root))


def test_check_masks_refuses_when_the_foreground_is_255_everywhere(root: Path) -> None:
    for path in root.glob("ann_dir/**/*.png"):
        Image.fromarray(np.tile(np.uint8([0, 255]), (6, 2))).save(path)

    with pytest.raises(InputError, match="0 and 255 only"):
        check_masks(read_mmseg_dataset(root))


def test_check_masks_takes_a_picture_when_its_exif_turns_it(root: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.fromarray(np.zeros((4, 6, 3), np.uint8))
    picture.save(root / "img_dir" / "train" / "a.jpg", exif=exif)

    check_masks(read_mmseg_dataset(root))


@pytest.mark.parametrize(
    "content",
    [["background", "nucleus"], {"classes": ["background", "nucleus"]}],
)
def test_read_classes_gives_colours_when_only_names_are_listed(
    tmp_path: Path, content: object
) -> None:
    path = tmp_path / "classes.json"
    path.write_text(json.dumps(content))

    assert read_classes(path).names == ("background", "nucleus")
    assert read_classes(path).palette[0] == BACKGROUND_GREY


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not a JSON file"),
        ('{"names": ["a", "b"]}', 'no list "classes"'),
        ('["only"]', "names 1 classes"),
        ('["a", "a"]', "names 'a' twice"),
        ('["a", {"colour": "#000000"}]', "Entry 1 has no name"),
        ('["a", {"name": "b", "color": "red"}]', "not a colour"),
    ],
)
def test_read_classes_says_what_is_wrong_when_the_list_is(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "classes.json"
    path.write_text(text)

    with pytest.raises(InputError) as caught:
        read_classes(path)
    assert words in caught.value.cause
