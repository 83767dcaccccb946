import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.classes import remapping as class_remapping
from segdesk.app.classes import taking_back as class_taking_back
from segdesk.app.classes.history import ClassHistory
from segdesk.app.classes.remapping import ClassRemapping
from segdesk.app.files.opened_image import open_image
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.session import FileList
from segdesk.core.classes import ClassList
from segdesk.core.edits import plan_labels
from segdesk.core.errors import StorageError
from segdesk.core.geometry import Rect, Size
from segdesk.core.history import Step
from segdesk.core.project import Project
from segdesk.formats.class_remap_files import backups_dir, put_back_unfinished
from segdesk.formats.native import read_annotation
from segdesk.formats.project_file import read_project, write_project

CLASSES = ClassList.from_names(("background", "road", "tree"))
SIZE = Size(30, 20)


class Room:
    def __init__(self, root: Path, desk, executor, engine, timer) -> None:
        self.root, self.desk, self.executor = root, desk, executor
        self.engine = engine
        self.autosave = Autosave(executor, timer, desk.notices)
        self.shelf = ProjectShelf(executor, desk.notices)
        self.annotations = OpenAnnotations(desk, executor, self.autosave, self.shelf)
        self.history = ClassHistory(self.shelf)
        self.remapping = ClassRemapping(
            desk, engine, self.annotations, self.autosave, self.shelf, self.history
        )

    def show(self, name: str) -> None:
        self.desk.session.set_image(open_image(self.root / name))
        self.executor.run_all()

    def paint(self, value: int, x: int = 2) -> None:
        annotation = self.annotations.current
        wanted = np.full((5, 5), value, np.uint8)
        with annotation.changing() as document:
            edit = plan_labels(document.labels, wanted, Rect(x, 2, 5, 5))
            step = Step("Brush", "paint-brush", value, (edit,))
            document.apply(step)
        annotation.journal.append(step)
        self.annotations.touch(annotation)

    def finish(self) -> None:
        self.executor.run_all()
        while self.engine.works:
            self.engine.run_work()
            self.executor.run_all()

    def saved(self, name: str, x: int = 3) -> int:
        mask = Project(self.root).annotation_path(name)
        return int(read_annotation(mask, SIZE).state.labels[3, x])

    @property
    def names(self) -> tuple[str, ...]:
        return read_project(self.root).classes.names


@pytest.fixture
def room(tmp_path, desk, executor, engine, timer):
    root = tmp_path / "project"
    root.mkdir()
    write_project(Project(root, CLASSES))
    for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg"):
        Image.new("RGB", SIZE).save(root / name)
    room = Room(root, desk, executor, engine, timer)
    for name, value in (("a.jpg", 1), ("b.jpg", 2)):
        room.show(name)
        room.paint(value)
    yield room
    room.annotations.leave()
    room.executor.run_all()
    room.shelf.close()


def test_classes_change_in_all_annotations_when_one_is_merged_and_come_back(room):
    told: list[frozenset[str]] = []
    room.shelf.items_changed.connect(told.append)
    room.remapping.merge(1, 2)
    assert not room.annotations.may_write()
    room.finish()
    assert room.annotations.may_write()

    assert room.names == ("background", "tree")
    assert [room.saved("a.jpg"), room.saved("b.jpg")] == [1, 1]
    assert room.shelf.facts("a.jpg").classes == (0, 1)
    assert int(room.annotations.current.document.labels[3, 3]) == 1
    assert room.history.undoable.words == "Merge road into tree"

    room.remapping.undo()
    room.finish()

    assert room.names == CLASSES.names
    assert [room.saved("a.jpg"), room.saved("b.jpg")] == [1, 2]
    assert room.shelf.facts("b.jpg").classes == (0, 2)
    assert int(room.annotations.current.document.labels[3, 3]) == 2
    assert not list(backups_dir().glob("*"))
    assert len(told) == 2  # lists count the classes of their files anew
    assert told[0] == told[1] == frozenset(room.shelf.project.items)


def test_nothing_changes_when_the_job_is_cancelled(room):
    room.remapping.delete(1)
    room.executor.run_all()
    (job,) = room.desk.jobs.live()
    room.desk.jobs.cancel(job.id)
    room.finish()

    assert room.names == CLASSES.names
    assert [room.saved("a.jpg"), room.saved("b.jpg")] == [1, 2]
    assert not room.remapping.is_busy
    assert room.annotations.current is not None


