from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.app.annotate.kept_histories import KeptHistories
from segdesk.app.files.opened_image import open_image
from segdesk.app.project.reading import folder_images
from segdesk.app.session import FileList
from segdesk.app.tools.box import ToolBox
from segdesk.app.tools.options import Combine, ToolOptions
from segdesk.app.tools.pointer import Button, Key, PointerEvent
from segdesk.core.classes import ClassList
from segdesk.core.edits import plan_labels
from segdesk.core.errors import InputError
from segdesk.core.geometry import Rect, Size
from segdesk.core.history import History, Step
from segdesk.core.item_status import ItemFilter, ItemStatus, MadeBy
from segdesk.core.project import PROJECT_FILE, Project
from segdesk.core.splits import SeededSplit
from segdesk.formats.file_lock import FileLock, HeldError
from segdesk.formats.project_file import read_project, write_project

CLASSES = ClassList.from_names(("background", "road", "tree"))
SIZE = Size(60, 40)


def test_stroke_is_drawn_and_saved_when_the_pen_goes_up(room):
    drawn, states = [], []
    room.annotating.painted.connect(drawn.extend)
    room.show("a.jpg")
    room.annotations.current.journal.wait()
    room.stroke(5, 6)
    states.append(room.shelf.facts("a.jpg").status)
    room.quiet()

    assert Rect(5, 6, 3, 3) in drawn
    assert states == [ItemStatus.DRAFT]
    assert np.array_equal(room.saved("a.jpg"), room.labels)
    facts = read_project(room.root).facts("a.jpg")
    assert (facts.made_by, facts.classes) == (MadeBy.HAND, (0, 1))
    assert facts.size == (SIZE.width, SIZE.height)


def test_undo_survives_when_images_are_switched(room):
    room.show("a.jpg")
    room.stroke(5, 6)
    first = room.labels.copy()
    room.stroke(20, 20, 2)
    room.show("b.jpg")
    room.stroke(1, 1)
    room.show("a.jpg")

    assert len(room.annotating.document.history) == 2
    room.annotating.undo()
    assert np.array_equal(room.labels, first)
    room.annotating.undo()
    assert not room.labels.any()
    room.annotating.redo()
    assert np.array_equal(room.labels, first)
    room.quiet()
    assert np.array_equal(room.saved("a.jpg"), first)


def test_image_is_unlabelled_again_when_all_is_undone_even_after_leaving_it(room):
    def status() -> ItemStatus:
        return room.shelf.facts("a.jpg").status

    room.show("a.jpg")
    room.stroke(5, 6)
    room.stroke(9, 9)
    room.annotating.undo()
    assert status() is ItemStatus.DRAFT
    room.show("b.jpg")
    room.show("a.jpg")
    room.annotating.undo()
    assert status() is ItemStatus.UNLABELLED
    room.quiet()
    assert read_project(room.root).facts("a.jpg").made_by is MadeBy.NOBODY
    room.annotating.redo()
    assert status() is ItemStatus.DRAFT
    room.annotating.set_status(ItemStatus.DONE)
    room.annotating.undo()
    assert status() is ItemStatus.DONE


def test_unsaved_work_is_there_again_when_its_image_is_shown_before_it_is_written(room):
    room.show("a.jpg")
    room.stroke(5, 6)
    labels = room.labels
    room.desk.session.set_image(open_image(room.root / "b.jpg"))
    room.desk.session.set_image(open_image(room.root / "a.jpg"))

    assert room.labels is labels
    room.executor.run_all()
    assert np.array_equal(room.saved("a.jpg"), labels)


def test_stroke_under_the_pen_is_kept_when_the_image_is_left(room):
    room.show("a.jpg")
    room.annotating.choose(class_index=2)
    room.annotating.press(PointerEvent(3, 3, Button.LEFT))
    room.show("b.jpg")

    assert (room.saved("a.jpg")[3:6, 3:6] == 2).all()


def test_pixels_are_as_before_when_a_stroke_is_aborted(room):
    room.show("a.jpg")
    room.annotating.press(PointerEvent(3, 3, Button.LEFT))
    room.annotating.abort()

    assert not room.labels.any()
    assert not room.annotations.current.is_painting
    assert not room.annotations.current.is_dirty


def test_killed_work_comes_back_with_its_undo_when_the_program_starts_again(
    tmp_path, desk, executor, timer, make_room, make_folder
):
    make_folder(tmp_path / "project", CLASSES)
    room = make_room(tmp_path / "project")
    room.show("a.jpg")
    room.stroke(5, 6)
    room.stroke(20, 20, 2)
    wanted = room.labels.copy()
    room.annotations.current.journal.close()  # as the system does for the killed
    room.shelf.store.close()
    executor.waiting.clear()
    timer.calls.clear()
    desk.session.image_changed._slots.clear()

    again = make_room(tmp_path / "project")
    again.annotations.recover()
    again.show("a.jpg")

    assert again.messages == ["2 changes of a.jpg recovered."]
    assert np.array_equal(again.labels, wanted)
    again.annotating.go_to(0)
    assert not again.labels.any()
    again.close()


