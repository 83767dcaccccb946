from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.app.files.opened_image import open_image
from segdesk.app.proposals.predicting import ChosenModel, Predicting
from segdesk.core.classes import ClassList
from segdesk.core.image_view import ImageView
from segdesk.core.mapped import MAPPED_PIXELS
from segdesk.jobs import arrays
from segdesk.jobs.events import Failed, ModelLoaded, PredictionDone, Succeeded
from segdesk.jobs.specs import LoadSpec, ModelSource, PredictSpec

CLASSES = ClassList.from_names(("background", "nucleus"))
MODEL = ChosenModel(ModelSource(id="m", checkpoint=Path("/m.pth")), "My model")


@pytest.fixture
def predicting(desk, engine, executor, tmp_path) -> Predicting:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Predicting(desk, engine, executor, scratch)


@pytest.fixture
def images(tmp_path):
    paths = []
    for name in "ab":
        path = tmp_path / f"{name}.png"
        Image.fromarray(np.zeros((4, 6, 3), np.uint8)).save(path)
        paths.append(path)
    return [open_image(path) for path in paths]


def loaded() -> Succeeded:
    return Succeeded(
        ModelLoaded(
            model_id="m",
            architecture="U-Net",
            classes=CLASSES,
            device="cpu",
            precision="auto",
            seconds=1.0,
        )
    )


def predicted(folder: Path, image: Path, value: int) -> Succeeded:
    labels = np.full((4, 6), value, np.uint8)
    confidence = np.full((4, 6), 204, np.uint8)
    return Succeeded(
        PredictionDone(
            model_id="m",
            image=image,
            labels=arrays.put(labels, folder),
            confidence=arrays.put(confidence, folder),
            classes=CLASSES,
            device="cpu",
            seconds={"network": 0.1},
        )
    )


def test_predicting_shows_a_proposal_when_model_and_image_are_there(
    predicting, desk, engine, executor, images, tmp_path
):
    desk.session.set_image(images[0])
    predicting.load(MODEL)
    assert isinstance(engine.jobs[0].spec, LoadSpec)
    engine.end(0, loaded())
    assert desk.session.classes == CLASSES
    assert engine.jobs[1].spec.image == images[0].path
    engine.end(1, predicted(tmp_path / "scratch", images[0].path, 1))
    executor.run_all()
    proposal = desk.session.proposal
    assert (proposal.prediction.labels == 1).all()
    assert proposal.statistics.shares[1] == pytest.approx(1.0)
    assert predicting.has_proposal(images[0].path)
    assert not list((tmp_path / "scratch").iterdir())


def test_predicting_drops_the_result_when_another_image_is_on_screen(
    predicting, desk, engine, executor, images, tmp_path
):
    desk.session.set_image(images[0])
    predicting.load(MODEL)
    engine.end(0, loaded())
    desk.session.set_image(images[1])
    assert engine.jobs[1].stopped
    engine.end(1, predicted(tmp_path / "scratch", images[0].path, 1))
    executor.run_all()
    assert desk.session.proposal is None
    engine.end(2, predicted(tmp_path / "scratch", images[1].path, 0))
    executor.run_all()
    assert (desk.session.proposal.prediction.labels == 0).all()


def test_predicting_does_not_run_again_when_an_image_comes_back(
    predicting, desk, engine, executor, images, tmp_path
):
    desk.session.set_image(images[0])
    predicting.load(MODEL)
    engine.end(0, loaded())
    engine.end(1, predicted(tmp_path / "scratch", images[0].path, 1))
    executor.run_all()
    desk.session.set_image(images[1])
    desk.session.set_image(images[0])
    executor.run_all()
    assert (desk.session.proposal.prediction.labels == 1).all()
    predict_specs = [job.spec for job in engine.jobs[1:]]
    assert [spec.image.name for spec in predict_specs] == ["a.png", "b.png"]
    predicting.predict()
    assert isinstance(engine.jobs[-1].spec, PredictSpec)
    engine.end(
        len(engine.jobs) - 1, Failed(kind="ModelError", message="Not predicted.")
    )
    assert predicting.has_proposal(images[0].path), "the one before is not lost"


