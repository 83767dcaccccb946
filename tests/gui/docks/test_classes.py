"""The legend, driven as a user drives it."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from segdesk.app.session import ProposalView
from segdesk.app.view_state import OverlayLook
from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction
from segdesk.gui.components import Button
from segdesk.gui.dialogs.colour import ColourPopup, parse_hex
from segdesk.gui.docks.classes import ClassesDock
from segdesk.gui.item_models.row_delegate import Role

CLASSES = ClassList(("Road", "Water", "Land"), ("#A06192", "#3D6DFA", "#FFC933"))
_EYE_X, _SWATCH_X, _NAME_X = 292, 37, 90


def proposal(
    labels: list[int], classes: ClassList = CLASSES, *, sure: int | None = 204
) -> ProposalView:
    """Return a prediction of one row of pixels."""
    found = np.array([labels], np.uint8)
    confidence = None if sure is None else np.full_like(found, sure)
    prediction = Prediction(found, confidence, classes, "model", "cpu", {})
    return ProposalView(prediction, class_stats(found, len(classes), confidence))


@pytest.fixture
def dock(qtbot, context) -> ClassesDock:
    dock = ClassesDock(context)
    qtbot.addWidget(dock)
    dock.resize(320, 420)
    dock.show()
    return dock


@pytest.fixture
def click(dock) -> Callable[..., None]:
    def click(
        row: int,
        x: int,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        *,
        double: bool = False,
    ) -> None:
        y = dock.view.visualRect(dock.model.index(row)).center().y()
        press = QTest.mouseDClick if double else QTest.mouseClick
        press(dock.view.viewport(), Qt.MouseButton.LeftButton, modifiers, QPoint(x, y))

    return click


def show(context, classes: ClassList) -> None:
    """Take a class list; what stands about the rows follows at the end of the turn."""
    context.session.set_classes(classes)
    QCoreApplication.processEvents()


def rows(dock: ClassesDock) -> list[str]:
    model = dock.model
    spoken = Qt.ItemDataRole.AccessibleTextRole
    return [model.index(row).data(spoken) for row in range(model.rowCount())]


def test_legend_is_empty_with_a_way_out_when_no_model_is_loaded(dock, context):
    buttons = [each for each in dock.findChildren(Button) if each.isVisible()]
    assert [each.text() for each in buttons] == ["Add class", "Load model"]
    for button in buttons:
        button.click()
    assert context.ran == ["class.add", "model.load"]
    assert dock.count_text == ""


def test_legend_lists_the_classes_without_numbers_when_nothing_is_predicted(
    dock, context
):
    show(context, CLASSES)
    assert dock.count_text == "3"
    assert rows(dock)[0] == "Road, #A06192, visible"


def test_legend_says_share_and_confidence_when_predicted(dock, context):
    show(context, CLASSES)
    context.session.set_proposal(proposal([0, 0, 1, 255, 0, 0, 0, 0, 0, 0]))
    assert rows(dock) == [
        "Road, #A06192, 80.0%, confidence 0.80, visible",
        "Water, #3D6DFA, 10.0%, confidence 0.80, visible",
        "Land, #FFC933, 0.0%, visible",
        "Ignore, 10.0%, visible",
    ]


def test_legend_takes_a_prediction_without_confidence(dock, context):
    show(context, CLASSES)
    context.session.set_proposal(proposal([0, 1], sure=None))
    assert rows(dock)[0] == "Road, #A06192, 50.0%, visible"


def test_click_selects_and_eye_hides(dock, context, click):
    show(context, CLASSES)
    click(1, _NAME_X)
    assert context.session.view.selected_class == 1
    click(1, _EYE_X)
    assert context.session.view.hidden == {1}
    assert rows(dock)[1].endswith("hidden")
    click(1, _EYE_X)
    assert context.session.view.hidden == set()
    assert context.session.view.selected_class == 1


def test_ignored_pixels_have_an_eye_too(dock, context, click):
    show(context, CLASSES)
    context.session.set_proposal(proposal([0, 255]))
    click(3, _EYE_X)
    assert context.session.view.hidden == {IGNORE_INDEX}


def test_alt_click_on_an_eye_shows_that_class_alone(dock, context, click):
    show(context, CLASSES)
    click(2, _EYE_X, Qt.KeyboardModifier.AltModifier)
    assert context.session.view.solo == 2
    assert [row.rsplit(", ")[-1] for row in rows(dock)] == [
        "hidden",
        "hidden",
        "visible",
    ]


def test_selection_follows_the_session_and_the_keys(dock, context):
    show(context, CLASSES)
    context.session.update_view(selected_class=2)
    assert dock.view.selected_row() == 2
    dock.view.setFocus()
    QTest.keyClick(dock.view, Qt.Key.Key_Up)
    assert context.session.view.selected_class == 1


def test_sort_by_share_keeps_the_selected_class(dock, context):
    show(context, CLASSES)
    context.session.set_proposal(proposal([2, 2, 2, 1, 1, 0]))
    context.session.update_view(selected_class=0, sort_by_share=True)
    assert [row.split(",")[0] for row in rows(dock)] == ["Land", "Water", "Road"]
    assert dock.model.row_at(dock.view.selected_row()).name == "Road"


def test_double_click_on_a_swatch_gives_a_class_another_colour(
    qtbot, dock, context, click
):
    show(context, CLASSES)
    click(1, _SWATCH_X, double=True)
    (popup,) = dock.findChildren(ColourPopup)
    popup.field.setText("12AB")
    assert popup.field.property("state") == "bad"
    popup.field.setText("12ab34")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dock.findChildren(ColourPopup))
    assert context.session.classes.palette[1] == "#12AB34"
    assert rows(dock)[1].startswith("Water, #12AB34")


def test_parse_hex_takes_what_people_type():
    assert parse_hex(" a06192 ") == "#A06192"
    assert parse_hex("#A0619") is None


def test_sliders_and_looks_change_the_view(dock, context):
    show(context, CLASSES)
    bar = dock.overlay_bar
    bar.opacity.setFocus()
    QTest.keyClick(bar.opacity, Qt.Key.Key_End)
    assert context.session.view.opacity == 1.0
    bar.look.chosen.emit(OverlayLook.CONTOUR)
    assert context.session.view.look is OverlayLook.CONTOUR
    context.session.update_view(opacity=0.3)
    QCoreApplication.processEvents()
    assert bar.opacity.value() == 30


def test_head_turns_shares_into_pixels(dock, context):
    show(context, CLASSES)
    dock.head.share.click()
    assert dock.model.counts_pixels


def test_copy_takes_the_table(dock, context):
    show(context, CLASSES)
    context.session.set_proposal(proposal([0, 0, 1, 1]))
    context.session.update_view(hidden=frozenset({2}))
    QTest.keyClick(dock.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[0] == "Class"
    assert lines[1] == "Road\t#A06192\t0.500000\t2\t0.8000\tyes"
    assert lines[3] == "Land\t#FFC933\t0.000000\t0\t\tno"


def test_filter_appears_only_when_there_are_many_classes(qtbot, dock, context):
    show(context, CLASSES)
    assert not dock.filter.isVisible()
    many = ClassList.from_names(tuple(f"thing {number}" for number in range(150)))
    show(context, many)
    assert dock.filter.isVisible()
    dock.filter.setText("thing 14")
    assert len(rows(dock)) == 11
    assert dock.model.index(1).data(Role.ROW).number == "141"


def test_several_changes_of_a_turn_are_shown_once(dock, context):
    told: list[str] = []
    dock.count_changed.connect(told.append)
    context.session.set_classes(CLASSES)
    context.session.update_view(selected_class=2)
    context.session.set_proposal(proposal([0, 1]))
    assert rows(dock)[0].startswith("Road, #A06192, 50.0%")
    assert told == []
    QCoreApplication.processEvents()
    assert told == ["3"]
