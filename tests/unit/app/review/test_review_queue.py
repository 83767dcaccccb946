"""The review queue: ranked from what the engine measured, worked through, kept."""

from types import SimpleNamespace

import msgspec
import numpy as np
import pytest
from PIL import Image

from segdesk.app.batch.showing import BatchShowing
from segdesk.app.kept_file import KeptFile
from segdesk.app.review.entry import Decision, QueueKind
from segdesk.app.review.memory import KeptQueues
from segdesk.app.review.queue import QueuePlaces, ReviewQueue
from segdesk.app.review.working import ReviewWorking
from segdesk.app.session import FileList
from segdesk.app.signal import Signal
from segdesk.core.classes import ClassList
from segdesk.core.history import SourceKind
from segdesk.core.item_status import ItemFacts, ItemStatus
from segdesk.core.project import Project
from segdesk.core.review_measure import measure_review
from segdesk.formats.classes_file import ModelMark, write_classes
from segdesk.formats.outputs import CLASSES_FILE, output_path
from segdesk.formats.png_mask import write_mask
from segdesk.formats.project_file import write_project
from segdesk.jobs.events import BatchDone, Cancelled, Progress, Succeeded
from segdesk.jobs.specs import ModelSource

ROADS = ClassList.from_names(("land", "road", "tree"))
SIZE = (160, 200)


class Runner:
    """Measures images when the test says so: the later, the less sure."""

    def __init__(self) -> None:
        self.specs = []
        self.stopped = False

    def train(self, spec, report, ended):
        self.specs.append(spec)
        self._report, self._ended = report, ended
        return SimpleNamespace(stop=self._stop)

    def _stop(self) -> None:
        self.stopped = True

    def measure(self, count=None) -> None:
        spec = self.specs[-1]
        items = spec.items[:count]
        for place, item in enumerate(items, 1):
            labels = np.zeros(SIZE, np.uint8)
            labels[:, 100:] = 1
            sure = np.full(SIZE, 250, np.uint8)
            sure[20:80, 60:140] = 240 - 30 * place
            sure[110:150, 10:60] = 200 - 30 * place
            other = labels.copy()
            other[30:60, 70:130] = 2
            pixels = np.full((*SIZE, 3), 60 * place, np.uint8)
            found = measure_review(pixels, labels, sure, other, 3)
            mask = output_path(spec.out_dir, "mask", item.name)
            measured = output_path(spec.out_dir, "review", item.name)
            for path in (mask, measured):
                path.parent.mkdir(parents=True, exist_ok=True)
            write_mask(mask, labels, ROADS)
            measured.write_bytes(msgspec.json.encode(found))
            self._report(Progress(place, len(spec.items), "images", item.name))
        write_classes(spec.out_dir / CLASSES_FILE, ROADS, ModelMark("steady", 1, 1))

    def end(self, terminal=None) -> None:
        done = BatchDone(done=3, failed=0, skipped=0, summary=self.specs[-1].out_dir)
        self._ended(terminal or Succeeded(done))


class Screen:
    def __init__(self, room) -> None:
        self.room, self.layout_id, self.parts = room, "review", []

    def set_layout(self, layout_id) -> None:
        self.layout_id = layout_id

    def show(self, index) -> None:
        self.room.show(self.room.desk.session.files.paths[index].name)

    def show_part(self, part) -> None:
        self.parts.append(tuple(part))

    def fit(self) -> None:
        self.parts.append("all")


@pytest.fixture
def review(tmp_path, request):
    """The queue of a project without a background, three images long."""
    return _review(request, tmp_path, ROADS)


@pytest.fixture
def review_of_nuclei(tmp_path, request):
    """The same where what is not labelled is background."""
    return _review(request, tmp_path, ClassList.from_names(("background", "cell")))


def _review(request, tmp_path, classes):
    root = tmp_path / "tiles"
    root.mkdir()
    for number, name in enumerate(("a.png", "b.png", "c.png"), 1):
        pixels = np.full((*SIZE, 3), 60 * number, np.uint8)
        Image.fromarray(pixels).save(root / name)
    write_project(Project(root, classes))
    desk, executor = (request.getfixturevalue(n) for n in ("desk", "executor"))
    make_room = request.getfixturevalue("make_room")
    room = make_room(root)
    runner = Runner()
    model = SimpleNamespace(
        source=ModelSource(id="steady", checkpoint=tmp_path / "m.pth"), name="Steady"
    )
    kept = SimpleNamespace(put=lambda *_: None)
    predicting = SimpleNamespace(
        model=model,
        model_id="steady",
        is_loading=False,
        is_predicting=False,
        changed=Signal(),
        kept=kept,
    )

    def make() -> ReviewQueue:
        places = QueuePlaces(
            results=tmp_path / "results",
            memory=KeptFile(tmp_path / "review.json", KeptQueues),
        )
        return ReviewQueue(desk, runner, executor, room.shelf, predicting, places)

    queue = make()
    working = ReviewWorking(
        desk, executor, queue, room.annotations, room.annotating, room.accepting
    )
    screen = Screen(room)
    showing = BatchShowing(desk, executor, predicting, room.annotations)
    showing.attach(screen, screen)
    working.attach(showing, screen, screen)
    paths = tuple(root / name for name in ("a.png", "b.png", "c.png"))
    desk.session.set_files(FileList(root, paths, 0))
    room.show("a.png")

    def rank() -> None:
        queue.rank()
        executor.run_all()
        runner.measure()
        runner.end()
        executor.run_all()

    return SimpleNamespace(
        queue=queue,
        working=working,
        runner=runner,
        executor=executor,
        room=room,
        screen=screen,
        rank=rank,
        make=make,
        desk=desk,
    )


