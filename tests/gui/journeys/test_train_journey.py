"""From a folder of images and masks to a model in the library, by clicks and keys."""

import json

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segdesk.app.catalog.training_commands import folder_target
from segdesk.app.training.training_run import RunState
from segdesk.gui.components import Button, Label
from segdesk.gui.dialogs.training.dialog import DATA, MODEL, RUN
from segdesk.jobs.events import DeviceFacts
from segdesk.jobs.specs import TrainSpec
from segdesk.library import zoo_package

WAIT_MS = 30_000
CLASSES = {"classes": [{"name": "background"}, {"name": "grey"}, {"name": "bright"}]}


@pytest.fixture
def data(tmp_path):
    """Return a folder in the training layout, with one mask that has no image."""
    root = tmp_path / "squares"
    rng = np.random.default_rng(0)
    for split, count in (("train", 6), ("val", 3)):
        for number in range(count):
            labels = rng.integers(0, 3, (6, 8), np.uint8).repeat(16, 0).repeat(16, 1)
            noise = rng.integers(0, 60, (*labels.shape, 3))
            pixels = (labels[..., None] * 80 + noise).astype(np.uint8)
            for folder, array in (("img_dir", pixels), ("ann_dir", labels)):
                path = root / folder / split / f"{number}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(array).save(path)
    (root / "classes.json").write_text(json.dumps(CLASSES))
    return root


@pytest.fixture
def dialog(desktop, qtbot, data):
    context = desktop.context
    context.dialogs.show_training(context, folder_target(data))
    dialog = context.dialogs._training
    qtbot.waitUntil(lambda: not dialog.form.checking.is_busy, timeout=WAIT_MS)
    yield dialog
    dialog.reject()


@pytest.fixture
def press(dialog, qtbot):
    """Return what presses a key in the form.

    A key reaches its shortcut only in the active window, which a form that was just
    shown is not at once on a busy machine.
    """

    def press(key, modifier):
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow, timeout=WAIT_MS)
        QTest.keyClick(dialog, key, modifier)

    return press


def test_form_leads_from_data_to_a_model_when_its_steps_are_taken(
    desktop, qtbot, dialog, press
):
    form, training = dialog.form, desktop.context.training
    assert form.blocker == ""
    assert dialog.data.counts["train"][0].text() == "6"
    qtbot.waitUntil(lambda: dialog.data.samples.count == 8, timeout=WAIT_MS)
    qtbot.mouseClick(dialog.next, Qt.MouseButton.LeftButton)
    assert dialog.pages.currentIndex() == MODEL
    qtbot.waitUntil(lambda: not form.costs.measuring, timeout=WAIT_MS)
    rows = {row.title: row for row in dialog.model.model.rows}
    assert rows["FCN R18"].tag == "Not measured"
    assert rows["U-Net small"].speed == pytest.approx(
        form.spec.batch_size / (0.1 * len("unet-small"))
    )
    dialog.go_to(RUN)
    form.set(max_iters=40, val_interval=20, name="First try")
    assert dialog.rail.time.text().startswith("About")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialog.is_over
    qtbot.waitUntil(lambda: training.runs[0].model_id != "", timeout=WAIT_MS)
    run = training.runs[0]
    assert run.state is RunState.DONE
    shelf = desktop.context.shelf
    qtbot.waitUntil(lambda: "First try" in {one.name for one in shelf.entries})
    assert form.doors.memory.score(form.spec.data_dir, form.spec.architecture) == 85.0


def test_form_is_there_again_as_it_was_when_a_file_was_shown(desktop, qtbot, dialog):
    context = desktop.context
    dialog.form.set(batch_size=3)
    path = dialog.form.spec.data_dir / "img_dir/train/0.png"
    dialog.data.file_wanted.emit(path)
    assert not dialog.isVisible()
    qtbot.waitUntil(
        lambda: (
            context.session.image is not None and context.session.image.path == path
        ),
        timeout=WAIT_MS,
    )
    context.dialogs.show_training(context, dialog.form.target)
    assert context.dialogs._training is dialog
    assert dialog.isVisible()
    assert dialog.form.spec.batch_size == 3


