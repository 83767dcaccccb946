"""What tools that draw shapes have in common: what becomes of a finished shape."""

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.catalog import INFO
from segdesk.app.tools.options import Combine
from segdesk.app.tools.plain import (
    PlainTool,
    blocked_sentence,
    is_locked,
    paint_of,
    planner,
)
from segdesk.app.tools.pointer import Mod, PointerEvent
from segdesk.app.tools.preview import Cursor, CursorKind, Preview
from segdesk.app.tools.snap import snapped
from segdesk.core.errors import InputError
from segdesk.core.geometry import Size
from segdesk.core.history import Step
from segdesk.core.language import tr
from segdesk.core.rasterize import shape_mask
from segdesk.core.shape_edits import Edits
from segdesk.core.shapes import Point, Polyline, Shape, bounds

_SURELY_SEEN_PX = 4096


class DrawingTool(PlainTool):
    """Draws shapes; Ctrl snaps to what is there."""

    def finish(self, shape: Shape, context: ToolContext) -> ToolResult:
        """Take a finished shape into the annotation, as the options say."""
        cuts = self._combine(shape, context) is Combine.SUBTRACT
        blocked = paint_of(context).blocked and not cuts
        if blocked or is_locked(shape.class_index, context):
            status = blocked_sentence(context, shape.class_index)
            return ToolResult(self.resting(context), status=status)
        if not _is_seen(shape, context.document.size):
            status = tr("The shape covers no pixel of the image, so nothing was drawn.")
            return ToolResult(self.resting(context), status=status)
        info = INFO[self.id]
        title = tr("Subtract {shape}", shape=info.title.lower()) if cuts else info.title

        def run() -> Step | None:
            edits = self._edits(shape, context)
            return Step(title, info.icon, shape.class_index, edits) if edits else None

        try:
            return self.plan(info.title, bounds(shape), run, context)
        except InputError as error:
            return ToolResult(self.resting(context), status=str(error))

    def resting(self, context: ToolContext) -> Preview:
        """Return a cross with a gap."""
        cuts = "combine" in INFO[self.id].options and (
            context.options.combine is Combine.SUBTRACT
        )
        kind = self._busy(CursorKind.CUT if cuts else CursorKind.CROSS)
        if paint_of(context).blocked:
            kind = CursorKind.LOCKED
        return Preview(cursor=Cursor(kind, class_index=context.selected_class))

    def placed(self, event: PointerEvent, context: ToolContext) -> Point:
        """Return where an event is, snapped with Ctrl."""
        if Mod.CTRL in event.modifiers:
            return snapped(context, event.point, event.pixel)
        return event.point

    def _combine(self, shape: Shape, context: ToolContext) -> Combine:
        areas = not isinstance(shape, Polyline)
        return context.options.combine if areas else Combine.NEW

    def _edits(self, shape: Shape, context: ToolContext) -> Edits:
        plan = planner(context)
        combine = self._combine(shape, context)
        if combine is Combine.SUBTRACT:
            return plan.cut(shape)
        if not context.options.keep_shapes:
            return plan.paint(shape)
        if combine is Combine.ADD:
            return plan.unite(shape)
        return plan.add(shape)


def _is_seen(shape: Shape, size: Size) -> bool:
    """Tell whether a shape covers the centre of a pixel of the image."""
    rect = bounds(shape).within(size)
    if rect.area > _SURELY_SEEN_PX:
        return True
    return rect.area > 0 and shape_mask(shape, size)[0].area > 0
