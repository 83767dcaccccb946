"""The proposal over the picture, at screen size.

Three steps, each kept until what it depends on changes: the labels under the view
(place and prediction), what is drawn of them (visibility, look, confidence, and what
the user has painted there), and the colours (palette, opacity).
"""

from dataclasses import dataclass

from PySide6.QtGui import QImage

from segdesk.core.geometry import Cover, Rect
from segdesk.core.overlay import (
    ColourTable,
    Indices,
    Rules,
    Under,
    colour_table,
    draw,
)
from segdesk.core.prediction import Prediction
from segdesk.core.sampling import nearest, part_of
from segdesk.gui.viewer.labels_layer import LabelsLayer, surroundings
from segdesk.gui.viewer.pan import Pan, pan_between
from segdesk.gui.viewer.place import Place
from segdesk.gui.viewer.sheet import Ink, Sheet


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    prediction: Prediction
    place: Place
    labels: Indices
    confidence: Indices | None


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """What the user has painted under the proposal, for the same place.

    Parameters
    ----------
    unlabelled
        Value of pixels that nobody has labelled.
    """

    layer: LabelsLayer
    unlabelled: int


class OverlayLayer:
    """Draws one proposal for one pane."""

    def __init__(self) -> None:
        self._sample: _Sample | None = None
        self._rules: Rules | None = None
        self._version: int | None = None
        self._ink: Ink | None = None
        self._sheet = Sheet()

    def image(
        self,
        prediction: Prediction,
        place: Place,
        rules: Rules,
        ink: Ink,
        painted: Painted | None = None,
    ) -> QImage:
        """Return the overlay, premultiplied, of the size of `place.cover`.

        Parameters
        ----------
        painted
            Drawn for this place already; None: there is nothing under the proposal.
        """
        cover = place.cover
        if cover is None:
            return QImage()
        version = painted.layer.version if painted else None
        table = colour_table(ink.palette, ink.opacity, rules)
        if rules == self._rules and self._pan(prediction, place, painted, table):
            self._ink, self._version = ink, version
            return self._sheet.image
        sample = self._sampled(prediction, place, cover)
        whole = Rect(0, 0, *cover.size)
        if sample is not self._sample or rules != self._rules:
            self._sheet.draw(_codes(sample, rules, cover, painted, whole), table)
        elif version != self._version:
            self._follow(sample, rules, cover, painted, table)
        if ink != self._ink:
            self._sheet.ink(table)
        self._sample, self._rules, self._ink = sample, rules, ink
        self._version = version
        return self._sheet.image

    def _pan(
        self,
        prediction: Prediction,
        place: Place,
        painted: Painted | None,
        table: ColourTable,
    ) -> bool:
        """Draw only what came into view, if the view moved and nothing else is new."""
        kept, rules, cover = self._sample, self._rules, place.cover
        if kept is None or rules is None or cover is None or place.same_as(kept.place):
            return False
        if kept.prediction is not prediction or not self._knows(painted):
            return False
        pan = pan_between(kept.place, place, rules.reach_px)
        if pan is None:
            return False
        sample = _panned(kept, place, cover, pan)

        def draw_part(part: Rect) -> Indices:
            around = part.grown(rules.reach_px).within(cover.size)
            codes = _codes(sample, rules, cover, painted, around)
            return codes[part.moved(-around.x, -around.y).slices]

        inner = pan.without_rim(rules.reach_px)
        self._sheet.draw(inner.moved(self._sheet.codes, draw_part), table)
        self._sample = sample
        return True

    def _knows(self, painted: Painted | None) -> bool:
        """Tell whether what lies under the proposal only moved since it was drawn."""
        if painted is None:
            return self._version is None
        layer = painted.layer
        return layer.panned and self._version == layer.version - 1

    def _follow(
        self,
        sample: _Sample,
        rules: Rules,
        cover: Cover,
        painted: Painted | None,
        table: ColourTable,
    ) -> None:
        whole = Rect(0, 0, *cover.size)
        parts: tuple[Rect, ...] | None = None
        if painted is not None and self._version == painted.layer.version - 1:
            parts = painted.layer.changed
        if parts is None:
            self._sheet.draw(_codes(sample, rules, cover, painted, whole), table)
            return
        for part in parts:
            around, inner, at = surroundings(part, rules.reach_px, cover.size)
            codes = _codes(sample, rules, cover, painted, around)
            self._sheet.patch(codes[inner.slices], at, table)

    def _sampled(self, prediction: Prediction, place: Place, cover: Cover) -> _Sample:
        kept = self._sample
        if (
            kept is not None
            and kept.prediction is prediction
            and place.same_as(kept.place)
        ):
            return kept
        confidence = prediction.confidence
        return _Sample(
            prediction,
            place,
            nearest(prediction.labels, cover),
            None if confidence is None else nearest(confidence, cover),
        )


def _panned(kept: _Sample, place: Place, cover: Cover, pan: Pan) -> _Sample:
    prediction, sure = kept.prediction, kept.confidence

    def labels(at: Rect) -> Indices:
        return nearest(prediction.labels, part_of(cover, at))

    def confidence(at: Rect) -> Indices:
        assert prediction.confidence is not None  # noqa: S101 - `sure` came from it
        return nearest(prediction.confidence, part_of(cover, at))

    return _Sample(
        prediction,
        place,
        pan.moved(kept.labels, labels),
        None if sure is None else pan.moved(sure, confidence),
    )


def _codes(
    sample: _Sample, rules: Rules, cover: Cover, painted: Painted | None, part: Rect
) -> Indices:
    anchor = (cover.anchor_x + part.x, cover.anchor_y + part.y)
    confidence = sample.confidence
    under = None
    if painted is not None and painted.layer.sample is not None:
        labels = painted.layer.sample.labels[part.slices]
        under = Under(labels, painted.unlabelled)
    return draw(
        sample.labels[part.slices],
        None if confidence is None else confidence[part.slices],
        rules,
        anchor,
        under,
    )
