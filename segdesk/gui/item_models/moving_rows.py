"""Rows on which something moves: a bar whose end is not known, a ring."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from segdesk.gui import theme
from segdesk.gui.item_models.row_delegate import RowDelegate, draw_bar

MOVING_MS = 33
_ROUND_TRIP_TICKS = 60
_MOVING_SHARE = 0.3


class MovingDelegate(RowDelegate):
    """Paints rows that change with time.

    Attributes
    ----------
    tick
        Steps of `MOVING_MS` since the first; whoever shows the rows counts them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tick = 0

    @property
    def turn(self) -> float:
        """How far a round trip is, 0-1."""
        return self.tick % _ROUND_TRIP_TICKS / _ROUND_TRIP_TICKS

    def draw_progress(
        self, painter: QPainter, bar: QRect, fraction: float | None, role: str
    ) -> None:
        """Draw a bar in the colour of a role; one without an end moves to and fro.

        Parameters
        ----------
        fraction
            0-1; None: the end is not known.
        """
        fill, track = theme.color(role), theme.color("line2")
        draw_bar(painter, bar, fraction or 0, fill, track)
        if fraction is not None:
            return
        part = round(bar.width() * _MOVING_SHARE)
        place = 1 - abs(1 - 2 * self.turn)
        left = bar.left() + round(place * (bar.width() - part))
        moving = QRect(left, bar.top(), part, bar.height())
        draw_bar(painter, moving, 1, fill, track)
