import numpy as np
import pytest

from segdesk.core.class_remap import merged, reordered
from segdesk.core.classes import ClassList
from segdesk.core.errors import JobCancelledError
from segdesk.core.geometry import Size
from segdesk.core.project import PROJECT_FILE, Project
from segdesk.core.shapes import Point, Polygon
from segdesk.formats import class_remap_files
from segdesk.formats.class_remap_files import (
    backups_dir,
    finish,
    put_back,
    put_back_unfinished,
    remap_annotations,
)
from segdesk.formats.native import (
    AnnotationState,
    Expected,
    read_annotation,
    write_annotation,
)
from segdesk.formats.project_file import read_project, write_project

CLASSES = ClassList.from_names(("background", "road", "tree"))
SIZE = Size(8, 6)
TURN = reordered(CLASSES, frozenset(), (0, 2, 1))
TRIANGLE = Polygon(class_index=1, rings=((Point(0, 0), Point(4, 0), Point(0, 4)),))


def nothing(_done: int, _total: int) -> None:
    pass


@pytest.fixture
def masks(tmp_path):
    project = Project(tmp_path, CLASSES)
    write_project(project)
    paths = []
    for number in range(4):
        labels = np.full((SIZE.height, SIZE.width), number % 3, np.uint8)
        labels[0] = 255
        path = project.annotation_path(f"{number}.jpg")
        state = AnnotationState(f"{number}.jpg", labels, (TRIANGLE,))
        write_annotation(path, state, CLASSES, Expected())
        paths.append(path)
    return paths


def contents(root) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files}


def test_labels_and_shapes_have_new_classes_when_all_is_remapped(tmp_path, masks):
    left_out = remap_annotations(tmp_path, masks, TURN, backups_dir() / "1", nothing)

    assert left_out == ()
    found = [read_annotation(mask, SIZE) for mask in masks]
    assert [one.problem for one in found] == [None] * 4
    assert [int(one.state.labels[1, 1]) for one in found] == [0, 2, 1, 0]
    assert all((one.state.labels[0] == 255).all() for one in found)
    assert all(one.state.shapes[0].class_index == 2 for one in found)


def test_all_files_are_as_before_when_a_finished_change_is_put_back(tmp_path, masks):
    before = contents(tmp_path)
    backup = backups_dir() / "1"
    remap_annotations(
        tmp_path, masks, merged(CLASSES, frozenset(), 1, 2), backup, nothing
    )
    finish(backup)
    assert put_back_unfinished(tmp_path) == 0

    result = put_back(backup)

    # One held the class that went; one shows the index that now has other colours.
    assert result.files == 2
    assert contents(tmp_path) == before
    assert not backup.exists()


def test_all_files_are_as_before_when_the_job_is_cancelled(tmp_path, masks):
    before = contents(tmp_path)

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        remap_annotations(tmp_path, masks, TURN, backups_dir() / "1", stop)

    assert contents(tmp_path) == before
    assert not list(backups_dir().iterdir())


def test_unfinished_change_is_put_back_when_its_program_was_killed(
    tmp_path, masks, monkeypatch
):
    before = contents(tmp_path)
    write = class_remap_files.write_annotation

    def die(mask, *rest):
        if mask == masks[2]:
            write(mask, *rest)
            raise KeyboardInterrupt
        return write(mask, *rest)

    with monkeypatch.context() as killed:
        killed.setattr(class_remap_files, "write_annotation", die)
        killed.setattr(class_remap_files, "put_back", lambda _backup: None)
        with pytest.raises(KeyboardInterrupt):
            remap_annotations(tmp_path, masks, TURN, backups_dir() / "1", nothing)
    (tmp_path / PROJECT_FILE).write_text("the new classes")
    assert contents(tmp_path) != before

    assert put_back_unfinished(tmp_path / "another") == 0
    assert put_back_unfinished(tmp_path) == 1
    assert contents(tmp_path) == before


def test_project_is_put_back_once_when_the_backup_cannot_be_removed(
    tmp_path, masks, monkeypatch
):
    backup = backups_dir() / "1"
    remap_annotations(tmp_path, masks, TURN, backup, nothing)
    monkeypatch.setattr(class_remap_files.shutil, "rmtree", lambda *_, **__: None)
    put_back(backup)
    later = ClassList.from_names(("background", "road", "tree", "car"))
    write_project(Project(tmp_path, later))

    assert put_back_unfinished(tmp_path) == 0
    assert read_project(tmp_path).classes == later


def test_file_is_left_alone_when_it_was_changed_after_the_change(tmp_path, masks):
    backup = backups_dir() / "1"
    remap_annotations(tmp_path, masks, TURN, backup, nothing)
    finish(backup)
    found = read_annotation(masks[0], SIZE)
    found.state.labels[:] = 1
    write_annotation(masks[0], found.state, CLASSES, Expected(found.mark))

    result = put_back(backup)

    assert result.changed == (masks[0],)
    assert (read_annotation(masks[0], SIZE).state.labels == 1).all()


def test_damaged_mask_is_left_out_and_told_when_others_are_remapped(tmp_path, masks):
    masks[1].write_bytes(b"half")

    left_out = remap_annotations(tmp_path, masks, TURN, backups_dir() / "1", nothing)

    assert left_out == (masks[1],)
    assert masks[1].read_bytes() == b"half"
    assert int(read_annotation(masks[2], SIZE).state.labels[1, 1]) == 1
