"""The list of shapes beside what is known of the image."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from segdesk.app.files.opened_image import open_image
from segdesk.app.session import FileList
from segdesk.app.tools.pointer import Button, PointerEvent
from segdesk.core.classes import ClassList
from segdesk.core.document import Change
from segdesk.core.history import ShapeEdit, Step
from segdesk.core.rules import NOT_LOCKED
from segdesk.core.shape_edits import ShapePlanner
from segdesk.core.shapes import Ellipse, Point, Rectangle
from segdesk.gui.docks.this_image import ImageDock

CLASSES = ClassList(("Road", "Water"), ("#A06192", "#3D6DFA"))
SHAPES = (
    Rectangle(class_index=0, left=2, top=2, right=12, bottom=12),
    Ellipse(class_index=1, centre=Point(12, 12), radius_x=6, radius_y=4),
)


@pytest.fixture
def project(context, tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(np.full((24, 24, 3), 90, np.uint8)).save(path)
    context.projects.open(tmp_path)
    context.session.set_files(FileList(tmp_path, (path,), 0))
    context.session.set_image(open_image(path))
    context.projects.set_classes(CLASSES, frozenset())
    return context


@pytest.fixture
def dock(qtbot, project) -> ImageDock:
    for shape in SHAPES:
        project.annotating.apply(lambda doc, shape=shape: drawn(doc, shape))
    dock = ImageDock(project)
    qtbot.addWidget(dock)
    dock.resize(308, 200)
    dock.show()
    dock.tabs.choose("shapes")
    return dock


def drawn(document, shape) -> Change:
    plan = ShapePlanner(document.labels, document.shapes, 255, NOT_LOCKED)
    return document.apply(Step("Shape", "polygon", 1, plan.add(shape)))


def rows(dock: ImageDock) -> list[str]:
    spoken = Qt.ItemDataRole.AccessibleTextRole
    model = dock.shapes.model
    return [model.index(row).data(spoken) for row in range(model.rowCount())]


def at(dock: ImageDock, row: int, from_right: int | None = None) -> QPoint:
    view = dock.shapes.view
    rect = view.visualRect(dock.shapes.model.index(row))
    x = 80 if from_right is None else rect.width() - from_right
    return QPoint(x, rect.center().y())


def click(dock: ImageDock, row: int, from_right: int | None = None) -> None:
    viewport = dock.shapes.view.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at(dock, row, from_right))


def test_shapes_stand_topmost_first_when_they_are_listed(dock):
    assert rows(dock) == ["Ellipse, Water, 12 × 8 px", "Rectangle, Road, 10 × 10 px"]
    assert dock.count_text == "2"
    dock.tabs.choose("image")
    assert dock.count_text == ""


def test_shape_is_chosen_on_both_sides_when_it_is_on_one(dock, project):
    click(dock, 1)
    assert project.annotating.choices.tool == "edit"
    assert project.shapes.chosen == 0
    project.annotating.press(PointerEvent(16.5, 12.5, Button.LEFT, pixel=0.1))
    project.annotating.release(PointerEvent(16.5, 12.5, Button.LEFT, pixel=0.1))
    assert project.shapes.chosen == 1
    assert dock.shapes.view.selected_row() == 0


def test_shape_goes_when_delete_is_pressed_in_the_list(dock, project):
    click(dock, 0)
    QTest.keyClick(dock.shapes.view, Qt.Key.Key_Delete)
    assert rows(dock) == ["Rectangle, Road, 10 × 10 px"]
    project.annotating.undo()
    assert len(rows(dock)) == 2


def test_shape_shows_on_top_when_it_is_pulled_up(dock, project):
    labels = project.annotating.document.labels
    assert labels[11, 11] == 1
    viewport, left = dock.shapes.view.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, pos=at(dock, 1))
    QTest.mouseMove(viewport, QPoint(80, 4))
    QTest.mouseMove(viewport, QPoint(80, 2))
    QTest.mouseRelease(viewport, left, pos=QPoint(80, 2))
    assert rows(dock)[0].startswith("Rectangle")
    assert labels[11, 11] == 0
    assert project.shapes.chosen == 1
    project.annotating.undo()
    assert labels[11, 11] == 1
    assert rows(dock)[0].startswith("Ellipse")


@pytest.mark.parametrize("how", ["Escape", "right button", "hidden"])
def test_row_stays_and_its_line_goes_when_a_pull_is_given_up(dock, how):
    view = dock.shapes.view
    viewport, left = view.viewport(), Qt.MouseButton.LeftButton
    before, plain = rows(dock), viewport.grab().toImage()
    QTest.mousePress(viewport, left, pos=at(dock, 1))
    QTest.mouseMove(viewport, QPoint(80, 4))
    QTest.mouseMove(viewport, QPoint(80, 2))
    held = viewport.grab().toImage()
    assert held != plain
    if how == "Escape":
        QTest.keyClick(view, Qt.Key.Key_Escape)
    elif how == "right button":
        QTest.mousePress(viewport, Qt.MouseButton.RightButton, pos=QPoint(80, 2))
    elif how == "hidden":
        view.hide()
        view.show()
    QTest.mouseRelease(viewport, left, pos=QPoint(300, 900))
    QTest.mouseMove(viewport, QPoint(80, 3))
    QTest.mouseMove(viewport, QPoint(80, 2))
    assert viewport.grab().toImage() != held
    assert rows(dock) == before


def test_shape_has_another_class_when_the_menu_gives_it_one(dock, project):
    menu = dock.shapes.menu(0)
    into = next(one.menu() for one in menu.actions() if one.text() == "Change class")
    next(one for one in into.actions() if one.text() == "Water").trigger()
    menu.deleteLater()
    assert rows(dock)[1] == "Rectangle, Water, 10 × 10 px"
    assert project.annotating.document.labels[3, 3] == 1


def test_shape_is_left_alone_on_the_picture_when_it_is_hidden(dock, project):
    click(dock, 0, from_right=20)
    assert rows(dock)[0].endswith("hidden")
    project.annotating.press(PointerEvent(16.5, 12.5, Button.LEFT, pixel=0.1))
    project.annotating.release(PointerEvent(16.5, 12.5, Button.LEFT, pixel=0.1))
    assert project.shapes.chosen is None
    click(dock, 0, from_right=20)
    assert not rows(dock)[0].endswith("hidden")


@pytest.mark.parametrize("deed", ["reclass", "reorder"])
def test_shape_stays_hidden_when_it_is_changed(dock, project, deed):
    shapes = project.shapes
    shapes.toggle_hidden(1)
    getattr(shapes, deed)(1, 0)
    hidden = [shapes.is_hidden(index) for index in range(2)]
    assert hidden == ([False, True] if deed == "reclass" else [True, False])


def test_view_goes_to_a_shape_when_it_is_chosen_in_the_list(dock, project):
    click(dock, 1)
    assert project.shapes.chosen == 0
    assert (project.shapes.bounds_of(0),) in project.viewer.called("reveal")


def test_list_makes_only_the_rows_in_sight_when_there_are_many(dock, project):
    many = tuple(
        Rectangle(class_index=1, left=x % 20, top=0, right=x % 20 + 2, bottom=2)
        for x in range(5000)
    )
    made = []
    project.annotating.apply(
        lambda doc: doc.apply(
            Step(
                "Shapes",
                "polygon",
                1,
                tuple(ShapeEdit(2 + n, None, one) for n, one in enumerate(many)),
            )
        )
    )
    row_at = dock.shapes.model.row_at
    dock.shapes.model.row_at = lambda row: (made.append(row), row_at(row))[1]
    dock.shapes.view.grab()
    assert dock.count_text == "5,002"
    assert len(set(made)) < 20
