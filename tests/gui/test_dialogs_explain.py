"""The dialog that shows where a model looks."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from segdesk.app.files.opened_image import OpenedImage
from segdesk.app.proposals.explaining import Answer
from segdesk.core.classes import ClassList
from segdesk.core.explanation import Explained, Heat, heat_picture
from segdesk.core.imaging import LoadedImage
from segdesk.core.pyramid import Pyramid
from segdesk.gui.dialogs.explain import ExplainDialog
from segdesk.jobs.events import Failed
from segdesk.jobs.explain_events import MapLayer

CLASSES = ClassList(("land", "road", "water"), ("#808080", "#FF0000", "#0000FF"))
LAYERS = (
    MapLayer("backbone.layer4.0.conv1", "Conv2d", 64, (10, 16)),
    MapLayer("backbone.layer4.0", "BasicBlock", 64, (10, 16)),
    MapLayer("backbone.layer4", "ResLayer", 64, (10, 16)),
    MapLayer("decode_head.bottleneck", "ConvModule", 32, (20, 32)),
)


def make_image(path=Path("tile.png")):
    pixels = np.random.default_rng(0).integers(0, 256, (80, 128, 3), np.uint8)
    loaded = LoadedImage(path, pixels, "PNG", "RGB", 8, 1, False, ())
    return OpenedImage(loaded, Pyramid(pixels))


def make_answer(image, **changes):
    heat = np.zeros((80, 128), np.uint16)
    heat[20:40, 60:90] = 65535
    explained = Explained(
        model_id="m",
        method="hires-cam",
        layer="backbone.layer4",
        class_index=1,
        classes=CLASSES,
        at=(70, 30),
        heat=Heat(heat, 2.5),
        confidence=np.full((80, 128), 204, np.uint8),
        entropy=np.full((80, 128), 51, np.uint8),
        chances=(0.3, 0.62, 0.08),
        device="cpu",
        seconds=0.4,
    )
    explained = replace(explained, **changes)
    picture = heat_picture(image.pixels, explained.heat.bytes8())
    return Answer(image, explained, (), (picture, picture, picture))


@pytest.fixture
def dialog(qtbot, context):
    context.explaining.why = None
    context.explaining.image = make_image()
    context.explaining.classes = CLASSES
    shown = ExplainDialog(context, None)
    qtbot.addWidget(shown)
    shown.show()
    return shown


def answered(dialog, context, **changes):
    explaining = context.explaining
    explaining.progress = None
    explaining.layers = LAYERS
    explaining.answer = make_answer(explaining.image, **changes)
    explaining.changed.emit()


def test_explain_dialog_asks_about_the_pixel_when_it_is_clicked(qtbot, dialog, context):
    answered(dialog, context)
    place = dialog.heat.place()
    at = QPoint(round(place.x() + place.width() / 2), round(place.center().y()))
    qtbot.mouseClick(dialog.heat, Qt.MouseButton.LeftButton, pos=at)
    asked = context.explaining.asked[-1]
    assert asked.at == pytest.approx((64, 40), abs=1)
    assert asked.class_index is None
    assert dialog.pixel.text().startswith("64")
    assert dialog.stop.isVisible()
    qtbot.mouseClick(dialog.stop, Qt.MouseButton.LeftButton)
    assert not dialog.stop.isVisible()


def test_explain_dialog_tells_the_answer_when_it_is_there(dialog, context):
    answered(dialog, context)
    assert dialog.windowTitle() == "Why road? tile.png"
    assert dialog.chances.accessibleDescription() == "road 0.62, land 0.30, water 0.08"
    assert dialog.layer.currentData() == "backbone.layer4"
    listed = [dialog.layer.itemData(n) for n in range(dialog.layer.count())]
    assert listed == ["backbone.layer4", "decode_head.bottleneck"]
    dialog._on_hovered((70, 30))
    assert dialog.heat._reading.endswith("1.00")
    assert dialog.confidence._reading == "0.20"
    assert dialog.entropy._reading == "0.20"
    assert not dialog.grab().isNull()


def test_explain_dialog_asks_again_when_class_method_or_layer_are_others(
    dialog, context
):
    answered(dialog, context)
    dialog.classes.setCurrentIndex(3)
    dialog.classes.activated.emit(3)
    assert context.explaining.asked[-1].class_index == 2
    dialog.method.setCurrentIndex(2)
    dialog.method.activated.emit(2)
    assert context.explaining.asked[-1].method == "eigen-cam"
    answered(dialog, context)
    dialog.layer.setCurrentIndex(1)
    dialog.layer.activated.emit(1)
    assert context.explaining.asked[-1].layer == "decode_head.bottleneck"


def test_explain_dialog_says_why_when_nothing_came_of_it(dialog, context):
    explaining = context.explaining
    explaining.progress = (3, 190)
    explaining.question = replace(explaining.question, method="occlusion")
    explaining.changed.emit()
    assert dialog.passes.text() == "3 of 190 passes"
    assert dialog.progress.value == pytest.approx(3 / 190)
    assert not dialog.layer.isEnabled()
    explaining.progress = None
    explaining.failure = Failed(
        kind="ModelError", message="Not explained.", cause="Why.", hint="Do that."
    )
    explaining.changed.emit()
    assert dialog.note.text() == "Not explained. Why. Do that."
    assert not dialog.save.isEnabled()


def test_explain_dialog_saves_and_stops_when_asked(dialog, context, tmp_path):
    answered(dialog, context)
    context.dialogs.answers["choose_folder"] = tmp_path
    dialog.save.click()
    assert context.explaining.saved == [tmp_path]
    dialog.reject()
    assert context.explaining.cancelled == 1
