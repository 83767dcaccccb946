"""Edits of a label map come back bit for bit and stay small."""

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.edits import EditRecorder, plan_edit, plan_labels, plan_mask
from segdesk.core.geometry import Rect, Size
from segdesk.core.rules import EVERYWHERE, NOT_LOCKED
from segdesk.core.tiles import (
    SparseMask,
    pack_tile,
    tile_rect,
    tiles_under,
    unpack_tile,
)

SHAPE = (530, 300)  # tiles that are cut off at the right and at the bottom
rects = st.builds(
    Rect,
    st.integers(-40, 310),
    st.integers(-40, 540),
    st.integers(1, 400),
    st.integers(1, 300),
)


def random_labels(seed, shape=SHAPE):
    return np.random.default_rng(seed).integers(0, 4, shape, np.uint8)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(rects, st.integers(0, 255)), max_size=6), st.booleans())
def test_recorder_gives_both_arrays_back_when_painted_in_place(paints, settle):
    labels = random_labels(1)
    before = labels.copy()
    recorder = EditRecorder(labels)
    for rect, value in paints:
        recorder.touch(rect)
        labels[rect.within(Size(300, 530)).slices] = value
        if settle:
            recorder.settle(rect)
    after = labels.copy()
    edit = recorder.finish()
    if edit is None:
        assert np.array_equal(before, after)
        return
    assert edit.changed_px == np.count_nonzero(before != after)
    assert edit.revert(labels) == edit.rect
    assert np.array_equal(labels, before)
    edit.apply(labels)
    assert np.array_equal(labels, after)
    outside = np.ones(SHAPE, bool)
    outside[edit.rect.slices] = False
    assert np.array_equal(before[outside], after[outside])


@settings(max_examples=25, deadline=None)
@given(st.lists(rects, min_size=1, max_size=5))
def test_recorder_puts_everything_back_when_rolled_back(paints):
    labels = random_labels(2)
    before = labels.copy()
    recorder = EditRecorder(labels)
    for rect in paints:
        recorder.touch(rect)
        labels[rect.within(Size(300, 530)).slices] = 9
        recorder.settle(rect)
    touched = recorder.rect
    assert recorder.rollback() == touched
    assert np.array_equal(labels, before)
    assert recorder.finish() is None


@settings(max_examples=40, deadline=None)
@given(rects, st.integers(0, 5), st.sets(st.integers(0, 4)), st.integers(0, 99))
def test_plan_mask_paints_only_what_gives_way_when_some_classes_are_locked(
    rect, value, locked, seed
):
    labels = random_labels(seed)
    before = labels.copy()
    mask = np.random.default_rng(seed).integers(0, 2, (rect.height, rect.width))
    allowed = NOT_LOCKED.allows(value, locked, 255)
    edit = plan_mask(labels, mask.astype(np.uint8), rect, value, allowed)
    assert np.array_equal(labels, before)
    expected = before.copy()
    part = rect.within(Size(300, 530))
    inside = mask[part.moved(-rect.x, -rect.y).slices] > 0
    if value not in locked:
        inside &= ~np.isin(before[part.slices], list(locked))
        expected[part.slices][inside] = value
    if edit is None:
        assert np.array_equal(expected, before)
    else:
        edit.apply(labels)
        assert np.array_equal(labels, expected)


def test_plan_labels_writes_only_the_mask_when_there_is_one():
    labels = random_labels(3)
    wanted = random_labels(4, (80, 70))
    mask = random_labels(5, (80, 70)) > 1
    edit = plan_labels(labels, wanted, Rect(220, 200, 70, 80), mask)
    expected = labels.copy()
    expected[200:280, 220:290][mask] = wanted[mask]
    edit.apply(labels)
    assert np.array_equal(labels, expected)
    assert {(t.row, t.column) for t in edit.tiles} == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_plan_edit_is_none_when_nothing_would_change():
    labels = random_labels(6)
    assert plan_edit(labels, Rect(0, 0, 300, 530), lambda *_: None) is None
    none = np.zeros(SHAPE, np.uint8)
    whole = Rect(0, 0, 300, 530)
    assert plan_mask(labels, none, whole, 1, EVERYWHERE.allows(1, (), 0)) is None


@pytest.mark.parametrize("shape", [(256, 256), (1, 7), (19, 256)])
def test_packed_tile_is_one_byte_when_its_pixels_are_alike(shape):
    tile = np.full(shape, 200, np.uint8)
    assert pack_tile(tile) == b"\xc8"
    target = np.zeros(shape, np.uint8)
    unpack_tile(pack_tile(tile), target)
    assert np.array_equal(target, tile)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9000), st.integers(0, 255)), max_size=400),
    st.sampled_from([(256, 256), (3, 5), (1, 2), (200, 256)]),
)
def test_packed_tile_comes_back_when_it_holds_regions_of_any_length(runs, shape):
    tile = np.zeros(shape, np.uint8)
    at = 0
    for length, value in runs:
        tile.reshape(-1)[at : at + length] = value
        at += length
    target = np.full(shape, 77, np.uint8)
    unpack_tile(pack_tile(tile), target)
    assert np.array_equal(target, tile)


def test_tile_is_read_when_an_earlier_version_packed_it():
    tile = random_labels(3, (256, 256))
    target = np.zeros_like(tile)
    unpack_tile(zlib.compress(tile.tobytes(), 1), target)
    assert np.array_equal(target, tile)


def test_edit_stays_small_when_a_large_area_is_painted():
    labels = np.zeros((4096, 4096), np.uint8)
    y, x = np.ogrid[:4096, :4096]
    disc = ((x - 2048) ** 2 + (y - 2048) ** 2 < 2000**2).astype(np.uint8)
    allowed = EVERYWHERE.allows(3, (), 0)
    edit = plan_mask(labels, disc, Rect(0, 0, 4096, 4096), 3, allowed)
    assert edit.changed_px == disc.sum()
    assert edit.size_bytes < 120_000  # 16.8 MB as an array


def test_tiles_cover_the_image_once_when_its_sides_are_no_multiples():
    size = Size(300, 530)
    total = np.zeros(SHAPE, np.uint8)
    for key in tiles_under(Rect(0, 0, *size)):
        total[tile_rect(*key, size).slices] += 1
    assert (total == 1).all()


@settings(max_examples=20, deadline=None)
@given(st.lists(rects, max_size=4), rects)
def test_sparse_mask_is_the_union_when_parts_overlap(parts, crop):
    size = Size(300, 530)
    sparse, dense = SparseMask(size), np.zeros(SHAPE, np.uint8)
    for number, rect in enumerate(parts):
        part = rect.within(size)
        mask = (random_labels(number, (part.height, part.width)) > 1).astype(np.uint8)
        sparse.add(mask, part)
        dense[part.slices] |= mask
    crop = crop.within(size)
    assert np.array_equal(sparse.crop(crop), dense[crop.slices])
