"""The journey from a prediction to its reasons."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.app.files.opened_image import open_image
from segdesk.app.proposals.explaining import Explaining, shown_layers
from segdesk.app.proposals.predicting import ChosenModel, Predicting
from segdesk.core.classes import ClassList
from segdesk.jobs import arrays
from segdesk.jobs.events import (
    Cancelled,
    Failed,
    ModelLoaded,
    Noted,
    Progress,
    Succeeded,
)
from segdesk.jobs.explain_events import ExplainDone, MapLayer
from segdesk.jobs.specs import ExplainSpec, ModelSource

CLASSES = ClassList.from_names(("background", "nucleus"))
LAYERS = (MapLayer("backbone.a", "Block", 8, (2, 3)),)


@pytest.fixture
def explaining(desk, engine, executor, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    predicting = Predicting(desk, engine, executor, scratch)
    explaining = Explaining(desk, engine, executor, predicting)
    explaining.scratch = scratch
    return explaining


def load(explaining, desk, engine, tmp_path, checkpoint="m.pth"):
    path = tmp_path / "a.png"
    Image.fromarray(np.full((4, 6, 3), 90, np.uint8)).save(path)
    desk.session.set_image(open_image(path))
    source = ModelSource(id="m", checkpoint=tmp_path / checkpoint)
    explaining._predicting.load(ChosenModel(source, "M"), then_predict=False)
    done = ModelLoaded(
        model_id="m", architecture="U-Net", classes=CLASSES, device="cpu",
        precision="auto", seconds=1.0,
    )  # fmt: skip
    engine.end(len(engine.jobs) - 1, Succeeded(done))


def answer(folder: Path, spec: ExplainSpec) -> Succeeded:
    heat = np.zeros((4, 6, 1), "<u2")
    heat[1, 2] = 65535
    grey = np.full((4, 6), 51, np.uint8)
    done = ExplainDone(
        model_id="m", image=spec.image, method=spec.method, class_index=1,
        classes=CLASSES, heat=arrays.put(heat.view(np.uint8), folder), peak=2.0,
        chance=0.8, chances=(0.2, 0.8), confidence=arrays.put(grey, folder),
        entropy=arrays.put(grey, folder), device="cpu", seconds=0.5, at=spec.at,
        layer="backbone.a", layers=LAYERS,
    )  # fmt: skip
    return Succeeded(done)


def test_explaining_shows_the_answer_when_it_was_asked(
    explaining, desk, engine, executor, tmp_path
):
    assert explaining.why_not() == "Open an image first"
    load(explaining, desk, engine, tmp_path)
    assert explaining.why_not() is None
    explaining.ask(replace(explaining.question, at=(2, 1)))
    job = engine.jobs[-1]
    assert isinstance(job.spec, ExplainSpec)
    assert (job.spec.at, job.spec.method) == ((2, 1), "hires-cam")
    (row,) = desk.jobs.live()
    assert row.title == "Explain a.png"
    job.report(Progress(3, 9, "passes"))
    assert explaining.progress == (3, 9)
    job.report(Noted("info", "Smaller.", "By half."))
    engine.end(len(engine.jobs) - 1, answer(explaining.scratch, job.spec))
    executor.run_all()
    assert not explaining.is_running
    found = explaining.answer
    assert [note.message for note in found.notes] == ["Smaller."]
    assert found.explained.heat.at(2, 1) == 1.0
    assert found.explained.heat.values()[1, 2] == pytest.approx(2.0)
    assert all(picture.shape == (4, 6, 3) for picture in found.pictures)
    assert explaining.layers == LAYERS
    assert desk.jobs.live() == ()
    explaining.save(tmp_path / "out", lambda paths: setattr(explaining, "to", paths))
    executor.run_all()
    assert len(explaining.to) == 5


def test_explaining_drops_an_answer_when_something_else_was_asked(
    explaining, desk, engine, executor, tmp_path
):
    load(explaining, desk, engine, tmp_path)
    explaining.ask(explaining.question)
    first = len(engine.jobs) - 1
    explaining.ask(replace(explaining.question, class_index=0))
    assert engine.jobs[first].stopped
    engine.end(first, Cancelled())
    assert explaining.is_running
    desk.session.set_image(None)
    assert not explaining.is_running
    engine.end(first + 1, answer(explaining.scratch, engine.jobs[first + 1].spec))
    executor.run_all()
    assert explaining.answer is None


def test_explaining_keeps_why_when_it_fails(explaining, desk, engine, tmp_path):
    load(explaining, desk, engine, tmp_path)
    explaining.ask(replace(explaining.question, layer="backbone"))
    failed = Failed(kind="InputError", message="The layer was not looked at.")
    engine.end(len(engine.jobs) - 1, failed)
    assert explaining.failure == failed
    assert not explaining.is_running
    explaining.ask(replace(explaining.question, method="saliency"))
    assert explaining.failure is None
    assert engine.jobs[-1].spec.layer == ""  # it looks at pixels


def test_explaining_covers_parts_when_the_model_cannot_be_looked_into(
    explaining, desk, engine, tmp_path
):
    load(explaining, desk, engine, tmp_path, "m.onnx")
    assert explaining.methods() == ("occlusion",)
    explaining.ask(explaining.question)
    assert engine.jobs[-1].spec.method == "occlusion"


def test_layers_are_blocks_when_they_are_shown():
    layers = (
        MapLayer("b.layer1.0.conv", "Conv2d", 8, (8, 8)),
        MapLayer("b.layer1.0", "Block", 8, (8, 8)),
        MapLayer("b.layer1", "Stage", 8, (8, 8)),
        MapLayer("b.pool", "MaxPool2d", 8, (4, 4)),
        MapLayer("b", "Backbone", 8, (8, 8)),
        MapLayer("h.conv_seg", "Conv2d", 2, (8, 8)),
    )
    names = [layer.name for layer in shown_layers(layers)]
    assert names == ["b.layer1", "b.pool", "b"]
    chosen = [layer.name for layer in shown_layers(layers, "b.layer1.0")]
    assert chosen == ["b.layer1.0", "b.layer1", "b.pool", "b"]
