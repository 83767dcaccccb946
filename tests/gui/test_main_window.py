"""The window: keys, menus, docks, what is remembered, what drops for lack of room."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QVBoxLayout, QWidget

from segdesk.app.catalog import all_commands
from segdesk.app.files.recent import RecentPlaces
from segdesk.app.keys.keymap import Keymap
from segdesk.app.session import FileList
from segdesk.core.classes import ClassList
from segdesk.gui import theme
from segdesk.gui.components import Button
from segdesk.gui.components.panels import EmptyState
from segdesk.gui.dialogs.confirm import ConfirmDialog
from segdesk.gui.dialogs.keys import KeysDialog
from segdesk.gui.dock_places import Area, DockPlace, DockState
from segdesk.gui.main_window import MainWindow
from segdesk.gui.menus import LINE, MENUS, RECENT, SETTINGS
from segdesk.gui.status_bar import zoom_words
from segdesk.gui.viewer.reading import PixelReading
from segdesk.gui.window_state import (
    MINIMUM,
    WindowState,
    place_on,
    read_state,
    write_state,
)


class FakeViewer(QWidget):
    """A canvas that takes the keyboard."""

    cursor_moved = Signal(object)
    zoom_changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.canvas = QWidget(self)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.canvas)


class FakePanel(QWidget):
    """A list under a filter."""

    count_changed = Signal(str)
    header_actions = ()
    count_text = "7"

    def __init__(self, dock_id: str) -> None:
        super().__init__()
        self.dock_id = dock_id
        self.title = dock_id.capitalize()
        self.filter = QLineEdit()
        self.list = QListView()
        column = QVBoxLayout(self)
        column.addWidget(self.filter)
        column.addWidget(self.list)

    def focus_filter(self) -> None:
        self.filter.setFocus()


@pytest.fixture
def real_commands(context, segdesk_home):
    """Give the fake context the program's own commands."""
    context.commands = all_commands()
    context.commands.bind(context)
    context.keymap = Keymap(context.commands)
    context.opening.wanted = None
    context.opening.recent = RecentPlaces(segdesk_home / "recent.json")
    context.run_ids = []
    context.commands.ran.connect(context.run_ids.append)
    return context


@pytest.fixture
def make_window(qtbot, real_commands):
    windows = []

    def make() -> MainWindow:
        made = MainWindow(theme.dress(real_commands.settings.preferences))
        real_commands.window = made
        panels = [FakePanel(name) for name in ("files", "classes", "models", "jobs")]
        made.assemble(real_commands, FakeViewer(), panels)
        windows.append(made)
        made.resize(1600, 1000)
        with qtbot.waitExposed(made):
            made.show()
        return made

    yield make
    for made in windows:
        made.close()
        made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == []


@pytest.fixture
def window(make_window) -> MainWindow:
    return make_window()


def canvas_of(window: MainWindow) -> QWidget:
    return window.findChild(FakeViewer).canvas


def panel(window: MainWindow, dock_id: str) -> FakePanel:
    return window.dock_host.dock(dock_id).content


# ------------------------------------------------------------------ keys


def test_letter_runs_its_command_when_canvas_or_list_has_the_keyboard(
    window, real_commands
):
    window.show_viewer()
    for widget in (canvas_of(window), panel(window, "files").list):
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_T)
    assert real_commands.run_ids == ["view.overlay", "view.overlay"]
    assert not widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_letter_is_typed_when_a_field_has_the_keyboard(window, real_commands):
    window.show_viewer()
    field = panel(window, "files").filter
    field.setFocus()
    QTest.keyClicks(field, "tmc")
    assert field.text() == "tmc"
    assert real_commands.run_ids == []


def test_key_says_why_when_its_command_cannot_run(window, real_commands):
    window.show_viewer()
    QTest.keyClick(
        canvas_of(window), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
    )
    assert real_commands.toasts[-1].message == "Predict: Open an image first"


def test_palette_opens_when_its_key_is_pressed(window):
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.findChild(QWidget, "commandPalette")
    assert palette.isVisible()
    assert palette.summary.endswith("commands")


