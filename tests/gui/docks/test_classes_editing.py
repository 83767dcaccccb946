"""Naming, locking, reordering and deleting classes in their list."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from segdesk.app.catalog.class_commands import delete_class, merge_classes
from segdesk.app.catalog.edit_commands import COMMANDS
from segdesk.app.files.opened_image import open_image
from segdesk.app.session import FileList
from segdesk.core.classes import ClassList
from segdesk.core.edits import plan_edit
from segdesk.core.geometry import Rect
from segdesk.core.history import Step
from segdesk.core.item_status import ItemStatus
from segdesk.gui.class_menu import class_menu
from segdesk.gui.components import Label
from segdesk.gui.dialogs.class_choice import ClassDialog
from segdesk.gui.docks.classes import ClassesDock
from segdesk.gui.item_models.row_menu import RowMenu

CLASSES = ClassList(("Road", "Water", "Land"), ("#A06192", "#3D6DFA", "#FFC933"))
_LOCK_X, _NAME_X = 277, 90


@pytest.fixture
def project(context, tmp_path):
    """Open a folder of one image with three classes."""
    path = tmp_path / "a.png"
    Image.fromarray(np.full((4, 5, 3), 90, np.uint8)).save(path)
    context.projects.open(tmp_path)
    context.session.set_files(FileList(tmp_path, (path,), 0))
    context.session.set_image(open_image(path))
    context.projects.set_classes(CLASSES, frozenset())
    return context


@pytest.fixture
def dock(qtbot, project) -> ClassesDock:
    dock = ClassesDock(project)
    dock.set_layout("annotate")
    qtbot.addWidget(dock)
    dock.resize(320, 420)
    with qtbot.waitExposed(dock):
        dock.show()
    return dock


def rows(dock: ClassesDock) -> list[str]:
    spoken = Qt.ItemDataRole.AccessibleTextRole
    model = dock.model
    return [model.index(row).data(spoken) for row in range(model.rowCount())]


def paint(context, rect: Rect, value: int) -> None:
    labels = context.annotating.document.labels

    def draw(pixels, _part) -> None:
        pixels[...] = value

    edit = plan_edit(labels, rect, draw)
    step = Step("Brush", "paint-brush", value, (edit,))
    context.annotating.apply(lambda document: document.apply(step))
    context.timer.pass_time()


def test_list_says_shares_of_the_labels_while_annotating(dock, project):
    paint(project, Rect(0, 0, 5, 2), 1)
    assert rows(dock) == [
        "Road, #A06192, 0.0%, visible",
        "Water, #3D6DFA, 50.0%, visible",
        "Land, #FFC933, 0.0%, visible",
        "Ignore, 50.0%, visible",
    ]


def test_list_says_that_nothing_is_labelled_until_it_is_or_the_image_is_done(
    dock, project
):
    words = [label.text() for label in dock.findChildren(Label)]
    assert "Nothing labelled yet" in words
    assert rows(dock)[-1] == "Ignore, visible", "not 100% of the image"
    project.annotating.set_status(ItemStatus.DONE)
    assert rows(dock)[-1] == "Ignore, 100%, visible", "the user says so"


def test_ignore_is_a_paint_of_its_own_when_clicked(dock, project):
    y = dock.view.visualRect(dock.model.index(3)).center().y()
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(dock.view.viewport(), left, pos=QPoint(_NAME_X, y))
    assert project.annotating.choices.class_index == 255


def test_new_class_is_named_and_painted_when_added(dock, project):
    dock.begin_naming(None)
    editor = dock.new_row.editor
    QTest.keyClicks(editor, "road")
    assert editor.property("state") == "bad"
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert len(project.session.classes) == 3
    editor.clear()
    QTest.keyClicks(editor, "Vegetation")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert project.session.classes.names[-1] == "Vegetation"
    assert project.session.classes.palette[-1] == "#007955"
    assert project.annotating.choices.class_index == 3
    assert not editor.isVisible()


def test_first_class_can_be_named_when_there_is_none(qtbot, context, tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(np.full((4, 5, 3), 90, np.uint8)).save(path)
    context.projects.open(tmp_path)
    dock = ClassesDock(context)
    qtbot.addWidget(dock)
    dock.show()
    dock.begin_naming(None)
    QTest.keyClicks(dock.new_row.editor, "Cell")
    QTest.keyClick(dock.new_row.editor, Qt.Key.Key_Return)
    assert context.projects.project.classes.names == ("Cell",)


def test_name_is_changed_by_double_click_and_kept_with_enter(dock, project):
    y = dock.view.visualRect(dock.model.index(1)).center().y()
    left = Qt.MouseButton.LeftButton
    QTest.mouseDClick(dock.view.viewport(), left, pos=QPoint(_NAME_X, y))
    assert dock.editor.isVisible()
    assert dock.editor.text() == "Water"
    QTest.keyClicks(dock.editor, "Lake")
    QTest.keyClick(dock.editor, Qt.Key.Key_Return)
    assert project.session.classes.names == ("Road", "Lake", "Land")
    dock.begin_naming(0)
    QTest.keyClicks(dock.editor, "Street")
    QTest.keyClick(dock.editor, Qt.Key.Key_Escape)
    assert project.session.classes.names[0] == "Road"


def test_lock_is_set_by_a_click(dock, project):
    y = dock.view.visualRect(dock.model.index(1)).center().y()
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(dock.view.viewport(), left, pos=QPoint(_LOCK_X, y))
    assert project.projects.project.locked == {1}
    assert rows(dock)[1].endswith("locked")
    assert project.annotating.context().locked == {1}


def test_class_goes_elsewhere_when_pulled_with_its_pixels(dock, project):
    paint(project, Rect(0, 0, 5, 4), 0)
    view = dock.view
    top = view.visualRect(dock.model.index(0)).center()
    end = view.visualRect(dock.model.index(2)).bottomLeft()
    kinds = QMouseEvent.Type
    left = Qt.MouseButton.LeftButton
    for kind, at in (
        (kinds.MouseButtonPress, top),
        (kinds.MouseMove, QPoint(_NAME_X, end.y() - 20)),
        (kinds.MouseMove, QPoint(_NAME_X, end.y())),
        (kinds.MouseButtonRelease, QPoint(_NAME_X, end.y())),
    ):
        where = QPointF(at)
        event = QMouseEvent(
            kind, where, where, left, left, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(view.viewport(), event)
    assert project.session.classes.names == ("Water", "Land", "Road")
    assert (project.annotating.document.labels == 2).all()


def test_delete_names_the_count_and_does_nothing_when_refused(project):
    paint(project, Rect(0, 0, 5, 4), 1)
    project.annotating.save()
    delete_class(project, 1)
    ((question,),) = project.dialogs.called("ask_class")
    assert question.title == "Delete Water?"
    assert question.detail == "1 of 1 images holds Water."
    assert question.offered == (255, 0, 2)
    assert len(project.session.classes) == 3
    project.dialogs.answers["ask_class"] = 255
    delete_class(project, 1)
    assert project.session.classes.names == ("Road", "Land")
    assert (project.annotating.document.labels == 255).all()


def test_delete_gives_the_pixels_to_the_class_that_is_chosen(qtbot, project):
    paint(project, Rect(0, 0, 5, 4), 1)
    delete_class(project, 1)
    ((question,),) = project.dialogs.called("ask_class")
    dialog = ClassDialog(None, question)
    qtbot.addWidget(dialog)
    assert dialog.chosen == 255
    dialog.choice.setCurrentIndex(2)
    project.dialogs.answers["ask_class"] = dialog.chosen
    delete_class(project, 1)
    assert project.session.classes.names == ("Road", "Land")
    assert (project.annotating.document.labels == 1).all()


def test_undo_takes_a_change_of_classes_back_when_it_was_the_last_deed(project):
    paint(project, Rect(0, 0, 5, 4), 1)
    project.annotating.save()
    (undo,) = (one for one in COMMANDS if one.id == "edit.undo")
    project.dialogs.answers["ask_class"] = 255
    delete_class(project, 1)
    assert undo.disabled_why(project) is None
    undo.run(project)
    assert project.session.classes.names == ("Road", "Water", "Land")
    assert (project.annotating.document.labels == 1).sum() == 20
    undo.run(project)
    assert not (project.annotating.document.labels == 1).any()


def test_merge_gives_the_pixels_to_the_other_class(project):
    paint(project, Rect(0, 0, 5, 4), 1)
    project.dialogs.answers["confirm"] = True
    merge_classes(project, 1, 0)
    assert project.session.classes.names == ("Road", "Land")
    assert (project.annotating.document.labels == 0).all()


def test_letter_runs_no_command_while_a_menu_is_open(qtbot):
    window, ran = QWidget(), []
    qtbot.addWidget(window)
    canvas = QWidget(window)
    canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    command = QAction(window)
    command.setShortcut("D")
    command.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    command.triggered.connect(lambda: ran.append("next image"))
    canvas.addAction(command)
    with qtbot.waitExposed(window):
        window.show()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    menu = RowMenu(window)
    menu.add("eye", "Solo class", lambda: None)
    menu.open_at(window.mapToGlobal(QPoint(0, 0)))
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_D)
    assert not ran
    menu.close()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_D)
    assert ran == ["next image"]


def test_menu_says_why_ignore_stays_as_it_is(dock, project):
    row = dock.model.row_at(3)
    menu = class_menu(dock, project, row, lambda: None, lambda: None)
    verbs = {action.text(): action for action in menu.actions() if action.text()}
    for verb in ("Rename", "Lock", "Delete", "Merge into"):
        assert not verbs[verb].isEnabled()
        assert verbs[verb].property("why") == "255 is always there"
    menu.deleteLater()


def test_ignore_stays_in_sight_when_the_list_scrolls(dock, project, qtbot):
    assert dock.ignore_view.isHidden()
    names = tuple(f"class {number}" for number in range(40))
    project.projects.set_classes(ClassList.from_names(names), frozenset())
    qtbot.waitUntil(dock.ignore_view.isVisible)
    qtbot.waitUntil(lambda: dock.view.verticalScrollBar().maximum() > 0)
    pinned, row = dock.ignore_view, dock.model.index(40)
    place = pinned.visualRect(row)
    assert dock.rect().contains(pinned.geometry())
    assert not dock.view.visualRect(row).height()

    project.class_editing.select(3)
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(pinned.viewport(), left, pos=QPoint(_NAME_X, place.center().y()))
    assert project.class_editing.painted == 255
    dock.view.setFocus()
    QTest.keyClick(dock.view, Qt.Key.Key_Up)
    assert project.class_editing.painted == 39
    dock.resize(320, 1800)
    qtbot.waitUntil(dock.ignore_view.isHidden)
    assert dock.view.visualRect(row).height()
