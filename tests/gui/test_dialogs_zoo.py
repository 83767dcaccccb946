"""The model zoo and the model card."""

import json
from pathlib import Path

import pytest
from fake_tuning import make_tuned
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from segdesk.app.models.shelf_entry import ShelfEntry, ShelfState
from segdesk.core.classes import ClassList
from segdesk.core.errors import ModelError
from segdesk.gui.components import Button
from segdesk.gui.dialogs.model_card import ModelCardDialog
from segdesk.gui.dialogs.zoo import ZooDialog
from segdesk.gui.item_models.zoo_model import NAME, SIZE, STATE
from segdesk.library.model_card import HeldOut, ModelCard, ModelEntry, ModelState
from segdesk.library.zoo import ZooEntry


def published(zoo_id: str, architecture: str, dataset: str, miou: float, **changes):
    return ZooEntry(
        id=zoo_id,
        name=f"{architecture} · {dataset}",
        architecture=architecture,
        backbone="R-50",
        dataset=dataset,
        metrics={"mIoU": miou} if miou else {},
        config=f"configs/{zoo_id}.py",
        weights=(f"https://example.org/{zoo_id}.pth",),
        hash_prefix="0123abcd",
        **changes,
    )


ENTRIES = (
    published("pspnet-city", "PSPNet", "Cityscapes", 78.5, size_bytes=187_000_000),
    published("segformer-ade", "SegFormer", "ADE20K", 46.5, size_bytes=14_000_000),
    published("unet-drive", "UNet", "DRIVE", 0, paper="https://example.org/unet"),
    published(
        "psanet-city",
        "PSANet",
        "Cityscapes",
        79.7,
        state=ModelState.NEEDS_OPS,
        why="It needs PSAMask, a compiled op of mmcv.",
        hint="Install a build of onedl-mmcv with compiled ops.",
    ),
)


@pytest.fixture
def zoo(qtbot, context) -> ZooDialog:
    context.shelf.zoo_entries = ENTRIES
    dialog = ZooDialog(context, None)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def ids(zoo: ZooDialog) -> list[str]:
    return [zoo.model.index(row, NAME).data() for row in range(zoo.model.rowCount())]


def choose(select, text: str) -> None:
    index = select.findText(text)
    select.setCurrentIndex(index)
    select.activated.emit(index)


def test_zoo_begins_with_the_best_and_ends_with_the_unknown(zoo):
    assert ids(zoo) == ["psanet-city", "pspnet-city", "segformer-ade", "unet-drive"]


def test_zoo_compares_the_miou_within_a_data_set_only(zoo):
    better = published("segformer-b5-ade", "SegFormer", "ADE20K", 80.1)
    zoo.model.set_entries((*ENTRIES, better, published("x", "X", "Cityscapes", 70.0)))
    assert ids(zoo) == [
        "psanet-city",
        "pspnet-city",
        "x",
        "segformer-b5-ade",
        "segformer-ade",
        "unet-drive",
    ]


def test_head_sorts_and_the_selection_stays(zoo):
    zoo.table.selectRow(1)
    zoo.table.sortByColumn(SIZE, Qt.SortOrder.AscendingOrder)
    assert ids(zoo)[:2] == ["segformer-ade", "pspnet-city"]
    assert zoo.details.entry.id == "pspnet-city"
    assert zoo.table.selected_row() == 1


def test_filters_narrow_the_table(qtbot, zoo):
    choose(zoo.dataset, "Cityscapes")
    assert ids(zoo) == ["psanet-city", "pspnet-city"]
    zoo.runs_here.click()
    assert ids(zoo) == ["pspnet-city"]
    choose(zoo.most_size, "Up to 100 MB")
    assert ids(zoo) == []
    zoo.clear_filters()
    choose(zoo.least_miou, "mIoU ≥ 70")
    assert ids(zoo) == ["psanet-city", "pspnet-city"]
    choose(zoo.architecture, "PSPNet")
    assert ids(zoo) == ["pspnet-city"]
    zoo.clear_filters()
    QTest.keyClicks(zoo.search, "ade20k")
    qtbot.waitUntil(lambda: ids(zoo) == ["segformer-ade"])


def test_get_downloads_cancels_and_then_loads(zoo, context):
    zoo.table.selectRow(1)
    assert zoo.details.get.text() == "Get 187 MB"
    zoo.details.get.click()
    assert context.shelf.called("get") == [("pspnet-city",)]
    coming = ShelfEntry(
        "pspnet-city", "PSPNet", "", ShelfState.DOWNLOADING, progress=0.58
    )
    context.shelf.set_entries(coming)
    assert zoo.model.index(1, STATE).data() == "Downloading 58%"
    assert zoo.details.get.text() == "Cancel"
    zoo.details.get.click()
    assert context.shelf.called("cancel") == [("pspnet-city",)]
    context.shelf.library = {"pspnet-city": object()}
    context.shelf.set_entries()
    assert zoo.model.index(1, STATE).data() == "In the library"
    zoo.details.get.click()
    assert context.shelf.called("load") == [("pspnet-city",)]


