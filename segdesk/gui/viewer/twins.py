"""The cursor's twin in the other linked pane, with the classes that may lie there."""

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QPainter

from segdesk.gui.viewer.cards import ClassLine, paint_class_tag
from segdesk.gui.viewer.cursors import paint_cross
from segdesk.gui.viewer.reading import PixelReading
from segdesk.gui.viewer.stage import Stage

_REACH_PX = (320, 108)  # from the twin: what it and its tag can touch


def paint_twins(
    painter: QPainter, stage: Stage, at: QPointF, reading: PixelReading | None
) -> None:
    """Draw the twin of a cursor, in logical px of the canvas.

    Parameters
    ----------
    reading
        What lies under the cursor.
    """
    ratio = stage.ratio
    lines = _class_lines(stage, reading)
    for side, x, y in stage.twins(at.x() * ratio, at.y() * ratio):
        there = QPointF(x, y) / ratio
        clip = side.clip
        bounds = QRect(
            round(clip.x() / ratio),
            round(clip.y() / ratio),
            round(clip.width() / ratio),
            round(clip.height() / ratio),
        )
        painter.save()
        painter.setClipRect(bounds)
        paint_cross(painter, there)
        if lines:
            paint_class_tag(painter, there, bounds, lines)
        painter.restore()


def twin_rects(stage: Stage, at: QPointF) -> Iterator[QRect]:
    """Yield what is to be repainted when the twin of a cursor comes or goes."""
    ratio = stage.ratio
    wide, high = _REACH_PX
    for _, x, y in stage.twins(at.x() * ratio, at.y() * ratio):
        left, top = round(x / ratio) - wide, round(y / ratio) - high
        yield QRect(left, top, 2 * wide, 2 * high)


def _class_lines(stage: Stage, reading: PixelReading | None) -> list[ClassLine]:
    scene = stage.scene
    if scene is None or reading is None or reading.class_index is None:
        return []
    found = [(reading.class_index, reading.confidence), *reading.others]
    return [
        (
            scene.name_of(index),
            QColor(*scene.colour_of(index)),
            "" if sure is None else f"{sure:.2f}",
        )
        for index, sure in found
    ]