def test_bare_folder_becomes_a_project_when_its_first_annotation_is_written(
    tmp_path, desk, executor, timer, make_room, make_folder
):
    make_folder(tmp_path / "bare", None)
    room = make_room(tmp_path / "bare")
    desk.session.set_classes(CLASSES)
    room.show("a.jpg")
    room.quiet()
    assert not (room.root / PROJECT_FILE).exists()

    room.stroke(5, 6)
    room.quiet()

    assert read_project(room.root).classes == CLASSES
    assert read_project(room.root).facts("a.jpg").status is ItemStatus.DRAFT
    room.close()
    assert {path.name for path in room.root.iterdir()} == {
        *("a.jpg", "b.jpg", "c.jpg"),
        *("annotations", PROJECT_FILE),
    }


def test_opened_folder_is_the_project_when_its_images_lie_deeper(
    tmp_path, desk, make_room, make_folder
):
    make_folder(tmp_path / "bare", None)
    make_folder(tmp_path / "bare" / "deep", None)
    room = make_room(tmp_path / "bare")
    paths = folder_images(room.root)
    desk.session.set_files(FileList(room.root, paths))
    room.show("deep/b.jpg")

    assert room.shelf.project.root == room.root
    assert room.shelf.paths == paths
    assert room.annotations.current.place.item == "deep/b.jpg"
    room.close()


def test_painting_asks_for_a_class_at_the_press_when_there_is_none(
    tmp_path, desk, executor, timer, make_room, make_folder
):
    make_folder(tmp_path / "bare", None)
    room = make_room(tmp_path / "bare")
    room.show("a.jpg")
    asked = []
    room.annotating.class_wanted.connect(lambda: asked.append(True))
    room.stroke(5, 6)
    room.stroke(5, 6)

    assert len(asked) == 2
    assert room.messages == []
    assert len(room.annotating.document.history) == 0
    room.close()


def test_painting_is_refused_when_another_program_has_the_project(
    tmp_path, desk, make_room, make_folder, monkeypatch
):
    make_folder(tmp_path / "project", CLASSES)

    def held(_path):
        raise HeldError(4711, "desk")

    monkeypatch.setattr(FileLock, "take", held)
    room = make_room(tmp_path / "project")
    room.show("a.jpg")
    room.stroke(5, 6)

    assert not room.labels.any()
    assert "process 4711 on desk" in desk.notices.history[0].cause
    room.close()


def test_damaged_annotation_is_told_and_kept_when_its_image_is_painted(room):
    mask = Project(room.root).annotation_path("a.jpg")
    mask.parent.mkdir()
    mask.write_bytes(b"\x89PNG half")
    room.show("a.jpg")
    assert room.messages
    assert mask.read_bytes() == b"\x89PNG half"

    room.stroke(5, 6)
    room.quiet()

    assert np.array_equal(room.saved("a.jpg"), room.labels)
    (kept,) = mask.parent.glob("a.png.damaged-*")
    assert kept.read_bytes() == b"\x89PNG half"


def test_status_is_kept_in_the_file_when_it_is_set_without_a_stroke(room):
    room.show("b.jpg")
    room.annotating.set_status(ItemStatus.DONE)
    room.quiet()
    room.show("c.jpg")

    wanted = ItemFilter(statuses=frozenset({ItemStatus.DONE}))
    assert room.shelf.matching(wanted) == [1]
    assert room.shelf.unlabelled_from("a.jpg", 1) == "c.jpg"
    assert room.shelf.unlabelled_from("a.jpg", -1) == "c.jpg"
    assert read_project(room.root).facts("b.jpg").status is ItemStatus.DONE
    assert not room.saved("b.jpg").any()


def test_splits_are_kept_in_the_file_when_the_images_are_divided(room):
    room.show("a.jpg")
    room.shelf.split(SeededSplit(1, (("train", 0.67), ("val", 0.33))))
    room.executor.run_all()

    project = read_project(room.root)
    assert sorted(project.facts(f"{x}.jpg").split for x in "abc") == [
        *("train", "train", "val")
    ]
    assert project.split_rule == SeededSplit(1, (("train", 0.67), ("val", 0.33)))


def test_slow_work_is_delivered_when_the_image_is_still_there(room):
    room.show("a.jpg")
    room.annotating.choose(tool="wand", class_index=2)
    room.annotating.press(PointerEvent(0, 0, Button.LEFT))
    room.annotating.release(PointerEvent(0, 0, Button.LEFT))
    room.executor.run_all()

    assert (room.labels[:2, :2] == 2).all()
    room.annotating.press(PointerEvent(0, 0, Button.LEFT))
    room.annotating.release(PointerEvent(0, 0, Button.LEFT))
    room.show("b.jpg")
    assert not room.labels.any()


