from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.app.files.opened_image import open_image
from segdesk.app.job_center import JobStatus
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.proposals.predicting import ChosenModel, Predicting
from segdesk.app.proposals.preparing import Preparing
from segdesk.app.session import FileList
from segdesk.core.classes import ClassList
from segdesk.core.item_status import ItemFacts, ItemStatus
from segdesk.jobs import arrays
from segdesk.jobs.events import (
    Cancelled,
    Failed,
    ModelLoaded,
    PredictionDone,
    Succeeded,
)
from segdesk.jobs.specs import ModelSource

CLASSES = ClassList.from_names(("background", "nucleus"))
MODEL = ChosenModel(ModelSource(id="m", checkpoint=Path("/m.pth")), "My model")


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for name in "abcde":
        Image.fromarray(np.zeros((4, 6, 3), np.uint8)).save(folder / f"{name}.png")
    return folder


@pytest.fixture
def predicting(desk, engine, executor, tmp_path) -> Predicting:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Predicting(desk, engine, executor, scratch)


@pytest.fixture
def shelf(desk, executor, folder) -> ProjectShelf:
    shelf = ProjectShelf(executor, desk.notices)
    shelf.open(folder)
    executor.run_all()
    return shelf


@pytest.fixture
def preparing(desk, engine, executor, predicting, folder, shelf) -> Preparing:
    """Return a journey with a model, five files open and the first one on screen."""
    desk.settings.update(predict_on_open=False)
    preparing = Preparing(desk, engine, executor, predicting, shelf)
    desk.session.set_files(FileList(folder, tuple(sorted(folder.iterdir())), 0))
    predicting.load(MODEL, then_predict=False)
    engine.end(0, Succeeded(_loaded()))
    return preparing


def _loaded() -> ModelLoaded:
    return ModelLoaded(
        model_id="m",
        architecture="U-Net",
        classes=CLASSES,
        device="cpu",
        precision="auto",
        seconds=1.0,
    )


def answer(engine, executor, tmp_path, at: int = -1) -> None:
    """Let the engine end a job, its last one unless told, with a prediction."""
    job = engine.jobs[at]
    labels = arrays.put(np.ones((4, 6), np.uint8), tmp_path / "scratch")
    job.ended(
        Succeeded(
            PredictionDone(
                model_id="m",
                image=job.spec.image,
                labels=labels,
                confidence=None,
                classes=CLASSES,
                device="cpu",
                seconds={},
            )
        )
    )
    executor.run_all()


def names(paths) -> list[str]:
    return [path.name for path in paths]


def test_preparing_predicts_the_next_images_when_they_are_not_done(
    preparing, predicting, shelf, desk, engine, executor, folder, tmp_path
):
    shelf.set_facts("c.png", ItemFacts(ItemStatus.DONE))
    preparing.set_count(2)
    assert names(preparing.next_images()) == ["b.png", "d.png"]
    preparing.start()
    answer(engine, executor, tmp_path)
    answer(engine, executor, tmp_path)
    assert [job.spec.image.name for job in engine.jobs[1:]] == ["b.png", "d.png"]
    assert predicting.has_proposal(folder / "b.png")
    assert not predicting.has_proposal(folder / "c.png")
    row = desk.jobs.jobs()[-1]
    assert (row.status, row.done, row.total) == (JobStatus.SUCCEEDED, 2, 2)
    assert not preparing.is_busy
    assert names(preparing.next_images()) == ["e.png"]


def test_preparing_shows_the_proposal_at_once_when_its_image_is_opened(
    preparing, desk, engine, executor, folder, tmp_path
):
    preparing.set_count(1)
    preparing.start()
    answer(engine, executor, tmp_path)
    asked = len(engine.jobs)
    desk.session.set_image(open_image(folder / "b.png"))
    executor.run_all()
    assert (desk.session.proposal.prediction.labels == 1).all()
    assert len(engine.jobs) == asked


def test_preparing_predicts_an_image_once_when_it_is_opened_meanwhile(
    preparing, desk, engine, executor, folder, tmp_path
):
    desk.settings.update(predict_on_open=True)
    preparing.set_count(3)
    preparing.start()
    desk.session.set_image(open_image(folder / "b.png"))
    assert desk.session.proposal is None
    answer(engine, executor, tmp_path)
    assert (desk.session.proposal.prediction.labels == 1).all()
    desk.session.set_image(open_image(folder / "d.png"))
    prepared, asked = engine.jobs[-2:]
    assert asked.spec.image.name == "d.png"
    prepared.ended(Cancelled())
    assert not preparing.is_busy


def test_preparing_passes_over_an_image_when_it_was_predicted_since(
    preparing, desk, engine, executor, folder, tmp_path
):
    desk.settings.update(predict_on_open=True)
    preparing.set_count(2)
    preparing.start()
    desk.session.set_image(open_image(folder / "c.png"))
    answer(engine, executor, tmp_path)
    answer(engine, executor, tmp_path, at=1)
    assert [job.spec.image.name for job in engine.jobs[1:]] == ["b.png", "c.png"]
    assert not preparing.is_busy


def test_preparing_keeps_what_is_prepared_when_it_is_cancelled(
    preparing, predicting, desk, engine, executor, folder, tmp_path
):
    preparing.start()
    answer(engine, executor, tmp_path)
    row = desk.jobs.live()[-1]
    desk.jobs.cancel(row.id)
    assert engine.jobs[-1].stopped
    engine.jobs[-1].ended(Cancelled())
    ended = desk.jobs.get(row.id)
    assert (ended.status, ended.kept) == (JobStatus.CANCELLED, "1 of 4 prepared")
    assert predicting.has_proposal(folder / "b.png")
    assert not preparing.is_busy


def test_preparing_goes_on_when_one_image_cannot_be_predicted(
    preparing, predicting, desk, engine, executor, folder, tmp_path
):
    told = []
    desk.notices.posted.connect(told.append)
    preparing.set_count(2)
    preparing.start()
    engine.jobs[-1].ended(
        Failed(
            kind="ImageReadError",
            message="b.png was not read.",
            cause="It ends early.",
            hint="Restore it.",
            detail="",
        )
    )
    answer(engine, executor, tmp_path)
    assert predicting.has_proposal(folder / "c.png")
    assert desk.jobs.jobs()[-1].status is JobStatus.SUCCEEDED
    assert [notice.message for notice in told] == ["b.png was not prepared."]


def test_preparing_stops_when_the_model_is_unloaded(
    preparing, predicting, engine, executor
):
    preparing.start()
    predicting.unload()
    assert engine.jobs[-1].stopped
    engine.jobs[-1].ended(Cancelled())
    assert not preparing.is_busy
