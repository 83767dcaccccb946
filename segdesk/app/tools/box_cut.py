"""Cutting a thing out of a box, corrected with strokes."""

from dataclasses import dataclass, field, replace

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.plain import Paint, PlainTool, blocked_sentence, paint_of
from segdesk.app.tools.pointer import Button, Key, Mod, PointerEvent
from segdesk.app.tools.preview import Cursor, CursorKind, Line, MaskPreview, Preview
from segdesk.core.brush import Brush
from segdesk.core.cutout import Hint, check_box, cut_out
from segdesk.core.errors import InputError
from segdesk.core.fill import fill_patch
from segdesk.core.flood import NOTHING, Patch
from segdesk.core.geometry import Rect
from segdesk.core.history import Step
from segdesk.core.language import tr
from segdesk.core.shapes import Point, Ring

_KEEP = tr("Enter paints it. Mark what is missing, right button what is too much.")
_NOTHING = tr("Nothing was found in the box. Mark part of the thing with a stroke.")


@dataclass(slots=True, eq=False)
class _Cut:
    """A box, the strokes over it, and what was found so far."""

    paint: Paint
    box: Rect
    hints: list[Hint] = field(default_factory=list)
    found: Patch = NOTHING


class BoxCutTool(PlainTool):
    """Finds the thing in a box; strokes correct it, Enter paints it.

    Left strokes mark the thing, right strokes and Alt what is not part of it. A new
    box paints the thing in the old one. Escape drops.
    """

    id = "box_cut"

    def __init__(self) -> None:
        super().__init__()
        self._cut: _Cut | None = None
        self._corner: Point | None = None
        self._paint: Paint | None = None
        self._stroke: list[Point] = []
        self._inside = True

    @property
    def is_open(self) -> bool:
        """A box is drawn."""
        return self._cut is not None or self._corner is not None

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Begin a box, or a stroke over what was found."""
        if event.button not in (Button.LEFT, Button.RIGHT):
            return replace(self.hover(event, context), consumed=False)
        if self._cut is not None and self._cut.box.holds(*event.point):
            if event.clicks > 1 and event.button is Button.LEFT:
                return self._paint_found(context)
            self._stroke, self._inside = [event.point], not event.erases
            return ToolResult(self._shown(event, context))
        return self._begin(event, context)

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Draw the box or the stroke on."""
        if self._stroke:
            self._stroke.append(event.point)
        return ToolResult(self._shown(event, context))

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Cut out what is in the box, or again after a stroke."""
        corner, self._corner = self._corner, None
        if corner is not None:
            return self._cut_new(corner, event.point, context)
        if self._cut is None or not self._stroke:
            return self.hover(event, context)
        points, self._stroke = tuple(self._stroke), []
        if len(points) > 1 or points[0] != event.point:
            points = (*points, event.point)
        hint = Hint(points, _width(context), self._inside)
        self._cut.hints.append(hint)
        return self._search(self._cut, context)

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Show the cursor for a box or for a stroke."""
        return ToolResult(self._shown(event, context))

    def key(self, key: Key, modifiers: Mod, context: ToolContext) -> ToolResult:
        """Paint on Enter, take the last stroke back on Backspace and Undo."""
        cut = self._cut
        if cut is None:
            return super().key(key, modifiers, context)
        if key is Key.ENTER:
            return self._paint_found(context)
        if key in (Key.BACKSPACE, Key.UNDO) and cut.hints:
            cut.hints.pop()
            return self._search(cut, context)
        return super().key(key, modifiers, context)

    def abort(self, context: ToolContext) -> ToolResult:
        """Drop the box and what was found."""
        self._cut = self._corner = None
        self._stroke = []
        return super().abort(context)

    def deliver(self, token: int, value: object, context: ToolContext) -> ToolResult:
        """Show what was found, or take the step that was planned."""
        if not isinstance(value, Patch):
            return super().deliver(token, value, context)
        if token != self._token or self._cut is None:
            return ToolResult(self._shown(None, context))
        self.forget_work()
        self._cut.found = value
        status = _KEEP if value.rect.area else _NOTHING
        return ToolResult(self._shown(None, context), status=status)

    def fail(self, token: int, why: str, context: ToolContext) -> ToolResult:
        """Say why; the box and its strokes stay."""
        return replace(
            super().fail(token, why, context), preview=self._shown(None, context)
        )

    def resting(self, context: ToolContext) -> Preview:
        """Return a cross with a gap."""
        kind = self._busy(CursorKind.CROSS)
        if paint_of(context).blocked:
            kind = CursorKind.LOCKED
        return Preview(cursor=Cursor(kind, class_index=context.selected_class))

    def _begin(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Paint what was found so far, and begin another box."""
        painted = ToolResult(self.resting(context))
        if self._cut is not None and self._cut.found.rect.area:
            painted = self._paint_found(context)
        self._cut = None
        if painted.work:  # a large thing is being painted
            return painted
        paint = paint_of(context, erases=event.erases)
        if paint.blocked:
            return replace(painted, status=blocked_sentence(context, paint.value))
        self._corner, self._paint = event.point, paint
        return replace(painted, preview=self._shown(event, context))

    def _cut_new(self, a: Point, b: Point, context: ToolContext) -> ToolResult:
        box = Rect.between(min(a.x, b.x), min(a.y, b.y), max(a.x, b.x), max(a.y, b.y))
        try:
            box = check_box(box, context.document.size)
        except InputError as error:
            return ToolResult(self.resting(context), status=str(error))
        self._cut = _Cut(self._paint or paint_of(context), box)
        return self._search(self._cut, context)

    def _search(self, cut: _Cut, context: ToolContext) -> ToolResult:
        image, box, hints = context.image, cut.box, tuple(cut.hints)
        result = self.ask(
            tr("Cutting out"), lambda: cut_out(image, box, hints), context
        )
        return replace(result, preview=self._shown(None, context))

    def _paint_found(self, context: ToolContext) -> ToolResult:
        cut, self._cut = self._cut, None
        self.forget_work()
        if cut is None or not cut.found.rect.area:
            self._cut = cut
            return ToolResult(self._shown(None, context), status=_NOTHING)
        labels, found, paint = context.document.labels, cut.found, cut.paint

        def run() -> Step | None:
            edit = fill_patch(labels, found, paint.value, paint.allowed)
            if edit is None:
                return None
            return Step(tr("Box cut"), "selection-foreground", paint.value, (edit,))

        return self.plan(tr("Box cut"), found.rect, run, context)

    def _shown(self, event: PointerEvent | None, context: ToolContext) -> Preview:
        preview = self.resting(context)
        if self._corner is not None and event is not None:
            box = _outline(self._corner, event.point)
            return replace(preview, lines=(Line(box, closed=True),))
        cut = self._cut
        if cut is None:
            return preview
        corners = Point(cut.box.x, cut.box.y), Point(cut.box.right, cut.box.bottom)
        lines = [Line(_outline(*corners), closed=True, dashed=True)]
        if self._stroke:
            lines.append(Line(tuple(self._stroke)))
        mask = MaskPreview(cut.found.rect, cut.found.mask, cut.paint.value)
        cursor = preview.cursor
        if event is not None and cut.box.holds(*event.point) and not self.is_waiting:
            inside = self._inside if self._stroke else not event.erases
            kind = CursorKind.POINT_ADD if inside else CursorKind.POINT_REMOVE
            cursor = Cursor(kind, _width(context), False, cut.paint.value)
        return Preview(tuple(lines), mask=mask, cursor=cursor)


def _width(context: ToolContext) -> float:
    return float(Brush(context.options.brush_size).pixels)


def _outline(a: Point, b: Point) -> Ring:
    return (a, Point(b.x, a.y), b, Point(a.x, b.y))