def test_undo_steps_survive_when_a_class_is_deleted_and_when_that_is_taken_back(room):
    room.paint(1)
    room.remapping.delete(1, 2)
    room.finish()
    document = room.annotations.current.document
    assert [step.class_index for step in document.history] == [1, 1]
    with room.annotations.current.changing():
        document.go_to(0)
        assert not document.labels.any()
        document.go_to(1)
    assert int(document.labels[3, 3]) == 1
    with room.annotations.current.changing():
        document.go_to(2)
    assert int(document.labels[3, 3]) == 1

    room.remapping.undo()
    room.finish()
    document = room.annotations.current.document
    assert [step.class_index for step in document.history] == [2, 1]
    with room.annotations.current.changing():
        document.undo()
    assert int(document.labels[3, 3]) == 2


def test_what_was_painted_since_is_kept_when_a_merge_is_taken_back(room):
    # d holds road and tree side by side; both are told apart again afterwards.
    room.show("d.jpg")
    room.paint(1)
    room.paint(2, 10)
    room.remapping.merge(2, 1)  # tree into road
    room.finish()
    assert [room.saved("d.jpg"), room.saved("d.jpg", 11)] == [1, 1]

    room.paint(0, 14)  # over the right part of what was tree
    room.paint(1, 20)
    room.show("c.jpg")  # first annotated since
    room.paint(1)
    room.show("a.jpg")
    room.paint(255, 20)
    room.remapping.undo()
    room.finish()

    assert room.names == CLASSES.names
    columns = {
        name: [room.saved(name, x) for x in (3, 11, 14, 21)]
        for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg")
    }
    assert columns == {
        "a.jpg": [1, 0, 0, 255],
        "b.jpg": [2, 0, 0, 0],
        "c.jpg": [1, 0, 0, 0],
        "d.jpg": [1, 2, 0, 1],
    }
    assert room.shelf.facts("c.jpg").classes == (0, 1)
    assert room.shelf.facts("d.jpg").classes == (0, 1, 2)
    room.show("d.jpg")
    document = room.annotations.current.document
    assert len(document.history) == 4
    with room.annotations.current.changing():
        document.undo()
        document.undo()
    assert document.labels[3, [3, 11, 14, 21]].tolist() == [1, 2, 2, 0]
    with room.annotations.current.changing():
        document.go_to(4)
    assert document.labels[3, [3, 11, 14, 21]].tolist() == [1, 2, 0, 1]


def test_several_changes_go_back_and_on_when_images_were_painted_in_between(room):
    room.remapping.reorder((0, 2, 1))  # background, tree, road
    room.finish()
    room.show("c.jpg")
    room.paint(2)  # road
    room.remapping.delete(1, 2)  # tree becomes road: background, road
    room.finish()
    room.show("d.jpg")
    room.paint(1)  # road
    names = ("a.jpg", "b.jpg", "c.jpg", "d.jpg")

    room.remapping.undo()
    room.finish()
    assert [room.saved(name) for name in names] == [2, 1, 2, 2]
    room.remapping.undo()
    room.finish()
    assert room.names == CLASSES.names
    assert [room.saved(name) for name in names] == [1, 2, 1, 1]
    assert room.history.undoable is None

    room.remapping.redo()
    room.finish()
    room.remapping.redo()
    room.finish()
    assert room.names == ("background", "road")
    assert [room.saved(name) for name in names] == [1, 1, 1, 1]
    room.remapping.undo()
    room.finish()
    assert [room.saved(name) for name in names] == [2, 1, 2, 2]


def _full(*_args: object) -> None:
    raise StorageError("It was not written.", cause="The disk is full.", hint="Free.")


def test_change_is_taken_back_at_once_when_that_was_cut_short(room, monkeypatch):
    room.remapping.merge(2, 1)
    room.finish()
    room.show("c.jpg")
    room.paint(1)
    monkeypatch.setattr(class_taking_back, "put_back", _full)
    room.remapping.undo()
    room.finish()

    assert room.names == CLASSES.names
    assert [room.saved(f"{name}.jpg") for name in "abc"] == [1, 2, 1]
    assert room.annotations.may_write()
    assert not room.remapping.is_busy


def test_picture_keeps_its_labels_while_classes_change(room):
    seen = []
    room.annotations.opened.connect(lambda one: seen.append(one is not None))
    room.remapping.delete(1)
    document = room.annotations.current.document
    assert int(document.labels[3, 3]) == 2
    room.finish()
    assert int(document.labels[3, 3]) == 1  # shown so until it was read anew
    assert seen == [True]


