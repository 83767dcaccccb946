import os
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.app.annotate.journal import Journal, journal_dir
from segdesk.app.annotate.recovery import recover_journals
from segdesk.core.classes import ClassList
from segdesk.core.document import AnnotationDocument
from segdesk.core.edits import plan_labels
from segdesk.core.geometry import Rect, Size
from segdesk.core.history import ShapeEdit, Step
from segdesk.core.shapes import Point, Polygon
from segdesk.formats.journal_file import JournalHead, Mark, read_journal
from segdesk.formats.native import (
    AnnotationState,
    Expected,
    read_annotation,
    write_annotation,
)

CLASSES = ClassList.from_names(("background", "road", "tree"))
SIZE = Size(300, 280)
TRIANGLE = Polygon(class_index=1, rings=((Point(1, 1), Point(9.5, 1), Point(1, 9)),))


@pytest.fixture
def place(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"an image")
    return tmp_path / "annotations" / "a.png"


def journal_for(place, base="", replaces="") -> Journal:
    head = JournalHead(
        image=place.parent.parent / "a.jpg",
        annotation=place,
        base=base,
        replaces=replaces,
        size=tuple(SIZE),
        unlabelled=0,
        names=CLASSES.names,
        palette=CLASSES.palette,
    )
    return Journal(head)


def fresh() -> AnnotationDocument:
    return AnnotationDocument.fresh(SIZE, 0)


def painted(document: AnnotationDocument, number: int, *, shape=False) -> Step:
    rect = Rect(7 * number % 250, 5 * number % 240, 20, 12)
    wanted = np.full((rect.height, rect.width), number % 3, np.uint8)
    edit = plan_labels(document.labels, wanted, rect)
    edits = [edit] if edit else []
    if shape:
        edits.append(ShapeEdit(len(document.shapes), None, TRIANGLE))
    return Step("Brush", "paint-brush", number % 3, tuple(edits))


def stroke(document, journal, number, *, shape=False) -> None:
    step = painted(document, number, shape=shape)
    document.apply(step)
    journal.append(step)


def save(document, place, expected=None, journal=None):
    state = AnnotationState(
        "a.jpg",
        document.labels.copy(),
        document.shapes,
        document.provenance,
        revision=document.revision,
    )

    def announce(digest: str) -> None:
        if journal:
            journal.mark(Mark(digest, document.revision, journal.records))

    return write_annotation(place, state, CLASSES, expected or Expected(), announce)


def assert_holds(path, document) -> None:
    state = read_annotation(path, SIZE).state
    assert np.array_equal(state.labels, document.labels)
    assert state.shapes == document.shapes
    assert state.provenance == document.provenance


@settings(max_examples=30, deadline=None)
@given(
    moves=st.lists(
        st.sampled_from(["stroke", "shape", "undo", "redo", "save"]), max_size=12
    )
)
def test_recovery_gives_the_document_back_when_killed_after_any_moves(
    tmp_path_factory, moves
):
    folder = tmp_path_factory.mktemp("project")
    (folder / "a.jpg").write_bytes(b"an image")
    place = folder / "annotations" / "a.png"
    document, journal, mark = fresh(), journal_for(place), None
    for number, move in enumerate(moves, 1):
        if move == "save":
            mark = save(document, place, Expected(mark), journal)
        elif move in ("undo", "redo"):
            change = getattr(document, move)()
            if change:
                journal.append(change.steps[0], undone=move == "undo")
        else:
            stroke(document, journal, number, shape=move == "shape")
    journal.close()

    recovered = recover_journals()

    assert not list(journal_dir().glob("*"))
    assert all(one.problem is None and not one.is_copy for one in recovered)
    if place.exists():
        assert_holds(place, document)
    else:
        assert not document.labels.any()


def test_recovered_steps_can_be_undone_when_they_came_back(place):
    document, journal = fresh(), journal_for(place)
    for number in (1, 2, 3):
        stroke(document, journal, number)
    journal.close()

    (one,) = recover_journals()

    assert one.steps == 3
    assert one.written == place
    state = read_annotation(place, SIZE).state
    again = AnnotationDocument(state.labels, 0, history=one.history)
    again.go_to(0)
    assert not again.labels.any()


def test_recovery_gives_the_earlier_strokes_when_the_last_record_is_torn(place):
    document, journal = fresh(), journal_for(place)
    stroke(document, journal, 1)
    journal.wait()
    whole = journal.path.stat().st_size
    stroke(fresh(), journal, 2)
    journal.close()
    (path,) = journal_dir().iterdir()
    data = path.read_bytes()
    for length in (whole + 1, whole + 9, len(data) - 1):
        path.write_bytes(data[:length])
        assert len(read_journal(path)[1]) == 1
    path.write_bytes(data[: whole + 20] + b"\xff" * (len(data) - whole - 20))

    (one,) = recover_journals()

    assert one.steps == 1
    assert_holds(place, document)


