"""Inputs become images, and no two of them share a result."""

import os
from pathlib import Path

import pytest

from segdesk.core.errors import InputError
from segdesk.formats.outputs import OUTPUTS, output_path, plan_files, plan_items


@pytest.fixture
def folder(tmp_path):
    def make(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path

    return make


def plan(inputs, out_dir=None):
    items = plan_items(inputs, out_dir)
    for kind in OUTPUTS:
        written = [
            str(output_path(Path(), kind, item.name)).casefold() for item in items
        ]
        assert len(set(written)) == len(items)
        parents = {str(parent) for path in written for parent in Path(path).parents}
        assert not parents & set(written)
    return {item.name: item.source for item in items}


def test_plan_items_mirrors_folder_when_it_has_folders(folder):
    root = folder("day 1/b 10.jpg", "day 1/b 2.jpg", "图/ä.v2.png", "note.txt")
    assert list(plan([root])) == ["day 1/b 2", "day 1/b 10", "图/ä.v2"]


def test_plan_items_keeps_suffix_when_stems_are_equal(folder):
    root = folder("x/a.jpg", "x/a.png", "x/b.png", "y/a.jpg")
    assert set(plan([root])) == {"x/a.jpg", "x/a.png", "x/b", "y/a"}


def test_plan_items_leaves_results_out_when_they_lie_in_a_searched_folder(folder):
    results = ("result/masks/x/a.png", "result/summary.csv", "result/classes.json")
    root = folder("a.png", "masks/b.png", *results)
    assert set(plan([root])) == {"a", "masks/b"}
    assert set(plan([root / "result" / "masks"])) == {"x/a"}


def test_plan_items_tells_roots_apart_when_relative_paths_are_equal(folder):
    root = folder("north/img/1.png", "south/img/1.png", "south/img/2.png")
    names = plan([root / "north" / "img", root / "south" / "img"])
    assert set(names) == {"north/img/1", "south/img/1", "2"}
    assert names["south/img/1"] == root / "south" / "img" / "1.png"


def test_plan_items_tells_apart_when_only_letter_case_or_composition_differs(folder):
    root = folder("A.png", "a.png", "caf\u00e9.png", "cafe\u0301.png")
    assert len(plan([root])) == 4


def test_plan_items_tells_apart_when_a_folder_is_named_like_a_result(folder):
    root = folder("a.jpg", "a.png/b.jpg", "a.jpg.d/c.png")
    assert len(plan([root])) == 3


def test_plan_items_takes_each_image_once_when_inputs_overlap(folder):
    root = folder("x/a.jpg", "x/b.jpg")
    names = plan([root / "x" / "b.jpg", root, str(root / "x" / "*.jpg")])
    assert list(names) == ["b", "x/a"]


def test_plan_items_expands_pattern_when_quoted(folder, monkeypatch):
    root = folder("x/a.jpg", "x/b.png", "y/c.jpg", "y/z/d.jpg", "note.txt")
    monkeypatch.chdir(root)
    assert set(plan(["*/*.jpg"])) == {"x/a", "y/c"}
    assert set(plan(["**/*.jpg"])) == {"x/a", "y/c", "y/z/d"}
    assert set(plan(["y*"])) == {"y/c", "y/z/d"}


def test_plan_items_takes_file_literally_when_its_name_looks_like_a_pattern(folder):
    root = folder("scan[1].png", "scan1.png")
    assert list(plan([root / "scan[1].png"])) == ["scan[1]"]


def test_plan_items_takes_any_suffix_when_file_is_named(folder):
    assert list(plan([folder("raw.data") / "raw.data"])) == ["raw"]


def test_plan_items_leaves_results_out_when_they_lie_inside_the_input(folder):
    root = folder("a.png", "masks/a.png", "out/masks/a.png", "out/overlays/a.jpg")
    assert list(plan([root], root / "out")) == ["a", "masks/a"]
    assert "masks/a" not in plan([root], root)


def test_plan_files_keeps_folders_and_tells_equal_names_apart(folder, tmp_path):
    root = folder("Tile 1/a.jpg", "Tile 2/a.jpg", "Tile 2/a.png")
    files = [
        root / "Tile 1/a.jpg",
        root / "Tile 2/a.jpg",
        root / "Tile 2/a.png",
        tmp_path.parent / "elsewhere" / "b.jpg",
        root / "Tile 1/a.jpg",
    ]
    names = [item.name for item in plan_files(files, root)]
    assert names == ["Tile 1/a", "Tile 2/a.jpg", "Tile 2/a.png", "b"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such links for all users")
def test_plan_items_keeps_links_apart_when_they_have_names_of_their_own(folder):
    root = folder("a.png")
    (root / "b.png").symlink_to(root / "a.png")
    assert set(plan([root])) == {"a", "b"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("gone.png", "gone.png was not found"),
        ("empty", "No image was found in"),
        ("*.webp", "No image was found in"),
        ("x**y/*.png", "was not"),
    ],
)
def test_plan_items_refuses_when_input_means_nothing(
    folder, monkeypatch, given, sentence
):
    root = folder("a.png", "empty/note.txt")
    monkeypatch.chdir(root)
    with pytest.raises(InputError, match=sentence) as caught:
        plan_items([root / "a.png", given])
    assert caught.value.hint


def test_plan_items_reads_list_when_given_with_sign(folder):
    root = folder("a/1.png", "b/1.png", "b/2.jpg")
    text = f"# mine\na/1.png\n{root / 'b'}\n\nb/gone.png\n"
    (root / "list.txt").write_text(text)
    names = plan([f"@{root / 'list.txt'}"])
    assert list(names) == ["a/1", "b/1", "b/2", "b/gone"]


def test_plan_items_stays_on_top_when_not_recursive(folder):
    root = folder("a.png", "below/b.png")
    (item,) = plan_items([root], recursive=False)
    assert item.name == "a"


def test_plan_items_takes_seconds_when_files_are_many(folder):
    root = folder("list.txt")
    lines = (f"d{i % 50}/{i}.png\nd{i % 50}/{i}.jpg" for i in range(5_000))
    (root / "list.txt").write_text("\n".join(lines))
    items = plan_items([f"@{root / 'list.txt'}"])
    assert len({item.name for item in items}) == 10_000


def test_plan_items_passes_over_labels_when_they_lie_beside_their_images(tmp_path):
    for name in (
        "project/a.png",
        "project/annotations/a.png",
        "course/img_dir/train/b.png",
        "course/ann_dir/train/b.png",
        "Tile 1/images/c.jpg",
        "Tile 1/masks/c.png",
        "alone/masks/d.png",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "project" / "segdesk.json").touch()
    found = {
        item.source.relative_to(tmp_path).as_posix() for item in plan_items([tmp_path])
    }
    assert found == {
        "project/a.png",
        "course/img_dir/train/b.png",
        "Tile 1/images/c.jpg",
        "alone/masks/d.png",
    }
    asked = plan_items([tmp_path / "Tile 1" / "masks"])
    assert [item.source.name for item in asked] == ["c.png"]
