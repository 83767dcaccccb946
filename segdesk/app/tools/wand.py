"""The magic wand: pixels of like colour."""

from dataclasses import dataclass, replace

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.plain import Paint, PlainTool, blocked_sentence, paint_of
from segdesk.app.tools.pointer import Button, PointerEvent
from segdesk.app.tools.preview import Cursor, CursorKind, MaskPreview, Preview
from segdesk.core.fill import fill_patch
from segdesk.core.flood import NOTHING, Patch, connected, like, window_round
from segdesk.core.geometry import Rect
from segdesk.core.history import Step
from segdesk.core.language import tr

_PIXELS_PER_STEP = 4.0  # logical pixels of the screen for one step of tolerance
_SEEN_PX = 768  # side of the part in which the choice is shown while dragging


@dataclass(frozen=True, slots=True, eq=False)
class _Choice:
    """What is being chosen."""

    press: PointerEvent
    paint: Paint
    tolerance: int
    contiguous: bool

    @property
    def seed(self) -> tuple[int, int]:
        """The pixel that was pressed."""
        return int(self.press.x), int(self.press.y)


class WandTool(PlainTool):
    """Paints pixels of like colour round the press.

    Dragging right or left changes the tolerance while the choice is shown; releasing
    paints it. The right button and Alt erase.
    """

    id = "wand"

    def __init__(self) -> None:
        super().__init__()
        self._choice: _Choice | None = None

    @property
    def is_open(self) -> bool:
        """A choice is shown."""
        return self._choice is not None

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Begin to choose."""
        shown = ToolResult(self.resting(context))
        if event.button not in (Button.LEFT, Button.RIGHT):
            return replace(shown, consumed=False)
        if self.is_waiting or context.document.label_at(*event.point) is None:
            return shown
        paint = paint_of(context, erases=event.erases)
        if paint.blocked:
            return replace(shown, status=blocked_sentence(context, paint.value))
        options = context.options
        self._choice = _Choice(event, paint, options.tolerance, options.contiguous)
        return self._shown(self._choice, context)

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Change the tolerance."""
        choice = self._choice
        if choice is None:
            return self.hover(event, context)
        steps = (event.x - choice.press.x) / (choice.press.pixel * _PIXELS_PER_STEP)
        tolerance = min(max(context.options.tolerance + round(steps), 0), 255)
        if tolerance != choice.tolerance:
            self._choice = choice = replace(choice, tolerance=tolerance)
        return self._shown(choice, context)

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Paint what is chosen."""
        choice, self._choice = self._choice, None
        if choice is None:
            return self.hover(event, context)
        options = context.options
        if choice.tolerance != options.tolerance:
            options = replace(options, tolerance=choice.tolerance)
        return replace(self._paint(choice, context), options=options)

    def abort(self, context: ToolContext) -> ToolResult:
        """Choose nothing."""
        self._choice = None
        return super().abort(context)

    def resting(self, context: ToolContext) -> Preview:
        """Return a cross with a wand."""
        kind = self._busy(CursorKind.WAND)
        if paint_of(context).blocked:
            kind = CursorKind.LOCKED
        return Preview(cursor=Cursor(kind, class_index=context.selected_class))

    def _shown(self, choice: _Choice, context: ToolContext) -> ToolResult:
        window = window_round(*choice.press.point, context.document.size, _SEEN_PX)
        patch = _chosen(choice, context, window, in_part=True) or NOTHING
        mask = MaskPreview(patch.rect, patch.mask, choice.paint.value)
        tag = tr("Tolerance {tolerance}", tolerance=choice.tolerance)
        preview = replace(self.resting(context), mask=mask, tag=tag)
        return ToolResult(preview)

    def _paint(self, choice: _Choice, context: ToolContext) -> ToolResult:
        size = context.document.size
        labels = context.document.labels
        whole = Rect(0, 0, *size)
        window = window_round(*choice.press.point, size)

        def step_of(patch: Patch | None) -> Step | None:
            if patch is None or not patch.rect.area:
                return None
            paint = choice.paint
            edit = fill_patch(labels, patch, paint.value, paint.allowed)
            return (
                Step(tr("Magic wand"), "magic-wand", paint.value, (edit,))
                if edit
                else None
            )

        near = _chosen(choice, context, window) if choice.contiguous else None
        if near is not None:
            return self.plan(
                tr("Magic wand"), near.rect, lambda: step_of(near), context
            )

        def everywhere() -> Step | None:
            return step_of(_chosen(choice, context, whole))

        return self.plan(tr("Magic wand"), whole, everywhere, context)


def _chosen(
    choice: _Choice, context: ToolContext, window: Rect, *, in_part: bool = False
) -> Patch | None:
    if not choice.contiguous:
        return like(context.image, choice.seed, choice.tolerance, window)
    return connected(
        context.image, choice.seed, choice.tolerance, window, in_part=in_part
    )
