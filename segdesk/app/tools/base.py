"""What every tool is given, what it answers, and how the window talks to it.

The window turns mouse, pen and keys into `PointerEvent` and `Key`, calls the active
tool on the thread that owns the document, and does what the `ToolResult` says: paint
`dirty` again, draw `preview`, journal `steps`, run `work` on a worker and hand what it
returns to `deliver`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from segdesk.app.tools.ink import Ink
from segdesk.app.tools.options import ToolOptions
from segdesk.app.tools.pointer import Key, Mod, PointerEvent
from segdesk.app.tools.preview import Preview
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.document import AnnotationDocument, Change
from segdesk.core.geometry import Rect
from segdesk.core.history import Step
from segdesk.core.language import tr
from segdesk.core.rules import PaintRule
from segdesk.core.shapes import Point


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool works on and with, as it is at the moment of the call.

    Parameters
    ----------
    document
        The open annotation.
    image
        (H, W, 3) RGB.
    selected_class
        The class to paint; 255 paints ignore.
    background_class
        Index of the background; None when the classes have none.
    locked
        Indices of the locked classes.
    class_names
        Names in the order of their indices, for status texts.
    """

    document: AnnotationDocument
    image: NDArray[np.uint8]
    selected_class: int = 0
    background_class: int | None = None
    locked: frozenset[int] = frozenset()
    rule: PaintRule = field(default_factory=PaintRule)
    options: ToolOptions = field(default_factory=ToolOptions)
    class_names: tuple[str, ...] = ()

    @property
    def erase_value(self) -> int:
        """What erasing paints: the background, or 255."""
        return self.document.unlabelled

    def name_of(self, index: int) -> str:
        """Return a class's name, for a sentence."""
        if index < len(self.class_names):
            return self.class_names[index]
        return (
            tr("Ignore") if index == IGNORE_INDEX else tr("class {index}", index=index)
        )


@dataclass(frozen=True, slots=True)
class Work:
    """Something too slow for the thread of the window.

    Call it on a worker: it reads arrays and writes none. Give what it returns to
    `Tool.deliver`, and a `SegDeskError` it raises to `Tool.fail`. Results that are no
    longer wanted are dropped there.

    Parameters
    ----------
    title
        What is being done: "Cutting out".
    token
        Number of the request; `deliver` and `fail` get it back.
    """

    title: str
    token: int
    run: Callable[[], object]

    def __call__(self) -> object:
        """Do it and return the result."""
        return self.run()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool did with an event, and what the window shall do.

    Parameters
    ----------
    preview
        What to draw over the picture from now on.
    dirty
        Parts of the label map to paint again.
    shapes_changed
        The document's shapes are others now.
    steps
        Steps that went into the document's history: journal them, oldest first.
    work
        To run on a worker; a newer one replaces an older one.
    consumed
        The tool used the event; others leave it alone.
    picked
        Class to select from now on.
    pan
        Image pixels by which the picture shall follow the hand.
    options
        What the options bar shall hold from now on; None: as it is.
    status
        One sentence for the status bar; "": none.
    ink
        A piece of a scribble, which is no label; None: nothing was scribbled.
    """

    preview: Preview = field(default_factory=Preview)
    dirty: tuple[Rect, ...] = ()
    shapes_changed: bool = False
    steps: tuple[Step, ...] = ()
    work: Work | None = None
    consumed: bool = True
    picked: int | None = None
    pan: Point | None = None
    options: ToolOptions | None = None
    status: str = ""
    ink: Ink | None = None

    def with_change(self, change: Change) -> "ToolResult":
        """Return it with what a document reports."""
        return replace(
            self,
            dirty=self.dirty + change.dirty,
            shapes_changed=self.shapes_changed or change.shapes_changed,
            steps=self.steps + change.steps,
        )


class Tool(Protocol):
    """A tool. It is called on the thread that owns the document, and never blocks."""

    @property
    def id(self) -> str:
        """Name in the tool box."""

    @property
    def is_open(self) -> bool:
        """Something is half drawn: Enter, Backspace, Undo and Escape are the tool's."""

    def press(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Take a button that went down."""

    def move(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Follow the pointer with a button down."""

    def release(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Take a button that went up."""

    def hover(self, event: PointerEvent, context: ToolContext) -> ToolResult:
        """Follow the pointer with no button down."""

    def key(self, key: Key, modifiers: Mod, context: ToolContext) -> ToolResult:
        """Take a key; `consumed` is False when it means nothing here."""

    def abort(self, context: ToolContext) -> ToolResult:
        """Drop what is half done and put pixels back."""

    def leave(self, context: ToolContext) -> ToolResult:
        """End well before another tool or image comes; keep what can be kept."""

    def deliver(self, token: int, value: object, context: ToolContext) -> ToolResult:
        """Take what work returned."""

    def fail(self, token: int, why: str, context: ToolContext) -> ToolResult:
        """Take the sentence of the error with which work ended."""

    def spare(self, budget_s: float) -> bool:
        """Use a moment in which nothing happens; tells whether there is more to do."""
