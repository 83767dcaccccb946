"""The prompt tool: a model finds the thing that points and a box mean."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.plain import Paint, PlainTool, blocked_sentence, paint_of
from segdesk.app.tools.pointer import Button, Key, Mod, PointerEvent
from segdesk.app.tools.preview import (
    Cursor,
    CursorKind,
    Handle,
    HandleKind,
    Line,
    MaskPreview,
    Preview,
)
from segdesk.core.fill import fill_patch
from segdesk.core.flood import NOTHING, Patch
from segdesk.core.geometry import Rect
from segdesk.core.history import Step
from segdesk.core.language import tr
from segdesk.core.shapes import Point, Ring

_DRAG_PX = 4.0  # of the screen, from where a click is a box
_KEEP = tr("Enter paints it. Click what is missing, right button what is too much.")
_NOTHING = tr("The model finds nothing there. Click on the thing, or drag a box.")

Prompt = tuple[float, float, bool]


class PromptSource(Protocol):
    """The model behind the tool, as the application has it."""

    def why_not(self) -> str | None:
        """Return why nothing can be asked at all; None: there is a model."""

    def is_ready(self) -> bool:
        """Tell whether the open image is encoded, so that answers come at once."""

    def wanted(self) -> None:
        """Take note that the user wants to prompt."""

    def finder(
        self, points: tuple[Prompt, ...], box: Rect | None
    ) -> Callable[[], Patch]:
        """Return what asks the model, to be called on a worker."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was said of a thing."""

    points: tuple[Prompt, ...] = ()
    box: Rect | None = None

    def without_last(self) -> "_Asked":
        """Return it without the last point, then without the box."""
        return _Asked(self.points[:-1], self.box) if self.points else _Asked()

    def __bool__(self) -> bool:
        return bool(self.points) or self.box is not None


