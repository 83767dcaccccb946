"""The page of a batch: its rows, chips, side, and what follows the engine."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fake_batches import done, failed, make_plan
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from segdesk.app.batch.rows import RowFilter
from segdesk.formats.png_mask import write_mask
from segdesk.gui.actions import Actions
from segdesk.gui.idle_work import do_all
from segdesk.gui.item_models.batch_model import CONFIDENCE, STATE
from segdesk.gui.pages.batch import BatchPage
from segdesk.jobs.events import ItemStarted


@pytest.fixture
def page(qtbot, context) -> Iterator[BatchPage]:
    window = QWidget()
    qtbot.addWidget(window)
    made = BatchPage(context, Actions(context, window))
    do_all(made.steps)
    qtbot.addWidget(made)
    made.resize(1400, 800)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()


@pytest.fixture
def begun(page, context, tmp_path):
    folder = tmp_path / "flight"
    names = [f"Tile {at % 2}/{at}.jpg" for at in range(6)]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (80, 60), "grey").save(folder / name)
    context.batches.start(make_plan(folder, names))
    return page


def say(context, *events) -> None:
    context.batches.runner.say(*events)
    context.timer.pass_time()


def listed(page: BatchPage, column: int = 0) -> list[str]:
    model = page.model
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def test_page_is_empty_when_there_is_no_batch(page):
    assert page._stack.currentIndex() == 0
    assert page.side.isHidden()


def test_page_follows_what_the_engine_says(begun, context):
    say(context, ItemStarted(0), done(0, 0.91), done(1, 0.4), failed(2), ItemStarted(3))
    assert listed(begun, STATE) == [
        "Done",
        "Done · low confidence",
        "The file ends early. Copy it again.",
        "Predicting",
        "Waiting",
        "Waiting",
    ]
    assert listed(begun, CONFIDENCE)[:2] == ["0.91", "0.40"]
    counts = {chip: begun.chips[chip]._count for chip in RowFilter}
    assert list(counts.values()) == [6, 2, 1, 1, 3]
    assert begun.progress.words.text.startswith("3 of 6")
    assert begun.head.pause.isVisible()


def test_rows_that_a_chip_lets_through_come_and_go_while_it_runs(begun, context):
    say(context, done(0), failed(1))
    begun.table.choose(4)
    QTest.mouseClick(begun.chips[RowFilter.WAITING], Qt.MouseButton.LeftButton)
    assert listed(begun) == [f"Tile {at % 2} / {at}.jpg" for at in (2, 3, 4, 5)]
    say(context, done(2), failed(5))
    assert listed(begun) == ["Tile 1 / 3.jpg", "Tile 0 / 4.jpg"]
    assert context.batches.chosen == (4,)  # what was chosen stays so
    begun.chips[RowFilter.FAILED].click()
    assert listed(begun) == ["Tile 1 / 1.jpg", "Tile 1 / 5.jpg"]
    assert context.batches.chosen == (1,)
    assert begun.side.trouble.text() == "The file ends early. Copy it again."


def test_rows_keep_their_choice_when_they_are_sorted(begun, context):
    say(context, *(done(at, sure) for at, sure in enumerate((0.5, 0.9, 0.1, 0.7))))
    begun.table.choose(3)
    begun.table.sortByColumn(CONFIDENCE, Qt.SortOrder.AscendingOrder)
    assert listed(begun, CONFIDENCE)[:4] == ["0.10", "0.50", "0.70", "0.90"]
    assert context.batches.chosen == (3,)
    assert begun.table.currentIndex().row() == 2


def test_rows_are_found_by_name_and_all_are_chosen_by_the_box(begun, context, qtbot):
    begun.filter.setText("tile 1")
    qtbot.waitUntil(lambda: begun.model.rowCount() == 3)
    begun.table.head.all_toggled.emit()
    assert sorted(context.batches.chosen) == [1, 3, 5]
    assert begun.side.drafts.text() == "Open 3 as draft annotations"
    assert list(context.batches.listed()) == [1, 3, 5]
    begun.filter.setText("nonsense")
    qtbot.waitUntil(begun.table.isHidden)
    assert begun._nothing.isVisible()


def test_enter_opens_the_chosen_image(begun, context):
    begun.table.choose(1)
    QTest.keyClick(begun.table, Qt.Key.Key_Return)
    assert context.ran[-1] == "batch.show_image"


def test_side_shows_picture_classes_and_files_of_the_chosen_image(
    begun, context, qtbot
):
    run = context.batches.shown
    labels = np.zeros((60, 80), np.uint8)
    labels[:, 40:] = 2
    mask = run.out_dir / "masks" / "Tile 0" / "0.png"
    mask.parent.mkdir(parents=True)
    write_mask(mask, labels, run.classes)
    say(context, done(0, shares=(0.5, 0.0, 0.5), confidences=(0.9, None, 0.8)))
    begun.table.choose(0)
    side = begun.side
    qtbot.waitUntil(lambda: bool(side.files) and side.files[0].isVisible())
    assert "masks/Tile 0/0.png" in side.files[0].accessibleName()
    rows = [side.classes.row_at(at) for at in range(side.classes.rowCount())]
    assert [(row.name, row.visible) for row in rows] == [
        ("background", False),
        ("tree", True),
    ]
    shown = side.picture._picture.array
    assert not (shown[30, 70] == shown[30, 10]).all()
    side.classes.toggle(2)
    side._paint()
    shown = side.picture._picture.array
    assert (shown[30, 70] == shown[30, 10]).all()


def test_going_on_is_offered_when_the_batch_was_stopped(begun, context):
    say(context, done(0))
    context.batches.cancel()
    context.batches.runner.end_stopped()
    context.timer.pass_time()
    assert begun.head.resume.isVisible()
    assert not begun.head.pause.isVisible()
    context.batches.resume()
    assert begun.head.pause.isVisible()
    assert Path(context.batches.shown.out_dir).name == "flight_out"


def test_few_rows_that_come_do_not_lay_out_all_others_anew(page, context, tmp_path):
    names = [f"{at // 1000}/{at}.jpg" for at in range(20_000)]
    context.batches.start(make_plan(tmp_path / "many", names))
    assert page.model.rowCount() == 20_000
    say(context, *(done(at) for at in range(0, 300, 3)))
    page.chips[RowFilter.DONE].click()
    assert page.model.rowCount() == 100
    resets = []
    page.model.modelReset.connect(lambda: resets.append(1))
    say(context, *(done(at) for at in (1, 2, 19_999)))
    assert page.model.rowCount() == 103
    assert not resets