def test_queue_ranks_regions_when_images_are_measured(review):
    review.rank()
    spec = review.runner.specs[0]
    assert spec.save == ("mask", "confidence16", "review")
    assert [item.source.name for item in spec.items] == ["a.png", "b.png", "c.png"]
    entries = review.queue.entries
    assert len(entries) >= 3
    assert {entry.is_whole for entry in entries} == {False}
    assert entries[0].path.name == "c.png"
    assert "or" in entries[0].title(review.queue.classes)
    assert entries[0].why(is_of_two=False)
    assert not review.queue.measuring.is_busy


def test_queue_ranks_what_is_measured_when_it_is_cancelled(review):
    review.queue.rank()
    review.executor.run_all()
    assert review.queue.why_not_rank() == "Images are being ranked"
    review.runner.measure(2)
    review.queue.cancel()
    assert review.runner.stopped
    review.runner.end(Cancelled("some"))
    review.executor.run_all()
    assert {entry.path.name for entry in review.queue.entries} == {"a.png", "b.png"}


def test_queue_tells_and_drops_images_when_they_vanish(review):
    review.queue.rank()
    review.executor.run_all()
    review.runner.measure()
    (review.room.root / "a.png").unlink()
    review.runner.end()
    review.executor.run_all()
    assert "a.png" not in {entry.path.name for entry in review.queue.entries}
    assert [path.name for path in review.queue.dropped] == ["a.png"]
    first = review.queue.entries[0]
    first.path.unlink()
    review.working.open(first)
    review.executor.run_all()
    assert first.path not in {entry.path for entry in review.queue.entries}
    assert review.queue.current is not None


def test_working_accepts_the_region_and_goes_on(review):
    review.rank()
    first = review.queue.entries[0]
    review.working.open(first)
    review.executor.run_all()
    assert review.working.on_screen is first
    assert review.screen.parts[-1] == tuple(first.box)
    assert review.working.why_not_accept() is None
    review.working.accept()
    review.executor.run_all()
    assert review.queue.worked == 1
    assert first not in review.queue.entries
    assert review.queue.current is review.working.on_screen is not None
    item = first.path.name
    assert review.room.shelf.facts(item).status is ItemStatus.DRAFT
    kept = review.queue.kept
    assert kept is not None
    assert kept.decided[0].word is Decision.ACCEPTED


def test_working_accept_labels_the_box_alone_as_the_models(review):
    review.rank()
    first = review.queue.entries[0]
    review.working.open(first)
    review.executor.run_all()
    annotation = review.room.annotations.current
    review.working.accept()
    review.executor.run_all()
    labels, box = annotation.document.labels, first.box
    inside = labels[box.y : box.bottom, box.x : box.right]
    assert (inside != 255).all()
    assert (labels != 255).sum() == inside.size
    assert annotation.document.provenance.kinds == {SourceKind.MODEL}


def test_working_skips_and_corrects_when_asked(review):
    review.rank()
    first, second = review.queue.entries[:2]
    review.working.open(first)
    review.executor.run_all()
    review.working.skip()
    review.executor.run_all()
    assert review.queue.worked == 0
    assert review.queue.current is second
    review.working.correct()
    review.executor.run_all()
    assert review.screen.layout_id == "annotate"
    assert review.room.annotating.choices.tool == "brush"
    assert review.queue.current is second
    review.working.corrected()
    review.executor.run_all()
    assert review.queue.worked == 1
    words = [one.word for one in review.queue.kept.decided]
    assert words == [Decision.SKIPPED, Decision.CORRECTED]


def test_queue_is_there_again_when_the_program_is_started_anew(review):
    review.rank()
    first = review.queue.entries[0]
    review.queue.decide(first, Decision.SKIPPED)
    review.executor.run_all()
    again = review.make()
    review.room.shelf.reopen(review.room.root)
    review.executor.run_all()
    keys = {entry.key for entry in again.entries}
    assert keys
    assert first.key not in keys
    assert again.kept.model_name == "Steady"
    again.note_training()
    assert again.worked == 0
    assert again.kept.decided == ()


def test_queue_reviews_whole_images_when_the_rest_would_be_background(
    review_of_nuclei,
):
    review = review_of_nuclei
    assert review.queue.kind is QueueKind.IMAGES
    assert "background" in review.queue.why_no_regions()
    review.rank()
    assert all(entry.is_whole for entry in review.queue.entries)
    assert review.queue.entries[0].path.name == "c.png"
    done = ItemFacts(status=ItemStatus.DONE)
    review.room.shelf.set_facts("c.png", done)
    assert "c.png" not in {e.path.name for e in review.queue.entries}
    for item in ("a.png", "b.png"):
        review.room.shelf.set_facts(item, done)
    assert review.queue.why_not_rank() == "Every image is labelled"
