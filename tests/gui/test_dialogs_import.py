"""The preview of an import, as a user meets it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segdesk.app.exchange.import_classes import IGNORE, to_class
from segdesk.app.exchange.import_draft import ImportDraft
from segdesk.core.classes import ClassList
from segdesk.core.project import Project
from segdesk.gui.dialogs.class_name import ClassNameDialog
from segdesk.gui.dialogs.import_preview import ImportDialog
from segdesk.gui.item_models.import_model import BECOMES, PIXELS, SHOW
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Cancelled, Failed
from segdesk.jobs.runner import attempt

CLASSES = ClassList(("background", "road"), ("#8A8F98", "#A06192"))
ROAD, TREE, STRAY = (160, 97, 146), (0, 200, 0), (9, 9, 9)


class Engine:
    """Does long work at once, and tells how it ended."""

    def start_work(self, work, report, done, ended):
        outcome = attempt(lambda: work(JobContext(report, StopFlag())))
        answer = ended if isinstance(outcome, Failed | Cancelled) else done
        answer(outcome)
        return lambda: None


@pytest.fixture
def masks(tmp_path) -> Path:
    folder = tmp_path / "export" / "masks"
    folder.mkdir(parents=True)
    pixels = np.full((40, 60, 3), ROAD, np.uint8)
    pixels[:20] = TREE
    Image.fromarray(pixels).save(folder / "a.png")
    pixels[0, 0] = STRAY
    Image.fromarray(pixels).save(folder / "b.png")
    return folder


@pytest.fixture
def draft(tmp_path) -> ImportDraft:
    root = tmp_path / "project"
    root.mkdir()
    for name in ("a.jpg", "b.jpg"):
        Image.new("RGB", (60, 40), "grey").save(root / name)
    project = Project(root, CLASSES)
    return ImportDraft(Engine(), project, ("a.jpg", "b.jpg"), CLASSES)


@pytest.fixture
def dialog(qtbot, draft) -> ImportDialog:
    dialog = ImportDialog(None, draft)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def rows(dialog: ImportDialog) -> dict[str, int]:
    return {
        dialog.model.index(row, 0).data(): row for row in range(dialog.model.rowCount())
    }


def click(dialog: ImportDialog, row: int, column: int) -> None:
    index = dialog.model.index(row, column)
    spot = dialog.table.visualRect(index).center()
    QTest.mouseClick(
        dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(spot)
    )


def test_import_waits_when_a_colour_has_no_class(dialog, draft, masks):
    dialog.open_path(masks)

    row = rows(dialog)["#00C800"]
    assert dialog.model.index(row, BECOMES).data() == "Choose"
    assert not dialog.verb.isEnabled()
    assert dialog.status.text().startswith("2 classes to choose.")

    draft.set_target(row, to_class("tree"))
    draft.set_target(rows(dialog)["#090909"], IGNORE)
    assert dialog.verb.isEnabled()
    assert dialog.verb.text() == "Import 2 annotations"
    assert dialog.model.index(row, BECOMES).data() == "tree"


def test_import_offers_the_projects_classes_when_a_row_is_clicked(dialog, masks):
    dialog.open_path(masks)
    row = rows(dialog)["#00C800"]

    click(dialog, row, BECOMES)
    menu = QApplication.activePopupWidget()
    verbs = {action.text(): action for action in menu.actions()}
    verbs["road"].trigger()
    menu.close()

    assert dialog.model.index(row, BECOMES).data() == "road"
    assert {"background", "road", "New class", "Ignore", "Skip"} <= set(verbs)


def test_import_shows_a_file_that_holds_the_class_when_asked(dialog, masks):
    dialog.open_path(masks)
    row = rows(dialog)["#090909"]
    assert dialog.shown.text == "a"
    assert dialog.model.index(row, PIXELS).data() == "1 px"

    click(dialog, row, SHOW)

    assert dialog.shown.text == "b"


def test_import_says_why_when_nothing_is_found(dialog, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()

    dialog.open_path(empty)

    assert dialog.pages.currentIndex() == 0
    assert not dialog.verb.isEnabled()
    words = dialog.empty.findChildren(type(dialog.status))
    assert any("empty was not read." in label.text() for label in words)


def test_preview_border_follows_the_arrow_keys(dialog, masks):
    dialog.open_path(masks)

    QTest.keyClick(dialog.picture, Qt.Key.Key_Right)

    assert dialog.picture.split == pytest.approx(0.52)


def test_class_name_is_asked_for_until_it_is_typed(qtbot):
    dialog = ClassNameDialog(None, "")
    qtbot.addWidget(dialog)
    assert not dialog.verb.isEnabled()

    QTest.keyClicks(dialog.field, " tree ")

    assert dialog.verb.isEnabled()
    assert dialog.name == "tree"


def test_choices_keep_their_order_when_one_is_taken(dialog, draft, masks):
    (masks / "classes.json").write_text('["tree", "lake", "stray"]')
    dialog.open_path(masks)
    offered = ("background", "road", "tree", "lake", "stray")
    assert draft.choices == offered

    draft.set_target(rows(dialog)["#00C800"], to_class("stray"))
    assert draft.choices == offered
    draft.set_target(rows(dialog)["#090909"], to_class("hut"))
    assert draft.choices == (*offered, "hut")
    assert "both become" not in dialog.notes.text()

    draft.set_target(rows(dialog)["#090909"], to_class("stray"))
    assert "#00C800 and #090909 both become stray." in dialog.notes.text()


def test_show_marks_the_pixels_when_they_are_few(dialog, draft, masks):
    pictures = []
    draft.pictured.connect(pictures.append)
    dialog.open_path(masks)
    assert (pictures[-1].before[30, 30] == ROAD).all()

    click(dialog, rows(dialog)["#090909"], SHOW)

    marked = pictures[-1].before
    assert (marked[0, 0] == STRAY).all()
    assert (marked[:4, :4] == 255).all(axis=2).any()
    assert (marked[30, 30] < ROAD).all()
