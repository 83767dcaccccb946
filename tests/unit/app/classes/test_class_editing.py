"""Naming classes of a project, and which one is painted."""

from pathlib import Path

import pytest

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.classes.editing import ClassEditing
from segdesk.app.classes.history import ClassHistory
from segdesk.app.project.shelf import ProjectShelf
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError

MODEL = ClassList(("background", "nucleus"), ("#8A8F98", "#3D6DFA"))


class NoTimer:
    def after(self, _seconds, _call):
        return lambda: None


@pytest.fixture
def shelf(desk, executor, tmp_path: Path):
    (tmp_path / "images").mkdir()
    shelf = ProjectShelf(executor, desk.notices)
    yield shelf
    shelf.close()
    executor.run_all()


@pytest.fixture
def editing(desk, executor, shelf) -> ClassEditing:
    autosave = Autosave(executor, NoTimer(), desk.notices)
    annotations = OpenAnnotations(desk, executor, autosave, shelf)
    annotating = Annotating(desk, executor, annotations, autosave, shelf, {})
    history = ClassHistory(shelf)
    return ClassEditing(desk, shelf, annotations, annotating, history)


@pytest.fixture
def opened(shelf, executor, tmp_path) -> ProjectShelf:
    shelf.open(tmp_path / "images")
    executor.run_all()
    return shelf


def test_classes_cannot_be_changed_when_nothing_is_open(editing, desk):
    assert editing.why_fixed() == "Open images first"
    desk.session.set_model_classes(MODEL)
    assert editing.painted == 1  # not the background
    assert editing.other == 0


def test_classes_of_the_model_become_the_project_s_when_one_is_renamed(
    editing, desk, opened
):
    desk.session.set_model_classes(MODEL)
    editing.rename(1, "cell")
    assert opened.project.classes.names == ("background", "cell")
    desk.session.set_model_classes(MODEL)
    assert desk.session.classes.names == ("background", "cell")
    desk.session.set_model_classes(None)
    assert desk.session.classes.names == ("background", "cell")


def test_selection_and_locks_stay_when_a_class_is_renamed(editing, desk, opened):
    for name in ("road", "water", "sky"):
        editing.add(name)
    editing.select(1)
    editing.toggle_lock(2)
    desk.session.update_view(hidden=frozenset({0}))
    editing.rename(0, "street")
    assert editing.painted == 1
    assert editing.locked == {2}
    assert desk.session.view.hidden == {0}
    editing.toggle_lock(2)
    assert opened.project.locked == frozenset()


def test_name_is_refused_when_it_is_taken_or_empty(editing, opened):
    editing.add("road")
    for name in ("", "  ", "ROAD"):
        with pytest.raises(InputError):
            editing.add(name)
    assert editing.problem_with("Road", 0) == ""


def test_swap_gives_back_what_was_painted(editing, desk, opened):
    editing.add("road")
    editing.add("water")
    assert editing.painted == 1
    editing.swap()
    assert editing.painted == 255
    editing.swap()
    assert editing.painted == 1
    desk.session.update_view(selected_class=0)
    assert editing.painted == 0
