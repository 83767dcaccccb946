"""The journey of runs over a fake journey of training."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from fake_runs import FakeTraining, make_runs

from segdesk.app.training.run_previews import PreviewRequest, RunPreviews, make_preview
from segdesk.app.training.training_run import RunState, TrainingRun
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.formats.png_mask import write_mask
from segdesk.jobs.codec import encode
from segdesk.jobs.events import (
    Cancelled,
    CheckpointSaved,
    Progress,
    TrainStep,
    Validated,
)
from segdesk.jobs.specs import TrainSpec


def step(iteration, loss=0.5, total=100, seconds=0.5):
    return TrainStep(
        iteration=iteration,
        total=total,
        losses={"loss": loss},
        lr=0.01,
        iter_time_s=seconds,
        data_time_s=0.1,
    )


class Later:
    """An executor whose work waits until a test lets it be done."""

    def __init__(self):
        self.waiting = []

    def submit(self, work, done, failed):
        self.waiting.append((work, done, failed))

    def work(self):
        waiting, self.waiting = self.waiting, []
        for work, done, failed in waiting:
            try:
                result = work()
            except InputError as error:
                failed(error)
            else:
                done(result)


@pytest.fixture
def training():
    return FakeTraining()


@pytest.fixture
def later():
    return Later()


@pytest.fixture
def runs(tmp_path, training, later):
    return make_runs(tmp_path, later, training)


def begin(training, work_dir, key=1, **fields):
    work_dir.mkdir(parents=True, exist_ok=True)
    spec = TrainSpec(
        data_dir=Path("/nowhere"),
        architecture="segformer-b0",
        work_dir=work_dir,
        **{"max_iters": 100, **fields},
    )
    run = TrainingRun(
        key=key, spec=spec, state=RunState.RUNNING, job=1, total=spec.max_iters
    )
    others = tuple(each for each in training.runs if each.key != key)
    training.runs = (*others, run)
    training.changed.emit()
    return run


def left_behind(folder, *events, **fields):
    folder.mkdir(parents=True)
    spec = TrainSpec(
        data_dir=Path("/nowhere"), architecture="unet-small", work_dir=folder, **fields
    )
    (folder / "spec.json").write_bytes(encode(spec))
    lines = b"".join(encode(event) + b"\n" for event in events)
    (folder / "events.jsonl").write_bytes(lines)
    (folder / "iter_10.pth").write_bytes(b"x")
    return spec


def test_runs_follow_a_training_when_it_reports(runs, training, tmp_path):
    told = []
    runs.advanced.connect(told.append)
    begin(training, tmp_path / "one")
    for iteration in range(1, 41):
        training.reported.emit(1, step(iteration))
    training.reported.emit(
        1, Validated(iteration=40, metrics={"mIoU": 61.0}, per_class={"IoU": (61.0,)})
    )
    best = tmp_path / "one" / "best.pth"
    training.reported.emit(1, CheckpointSaved(best, 40, best=True))
    run = runs.selected
    assert run.title == "Run 1 · SegFormer-B0"
    assert (run.iteration, run.total, run.score) == (40, 100, 0.61)
    assert run.seconds_left == pytest.approx(30)
    assert run.checkpoint == best
    assert told == [run] * 42
    assert "validated 40" in run.log[-2]


def test_runs_are_remembered_when_the_program_starts_again(
    runs, training, later, tmp_path
):
    old = tmp_path / "old"
    left_behind(old, step(5), step(10), Cancelled("it"))
    runs.open(old)
    later.work()
    later.work()  # the list is written
    again = make_runs(tmp_path, later, FakeTraining())
    again.take_up()
    later.work()
    assert [run.folder for run in again.all] == [old]
    assert again.selected.state is RunState.STOPPED
    assert again.selected.can_resume


def test_resume_keeps_the_curves_of_before_when_it_goes_on(
    runs, training, later, tmp_path
):
    folder = tmp_path / "old"
    spec = left_behind(folder, step(5), step(10), Cancelled("it"))
    runs.open(folder)
    later.work()
    runs.resume(runs.selected)
    (asked,) = training.asked
    assert asked == ("start", msgspec.structs.replace(spec, resume=True))
    begin(training, folder, key=3, resume=True, max_iters=200)
    assert (runs.selected.total, runs.selected.seconds_left) == (200, None)
    training.reported.emit(3, step(11, total=200, seconds=2.0))
    assert runs.selected.curves.loss.x.tolist() == [5, 10, 11]
    assert runs.selected.seconds_left == pytest.approx(189 * 2)  # the rate of now
    assert len(runs.all) == 1


def test_resume_reads_what_was_said_when_the_run_was_not_known(
    runs, training, later, tmp_path
):
    folder = tmp_path / "old"
    left_behind(folder, step(5), step(10), Cancelled("it"))
    begin(training, folder, key=3, resume=True)
    training.reported.emit(3, step(11))
    later.work()
    assert runs.selected.curves.loss.x.tolist() == [5, 10, 11]
    assert runs.selected.state is RunState.RUNNING


def test_run_can_be_resumed_when_it_was_stopped_before_a_validation(
    runs, training, later, tmp_path
):
    folder = tmp_path / "one"
    run = begin(training, folder)
    later.work()
    training.reported.emit(1, step(12))
    folder.rmdir()
    left_behind(folder, step(12), Cancelled("checkpoint at iteration 12"))
    training.runs = (replace(run, state=RunState.STOPPED, kept="it"),)
    training.changed.emit()
    later.work()
    assert runs.selected.can_resume


def test_run_tells_its_stage_when_it_starts_or_validates(runs, training, tmp_path):
    begin(training, tmp_path / "one")
    assert runs.selected.stage == "Starting"
    training.reported.emit(1, Progress(2, 9, "masks", "Checking the data set"))
    assert runs.selected.stage == "Checking the data set, 2 of 9"
    assert runs.selected.is_starting
    training.reported.emit(1, step(1))
    assert (runs.selected.stage, runs.selected.is_starting) == ("", False)
    training.reported.emit(1, Progress(3, 4, "images", "Validating"))
    assert runs.selected.stage == "Validating, 3 of 4"
    training.reported.emit(1, Validated(iteration=1, metrics={}, per_class={}))
    assert runs.selected.stage == ""


def test_forget_refuses_a_run_at_work(runs, training, tmp_path):
    begin(training, tmp_path / "one")
    with pytest.raises(InputError):
        runs.forget(runs.selected)


def test_open_tells_when_there_is_no_run(runs, later, tmp_path):
    told = []
    runs._notices.posted.connect(told.append)
    runs.open(tmp_path)
    later.work()
    assert "not opened" in told[0].message
    assert runs.selected is None


def test_preview_shows_truth_prediction_and_errors(tmp_path):
    from PIL import Image

    classes = ClassList.from_names(("a", "b"))
    pixels = np.full((40, 60, 3), 120, np.uint8)
    Image.fromarray(pixels).save(tmp_path / "image.png")
    truth = np.zeros((40, 60), np.uint8)
    truth[:, 30:] = 1
    said = np.zeros((40, 60), np.uint8)
    said[:, 45:] = 1
    write_mask(tmp_path / "truth.png", truth, classes)
    write_mask(tmp_path / "said.png", said, classes)
    request = PreviewRequest(
        tmp_path / "image.png",
        tmp_path / "truth.png",
        tmp_path / "said.png",
        classes.rgb,
        True,
        60,
    )
    preview = make_preview(request)
    assert preview.miou == pytest.approx((30 / 45 + 15 / 30) / 2)
    red = preview.prediction[20, 35].astype(int)
    assert red[0] > red[1] + 60
    assert np.ptp(preview.prediction[20, 5]) == 0  # what is right is grey


def test_previews_make_only_what_is_still_wanted(later, tmp_path):
    previews = RunPreviews(later)
    got = []
    paths = tuple(tmp_path / name for name in ("a.png", "b.png", "c.png"))
    request = PreviewRequest(*paths, ((0, 0, 0),), False, 60)
    previews.request(request, got.append)
    previews.begin()
    later.work()
    assert got == []
    previews.request(request, got.append)
    later.work()
    assert got == [None]  # there is no such file
