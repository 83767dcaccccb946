"""The palette finds commands, files and classes by a few letters."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from segdesk.app.session import FileList
from segdesk.core.classes import ClassList
from segdesk.gui.command_palette import CommandPalette
from segdesk.gui.palette_search import find_files, fit


@pytest.fixture
def palette(qtbot, context) -> CommandPalette:
    window = QWidget()
    window.resize(1200, 800)
    qtbot.addWidget(window)
    made = CommandPalette(context, window)
    window.show()
    return made


def titles(palette: CommandPalette) -> list[str]:
    model = palette.model
    rows = (model.row_at(line) for line in range(model.rowCount()))
    return [row.title for row in rows if row]


def type_text(palette: CommandPalette, text: str) -> None:
    palette.field.setText(text)
    palette.search_now()


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("op", "Open files", "Less opacity"),
        ("op", "Less opacity", "Copy view"),
        ("op", "Copy view", "Welcome page"),
        ("fit", "Fit", "Filter with it"),
        ("open fo", "Open folder", "Reopen the folder"),
    ],
)
def test_fit_ranks_the_nearer_text_first_when_both_fit(query, better, worse):
    assert fit(query, better).rank < fit(query, worse).rank


def test_fit_marks_the_typed_letters_when_words_are_apart():
    assert fit("vi cop", "Copy view").marks == (0, 1, 2, 5, 6)
    assert fit("xyz", "Copy view") is None


def test_palette_runs_the_best_match_when_enter_is_pressed(palette, context):
    palette.open()
    type_text(palette, "open f")
    assert palette.model.heading_at(0) == "Best matches"
    assert palette.summary.endswith(f"of {len(list(context.commands))} commands")
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert context.ran == ["file.open_folder"]
    assert not palette.isVisible()


def test_palette_runs_what_was_typed_when_enter_comes_before_the_search(
    palette, context
):
    palette.open()
    QTest.keyClicks(palette.field, "pixel")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert context.ran == ["view.pixel_grid"]


def test_disabled_command_stays_and_says_why_when_found(palette, context):
    context.disabled["model.unload"] = "Load a model first"
    palette.open()
    type_text(palette, "unload")
    row = palette.chosen()
    assert (row.title, row.note, row.is_off) == (
        "Unload model",
        "Load a model first",
        True,
    )
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert context.ran == []
    assert context.toasts[-1].message == "Unload model: Load a model first"


def test_palette_keeps_room_for_a_sentence_when_nothing_fits(palette):
    palette.open()
    palette.field.setText("zzqx")
    palette.search_now()
    assert palette.chosen() is None
    assert not palette.list.isVisible()
    palette.field.setText("")
    palette.search_now()
    assert palette.list.isVisible()


def test_recent_commands_lead_when_nothing_is_typed(palette, context):
    context.commands.run("view.navigator")
    palette.open()
    assert palette.model.heading_at(0) == "Recent"
    assert titles(palette)[0] == "Navigator"


def test_escape_gives_the_keyboard_back_when_the_palette_closes(palette, qtbot):
    window = palette.parentWidget()
    before = QWidget(window)
    before.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    before.show()
    before.setFocus()
    palette.open("#")
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert window.focusWidget() is before


def test_class_is_selected_when_chosen_after_a_hash(palette, context):
    context.session.set_classes(ClassList.from_names(("land", "road", "roof")))
    palette.open("#roo")
    assert titles(palette) == ["roof"]
    palette.run_chosen()
    assert context.session.view.selected_class == 2


def test_file_is_shown_when_chosen_after_an_at(palette, context, qtbot):
    paths = tuple(Path(f"/pictures/tile_{n:02}.png") for n in range(40))
    context.session.set_files(FileList(Path("/pictures"), paths, 0))
    palette.open("@tile_17")
    qtbot.waitUntil(lambda: titles(palette) == ["tile_17.png"])
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert context.opening.called("show") == [(17,)]


def test_files_are_searched_in_short_slices_when_there_are_many(context):
    paths = tuple(Path(f"/pictures/part_{n}.png") for n in range(100_000))
    context.session.set_files(FileList(Path("/pictures"), paths, 0))
    longest, slices, found = 0.0, 0, None
    search = find_files(context, "99999")
    while found is None:
        start = time.thread_time()
        found = next(search)
        longest = max(longest, time.thread_time() - start)
        slices += 1
    assert slices > 10
    assert longest < 0.05
    assert [row.title for _, rows in found.groups for row in rows] == ["part_99999.png"]
    assert found.summary == "1 of 100,000 files"