def test_second_change_is_ignored_when_one_is_under_way(room):
    room.remapping.reorder((0, 2, 1))
    room.remapping.delete(1)
    room.finish()

    assert room.names == ("background", "tree", "road")
    assert [room.saved("a.jpg"), room.saved("b.jpg")] == [2, 1]


def test_files_show_the_new_colours_when_they_are_written_and_the_old_ones_after_undo(
    room,
):
    def shown(name: str) -> tuple[int, ...]:
        mask = Project(room.root).annotation_path(name)
        with Image.open(mask) as image:
            return image.convert("RGB").getpixel((3, 3))

    room.executor.run_all()
    room.annotations.leave()
    room.executor.run_all()
    before = shown("a.jpg")
    palette = ("#8A8F98", "#010203", CLASSES.palette[2])
    room.shelf.set_classes(ClassList(CLASSES.names, palette), frozenset())
    room.remapping.write_colours()
    room.finish()
    assert shown("a.jpg") == (1, 2, 3)
    assert room.saved("a.jpg") == 1
    room.remapping.undo()
    room.finish()
    assert shown("a.jpg") == before
    assert room.saved("a.jpg") == 1


def test_selected_and_hidden_classes_stay_the_same_when_their_indices_change(room):
    session = room.desk.session
    session.update_view(selected_class=1, hidden=frozenset({0, 2}))
    room.remapping.reorder((0, 2, 1))
    room.finish()
    assert (session.view.selected_class, session.view.hidden) == (2, {0, 1})
    room.remapping.merge(2, 1)
    room.finish()
    assert (session.view.selected_class, session.view.hidden) == (1, {0, 1})
    room.remapping.undo()
    room.finish()
    assert room.names == ("background", "tree", "road")
    assert (session.view.selected_class, session.view.hidden) == (1, {0, 1})


@pytest.fixture
def elsewhere(room, tmp_path):
    """Return what opens another project, as the user does."""
    root = tmp_path / "elsewhere"
    root.mkdir()
    write_project(Project(root, CLASSES))
    Image.new("RGB", SIZE).save(root / "z.jpg")

    def go() -> None:
        room.desk.session.set_files(FileList(root, (root / "z.jpg",)))
        room.shelf.open(root)
        room.executor.run_all()
        room.desk.session.set_image(open_image(root / "z.jpg"))

    return go


@pytest.mark.parametrize("is_begun", [False, True])
def test_nothing_changes_when_another_project_is_opened_meanwhile(
    room, elsewhere, is_begun
):
    if is_begun:
        room.executor.run_all()
    room.remapping.merge(1, 2)
    elsewhere()
    room.finish()

    assert read_project(room.root).classes == CLASSES
    assert [room.saved("a.jpg"), room.saved("b.jpg")] == [1, 2]
    assert room.shelf.project.root != room.root
    assert room.shelf.project.classes == CLASSES
    assert not room.history.steps
    assert not room.remapping.is_busy
    assert room.annotations.may_write()
    assert not list(backups_dir().glob("*"))


def test_change_stays_when_the_project_is_closed_right_after_it(room):
    room.executor.run_all()
    room.remapping.merge(1, 2)
    room.executor.run_all()
    room.engine.run_work()  # done; the project file is not written yet
    room.shelf.close()
    room.finish()

    assert put_back_unfinished(room.root) == 0
    assert room.names == ("background", "tree")
    assert [room.saved("a.jpg"), room.saved("b.jpg")] == [1, 1]


def test_nothing_changes_when_steps_of_undo_do_not_fit_in_memory(room, monkeypatch):
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(class_remapping, "StepRemap", full)
    room.remapping.merge(1, 2)
    room.finish()

    assert room.names == CLASSES.names
    assert [room.saved("a.jpg"), room.saved("b.jpg")] == [1, 2]
    assert not room.remapping.is_busy


def test_change_is_not_taken_back_when_its_backup_is_gone(room):
    room.remapping.merge(1, 2)
    room.finish()
    for backup in backups_dir().glob("*"):
        shutil.rmtree(backup)
    told = []
    room.desk.notices.posted.connect(told.append)
    room.remapping.undo()
    room.finish()

    assert room.names == ("background", "tree")
    assert [room.saved("a.jpg"), room.saved("b.jpg")] == [1, 1]
    assert "are gone" in told[0].cause
