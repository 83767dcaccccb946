"""The scribble tool: strokes that a classifier learns from; no label is painted."""

from dataclasses import replace

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.ink import Ink, InkPhase
from segdesk.app.tools.plain import PlainTool
from segdesk.app.tools.pointer import Button, PointerEvent
from segdesk.app.tools.preview import Cursor, CursorKind, Preview
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.language import tr

_ERASER_FACTOR = 3.0  # an eraser as thin as a scribble would miss it


class ScribbleTool(PlainTool):
    """Draws scribbles of the selected class; right button and Alt erase them."""

    id = "scribble"

    def __init__(self) -> None:
        super().__init__()
        self._open: Ink | None = None

    @property
    def is_open(self) -> bool:
        """The pen is down."""
        return self._open is not None

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Begin a scribble, or to erase."""
        if event.button not in (Button.LEFT, Button.RIGHT):
            return replace(self.hover(event, context), consumed=False)
        if not event.erases and context.selected_class == IGNORE_INDEX:
            status = tr("Ignore is no class to scribble. Select a class.")
            return replace(self.hover(event, context), status=status)
        width = _width(context, erases=event.erases)
        index = None if event.erases else context.selected_class
        self._open = Ink(InkPhase.BEGIN, (event.point,), index, width)
        return replace(self.hover(event, context), ink=self._open)

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Scribble on."""
        return self._go_on(event, context, InkPhase.ON)

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """End the scribble."""
        return self._go_on(event, context, InkPhase.END)

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Show how wide the pen is."""
        open_ = self._open
        erases = event.erases if open_ is None else open_.class_index is None
        return ToolResult(_shown(context, erases=erases))

    def abort(self, context: ToolContext) -> ToolResult:
        """Take the scribble back."""
        return self._end(context, InkPhase.DROP)

    def leave(self, context: ToolContext) -> ToolResult:
        """Keep the scribble as it is."""
        return self._end(context, InkPhase.END)

    def resting(self, context: ToolContext) -> Preview:
        """Return the pen."""
        return _shown(context, erases=False)

    def _go_on(
        self, event: PointerEvent, context: ToolContext, phase: InkPhase
    ) -> ToolResult:
        open_ = self._open
        result = self.hover(event, context)
        if open_ is None:
            return result
        if phase is InkPhase.END:
            self._open = None
        return replace(result, ink=replace(open_, phase=phase, points=(event.point,)))

    def _end(self, context: ToolContext, phase: InkPhase) -> ToolResult:
        open_, self._open = self._open, None
        result = ToolResult(self.resting(context))
        if open_ is None:
            return result
        return replace(result, ink=replace(open_, phase=phase, points=()))


def _width(context: ToolContext, *, erases: bool) -> float:
    size = context.options.scribble_size
    return size * _ERASER_FACTOR if erases else size


def _shown(context: ToolContext, *, erases: bool) -> Preview:
    kind = CursorKind.ERASE if erases else CursorKind.BRUSH
    width = _width(context, erases=erases)
    return Preview(cursor=Cursor(kind, width, class_index=context.selected_class))
