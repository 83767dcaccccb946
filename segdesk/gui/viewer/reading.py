"""What lies under the cursor."""

from dataclasses import dataclass

from segdesk.core.classes import IGNORE_INDEX
from segdesk.gui.viewer.frame import Scene


@dataclass(frozen=True, slots=True)
class PixelReading:
    """One pixel of the image and what the model says of it.

    Parameters
    ----------
    x, y
        Column and row.
    rgb
        (R, G, B), 0-255.
    class_index
        The winning class; 255: ignored; None: no prediction.
    confidence
        In the winning class, 0-1; None: unknown.
    """

    x: int
    y: int
    rgb: tuple[int, int, int]
    class_index: int | None = None
    confidence: float | None = None

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
    prediction = scene.prediction
    if prediction is None:
        return PixelReading(column, row, (red, green, blue))
    confidence = prediction.confidence
    return PixelReading(
        column,
        row,
        (red, green, blue),
        int(prediction.labels[row, column]),
        None if confidence is None else float(confidence[row, column]) / 255,
    )
