"""Rectangles and ellipses: drag from corner to corner, or click twice."""

from abc import abstractmethod
from dataclasses import replace

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.drawing import DrawingTool
from segdesk.app.tools.pointer import Button, Key, Mod, PointerEvent
from segdesk.app.tools.preview import Line, Preview
from segdesk.app.tools.snap import distance
from segdesk.core.language import tr
from segdesk.core.shapes import Ellipse, Point, Rectangle, Shape

_CLICK = 3.0  # logical pixels that a click may tremble


class BoxShapeTool(DrawingTool):
    """Draws a shape between two corners.

    Shift keeps the sides equal, Alt draws from the middle. A click without dragging
    leaves the shape open until the second click. The right button and Escape drop it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._start: Point | None = None
        self._end = Point(0, 0)
        self._clicks = False

    @property
    def is_open(self) -> bool:
        """The first corner is placed."""
        return self._start is not None

    @abstractmethod
    def shape_between(self, a: Point, b: Point, class_index: int) -> Shape:
        """Return the shape that fits between two corners."""

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Place the first corner, or the second one of a clicked shape."""
        if event.button is Button.RIGHT and self.is_open:
            return self.abort(context)
        if event.button is not Button.LEFT or self.is_waiting:
            return replace(self.hover(event, context), consumed=self.is_waiting)
        if self._start is None:
            self._start = self._end = self._placed_on_grid(event, context)
            self._clicks = False
        return self.move(event, context)

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Move the second corner."""
        if self._start is not None:
            self._end = self._placed_on_grid(event, context)
        return ToolResult(self._shown(event, context))

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Place the second corner, unless this was the first click of two."""
        if self._start is None or event.button is not Button.LEFT:
            return self.hover(event, context)
        self._end = self._placed_on_grid(event, context)
        click = distance(self._start, event.point) <= _CLICK * event.pixel + 0.75
        if click and not self._clicks:
            self._clicks = True
            return ToolResult(self._shown(event, context))
        return self._close(event.modifiers, context)

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Move the second corner of a clicked shape."""
        return self.move(event, context)

    def key(self, key: Key, modifiers: Mod, context: ToolContext) -> ToolResult:
        """Finish on Enter, drop on Escape, Backspace and Undo."""
        if self.is_open and key is Key.ENTER:
            return self._close(modifiers, context)
        if self.is_open and key is Key.BACKSPACE:
            return self.abort(context)
        return super().key(key, modifiers, context)

    def abort(self, context: ToolContext) -> ToolResult:
        """Drop the shape."""
        self._start = None
        return super().abort(context)

    def _close(self, modifiers: Mod, context: ToolContext) -> ToolResult:
        a, b = self._corners(modifiers)
        self._start = None
        return self.finish(self.shape_between(a, b, context.selected_class), context)

    def _corners(self, modifiers: Mod) -> tuple[Point, Point]:
        a, b = self._start or self._end, self._end
        dx, dy = b.x - a.x, b.y - a.y
        if Mod.SHIFT in modifiers:
            side = max(abs(dx), abs(dy))
            dx, dy = side if dx >= 0 else -side, side if dy >= 0 else -side
        far = Point(a.x + dx, a.y + dy)
        return (Point(a.x - dx, a.y - dy), far) if Mod.ALT in modifiers else (a, far)

    def _placed_on_grid(self, event: PointerEvent, context: ToolContext) -> Point:
        """Return a corner between pixels, so that the shape is as wide as it says."""
        place = self.placed(event, context)
        return Point(float(round(place.x)), float(round(place.y)))

    def _shown(self, event: PointerEvent, context: ToolContext) -> Preview:
        preview = self.resting(context)
        if self._start is None:
            return preview
        a, b = self._corners(event.modifiers)
        shape = self.shape_between(a, b, context.selected_class)
        lines = tuple(Line(line, closed=True) for line in shape.outlines())
        tag = tr("{x:,.0f} × {y:,.0f} px", x=abs(b.x - a.x), y=abs(b.y - a.y))
        return replace(preview, lines=lines, tag=tag)


class RectangleTool(BoxShapeTool):
    """Draws upright rectangles."""

    id = "rectangle"

    def shape_between(self, a: Point, b: Point, class_index: int) -> Shape:
        """Return the rectangle."""
        return Rectangle.between(a, b, class_index)


class EllipseTool(BoxShapeTool):
    """Draws ellipses."""

    id = "ellipse"

    def shape_between(self, a: Point, b: Point, class_index: int) -> Shape:
        """Return the ellipse that touches all four sides."""
        return Ellipse(
            class_index=class_index,
            centre=Point((a.x + b.x) / 2, (a.y + b.y) / 2),
            radius_x=abs(b.x - a.x) / 2,
            radius_y=abs(b.y - a.y) / 2,
        )
