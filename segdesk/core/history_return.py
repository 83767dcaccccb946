"""Taking a change of classes back, although the annotation was painted since.

Two classes that became one cannot be told apart by the labels of now. What was painted
before the change is told by the old labels; what was painted since, by its steps: they
are done once more on the old labels, and only the pixels they changed get the class
they have now.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segdesk.core.class_remap import ClassRemap
from segdesk.core.edits import RasterEdit, TileChange, changed_pixels
from segdesk.core.history import History, Step
from segdesk.core.history_remap import StepRemap
from segdesk.core.shapes import Shape
from segdesk.core.tiles import pack_tile, size_of, tile_rect, unpack_tile


@dataclass(frozen=True, slots=True)
class Returned:
    """An annotation under the old class indices.

    Parameters
    ----------
    labels
        (H, W).
    history
        Leads to them; None: the steps could not be followed.
    """

    labels: NDArray[np.uint8]
    history: History | None


def returned_labels(
    then: NDArray[np.uint8] | None, now: NDArray[np.uint8], remap: ClassRemap
) -> NDArray[np.uint8]:
    """Return labels under the old indices: the old ones where nothing was painted.

    Parameters
    ----------
    then, now
        (H, W), just before the change, and now; None: there was no annotation.
    remap
        The change that is taken back.
    """
    back = np.array(remap.old_of, np.uint8)[now]
    if then is None or then.shape != now.shape:
        return back
    return np.where(remap.table[then] == now, then, back)


def returned_shapes(
    then: tuple[Shape, ...], now: tuple[Shape, ...], remap: ClassRemap, back: ClassRemap
) -> tuple[Shape, ...]:
    """Return shapes under the old indices: those of then, where they are untouched."""
    old_of = dict(zip(remap.shapes(then), then, strict=True))
    return tuple(old_of.get(shape) or back.shapes((shape,))[0] for shape in now)


def returned(
    then: tuple[NDArray[np.uint8], History],
    now: tuple[NDArray[np.uint8], History],
    remap: ClassRemap,
    back: ClassRemap,
) -> Returned:
    """Return an annotation that was painted since, under the old indices. Slow.

    Parameters
    ----------
    then, now
        Labels and steps just before the change, and now.
    remap, back
        The change, and its inverse.
    """
    found = _replayed(then, now, back)
    if found is not None and (remap.table[found.labels] == now[0]).all():
        return found
    return Returned(returned_labels(then[0], now[0], remap), None)


def _replayed(
    then: tuple[NDArray[np.uint8], History],
    now: tuple[NDArray[np.uint8], History],
    back: ClassRemap,
) -> Returned | None:
    old, new = then[1].steps, now[1].steps
    known = {step.time: at for at, step in enumerate(old)}
    kept = [step for step in new if step.time in known]
    if not kept and now[1].dropped != then[1].dropped:
        return None
    end = known[kept[-1].time] + 1 if kept else 0
    first = end - len(kept)
    if first < 0:
        return None
    since = new[len(kept) :]
    labels = then[0].copy()
    _travel(labels, old, then[1].position, end)
    replay = _Replay(labels, back)
    steps = (*old[first:end], *(replay.step(step) for step in since))
    _travel(labels, steps, len(steps), now[1].position)
    dropped = now[1].dropped
    return Returned(labels, History.of(steps, now[1].position, dropped))


class _Replay:
    """Does steps once more, on labels that have other indices.

    Parameters
    ----------
    labels
        (H, W), changed in place.
    """

    def __init__(self, labels: NDArray[np.uint8], back: ClassRemap) -> None:
        self._labels = labels
        self._back = back
        self._table = back.table
        self._size = size_of(labels)
        self._shapes = StepRemap(back, self._size).shapes

    def step(self, step: Step) -> Step:
        """Do a step, and return it as it is on these labels."""
        index = step.class_index
        edits = tuple(
            self._pixels(edit) if isinstance(edit, RasterEdit) else self._shapes(edit)
            for edit in step.edits
        )
        at = None if index is None else self._back.new_of[index]
        return replace(step, class_index=at, edits=edits)

    def _pixels(self, edit: RasterEdit) -> RasterEdit:
        tiles, count = [], 0
        for tile in edit.tiles:
            pixels = self._labels[tile_rect(tile.row, tile.column, self._size).slices]
            before = pixels.copy()
            was, became = np.empty_like(before), np.empty_like(before)
            unpack_tile(tile.before, was)
            unpack_tile(tile.after, became)
            np.copyto(pixels, self._table[became], where=was != became)
            count += changed_pixels(before, pixels)
            ends = pack_tile(before), pack_tile(np.ascontiguousarray(pixels))
            tiles.append(TileChange(tile.row, tile.column, *ends))
        return RasterEdit(edit.rect, tuple(tiles), count)


def _travel(
    labels: NDArray[np.uint8], steps: tuple[Step, ...], start: int, end: int
) -> None:
    """Undo or redo the pixels of steps until `end` of them are in force."""
    for step in steps[start:end]:
        for edit in step.edits:
            if isinstance(edit, RasterEdit):
                edit.apply(labels)
    for step in reversed(steps[end:start]):
        for edit in reversed(step.edits):
            if isinstance(edit, RasterEdit):
                edit.revert(labels)
