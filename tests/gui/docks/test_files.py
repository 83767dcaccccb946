"""The files panel, driven as a user drives it."""

import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest

from segdesk.app.session import FileList
from segdesk.gui.components import Button
from segdesk.gui.docks.files import FilesDock
from segdesk.gui.item_models.row_delegate import Role

ROOT = Path("/data/aerial")
PATHS = tuple(
    ROOT / f"Tile {tile}" / "images" / f"part_{part}.jpg"
    for tile in (1, 2)
    for part in (1, 2, 10)
)


@pytest.fixture
def dock(qtbot, context) -> FilesDock:
    dock = FilesDock(context)
    qtbot.addWidget(dock)
    dock.resize(272, 500)
    dock.show()
    return dock


def texts(dock: FilesDock) -> list[str]:
    model = dock.model
    return [model.index(row).data() for row in range(model.rowCount())]


def click(dock: FilesDock, row: int) -> None:
    spot = dock.view.visualRect(dock.model.index(row)).center()
    QTest.mouseClick(
        dock.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, spot.y())
    )


def test_files_are_grouped_by_folder_when_they_lie_in_several(dock, context):
    context.session.set_files(FileList(ROOT, PATHS))
    assert texts(dock)[:2] == ["Tile 1", "part_1.jpg"]
    assert texts(dock).count("Tile 2") == 1
    assert dock.count_text == "6"


def test_files_are_a_plain_list_when_they_lie_in_one_folder(dock, context):
    context.session.set_files(FileList(ROOT / "Tile 1", PATHS[:3]))
    assert texts(dock) == ["part_1.jpg", "part_2.jpg", "part_10.jpg"]


def test_click_opens_a_file_and_folds_a_folder(dock, context):
    context.session.set_files(FileList(ROOT, PATHS))
    click(dock, 2)
    assert context.opening.called("show") == [(1,)]
    assert dock.view.selected_row() == 2
    click(dock, 0)
    assert texts(dock)[:2] == ["Tile 1", "Tile 2"]


def test_current_file_unfolds_its_folder_when_it_changes(dock, context):
    context.session.set_files(FileList(ROOT, PATHS, 0))
    click(dock, 4)
    assert len(texts(dock)) == 5
    context.session.set_files(FileList(ROOT, PATHS, 4))
    assert dock.view.currentIndex().data() == "part_2.jpg"
    assert len(texts(dock)) == 8


def test_arrows_move_and_enter_opens(dock, context):
    context.session.set_files(FileList(ROOT, PATHS, 0))
    dock.view.setFocus()
    QTest.keyClick(dock.view, Qt.Key.Key_Down)
    QTest.keyClick(dock.view, Qt.Key.Key_Return)
    assert context.opening.called("show") == [(1,)]
    QTest.keyClick(dock.view, Qt.Key.Key_Left)
    assert texts(dock)[:2] == ["Tile 1", "Tile 2"]
    QTest.keyClick(dock.view, Qt.Key.Key_Right)
    assert texts(dock)[1] == "part_1.jpg"


def test_filter_narrows_the_list_and_enter_opens_the_first(qtbot, dock, context):
    context.session.set_files(FileList(ROOT, PATHS))
    dock.focus_filter()
    QTest.keyClicks(dock.filter, "tile 2 part_1")
    qtbot.waitUntil(lambda: dock.count_text == "2 of 6")
    assert texts(dock) == ["Tile 2", "part_1.jpg", "part_10.jpg"]
    QTest.keyClick(dock.filter, Qt.Key.Key_Return)
    assert context.opening.called("show") == [(3,)]


def test_filter_that_finds_nothing_says_so_and_can_be_cleared(qtbot, dock, context):
    context.session.set_files(FileList(ROOT, PATHS))
    dock.filter.setText("nowhere")
    qtbot.waitUntil(lambda: dock.count_text == "0 of 6")
    assert not dock.view.isVisible()
    dock.filter.clear()
    qtbot.waitUntil(lambda: dock.count_text == "6")
    assert dock.view.isVisible()


