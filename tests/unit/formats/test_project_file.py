import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError, StorageError
from segdesk.core.item_status import ItemFacts, ItemStatus, MadeBy
from segdesk.core.project import PROJECT_FILE, Project
from segdesk.core.splits import SeededSplit, plan_split
from segdesk.formats.file_lock import FileLock
from segdesk.formats.project_file import (
    decode_project,
    encode_project,
    read_project,
    write_project,
)
from segdesk.formats.project_store import ProjectStore, list_items, refreshed

CLASSES = ClassList.from_names(("background", "road"))


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 3)).save(path)


def test_project_comes_back_when_encoded_and_decoded(tmp_path):
    items = ("a.jpg", "b/ü.jpg")
    rule = SeededSplit(3, (("train", 0.5), ("val", 0.5)))
    project = Project(
        tmp_path,
        CLASSES,
        frozenset({1}),
        links=(("more", tmp_path / "elsewhere"),),
        extra=(("notes", '{"by": "me"}'),),
    ).with_split(rule, plan_split(items, rule))
    facts = ItemFacts(
        ItemStatus.DONE, "val", (0, 1), MadeBy.MIXED, ("pidnet",), (40, 30)
    )
    project = project.with_facts("b/ü.jpg", facts)

    assert decode_project(tmp_path, encode_project(project)) == project


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ('{"segdesk": 1, "classes": [', "damaged"),
        ("[]", "no JSON object"),
        ("{}", '"segdesk": 1'),
        ('{"segdesk": 9}', "newer SegDesk"),
        ('{"segdesk": 1, "ignore_index": 0}', "ignore_index is 0"),
        ('{"segdesk": 1, "classes": [{"name": "a"}, {"name": "a"}]}', "twice"),
        ('{"segdesk": 1, "classes": [{"color": "#000000"}]}', "unexpected"),
        ('{"segdesk": 1, "items": {"a.jpg": {"status": "lost"}}}', "lost"),
        ('{"segdesk": 1, "layout": {"annotations": "../x"}}', "lies elsewhere"),
        (json.dumps({"segdesk": 1, "classes": [*map(str, range(256))]}), "256 classes"),
    ],
)
def test_read_project_refuses_and_leaves_the_file_when_it_is_bad(
    tmp_path, content, cause
):
    (tmp_path / PROJECT_FILE).write_text(content)

    with pytest.raises(InputError) as refusal:
        read_project(tmp_path)

    assert cause in refusal.value.cause
    assert (tmp_path / PROJECT_FILE).read_text() == content


def test_bare_folder_stays_untouched_when_opened(tmp_path):
    picture(tmp_path / "b" / "10.jpg")
    picture(tmp_path / "b" / "9.jpg")
    picture(tmp_path / "a.png")

    store = ProjectStore.open(tmp_path)
    items = list_items(store.opened)
    store.close()

    assert items.items == ("a.png", "b/9.jpg", "b/10.jpg")
    assert not store.is_project
    assert {path.name for path in tmp_path.iterdir()} == {"a.png", "b"}


def test_course_layout_is_used_in_place_when_it_has_no_project_file(tmp_path):
    picture(tmp_path / "img_dir" / "train" / "a.jpg")
    picture(tmp_path / "img_dir" / "val" / "b.jpg")
    mask = tmp_path / "ann_dir" / "train" / "a.png"
    mask.parent.mkdir(parents=True)
    Image.fromarray(np.zeros((3, 4), np.uint8)).save(mask)
    (tmp_path / "classes.json").write_text('{"classes": [{"name": "x"}, "y"]}')

    project = read_project(tmp_path)
    items = list_items(project)
    project = refreshed(project, items)

    assert items.items == ("img_dir/train/a.jpg", "img_dir/val/b.jpg")
    assert project.classes.names == ("x", "y")
    assert project.annotation_path(items.items[0]) == mask
    assert project.facts(items.items[0]).status is ItemStatus.DRAFT
    assert project.facts(items.items[1]).status is ItemStatus.UNLABELLED
    assert project.facts(items.items[1]).split == "val"


