"""Dividing the images: what the question says, and what comes of the answer."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.app.catalog import list_commands
from segdesk.app.session import FileList
from segdesk.core.splits import FolderSplit, ListSplit, SeededSplit
from segdesk.formats.project_file import read_project
from segdesk.gui.dialogs.splits import SplitDialog
from segdesk.gui.docks.files import FilesDock


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in [f"train/{n}" for n in range(6)] + [f"rest/{n + 6}" for n in range(4)]:
        path = tmp_path / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.zeros((4, 5, 3), np.uint8)).save(path)
    return tmp_path


@pytest.fixture
def dialog(qtbot, context, folder) -> SplitDialog:
    context.projects.open(folder)
    dialog = SplitDialog(None, context.projects)
    qtbot.addWidget(dialog)
    return dialog


def settle(dialog: SplitDialog) -> None:
    dialog._soon.stop()
    dialog._soon.timeout.emit()


def test_chance_says_counts_and_refuses_shares_that_do_not_add_up(dialog):
    assert dialog.words.text() == "8 train · 2 val"
    dialog.chance.shares["test"]._settle(10)
    settle(dialog)
    assert dialog.words.text().startswith("The shares add up to 110%.")
    assert not dialog.verb.isEnabled()
    dialog.chance.shares["train"]._settle(70)
    settle(dialog)
    assert dialog.words.text() == "7 train · 2 val · 1 test"
    assert isinstance(dialog.found[0], SeededSplit)
    dialog.chance.seed._settle(7)
    dialog.accept()
    assert dialog.result() == 0
    settle(dialog)
    assert dialog.result() == 1
    assert dialog.found[0].seed == 7


def test_folders_and_lists_say_what_is_left_out(dialog, tmp_path):
    dialog.way.chosen.emit("folder")
    assert dialog.words.text() == "6 train · 4 without a split"
    assert isinstance(dialog.found[0], FolderSplit)
    dialog.way.chosen.emit("list")
    assert not dialog.verb.isEnabled()
    names = tmp_path / "val.txt"
    names.write_text("train/0.png\n7\nnothing\n", encoding="utf-8")
    dialog.lists.fields["val"].setText(str(names))
    settle(dialog)
    assert dialog.words.text().splitlines() == [
        "2 val · 8 without a split",
        "1 name means no image or several: nothing",
    ]
    assert isinstance(dialog.found[0], ListSplit)
    dialog.lists.fields["val"].setText(str(tmp_path / "none.txt"))
    settle(dialog)
    assert "none.txt cannot be read as text." in dialog.words.text()


def test_split_is_kept_seen_and_found_when_it_is_answered(
    qtbot, context, folder, dialog
):
    dock = FilesDock(context)
    qtbot.addWidget(dock)
    paths = tuple(sorted(folder.rglob("*.png")))
    context.session.set_files(FileList(folder, paths, 0))
    context.dialogs.ask_split = lambda _projects: dialog.found
    (command,) = (one for one in list_commands.COMMANDS if one.id == "file.split")
    command.run(context)
    assert read_project(folder).split_rule == SeededSplit()
    dock.filter.setText("split:val")
    dock._debounce.timeout.emit()
    assert dock.count_text == "2 of 10"
    assert dock.model.index(1).data().endswith(".png")
    shown = dock.model.row_at(1)
    assert shown.detail.endswith("· val")
