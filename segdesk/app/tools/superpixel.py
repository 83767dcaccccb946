"""Painting by superpixels."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from segdesk.app.tools.base import ToolContext, ToolResult
from segdesk.app.tools.plain import Paint, PlainTool, blocked_sentence, paint_of
from segdesk.app.tools.pointer import Button, PointerEvent
from segdesk.app.tools.preview import (
    Cells,
    Cursor,
    CursorKind,
    MaskPreview,
    Preview,
)
from segdesk.core.brush import Stroke
from segdesk.core.document import AnnotationDocument
from segdesk.core.flood import NOTHING
from segdesk.core.geometry import Rect
from segdesk.core.history import Step
from segdesk.core.language import tr
from segdesk.core.shapes import Point
from segdesk.core.superpixels import SuperpixelBlock, block_round, superpixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_KEPT_BLOCKS = 16
_STEPS = 24  # places that are looked at on the way across one superpixel


@dataclass(slots=True, eq=False)
class _Open:
    """A stroke over superpixels."""

    stroke: Stroke
    paint: Paint
    document: AnnotationDocument
    last: Point
    waiting: list[Point] = field(default_factory=list)
    done: set[tuple[Rect, int]] = field(default_factory=set)
    released: bool = False


class SuperpixelTool(PlainTool):
    """Paints every superpixel that the pen goes over; right button and Alt erase.

    Superpixels are found block by block, when the cursor comes there. What the pen
    went over in a block that is not ready yet is painted when it is.
    """

    id = "superpixels"

    def __init__(self) -> None:
        super().__init__()
        self._blocks: OrderedDict[Rect, SuperpixelBlock] = OrderedDict()
        self._cells: dict[Rect, Cells] = {}
        self._made_of: tuple[int, int, float] | None = None
        self._image: NDArray[np.uint8] | None = None
        self._looks_for: Rect | None = None
        self._open: _Open | None = None

    @property
    def is_open(self) -> bool:
        """The pen is down, or superpixels it went over are not ready yet."""
        return self._open is not None

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Begin a stroke."""
        ended = self.leave(context)
        if event.button not in (Button.LEFT, Button.RIGHT):
            return replace(self.hover(event, context), consumed=False)
        paint = paint_of(context, erases=event.erases)
        if paint.blocked:
            status = blocked_sentence(context, paint.value)
            return replace(ended, status=status)
        stroke = Stroke(context.document.labels, paint.value, paint.allowed)
        self._open = _Open(stroke, paint, context.document, event.point)
        painted = self._paint_to(self._open, event, context)
        return replace(painted, dirty=ended.dirty + painted.dirty, steps=ended.steps)

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Paint on."""
        if self._open is None or self._open.released:
            return self.hover(event, context)
        return self._paint_to(self._open, event, context)

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """End the stroke, as soon as all superpixels under it are ready."""
        if self._open is None or self._open.released:
            return self.hover(event, context)
        self._open.released = True
        if self._open.waiting:
            return self._look(self._open.waiting[0], context)
        shown = self.hover(event, context)
        return replace(self._commit(context), preview=shown.preview, work=shown.work)

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Show the superpixel under the cursor."""
        return self._look(event.point, context, is_there=not event.is_away)

    def abort(self, context: ToolContext) -> ToolResult:
        """Take the stroke back."""
        open_, self._open = self._open, None
        self._looks_for = None
        result = super().abort(context)
        return replace(result, dirty=(open_.stroke.rollback(),)) if open_ else result

    def leave(self, context: ToolContext) -> ToolResult:
        """Keep what was painted."""
        self._looks_for = None
        self.forget_work()
        return self._commit(context)

    def deliver(self, token: int, value: object, context: ToolContext) -> ToolResult:
        """Take a block that is ready, and paint what was waiting for it."""
        if token != self._token or not isinstance(value, SuperpixelBlock):
            return ToolResult(self.resting(context))
        self.forget_work()
        self._looks_for = None
        self._blocks[value.rect] = value
        side = context.options.superpixel_size
        self._cells[value.rect] = Cells(value.rect, value.numbers, side)
        while len(self._blocks) > _KEPT_BLOCKS:
            del self._cells[self._blocks.popitem(last=False)[0]]
        open_ = self._open
        if open_ is None:
            return ToolResult(self.resting(context))
        dirty = self._paint_waiting(open_, context)
        if open_.waiting:
            return replace(self._look(open_.waiting[0], context), dirty=dirty)
        ended = self._commit(context) if open_.released else ToolResult()
        return replace(ended, preview=self.resting(context), dirty=dirty)

    def fail(self, token: int, why: str, context: ToolContext) -> ToolResult:
        """Keep what was painted, and say why the rest was not."""
        if token != self._token:
            return ToolResult(self.resting(context))
        return replace(self.leave(context), status=why)

    def resting(self, context: ToolContext) -> Preview:
        """Return a cross with a dot, and the superpixels that were found."""
        kind = self._busy(CursorKind.REGION)
        if paint_of(context).blocked:
            kind = CursorKind.LOCKED
        cursor = Cursor(kind, class_index=context.selected_class)
        cells = self._cells if self._made_of == _made_of(context) else {}
        return Preview(cursor=cursor, cells=tuple(cells.values()))

    def _paint_to(
        self, open_: _Open, event: PointerEvent, context: ToolContext
    ) -> ToolResult:
        """Paint what lies between the last place and this one."""
        step = max(1.0, context.options.superpixel_size / _STEPS)
        open_.waiting += _between(open_.last, event.point, step)
        open_.last = event.point
        dirty = self._paint_waiting(open_, context)
        place = open_.waiting[0] if open_.waiting else event.point
        return replace(self._look(place, context), dirty=dirty)

    def _paint_waiting(self, open_: _Open, context: ToolContext) -> tuple[Rect, ...]:
        """Paint at every place whose block is ready; keep the others."""
        dirty: list[Rect] = []
        later: list[Point] = []
        for place in open_.waiting:
            if context.document.label_at(*place) is None:
                continue
            block = self._block(place, context)
            if block is None:
                later.append(place)
                continue
            which = (block.rect, block.number_at(place))
            if which not in open_.done:
                open_.done.add(which)
                patch = block.at(place)
                dirty.append(open_.stroke.paint_mask(patch.mask, patch.rect))
        open_.waiting = later
        return tuple(dirty)

    def _commit(self, context: ToolContext) -> ToolResult:
        open_, self._open = self._open, None
        result = ToolResult(self.resting(context))
        edit = open_.stroke.finish() if open_ else None
        if open_ is None or edit is None:
            return result
        step = Step(tr("Superpixels"), "hexagon", open_.paint.value, (edit,))
        change = open_.document.record(step)
        return result.with_change(replace(change, dirty=()))

    def _look(
        self, place: Point, context: ToolContext, *, is_there: bool = True
    ) -> ToolResult:
        """Show the superpixel at a place, or have its block found."""
        if context.document.label_at(*place) is None:
            return ToolResult(self.resting(context))
        block = self._block(place, context)
        if block is None:
            return self._find(place, context)
        if not is_there:
            return ToolResult(self.resting(context))
        patch = NOTHING if self._open else block.at(place)
        mask = MaskPreview(patch.rect, patch.mask, context.selected_class)
        return ToolResult(replace(self.resting(context), mask=mask))

    def _block(self, place: Point, context: ToolContext) -> SuperpixelBlock | None:
        options, made_of = context.options, _made_of(context)
        if made_of != self._made_of:
            self._blocks.clear()
            self._cells.clear()
            self._looks_for = None
            # Keeping the array keeps its id from being given to another one.
            self._made_of, self._image = made_of, context.image
        rect = block_round(place, context.document.size, options.superpixel_size)
        block = self._blocks.get(rect)
        if block is not None:
            self._blocks.move_to_end(rect)
        return block

    def _find(self, place: Point, context: ToolContext) -> ToolResult:
        options, image = context.options, context.image
        side, compactness = options.superpixel_size, options.compactness
        rect = block_round(place, context.document.size, side)
        if rect == self._looks_for:
            return ToolResult(self.resting(context))
        self._looks_for = rect
        return self.ask(
            tr("Finding superpixels"),
            lambda: superpixels(image, rect, side, compactness),
            context,
        )


def _made_of(context: ToolContext) -> tuple[int, int, float]:
    """Return what superpixels depend on."""
    options = context.options
    return id(context.image), options.superpixel_size, options.compactness


def _between(a: Point, b: Point, step: float) -> list[Point]:
    """Return places on the way from one to another, the end among them."""
    count = int(max(abs(b.x - a.x), abs(b.y - a.y)) / step) + 1
    return [
        Point(a.x + (b.x - a.x) * n / count, a.y + (b.y - a.y) * n / count)
        for n in range(1, count + 1)
    ]
