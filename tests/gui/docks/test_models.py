"""The models panel, driven as a user drives it."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest

from segdesk.app.models.shelf_entry import ShelfEntry, ShelfState
from segdesk.gui.components import Button
from segdesk.gui.docks.models import ModelsDock
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.jobs.events import DeviceFacts, EnvironmentReport


def entry(model_id: str, state: ShelfState, **changes) -> ShelfEntry:
    return ShelfEntry(model_id, f"Model {model_id}", state.value, state, **changes)


READY_TWO = (entry("a", ShelfState.READY), entry("b", ShelfState.READY))


@pytest.fixture
def dock(qtbot, context) -> ModelsDock:
    dock = ModelsDock(context)
    qtbot.addWidget(dock)
    dock.resize(320, 520)
    dock.show()
    return dock


def click_action(dock: ModelsDock, row: int) -> None:
    rect = dock.view.visualRect(dock.model.index(row))
    QTest.mouseClick(
        dock.view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=QPoint(rect.right() - 20, rect.center().y()),
    )


def double_click(dock: ModelsDock, row: int) -> None:
    middle = dock.view.visualRect(dock.model.index(row)).center()
    QTest.mouseDClick(
        dock.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(80, middle.y())
    )


def visible_buttons(dock: ModelsDock) -> list[Button]:
    return [each for each in dock.findChildren(Button) if each.isVisible()]


def open_menu(dock: ModelsDock, row: int) -> dict[str, QAction]:
    dock.view.menu_asked.emit(dock.model.index(row), dock.mapToGlobal(QPoint(5, 5)))
    (menu,) = dock.findChildren(RowMenu)
    return {action.text(): action for action in menu.actions() if action.text()}


@pytest.mark.parametrize(
    ("state", "called"),
    [
        (ShelfState.READY, "load"),
        (ShelfState.NOT_DOWNLOADED, "get"),
        (ShelfState.DOWNLOADING, "cancel"),
        (ShelfState.NEEDS_OPS, "explain"),
        (ShelfState.NEEDS_EXTRA, "explain"),
        (ShelfState.BROKEN, "explain"),
    ],
)
def test_verb_of_a_row_does_what_its_state_asks_for(dock, context, state, called):
    context.shelf.set_entries(entry("a", ShelfState.READY), entry("b", state))
    click_action(dock, 1)
    assert context.shelf.called(called) == [("b",)]


@pytest.mark.parametrize("state", [ShelfState.LOADED, ShelfState.LOADING])
def test_verb_unloads_what_is_loaded_or_on_its_way(dock, context, state):
    context.predicting.model_id = "a"
    context.shelf.set_entries(entry("a", state))
    click_action(dock, 0)
    assert context.ran == ["model.unload"]


def test_double_click_and_enter_load_a_model(dock, context):
    context.shelf.set_entries(
        entry("a", ShelfState.READY), entry("b", ShelfState.READY)
    )
    double_click(dock, 1)
    assert context.shelf.called("load") == [("b",)]
    dock.view.setFocus()
    QTest.keyClick(dock.view, Qt.Key.Key_Up)
    QTest.keyClick(dock.view, Qt.Key.Key_Return)
    assert context.shelf.called("load") == [("b",), ("a",)]


def test_double_click_leaves_a_loaded_model_alone(dock, context):
    context.predicting.model_id = "a"
    context.shelf.set_entries(entry("a", ShelfState.LOADED))
    double_click(dock, 0)
    assert context.ran == []


def test_panel_offers_the_sample_when_it_is_all_there_is(dock, context):
    context.shelf.set_entries(entry("sample", ShelfState.READY, shipped=True))
    load, zoo = visible_buttons(dock)
    assert (load.text(), zoo.text()) == ("Load sample", "Zoo")
    load.click()
    assert context.shelf.called("load_sample") == [()]
    context.predicting.model_id = "sample"
    context.shelf.set_entries(entry("sample", ShelfState.LOADED, shipped=True))
    assert dock.count_text == "1"
    context.predicting.model_id = None
    context.shelf.set_entries(entry("sample", ShelfState.READY, shipped=True))
    assert dock.view.isVisible()


def test_panel_offers_to_add_when_there_is_no_model(dock, context):
    add, _zoo = visible_buttons(dock)
    add.click()
    assert context.ran == ["model.add"]


def test_row_is_spoken_with_its_progress_and_verb(dock, context):
    context.shelf.set_entries(entry("a", ShelfState.DOWNLOADING, progress=0.58))
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert dock.model.index(0).data(spoken) == "Model a, downloading, 58%, Cancel"


def test_selection_stays_while_progress_comes_in(dock, context):
    coming = entry("b", ShelfState.DOWNLOADING, progress=0.1)
    context.shelf.set_entries(entry("a", ShelfState.READY), coming)
    dock.view.select_row(1)
    coming = entry("b", ShelfState.DOWNLOADING, progress=0.2)
    context.shelf.set_entries(entry("a", ShelfState.READY), coming)
    assert dock.view.selected_row() == 1


def test_bar_moves_only_while_a_model_loads(dock, context):
    context.predicting.model_id = "a"
    context.shelf.set_entries(entry("a", ShelfState.LOADING))
    assert dock.is_ticking
    context.shelf.set_entries(entry("a", ShelfState.LOADED))
    assert not dock.is_ticking


def test_menu_says_why_a_model_cannot_be_removed_or_used(dock, context):
    context.shelf.library = {"a": SimpleNamespace(folder=Path("/models/a"))}
    context.shelf.set_entries(
        entry("a", ShelfState.BROKEN, shipped=True), entry("b", ShelfState.READY)
    )
    actions = open_menu(dock, 0)
    assert actions["Predict with it"].property("why") == "it cannot be loaded yet"
    assert actions["Remove model"].property("why") == "it comes with SegDesk"
    actions["Show in folder"].trigger()
    assert context.dialogs.called("reveal") == [(Path("/models/a"),)]


def test_menu_predicts_and_removes(dock, context):
    context.shelf.library = {"b": SimpleNamespace(folder=Path("/models/b"))}
    context.shelf.set_entries(
        entry("a", ShelfState.READY), entry("b", ShelfState.READY)
    )
    actions = open_menu(dock, 1)
    actions["Predict with it"].trigger()
    actions["Remove model"].trigger()
    assert context.shelf.called("load") == [("b",)]
    assert context.shelf.called("remove") == [("b",)]


def test_filter_narrows_the_list_and_goes_away_with_its_button(dock, context):
    context.shelf.set_entries(
        entry("a", ShelfState.READY), entry("b", ShelfState.READY)
    )
    (find,) = dock.header_widgets()
    assert not dock.filter.isVisible()
    find.click()
    dock.filter.setText("model b")
    assert dock.model.rowCount() == 1
    find.click()
    assert dock.model.rowCount() == 2


def test_copy_takes_the_list(dock, context):
    context.shelf.set_entries(
        entry("a", ShelfState.READY), entry("b", ShelfState.READY)
    )
    QTest.keyClick(dock.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Model a\tready\nModel b\tready\n"


def test_foot_offers_what_the_machine_has(dock, context):
    device, precision = dock.foot.device, dock.foot.precision
    assert device.currentText() == "CPU, 2 threads"
    assert [precision.itemText(row) for row in range(2)] == ["Auto", "fp32"]
    context.predicting.environment = EnvironmentReport(
        versions={},
        devices=(DeviceFacts("cuda:0", "NVIDIA H200"), DeviceFacts("cpu", "CPU")),
        cpu_threads=16,
        compiled_ops=True,
    )
    context.predicting.changed.emit()
    assert precision.count() == 4
    device.activated.emit(2)
    precision.activated.emit(2)
    assert context.predicting.called("set_device") == [("cpu",)]
    assert context.predicting.called("set_precision") == [("bf16",)]
