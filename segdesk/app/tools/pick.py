"""Picking the class under the cursor."""

from dataclasses import replace

from segdesk.app.tools.base import Tool, ToolContext, ToolResult
from segdesk.app.tools.plain import PlainTool
from segdesk.app.tools.pointer import Button, Key, Mod, PointerEvent
from segdesk.app.tools.preview import Cursor, CursorKind, Preview


class PickTool(PlainTool):
    """Selects the class under the cursor."""

    id = "pick"

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Pick."""
        if event.button is not Button.LEFT:
            return replace(self.hover(event, context), consumed=False)
        return self.move(event, context)

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Pick on, with the button down."""
        picked = context.document.label_at(*event.point)
        return replace(self.hover(event, context), picked=picked)

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Keep what was picked."""
        return self.hover(event, context)

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Name the class under the cursor."""
        label = context.document.label_at(*event.point)
        tag = "" if label is None else context.name_of(label)
        return ToolResult(
            Preview(cursor=Cursor(CursorKind.PICK, 0, False, label), tag=tag)
        )

    def resting(self, context: ToolContext) -> Preview:
        """Return the pipette."""
        del context
        return Preview(cursor=Cursor(CursorKind.PICK))


class WithPicker:
    """Another tool that becomes the picker while Ctrl is held.

    Parameters
    ----------
    tool
        The tool without Ctrl; it has no meaning of its own for that key.
    """

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        self._picker = PickTool()
        self._picks = False

    @property
    def id(self) -> str:
        """Name in the tool box."""
        return self.tool.id

    @property
    def is_open(self) -> bool:
        """Something is half drawn."""
        return self.tool.is_open

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Pick with Ctrl, else begin the tool's own deed."""
        active = self._active(event)
        self._picks = active is self._picker
        return active.press(event, context)

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Go on with what the press began."""
        return (self._picker if self._picks else self.tool).move(event, context)

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """End what the press began."""
        picked, self._picks = self._picks, False
        return (self._picker if picked else self.tool).release(event, context)

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Show what a press would do."""
        return self._active(event).hover(event, context)

    def key(self, key: Key, modifiers: Mod, context: ToolContext) -> ToolResult:
        """Hand the key on."""
        return self.tool.key(key, modifiers, context)

    def abort(self, context: ToolContext) -> ToolResult:
        """Drop what is half done."""
        self._picks = False
        return self.tool.abort(context)

    def leave(self, context: ToolContext) -> ToolResult:
        """End well."""
        self._picks = False
        return self.tool.leave(context)

    def deliver(self, token: int, value: object, context: ToolContext) -> ToolResult:
        """Hand the result on."""
        return self.tool.deliver(token, value, context)

    def fail(self, token: int, why: str, context: ToolContext) -> ToolResult:
        """Hand the sentence on."""
        return self.tool.fail(token, why, context)

    def spare(self, budget_s: float) -> bool:
        """Hand the moment on."""
        return self.tool.spare(budget_s)

    def _active(self, event: PointerEvent) -> Tool:
        ctrl = Mod.CTRL in event.modifiers and not self.tool.is_open
        return self._picker if ctrl and event.button is not Button.RIGHT else self.tool