def test_thumbnails_are_asked_for_only_where_rows_are_on_screen(qtbot, dock, context):
    paths = tuple(ROOT / f"{number:04}.jpg" for number in range(1000))
    context.session.set_files(FileList(ROOT, paths))
    waiting = context.opening.thumbnails.waiting
    qtbot.waitUntil(lambda: paths[0] in waiting)
    assert len(waiting) < 20
    dock.view.scrollToBottom()
    qtbot.waitUntil(lambda: paths[-1] in waiting)
    assert paths[0] in context.opening.thumbnails.cancelled
    context.opening.thumbnails.answer(paths[-1], np.zeros((80, 100, 3), np.uint8))
    assert dock.thumbnails.pixmap(paths[-1]) is not None
    context.opening.thumbnails.answer(paths[-2], None)
    assert dock.thumbnails.known(paths[-2])


def test_thumbnails_are_asked_for_when_other_files_take_the_same_rows(
    qtbot, dock, context
):
    waiting = context.opening.thumbnails.waiting
    context.session.set_files(FileList(ROOT, PATHS[:3]))
    qtbot.waitUntil(lambda: PATHS[0] in waiting)
    context.session.set_files(FileList(ROOT, PATHS[3:]))
    qtbot.waitUntil(lambda: set(waiting) == set(PATHS[3:]))


def test_row_says_size_and_proposal(dock, context):
    context.opening.thumbnails.sizes[PATHS[0]] = (1126, 1058)
    context.predicting.proposed.add(PATHS[0])
    context.session.set_files(FileList(ROOT / "Tile 1", PATHS[:3]))
    first, second = (dock.model.index(row).data(Role.ROW) for row in (0, 1))
    assert first.detail == "1126 × 1058 · proposal"
    assert first.has_proposal
    assert second.detail == "JPG"
    spoken = dock.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "part_1.jpg, 1126 × 1058 · proposal"


def test_row_of_an_unreadable_file_is_current_and_says_why(dock, context):
    why = "part_2.jpg was not opened. It ends too early."
    context.opening.failed[PATHS[1]] = why
    context.session.set_files(FileList(ROOT / "Tile 1", PATHS[:3], 0, unread=1))
    assert dock.view.selected_row() == 1
    index = dock.model.index(1)
    assert dock.view.itemDelegate().tip(index, "") == f"{PATHS[1]}\n{why}"
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "part_2.jpg, JPG, not opened"
    painted = dock.view.grab(dock.view.visualRect(index)).toImage()
    context.opening.failed.clear()
    context.opening.changed.emit()
    assert dock.view.grab(dock.view.visualRect(index)).toImage() != painted


def test_dropped_folder_is_opened(dock, context):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/data/aerial")])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    dock.dropEvent(event)
    assert context.opening.called("open_paths") == [([ROOT],)]


def test_copy_takes_the_path_under_the_cursor(dock, context):
    context.session.set_files(FileList(ROOT, PATHS, 1))
    QTest.keyClick(dock.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == str(PATHS[1])


def test_empty_panel_offers_to_open_a_folder(dock, context):
    context.session.set_files(FileList(ROOT, PATHS))
    context.session.set_files(FileList())
    assert dock.count_text == ""
    (button,) = (each for each in dock.findChildren(Button) if each.isVisible())
    button.click()
    assert context.ran == ["file.open_folder"]


def test_huge_folder_is_listed_without_holding_the_window(qtbot, dock, context):
    paths = tuple(
        ROOT / f"Tile {number // 500}" / f"part_{number:06}.jpg"
        for number in range(100_000)
    )
    context.session.set_files(FileList(ROOT, PATHS))
    start = time.process_time()
    context.session.set_files(FileList(ROOT, paths))
    assert time.process_time() - start < 0.1
    assert dock.count_text == "6"
    click(dock, 1)
    assert context.opening.called("show") == []
    qtbot.waitUntil(lambda: dock.count_text == "100,000", timeout=20_000)
    start = time.process_time()
    context.session.set_files(FileList(ROOT, paths, 70_000))
    dock.view.grab()
    assert time.process_time() - start < 0.25
    assert dock.view.currentIndex().data() == "part_070000.jpg"
