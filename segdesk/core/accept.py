"""Accepting a proposal: which of its pixels become labels, as one edit."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.edits import RasterEdit, plan_edit
from segdesk.core.flood import Patch, connected, trimmed
from segdesk.core.geometry import Rect
from segdesk.core.prediction import Prediction
from segdesk.core.rasterize import polygon_spans
from segdesk.core.rules import PaintRule
from segdesk.core.shapes import Point, Ring
from segdesk.core.tiles import size_of

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class AcceptRule:
    """How proposed labels may change an annotation.

    Parameters
    ----------
    rule
        What gives way.
    locked
        Indices of the locked classes of the annotation.
    unlabelled
        Value of pixels nobody has labelled.
    class_map
        (256,) uint8, the annotation's class for each class of the proposal; 255 for
        those it does not know, which are left out.
    """

    rule: PaintRule
    locked: frozenset[int]
    unlabelled: int
    class_map: Pixels

    def table(self) -> Pixels:
        """Return what becomes of a pixel.

        Returns
        -------
        table
            (256, 256) uint8, `[proposed, now]`.
        """
        table = np.tile(np.arange(256, dtype=np.uint8), (256, 1))
        for proposed in range(256):
            value = int(self.class_map[proposed])
            if value != IGNORE_INDEX:
                allowed = self.rule.allows(value, self.locked, self.unlabelled)
                table[proposed, allowed] = value
        return table

    def ignored(self) -> Pixels:
        """Return what becomes of a pixel that is made ignored.

        Returns
        -------
        table
            (256,) uint8.
        """
        table = np.arange(256, dtype=np.uint8)
        table[self.rule.allows(IGNORE_INDEX, self.locked, self.unlabelled)] = (
            IGNORE_INDEX
        )
        return table


def map_by_name(proposed: ClassList, annotated: ClassList) -> Pixels:
    """Return the annotation's class for each class of a proposal of the same name.

    Case and spaces at the ends do not count.

    Returns
    -------
    class_map
        (256,), 255 for names that the annotation does not have.
    """
    places = {name.strip().lower(): i for i, name in enumerate(annotated.names)}
    class_map = np.full(256, IGNORE_INDEX, np.uint8)
    for index, name in enumerate(proposed.names):
        class_map[index] = places.get(name.strip().lower(), IGNORE_INDEX)
    return class_map


def everything(proposed: Pixels) -> Patch:
    """Return all pixels of a proposal.

    Parameters
    ----------
    proposed
        (H, W).
    """
    return Patch(Rect(0, 0, *size_of(proposed)), np.ones(proposed.shape, np.uint8))


def of_class(proposed: Pixels, *indices: int) -> Patch:
    """Return the pixels of one class of a proposal, or of several.

    Parameters
    ----------
    proposed
        (H, W).
    """
    wanted = np.zeros(256, np.uint8)
    wanted[list(indices)] = 1
    mask = load_cv2().LUT(proposed, wanted)
    return trimmed(mask, Rect(0, 0, *size_of(proposed)))


def region_at(
    proposed: Pixels, place: Point, window: Rect | None = None
) -> Patch | None:
    """Return the connected region of a proposal round a place.

    Parameters
    ----------
    proposed
        (H, W).
    window
        Where to look; None: everywhere.

    Returns
    -------
    patch
        None when it goes on behind the window.
    """
    return connected(proposed, (int(place.x), int(place.y)), window=window)


def inside_lasso(proposed: Pixels, lasso: Ring) -> Patch:
    """Return the pixels that a closed line goes round.

    Parameters
    ----------
    proposed
        (H, W).
    """
    spans = polygon_spans((lasso,), Rect(0, 0, *size_of(proposed)))
    return Patch(spans.rect, spans.mask())


def least_level(at_least: float) -> int:
    """Return the lowest level 0-255 of a confidence that reaches `at_least`, 0-1."""
    return math.ceil(min(1.0, max(0.0, at_least)) * 255)


def sure_enough(patch: Patch, confidence: Pixels, at_least: float) -> Patch:
    """Return the pixels of a patch above a confidence.

    Parameters
    ----------
    confidence
        (H, W), 0-255 for a confidence of 0-1.
    at_least
        0-1; what is drawn below it is hidden, so it is not accepted either.
    """
    sure = confidence[patch.rect.slices] >= least_level(at_least)
    return trimmed(patch.mask & sure.view(np.uint8), patch.rect)


def too_unsure(patch: Patch, prediction: Prediction, at_least: float) -> Pixels | None:
    """Return which pixels of a patch are proposed and below a confidence.

    Returns
    -------
    unsure
        Mask of the patch's size; None when the model tells no confidence.
    """
    if prediction.confidence is None:
        return None
    place = patch.rect.slices
    unsure = prediction.confidence[place] < least_level(at_least)
    unsure &= prediction.labels[place] != IGNORE_INDEX
    found: Pixels = patch.mask & unsure.view(np.uint8)
    return found


def plan_acceptance(
    labels: Pixels,
    proposed: Pixels,
    patch: Patch,
    rule: AcceptRule,
    unsure: Pixels | None = None,
) -> RasterEdit | None:
    """Return the edit that takes a proposal over into the annotation.

    Parameters
    ----------
    labels, proposed
        (H, W) each, read only.
    patch
        The pixels to take over.
    unsure
        Mask of the patch's size: these pixels become ignored instead.

    Returns
    -------
    edit
        Not applied yet; None when no pixel would change.
    """
    table, ignored = rule.table(), rule.ignored()

    def draw(pixels: Pixels, part: Rect) -> None:
        own = part.moved(-patch.rect.x, -patch.rect.y).slices
        accepted = table[proposed[part.slices], pixels]
        if unsure is not None:
            accepted = np.where(unsure[own] != 0, ignored[pixels], accepted)
        np.copyto(pixels, accepted, where=patch.mask[own].view(np.bool_))

    return plan_edit(labels, patch.rect, draw)
