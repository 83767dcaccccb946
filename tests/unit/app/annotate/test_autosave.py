import errno
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.app.annotate.autosave import QUIET_S, Autosave, SaveState
from segdesk.app.annotate.journal import journal_dir
from segdesk.app.annotate.open_annotation import OpenAnnotation, Place
from segdesk.app.notices import Notices
from segdesk.core.classes import ClassList
from segdesk.core.document import AnnotationDocument
from segdesk.core.edits import plan_labels
from segdesk.core.geometry import Rect, Size
from segdesk.core.history import Step
from segdesk.formats import atomic, native
from segdesk.formats.native import ReadAnnotation, read_annotation

CLASSES = ClassList.from_names(("background", "road", "tree"))
SIZE = Size(40, 30)


class Book:
    """An autosave with everything it works on."""

    def __init__(self, folder: Path, executor, timer) -> None:
        self.executor, self.timer = executor, timer
        self.notices = Notices()
        self.posted: list = []
        self.withdrawn: list = []
        self.notices.posted.connect(self.posted.append)
        self.notices.withdrawn.connect(self.withdrawn.append)
        self.autosave = Autosave(executor, timer, self.notices)
        self.path = folder / "annotations" / "a.png"
        self.annotation = self.open()

    def open(self) -> OpenAnnotation:
        place = Place("a.jpg", self.path.parent.parent / "a.jpg", self.path)
        found = ReadAnnotation()
        document = AnnotationDocument.fresh(SIZE, 0)
        return OpenAnnotation(place, document, found, CLASSES)

    def paint(self, value: int) -> None:
        wanted = np.full((4, 4), value, np.uint8)
        with self.annotation.changing() as document:
            edit = plan_labels(document.labels, wanted, Rect(value, value, 4, 4))
            step = Step("Brush", "paint-brush", value, (edit,))
            document.apply(step)
        self.annotation.journal.append(step)
        self.autosave.touch(self.annotation)

    @property
    def state(self) -> SaveState:
        return self.autosave.state_of(self.annotation)

    def saved(self):
        return read_annotation(self.path, SIZE).state

    def assert_saved(self) -> None:
        assert self.state is SaveState.CLEAN
        assert np.array_equal(self.saved().labels, self.annotation.document.labels)

    def press(self, verb: str) -> None:
        (run,) = [one.run for one in self.posted[-1].verbs if one.title == verb]
        run()


@pytest.fixture
def book(tmp_path, executor, timer):
    book = Book(tmp_path, executor, timer)
    yield book
    book.annotation.journal.close()


def test_annotation_is_written_when_it_was_quiet_for_two_seconds(book):
    book.paint(1)
    book.timer.pass_by(QUIET_S - 0.1)
    book.paint(2)
    book.timer.pass_by(QUIET_S - 0.1)
    assert not book.executor.waiting
    assert book.state is SaveState.DIRTY

    book.timer.pass_by(0.2)

    assert book.state is SaveState.SAVING
    book.executor.run_all()
    book.assert_saved()
    assert book.autosave.unsaved == ()


def test_journal_goes_when_the_annotation_is_clean(book):
    book.paint(1)
    book.annotation.journal.wait()
    path = book.annotation.journal.path
    assert path.exists()

    book.autosave.flush(book.annotation)
    book.executor.run_all()

    assert book.annotation.journal.path is None
    book.paint(2)
    book.annotation.journal.wait()  # a new file, made after the old one's end
    assert list(journal_dir().iterdir()) == [book.annotation.journal.path]


def test_annotation_stays_dirty_when_somebody_painted_while_it_was_written(book):
    book.paint(1)
    book.autosave.flush(book.annotation)
    work, done, _ = book.executor.waiting.pop()
    written = work()
    book.paint(2)
    done(written)

    assert book.state is SaveState.DIRTY
    assert book.annotation.journal.path is not None
    assert (book.saved().labels == 2).sum() == 0
    book.timer.pass_by(QUIET_S)
    book.executor.run_all()
    book.assert_saved()


