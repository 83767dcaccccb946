"""Editing shapes: moving them and their vertices."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.plain import PlainTool, blocked_sentence, is_locked, planner
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
from segdesk.app.tools.shape_hits import Hit, find_hit
from segdesk.app.tools.snap import snapped
from segdesk.core.history import ShapeEdit, Step
from segdesk.core.language import tr
from segdesk.core.shape_edits import Edits
from segdesk.core.shape_order import plan_reorder
from segdesk.core.shapes import Point, Polygon, Polyline, Shape, bounds

_ARROWS = {
    Key.LEFT: Point(-1, 0),
    Key.RIGHT: Point(1, 0),
    Key.UP: Point(0, -1),
    Key.DOWN: Point(0, 1),
}
_FAR = 10  # pixels of an arrow with Shift


@dataclass(slots=True)
class _Drag:
    """A shape that is being changed under the pointer."""

    index: int
    before: Shape
    now: Shape
    start: Point
    handle: int | None


class EditTool(PlainTool):
    """Moves shapes and vertices.

    Dragging a vertex moves it, an edge gets a new vertex, an area moves the shape; Ctrl
    snaps. Alt+click and the right button remove a vertex; Delete removes the vertex
    under the cursor, else the chosen shape. Arrows move the chosen shape.
    """

    id = "edit"

    def __init__(self) -> None:
        super().__init__()
        self._chosen: Shape | None = None
        self._drag: _Drag | None = None
        self._under: Hit | None = None
        self._goes_to: int | None = None  # place of the chosen shape after the step
        self._hidden: dict[int, Shape] = {}  # by id, so that no id is given twice

    @property
    def chosen_shape(self) -> Shape | None:
        """The chosen shape."""
        return self._chosen

    @property
    def is_open(self) -> bool:
        """A shape is being dragged."""
        return self._drag is not None

    def chosen(self, context: ToolContext) -> int | None:
        """Return the index of the chosen shape."""
        for index, shape in enumerate(context.document.shapes):
            if shape is self._chosen:
                return index
        return None

    def choose(self, index: int | None, context: ToolContext) -> ToolResult:
        """Choose a shape, as a list of shapes does."""
        shapes = context.document.shapes
        known = index is not None and 0 <= index < len(shapes)
        self._chosen = shapes[index] if index is not None and known else None
        return ToolResult(self._shown(context))

    def remove(self, index: int, context: ToolContext) -> ToolResult:
        """Delete a shape; its pixels become what lies below."""
        shape = context.document.shapes[index]
        if is_locked(shape.class_index, context):
            return self._refused(shape.class_index, context)
        self._chosen = self._under = None
        plan = planner(context)
        return self._do(
            tr("Delete shape"), "trash", shape, lambda: plan.remove(index), context
        )

    def reclass(self, index: int, class_index: int, context: ToolContext) -> ToolResult:
        """Give a shape and its pixels another class."""
        shape = context.document.shapes[index]
        for one in (shape.class_index, class_index):
            if is_locked(one, context):
                return self._refused(one, context)
        after = replace(shape, class_index=class_index)
        return self._replace(tr("Change class"), index, after, context)

    def reorder(self, index: int, to: int, context: ToolContext) -> ToolResult:
        """Give a shape another place in the order in which shapes are painted."""
        shape = self._chosen = context.document.shapes[index]
        self._goes_to = to
        plan = planner(context)
        return self._do(
            tr("Reorder shapes"),
            "rows",
            shape,
            lambda: plan_reorder(plan, index, to),
            context,
        )

    def is_hidden(self, shape: Shape) -> bool:
        """Tell whether a shape cannot be taken hold of."""
        return id(shape) in self._hidden

    def hide(self, index: int, context: ToolContext, *, hidden: bool) -> ToolResult:
        """Leave a shape alone, or let it be taken hold of; its pixels stay."""
        shape = context.document.shapes[index]
        if hidden:
            self._hidden[id(shape)] = shape
            if shape is self._chosen:
                self._chosen = None
            self._under = None
        else:
            self._hidden.pop(id(shape), None)
        return ToolResult(self._shown(context))

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Take hold of a vertex, an edge or a shape."""
        if self.is_waiting or event.button not in (Button.LEFT, Button.RIGHT):
            return replace(self.hover(event, context), consumed=self.is_waiting)
        hit = self._find(event, context)
        if hit is None:
            self._chosen = None
            shown = ToolResult(self._shown(context))
            return replace(shown, consumed=event.button is Button.LEFT)
        shape = context.document.shapes[hit.index]
        self._chosen = shape
        if event.erases:
            return self._remove_vertex(hit, context)
        if is_locked(shape.class_index, context):
            return self._refused(shape.class_index, context)
        self._take(hit, shape, event)
        return ToolResult(self._shown(context))

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Drag what was taken hold of."""
        drag = self._drag
        if drag is None:
            return self.hover(event, context)
        place = event.point
        if Mod.CTRL in event.modifiers:
            place = snapped(context, place, event.pixel)
        if drag.handle is None:
            drag.now = drag.before.moved(place.x - drag.start.x, place.y - drag.start.y)
        else:
            drag.now = drag.now.with_handle(drag.handle, place)
        return ToolResult(self._shown(context))

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Let go, and paint the shape where it is now."""
        drag, self._drag = self._drag, None
        if drag is None:
            return self.hover(event, context)
        if drag.now == drag.before:
            return ToolResult(self._shown(context))
        title = tr("Move shape") if drag.handle is None else tr("Edit shape")
        return self._replace(title, drag.index, drag.now, context)

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Show what a press would take hold of."""
        self._under = self._find(event, context)
        return ToolResult(self._shown(context))

    def key(self, key: Key, modifiers: Mod, context: ToolContext) -> ToolResult:
        """Delete, move by arrows, let go on Escape."""
        index = self.chosen(context)
        if self.is_open or self.is_waiting or index is None:
            return super().key(key, modifiers, context)
        if key is Key.ESCAPE:
            return self.choose(None, context)
        if key in _ARROWS:
            return self._nudge(index, _ARROWS[key], modifiers, context)
        if key in (Key.DELETE, Key.BACKSPACE):
            under = self._under
            if under and under.index == index and under.handle is not None:
                return self._remove_vertex(under, context)
            return self.remove(index, context)
        return super().key(key, modifiers, context)

    def abort(self, context: ToolContext) -> ToolResult:
        """Put what is dragged back."""
        self._drag = self._goes_to = None
        super().abort(context)
        return ToolResult(self._shown(context))

    def leave(self, context: ToolContext) -> ToolResult:
        """Choose nothing."""
        self._chosen = self._under = None
        return self.abort(context)

    def finish_plan(self, step: Step | None, context: ToolContext) -> ToolResult:
        """Do a planned step; the shape it changed stays chosen."""
        index = self.chosen(context) if self._goes_to is None else self._goes_to
        self._goes_to = None
        self._hide_likewise(step)
        result = super().finish_plan(step, context)
        if index is not None:
            self.choose(index, context)
        self._under = None
        return replace(result, preview=self._shown(context))

    def _hide_likewise(self, step: Step | None) -> None:
        """Keep hidden what a step makes of hidden shapes."""
        was_hidden = False
        for edit in step.edits if step else ():
            if not isinstance(edit, ShapeEdit):
                continue
            if edit.before is not None:
                was_hidden = self.is_hidden(edit.before)
            if edit.after is not None and was_hidden:
                self._hidden[id(edit.after)] = edit.after

    def _find(self, event: PointerEvent, context: ToolContext) -> Hit | None:
        index, reach = context.document.index, GRIP * event.pixel
        chosen = self.chosen(context)
        return find_hit(index, event.point, reach, chosen, self._hidden)

    def _take(self, hit: Hit, shape: Shape, event: PointerEvent) -> None:
        now, handle = shape, hit.handle
        if hit.edge is not None and isinstance(shape, Polygon | Polyline):
            now, handle = shape.with_inserted(hit.edge, hit.place), hit.edge + 1
        self._drag = _Drag(hit.index, shape, now, event.point, handle)

    def _remove_vertex(self, hit: Hit, context: ToolContext) -> ToolResult:
        shape = context.document.shapes[hit.index]
        if is_locked(shape.class_index, context):
            return self._refused(shape.class_index, context)
        if hit.handle is None or not isinstance(shape, Polygon | Polyline):
            return ToolResult(self._shown(context))
        after = shape.without(hit.handle)
        self._under = None
        if after is None:
            return self.remove(hit.index, context)
        return self._replace(tr("Delete vertex"), hit.index, after, context)

    def _nudge(
        self, index: int, by: Point, modifiers: Mod, context: ToolContext
    ) -> ToolResult:
        shape = context.document.shapes[index]
        if is_locked(shape.class_index, context):
            return self._refused(shape.class_index, context)
        far = _FAR if Mod.SHIFT in modifiers else 1
        after = shape.moved(by.x * far, by.y * far)
        return self._replace(tr("Move shape"), index, after, context)

    def _replace(
        self, title: str, index: int, after: Shape, context: ToolContext
    ) -> ToolResult:
        plan = planner(context)
        return self._do(
            title, "cursor", after, lambda: plan.replace(index, after), context
        )

    def _do(
        self,
        title: str,
        icon: str,
        shape: Shape,
        plan: Callable[[], Edits],
        context: ToolContext,
    ) -> ToolResult:
        rect = bounds(shape)
        if self._chosen is not None:
            rect = rect.joined(bounds(self._chosen))
        return self.plan(
            title, rect, lambda: Step(title, icon, shape.class_index, plan()), context
        )

    def _refused(self, class_index: int, context: ToolContext) -> ToolResult:
        status = blocked_sentence(context, class_index)
        return ToolResult(self._shown(context), status=status)

    def _shown(self, context: ToolContext) -> Preview:
        shapes = context.document.shapes
        under = self._under
        shape = self._drag.now if self._drag else self._chosen
        known = under is not None and under.index < len(shapes)
        if shape is None and under is not None and known:
            shape = shapes[under.index]
        cursor = Cursor(self._busy(_cursor_kind(self._drag, under)))
        if shape is None:
            return Preview(cursor=cursor)
        closed = not isinstance(shape, Polyline)
        lines = tuple(Line(line, closed=closed) for line in shape.outlines())
        on = under.handle if under and not self._drag else None
        if self._drag:
            on = self._drag.handle
        handles = tuple(
            Handle(point, hovered=number == on)
            for number, point in enumerate(shape.handles)
        )
        if under and under.edge is not None and not self._drag:
            handles += (Handle(under.place, HandleKind.EDGE, hovered=True),)
        return Preview(lines, handles, cursor=cursor)


def _cursor_kind(drag: _Drag | None, under: Hit | None) -> CursorKind:
    held = drag is not None and drag.handle is None
    over = under is not None and under.handle is None and under.edge is None
    return CursorKind.MOVE if held or (over and drag is None) else CursorKind.ARROW