def test_model_that_cannot_run_says_why_and_cannot_be_got(zoo, context):
    zoo.table.selectRow(0)
    assert not zoo.details.get.isEnabled()
    zoo.details.act()
    assert context.shelf.called("get") == []
    shown = [label.text() for label in zoo.details.findChildren(QLabel)]
    assert (
        "It needs PSAMask, a compiled op of mmcv. "
        "Install a build of onedl-mmcv with compiled ops." in shown
    )


def test_zoo_says_why_when_its_index_cannot_be_read(qtbot, context):
    context.shelf.zoo_error = ModelError(
        "The model zoo was not opened.", cause="It is not installed.", hint="Do it."
    )
    dialog = ZooDialog(context, None)
    qtbot.addWidget(dialog)
    dialog.show()
    shown = [label.text() for label in dialog.findChildren(QLabel)]
    assert "The model zoo was not opened." in shown
    assert "It is not installed. Do it." in shown


def test_late_index_is_ignored_when_the_zoo_is_closed(qtbot, context, monkeypatch):
    waiting = []
    monkeypatch.setattr(
        context.shelf, "zoo", lambda done, failed: waiting.append((done, failed))
    )
    dialog = ZooDialog(context, None)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.reject()
    done, _failed = waiting[0]
    done(ENTRIES)
    context.shelf.changed.emit()
    assert dialog.model.rowCount() == 0


def test_copy_takes_the_row(zoo):
    zoo.table.selectRow(1)
    QTest.keyClick(zoo.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    cells = QGuiApplication.clipboard().text().rstrip("\n").split("\t")
    assert cells == ["pspnet-city", "PSPNet", "Cityscapes", "78.5", "–", "187 MB", ""]


def library_entry(**changes) -> ModelEntry:
    card = ModelCard(
        id="nuclei",
        name="Nuclei U-Net",
        architecture="unet-small",
        classes=ClassList.from_names(("background", "nucleus")),
        checkpoint="model.pth",
        sha256="ab" * 32,
        size_bytes=7_400_000,
        input_size=(256, 256),
        metrics={"IoU": 84.6},
        parameters=1_800_000,
        recipe={"max_iters": 4000, "seed": 0},
        held_out=HeldOut(images=30, metrics={"IoU": 84.6}),
        origin="Trained by SegDesk",
        licence="Apache-2.0",
        created="2026-01-02T03:04:05Z",
    )
    values = {"id": "nuclei", "folder": Path("/models/nuclei"), "card": card}
    return ModelEntry(**{**values, "state": ModelState.READY, **changes})


def texts(dialog: ModelCardDialog) -> str:
    labels = (label.text() for label in dialog.findChildren(QLabel))
    return "\n".join(labels).replace("\u200b", "")


def test_card_shows_all_it_knows_and_can_be_copied(qtbot, context):
    context.shelf.library = {"nuclei": library_entry()}
    dialog = ModelCardDialog(context, "nuclei", None)
    qtbot.addWidget(dialog)
    shown = texts(dialog)
    for fact in (
        "Ready · 2 classes · IoU 84.6",
        "1.8 million",
        "256 × 256 px",
        "84.60%",
        "4,000",
        "Trained by SegDesk",
        "Apache-2.0",
        "2026-01-02 03:04:05 UTC",
        "model.pth, 7.4 MB",
        "ab" * 32,
    ):
        assert fact in shown
    buttons = {each.text(): each for each in dialog.findChildren(Button)}
    buttons["Copy card"].click()
    assert json.loads(QGuiApplication.clipboard().text())["id"] == "nuclei"
    buttons["Show in folder"].click()
    assert context.dialogs.called("reveal") == [(Path("/models/nuclei"),)]


def test_card_says_why_when_it_cannot_be_read(qtbot, context):
    context.shelf.library = {
        "nuclei": library_entry(
            card=None,
            state=ModelState.BROKEN,
            why="It is damaged.",
            hint="Remove it.",
        )
    }
    dialog = ModelCardDialog(context, "nuclei", None)
    qtbot.addWidget(dialog)
    assert "It is damaged. Remove it." in texts(dialog)


def test_card_of_a_model_that_is_gone_says_so(qtbot, context):
    dialog = ModelCardDialog(context, "gone", None)
    qtbot.addWidget(dialog)
    assert "It is not in the library any more." in texts(dialog)


def test_card_measures_the_model_and_shows_what_came_of_it(qtbot, context):
    context.shelf.library = {"nuclei": library_entry()}
    dialog = ModelCardDialog(context, "nuclei", None)
    qtbot.addWidget(dialog)
    assert "Not measured here: it runs in fp32." in texts(dialog)
    buttons = {each.text(): each for each in dialog.findChildren(Button)}
    tune = buttons["Tune for this machine"]
    tune.click()
    tuning = context.model_tuning
    assert tuning.started == ["nuclei"]
    assert not tune.isEnabled()
    assert "Predictions wait meanwhile" in texts(dialog)
    tuning.running.clear()
    tuning.known = (make_tuned(),)
    tuning.changed.emit("nuclei")
    assert tune.isEnabled()
    assert "NVIDIA H200" in texts(dialog)
    assert "bf16 + channels_last, 1.6×, 99.97 % equal · 2026-01-02" in texts(dialog)