def test_journal_is_dropped_when_nothing_in_it_can_be_read(place):
    journal_dir().mkdir(parents=True)
    (journal_dir() / "1-1.journal").write_bytes(b"noise")
    (journal_dir() / "1-2.journal").write_bytes(b"")

    assert recover_journals() == []
    assert not list(journal_dir().iterdir())


def test_recovery_writes_a_copy_when_the_annotation_is_another_one_by_now(place):
    document = fresh()
    mark = save(document, place)
    journal = journal_for(place, base=mark.digest)
    stroke(document, journal, 1)
    journal.close()
    other = fresh()
    other.apply(painted(other, 5))
    save(other, place, Expected(mark))

    (one,) = recover_journals()

    assert one.is_copy
    assert_holds(place, other)
    copied = read_annotation(one.written, SIZE).state
    assert (copied.labels[5:17, 7:27] == 1).all()


def test_recovery_keeps_the_damaged_mask_aside_when_strokes_were_made_over_it(place):
    place.parent.mkdir()
    place.write_bytes(b"no image")
    found = read_annotation(place, SIZE)
    document, journal = fresh(), journal_for(place, replaces=found.mark.digest)
    stroke(document, journal, 1)
    journal.close()

    (one,) = recover_journals()

    assert not one.is_copy
    assert_holds(place, document)
    (kept,) = place.parent.glob("a.png.damaged-*")
    assert kept.read_bytes() == b"no image"


def test_journal_is_kept_when_the_folder_of_the_image_is_not_there(place):
    document, journal = fresh(), journal_for(place)
    stroke(document, journal, 1)
    journal.close()
    image = place.parent.parent / "a.jpg"
    image.unlink()

    (one,) = recover_journals()

    assert one.problem.message == "1 change of a.jpg was not recovered yet."
    assert len(list(journal_dir().iterdir())) == 1
    image.write_bytes(b"back again")
    assert recover_journals()[0].written == place


def test_half_written_files_go_when_their_program_was_killed(place):
    document, journal = fresh(), journal_for(place)
    stroke(document, journal, 1)
    journal.close()
    place.parent.mkdir()
    old, young = (place.with_name(f".segdesk-{name}.tmp") for name in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))

    recover_journals()

    assert not old.exists()
    assert young.exists()


def test_journal_of_a_running_program_is_left_alone_when_another_one_starts(place):
    document, journal = fresh(), journal_for(place)
    stroke(document, journal, 1)
    journal.wait()

    assert recover_journals() == []
    assert journal.path.exists()
    journal.close()


def test_journal_is_removed_when_the_annotation_is_clean(place):
    document, journal = fresh(), journal_for(place)
    stroke(document, journal, 1)
    mark = save(document, place, journal=journal)
    path = journal.path
    journal.clear(mark.digest)
    stroke(document, journal, 2)
    journal.close()

    assert not path.exists()
    (one,) = recover_journals()
    assert one.steps == 1
    assert_holds(place, document)


def test_journal_says_why_when_its_folder_takes_nothing(place):
    journal_dir().parent.mkdir(parents=True, exist_ok=True)
    journal_dir().write_bytes(b"a file where the folder should be")
    document, journal = fresh(), journal_for(place)

    stroke(document, journal, 1)
    journal.wait()

    assert journal.problem.message == "Strokes are no longer journalled."
    journal.close()


def test_every_told_stroke_comes_back_when_the_program_is_killed(place):
    code = f"""
import importlib.util, os, pathlib, sys
spec = importlib.util.spec_from_file_location("journal_tests", {__file__!r})
tests = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tests)
document = tests.fresh()
journal = tests.journal_for(pathlib.Path({str(place)!r}))
for number in range(1, 6):
    tests.stroke(document, journal, number)
journal.wait()
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", code], check=False, env=dict(os.environ))
    document = fresh()
    for number in range(1, 6):
        document.apply(painted(document, number))

    (one,) = recover_journals()

    assert one.steps == 5
    assert_holds(place, document)


def test_append_returns_at_once_when_a_stroke_is_large(place):
    document, journal = fresh(), journal_for(place)
    random = np.random.default_rng(0)
    noise = random.integers(0, 3, document.labels.shape).astype(np.uint8)
    edit = plan_labels(document.labels, noise, Rect(0, 0, *SIZE))
    step = Step("Accept all", "check", None, (edit,))
    journal.append(step)
    times = []
    for _ in range(50):
        began = time.perf_counter()
        journal.append(step)
        times.append(time.perf_counter() - began)
    journal.close()

    assert np.median(times) < 0.002
