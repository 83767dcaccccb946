"""The history, and what is known of the open image."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from segdesk.app.files.opened_image import open_image
from segdesk.app.session import FileList
from segdesk.core.classes import ClassList
from segdesk.core.edits import plan_edit
from segdesk.core.geometry import Rect
from segdesk.core.history import Source, SourceKind, Step
from segdesk.core.item_status import ItemStatus
from segdesk.core.splits import ListSplit
from segdesk.gui.docks.history import HistoryDock
from segdesk.gui.docks.this_image import ImageDock
from segdesk.gui.item_models.history_model import ago

CLASSES = ClassList(("Road", "Water"), ("#A06192", "#3D6DFA"))


@pytest.fixture
def project(context, tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(np.full((4, 5, 3), 90, np.uint8)).save(path)
    context.projects.open(tmp_path)
    context.session.set_files(FileList(tmp_path, (path,), 0))
    context.session.set_image(open_image(path))
    context.projects.set_classes(CLASSES, frozenset())
    return context


def paint(context, column: int, title: str, kind: SourceKind = SourceKind.HAND) -> None:
    def draw(pixels, _part) -> None:
        pixels[...] = column % 2

    labels = context.annotating.document.labels
    edit = plan_edit(labels, Rect(column, 0, 1, 4), draw)
    step = Step(title, "paint-brush", column % 2, (edit,), Source(kind))
    context.annotating.apply(lambda document: document.apply(step))


@pytest.fixture
def dock(qtbot, project) -> HistoryDock:
    dock = HistoryDock(project)
    qtbot.addWidget(dock)
    dock.resize(308, 300)
    dock.show()
    return dock


def rows(dock: HistoryDock) -> list[str]:
    spoken = Qt.ItemDataRole.AccessibleTextRole
    model = dock.model
    return [model.index(row).data(spoken) for row in range(model.rowCount())]


def test_history_is_empty_until_something_is_done(dock, project):
    assert rows(dock) == []
    paint(project, 0, "Brush")
    paint(project, 1, "Fill region")
    assert rows(dock) == ["Fill region, Water", "Brush, Road", "Opened"]
    assert dock.count_text == "2"
    assert dock.view.selected_row() == 0


def test_click_goes_back_and_forth(dock, project):
    for column in range(3):
        paint(project, column, "Brush")
    document = project.annotating.document

    def click(row: int) -> None:
        y = dock.view.visualRect(dock.model.index(row)).center().y()
        left = Qt.MouseButton.LeftButton
        QTest.mouseClick(dock.view.viewport(), left, pos=QPoint(120, y))

    click(3)
    assert document.history.position == 0
    assert (document.labels == 255).all()
    assert rows(dock)[0] == "Brush, Road, taken back"
    click(1)
    assert document.history.position == 2
    assert dock.view.selected_row() == 1
    project.annotating.redo()
    assert dock.view.selected_row() == 0


def test_changes_of_classes_are_steps_too(dock, project):
    editing, deeds = project.class_editing, project.deeds
    paint(project, 0, "Brush")
    editing.rename(0, "Street")
    editing.add("Tree")
    paint(project, 1, "Brush")
    assert rows(dock) == [
        "Brush, Water",
        "Add class, Tree",
        "Rename class, Road to Street",
        "Brush, Street",
        "Opened",
    ]
    deeds.undo()
    deeds.undo()
    assert project.session.classes.names == ("Street", "Water")
    assert rows(dock)[:2] == ["Brush, Water, taken back", "Add class, Tree, taken back"]

    dock.view.activated.emit(dock.model.index(3))
    assert project.session.classes == CLASSES
    assert project.annotating.document.history.position == 1
    dock.view.activated.emit(dock.model.index(0))
    assert project.session.classes.names == ("Street", "Water", "Tree")
    assert project.annotating.document.history.position == 2
    assert dock.view.selected_row() == 0


def test_added_class_stays_when_pixels_have_it(dock, project):
    project.class_editing.add("Tree")

    def draw(pixels, _part) -> None:
        pixels[...] = 2

    labels = project.annotating.document.labels
    edit = plan_edit(labels, Rect(0, 0, 2, 2), draw)
    project.annotating.apply(lambda one: one.apply(Step("Brush", "x", 2, (edit,))))
    project.deeds.undo_classes()
    assert len(project.session.classes) == 3
    assert project.posted[-1].cause == "This image has pixels of Tree."
    project.deeds.undo()
    project.deeds.undo()
    assert project.session.classes == CLASSES
    paint(project, 0, "Brush")
    assert project.deeds.why_no_redo() == "There is nothing to redo"


def test_merge_is_a_step_that_goes_back_and_on(dock, project):
    paint(project, 0, "Brush")
    project.class_remapping.merge(1, 0)
    paint(project, 2, "Brush")
    assert rows(dock)[1] == "Merge Water into Road"
    dock.view.activated.emit(dock.model.index(3))
    assert project.session.classes == CLASSES
    assert project.annotating.document.history.position == 0
    dock.view.activated.emit(dock.model.index(0))
    assert project.session.classes.names == ("Road",)
    assert project.annotating.document.history.position == 2
    assert project.annotating.document.labels[0, 0] == 0


def test_ages_are_in_one_unit():
    ages = [ago(seconds) for seconds in (1, 12, 61, 3700, 90_000, 200_000)]
    assert ages == ["now", "12 s", "1 min", "1 h", "1 day", "2 days"]


def test_image_dock_says_who_made_what_and_changes_status_and_split(qtbot, project):
    dock = ImageDock(project)
    qtbot.addWidget(dock)
    assert dock.made_by.accessibleName() == "Nobody yet"
    paint(project, 0, "Brush")
    paint(project, 1, "Accept all", SourceKind.MODEL)
    assert dock.made_by.accessibleName() == "50% by hand, 50% by a model"
    assert dock.status.currentText() == "Draft"
    dock.status.activated.emit(dock.status.findText("Done"))
    assert project.projects.facts("a.png").status is ItemStatus.DONE
    dock.split.activated.emit(dock.split.findText("Validation"))
    assert project.projects.facts("a.png").split == "val"
    assert dock.split.currentText() == "Validation"
    project.projects.split(ListSplit((("train", ("a",)),)))  # all are divided anew
    assert dock.split.currentText() == "Train"
    project.session.set_image(None)
    assert not dock.status.isVisibleTo(dock)
