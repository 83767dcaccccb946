"""What networks reach for what they cost, as the form of a training shows it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segdesk.app.models.architectures import published_as
from segdesk.gui.dialogs.training.model_table import (
    ArchitectureModel,
    ArchitectureRow,
    ZooRow,
)
from segdesk.gui.dialogs.training.scatter_card import ScatterCard
from segdesk.library.zoo import ZooEntry


def entry(name: str, dataset: str, miou: float, parameters: int) -> ZooEntry:
    return ZooEntry(
        id=name,
        name=name,
        architecture="",
        backbone="",
        dataset=dataset,
        metrics={"mIoU": miou},
        config=f"x/{name}.py",
        weights=(),
        hash_prefix="",
        parameters=parameters,
    )


@pytest.fixture
def card(qtbot):
    made = ScatterCard()
    qtbot.addWidget(made)
    made.resize(372, 260)
    made.show()
    fast, pid = published_as("fast-scnn"), published_as("pidnet-s")
    entries = (
        entry(fast, "Cityscapes", 71.0, 1_456_617),
        entry(pid, "Cityscapes", 78.7, 7_720_871),
        entry("other", "ADE20K", 40.0, 5_000_000),
    )
    made.set_published({one.id: one for one in entries})
    return made


ROWS = (
    ArchitectureRow("fast-scnn", "Fast-SCNN", 1_456_617, 700.0, 11.0, 55.0),
    ArchitectureRow("pidnet-s", "PIDNet-S"),
    ArchitectureRow("unet-small", "U-Net small", 2_000_000, 900.0, 2.0),
)


def test_card_shows_published_scores_beside_own_when_both_are_known(card, qtbot):
    card.show_architectures(ROWS, "unet-small", "none")
    points = [(one.id, one.height, one.is_published) for one in card.scatter._points]
    assert points == [("fast-scnn", 71.0, True), ("fast-scnn", 55.0, False)]
    assert "● on these data" in card.note.text()
    card.axis.setCurrentIndex(card.axis.findData("size"))
    card.show_architectures(ROWS, "unet-small", "none")
    assert ("pidnet-s", 78.7) in [(one.id, one.height) for one in card.scatter._points]
    pid = card.scatter._points[-1]
    with qtbot.waitSignal(card.chosen) as told:
        QTest.mouseClick(
            card.scatter,
            Qt.MouseButton.LeftButton,
            pos=card.scatter._place(pid).toPoint(),
        )
    assert told.args == ["pidnet-s"]


def test_card_shows_what_was_measured_when_no_score_is_known(card):
    card.set_published({})
    rows = [ArchitectureRow("fast-scnn", "Fast-SCNN", 1_456_617, 700.0, 11.0)]
    card.show_architectures(rows, "fast-scnn", "none")
    assert [one.height for one in card.scatter._points] == [1.456617]
    assert card.title.text() == "Parameters over"


def test_table_shows_the_published_score_when_there_is_no_own(card):
    rows = [replace(row, published=card.published_score(row.id)) for row in ROWS]
    model = ArchitectureModel()
    model.set_rows(tuple(rows))
    assert [model.index(row, 4).data() for row in range(3)] == ["55.0", "○ 78.7", ""]


def test_card_shows_configs_of_one_data_set_when_the_zoo_is_looked_at(card):
    rows = [
        ZooRow("zoo:a", "a", "Cityscapes", 1_000_000, 70.0),
        ZooRow("zoo:b", "b", "ADE20K", 2_000_000, 40.0),
        ZooRow("zoo:c", "c", "Cityscapes", None, 71.0),
    ]
    card.show_zoo(rows, "zoo:a")
    assert [one.id for one in card.scatter._points] == ["zoo:a"]
    assert [card.dataset.itemText(at) for at in range(2)] == [
        "Cityscapes · 2",
        "ADE20K · 1",
    ]
