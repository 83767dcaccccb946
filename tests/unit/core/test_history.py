"""Undo gives the first array back, redo the last, bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.brush import Brush, Stroke
from segdesk.core.document import AnnotationDocument, Provenance
from segdesk.core.edits import plan_mask
from segdesk.core.geometry import Rect, Size
from segdesk.core.history import (
    BY_HAND,
    History,
    ShapeEdit,
    Source,
    SourceKind,
    Step,
)
from segdesk.core.rules import EVERYWHERE
from segdesk.core.shapes import Point, Rectangle

SIZE = Size(600, 400)
MODEL = Source(SourceKind.MODEL, "unet")


def brush(document, seed):
    rng = np.random.default_rng(seed)
    value = 1 + (seed * 7 + len(document.history)) % 5
    stroke = Stroke(document.labels, value, EVERYWHERE.allows(value, (), 0))
    for _ in range(int(rng.integers(1, 5))):
        stroke.to(Point(*rng.uniform(-50, 650, 2)), Brush(float(rng.integers(1, 200))))
    edit = stroke.finish()
    if edit:
        document.record(Step("Brush", "paint-brush", value, (edit,)))


def fill(document, seed):
    rng = np.random.default_rng(seed)
    rect = Rect(*(int(n) for n in rng.integers((-50, -50, 1, 1), (550, 350, 400, 300))))
    mask = rng.integers(0, 2, (rect.height, rect.width), np.uint8)
    allowed = EVERYWHERE.allows(7, (), 0)
    edit = plan_mask(document.labels, mask, rect, 7, allowed)
    count = len(document.shapes)
    shape = Rectangle.between(Point(1, 1), Point(seed, seed), 7)
    edits = tuple(filter(None, (edit, ShapeEdit(count, None, shape))))
    document.apply(Step("Rectangle", "rectangle", 7, edits, MODEL))


def remove_shape(document, seed):
    if document.shapes:
        index = seed % len(document.shapes)
        edit = ShapeEdit(index, document.shapes[index], None)
        document.apply(Step("Delete", "trash", None, (edit,)))


def undo(document, _):
    document.undo()


def redo(document, _):
    document.redo()


verbs = st.sampled_from([brush, brush, fill, remove_shape, undo, redo])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(verbs, st.integers(0, 1000)), max_size=14))
def test_undo_gives_the_first_array_back_when_any_edits_went_before(actions):
    document = AnnotationDocument(np.full((400, 600), 255, np.uint8))
    first = document.labels.copy()
    for act, seed in actions:
        act(document, seed)
    count = document.history.position
    last, shapes, made = document.labels.copy(), document.shapes, document.provenance
    for _ in range(count):
        assert document.undo().steps
    assert document.undo() is None
    assert np.array_equal(document.labels, first)
    assert (document.shapes, document.provenance) == ((), Provenance())
    for _ in range(count):
        assert document.redo().steps
    assert np.array_equal(document.labels, last)
    assert (document.shapes, document.provenance) == (shapes, made)


def test_change_covers_all_that_differs_when_undone_and_redone():
    document = AnnotationDocument.fresh(SIZE, 0)
    for seed in range(6):
        brush(document, seed)
    for step in (document.undo, document.undo, document.redo):
        before = document.labels.copy()
        change = step()
        outside = np.ones(before.shape, bool)
        for rect in change.dirty:
            outside[rect.slices] = False
        assert np.array_equal(before[outside], document.labels[outside])
        assert not np.array_equal(before, document.labels)


def test_go_to_reaches_any_step_when_clicked_in_the_history():
    document = AnnotationDocument.fresh(SIZE, 0)
    states = [document.labels.copy()]
    for seed in range(5):
        brush(document, seed + 50)
        states.append(document.labels.copy())
    for position in (2, 0, 5, 3, 3, 99, -1):
        change = document.go_to(position)
        target = min(max(position, 0), 5)
        assert document.history.position == target
        assert np.array_equal(document.labels, states[target])
        assert len(change.steps) == len({id(step) for step in change.steps})


def test_redo_is_gone_when_something_new_is_done():
    document = AnnotationDocument.fresh(SIZE, 0)
    brush(document, 1)
    brush(document, 2)
    document.undo()
    brush(document, 3)
    assert document.redo() is None
    assert document.history.position == len(document.history) == 2
    assert document.history.redoable is None


def test_history_drops_the_oldest_when_the_budget_is_spent():
    document = AnnotationDocument(
        np.zeros((400, 600), np.uint8), history=History(budget_bytes=60_000)
    )
    for seed in range(30):
        brush(document, seed)
    history = document.history
    assert history.size_bytes == sum(step.size_bytes for step in history) <= 60_000
    assert history.dropped
    assert 28 <= len(history) + history.dropped <= 30
    while document.undo():
        pass
    assert history.undoable is None
    history.clear()
    assert (len(history), history.size_bytes, history.dropped) == (0, 0, 0)


def test_history_keeps_the_last_step_when_it_alone_is_over_the_budget():
    document = AnnotationDocument(
        np.zeros((400, 600), np.uint8), history=History(budget_bytes=10)
    )
    brush(document, 1)
    brush(document, 2)
    assert len(document.history) == 1
    assert document.undo() is not None


def test_strokes_take_little_memory_when_there_are_many():
    document = AnnotationDocument.fresh(SIZE, 0)
    for seed in range(200):
        brush(document, seed)
    assert len(document.history) > 150  # some change nothing
    assert document.history.size_bytes < len(document.history) * 25_000


def test_provenance_is_mixed_when_a_proposal_was_accepted_into_hand_work():
    document = AnnotationDocument.fresh(SIZE, 0)
    brush(document, 1)
    assert document.provenance.kinds == {SourceKind.HAND}
    fill(document, 3)
    made = document.provenance
    assert made.kinds == {SourceKind.HAND, SourceKind.MODEL}
    assert made.models == ("unet",)
    shares = made.share(SourceKind.HAND), made.share(SourceKind.MODEL)
    assert sum(shares) == pytest.approx(1)
    document.undo()
    assert document.provenance.share(SourceKind.HAND) == 1
    document.undo()
    assert document.provenance.share(BY_HAND.kind) == 0


def test_revision_grows_when_anything_is_done_or_undone():
    document = AnnotationDocument.fresh(SIZE, None)
    assert (document.unlabelled, document.label_at(3, 3)) == (255, 255)
    assert document.label_at(-1, 3) is None
    seen = [document.revision]
    for act in (brush, fill, undo, redo):
        act(document, 5)
        seen.append(document.revision)
    assert seen == sorted(set(seen))


def test_document_owns_a_writable_copy_when_it_is_given_a_frozen_view():
    labels = np.zeros((40, 60), np.uint8)[::2]
    labels.flags.writeable = False
    document = AnnotationDocument(labels)
    document.labels[0, 0] = 4
    assert labels[0, 0] == 0
    with pytest.raises(ValueError, match="uint8"):
        AnnotationDocument(np.zeros((4, 4), np.int64))


def test_history_keeps_a_tile_once_when_one_step_begins_where_another_ended():
    document = AnnotationDocument.fresh(SIZE, 0)
    for value in (1, 2):
        stroke = Stroke(document.labels, value, EVERYWHERE.allows(value, (), 0))
        stroke.to(Point(100 + 20 * value, 100), Brush(90))
        document.record(Step("Brush", "paint-brush", value, (stroke.finish(),)))
    first, second = (step.edits[0].tiles[0] for step in document.history)
    assert len(first.after) > 1
    assert second.before is first.after
