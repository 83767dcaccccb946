"""The second journey: from an image on screen to labels that are safe on disk."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.large_steps import LargeSteps
from segdesk.app.annotate.open_annotation import OpenAnnotation
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.choices import Choices
from segdesk.app.desk import Desk
from segdesk.app.ports import ExecutorPort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.signal import Signal
from segdesk.app.tools.base import Tool, ToolContext, ToolResult, Work
from segdesk.app.tools.options import Combine, ToolOptions
from segdesk.app.tools.pointer import Key, Mod, PointerEvent
from segdesk.core.document import AnnotationDocument, Change
from segdesk.core.errors import SegDeskError
from segdesk.core.history import Step
from segdesk.core.item_status import ItemStatus
from segdesk.core.rules import PaintRule

if TYPE_CHECKING:
    from segdesk.app.tools.ink import Ink
    from segdesk.app.tools.preview import Preview
    from segdesk.core.geometry import Rect
    from segdesk.core.shapes import Point

_READS_ONLY = frozenset({"pan", "pick"})


class Annotating:
    """Opens annotations, hands events to tools, and keeps what they do.

    Parameters
    ----------
    executor
        Reads annotations and does the slow work of tools, in order of arrival.
    tools
        The tool box, by name.

    Attributes
    ----------
    opened
        Fires with the annotation of the image on screen, or None.
    painted
        Fires with the parts of the label map to draw again.
    shapes_changed, history_changed
        Fire when the shapes, or the steps of the open annotation, are others.
    previewed, inked
        Fire with what the tool shows over the picture; with a piece of a scribble.
    panned
        Fires with image pixels by which the picture shall follow the hand.
    status_said
        Fires with a sentence for the status bar.
    chosen
        Fires when tool, class, options or rule are others.
    worked
        Fires with what a worker does for the tool: "Cutting out"; "": it is done.
    class_wanted
        Fires when the user begins to paint and there is no class yet.
    """

    def __init__(
        self,
        desk: Desk,
        executor: ExecutorPort,
        annotations: OpenAnnotations,
        autosave: Autosave,
        shelf: ProjectShelf,
        tools: Mapping[str, Tool],
    ) -> None:
        self.opened = annotations.opened
        self.painted: Signal[tuple[Rect, ...]] = Signal()
        self.shapes_changed: Signal[()] = Signal()
        self.history_changed: Signal[()] = Signal()
        self.previewed: Signal[Preview] = Signal()
        self.panned: Signal[Point] = Signal()
        self.status_said: Signal[str] = Signal()
        self.chosen: Signal[Choices] = Signal()
        self.worked: Signal[str] = Signal()
        self.inked: Signal[Ink] = Signal()
        self.class_wanted: Signal[()] = Signal()
        self.choices = Choices()
        self._annotations = annotations
        self._session = desk.session
        self._notices = desk.notices
        self._executor = executor
        self._autosave = autosave
        self._shelf = shelf
        self._tools = tools
        self._journal_told = False
        self._drew = self.choices.tool  # the last tool that was not only for looking
        self._buttons = 0
        self._working: Work | None = None
        self._large = LargeSteps(executor)
        annotations.opened.connect(lambda _: self.history_changed.emit())
        annotations.leaving.connect(self._on_leaving)

    @property
    def current(self) -> OpenAnnotation | None:
        """The open annotation."""
        return self._annotations.current

    @property
    def document(self) -> AnnotationDocument | None:
        """The annotation of the image on screen."""
        return self.current.document if self.current else None

    @property
    def tool(self) -> Tool | None:
        """The active tool."""
        return self._tools.get(self.choices.tool)

    def choose(
        self,
        *,
        tool: str | None = None,
        class_index: int | None = None,
        options: ToolOptions | None = None,
        rule: PaintRule | None = None,
    ) -> None:
        """Take another tool, class, options or rule; what is half done is ended."""
        old = self.choices
        new = Choices(
            old.tool if tool is None else tool,
            old.class_index if class_index is None else class_index,
            options or old.options,
            rule or old.rule,
        )
        if new == old:
            return
        if new.tool != old.tool:
            new = self._without_cutting(new)
            self._call(lambda active, context: active.leave(context))
            self._rest()
            self.status_said.emit("")
        elif new.class_index != old.class_index:
            self.status_said.emit("")
        self.choices = new
        self.chosen.emit(new)

    def _without_cutting(self, new: Choices) -> Choices:
        """Return choices that no longer subtract when another tool draws."""
        if new.tool in _READS_ONLY:
            return new
        drew, self._drew = self._drew, new.tool
        if new.tool == drew or new.options.combine is not Combine.SUBTRACT:
            return new
        return replace(new, options=replace(new.options, combine=Combine.NEW))

    def press(self, event: PointerEvent) -> bool:
        """Take a button that went down; tells whether the tool used it."""
        if self.current is not None and self._lacks_class():
            self.class_wanted.emit()
            return False
        if self.current is None or self._refuses():
            return False
        self._large.settle()
        self._buttons += 1
        if self.choices.tool not in _READS_ONLY:
            self.current.begin()
        return self._call(lambda tool, context: tool.press(event, context))

    def move(self, event: PointerEvent) -> bool:
        """Follow the pointer with a button down."""
        if not self._buttons:  # its press was refused
            return False
        return self._call(lambda tool, context: tool.move(event, context))

    def release(self, event: PointerEvent) -> bool:
        """Take a button that went up."""
        if not self._buttons:
            return False
        used = self._call(lambda tool, context: tool.release(event, context))
        self._buttons -= 1
        if not self._buttons:
            self._rest()
        return used

    def hover(self, event: PointerEvent) -> bool:
        """Follow the pointer with no button down: nothing is painted."""
        return self._call(lambda tool, context: tool.hover(event, context), False)

    def key(self, key: Key, modifiers: Mod = Mod.NONE) -> bool:
        """Take a key; tells whether the tool used it."""
        if self._shelf.read_only is not None or self._annotations.is_stale:
            return False
        return self._call(lambda tool, context: tool.key(key, modifiers, context))

    def ask(
        self,
        deed: Callable[[Tool, ToolContext], ToolResult],
        *,
        writes: bool = True,
    ) -> bool:
        """Have the active tool do what no event says; tells whether it did.

        Parameters
        ----------
        writes
            It may change the annotation.
        """
        if self.current is None or (writes and self._refuses()):
            return False
        return self._call(deed)

    def abort(self) -> None:
        """Drop what is half done, and the work that is under way."""
        self._end_work(None)
        self._call(lambda tool, context: tool.abort(context))
        self._rest()

    def undo(self) -> None:
        """Take the last step back, or what is half drawn."""
        if self.tool and self.tool.is_open and self.key(Key.UNDO):
            return
        self._travel(lambda now: now - 1)

    def redo(self) -> None:
        """Bring the last undone step back."""
        self._travel(lambda now: now + 1)

    def go_to(self, position: int) -> None:
        """Undo or redo until a number of steps is in force."""
        self._travel(lambda _: position)

    def do(self, step: Step, then: Callable[[], None] = lambda: None) -> None:
        """Do a planned step, on a worker if it is large; `then`: it is in force."""
        annotation = self.current
        if annotation is None or self._refuses():
            return
        self._end_stroke()

        def arrived(change: Change) -> None:
            self._take_change(change)
            then()

        self._large.do(annotation, step, arrived)

    def apply(self, change: Callable[[AnnotationDocument], Change | None]) -> None:
        """Change the open annotation at one go, as a step of its own."""
        annotation = self.current
        if annotation is None or self._refuses():
            return
        self._large.settle()
        self._end_stroke()
        with annotation.changing() as document:
            done = change(document)
        if done:
            self._take_change(done)

    def set_status(self, status: ItemStatus) -> None:
        """Say how far the open annotation is."""
        annotation = self.current
        if annotation is None or not self._annotations.may_write():
            return
        annotation.status = status
        self._annotations.tell_facts(annotation)
        self._autosave.touch(annotation)

    def save(self) -> None:
        """Write the open annotation now."""
        if self.current:
            self._autosave.flush(self.current)

    def context(self) -> ToolContext | None:
        """Return what a tool works on and with; None without an annotation."""
        image, annotation = self._annotations.image, self.current
        project = self._shelf.project
        if image is None or annotation is None or project is None:
            return None
        classes = project.classes or self._session.classes
        return ToolContext(
            annotation.document,
            image.pixels,
            self.choices.class_index,
            classes.background_index if classes else None,
            project.locked,
            self.choices.rule,
            self.choices.options,
            classes.names if classes else (),
        )

    def _call(
        self, ask: Callable[[Tool, ToolContext], ToolResult], paints: bool = True
    ) -> bool:
        if paints:
            self._large.settle()
        tool, context, annotation = self.tool, self.context(), self.current
        if tool is None or context is None or annotation is None:
            return False
        paints = paints and self.choices.tool not in _READS_ONLY
        with annotation.changing() if paints else nullcontext():
            result = ask(tool, context)
        self._take(result)
        return result.consumed

    def _end_stroke(self) -> None:
        """Keep what a worker is about to keep, before something else is changed."""
        if self._working is not None and self.tool is not None and self.tool.is_open:
            self._end_work(None)
            self._call(lambda tool, context: tool.leave(context))

    def _rest(self) -> None:
        self._buttons = 0
        if self.current:
            self.current.end()

    def _take(self, result: ToolResult) -> None:
        change = Change(result.dirty, result.shapes_changed, result.steps)
        self._take_change(change)
        self.previewed.emit(result.preview)
        if result.ink is not None:
            self.inked.emit(result.ink)
        if result.work:
            self._start(result.work)
        if result.picked is not None or result.options is not None:
            self.choose(class_index=result.picked, options=result.options)
        if result.pan is not None:
            self.panned.emit(result.pan)
        if result.status or result.steps:  # what was said before is over
            self.status_said.emit(result.status)

    def _take_change(self, change: Change, *, undone: bool = False) -> None:
        annotation = self.current
        if annotation is None:
            return
        if change.dirty:
            self.painted.emit(change.dirty)
        if change.shapes_changed:
            self.shapes_changed.emit()
        if not change.steps:
            return
        for step in change.steps:
            annotation.journal.append(step, undone=undone)
        self._tell_journal(annotation)
        self._annotations.touch(annotation)
        self.history_changed.emit()

    def _travel(self, wanted: Callable[[int], int]) -> None:
        self._large.settle()
        annotation = self.current
        if annotation is None or annotation.is_painting:
            return
        if not self._annotations.may_write():
            return
        self._end_stroke()
        position = annotation.document.history.position
        self._large.travel(annotation, wanted(position), self._take_change)

    def _start(self, work: Work) -> None:
        tool, annotation = self.tool, self.current

        def deliver(value: object) -> None:
            self._end_work(work)
            if tool is self.tool and annotation is self.current:
                self._call(lambda one, context: one.deliver(work.token, value, context))

        def fail(error: SegDeskError) -> None:
            self._end_work(work)
            if tool is self.tool and annotation is self.current:
                why = str(error)
                self._call(lambda one, context: one.fail(work.token, why, context))

        self._working = work
        self.worked.emit(work.title)
        self._executor.submit(work, deliver, fail)

    def _end_work(self, work: Work | None) -> None:
        if self._working is not None and work in (None, self._working):
            self._working = None
            self.worked.emit("")

    def _lacks_class(self) -> bool:
        if self.choices.tool in _READS_ONLY or self._shelf.read_only is not None:
            return False
        project = self._shelf.project
        named = self._session.classes or (project.classes if project else None)
        return named is None

    def _refuses(self) -> bool:
        if self.choices.tool in _READS_ONLY:
            return False
        return not self._annotations.may_paint()

    def _on_leaving(self, _: OpenAnnotation) -> None:
        self._large.settle()
        self._end_work(None)
        self._call(lambda tool, context: tool.leave(context))
        self._rest()

    def _tell_journal(self, annotation: OpenAnnotation) -> None:
        problem = annotation.journal.problem
        if problem and not self._journal_told:
            self._notices.error(problem)
        self._journal_told = problem is not None