@pytest.mark.parametrize(
    "content", ["half", "[]", "{}", '{"classes": [{"title": "Water"}]}', '["a", "a"]']
)
def test_folder_opens_without_classes_when_classes_json_is_another_program_s(
    tmp_path, content
):
    (tmp_path / "classes.json").write_text(content)

    assert read_project(tmp_path).classes is None


def test_cityscapes_layout_pairs_names_when_suffixes_differ(tmp_path):
    picture(tmp_path / "leftImg8bit" / "val" / "x_leftImg8bit.png")
    (tmp_path / "gtFine").mkdir()

    project = read_project(tmp_path)

    (item,) = list_items(project).items
    assert project.annotation_path(item) == (
        tmp_path / "gtFine" / "val" / "x_gtFine_labelTrainIds.png"
    )


def test_annotations_are_no_images_when_a_bare_folder_is_listed_again(tmp_path):
    picture(tmp_path / "a.jpg")
    project = Project(tmp_path, CLASSES)
    picture(project.annotation_path("a.jpg"))

    assert list_items(project).items == ("a.jpg",)


def test_linked_folder_counts_as_one_of_the_project_when_listed(tmp_path):
    picture(tmp_path / "elsewhere" / "deep" / "x.jpg")
    root = tmp_path / "project"
    root.mkdir()
    project = Project(root, links=(("more", tmp_path / "elsewhere"),))

    (item,) = list_items(project).items

    assert item == "more/deep/x.jpg"
    image = project.image_path(item)
    assert image.is_file()
    assert project.item_of(image) == item
    assert project.annotation_path(item) == root / "annotations/more/deep/x.png"


def test_two_images_of_one_name_are_refused_when_annotated(tmp_path):
    for name in ("a.jpg", "a.png", "b.jpg"):
        picture(tmp_path / name)

    items = list_items(Project(tmp_path))

    items.check("b.jpg")
    with pytest.raises(InputError, match=r"a\.jpg cannot be annotated"):
        items.check("a.jpg")


def test_second_opening_may_only_read_when_the_project_is_open(tmp_path):
    write_project(Project(tmp_path, CLASSES))
    first = ProjectStore.open(tmp_path)

    second = ProjectStore.open(tmp_path)

    assert first.read_only is None
    assert f"process {os.getpid()} on" in second.read_only.cause
    with pytest.raises(StorageError, match="reading only"):
        second.save(second.opened)
    first.close()
    third = ProjectStore.open(tmp_path)
    assert third.read_only is None
    third.close()
    assert [path.name for path in tmp_path.iterdir()] == [PROJECT_FILE]


def test_lock_is_free_when_its_process_was_killed(tmp_path):
    write_project(Project(tmp_path, CLASSES))
    code = (
        "import os, sys, pathlib\n"
        "from segdesk.formats.project_store import ProjectStore\n"
        "ProjectStore.open(pathlib.Path(sys.argv[1]))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert (tmp_path / ".segdesk.lock").exists()

    store = ProjectStore.open(tmp_path)

    assert store.read_only is None
    store.close()


def test_save_keeps_the_other_file_when_it_was_edited_by_hand(tmp_path):
    write_project(Project(tmp_path, CLASSES))
    store = ProjectStore.open(tmp_path)
    (tmp_path / PROJECT_FILE).write_text('{"segdesk": 1, "mine": true}')

    store.save(store.opened)
    store.close()

    assert read_project(tmp_path).classes == CLASSES
    (kept,) = tmp_path.glob(f"{PROJECT_FILE}.changed-*")
    assert "mine" in kept.read_text()


def test_folder_is_read_only_when_it_may_not_be_written_to(tmp_path, monkeypatch):
    write_project(Project(tmp_path, CLASSES))

    def refuse(path: Path) -> FileLock:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(FileLock, "take", refuse)  # root may write everywhere

    store = ProjectStore.open(tmp_path)

    assert "may not write" in store.read_only.cause
    with pytest.raises(StorageError, match="reading only"):
        store.save(store.opened)
