"""The index of open files and the text that filters them."""

from pathlib import Path

from segdesk.app.files.filter import index_files

ROOT = Path("/data/aerial")


def paths(*names: str) -> tuple[Path, ...]:
    return tuple(ROOT / name for name in names)


def found(text: str, files: tuple[Path, ...], root: Path | None = ROOT) -> list[str]:
    index = index_files(root, files)
    return [index.names[at] for at in index.matching(text)]


def test_index_names_groups_without_the_part_that_all_folders_share():
    index = index_files(ROOT, paths("Tile 1/images/a.jpg", "Tile 2/images/a.jpg"))
    assert index.folders == ("Tile 1", "Tile 2")
    assert index.folder_of.tolist() == [0, 1]
    assert index.is_grouped


def test_index_keeps_whole_folder_names_when_they_end_differently():
    index = index_files(ROOT, paths("Tile 1/images/a.jpg", "Tile 1/masks/a.png"))
    assert index.folders == ("Tile 1/images", "Tile 1/masks")


def test_index_calls_the_root_by_its_name_when_files_lie_in_it():
    index = index_files(ROOT, paths("a.jpg", "Tile 1/b.jpg"))
    assert index.folders == ("aerial", "Tile 1")


def test_index_is_one_group_when_all_files_lie_in_one_folder():
    assert not index_files(ROOT, paths("a.jpg", "b.jpg")).is_grouped
    assert not index_files(None, ()).is_grouped


def test_matching_wants_every_word_in_the_path_whatever_its_case():
    files = paths("Tile 1/Part_001.JPG", "Tile 2/part_001.jpg", "Tile 2/part_002.jpg")
    assert found("TILE 001", files) == ["Part_001.JPG", "part_001.jpg"]
    assert found("2/ part", files) == ["part_001.jpg", "part_002.jpg"]
    assert found("  ", files) == ["Part_001.JPG", "part_001.jpg", "part_002.jpg"]
    assert found("nothing", files) == []


def test_matching_wants_words_together_when_any_path_has_them_so():
    files = paths("Tile 1/part_005.jpg", "Tile 5/part_001.jpg", "Tile 5/part_005.jpg")
    assert found("tile 5", files) == ["part_001.jpg", "part_005.jpg"]
    assert found("5 tile", files) == ["part_005.jpg", "part_001.jpg", "part_005.jpg"]


def test_matching_takes_patterns_and_exclusions():
    files = paths("a/x1.jpg", "a/x1.png", "b/x2.jpg")
    assert found("*.jpg", files) == ["x1.jpg", "x2.jpg"]
    assert found("x?.jpg -b/", files) == ["x1.jpg"]
    assert found("x -", files) == ["x1.jpg", "x1.png", "x2.jpg"]


def test_matching_searches_names_only_when_files_have_no_common_root():
    files = (Path("/one/x.jpg"), Path("/two/y.jpg"))
    assert found("one", files, root=None) == []
    assert found("y", files, root=None) == ["y.jpg"]
    assert index_files(None, files).folders == ("/one", "/two")
