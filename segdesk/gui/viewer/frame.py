"""One pane's view of the scene, its layers kept between paints."""

from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from segdesk.app.opened_image import OpenedImage
from segdesk.app.view_state import Layer, OverlayLook, ViewState
from segdesk.core.classes import (
    BACKGROUND_GREY,
    IGNORE_INDEX,
    ClassList,
    hex_to_rgb,
)
from segdesk.core.geometry import Size
from segdesk.core.overlay import Palette, Rules
from segdesk.core.prediction import Prediction
from segdesk.gui.viewer.confidence_layer import ConfidenceLayer
from segdesk.gui.viewer.image_layer import ImageLayer
from segdesk.gui.viewer.overlay_layer import Ink, OverlayLayer
from segdesk.gui.viewer.place import Place


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
    """

    image: OpenedImage
    prediction: Prediction | None
    classes: ClassList
    view: ViewState
    bare: bool = False

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
            return "Ignore"
        names = self.classes.names
        return names[index] if index < len(names) else f"Class {index}"

    def colour_of(self, index: int) -> tuple[int, int, int]:
        """Return the (R, G, B) of a class; grey if it has none."""
        palette = self.palette
        return palette[index] if index < len(palette) else hex_to_rgb(BACKGROUND_GREY)

    def seen(self, layer: Layer) -> Layer:
        """Return what a side that is set to `layer` shows now."""
        if self.bare or not self.view.overlay_visible or self.prediction is None:
            return Layer.IMAGE
        if layer is Layer.CONFIDENCE and self.prediction.confidence is None:
            return Layer.IMAGE
        return layer


class Frame:
    """The layers of one pane."""

    def __init__(self) -> None:
        self._picture = ImageLayer()
        self._overlay = OverlayLayer()
        self._confidence = ConfidenceLayer()

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
        if (
            shown is Layer.CONFIDENCE
            and prediction is not None
            and prediction.confidence is not None
        ):
            heat = self._confidence.image(prediction.confidence, place, picture)
            painter.drawImage(part.topLeft(), heat, inside)
            return
        painter.drawImage(part.topLeft(), picture, part)
        if shown is Layer.PROPOSAL and prediction is not None:
            ink = Ink(scene.palette, scene.view.opacity)
            overlay = self._overlay.image(
                prediction, place, _rules_of(scene, place.ratio), ink
            )
            painter.drawImage(part.topLeft(), overlay, inside)


def _rules_of(scene: Scene, ratio: float) -> Rules:
    view = scene.view
    return Rules(
        num_classes=len(scene.classes),
        hidden=view.hidden,
        solo=view.solo,
        fill=view.look is not OverlayLook.CONTOUR,
        contour=view.look is not OverlayLook.FILL,
        min_confidence=view.min_confidence,
        ratio=ratio,
    )
