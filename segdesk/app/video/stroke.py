"""The first stroke on a frame of a video: it is painted at once, then it opens.

The page of a video has no annotation. Where a tool is put down on a frame that stands
still, the stroke is drawn on a leaf of its own; when the button goes up, the frame
becomes an image, is opened with all tools, and the same stroke is done there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segdesk.app.signal import Signal
from segdesk.app.tools.base import Tool, ToolContext, ToolResult
from segdesk.app.tools.pointer import Key, Mod, PointerEvent
from segdesk.app.tools.preview import Preview
from segdesk.core.document import AnnotationDocument
from segdesk.core.geometry import Size

if TYPE_CHECKING:
    from segdesk.app.annotate.annotating import Annotating
    from segdesk.app.choices import Choices
    from segdesk.app.session import Session
    from segdesk.app.tools.options import ToolOptions
    from segdesk.app.video.film import Shot
    from segdesk.app.video.videos import Videos
    from segdesk.core.geometry import Rect
    from segdesk.core.shapes import Point

_LOOKS = frozenset({"pan", "pick", "edit"})  # there is nothing to pick or edit yet


@dataclass(frozen=True, slots=True)
class Stroke:
    """What the hand did from the button's way down to its way up.

    Parameters
    ----------
    events
        The first went down, the last up.
    """

    events: tuple[PointerEvent, ...]

    def repeat(self, annotating: "Annotating") -> None:
        """Do it again on the annotation that is open."""
        down, *between, up = self.events
        annotating.press(down)
        for event in between:
            annotating.move(event)
        annotating.release(up)


class FirstStroke:
    """Stands where the canvas of a video looks for an annotation.

    Parameters
    ----------
    annotating
        Knows tool, class and options.
    begin
        Takes a stroke that is done.

    Attributes
    ----------
    history_changed, painted, previewed, panned, chosen, worked
        As those of `Annotating`.
    """

    def __init__(
        self,
        videos: "Videos",
        session: "Session",
        annotating: "Annotating",
        begin: Callable[[Stroke], object],
    ) -> None:
        self.history_changed: Signal[()] = Signal()
        self.painted: Signal[tuple[Rect, ...]] = Signal()
        self.previewed: Signal[Preview] = Signal()
        self.panned: Signal[Point] = Signal()
        self.chosen: Signal[Choices] = Signal()
        self.worked: Signal[str] = Signal()
        self._videos = videos
        self._session = session
        self._annotating = annotating
        self._begin = begin
        self._shot: Shot | None = None
        self._leaf: AnnotationDocument | None = None
        self._events: list[PointerEvent] = []
        annotating.chosen.connect(self.chosen.emit)

    # ------------------------------------------------------------ what is so

    @property
    def choices(self) -> "Choices":
        """Tool, class, options and rule: those of the annotation."""
        return self._annotating.choices

    @property
    def tool(self) -> Tool | None:
        """The active tool, where it can be put down on a frame."""
        return None if self.choices.tool in _LOOKS else self._annotating.tool

    @property
    def document(self) -> AnnotationDocument | None:
        """The leaf under the frame that stands still; None: it does not."""
        shot = self._videos.still
        if shot is None or self.tool is None:
            return None
        size = Size(shot.image.width, shot.image.height)
        leaf = self._leaf
        if leaf is None or leaf.size != size:
            classes = self._session.classes
            ground = classes.background_index if classes else None
            leaf = self._leaf = AnnotationDocument.fresh(size, ground)
        return leaf

    @property
    def drawn(self) -> AnnotationDocument | None:
        """The leaf, once something is drawn on it."""
        return self._leaf if self._events else None

    # ------------------------------------------------------------ what is done

    def renew(self) -> None:
        """Look anew whether a frame stands still, and which."""
        if self._events and self._videos.still is not self._shot:
            self._forget()
        if self._videos.still is None:
            self._leaf = None
        self.history_changed.emit()

    def choose(self, *, options: "ToolOptions") -> None:
        """Take other options."""
        self._annotating.choose(options=options)

    def press(self, event: PointerEvent) -> bool:
        """Take a button that went down."""
        if self.document is None:
            return False
        self._shot, self._events = self._videos.still, [event]
        self.history_changed.emit()
        return self._call(lambda tool, context: tool.press(event, context))

    def move(self, event: PointerEvent) -> bool:
        """Follow the pointer with a button down."""
        if not self._events:
            return False
        self._events.append(event)
        return self._call(lambda tool, context: tool.move(event, context))

    def release(self, event: PointerEvent) -> bool:
        """Take a button that went up: the stroke is done."""
        if not self._events:
            return False
        stroke = Stroke((*self._events, event))
        self._call(lambda tool, context: tool.release(event, context))
        self._call(lambda tool, context: tool.abort(context))  # it begins anew there
        self.previewed.emit(Preview())
        self._begin(stroke)
        return True

    def hover(self, event: PointerEvent) -> bool:
        """Follow the pointer with no button down."""
        return self._call(lambda tool, context: tool.hover(event, context))

    def key(self, key: Key, modifiers: Mod) -> bool:
        """No tool has begun anything that a key could end."""
        del key, modifiers
        return False

    def abort(self) -> None:
        """Drop what is half done."""
        self._call(lambda tool, context: tool.abort(context))
        self.forget()

    def forget(self) -> None:
        """Take the leaf away."""
        self._forget()
        self.history_changed.emit()

    def _forget(self) -> None:
        if self._events:
            self._leaf = None  # something is on it
        self._shot, self._events = None, []

    def _call(self, ask: Callable[[Tool, ToolContext], ToolResult]) -> bool:
        tool, context = self.tool, self._context()
        if tool is None or context is None:
            return False
        result = ask(tool, context)
        if result.dirty:
            self.painted.emit(result.dirty)
        self.previewed.emit(result.preview)
        return result.consumed

    def _context(self) -> ToolContext | None:
        document, shot = self.document, self._shot or self._videos.still
        if document is None or shot is None:
            return None
        choices, classes = self.choices, self._session.classes
        return ToolContext(
            document,
            shot.image.pixels,
            choices.class_index,
            classes.background_index if classes else None,
            frozenset(),
            choices.rule,
            choices.options,
            classes.names if classes else (),
        )