class PromptTool(PlainTool):
    """Left click: on the thing. Right click or Alt: not on it. Drag: a box round it.

    What the model finds is shown until Enter or a double click paints it into the
    selected class. Backspace and Undo take the last prompt back, Escape drops all.

    Attributes
    ----------
    source
        The model; None: there is none here.
    """

    id = "prompt"

    def __init__(self) -> None:
        super().__init__()
        self.source: PromptSource | None = None
        self._said = _Asked()
        self._paint: Paint | None = None
        self._found: Patch = NOTHING
        self._mask: MaskPreview | None = None  # of it; the same as long as it is
        self._press: PointerEvent | None = None
        self._to: Point | None = None

    @property
    def is_open(self) -> bool:
        """Something was said of a thing."""
        return bool(self._said) or self._press is not None

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Begin a point or a box."""
        if event.button not in (Button.LEFT, Button.RIGHT):
            return replace(self.hover(event, context), consumed=False)
        if event.clicks > 1 and event.button is Button.LEFT and self._found.rect.area:
            return self._paint_found(context)
        source = self.source
        if source is None or source.why_not() is not None:
            if source is not None:
                source.wanted()
            why = source.why_not() if source else None
            return ToolResult(self._shown(event, context), status=why or "")
        paint = self._paint or paint_of(context)
        if paint.blocked:
            status = blocked_sentence(context, paint.value)
            return ToolResult(self._shown(event, context), status=status)
        self._paint, self._press, self._to = paint, event, None
        return ToolResult(self._shown(event, context))

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Draw the box."""
        begun = self._press
        if begun is not None and begun.button is Button.LEFT:
            far = max(abs(event.x - begun.x), abs(event.y - begun.y))
            if self._to is not None or far > _DRAG_PX * begun.pixel:
                self._to = event.point
        return ToolResult(self._shown(event, context))

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Say it to the model."""
        begun, self._press = self._press, None
        to, self._to = self._to, None
        if begun is None:
            return self.hover(event, context)
        if to is not None:
            box = _box(begun.point, to).within(context.document.size)
            if box.area:
                self._said = replace(self._said, box=box)
        elif context.document.label_at(*begun.point) is not None:
            point = (begun.x, begun.y, not begun.erases)
            self._said = replace(self._said, points=(*self._said.points, point))
        return self.search(context)

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Show what a click would say."""
        return ToolResult(self._shown(event, context))

    def key(self, key: Key, modifiers: Mod, context: ToolContext) -> ToolResult:
        """Paint on Enter, take the last prompt back on Backspace and Undo."""
        if not self._said:
            return super().key(key, modifiers, context)
        if key is Key.ENTER:
            return self._paint_found(context)
        if key in (Key.BACKSPACE, Key.UNDO):
            self._said = self._said.without_last()
            return self.search(context)
        return super().key(key, modifiers, context)

    def abort(self, context: ToolContext) -> ToolResult:
        """Drop what was said and found."""
        self._forget()
        return super().abort(context)

    def deliver(self, token: int, value: object, context: ToolContext) -> ToolResult:
        """Show what was found, or take the step that was planned."""
        if not isinstance(value, Patch):
            return super().deliver(token, value, context)
        if token != self._token or not self._said:
            return ToolResult(self._shown(None, context))
        self.forget_work()
        self._found = value
        self._mask = None
        if value.rect.area and self._paint is not None:
            self._mask = MaskPreview(value.rect, value.mask, self._paint.value)
        status = _KEEP if value.rect.area else _NOTHING
        return ToolResult(self._shown(None, context), status=status)

    def fail(self, token: int, why: str, context: ToolContext) -> ToolResult:
        """Say why; what was said stays."""
        result = super().fail(token, why, context)
        return replace(result, preview=self._shown(None, context))

    def resting(self, context: ToolContext) -> Preview:
        """Return a cross for a point on the thing."""
        kind = self._busy(CursorKind.POINT_ADD)
        if paint_of(context).blocked:
            kind = CursorKind.LOCKED
        return Preview(cursor=Cursor(kind, class_index=context.selected_class))

    def search(self, context: ToolContext) -> ToolResult:
        """Ask the model again, once it has seen the image."""
        source = self.source
        if source is None or not self._said:
            self._forget()
            return ToolResult(self._shown(None, context))
        source.wanted()
        if not source.is_ready():
            self.forget_work()
            status = tr("The model looks at the image. The answer comes by itself.")
            return ToolResult(self._shown(None, context), status=status)
        find = source.finder(self._said.points, self._said.box)
        result = self.ask(tr("Looking for it"), find, context)
        return replace(result, preview=self._shown(None, context))

    # ------------------------------------------------------------ painting

    def _paint_found(self, context: ToolContext) -> ToolResult:
        found, paint = self._found, self._paint or paint_of(context)
        if not found.rect.area:
            return ToolResult(self._shown(None, context), status=_NOTHING)
        self._forget()
        self.forget_work()
        labels = context.document.labels

        def run() -> Step | None:
            edit = fill_patch(labels, found, paint.value, paint.allowed)
            if edit is None:
                return None
            return Step(tr("Prompt"), "sparkle", paint.value, (edit,))

        return self.plan(tr("Prompt"), found.rect, run, context)

    def _forget(self) -> None:
        self._said, self._found, self._paint = _Asked(), NOTHING, None
        self._mask = None
        self._press = self._to = None

    def _shown(self, event: PointerEvent | None, context: ToolContext) -> Preview:
        preview = self.resting(context)
        cursor, begun = preview.cursor, self._press
        meant = begun or event
        erases = meant is not None and meant.erases
        if erases and cursor.kind is CursorKind.POINT_ADD:
            cursor = replace(cursor, kind=CursorKind.POINT_REMOVE)
        lines: list[Line] = []
        if self._said.box is not None:
            box = self._said.box
            corners = Point(box.x, box.y), Point(box.right, box.bottom)
            lines.append(Line(_outline(*corners), closed=True, dashed=True))
        if begun is not None and self._to is not None:
            lines.append(Line(_outline(begun.point, self._to), closed=True))
        handles = tuple(
            Handle(Point(x, y), HandleKind.PLUS if on else HandleKind.MINUS)
            for x, y, on in self._said.points
        )
        return Preview(tuple(lines), handles, self._mask, cursor)


def _box(a: Point, b: Point) -> Rect:
    return Rect.between(min(a.x, b.x), min(a.y, b.y), max(a.x, b.x), max(a.y, b.y))


def _outline(a: Point, b: Point) -> Ring:
    return (a, Point(b.x, a.y), b, Point(a.x, b.y))
