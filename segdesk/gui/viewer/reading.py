"""What lies under the cursor."""

from dataclasses import dataclass

from segdesk.app.view_state import Compare
from segdesk.core.classes import IGNORE_INDEX
from segdesk.gui.viewer.frame import Scene

_OTHERS = 2  # shown beside the winner


@dataclass(frozen=True, slots=True)
class PixelReading:
    """One pixel of the image and which class it has.

    Parameters
    ----------
    x, y
        Column and row.
    rgb
        (R, G, B), 0-255.
    class_index
        The class that the user gave the pixel; where nobody labelled it, the one that
        the model proposes. 255: ignored; None: neither is known.
    confidence
        Of the model in its class, 0-1; None: unknown, or the class is the user's.
    others
        (class, probability) of those that the model thought of next, the best first.
    """

    x: int
    y: int
    rgb: tuple[int, int, int]
    class_index: int | None = None
    confidence: float | None = None
    others: tuple[tuple[int, float], ...] = ()

    @property
    def is_ignored(self) -> bool:
        """Whether the pixel belongs to no class on purpose."""
        return self.class_index == IGNORE_INDEX


def read_pixel(scene: Scene, x: float, y: float) -> PixelReading | None:
    """Return what lies at a place of the image; None: outside of it."""
    column, row = int(x // 1), int(y // 1)
    if not (0 <= column < scene.image.width and 0 <= row < scene.image.height):
        return None
    red, green, blue = (int(part) for part in scene.image.pixels[row, column])
    rgb = (red, green, blue)
    labels, prediction = scene.labels, scene.prediction
    label = None if labels is None else int(labels.values[row, column])
    if prediction is None or (labels and label != labels.unlabelled):
        return PixelReading(column, row, rgb, label)
    confidence, scores = prediction.confidence, prediction.scores
    winner = int(prediction.labels[row, column])
    others: tuple[tuple[int, float], ...] = ()
    if scores is not None and scene.view.compare is Compare.LINKED:
        others = scores.runners_up(column, row, winner, _OTHERS)
    return PixelReading(
        column,
        row,
        rgb,
        winner,
        None if confidence is None else float(confidence[row, column]) / 255,
        others,
    )
