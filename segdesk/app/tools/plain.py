"""What tools have in common: rules, commits, and work that is too slow to wait for."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segdesk.app.tools.base import ToolContext, ToolResult, Work
from segdesk.app.tools.pointer import Key, Mod, PointerEvent
from segdesk.app.tools.preview import Cursor, CursorKind, Preview
from segdesk.core.document import AnnotationDocument
from segdesk.core.geometry import Rect
from segdesk.core.history import Step
from segdesk.core.language import tr
from segdesk.core.rules import RuleKind
from segdesk.core.shape_edits import ShapePlanner

BIG_PX = 1_100_000  # larger changes are planned on a worker


@dataclass(frozen=True, slots=True, eq=False)
class Paint:
    """What a tool paints at the moment, and over what.

    Parameters
    ----------
    value
        Class index.
    erases
        It takes labels away.
    allowed
        (256,), which classes give way.
    """

    value: int
    erases: bool
    allowed: NDArray[np.bool_]

    @property
    def blocked(self) -> bool:
        """Nothing gives way: its class is locked."""
        return not self.allowed.any()


def paint_of(context: ToolContext, *, erases: bool = False) -> Paint:
    """Return what to paint: the selected class, or nothing where labels are erased."""
    value = context.erase_value if erases else context.selected_class
    rule = context.rule.for_erasing() if erases else context.rule
    allowed = rule.allows(value, context.locked, context.document.unlabelled)
    return Paint(value, erases, allowed)


def planner(context: ToolContext) -> ShapePlanner:
    """Return what plans edits of the open annotation's shapes."""
    document = context.document
    return ShapePlanner(
        document.labels,
        document.shapes,
        document.unlabelled,
        context.rule,
        context.locked,
        document.index,
    )


def is_locked(class_index: int, context: ToolContext) -> bool:
    """Tell whether a class may neither lose nor gain a pixel."""
    overrides = context.rule.kind is RuleKind.EVERYWHERE
    return class_index in context.locked and not overrides


def blocked_sentence(context: ToolContext, index: int) -> str:
    """Return why a class cannot be painted or painted over."""
    name = context.name_of(index)
    if is_locked(index, context):
        return tr("{name} is locked. Unlock it in the list of classes.", name=name)
    return tr(
        "The paint rule lets {name} replace nothing. Choose another rule or class.",
        name=name,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """Work under way: for which document, as it was when."""

    document: AnnotationDocument
    revision: int


class PlainTool:
    """A tool that does nothing; others say where they differ."""

    id = ""

    def __init__(self) -> None:
        self._token = 0
        self._asked: _Asked | None = None

    @property
    def is_open(self) -> bool:
        """Nothing is half drawn."""
        return False

    @property
    def is_waiting(self) -> bool:
        """Work is under way whose result is still wanted."""
        return self._asked is not None

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Let the press pass."""
        return replace(self.hover(event, context), consumed=False)

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Go on as if no button were held."""
        return self.hover(event, context)

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Go on as if no button had been held."""
        return self.hover(event, context)

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Show the cursor."""
        del event
        return ToolResult(self.resting(context))

    def key(self, key: Key, modifiers: Mod, context: ToolContext) -> ToolResult:
        """Drop what is open on Escape or Undo; let other keys pass."""
        del modifiers
        busy = self.is_open or self.is_waiting
        if busy and key in (Key.ESCAPE, Key.UNDO):
            return self.abort(context)
        return ToolResult(self.resting(context), consumed=False)

    def abort(self, context: ToolContext) -> ToolResult:
        """Stop waiting for work."""
        self.forget_work()
        return ToolResult(self.resting(context))

    def leave(self, context: ToolContext) -> ToolResult:
        """Drop what is half done."""
        return self.abort(context)

    def deliver(self, token: int, value: object, context: ToolContext) -> ToolResult:
        """Take the step that was planned, if the annotation is still the same."""
        if not self.answered(token, context):
            return self.outdated(token, context)
        return self.finish_plan(value if isinstance(value, Step) else None, context)

    def fail(self, token: int, why: str, context: ToolContext) -> ToolResult:
        """Say why work ended without a result."""
        if token == self._token:
            self.forget_work()
        return ToolResult(self.resting(context), status=why)

    def spare(self, budget_s: float) -> bool:
        """Have nothing to do."""
        del budget_s
        return False

    def resting(self, context: ToolContext) -> Preview:
        """Return what is shown when nothing is under way."""
        del context
        return Preview(cursor=Cursor(self._busy(CursorKind.ARROW)))

    def ask(
        self, title: str, run: Callable[[], object], context: ToolContext
    ) -> ToolResult:
        """Return a result that has work done; an earlier request is forgotten."""
        self._token += 1
        document = context.document
        self._asked = _Asked(document, document.revision)
        work = Work(title, self._token, run)
        return ToolResult(self.resting(context), work=work)

    def answered(self, token: int, context: ToolContext) -> bool:
        """Tell whether work is wanted and fits; it is not under way any more."""
        if token != self._token or self._asked is None:
            return False
        asked, self._asked = self._asked, None
        document = context.document
        return asked == _Asked(document, document.revision)

    def outdated(self, token: int, context: ToolContext) -> ToolResult:
        """Return the answer to work that does not fit any more."""
        status = ""
        if token == self._token:
            status = tr("The annotation has changed meanwhile, so nothing was painted.")
        return ToolResult(self.resting(context), status=status)

    def forget_work(self) -> None:
        """Let the result of work under way be dropped when it comes."""
        self._token += 1
        self._asked = None

    def plan(
        self,
        title: str,
        rect: Rect,
        run: Callable[[], Step | None],
        context: ToolContext,
    ) -> ToolResult:
        """Do a step at once, or on a worker where it covers much.

        Parameters
        ----------
        rect
            What the step may change.
        run
            Plans the step; it writes nothing.
        """
        if rect.within(context.document.size).area > BIG_PX:
            return self.ask(title, run, context)
        return self.finish_plan(run(), context)

    def finish_plan(self, step: Step | None, context: ToolContext) -> ToolResult:
        """Do a planned step."""
        if step is None:
            return ToolResult(
                self.resting(context), status=tr("Nothing changed: no pixel gives way.")
            )
        change = context.document.apply(step)
        return ToolResult(self.resting(context)).with_change(change)

    def _busy(self, kind: CursorKind) -> CursorKind:
        return CursorKind.BUSY if self.is_waiting else kind
