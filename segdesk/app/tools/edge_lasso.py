"""A lasso whose line follows the edges of the picture."""

from dataclasses import replace

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.drawing import DrawingTool
from segdesk.app.tools.options import Combine
from segdesk.app.tools.plain import paint_of
from segdesk.app.tools.pointer import Button, Key, Mod, PointerEvent
from segdesk.app.tools.points import GRIP
from segdesk.app.tools.preview import (
    Cursor,
    CursorKind,
    Handle,
    HandleKind,
    Line,
    Preview,
)
from segdesk.app.tools.snap import distance
from segdesk.core.language import tr
from segdesk.core.scissors import EdgeWays, ways_from
from segdesk.core.shapes import Point, Polygon, Ring


class EdgeLassoTool(DrawingTool):
    """Draws a polygon that snaps to edges between clicks.

    Shift draws straight. The right button, Backspace and Undo take the last click
    back; Enter, a double click and the first point close; Escape drops. Until the ways
    from a click are found, lines are straight.
    """

    id = "edge_lasso"

    def __init__(self) -> None:
        super().__init__()
        self._first: Point | None = None
        self._parts: list[Ring] = []  # each ends at a click
        self._ways: EdgeWays | None = None

    @property
    def is_open(self) -> bool:
        """The first point is placed."""
        return self._first is not None

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Place a point, take the last one back, or close."""
        if event.button is Button.RIGHT and self.is_open:
            return self._take_back(event, context)
        if event.button is not Button.LEFT:
            return replace(self.hover(event, context), consumed=False)
        if self._first is None:
            if self.is_waiting:
                return self.hover(event, context)
            self._first = self.placed(event, context)
            return self._look_from(self._first, event, context)
        if event.clicks > 1 or self._hits_first(event):
            return self._close(context)
        part = self._way_to(event, context)
        self._parts.append(part)
        return self._look_from(part[-1], event, context)

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Show the line to the cursor."""
        return ToolResult(self._shown(event, context))

    def key(self, key: Key, modifiers: Mod, context: ToolContext) -> ToolResult:
        """Close on Enter, take back on Backspace and Undo, drop on Escape."""
        if self.is_open and key is Key.ENTER:
            return self._close(context)
        if self.is_open and key in (Key.BACKSPACE, Key.UNDO):
            return self._take_back(None, context)
        return super().key(key, modifiers, context)

    def abort(self, context: ToolContext) -> ToolResult:
        """Drop the line."""
        self._first = self._ways = None
        self._parts.clear()
        return super().abort(context)

    def deliver(self, token: int, value: object, context: ToolContext) -> ToolResult:
        """Follow edges from now on, or take the polygon that was planned."""
        if not isinstance(value, EdgeWays):
            return super().deliver(token, value, context)
        if token == self._token and self._first is not None:
            self.forget_work()
            self._ways = value
        return ToolResult(self._shown(None, context))

    def fail(self, token: int, why: str, context: ToolContext) -> ToolResult:
        """Say why; lines stay straight."""
        shown = super().fail(token, why, context)
        return replace(shown, preview=self._shown(None, context))

    def resting(self, context: ToolContext) -> Preview:
        """Return a cross with a magnet, or with a minus while it cuts."""
        cuts = context.options.combine is Combine.SUBTRACT
        kind = CursorKind.CUT if cuts else CursorKind.EDGE
        if paint_of(context).blocked:
            kind = CursorKind.LOCKED
        return Preview(cursor=Cursor(kind, class_index=context.selected_class))

    @property
    def _last(self) -> Point | None:
        return self._parts[-1][-1] if self._parts else self._first

    def _look_from(
        self, anchor: Point, event: PointerEvent | None, context: ToolContext
    ) -> ToolResult:
        """Have the ways from a click found."""
        image = context.image
        scale = event.pixel if event else self._ways.scale if self._ways else 1.0
        self._ways = None
        result = self.ask(
            tr("Following edges"), lambda: ways_from(image, anchor, scale), context
        )
        return replace(result, preview=self._shown(event, context))

    def _way_to(self, event: PointerEvent, context: ToolContext) -> Ring:
        """Return the line from the last click to the cursor."""
        place = self.placed(event, context)
        if Mod.SHIFT in event.modifiers:
            return (place,)
        return self._ways.to(place) if self._ways else (place,)

    def _hits_first(self, event: PointerEvent) -> bool:
        near = self._first is not None and (
            distance(self._first, event.point) <= GRIP * event.pixel
        )
        return near and len(self._points()) > 2

    def _take_back(
        self, event: PointerEvent | None, context: ToolContext
    ) -> ToolResult:
        if not self._parts:
            return self.abort(context)
        self._parts.pop()
        last = self._last
        if last is None:
            return self.abort(context)
        return self._look_from(last, event, context)

    def _close(self, context: ToolContext) -> ToolResult:
        if self._first is None or not self._parts:
            status = tr("Click at least once more along the edge.")
            return ToolResult(self._shown(None, context), status=status)
        back = self._ways.to(self._first)[:-1] if self._ways else ()
        points = (*self._points(), *back)
        if len(points) < 3:
            status = tr("Click at least once more along the edge.")
            return ToolResult(self._shown(None, context), status=status)
        self._first = self._ways = None
        self._parts.clear()
        self.forget_work()
        shape = Polygon(class_index=context.selected_class, rings=(points,))
        return self.finish(shape, context)

    def _points(self) -> Ring:
        first = () if self._first is None else (self._first,)
        return (*first, *(point for part in self._parts for point in part))

    def _shown(self, event: PointerEvent | None, context: ToolContext) -> Preview:
        preview = self.resting(context)
        points = self._points()
        if not points:
            return preview
        closes = event is not None and self._hits_first(event)
        lines = [Line(points)]
        if event is not None:
            way = self._way_to(event, context)
            lines.append(Line((points[-1], *way), dashed=True))
        clicks = [points[0], *(part[-1] for part in self._parts)]
        handles = [Handle(point) for point in clicks]
        if closes:
            handles[0] = Handle(points[0], HandleKind.FIRST, hovered=True)
        return replace(preview, lines=tuple(lines), handles=tuple(handles))
