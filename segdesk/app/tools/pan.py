"""Moving the picture."""

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.plain import PlainTool
from segdesk.app.tools.pointer import PointerEvent
from segdesk.app.tools.preview import Cursor, CursorKind, Preview
from segdesk.core.shapes import Point


class PanTool(PlainTool):
    """Keeps the place that was pressed under the cursor."""

    id = "pan"

    def __init__(self) -> None:
        super().__init__()
        self._held: Point | None = None

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Take hold of the picture."""
        self._held = event.point
        return ToolResult(self.resting(context))

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Move the picture after the hand."""
        if self._held is None:
            return self.hover(event, context)
        by = Point(event.x - self._held.x, event.y - self._held.y)
        return ToolResult(self.resting(context), pan=by)

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Let go."""
        del event
        return self.abort(context)

    def abort(self, context: ToolContext) -> ToolResult:
        """Let go."""
        self._held = None
        return super().abort(context)

    def resting(self, context: ToolContext) -> Preview:
        """Return the open or the closed hand."""
        del context
        held = self._held is not None
        return Preview(cursor=Cursor(CursorKind.PANNING if held else CursorKind.PAN))
