import os

import pytest

from segdesk.core.errors import InputError
from segdesk.library.sources import find_candidate, read_classes, spoken_name


def make(folder, *names):
    """Make files, each newer than the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    for age, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (1_000_000 + age, 1_000_000 + age))
    return folder


@pytest.mark.parametrize(
    ("names", "last", "expected"),
    [
        (["iter_400.pth", "best_mIoU_iter_200.pth"], "iter_400.pth", "best_mIoU_iter"),
        (["iter_400.pth", "iter_200.pth"], "/other/machine/iter_200.pth", "iter_200"),
        (["iter_1000.pth", "iter_200.pth"], "gone.pth", "iter_1000"),
        (["iter_1000.pth", "iter_200.pth"], None, "iter_1000"),
        (["b.pth"], "C:\\runs\\b.pth", "b.pth"),
    ],
)
def test_find_candidate_takes_the_best_checkpoint_of_a_work_dir(
    tmp_path, names, last, expected
):
    folder = make(tmp_path / "run", *names)
    if last:
        (folder / "last_checkpoint").write_text(last)

    assert find_candidate(folder).checkpoint.name.startswith(expected)


def test_find_candidate_finds_the_config_of_a_work_dir(tmp_path):
    dumped = make(tmp_path / "a", "iter_1.pth", "old.py", "new.py")
    own = make(tmp_path / "b", "iter_1.pth", "config.py", "newer.py")
    deep = make(tmp_path / "c", "iter_1.pth", "2026/vis_data/config.py")

    assert find_candidate(dumped).config == dumped / "new.py"
    assert find_candidate(own).config == own / "config.py"
    assert find_candidate(deep).config == deep / "2026/vis_data/config.py"
    assert find_candidate(own, dumped / "old.py").config == dumped / "old.py"


def test_find_candidate_says_what_is_missing(tmp_path):
    empty = make(tmp_path / "empty")
    hollow = tmp_path / "hollow.pth"
    hollow.touch()

    with pytest.raises(InputError, match="holds no checkpoint"):
        find_candidate(empty)
    with pytest.raises(InputError, match="does not exist"):
        find_candidate(tmp_path / "gone.pth")
    with pytest.raises(InputError, match="0 bytes"):
        find_candidate(hollow)
    with pytest.raises(InputError, match="config was not opened"):
        find_candidate(make(tmp_path / "x", "a.pth"), tmp_path / "gone.py")


def test_spoken_name_says_more_than_a_training_does(tmp_path):
    folder = make(tmp_path / "dubai roads", "best_mIoU_iter_400.pth", "unet_roads.pth")
    best = folder / "best_mIoU_iter_400.pth"

    assert spoken_name(folder, best) == "dubai roads"
    assert spoken_name(best, best) == "dubai roads"
    assert spoken_name(folder / "x", folder / "unet_roads.pth") == "unet_roads"


@pytest.mark.parametrize(
    "text",
    [
        "road\nland use\n",
        "\ufeffroad\r\n\r\n  land use  ",
        '["road", "land use"]',
        '{"classes": ["road", "land use"]}',
        '{"names": ["road", "land use"]}',
        '{"classes": [{"name": "road"}, {"title": "land use"}]}',
    ],
)
def test_read_classes_takes_names_in_any_usual_form(tmp_path, text):
    path = tmp_path / "classes"
    path.write_text(text, encoding="utf-8")

    assert read_classes(path).names == ("road", "land use")


@pytest.mark.parametrize(
    "text",
    [
        '{"names": ["a", "b"], "palette": ["#010203", "#FFffFF"]}',
        '{"classes": ["a", "b"], "palette": [[1, 2, 3], [255, 255, 255]]}',
        '[{"name": "a", "color": "#010203"}, {"name": "b", "colour": "#FFFFFF"}]',
    ],
)
def test_read_classes_keeps_colours(tmp_path, text):
    path = tmp_path / "classes.json"
    path.write_text(text)

    assert read_classes(path).palette == ("#010203", "#FFFFFF")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"road\nroad",
        b"[1, 2]",
        b"{}",
        b"{broken",
        b"\xff\xff",
        b'[{"color": "#010203"}]',
        b'{"names": ["a"], "palette": ["red"]}',
        b'{"names": ["a"], "palette": ["#010203", "#010203"]}',
        b"\n".join(b"%d" % number for number in range(300)),
        b"x" * 2_000_000,
    ],
)
def test_read_classes_says_what_is_wrong(tmp_path, data):
    path = tmp_path / "classes.json"
    path.write_bytes(data)

    with pytest.raises(InputError, match="classes were not read") as caught:
        read_classes(path)
    assert caught.value.hint