def test_predicting_leaves_an_image_alone_when_its_proposal_was_rejected(
    predicting, desk, engine, executor, images
):
    desk.session.set_image(images[0])
    predicting.load(MODEL)
    engine.end(0, loaded())
    desk.session.rejected.add((images[1].path, "m"))
    desk.session.set_image(images[1])
    assert len(engine.jobs) == 2
    predicting.predict()
    assert engine.jobs[2].spec.image == images[1].path
    assert not desk.session.rejected


def test_predicting_offers_a_restart_when_the_engine_died(
    predicting, desk, engine, images
):
    desk.session.set_image(images[0])
    predicting.load(MODEL)
    engine.end(0, loaded())
    died = Failed(kind="EngineDiedError", message="The engine stopped.")
    engine.end(1, died)
    notice = desk.notices.history[-1]
    assert notice.verbs[0].title == "Start again"
    assert not predicting.is_ready
    notice.verbs[0].run()
    assert isinstance(engine.jobs[-1].spec, LoadSpec)
    engine.end(len(engine.jobs) - 1, loaded())
    assert isinstance(engine.jobs[-1].spec, PredictSpec)


def test_predicting_lets_go_of_the_model_when_it_cannot_be_loaded(
    predicting, desk, engine
):
    predicting.load(MODEL)
    engine.end(0, Failed(kind="CheckpointError", message="m.pth was not opened."))
    assert predicting.model_id is None
    assert desk.notices.history[-1].message == "m.pth was not opened."


def test_predicting_ignores_the_first_model_when_a_second_is_loaded(
    predicting, desk, engine
):
    predicting.load(MODEL)
    other = ChosenModel(ModelSource(id="n", checkpoint=Path("/n.pth")), "Other")
    predicting.load(other)
    engine.end_stopped()
    engine.end(0, loaded())
    assert predicting.model_id == "n"
    assert not predicting.is_ready


def test_predicting_takes_the_model_when_the_image_comes_while_it_loads(
    predicting, desk, engine, images
):
    predicting.load(MODEL)
    desk.session.set_image(images[0])
    engine.end(0, loaded())
    assert predicting.is_ready
    assert engine.jobs[1].spec.image == images[0].path


def test_predicting_shows_the_rows_that_are_done_when_it_is_stopped_half_way(
    predicting, desk, engine, executor, images, tmp_path
):
    said: list[str] = []
    desk.notices.toasted.connect(lambda toast: said.append(toast.message))
    desk.session.set_image(images[0])
    predicting.load(MODEL)
    engine.end(0, loaded())
    spec = engine.jobs[1].spec
    assert spec.keep_rows
    assert spec.windows.from_pixels == MAPPED_PIXELS
    predicting.cancel()
    assert engine.jobs[1].stopped
    labels = np.full((4, 6), 255, np.uint8)
    labels[:1] = 1
    found = PredictionDone(
        model_id="m",
        image=images[0].path,
        labels=arrays.put(labels, tmp_path / "scratch"),
        confidence=None,
        classes=CLASSES,
        device="cpu",
        seconds={},
        rows=1,
    )
    engine.end(1, Succeeded(found))
    executor.run_all()
    assert np.array_equal(desk.session.proposal.prediction.labels, labels)
    assert desk.session.proposal.statistics.shares[1] == pytest.approx(0.25)
    assert said == ["Stopped: the upper 25% are predicted."]
    assert not predicting.has_proposal(images[0].path), "the whole is made next time"


def test_predicting_asks_again_when_other_bands_are_shown(
    predicting, desk, engine, executor, images, tmp_path
):
    desk.session.set_image(images[0])
    predicting.load(MODEL)
    engine.end(0, loaded())
    engine.end(1, predicted(tmp_path / "scratch", images[0].path, 1))
    executor.run_all()
    grey = ImageView(bands=(1,), stretch="percentiles")
    desk.session.set_image_view(grey)
    assert not predicting.has_proposal(images[0].path)
    desk.session.set_image(open_image(images[0].path, grey))
    assert engine.jobs[2].spec.view == grey
