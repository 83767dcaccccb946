"""A batch from its start to its end, without a window."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from fake_batches import CLASSES, done, failed, make_batches, make_plan

from segdesk.app.batch.again import Means
from segdesk.app.batch.drafting import BatchDrafting
from segdesk.app.batch.rows import RowFilter, RowState
from segdesk.app.batch.run import BatchStatus
from segdesk.core.classes import ClassList
from segdesk.core.item_status import ItemStatus, MadeBy
from segdesk.formats.classes_file import ModelMark, write_classes
from segdesk.formats.native import read_annotation
from segdesk.formats.png_mask import write_mask
from segdesk.formats.prediction_ledger import Entry, Ledger
from segdesk.formats.summary import SummaryRow, read_summary, write_summary
from segdesk.jobs.batch_record import write_record
from segdesk.jobs.events import Failed, ItemStarted
from segdesk.jobs.specs import ModelSource

NAMES = ("Tile 1/a.jpg", "Tile 1/b.jpg", "c.jpg")


@pytest.fixture
def batches(desk, executor, timer, tmp_path):
    return make_batches(desk, executor, timer, tmp_path)


@pytest.fixture
def begun(batches, executor, tmp_path):
    batches.start(make_plan(tmp_path / "flight", NAMES))
    executor.run_all()
    return batches


def states(batches) -> list[RowState]:
    rows = batches.shown.rows
    return [rows.row(index).state for index in range(len(rows))]


def test_batch_takes_in_what_is_said_some_times_a_second(begun, timer, desk):
    told = []
    begun.advanced.connect(told.append)
    begun.runner.say(ItemStarted(0), done(0), ItemStarted(1), failed(1))
    assert told == []
    timer.pass_by(0.2)
    assert told == [(0, 1)]
    assert states(begun) == [RowState.DONE, RowState.FAILED, RowState.WAITING]
    (job,) = desk.jobs.live()
    assert (job.title, job.done, job.total) == ("Batch flight", 2, 3)


def test_batch_takes_a_flood_in_parts_and_loses_nothing(
    batches, executor, timer, tmp_path
):
    names = [f"{index}.jpg" for index in range(1500)]
    batches.start(make_plan(tmp_path / "flight", names))
    executor.run_all()
    parts = []
    batches.advanced.connect(lambda changed: parts.append(len(changed)))
    batches.runner.say(*(done(index) for index in range(1500)))
    batches.runner.finish()
    for _ in range(10):
        timer.pass_by(0.2)
    assert max(parts) <= 400
    assert batches.shown.status is BatchStatus.DONE
    assert batches.shown.rows.counts()[RowFilter.DONE] == 1500


def test_batch_waits_and_goes_on_when_it_is_paused(begun):
    begun.toggle_pause()
    assert begun.shown.status is BatchStatus.PAUSED
    begun.toggle_pause()
    assert begun.runner.told == ["pause", "go_on"]
    assert begun.shown.status is BatchStatus.RUNNING


def test_batch_goes_on_with_the_rest_when_it_was_cancelled(begun, timer):
    begun.runner.say(done(0), ItemStarted(1))
    begun.cancel()
    assert begun.runner.told == ["stop"]
    begun.runner.end_stopped()
    timer.pass_by(0.2)
    assert begun.shown.status is BatchStatus.STOPPED
    assert states(begun)[1] is RowState.WAITING
    begun.resume()
    assert begun.live is not None
    assert begun.runner.specs[1].items == begun.runner.specs[0].items
    begun.runner.say(done(0, skipped=True), done(1), done(2))
    begun.runner.finish()
    timer.pass_by(0.2)
    assert states(begun) == [RowState.DONE] * 3
    assert begun.why_not_resumed() == "Every image is done"


def test_batch_says_why_and_can_go_on_when_the_engine_died(begun, timer, desk):
    begun.runner.say(done(0))
    begun.runner.end(Failed(kind="EngineDiedError", message="The engine stopped."))
    timer.pass_by(0.2)
    assert begun.shown.status is BatchStatus.FAILED
    notice = desk.notices.history[-1]
    assert notice.message == "The engine stopped."
    assert [verb.title for verb in notice.verbs] == ["Go on"]
    assert begun.why_not_resumed() is None


def test_batch_is_refused_while_another_is_at_work(begun, executor, tmp_path, desk):
    begun.start(make_plan(tmp_path / "other", ("x.jpg",)))
    executor.run_all()
    assert begun.shown.name == "flight"
    assert begun.why_busy() == "The batch flight is at work"


def test_images_that_arrive_become_rows_and_stay_when_it_goes_on(
    batches, executor, timer, tmp_path
):
    folder = tmp_path / "flight"
    batches.start(make_plan(folder, ("a.jpg",), watch=(folder,)))
    executor.run_all()
    out, first = batches.shown.out_dir, folder / "day 2" / "b.jpg"
    batches.runner.say(done(0), ItemStarted(1, first))
    timer.pass_by(0.2)
    assert batches.shown.rows.row(1).title == "day 2 / b.jpg"
    named = out / "masks" / "day 2" / "b.jpg.png"
    second = folder / "day 2" / "b.png"
    batches.runner.say(done(1, source=first), done(2, source=second, outputs=(named,)))
    timer.pass_by(0.2)
    assert batches.shown.rows.names == ["a", "day 2/b", "day 2/b.jpg"]
    assert batches.shown.rows.row(2).confidence == pytest.approx(0.9)
    batches.cancel()
    batches.runner.end_stopped()
    timer.pass_by(0.2)
    batches.resume()
    items = batches.runner.specs[1].items
    assert [item.source for item in items] == [folder / "a.jpg", first, second]


def results_in(folder: Path, sources: list[Path], names: list[str]) -> None:
    folder.mkdir(parents=True)
    write_classes(folder / "classes.json", CLASSES, ModelMark("steady", 1, 1))
    rows = [
        SummaryRow(sources[0], 60, 40, 0.5, "done", "", (0.5, 0.5, 0.0), 0.4),
        SummaryRow(
            sources[1], status="failed", error="b.jpg was not read. It ends early."
        ),
    ]
    write_summary(folder / "summary.csv", rows, CLASSES)
    labels = np.zeros((40, 60), np.uint8)
    labels[:, 30:] = 1
    mask = folder / "masks" / f"{names[0]}.png"
    mask.parent.mkdir(parents=True)
    write_mask(mask, labels, CLASSES)


def test_results_are_shown_again_when_their_folder_is_opened(
    batches, executor, tmp_path
):
    sources = [tmp_path / "deep" / "Tile 1" / name for name in ("a.jpg", "b.jpg")]
    results_in(tmp_path / "out", sources, ["Tile 1/a"])
    batches.open_results(tmp_path / "out")
    executor.run_all()
    run = batches.shown
    assert (run.status, run.model_id, run.kinds) == (
        BatchStatus.READ,
        "steady",
        ("mask",),
    )
    assert run.rows.row(0).name == "Tile 1/a"  # found by the mask that is there
    assert run.rows.row(0).is_low
    assert run.rows.row(1).error == "It ends early."
    batches.export_csv(tmp_path / "listed.csv", [0])
    executor.run_all()
    assert list(read_summary(tmp_path / "listed.csv", CLASSES)) == [sources[0]]


def test_results_go_on_with_the_same_model_of_the_library(
    batches, executor, tmp_path, desk
):
    out, model = tmp_path / "out", tmp_path / "model.pth"
    model.write_bytes(b"weights")
    sources = [tmp_path / name for name in ("a.jpg", "b.jpg")]
    results_in(out, sources, ["a"])
    write_classes(out / "classes.json", CLASSES, ModelMark.of("steady", model))
    spec = make_plan(tmp_path / "x", (), legend=True).spec
    write_record(msgspec.structs.replace(spec, out_dir=out), "way")
    with Ledger(out) as ledger:
        known = {"name": "a", "source": str(sources[0]), "seconds": 1.5}
        facts = {"digest": "", "made_by": "way", "size": (6, 4), "counts": (24, 0, 0)}
        ledger.add(Entry(**known, **facts), {})
    named = {"steady": ModelSource(id="steady", checkpoint=model)}
    batches.open_results(out)
    executor.run_all()
    rows = batches.shown.rows
    assert rows.row(0).seconds == 1.5
    assert rows.row(1).error == "It ends early."  # its name stands in its row
    assert batches.why_not_resumed() is not None
    batches.means = Means(named.__getitem__, lambda: "cpu")
    assert batches.why_not_resumed() is None
    batches.resume()
    executor.run_all()
    (asked,) = batches.runner.specs
    assert (asked.model, asked.legend, asked.out_dir) == (named["steady"], True, out)
    assert states(batches) == [RowState.DONE, RowState.WAITING]

    batches.shown = None
    model.write_bytes(b"other weights")
    batches.open_results(out)
    executor.run_all()
    batches.resume()
    executor.run_all()
    assert "not the model any more" in desk.notices.history[-1].cause
    assert len(batches.runner.specs) == 1


def test_opening_results_says_why_when_there_are_none(
    batches, executor, tmp_path, desk
):
    batches.open_results(tmp_path)
    executor.run_all()
    assert batches.shown is None
    assert "was not opened" in desk.notices.history[-1].message


@pytest.fixture
def drafting(desk, engine, room):
    return BatchDrafting(desk, engine, room.annotations, room.autosave, room.shelf)


def test_drafts_are_made_of_masks_where_there_is_no_annotation(
    room, drafting, engine, executor, batches, desk
):
    room.shelf.open(room.root)
    executor.run_all()
    room.show("b.jpg")
    room.stroke(2, 2)
    room.quiet()
    own = room.saved("b.jpg")
    plan = make_plan(room.root, ("a.jpg", "b.jpg", "c.jpg"))
    batches.start(plan)
    executor.run_all()
    run = batches.shown
    run.classes = ClassList.from_names(("background", "tree", "sea"))
    for index, name in enumerate("abc"):
        batches.runner.say(done(index))
        labels = np.full((40, 60), 1, np.uint8)
        labels[:10] = 2  # a class that the project does not have
        path = run.out_dir / "masks" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_mask(path, labels, run.classes)
    run.rows.take(done(0), done(1), done(2))
    toasts = []
    desk.notices.toasted.connect(toasts.append)
    drafting.make(run, range(3))
    executor.run_all()
    engine.run_work()
    executor.run_all()
    made = room.saved("a.jpg")
    assert made[20, 20] == room.shelf.project.classes.names.index("tree")
    assert made[5, 5] == room.shelf.project.unlabelled
    assert (room.saved("b.jpg") == own).all()
    facts = room.shelf.facts("c.jpg")
    assert (facts.status, facts.made_by, facts.models) == (
        ItemStatus.DRAFT,
        MadeBy.MODEL,
        ("steady",),
    )
    assert any(one.startswith("2 drafts made.") for one in told(desk, toasts))
    room.show("a.jpg")
    assert room.annotating.document.history.undoable.title == "Draft by steady"
    room.annotating.undo()
    room.quiet()
    found = read_annotation(room.shelf.project.annotation_path("a.jpg"), (60, 40))
    assert (found.state.labels == room.shelf.project.unlabelled).all()


def told(desk, toasts) -> list[str]:
    history = [notice.message for notice in desk.notices.history]
    return [*history, *(toast.message for toast in toasts)]


def test_images_are_drawn_by_their_masks_once_they_are_done(begun, timer):
    run = begun.shown
    path = run.rows.sources[0]
    assert begun.thumbnails.labels_of(path) is None
    begun.runner.say(done(0))
    timer.pass_by(0.2)
    found = begun.thumbnails.labels_of(path)
    assert found.annotation == run.out_dir / "masks" / "Tile 1" / "a.png"