def test_steps_keep_their_order_when_a_large_stroke_is_still_being_kept(
    tmp_path, desk, executor, timer, make_room
):
    Image.new("RGB", (3000, 2600), "grey").save(tmp_path / "large.jpg")
    write_project(Project(tmp_path, CLASSES))
    room = make_room(tmp_path, ToolBox())
    room.show("large.jpg")
    room.annotating.choose(tool="brush", options=ToolOptions(brush_size=2000.0))
    room.stroke(1500, 1300)
    assert not len(room.annotating.document.history)  # a worker has it

    wanted = np.full((9, 9), 2, np.uint8)
    edit = plan_labels(room.labels, wanted, Rect(1500, 1300, 9, 9))
    step = Step("Other", "other", 2, (edit,))
    room.annotating.apply(lambda document: document.apply(step))
    room.executor.run_all()

    assert [one.title for one in room.annotating.document.history] == ["Brush", "Other"]
    room.annotating.undo()
    assert room.labels[1304, 1504] == 1
    room.annotating.undo()
    room.executor.run_all()
    assert not room.labels.any()
    room.stroke(1500, 1300)
    room.executor.run_all()
    assert len(room.annotating.document.history) == 1
    room.close()


def test_picked_class_and_sentence_are_told_when_a_tool_says_so(room):
    said = []
    room.annotating.status_said.connect(said.append)
    room.show("a.jpg")
    room.annotating.hover(PointerEvent(1, 1))

    assert room.annotating.choices.class_index == 2
    assert said[-1] == "Tree"


def test_histories_keep_to_one_budget_when_many_images_are_left():
    kept = KeptHistories(budget_bytes=5000)
    for number in range(9):
        history = History()
        for _ in range(5):
            history.push(Step("Brush", "b", 1, ()))
        kept.put(Path(f"{number}.png"), history, "x")
    kept.trim(2000)

    found = [n for n in range(9) if kept.take(Path(f"{n}.png"), "x")]
    assert found == [6, 7, 8]


def test_shelf_refuses_a_link_when_its_name_is_taken(room):
    room.show("a.jpg")
    with pytest.raises(InputError, match="was not linked"):
        room.shelf.link("a.jpg", room.root)


def test_folder_images_leave_annotations_out_when_a_part_of_a_project_is_opened(
    tmp_path,
):
    for name in ("img_dir/train/a.jpg", "img_dir/val/b.jpg", "ann_dir/train/a.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", SIZE).save(tmp_path / name)
    (tmp_path / PROJECT_FILE).write_text("damaged")

    train = folder_images(tmp_path / "img_dir" / "train")
    assert train == (tmp_path / "img_dir" / "train" / "a.jpg",)
    (tmp_path / PROJECT_FILE).unlink()
    assert len(folder_images(tmp_path)) == 2


def test_status_is_cleared_when_another_class_is_chosen_and_when_a_step_is_done(room):
    said = []
    room.annotating.status_said.connect(said.append)
    room.show("a.jpg")
    room.annotating.choose(class_index=1)
    assert said == [""]
    room.stroke(2, 2)
    assert said == ["", ""]


def test_subtracting_ends_when_another_tool_draws(room):
    annotating = room.annotating
    annotating.choose(tool="polygon")
    cuts = replace(annotating.choices.options, combine=Combine.SUBTRACT)
    annotating.choose(options=cuts)
    annotating.choose(tool="pan")
    annotating.choose(tool="polygon")
    assert annotating.choices.options.combine is Combine.SUBTRACT
    annotating.choose(tool="pan")
    annotating.choose(tool="ellipse")
    assert annotating.choices.options.combine is Combine.NEW


def test_work_of_the_tool_box_is_undone_saved_and_read_again_when_images_change(
    tmp_path, make_room, make_folder
):
    make_folder(tmp_path / "project", CLASSES)
    room = make_room(tmp_path / "project", ToolBox())
    room.show("a.jpg")
    room.stroke(5, 6, 2)
    painted = room.labels.copy()
    room.annotating.choose(tool="polygon", class_index=1)
    for x, y in ((20, 5), (50, 5), (50, 30)):
        room.annotating.press(PointerEvent(x, y, Button.LEFT))
        room.annotating.release(PointerEvent(x, y, Button.LEFT))
    assert room.annotating.key(Key.ENTER)
    document = room.annotating.document
    assert [step.title for step in document.history] == ["Brush", "Polygon"]
    assert len(document.shapes) == 1
    drawn, shapes = room.labels.copy(), document.shapes
    room.annotating.undo()
    assert np.array_equal(room.labels, painted)
    assert room.annotating.document.shapes == ()
    room.annotating.redo()
    room.show("b.jpg")
    room.show("a.jpg")

    assert np.array_equal(room.labels, drawn)
    assert np.array_equal(room.saved("a.jpg"), drawn)
    assert room.annotating.document.shapes == shapes
    room.close()
