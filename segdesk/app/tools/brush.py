"""Brush and eraser."""

from dataclasses import dataclass, field, replace
from weakref import ReferenceType, ref

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.catalog import INFO
from segdesk.app.tools.options import BrushShape
from segdesk.app.tools.plain import BIG_PX, Paint, PlainTool, blocked_sentence, paint_of
from segdesk.app.tools.pointer import Button, Mod, PointerEvent
from segdesk.app.tools.preview import Cursor, CursorKind, Line, Preview
from segdesk.core.brush import Brush, Stroke
from segdesk.core.document import AnnotationDocument
from segdesk.core.fill import comes_round
from segdesk.core.flood import Patch, holes, trimmed
from segdesk.core.geometry import Rect
from segdesk.core.history import Step
from segdesk.core.language import tr
from segdesk.core.shapes import Point

_MOST_UNPACKED = 48  # tiles that are packed at once when the pen is lifted


@dataclass(slots=True, eq=False)
class _Open:
    """A stroke under the pen."""

    stroke: Stroke
    paint: Paint
    document: AnnotationDocument
    size: float
    way: list[Point] = field(default_factory=list)


class BrushTool(PlainTool):
    """Paints the selected class; right button and Alt erase.

    Shift+press draws a straight line from where the last stroke ended.
    """

    id = "brush"
    erases = False

    def __init__(self) -> None:
        super().__init__()
        self._open: _Open | None = None
        self._last_end: tuple[ReferenceType[AnnotationDocument], Point] | None = None

    @property
    def is_open(self) -> bool:
        """The pen is down, or a worker does something for its stroke."""
        return self._open is not None

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Begin a stroke."""
        ended = self.leave(context)  # one whose filling is not ready yet
        paint = paint_of(context, erases=self.erases or event.erases)
        if event.button not in (Button.LEFT, Button.RIGHT):
            return replace(ended, preview=self._shown(event, context), consumed=False)
        if paint.blocked:
            status = blocked_sentence(context, paint.value)
            return replace(ended, preview=self._shown(event, context), status=status)
        options = context.options
        keep_mask = options.fill_closed and not self.erases
        stroke = Stroke(
            context.document.labels, paint.value, paint.allowed, keep_mask=keep_mask
        )
        self._open = _Open(stroke, paint, context.document, options.brush_size)
        start = self._line_start(event, context)
        dirty = ended.dirty
        if start is not None:
            dirty += self._draw(
                self._open, replace(event, x=start.x, y=start.y), context
            )
        dirty += self._draw(self._open, event, context)
        return replace(ended, preview=self._shown(event, context), dirty=dirty)

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Paint on."""
        if self._open is None or self.is_waiting:
            return self.hover(event, context)
        dirty = self._draw(self._open, event, context)
        return ToolResult(self._shown(event, context), dirty)

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """End the stroke."""
        if self._open is None or self.is_waiting:
            return self.hover(event, context)
        stroke = self._open.stroke
        dirty: tuple[Rect, ...] = ()
        if event.point != stroke.last_place:
            dirty = self._draw(self._open, event, context)
        self._last_end = (ref(context.document), event.point)
        result = self._fill_closed(self._open, context)
        shown = self._shown(event, context)
        return replace(result, preview=shown, dirty=dirty + result.dirty)

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Show the brush, and with Shift the line that a press would draw."""
        return ToolResult(self._shown(event, context))

    def abort(self, context: ToolContext) -> ToolResult:
        """Take the stroke back."""
        result = super().abort(context)
        if self._open is None:
            return result
        dirty = self._open.stroke.rollback()
        self._open = None
        return replace(result, dirty=(dirty,))

    def leave(self, context: ToolContext) -> ToolResult:
        """Keep the stroke as it is."""
        self.forget_work()
        if self._open is None:
            return ToolResult(self.resting(context))
        return self._commit(self._open, context)

    def deliver(self, token: int, value: object, context: ToolContext) -> ToolResult:
        """End the stroke, with what it encloses if that was looked for."""
        if token != self._token or self._open is None:
            return ToolResult(self.resting(context))
        fits = self.answered(token, context)
        patch = value if fits and isinstance(value, Patch) else None
        return self._commit(self._open, context, patch)

    def fail(self, token: int, why: str, context: ToolContext) -> ToolResult:
        """Keep the stroke without what it encloses."""
        if token != self._token:
            return ToolResult(self.resting(context))
        return replace(self.leave(context), status=why)

    def spare(self, budget_s: float) -> bool:
        """Pack what the pen has left, so that lifting it takes no time."""
        if self._open is None or self.is_waiting:
            return False
        return self._open.stroke.spare(budget_s)

    def resting(self, context: ToolContext) -> Preview:
        """Return the brush without the pen."""
        return Preview(cursor=self._cursor(context, erases=self.erases))

    def _draw(
        self, open_: _Open, event: PointerEvent, context: ToolContext
    ) -> tuple[Rect, ...]:
        options = context.options
        brush = Brush(open_.size, options.brush_shape is BrushShape.SQUARE)
        if options.pressure_sizes and event.pressure < 1:
            brush = brush.pressed(event.pressure)
        open_.way.append(event.point)
        return open_.stroke.to(event.point, brush)

    def _line_start(self, event: PointerEvent, context: ToolContext) -> Point | None:
        """Return where a line of Shift begins; None: there is none."""
        if Mod.SHIFT not in event.modifiers or self._last_end is None:
            return None
        document, place = self._last_end
        return place if document() is context.document else None

    def _fill_closed(self, open_: _Open, context: ToolContext) -> ToolResult:
        """End a stroke; first fill what it encloses, if that is wanted."""
        wanted = context.options.fill_closed and not open_.paint.erases
        if not wanted or not comes_round(open_.way, open_.size):
            return self._keep(open_, context)
        stroke = open_.stroke
        rect = stroke.rect

        def enclosed() -> Patch:
            return trimmed(holes(stroke.mask(rect)), rect)

        if rect.area > BIG_PX:
            return self.ask(tr("Filling the stroke"), enclosed, context)
        return self._commit(open_, context, enclosed())

    def _keep(self, open_: _Open, context: ToolContext) -> ToolResult:
        """End a stroke; what is left to pack of a large one is a worker's."""
        if open_.stroke.unpacked <= _MOST_UNPACKED:
            return self._commit(open_, context)
        return self.ask(tr("Keeping the stroke"), open_.stroke.finish, context)

    def _commit(
        self, open_: _Open, context: ToolContext, filled: Patch | None = None
    ) -> ToolResult:
        self._open = None
        result = ToolResult(self.resting(context))
        if filled is not None and filled.rect.area:
            dirty = open_.stroke.paint_mask(filled.mask, filled.rect)
            result = replace(result, dirty=(dirty,))
        edit = open_.stroke.finish()
        if edit is None:
            return result
        info = INFO["eraser" if open_.paint.erases else "brush"]
        step = Step(info.title, info.icon, open_.paint.value, (edit,))
        change = open_.document.record(step)
        # The stroke is on screen already.
        return result.with_change(replace(change, dirty=()))

    def _shown(self, event: PointerEvent, context: ToolContext) -> Preview:
        open_ = self._open
        erases = open_.paint.erases if open_ else self.erases or event.erases
        cursor = self._cursor(context, erases=erases)
        start = None if open_ else self._line_start(event, context)
        if start is None:
            return Preview(cursor=cursor)
        return Preview((Line((start, event.point), dashed=True),), cursor=cursor)

    def _cursor(self, context: ToolContext, *, erases: bool) -> Cursor:
        paint = paint_of(context, erases=erases)
        kind = CursorKind.ERASE if erases else CursorKind.BRUSH
        if paint.blocked:
            kind = CursorKind.LOCKED
        options = context.options
        size = float(Brush(options.brush_size).pixels)
        square = options.brush_shape is BrushShape.SQUARE
        return Cursor(kind, size, square, paint.value)


class EraserTool(BrushTool):
    """Paints what has no label: the background, or 255."""

    id = "eraser"
    erases = True
