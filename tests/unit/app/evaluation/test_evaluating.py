"""From a model and labels to a confusion, its regions, and a correction."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest

from segdesk.app.evaluation.deeds import EvaluationDeeds
from segdesk.app.evaluation.evaluating import Evaluating
from segdesk.app.evaluation.look import CROP, Cell, crops_of, looks_of
from segdesk.app.evaluation.words import Scale, class_rows, largest_errors, shares
from segdesk.app.session import FileList
from segdesk.core.classes import ClassList
from segdesk.core.history import SourceKind
from segdesk.core.item_status import ItemFacts, ItemStatus
from segdesk.jobs.codec import encode
from segdesk.jobs.events import Failed, Progress, Succeeded
from segdesk.jobs.specs import ModelSource

CLASSES = ClassList.from_names(("background", "road", "tree"))
ROAD_AS_TREE = Cell(1, 2)


@dataclass
class Screen:
    """Stands for opening, window and viewer; notes what is asked of it."""

    room: Any
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def show(self, index: int) -> None:
        paths = self.room.desk.session.files.paths
        self.calls.append(("show", paths[index].name))
        self.room.show(paths[index].name)

    def set_layout(self, layout_id: str) -> None:
        self.calls.append(("layout", layout_id))

    def show_part(self, part) -> None:
        self.calls.append(("part", tuple(part)))


@pytest.fixture
def truth_and_said():
    """Two roads of which the model takes one and a half for trees."""
    truth = np.zeros((40, 60), np.uint8)
    truth[5:15, 5:25] = 1
    truth[20:30, 40:50] = 1
    said = truth.copy()
    said[5:15, 15:25] = 2
    said[20:25, 40:50] = 2
    return truth, said


@pytest.fixture
def journey(room, engine, desk, executor, make_evaluation, truth_and_said):
    clean = np.zeros((40, 60), np.uint8)
    done = make_evaluation(
        room.root, CLASSES, {"a.jpg": truth_and_said, "b.jpg": (clean, clean)}
    )
    library = SimpleNamespace(
        get=lambda model_id: ModelSource(id=model_id, checkpoint=room.root / "m.pth"),
        entry=lambda model_id: SimpleNamespace(name=f"Model {model_id}"),
    )
    evaluating = Evaluating(desk, engine, executor, library, room.root / "out")
    deeds = EvaluationDeeds(
        desk, executor, room.annotations, room.annotating, room.shelf
    )
    evaluating.attach(room.shelf, room.autosave, deeds)
    screen = Screen(room)
    deeds.attach(screen, screen, screen)
    names = ("a.jpg", "b.jpg", "c.jpg")
    paths = tuple(room.root / name for name in names)
    desk.session.set_files(FileList(room.root, paths, 2))
    room.show("c.jpg")
    for name in ("a.jpg", "b.jpg"):
        room.shelf.set_facts(name, ItemFacts(status=ItemStatus.DONE, split="val"))
    evaluating.choose(model_id="steady")

    def finish(result=done) -> None:
        evaluating.evaluate()
        executor.run_all()
        engine.jobs[-1].ended(Succeeded(result))
        executor.run_all()

    return SimpleNamespace(
        evaluating=evaluating,
        screen=screen,
        done=done,
        finish=finish,
        library=library,
    )


def test_evaluation_goes_from_the_choice_to_the_largest_confusion(
    journey, room, engine, executor
):
    evaluating = journey.evaluating
    assert evaluating.split_sizes() == {"val": 2}
    evaluating.evaluate()
    executor.run_all()
    job = engine.jobs[-1]
    assert (job.spec.data_dir, job.spec.split) == (room.root, "val")
    job.report(journey.done.images[0])
    job.report(Progress(1, 2, "images", "a.jpg"))
    assert (evaluating.run.done, evaluating.run.total) == (1, 2)
    assert evaluating.run.mean == journey.done.images[0].miou
    assert evaluating.why_not() == "An evaluation runs"

    job.ended(Succeeded(journey.done))
    executor.run_all()
    assert evaluating.run is None
    assert evaluating.search.cell == ROAD_AS_TREE
    found = evaluating.search.found
    assert (found.count, found.pixels) == (2, 150)
    assert [one.region.area for one in found.regions] == [100, 50]


def test_evaluation_leaves_what_was_known_when_it_fails_or_is_stopped(
    journey, room, engine, executor
):
    evaluating = journey.evaluating
    journey.finish()
    evaluating.evaluate()
    executor.run_all()
    evaluating.stop()
    engine.end_stopped()
    assert evaluating.results == (journey.done,)
    evaluating.evaluate()
    executor.run_all()
    engine.jobs[-1].ended(
        Failed(kind="InputError", message="The model was not evaluated.", cause="No.")
    )
    assert evaluating.run is None
    assert evaluating.results == (journey.done,)
    assert room.messages == ["The model was not evaluated."]


def test_evaluations_are_there_again_when_the_project_is_opened_next_time(
    journey, room, engine, desk, executor, truth_and_said, make_evaluation
):
    truth, _ = truth_and_said
    for ended_at, model_id, split in ((2, "old", "val"), (3, "new", "test")):
        journey.evaluating.choose(model_id=model_id, split=split)
        journey.evaluating.evaluate()
        executor.run_all()
        out_dir = engine.jobs[-1].spec.out_dir
        journey.evaluating.stop()
        engine.end_stopped()
        made = make_evaluation(room.root, CLASSES, {"a.jpg": (truth, truth)}, model_id)
        out_dir.mkdir(parents=True)
        done = msgspec.structs.replace(made, split=split, ended_at=ended_at)
        (out_dir / "evaluation.json").write_bytes(encode(done))
    (out_dir.parent / "cut").mkdir()
    (out_dir.parent / "cut" / "evaluation.json").write_bytes(b'{"type": "Eval')

    again = Evaluating(desk, engine, executor, journey.library, room.root / "out")
    again.attach(room.shelf, room.autosave, SimpleNamespace())
    room.shelf.close()
    room.shelf.open(room.root)
    executor.run_all()

    assert (again.shown.model_id, again.split) == ("new", "test")
    assert again.name_of("old") == "Model old"
    assert again.search.cell is None  # no mask is read before someone looks
    again.choose(split="val")
    assert again.shown.model_id == "old"


def test_region_is_one_undoable_step_when_the_model_is_right(journey, room, executor):
    evaluating = journey.evaluating
    journey.finish()
    first = evaluating.search.chosen
    evaluating.decide("model")
    executor.run_all()

    assert journey.screen.calls == [("show", "a.jpg")]
    assert (room.labels[5:15, 15:25] == 2).all()
    assert (room.labels == 1).sum() == 200
    (step,) = room.annotating.document.history
    assert (step.title, step.source.kind) == ("Accept model", SourceKind.MODEL)
    assert evaluating.search.decision(first) == "model"
    assert evaluating.search.chosen.region.area == 50  # on to the next one

    room.annotating.undo()
    assert (room.labels == 2).sum() == 0


def test_region_gets_its_truth_back_when_the_user_thinks_better_of_it(
    journey, room, executor, truth_and_said
):
    evaluating = journey.evaluating
    journey.finish()
    evaluating.decide("model")
    executor.run_all()
    room.quiet()  # the mask on disk is the corrected one now
    evaluating.search.choose(0)
    evaluating.decide("truth")
    executor.run_all()
    assert np.array_equal(room.labels, truth_and_said[0])
    titles = [step.title for step in room.annotating.document.history]
    assert titles == ["Accept model", "Accept truth"]


def test_labels_stay_when_the_truth_is_right(journey, room):
    evaluating = journey.evaluating
    journey.finish()
    first = evaluating.search.chosen
    evaluating.decide("truth")
    assert evaluating.search.decision(first) == "truth"
    assert journey.screen.calls == []
    assert evaluating.search.chosen is not first


def test_region_opens_with_the_brush_and_the_proposal_when_it_is_painted(
    journey, room, executor
):
    evaluating = journey.evaluating
    journey.finish()
    evaluating.decide("paint")
    executor.run_all()
    assert journey.screen.calls == [
        ("layout", "annotate"),
        ("show", "a.jpg"),
        ("part", (15, 5, 10, 10)),
    ]
    assert room.annotating.choices.tool == "brush"
    assert room.annotating.choices.class_index == 1
    proposal = room.desk.session.proposal
    assert (proposal.prediction.labels == 2).sum() == 150


def test_models_stand_side_by_side_when_they_saw_the_same_images(
    journey, room, make_evaluation, truth_and_said, executor
):
    truth, _ = truth_and_said
    evaluating = journey.evaluating
    journey.finish()
    better = make_evaluation(room.root, CLASSES, {"a.jpg": (truth, truth)}, "better")
    journey.finish(better)
    assert [one.model_id for one in evaluating.results] == ["steady", "better"]
    assert evaluating.shown is better
    assert evaluating.others == (journey.done,)
    evaluating.show(0)
    executor.run_all()
    assert evaluating.search.cell == ROAD_AS_TREE
    assert evaluating.search.found.count == 2


def test_numbers_of_a_class_are_missing_when_the_split_lacks_it(
    room, make_evaluation, truth_and_said
):
    truth, _ = truth_and_said
    done = make_evaluation(room.root, CLASSES, {"a.jpg": (truth, truth)})
    rows = class_rows(done)
    assert rows[2].is_absent
    assert [round(row.share) for row in rows] == [88, 12, 0]
    assert shares(done, Scale.ROWS)[1][1] == 100
    assert shares(done, Scale.ROWS)[2] == (None, None, None)
    assert shares(done, Scale.PIXELS)[1] == (0, 300, 0)
    assert largest_errors(done) == ()


def test_pictures_show_the_error_and_both_label_maps(journey, executor):
    journey.finish()
    found = journey.evaluating.search.chosen
    (crop,) = crops_of((found,))
    assert crop.shape == (2 * CROP[1], 2 * CROP[0], 3)
    red = (crop[..., 0].astype(int) - crop[..., 1] > 30).mean()
    assert 0.03 < red < 0.5
    truth, said = looks_of(journey.done, found.item, 60)
    assert truth.shape == said.shape == (40, 60, 3)
    assert not np.array_equal(truth[5:15, 15:25], said[5:15, 15:25])
    assert np.array_equal(truth[20:, :35], said[20:, :35])