def test_nothing_is_written_when_a_stroke_begins_before_the_pixels_are_copied(book):
    book.paint(1)
    book.autosave.flush(book.annotation)
    book.annotation.begin()
    book.executor.run_all()
    assert not book.path.exists()

    book.timer.pass_by(QUIET_S)  # the pen is still down
    assert not book.executor.waiting
    book.annotation.end()
    book.timer.pass_by(QUIET_S)
    book.executor.run_all()

    book.assert_saved()


def test_full_disk_is_told_and_saving_works_again_when_there_is_room(book, monkeypatch):
    def refuse(_path):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(atomic, "_create", refuse)
        book.paint(1)
        book.autosave.flush(book.annotation)
        book.executor.run_all()

    assert book.state is SaveState.FAILED
    assert book.autosave.held(book.path) is book.annotation
    assert "The disk is full" in book.posted[-1].cause
    assert "in the journal" in book.posted[-1].cause
    book.press("Save again")
    book.executor.run_all()
    book.assert_saved()
    assert book.withdrawn == [book.posted[-1].id]


def foreign_mask(book) -> bytes:
    Image.fromarray(np.full((SIZE.height, SIZE.width), 2, np.uint8)).save(book.path)
    return book.path.read_bytes()


def change_it_elsewhere(book) -> bytes:
    book.paint(1)
    book.autosave.flush(book.annotation)
    book.executor.run_all()
    theirs = foreign_mask(book)
    book.paint(2)
    book.autosave.flush(book.annotation)
    book.executor.run_all()
    return theirs


def test_other_program_s_mask_is_kept_when_the_user_keeps_their_own(book):
    theirs = change_it_elsewhere(book)
    assert book.path.read_bytes() == theirs
    assert [verb.title for verb in book.posted[-1].verbs] == [
        "Keep mine",
        "Load the other",
    ]

    book.press("Keep mine")
    book.executor.run_all()

    book.assert_saved()
    (kept,) = book.path.parent.glob("a.png.other-*")
    assert kept.read_bytes() == theirs


def test_own_work_is_kept_as_a_copy_when_the_user_loads_the_other_mask(book):
    theirs = change_it_elsewhere(book)
    wanted = []
    book.autosave.reload_wanted.connect(wanted.append)

    book.press("Load the other")
    book.executor.run_all()

    assert wanted == [book.annotation]
    assert book.path.read_bytes() == theirs
    (copy,) = (journal_dir().parent / "recovered").glob("a.mine-*.png")
    labels = read_annotation(copy, SIZE).state.labels
    assert np.array_equal(labels, book.annotation.document.labels)
    assert book.autosave.unsaved == ()


def test_mask_that_was_removed_is_asked_about_when_it_would_be_written(book):
    book.paint(1)
    book.autosave.flush(book.annotation)
    book.executor.run_all()
    book.path.unlink()
    book.paint(2)
    book.autosave.flush(book.annotation)
    book.executor.run_all()

    assert "removed it" in book.posted[-1].cause
    book.press("Keep mine")
    book.executor.run_all()
    book.assert_saved()


def test_present_classes_are_known_when_the_annotation_is_written(book):
    book.paint(2)
    book.autosave.flush(book.annotation)
    book.executor.run_all()

    assert book.annotation.present == (0, 2)


def test_second_flush_waits_for_the_first_when_both_are_asked_for(book):
    book.paint(1)
    book.autosave.flush(book.annotation)
    book.paint(2)
    book.autosave.flush(book.annotation)

    assert len(book.executor.waiting) == 1
    book.executor.run_all()
    book.timer.pass_by(QUIET_S)
    book.executor.run_all()
    book.assert_saved()


def test_every_save_counts_on_when_it_is_written_again(book, monkeypatch):
    revisions = []
    write = native._sidecar

    def watch(mask, state, digest, before):
        revisions.append(state.revision)
        return write(mask, state, digest, before)

    monkeypatch.setattr(native, "_sidecar", watch)
    for value in (1, 2):
        book.paint(value)
        book.autosave.flush(book.annotation)
        book.executor.run_all()

    assert revisions == [1, 2]
