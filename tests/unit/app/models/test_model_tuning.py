"""The journey from a model of the library to the fastest way to run it here."""

from pathlib import Path

import pytest
from fake_tuning import make_tuned

from segdesk.app.models.tuning import ModelTuning
from segdesk.app.proposals.predicting import ChosenModel, Predicting
from segdesk.app.session import FileList
from segdesk.core.classes import ClassList
from segdesk.core.paths import user_data_dir
from segdesk.jobs.events import Failed, Succeeded
from segdesk.jobs.specs import LoadSpec, ModelSource, TuneSpec
from segdesk.jobs.tune_events import TuneDone
from segdesk.library.model_card import ModelCard, ModelEntry, ModelState
from segdesk.library.tuned_modes import TunedModes, digest_of_entry

CLASSES = ClassList.from_names(("a", "b"))


def entry(checkpoint: str = "model.pth", **changes) -> ModelEntry:
    card = ModelCard(
        id="m",
        name="My model",
        architecture="U-Net",
        classes=CLASSES,
        checkpoint=checkpoint,
        sha256="ab" * 32,
        size_bytes=7,
    )
    values = {"id": "m", "folder": Path("/models/m"), "card": card}
    return ModelEntry(**{"state": ModelState.READY, **values, **changes})


@pytest.fixture
def predicting(desk, engine, executor, tmp_path) -> Predicting:
    return Predicting(desk, engine, executor, tmp_path)


@pytest.fixture
def tuning(desk, engine, executor, predicting) -> ModelTuning:
    return ModelTuning(desk, engine, executor, predicting)


def done() -> Succeeded:
    return Succeeded(TuneDone(model_id="m", tuned=make_tuned(), seconds=9.0))


def test_tuning_measures_on_open_images_and_takes_the_model_up_in_its_new_way(
    desk, engine, predicting, tuning, tmp_path
):
    paths = tuple(tmp_path / f"{number}.png" for number in range(9))
    desk.session.set_files(FileList(tmp_path, paths, 0))
    source = ModelSource(id="m", checkpoint=Path("/models/m/model.pth"))
    predicting.model = ChosenModel(source, "My model")
    said: list[str] = []
    tuning.changed.connect(said.append)
    tuning.start(entry())
    spec = engine.jobs[-1].spec
    assert isinstance(spec, TuneSpec)
    assert (spec.model.classes, spec.device, len(spec.images)) == (CLASSES, "auto", 4)
    assert tuning.why_not(entry()) == "It is being measured"
    tuning.start(entry())
    engine.end(len(engine.jobs) - 1, done())
    assert said == ["m", "m"]
    assert isinstance(engine.jobs[-1].spec, LoadSpec)
    notice = desk.notices.history[-1]
    assert notice.message == "My model is tuned for this machine."
    assert notice.cause == (
        "bf16 + channels_last, 1.6×, 99.97 % equal. Measured on 4 images, NVIDIA H200."
    )
    assert notice.hint == ""


def test_tuning_says_when_another_precision_is_in_force(desk, engine, tuning):
    desk.settings.update(precision="fp16")
    tuning.start(entry())
    engine.end(len(engine.jobs) - 1, done())
    assert "Set the precision to auto" in desk.notices.history[-1].hint
    assert len([job for job in engine.jobs if isinstance(job.spec, LoadSpec)]) == 0


def test_tuning_says_why_when_it_fails_or_cannot_be(desk, engine, tuning):
    tuning.start(entry())
    engine.end(len(engine.jobs) - 1, Failed(kind="ModelError", message="No."))
    assert desk.notices.history[-1].message == "No."
    assert tuning.why_not(entry()) is None
    assert "ONNX" in tuning.why_not(entry("model.onnx"))
    assert tuning.why_not(entry(state=ModelState.NEEDS_OPS)) is not None


def test_what_is_known_of_a_model_is_read_on_a_worker(executor, tuning):
    found: list[object] = []
    tuning.look_up(entry(), found.append)
    executor.run_all()
    record = make_tuned(model=digest_of_entry(entry()))
    TunedModes(user_data_dir() / "models").remember(record)
    tuning.look_up(entry(), found.append)
    executor.run_all()
    assert found == [(), (record,)]
