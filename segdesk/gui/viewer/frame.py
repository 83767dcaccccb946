"""One pane's view of the scene, its layers kept between paints."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from segdesk.app.files.opened_image import OpenedImage
from segdesk.app.view_state import HEATS, Compare, Layer, OverlayLook, ViewState
from segdesk.core.classes import (
    BACKGROUND_GREY,
    IGNORE_INDEX,
    ClassList,
    hex_to_rgb,
)
from segdesk.core.doubt import DoubtMaps
from segdesk.core.geometry import Rect, Size
from segdesk.core.language import tr
from segdesk.core.overlay import Palette, Rules
from segdesk.core.prediction import Prediction
from segdesk.gui.viewer.confidence_layer import ConfidenceLayer
from segdesk.gui.viewer.errors_layer import Compared, ErrorsLayer
from segdesk.gui.viewer.image_layer import ImageLayer
from segdesk.gui.viewer.labels_layer import LabelsLayer
from segdesk.gui.viewer.overlay_layer import OverlayLayer, Painted
from segdesk.gui.viewer.place import Place
from segdesk.gui.viewer.sheet import Ink

PROPOSED_SHARE = 2 / 3  # fill of what is proposed, beside that of the user's labels


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The user's labels of the image.

    Parameters
    ----------
    values
        (H, W); tools paint into it.
    unlabelled
        Value of pixels that nobody has labelled.
    """

    values: NDArray[np.uint8]
    unlabelled: int = IGNORE_INDEX


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What there is to see.

    Parameters
    ----------
    prediction
        Of this image and of its size; None: there is none.
    classes
        Names and colours.
    bare
        The overlay is hidden for as long as a key is held.
    labels
        The annotation that is open; None: there is none.
    dashed
        Contours of the prediction are dashed: it is a proposal, to be decided on.
    doubts
        Its entropy and margin; None: not made yet.
    """

    image: OpenedImage
    prediction: Prediction | None
    classes: ClassList
    view: ViewState
    bare: bool = False
    labels: Labels | None = None
    dashed: bool = True
    doubts: DoubtMaps | None = None

    @property
    def size(self) -> Size:
        """Size of the image."""
        return Size(self.image.width, self.image.height)

    @property
    def palette(self) -> Palette:
        """(R, G, B) of each class."""
        return self.classes.rgb

    def name_of(self, index: int) -> str:
        """Return the name of a class, or what its number means."""
        if index == IGNORE_INDEX:
            return tr("Ignore")
        names = self.classes.names
        return names[index] if index < len(names) else tr("Class {index}", index=index)

    def colour_of(self, index: int) -> tuple[int, int, int]:
        """Return the (R, G, B) of a class; grey if it has none."""
        palette = self.palette
        return palette[index] if index < len(palette) else hex_to_rgb(BACKGROUND_GREY)

    def seen(self, layer: Layer) -> Layer:
        """Return what a side that is set to `layer` shows now."""
        if self.bare or not self.view.overlay_visible:
            return Layer.IMAGE
        prediction = self.prediction
        if layer in HEATS:
            return Layer.IMAGE if self.heat(layer) is None else layer
        if layer is Layer.ERRORS:
            unknown = prediction is None or self.labels is None
            return Layer.IMAGE if unknown else layer
        if layer is Layer.PROPOSAL and prediction is None:
            layer = Layer.LABELS
        if layer is Layer.LABELS and self.labels is None:
            return Layer.IMAGE
        return layer

    def heat(self, layer: Layer) -> NDArray[np.uint8] | None:
        """Return (H, W) how sure the model is by a layer, 255 where it is sure."""
        if self.prediction is None:
            return None
        if layer is Layer.CONFIDENCE:
            return self.prediction.confidence
        if (
            self.doubts is None
            or self.doubts.calm.shape != self.prediction.labels.shape
        ):
            return None
        return self.doubts.calm if layer is Layer.ENTROPY else self.doubts.margin

    def labels_under(self, shown: Layer) -> Labels | None:
        """Return the labels that are drawn with what a side shows.

        A proposal lies over them, unless the other side shows them alone.
        """
        if shown is Layer.LABELS:
            return self.labels
        view = self.view
        apart = view.compare is not Compare.ONE and Layer.LABELS in (
            view.main,
            view.other,
        )
        return self.labels if shown is Layer.PROPOSAL and not apart else None


class Frame:
    """The layers of one pane."""

    def __init__(self) -> None:
        self._picture = ImageLayer()
        self._labels = LabelsLayer()
        self._overlay = OverlayLayer()
        self._confidence = ConfidenceLayer()
        self._errors = ErrorsLayer()

    def touch(self, parts: Iterable[Rect]) -> None:
        """Note that parts of the label map, in image pixels, were painted."""
        self._labels.touch(parts)
        self._errors.touch()

    def paint(
        self, painter: QPainter, scene: Scene, place: Place, layer: Layer, clip: QRect
    ) -> None:
        """Paint one layer with the picture under it.

        Parameters
        ----------
        painter
            In device pixels of the pane.
        clip
            The part of the pane that is painted.
        """
        if place.cover is None:
            return
        area = QRect(place.cover.x, place.cover.y, *place.cover.size)
        part = area.intersected(clip)
        if part.isEmpty():
            return
        picture = self._picture.image(scene.image.pyramid, place)
        shown = scene.seen(layer)
        inside = part.translated(-area.topLeft())
        prediction = scene.prediction
        sure = scene.heat(shown) if shown in HEATS else None
        if sure is not None:
            heat = self._confidence.image(sure, place, picture)
            painter.drawImage(part.topLeft(), heat, inside)
            return
        painter.drawImage(part.topLeft(), picture, part)
        if (
            shown is Layer.ERRORS
            and prediction is not None
            and scene.labels is not None
        ):
            compared = Compared(
                scene.labels.values,
                prediction,
                scene.classes,
                scene.view.selected_class,
            )
            painter.drawImage(
                part.topLeft(), self._errors.image(compared, place), inside
            )
            return
        labels = scene.labels_under(shown)
        if labels is not None:
            image = self._mine(scene, place, labels, shown)
            painter.drawImage(part.topLeft(), image, inside)
        if shown is Layer.PROPOSAL and prediction is not None:
            image = self._proposed(scene, place, prediction, labels)
            painter.drawImage(part.topLeft(), image, inside)

    def _mine(self, scene: Scene, place: Place, labels: Labels, shown: Layer) -> QImage:
        rules = replace(_rules_of(scene, place.ratio), dashed=False, min_confidence=0.0)
        if shown is Layer.PROPOSAL:
            rules = replace(rules, dims=False)  # what lies over them does
        ink = Ink(scene.palette, scene.view.opacity)
        return self._labels.image(labels.values, place, rules, ink)

    def _proposed(
        self, scene: Scene, place: Place, prediction: Prediction, labels: Labels | None
    ) -> QImage:
        rules = _rules_of(scene, place.ratio)
        ink = Ink(scene.palette, scene.view.opacity)
        if labels is None:
            return self._overlay.image(prediction, place, rules, ink)
        rules = replace(rules, over=True)
        ink = replace(ink, opacity=ink.opacity * PROPOSED_SHARE)
        painted = Painted(self._labels, labels.unlabelled)
        return self._overlay.image(prediction, place, rules, ink, painted)


def _rules_of(scene: Scene, ratio: float) -> Rules:
    view = scene.view
    return Rules(
        num_classes=len(scene.classes),
        hidden=view.hidden,
        solo=view.solo,
        fill=view.look is not OverlayLook.CONTOUR,
        contour=view.look is not OverlayLook.FILL,
        min_confidence=view.min_confidence,
        dashed=scene.dashed,
        ratio=ratio,
    )
