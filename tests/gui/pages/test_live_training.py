"""The page of runs: what it shows of a run, and its verbs."""

from pathlib import Path

import pytest
from fake_runs import AtOnce, FakeTraining, make_runs
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segdesk.app.training.run import Run
from segdesk.app.training.training_run import RunState
from segdesk.core.classes import ClassList
from segdesk.gui.docks.runs import RunsDock
from segdesk.gui.item_models.runs_model import subtitle
from segdesk.gui.pages.live_training import LiveTraining
from segdesk.gui.pages.live_training_head import progress_words, short_lr
from segdesk.gui.plots.end_names import spread
from segdesk.gui.plots.on_demand import import_plots
from segdesk.gui.plots.run_plots import PLOTS
from segdesk.jobs.events import Failed, TrainStep, Validated
from segdesk.jobs.specs import TrainSpec


def make_run(name, upto=60, state=RunState.RUNNING, **fields):
    folder = Path("/nowhere") / name
    spec = TrainSpec(
        data_dir=Path("/nowhere/aerial"),
        architecture="segformer-b0",
        work_dir=folder,
        max_iters=100,
        val_interval=20,
        seed=42,
    )
    classes = ClassList.from_names(("water", "land", "road"))
    run = Run(folder=folder, spec=spec, state=state, classes=classes, **fields)
    for iteration in range(1, upto + 1):
        run.take(
            TrainStep(
                iteration=iteration,
                total=100,
                losses={"loss": 1 / iteration, "decode.loss_ce": 0.8 / iteration},
                lr=1.7e-5,
                iter_time_s=0.25,
                data_time_s=0.05,
            )
        )
        if iteration % 20 == 0:
            values = (80.0 + iteration / 10, 70.0, None)
            miou = 70.0 + iteration / 10
            run.take(
                Validated(
                    iteration=iteration,
                    metrics={"mIoU": miou},
                    per_class={"IoU": values},
                    val_loss=0.4,
                )
            )
    return run


@pytest.fixture
def training():
    return FakeTraining()


@pytest.fixture
def runs(context, tmp_path, training):
    context.runs = make_runs(tmp_path, AtOnce(), training)
    return context.runs


@pytest.fixture
def put(runs):
    def add(run):
        runs._add(run)
        runs.selected = runs.selected or run
        runs.changed.emit()
        return run

    return add


@pytest.fixture
def page(qtbot, context, runs):
    import_plots()
    made = LiveTraining(context)
    qtbot.addWidget(made)
    made.resize(1300, 900)
    made.show()
    qtbot.waitUntil(lambda: made.has_plots)
    return made


def test_page_shows_figures_and_curves_when_a_run_advances(page, put):
    run = put(make_run("one", key=1))
    page.refresh_now()
    assert page.head.title.text == "Run 1 · SegFormer-B0"
    assert "seed 42" in page.head.note.text
    words = "Iteration 60 of 100 · next validation in 20"
    assert page.progress.words.text == words
    figure = page.progress.figures["mIoU"]
    assert figure.accessibleDescription() == "0.760 +0.020"
    loss, miou, per_class, _ = (card.content for card in page.plots)
    assert (loss.now, loss.length) == (60, 100)
    assert miou.best == (60, pytest.approx(0.76))
    assert [curve.name for curve in per_class.curves] == ["water", "land"]
    assert "road" in page.plots[2].note.text()
    assert page.log._line._text == run.log[-1]


def test_page_shows_another_run_dashed_when_compared(page, put, runs):
    put(make_run("one"))
    other = put(make_run("two", state=RunState.DONE))
    runs.compare(other)
    page.refresh_now()
    names = [curve.name for curve in page.plots[1].content.curves]
    assert names == ["run 2", "this run"]


def test_page_says_why_and_offers_to_resume_when_a_run_failed(page, put, context):
    failure = Failed(
        kind="ModelError", message="The memory ran out.", hint="Halve the batch."
    )
    run = make_run("one", state=RunState.FAILED, failure=failure)
    run.has_checkpoint = True
    put(run)
    assert page.trouble.isVisible()
    assert page.trouble.message.text() == "The memory ran out."
    assert "Halve" in page.trouble.cause.text()
    QTest.mouseClick(page.trouble.resume, Qt.MouseButton.LeftButton)
    assert context.ran == ["run.resume"]
    assert not page.head.pause.isVisible()


def test_page_starts_again_with_less_when_a_cure_is_clicked(page, put, training):
    failure = Failed(kind="MemoryShortError", message="The training ran out of memory.")
    put(make_run("one", state=RunState.FAILED, failure=failure, has_checkpoint=True))
    titles = [button.text() for button in page.trouble.cures]
    assert titles == ["Batch 4 → 2", "Recompute", "Use Fast-SCNN"]
    QTest.mouseClick(page.trouble.cures[0], Qt.MouseButton.LeftButton)
    ((verb, spec),) = training.asked
    assert (verb, spec.batch_size, spec.accumulate, spec.resume) == (
        "start",
        2,
        2,
        True,
    )


def test_plots_zoom_and_come_back_when_double_clicked(page, put):
    put(make_run("one"))
    page.refresh_now()
    view = page.plots[0]._plot
    view._span = (10.0, 40.0)
    view.show_content(page.plots[0].content)
    assert view.shown == (10.0, 40.0)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton)
    assert view.shown == (0.0, 100.0)


def test_plots_can_show_parts_rate_and_memory(put, runs):
    run = put(make_run("one"))
    (_, _, loss), _, _, (_, _, costs) = PLOTS
    assert [c.name for c in loss(run, None, "parts")[0].curves] == ["decode.loss_ce"]
    assert costs(run, None, "lr")[1].figure == "1.7e-05"
    assert costs(run, None, "memory")[1].note == "not recorded"


def test_dock_selects_a_run_when_clicked(qtbot, context, put, runs):
    one = put(make_run("one"))
    two = put(make_run("two", state=RunState.DONE))
    dock = RunsDock(context)
    qtbot.addWidget(dock)
    dock.resize(272, 600)
    dock.show()
    assert dock.count_text == "2"
    assert runs.selected is one
    row = dock.view.visualRect(dock.model.index(dock.model.row_of(two.folder), 0))
    viewport = dock.view.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=row.center())
    assert runs.selected is two


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (RunState.QUEUED, "waits for this device"),
        (RunState.PAUSED, "paused at 60"),
        (RunState.STOPPED, "stopped at 60 · can resume"),
    ],
)
def test_subtitle_says_how_a_run_stands(state, words):
    run = make_run("one", state=state)
    run.has_checkpoint = True
    assert subtitle(run) == words


def test_words_of_progress_and_rates():
    assert progress_words(make_run("one", state=RunState.DONE)).endswith("finished")
    assert short_lr(1.7e-5) == "1.7e-5"


def test_spread_keeps_names_apart_and_in_order():
    placed = spread([10.0, 12.0, 60.0], 15)
    assert placed == [3.5, 18.5, 60.0]
    assert spread([10.0, 58.0, 60.0], 15, 61.0) == [10.0, 46.0, 61.0]
