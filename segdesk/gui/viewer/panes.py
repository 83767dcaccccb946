"""How the canvas is divided: one pane, one pane with a handle, two linked panes."""

from dataclasses import dataclass

from PySide6.QtCore import QRect

from segdesk.app.view_state import Compare, Layer, ViewState
from segdesk.core.geometry import Size

SECOND_SHARE = 0.42
_GAP_PX = 2
_FIT_MARGIN_PX = 12


@dataclass(frozen=True, slots=True)
class Side:
    """One layer on a part of the canvas, in device pixels.

    Parameters
    ----------
    pane
        0, or 1 for the second linked pane.
    rect
        The pane on the canvas.
    clip
        The part of the canvas that shows this layer.
    shift
        What to add to the first pane's transform, so that both panes show the same
        place in their middle.
    is_main
        Whether it shows the view's main layer, not the other one.
    """

    pane: int
    rect: QRect
    clip: QRect
    layer: Layer
    shift: tuple[int, int] = (0, 0)
    is_main: bool = True


@dataclass(frozen=True, slots=True)
class Panes:
    """The sides of the canvas, from left to right, and what the first pane measures.

    Parameters
    ----------
    view
        Size of the first pane.
    room
        Size that a fitted image keeps to, so that every pane shows all of it.
    divider
        The line between two panes; empty if there is none.
    """

    sides: tuple[Side, ...]
    view: Size
    room: Size
    divider: QRect


def arrange(state: ViewState, canvas: Size, ratio: float) -> Panes:
    """Divide a canvas.

    Parameters
    ----------
    canvas
        In device pixels.
    ratio
        Device pixels for one logical pixel.
    """
    width, height = canvas
    full = QRect(0, 0, width, height)
    margin = round(2 * _FIT_MARGIN_PX * ratio)
    if state.compare is Compare.LINKED:
        gap = max(1, round(_GAP_PX * ratio))
        second = max(1, round((width - gap) * SECOND_SHARE))
        first = max(1, width - gap - second)
        left = QRect(0, 0, first, height)
        right = QRect(first + gap, 0, second, height)
        shift = (round((second - first) / 2), 0)
        return Panes(
            (
                Side(0, left, left, state.main),
                Side(1, right, right, state.other, shift, is_main=False),
            ),
            Size(first, height),
            Size(min(first, second) - margin, height - margin),
            QRect(first, 0, gap, height),
        )
    room = Size(width - margin, height - margin)
    if state.compare is Compare.SPLIT:
        x = round(width * state.split)
        left, right = QRect(0, 0, x, height), QRect(x, 0, width - x, height)
        sides = (
            Side(0, full, left, state.other, is_main=False),
            Side(0, full, right, state.main),
        )
        return Panes(sides, canvas, room, QRect())
    return Panes((Side(0, full, full, state.main),), canvas, room, QRect())
