import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from segdesk.core.classes import ClassList
from segdesk.core.document import Provenance
from segdesk.core.geometry import Size
from segdesk.core.history import BY_HAND, Source, SourceKind
from segdesk.core.item_status import ItemStatus
from segdesk.core.shapes import Ellipse, Point, Polygon, Polyline, Rectangle
from segdesk.formats import native
from segdesk.formats.native import (
    AnnotationState,
    ChangedOnDiskError,
    Expected,
    read_annotation,
    sidecar_path,
    write_annotation,
)
from segdesk.formats.shape_codec import shape_from_plain, shape_to_plain

CLASSES = ClassList.from_names(("background", "road", "tree"))
SIZE = Size(7, 5)
TRIANGLE = Polygon(
    class_index=1,
    rings=((Point(0, 0), Point(4.25, 0), Point(0, 4)), (Point(1, 1), Point(2, 1))),
    extra=(("flags", '{"seen": true}'),),
)
SHAPES = (
    TRIANGLE,
    Rectangle(class_index=2, left=0.5, top=1, right=3, bottom=4),
    Ellipse(class_index=1, centre=Point(3, 2), radius_x=2, radius_y=1, angle=30),
    Polyline(class_index=255, points=(Point(0, 0), Point(5, 5)), width=2.5),
)


def labels_of(value: int) -> np.ndarray:
    labels = np.zeros((SIZE.height, SIZE.width), np.uint8)
    labels[1:3, 2:5] = value
    return labels


def state_of(value: int, **more) -> AnnotationState:
    return AnnotationState("a.jpg", labels_of(value), **more)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_annotation_comes_back_as_it_was_when_written_and_read(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("round") / "deep" / "a.png"
    size = Size(data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40)))
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    labels = random.integers(0, 256, (size.height, size.width)).astype(np.uint8)
    provenance = Provenance().plus(BY_HAND, 4).plus(Source(SourceKind.MODEL, "m1"), 9)
    state = AnnotationState(
        "a.jpg", labels, SHAPES, provenance, ItemStatus.REVIEW, revision=7
    )

    mark = write_annotation(path, state, CLASSES, Expected())
    found = read_annotation(path, size)

    assert found.problem is None
    assert found.mark == mark
    assert np.array_equal(found.state.labels, labels)
    assert found.state.shapes == SHAPES
    assert found.state.provenance == provenance
    assert (found.state.status, found.state.revision) == (ItemStatus.REVIEW, 7)
    assert np.array_equal(np.asarray(Image.open(path)), labels)  # as mmseg reads it


@pytest.mark.parametrize("shape", SHAPES)
def test_shape_codec_gives_the_shape_back_when_told_as_json(shape):
    text = json.dumps(shape_to_plain(shape))
    assert shape_from_plain(json.loads(text)) == shape


def test_read_annotation_finds_one_whole_state_when_killed_between_the_files(
    tmp_path, monkeypatch
):
    path = tmp_path / "a.png"
    old = state_of(1, shapes=(TRIANGLE,), revision=1)
    mark = write_annotation(path, old, CLASSES, Expected())
    write = native.write_atomic

    def die_at_the_mask(target, data) -> None:
        if target == path:
            raise KeyboardInterrupt
        write(target, data)

    monkeypatch.setattr(native, "write_atomic", die_at_the_mask)
    new = state_of(2, shapes=SHAPES, revision=2)
    with pytest.raises(KeyboardInterrupt):
        write_annotation(path, new, CLASSES, Expected(mark))

    found = read_annotation(path, SIZE)

    assert found.problem is None
    assert found.state.revision == 1
    assert found.state.shapes == (TRIANGLE,)
    monkeypatch.setattr(native, "write_atomic", write)
    write_annotation(path, new, CLASSES, Expected(found.mark))
    assert read_annotation(path, SIZE).state.shapes == SHAPES


def test_write_annotation_refuses_when_another_program_changed_the_mask(tmp_path):
    path = tmp_path / "a.png"
    mark = write_annotation(path, state_of(1), CLASSES, Expected())
    Image.fromarray(labels_of(2)).save(path)
    theirs = path.read_bytes()

    with pytest.raises(ChangedOnDiskError, match="changed it"):
        write_annotation(path, state_of(1), CLASSES, Expected(mark))

    assert path.read_bytes() == theirs


def test_write_annotation_goes_on_when_only_the_date_of_the_mask_changed(tmp_path):
    path = tmp_path / "a.png"
    mark = write_annotation(path, state_of(1), CLASSES, Expected())
    path.touch()

    write_annotation(path, state_of(2), CLASSES, Expected(mark))

    assert np.array_equal(read_annotation(path, SIZE).state.labels, labels_of(2))


def cut_in_half(path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def colours(path) -> None:
    Image.new("RGB", SIZE).save(path)


def other_size(path) -> None:
    Image.new("L", (3, 3)).save(path)


def emptied(path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [cut_in_half, colours, other_size, emptied])
def test_damaged_mask_is_told_and_kept_when_a_new_one_is_written(tmp_path, harm):
    path = tmp_path / "a.png"
    write_annotation(path, state_of(1, shapes=SHAPES), CLASSES, Expected())
    harm(path)
    damaged = path.read_bytes()

    found = read_annotation(path, SIZE)

    assert found.state is None
    assert "stays as it is" in found.problem.cause
    assert path.read_bytes() == damaged
    expected = Expected(found.mark, found.set_aside)
    write_annotation(path, state_of(2), CLASSES, expected)
    assert np.array_equal(read_annotation(path, SIZE).state.labels, labels_of(2))
    (kept,) = tmp_path.glob("a.png.damaged-*")
    assert kept.read_bytes() == damaged
    assert len(list(tmp_path.glob("a.segdesk.json.damaged-*"))) == 1


def test_damaged_sidecar_costs_the_shapes_alone_when_the_mask_is_whole(tmp_path):
    path = tmp_path / "a.png"
    write_annotation(path, state_of(1, shapes=SHAPES), CLASSES, Expected())
    cut_in_half(sidecar_path(path))

    found = read_annotation(path, SIZE)

    assert np.array_equal(found.state.labels, labels_of(1))
    assert found.state.shapes == ()
    assert found.problem.message == "a.segdesk.json was not read."
    write_annotation(path, state_of(2), CLASSES, Expected(found.mark, found.set_aside))
    assert list(tmp_path.glob("a.segdesk.json.damaged-*"))
    assert read_annotation(path, SIZE).problem is None


def test_shapes_are_left_out_when_another_program_painted_the_mask(tmp_path):
    path = tmp_path / "a.png"
    write_annotation(path, state_of(1, shapes=SHAPES), CLASSES, Expected())
    Image.fromarray(labels_of(2)).save(path)

    found = read_annotation(path, SIZE)

    assert found.problem.message == "a.png was changed by another program."
    assert np.array_equal(found.state.labels, labels_of(2))
    assert found.state.shapes == ()


def test_a_mask_of_another_program_is_read_when_it_has_no_sidecar(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(labels_of(1)).save(path)

    found = read_annotation(path, SIZE)

    assert found.problem is None
    assert np.array_equal(found.state.labels, labels_of(1))
