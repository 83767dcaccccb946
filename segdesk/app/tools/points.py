"""Drawing point by point: polygons and polylines."""

from abc import abstractmethod
from dataclasses import replace

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.drawing import DrawingTool
from segdesk.app.tools.pointer import Button, Key, Mod, PointerEvent
from segdesk.app.tools.preview import Handle, HandleKind, Line, Preview
from segdesk.app.tools.snap import distance
from segdesk.core.language import tr
from segdesk.core.shapes import Point, Polygon, Polyline, Ring, Shape

GRIP = 8.0  # logical pixels within which a point is hit
_FREEHAND_STEP = 3.0  # logical pixels between two points drawn by hand


class PointsTool(DrawingTool):
    """Collects points until the shape is finished.

    A click adds one, and dragging moves it; with Shift the pen draws freehand. The
    right button, Backspace and Undo take the last one back. Enter and a double click
    finish, Escape drops.
    """

    fewest = 2

    def __init__(self) -> None:
        super().__init__()
        self._points: list[Point] = []
        self._cursor: Point | None = None
        self._drags = False
        self._freehand = False
        self._hand_start = 0

    @property
    def is_open(self) -> bool:
        """There are points."""
        return bool(self._points)

    @abstractmethod
    def shape_of(self, points: Ring, context: ToolContext) -> Shape:
        """Return the finished shape."""

    def ends_at(self, event: PointerEvent) -> bool:
        """Tell whether a press there finishes the shape."""
        del event
        return False

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Add a point, take the last one back, or finish."""
        if self.is_waiting or event.button not in (Button.LEFT, Button.RIGHT):
            return replace(self.hover(event, context), consumed=self.is_waiting)
        if event.button is Button.RIGHT:
            return self._take_back(event, context)
        if event.clicks > 1 or self.ends_at(event):
            return self._close(context)
        self._drags = True
        self._freehand = Mod.SHIFT in event.modifiers
        self._hand_start = len(self._points)
        self._add(self.placed(event, context))
        return self._result(event, context)

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Move the new point, or draw freehand."""
        if not self._drags or not self._points:
            return self.hover(event, context)
        place = self.placed(event, context)
        if not self._freehand:
            self._points[-1] = place
        elif distance(self._points[-1], place) >= _FREEHAND_STEP * event.pixel:
            self._points.append(place)
        return self._result(event, context)

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Keep the new point; a freehand line that came round is finished."""
        freehand, self._drags, self._freehand = self._freehand, False, False
        drawn = len(self._points) - self._hand_start
        if freehand and drawn > 3 and self.ends_at(event):
            return self._close(context)
        return self._result(event, context)

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Show where the next line would go."""
        return self._result(event, context)

    def key(self, key: Key, modifiers: Mod, context: ToolContext) -> ToolResult:
        """Finish on Enter, take back on Backspace and Undo, drop on Escape."""
        if not self._points:
            return super().key(key, modifiers, context)
        if key is Key.ENTER:
            return self._close(context)
        if key in (Key.BACKSPACE, Key.DELETE, Key.UNDO):
            return self._take_back(None, context)
        if key is Key.ESCAPE:
            return self.abort(context)
        return ToolResult(self._shown(None, context), consumed=False)

    def abort(self, context: ToolContext) -> ToolResult:
        """Drop all points."""
        self._points.clear()
        self._drags = self._freehand = False
        return super().abort(context)

    def _add(self, place: Point) -> None:
        if not self._points or place != self._points[-1]:
            self._points.append(place)

    def _take_back(
        self, event: PointerEvent | None, context: ToolContext
    ) -> ToolResult:
        used = bool(self._points)
        if used:
            self._points.pop()
        self._drags = False
        return ToolResult(self._shown(event, context), consumed=used)

    def _close(self, context: ToolContext) -> ToolResult:
        points = tuple(self._points)
        if len(points) < self.fewest:
            status = tr("{fewest} points are needed; there is 1.", fewest=self.fewest)
            if len(points) > 1:
                status = tr(
                    "{fewest} points are needed; there are {points}.",
                    fewest=self.fewest,
                    points=len(points),
                )
            return ToolResult(self._shown(None, context), status=status)
        self._points.clear()
        self._drags = self._freehand = False
        return self.finish(self.shape_of(points, context), context)

    def _result(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        return ToolResult(self._shown(event, context))

    def _shown(self, event: PointerEvent | None, context: ToolContext) -> Preview:
        """Return points, lines, and where the next one would go."""
        preview = self.resting(context)
        points = tuple(self._points)
        if not points:
            return preview
        lines = [Line(points)]
        closes = event is not None and self.ends_at(event)
        if event is not None and not self._drags:
            place = points[0] if closes else self.placed(event, context)
            lines.append(Line((points[-1], place), dashed=True))
        handles = [Handle(point) for point in points]
        if closes:
            handles[0] = Handle(points[0], HandleKind.FIRST, hovered=True)
        return replace(preview, lines=tuple(lines), handles=tuple(handles))


class PolygonTool(PointsTool):
    """Draws polygons; a click on the first point closes."""

    id = "polygon"
    fewest = 3

    def ends_at(self, event: PointerEvent) -> bool:
        """Tell whether the first point is hit, and there are enough of them."""
        near = bool(self._points) and (
            distance(self._points[0], event.point) <= GRIP * event.pixel
        )
        return near and len(self._points) >= self.fewest

    def shape_of(self, points: Ring, context: ToolContext) -> Shape:
        """Return the polygon."""
        return Polygon(class_index=context.selected_class, rings=(points,))


class PolylineTool(PointsTool):
    """Draws lines with a width; a click on the last point ends."""

    id = "polyline"

    def ends_at(self, event: PointerEvent) -> bool:
        """Tell whether the last point is hit again."""
        near = bool(self._points) and (
            distance(self._points[-1], event.point) <= GRIP / 2 * event.pixel
        )
        return near and not self._drags and len(self._points) >= self.fewest

    def shape_of(self, points: Ring, context: ToolContext) -> Shape:
        """Return the line."""
        return Polyline(
            class_index=context.selected_class,
            points=points,
            width=context.options.line_width,
        )