def test_bad_number_stops_the_start_when_it_stands_beside_its_field(dialog, press):
    dialog.go_to(RUN)
    dialog.form.set(val_interval=dialog.form.spec.max_iters + 1)
    words = dialog.run.val_row.help.text()
    assert words.startswith("Longer than the run")
    assert dialog.run.val.property("state") == "bad"
    assert not dialog.start.isEnabled()
    assert dialog.blocker.text == f"Validate every: {words}"
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not dialog.is_over
    press(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert dialog.pages.currentIndex() == DATA


def test_gpus_train_together_when_several_are_chosen(desktop, dialog):
    form, side = dialog.form, dialog.run.side
    dialog.go_to(RUN)
    assert not side.gpus_row.isVisible()  # there is no GPU here
    predicting = desktop.context.predicting
    gpus = tuple(DeviceFacts(f"cuda:{number}", "H200") for number in range(3))
    predicting.environment = msgspec.structs.replace(
        predicting.environment, devices=(*gpus, DeviceFacts("cpu", "CPU"))
    )
    form.changed.emit()
    assert side.gpus_row.isVisible()
    assert [box.text() for box in side.gpus.boxes.values()] == [
        "GPU 0",
        "GPU 1",
        "GPU 2",
    ]
    side.gpus.boxes[0].click()
    assert (form.spec.device, form.spec.devices) == ("cuda:0", ())
    side.gpus.boxes[2].click()
    assert form.spec.devices == (0, 2)
    assert side.gpus.boxes[0].isChecked()
    side.gpus.boxes[0].click()
    assert (form.spec.device, form.spec.devices) == ("cuda:2", ())


def test_config_text_wins_when_it_is_edited(dialog, qtbot):
    form, page = dialog.form, dialog.run.config
    dialog.go_to(RUN)
    dialog.run.view.chosen.emit("text")
    qtbot.waitUntil(lambda: "max_iters" in page.text.toPlainText(), timeout=WAIT_MS)
    page.text.setPlainText("max_iters = (\n")
    qtbot.waitUntil(lambda: form.blocker.startswith("Config text"), timeout=WAIT_MS)
    assert "Line 1" in page.status.text()
    page.back.click()
    qtbot.waitUntil(lambda: form.blocker == "", timeout=WAIT_MS)
    page.view.choose("diff")
    page.view.chosen.emit("diff")
    assert "-max_iters = 160000" in page.text.toPlainText()


@pytest.mark.parametrize("verb", ["Cancel", "Stop and close"])
def test_window_asks_before_it_closes_when_a_training_runs(
    desktop, qtbot, data, tmp_path, verb
):
    spec = TrainSpec(
        data_dir=data,
        architecture="unet-small",
        work_dir=tmp_path / "runs" / "slow",
        name="slow",
    )
    training, asked = desktop.context.training, []
    key = training.start(spec)
    qtbot.waitUntil(lambda: training.run(key).iteration > 0, timeout=WAIT_MS)

    def answer() -> None:
        question = QApplication.activeModalWidget()
        asked.extend(label.text() for label in question.findChildren(Label))
        buttons = {button.text(): button for button in question.findChildren(Button)}
        buttons[verb].click()

    QTimer.singleShot(0, answer)
    desktop.window.close()
    assert "Closing stops it and keeps a checkpoint; it can be resumed." in asked
    assert desktop.window.isVisible() is (verb == "Cancel")
    assert training.live  # the program's end stops it, not the question
    training.stop(key)
    qtbot.waitUntil(lambda: not training.live, timeout=WAIT_MS)


def test_form_says_how_to_install_when_an_architecture_lacks_its_package(
    dialog, monkeypatch
):
    monkeypatch.setattr(zoo_package, "_is_installed", lambda name: name != "mmdet")
    dialog.go_to(MODEL)
    page = dialog.model
    row = page.model.rows[-1]  # what cannot be trained stands last
    assert (row.title, row.tag) == ("Mask2Former R18", "Not installed")
    page.table.selectRow(len(page.model.rows) - 1)
    assert page.why_title.text() == "Not installed"
    assert "pip install 'segdesk[mask2former]'" in page.why.text()
    assert dialog.form.blocker.startswith("Architecture: Needs onedl-mmdetection")
    assert not dialog.start.isEnabled()
