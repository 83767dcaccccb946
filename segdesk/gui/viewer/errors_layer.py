"""What a proposal gets wrong beside the user's labels, at screen size."""

from dataclasses import dataclass

from PySide6.QtGui import QImage

from segdesk.core.accept import map_by_name
from segdesk.core.classes import ClassList
from segdesk.core.error_codes import error_codes, error_table
from segdesk.core.overlay import Indices
from segdesk.core.prediction import Prediction
from segdesk.core.sampling import nearest
from segdesk.gui.qimage import coloured
from segdesk.gui.viewer.place import Place


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """The user's labels and a proposal for the same image.

    Parameters
    ----------
    labels
        (H, W); tools paint into it.
    classes
        Of the labels; those of the proposal are matched by name.
    index
        The class that is looked at; None: all of them.
    """

    labels: Indices
    prediction: Prediction
    classes: ClassList
    index: int | None

    def same_as(self, other: "Compared") -> bool:
        """Tell whether the picture of both is the same while nobody paints."""
        return (
            self.labels is other.labels
            and self.prediction is other.prediction
            and self.classes == other.classes
            and self.index == other.index
        )


class ErrorsLayer:
    """Draws hits, extras and misses for one pane, kept until something changes."""

    def __init__(self) -> None:
        self._kept: tuple[Compared, Place] | None = None
        self._image = QImage()

    def touch(self) -> None:
        """Note that the labels were painted."""
        self._kept = None

    def image(self, compared: Compared, place: Place) -> QImage:
        """Return the errors, premultiplied, of the size of `place.cover`."""
        kept = self._kept
        if kept and kept[0].same_as(compared) and place.same_as(kept[1]):
            return self._image
        self._kept = compared, place
        if place.cover is None:
            self._image = QImage()
            return self._image
        truth = nearest(compared.labels, place.cover)
        said = nearest(compared.prediction.labels, place.cover)
        table = map_by_name(compared.prediction.classes, compared.classes)
        codes = error_codes(
            truth, table[said], compared.index, compared.classes.background_index
        )
        self._image = coloured(codes, error_table())
        return self._image