def test_f6_walks_round_the_areas_and_remembers_when_pressed_again(window):
    window.show_viewer()
    field = panel(window, "files").filter
    field.setFocus()
    seen = []
    for _ in range(5):
        QTest.keyClick(window, Qt.Key.Key_F6)
        seen.append(QApplication.focusWidget())
    assert window.options_bar.isAncestorOf(seen[0])
    assert seen[1] is canvas_of(window)
    assert window.dock_host.areas[Area.RIGHT].isAncestorOf(seen[2])
    QTest.keyClick(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    while QApplication.focusWidget() is not canvas_of(window):
        QTest.keyClick(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is field


def test_escape_returns_to_the_canvas_when_a_field_is_empty(window):
    window.show_viewer()
    field = panel(window, "files").filter
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is canvas_of(window)


# ------------------------------------------------------------------ menus and bars


def test_every_command_of_the_menus_exists_once_when_listed(real_commands):
    known = {command.id for command in real_commands.commands}
    listed = [i for _, ids in MENUS for i in ids if i not in (LINE, RECENT)]
    assert set(listed) <= known
    assert set(SETTINGS) - {LINE} <= known
    assert len(listed) == len(set(listed))


def test_menu_row_says_why_and_is_checked_when_opened(window, real_commands):
    view = window.app_bar.menu_bar.actions()[2].menu()
    view.prepare()
    rows = {row.text(): row for row in view.actions() if row.text()}
    assert not rows["Fit to window"].isEnabled()
    assert rows["Fit to window"].property("why") == "open an image first"
    assert rows["Show overlay"].isChecked()
    rows["Show overlay"].trigger()
    assert not real_commands.session.view.overlay_visible
    assert not rows["Show overlay"].isChecked()


def test_options_drop_into_the_menu_when_the_window_is_narrow(window, qtbot):
    window.set_layout("review")
    assert window.options_bar.dropped_commands == ()
    window.resize(MINIMUM)
    qtbot.waitUntil(lambda: "view.pixel_grid" in window.options_bar.dropped_commands)
    shown = [b for b in window.options_bar.findChildren(Button) if b.isVisible()]
    assert [button.text() for button in shown] == ["Predict", "Prepare next 20"]


def test_status_bar_says_position_class_and_confidence_when_the_cursor_moves(
    window, real_commands
):
    class Image:
        width, height = 1126, 1058

    real_commands.session.image = Image()
    real_commands.session.set_classes(ClassList.from_names(("land", "road")))
    reading = PixelReading(638, 402, (1, 2, 3), 1, 0.914)
    canvas_of(window).parentWidget().cursor_moved.emit(reading)
    assert window.status_bar.words() == "x 638 y 402 road class 1 0.91 1126 × 1058 px"
    assert [zoom_words(zoom) for zoom in (0.031, 1.024, 64.0)] == [
        "3.1%",
        "102%",
        "6,400%",
    ]


def test_title_names_image_and_folder_when_files_are_open(
    window, real_commands, tmp_path
):
    paths = (tmp_path / "road.jpg", tmp_path / "roof.jpg")
    real_commands.session.set_files(FileList(tmp_path, paths, 1))
    assert window.windowTitle() == f"roof.jpg — {tmp_path.name} — SegDesk"
    assert window.dock_host.isVisible()
    real_commands.session.set_files(FileList())
    assert window.windowTitle() == "SegDesk"


def test_surface_changes_when_the_theme_is_switched(window):
    def surface() -> str:
        return window.grab(QRect(20, 500, 2, 2)).toImage().pixelColor(0, 0).name()

    window.set_theme("dark")
    assert surface() == theme.color("window").name() == "#18191b"
    window.set_theme("light")
    assert surface() == "#ebedef"


# ------------------------------------------------------------------ welcome


def test_door_runs_its_command_when_enter_is_pressed(window, real_commands):
    first = window.welcome.doors[0]
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert window.welcome.doors[1].hasFocus()
    QTest.keyClick(window.welcome.doors[1], Qt.Key.Key_Return)
    assert real_commands.run_ids == ["file.open_folder"]


def test_recent_list_comes_back_when_clear_is_undone(window, real_commands, tmp_path):
    recent = real_commands.opening.recent
    recent.add(tmp_path, 3, tmp_path / "a.png")
    (row,) = window.welcome.recent_rows
    assert row.accessibleName() == f"{tmp_path.name}, 3 images"
    clear = next(b for b in window.welcome.findChildren(Button) if b.text() == "Clear")
    clear.click()
    assert window.welcome.recent_rows == ()
    real_commands.toasts[-1].undo()
    assert len(window.welcome.recent_rows) == 1


def test_machine_sentence_says_processor_when_there_is_no_gpu(window):
    words = "No GPU found: models run on the processor"
    assert window.welcome.machine.words == words


# ------------------------------------------------------------------ docks and state


def test_dock_folds_to_its_header_when_double_clicked(window, qtbot):
    window.show_viewer()
    dock = window.dock_host.dock("classes")
    before = dock.height()
    QTest.mouseDClick(dock.header, Qt.MouseButton.LeftButton, pos=QPoint(60, 18))
    qtbot.waitUntil(lambda: dock.height() == dock.header.height())
    window.show_dock("classes")
    qtbot.waitUntil(lambda: dock.height() > before / 2)


def test_dock_lands_in_another_area_when_pulled_there(window, qtbot):
    window.show_viewer()
    host = window.dock_host
    header = host.dock("jobs").header
    QTest.mousePress(header, Qt.MouseButton.LeftButton, pos=QPoint(60, 18))
    target = host.mapToGlobal(QPoint(host.width() // 2, host.height() - 40))
    for _ in range(2):
        QTest.mouseMove(header, header.mapFromGlobal(target))
    QTest.mouseRelease(
        header, Qt.MouseButton.LeftButton, pos=header.mapFromGlobal(target)
    )
    assert host.area_of("jobs") is Area.BOTTOM
    assert host.areas[Area.BOTTOM].isVisible()


def test_docks_lie_as_before_when_the_window_opens_again(make_window, qtbot):
    first = make_window()
    first.set_layout("review")
    first.dock_host.move_dock("jobs", Area.LEFT, 0)
    first.dock_host.dock("models").set_folded(True)
    first.resize(1500, 900)
    first.close()
    second = make_window()
    assert second.dock_host.area_of("jobs") is Area.LEFT
    assert second.dock_host.dock("models").is_folded
    assert not second.dock_host.dock("files").is_folded
    ids = [place.id for place in second.dock_host.state().places]
    assert ids == ["jobs", "files", "classes", "models"]


def test_docks_hide_and_come_back_when_toggled(window):
    window.toggle_docks()
    assert not window.dock_host.dock("files").isVisible()
    window.show_dock("jobs")
    assert window.dock_host.dock("files").isVisible()


def test_state_survives_the_file_when_written_and_read(tmp_path):
    places = (DockPlace("files", Area.BOTTOM, 300, folded=True),)
    docks = {"review": DockState(places, 250)}
    state = WindowState(5, 6, 1400, 900, maximized=True, layouts=docks)
    write_state(tmp_path / "deep" / "window.json", state)
    assert read_state(tmp_path / "deep" / "window.json") == state
    (tmp_path / "broken.json").write_text("{")
    assert read_state(tmp_path / "broken.json") == WindowState()


SCREEN = QRect(0, 0, 1920, 1080)


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (WindowState(100, 50, 1300, 800), QRect(100, 50, 1300, 800)),
        (WindowState(5000, 50, 1300, 800), QRect(310, 140, 1300, 800)),
        (WindowState(100, -900, 1300, 800), QRect(310, 140, 1300, 800)),
        (WindowState(0, 0, 9000, 9000), SCREEN),
        (WindowState(), QRect(160, 40, 1600, 1000)),
    ],
)
def test_window_is_in_sight_when_screens_have_changed(state, wanted):
    assert place_on(state, [SCREEN]) == wanted
    assert place_on(state, [QRect(0, 0, 800, 600)]).size() == QSize(MINIMUM)


# ------------------------------------------------------------------ dialogs


def test_keys_dialog_lists_what_fits_when_filtered(real_commands, qtbot):
    dialog = KeysDialog(real_commands, None)
    qtbot.addWidget(dialog)
    dialog.filter.setText("ctrl+u")
    dialog.search_now()
    model = dialog.model
    rows = [model.row_at(line) for line in range(model.rowCount())]
    assert [row.title for row in rows if row] == ["Open folder"]
    dialog.show()
    (nothing,) = dialog.findChildren(EmptyState)
    assert not nothing.isVisible()
    dialog.filter.setText("zzqx")
    dialog.search_now()
    assert nothing.isVisible()


def test_confirmation_does_nothing_when_enter_is_pressed_at_once(qtbot):
    dialog = ConfirmDialog(None, "Remove it?", "It is gone then.", "Remove model")
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.result() == ConfirmDialog.DialogCode.Rejected
    assert not dialog.isVisible()
