"""How far the files are: marks, chips, heads of folders, footer."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segdesk.app.session import FileList
from segdesk.core.classes import ClassList
from segdesk.core.item_status import ItemFacts, ItemStatus, MadeBy
from segdesk.core.splits import SeededSplit
from segdesk.gui.docks.files import FilesDock
from segdesk.gui.files_menus import list_menu
from segdesk.gui.item_models.row_delegate import Role, fitting, ink


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ("one/a", "one/b", "two/a", "two/b", "two/c"):
        path = tmp_path / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.zeros((4, 5, 3), np.uint8)).save(path)
    return tmp_path


@pytest.fixture
def dock(qtbot, context, folder) -> FilesDock:
    dock = FilesDock(context)
    qtbot.addWidget(dock)
    dock.resize(272, 600)
    dock.show()
    paths = tuple(sorted(folder.rglob("*.png")))
    context.session.set_files(FileList(folder, paths, 0))
    context.projects.open(folder)
    names = ("Road", "Water")
    context.session.set_classes(ClassList.from_names(names))
    done, draft = ItemStatus.DONE, ItemStatus.DRAFT
    facts = {
        "one/a.png": ItemFacts(done, "train", (0,), MadeBy.HAND, (), (5, 4)),
        "one/b.png": ItemFacts(done, "", (0, 1), MadeBy.MODEL, (), (500, 4)),
        "two/a.png": ItemFacts(draft, "", (1,), MadeBy.HAND),
    }
    for item, known in facts.items():
        context.projects.set_facts(item, known)
    qtbot.waitUntil(lambda: dock.model.rowCount() == 7)
    qtbot.waitUntil(lambda: dock.footer.accessibleName().startswith("2 of 5"))
    return dock


def shown(dock: FilesDock) -> list[str]:
    spoken = Qt.ItemDataRole.AccessibleTextRole
    model = dock.model
    return [model.index(row).data(spoken) for row in range(model.rowCount())]


def chip_words(dock: FilesDock) -> list[str]:
    return [chip.accessibleName() for chip in dock.chips.chips.values()]


def test_rows_and_heads_say_how_far_the_files_are(dock):
    assert shown(dock)[1:3] == [
        "a.png, PNG · 1 class · train, done",
        "b.png, PNG · 2 classes, done",
    ]
    heads = [dock.model.index(row).data(Role.ROW).words for row in (0, 3)]
    assert heads == ["2 of 2 done", "0 of 3 done"]
    assert dock.footer.accessibleName() == "2 of 5 done, 1 draft, 2 left"


def test_chips_count_and_filter(dock, context, qtbot):
    words = ["All, 5", "Unlabelled, 2", "Draft, 1", "Review, 0", "Done, 2"]
    assert chip_words(dock) == words
    dock.chips.chips[ItemStatus.DRAFT].click()
    assert shown(dock) == ["two, 1 file, open", "a.png, PNG · 1 class, draft"]
    assert dock.count_text == "1 of 5"
    facts = ItemFacts(ItemStatus.DRAFT)
    context.projects.set_facts("two/b.png", facts)
    qtbot.waitUntil(lambda: chip_words(dock)[2] == "Draft, 2")
    dock.chips.chips[None].click()
    assert dock.count_text == "5"


def test_filter_finds_by_class_and_size(dock):
    dock.filter.setText("class:water")
    dock._debounce.timeout.emit()
    names = [name for name in shown(dock) if "png" in name]
    assert [name.split(",")[0] for name in names] == ["b.png", "a.png"]
    dock.filter.setText(">100px")
    dock._debounce.timeout.emit()
    assert [name for name in shown(dock) if "png" in name] == [
        "b.png, PNG · 2 classes, done"
    ]


@pytest.mark.parametrize(
    ("typed", "files"),
    [
        ("train", ["one/a"]),
        ("done", ["one/a", "one/b"]),
        ("drafts", ["two/a"]),
        ("unlabelled c", ["two/c"]),
        ("Water", ["one/b", "two/a"]),
        ("water done", ["one/b"]),
        ("two draft", ["two/a"]),
        ("needs review", []),
        ("b", ["one/b", "two/b"]),
    ],
)
def test_filter_knows_words_of_splits_statuses_and_classes(dock, typed, files):
    dock.filter.setText(typed)
    dock._debounce.timeout.emit()
    rows = [dock.model.path_at(row) for row in range(dock.model.rowCount())]
    found = [f"{path.parent.name}/{path.stem}" for path in rows if path]
    assert found == files


def test_filter_is_of_the_folder_it_was_typed_for(dock, context, folder, qtbot):
    dock.filter.setText("water")
    dock._debounce.timeout.emit()
    assert dock.count_text == "2 of 5"
    context.session.set_files(FileList(folder, tuple(dock._paths), 0))  # read anew
    paths = tuple(sorted(folder.rglob("*.png"), reverse=True))
    context.session.set_files(FileList(folder, paths, 0))
    qtbot.waitUntil(lambda: dock.count_text == "2 of 5")
    context.session.set_files(FileList(folder / "two", paths[:3], 0))
    assert dock.filter.text() == ""
    qtbot.waitUntil(lambda: dock.count_text == "3")


def test_funnel_filters_by_class_split_and_size_and_counts(dock, context):
    assert dock.filters.isHidden()
    dock.funnel.click()
    assert context.ran == ["file.filters"]
    context.settings.update(files_filters=True)
    rows = (dock.filters.classes, dock.filters.splits, dock.filters.sizes)
    words = [[chip.accessibleName() for chip in row.chips.values()] for row in rows]
    assert words[0] == ["Road, 2", "Water, 2"]
    assert words[1:] == [["train, 1", "No split, 4"], ["To 1,000 px, 2"]]
    context.projects.split(SeededSplit(1, (("train", 0.6), ("val", 0.4))))
    names = [chip.accessibleName() for chip in dock.filters.splits.chips.values()]
    assert names == ["train, 3", "val, 2"]
    dock.filters.splits.chips["val"].click()
    assert dock.count_text == "2 of 5"
    dock.filters.splits.chips["val"].click()
    dock.filters.classes.chips[1].click()
    dock.filters.sizes.chips["To 1,000 px"].click()
    assert next(name for name in shown(dock) if "png" in name).startswith("b.png")
    assert dock.count_text == "1 of 5"
    context.settings.update(files_filters=False)
    assert dock.count_text == "5"


def test_menus_of_the_head_are_commands_as_they_are_now(dock, context):
    context.checked.add("file.sort_date")
    menu = list_menu(dock, context, ("file.sort_name", "file.sort_date"))
    name, date = menu.actions()
    assert (name.isChecked(), date.isChecked()) == (False, True)
    name.trigger()
    assert context.ran == ["file.sort_name"]


def test_nothing_is_claimed_when_no_project_is_open(dock, context):
    context.projects.close()
    assert dock.footer.isHidden()
    assert shown(dock)[0] == "one, 2 files, open"
    assert dock.model.index(0).data(Role.ROW).words == "2"


def test_size_filter_knows_an_image_when_its_thumbnail_was_read(
    dock, context, folder, qtbot
):
    context.settings.update(files_filters=True)
    assert [c.accessibleName() for c in dock.filters.sizes.chips.values()] == [
        "To 1,000 px, 2"
    ]
    made = context.opening.thumbnails
    made.sizes[folder / "two" / "c.png"] = (1500, 20)
    dock.thumbnails.arrived.emit(folder / "two" / "c.png")
    qtbot.waitUntil(lambda: len(dock.filters.sizes.chips) > 1)
    dock.filter.setText(">1000")
    dock._debounce.timeout.emit()
    assert dock.count_text == "1 of 5"


def test_grid_puts_files_beside_each_other_when_it_is_chosen(dock, context, qtbot):
    view = dock.view
    left = [view.visualRect(dock.model.index(row)).left() for row in (1, 2)]
    assert left == [0, 0]
    context.settings.update(files_grid=True)
    a, b, head, c = (view.visualRect(dock.model.index(row)) for row in (1, 2, 3, 4))
    assert a.top() == b.top()
    assert a.right() < b.left()
    assert (head.left(), head.width()) == (0, view.viewport().width())
    assert c.top() > head.top() > b.top()
    view.setFocus()
    view.set_cursor_row(1)
    rows = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left):
        QTest.keyClick(view, key)
        rows.append(view.currentIndex().row())
    assert rows == [2, 3, 4, 4 - 1]
    spot = view.visualRect(dock.model.index(2)).center()
    assert view.indexAt(spot).row() == 2
    context.settings.update(files_grid=False)
    assert view.visualRect(dock.model.index(2)).left() == 0


def test_tip_names_the_models_whose_proposals_were_accepted(dock, context, qtbot):
    facts = ItemFacts(ItemStatus.DRAFT, "", (0,), MadeBy.MIXED, ("pidnet", "unet"))
    context.projects.set_facts("one/a.png", facts)
    tip = dock.view.itemDelegate().tip
    words = "Draft · made by hand and by pidnet, unet"
    qtbot.waitUntil(lambda: words in tip(dock.model.index(1), ""))


def test_row_says_less_when_marks_leave_no_room(dock):
    row = dock.model.index(1).data(Role.ROW)
    assert row.detail == "PNG · 1 class · train"
    faint = ink("caption", "text3", tabular=True)
    said = [fitting(width, faint, row.detail, row.shorter) for width in (400, 100, 20)]
    assert said == ["PNG · 1 class · train", "PNG · 1 class", "1 class"]


def test_many_items_that_change_at_once_are_counted(dock, context, qtbot, monkeypatch):
    done = ItemFacts(ItemStatus.DONE)
    for few in (100, 1):  # taken at once, and a part in each turn
        monkeypatch.setattr("segdesk.gui.file_listing._FEW", few)
        context.projects.set_all_facts({f"two/{name}.png": done for name in "ab"})
        qtbot.waitUntil(lambda: dock.footer.accessibleName().startswith("4 of 5"))
        draft = ItemFacts(ItemStatus.DRAFT)
        context.projects.set_all_facts({f"two/{name}.png": draft for name in "ab"})
        qtbot.waitUntil(lambda: dock.footer.accessibleName().startswith("2 of 5"))
