"""The proposal over the picture, at screen size.

Three steps, each kept until what it depends on changes: the labels under the view
(place and prediction), what is drawn of them (visibility, look, confidence), and the
colours (palette, opacity).
"""

from dataclasses import dataclass

from PySide6.QtGui import QImage

from segdesk.core.overlay import Indices, Palette, Rules, colour_table, draw, nearest
from segdesk.core.prediction import Prediction
from segdesk.gui.qimage import coloured
from segdesk.gui.viewer.place import Place


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of an overlay.

    Parameters
    ----------
    palette
        (R, G, B) of each class.
    opacity
        Of the fill, 0-1.
    """

    palette: Palette
    opacity: float


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    prediction: Prediction
    place: Place
    labels: Indices
    confidence: Indices | None


class OverlayLayer:
    """Draws one proposal for one pane."""

    def __init__(self) -> None:
        self._sample: _Sample | None = None
        self._rules: Rules | None = None
        self._codes: Indices | None = None
        self._ink: Ink | None = None
        self._image = QImage()

    def image(
        self, prediction: Prediction, place: Place, rules: Rules, ink: Ink
    ) -> QImage:
        """Return the overlay, premultiplied, of the size of `place.cover`."""
        sample = self._sampled(prediction, place)
        if sample is not self._sample or rules != self._rules:
            cover = place.cover
            anchor = (cover.anchor_x, cover.anchor_y) if cover else (0, 0)
            self._codes = draw(sample.labels, sample.confidence, rules, anchor)
            self._sample, self._rules, self._ink = sample, rules, None
        if ink != self._ink and self._codes is not None:
            table = colour_table(ink.palette, ink.opacity, rules)
            self._image = coloured(self._codes, table)
            self._ink = ink
        return self._image

    def _sampled(self, prediction: Prediction, place: Place) -> _Sample:
        kept = self._sample
        if (
            kept is not None
            and kept.prediction is prediction
            and place.same_as(kept.place)
        ):
            return kept
        if place.cover is None:
            empty = prediction.labels[:0, :0]
            return _Sample(prediction, place, empty, None)
        confidence = prediction.confidence
        return _Sample(
            prediction,
            place,
            nearest(prediction.labels, place.cover),
            None if confidence is None else nearest(confidence, place.cover),
        )
