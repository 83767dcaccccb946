"""The journey from a loaded model to an ONNX file."""

from pathlib import Path

import pytest
from fake_batches import FakeRunner

from segdesk.app.models.export import ModelExportChoice, ModelExporting
from segdesk.app.proposals.predicting import ChosenModel, Predicting
from segdesk.app.proposals.prediction_order import AUGMENTED
from segdesk.app.session import FileList
from segdesk.jobs.events import Failed, Succeeded
from segdesk.jobs.export_events import ExportDone, Parity
from segdesk.jobs.specs import ModelSource

MODEL = ChosenModel(ModelSource(id="m", checkpoint=Path("/m.pth")), "My model")


@pytest.fixture
def predicting(desk, engine, executor, tmp_path) -> Predicting:
    return Predicting(desk, engine, executor, tmp_path)


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
def exporting(desk, runner, predicting) -> ModelExporting:
    return ModelExporting(desk, runner, predicting)


def done(folder: Path) -> ExportDone:
    parity = Parity(
        images=4, pixels=9, equal=0.99995, max_difference=0.1, torch_s=0.4, onnx_s=0.2
    )
    return ExportDone(
        model=folder / "m.onnx",
        sidecar=folder / "m.json",
        script=folder / "run_m.py",
        size_bytes=7_400_000,
        opset=18,
        parity=parity,
        seconds=3.0,
        notes=("The file takes 64 × 64 pixels.",),
    )


def test_export_compares_on_open_images_and_tells_when_it_is_done(
    desk, runner, predicting, exporting, tmp_path
):
    paths = tuple(tmp_path / "images" / f"{number:02}.png" for number in range(9))
    desk.session.set_files(FileList(tmp_path, paths, 0))
    predicting.model = MODEL
    assert exporting.why_not() is None
    assert exporting.proposed_folder() == tmp_path / "m onnx"
    shown: list[Path] = []
    exporting.run(ModelExportChoice(tmp_path / "out", side=512), shown.append)
    assert exporting.why_not() == "A model is being exported"
    spec = runner.specs[-1]
    assert spec.size == (512, 512)
    assert len(spec.images) == 4
    desk.jobs.cancel(desk.jobs.live()[0].id)
    assert runner.told == ["stop"]
    runner.end(Succeeded(done(tmp_path / "out")))
    assert exporting.why_not() is None
    notice = desk.notices.history[-1]
    assert notice.message == "My model was exported."
    assert "99.995% of the labels" in notice.cause
    assert "64 × 64" in notice.hint
    notice.verbs[0].run()
    assert shown == [tmp_path / "out"]


def test_export_says_why_when_it_cannot_be_done(desk, runner, predicting, exporting):
    assert exporting.why_not() == "Load a model first"
    onnx = ModelSource(id="m", checkpoint=Path("/m.onnx"))
    predicting.model = ChosenModel(onnx, "Exported")
    assert exporting.why_not() == "It is an ONNX model already"
    predicting.model = MODEL
    exporting.run(ModelExportChoice(Path("/out")), lambda _: None)
    runner.end(Failed(kind="ModelError", message="No."))
    assert desk.notices.history[-1].message == "No."


def test_prediction_looks_several_times_when_flip_and_scale_is_on(
    desk, engine, predicting, tmp_path
):
    from segdesk.app.proposals.prediction_order import predict_spec
    from segdesk.core.image_view import AS_STORED

    predicting.set_flip_and_scale(on=True)
    preferences = desk.settings.preferences
    spec = predict_spec(
        MODEL.source, tmp_path / "a.png", tmp_path, preferences, AS_STORED
    )
    assert spec.tta == AUGMENTED
    predicting.set_flip_and_scale(on=False)
    preferences = desk.settings.preferences
    spec = predict_spec(
        MODEL.source, tmp_path / "a.png", tmp_path, preferences, AS_STORED
    )
    assert spec.tta is None
