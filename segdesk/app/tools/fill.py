"""The bucket: regions and their holes."""

from dataclasses import replace

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.options import FillMode
from segdesk.app.tools.plain import Paint, PlainTool, blocked_sentence, paint_of
from segdesk.app.tools.pointer import Button, PointerEvent
from segdesk.app.tools.preview import Cursor, CursorKind, Preview
from segdesk.core.fill import fill_patch, holes_of_region, region
from segdesk.core.flood import Patch, window_round
from segdesk.core.geometry import Rect
from segdesk.core.history import Step
from segdesk.core.language import tr
from segdesk.core.shapes import Point


class FillTool(PlainTool):
    """Gives a connected region, or what it encloses, the selected class.

    The right button and Alt give it back to the background.
    """

    id = "fill"

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Fill round the cursor."""
        shown = self.hover(event, context)
        label = context.document.label_at(*event.point)
        if event.button not in (Button.LEFT, Button.RIGHT):
            return replace(shown, consumed=False)
        if self.is_waiting or label is None:
            return shown
        paint = paint_of(context, erases=event.erases)
        holes = context.options.fill_mode is FillMode.HOLES
        if holes:
            paint = paint_of(replace(context, selected_class=label))
        why = _why_not(context, paint, label, holes=holes)
        if why:
            return replace(shown, status=why)
        return self._fill(event.point, paint, context, holes=holes)

    def resting(self, context: ToolContext) -> Preview:
        """Return a cross with a bucket."""
        kind = self._busy(CursorKind.FILL)
        if paint_of(context).blocked:
            kind = CursorKind.LOCKED
        return Preview(cursor=Cursor(kind, class_index=context.selected_class))

    def _fill(
        self, place: Point, paint: Paint, context: ToolContext, *, holes: bool
    ) -> ToolResult:
        labels = context.document.labels
        find = holes_of_region if holes else region
        title = tr("Fill holes") if holes else tr("Fill region")
        icon = "disc" if holes else "paint-bucket"

        def step_of(patch: Patch | None) -> Step | None:
            if patch is None or not patch.rect.area:
                return None
            edit = fill_patch(labels, patch, paint.value, paint.allowed)
            return Step(title, icon, paint.value, (edit,)) if edit else None

        patch = find(labels, place, window_round(*place, context.document.size))
        if patch is not None:
            return self.plan(title, patch.rect, lambda: step_of(patch), context)
        whole = Rect(0, 0, *context.document.size)
        return self.plan(title, whole, lambda: step_of(find(labels, place)), context)


def _why_not(
    context: ToolContext, paint: Paint, label: int, *, holes: bool
) -> str | None:
    if paint.blocked:
        return blocked_sentence(context, paint.value)
    if holes or paint.allowed[label]:
        return None
    if label == paint.value:
        return tr("This region is {label} already.", label=context.name_of(label))
    if label in context.locked:
        return blocked_sentence(context, label)
    return tr("The paint rule keeps {label} as it is.", label=context.name_of(label))
