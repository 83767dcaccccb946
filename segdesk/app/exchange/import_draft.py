"""An import while the user decides on it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from segdesk.app.exchange.import_classes import (
    SKIP,
    ClassPlan,
    Fate,
    Target,
    class_plan,
    proposed_targets,
)
from segdesk.app.exchange.import_look import Asked, Look, Picture, look_at, picture
from segdesk.app.ports import EnginePort
from segdesk.app.signal import Signal
from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import SegDeskError
from segdesk.core.language import plural, tr
from segdesk.core.project import Project
from segdesk.formats.import_preview import ClassRow
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, Failed, Progress, Report

AUTO = "auto"
TOLERANCE = 12


class ImportDraft:
    """What is to be imported, what it becomes, and what is still to be decided.

    Attributes
    ----------
    changed
        Fires when anything in it is another.
    pictured
        Fires with an annotation as it was drawn.
    path
        Folder or file that is looked at.
    look
        What was found; None while it is looked at, or when it cannot be read.
    failure
        Why it cannot be read.
    progress
        (done, total) of the files that were looked at.
    replaces
        Whether annotations that exist are replaced.
    shown
        Place of the annotation that is drawn.
    """

    def __init__(
        self,
        engine: EnginePort,
        project: Project,
        items: Sequence[str],
        own: ClassList | None,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.pictured: Signal[Picture | None] = Signal()
        self.path: Path | None = None
        self.look: Look | None = None
        self.failure: Failed | None = None
        self.progress: tuple[int, int] | None = None
        self.replaces = False
        self.shown = 0
        self._engine = engine
        self._project = project
        self._items = tuple(items)
        self._own = own
        self._asked: Asked | None = None
        self._targets: list[Target | None] = []
        self._named: dict[str, None] = {}
        self._marked: int | None = None
        self._request = 0
        self._drawing = 0
        self._is_drawing = False
        self._is_closed = False
        self._stop: Callable[[], None] | None = None

    @property
    def is_looking(self) -> bool:
        """Whether files are being read."""
        return self._stop is not None

    @property
    def format_id(self) -> str:
        """The format that is read; "auto": it is found out."""
        return self._asked.format_id if self._asked else AUTO

    @property
    def tolerance(self) -> int:
        """How far a colour may be from that of a class."""
        return int(self._asked.options.tolerance) if self._asked else 0

    @property
    def rows(self) -> tuple[ClassRow, ...]:
        """The classes that were found."""
        return self.look.preview.classes if self.look else ()

    @property
    def targets(self) -> tuple[Target | None, ...]:
        """What each of them becomes; None: to be decided."""
        return tuple(self._targets)

    @property
    def own_names(self) -> tuple[str, ...]:
        """Classes of the project."""
        return self._own.names if self._own else ()

    @property
    def own_colours(self) -> tuple[tuple[str, str], ...]:
        """(name, "#RRGGBB") of the classes of the project."""
        if self._own is None:
            return ()
        return tuple(zip(self._own.names, self._own.palette, strict=True))

    @property
    def root(self) -> Path:
        """Folder of the project."""
        return self._project.root

    @property
    def new_names(self) -> tuple[str, ...]:
        """Classes that the project gets."""
        names = dict.fromkeys(
            one.name for one in self._targets if one and one.fate is Fate.CLASS
        )
        return tuple(name for name in names if name not in self.own_names)

    @property
    def choices(self) -> tuple[str, ...]:
        """Classes that one may become, in an order that no choice changes.

        The project's own, those that a file beside the labels names, then new ones as
        they were named.
        """
        table = self.look.table if self.look else None
        new = self.new_names
        named = [name for name in self._named if name in new]
        offered = table.names if table else ()
        return tuple(dict.fromkeys((*self.own_names, *offered, *named)))

    @property
    def joined(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Classes that several become, each with the names of these."""
        found: dict[str, list[str]] = {}
        for row, target in zip(self.rows, self._targets, strict=True):
            if target and target.fate is Fate.CLASS:
                found.setdefault(target.name, []).append(row.name)
        return tuple((name, tuple(of)) for name, of in found.items() if len(of) > 1)

    @property
    def count(self) -> int:
        """Number of annotations that would be written."""
        if self.look is None:
            return 0
        pairs = self.look.matches.pairs
        if self.replaces:
            return len(pairs)
        return sum(one.item not in self.look.existing for one in pairs)

    @property
    def problem(self) -> str:
        """Why it cannot be imported yet; "": it can."""
        if self.look is None:
            return tr("Nothing was read yet.")
        if not self.look.matches.pairs:
            return tr("None of these files belongs to an image of the project.")
        left = self._targets.count(None)
        if left:
            return plural(left, "{n} class to choose.", "{n} classes to choose.")
        if not self.count:
            return tr("All these images have an annotation already.")
        try:
            self.plan()
        except SegDeskError as error:
            return error.cause
        return ""

    def open(self, path: Path) -> None:
        """Look at a folder or a file, and find out its format."""
        self.path = path
        self._look(Asked(path))

    def choose_format(self, format_id: str) -> None:
        """Read it as another format."""
        if self._asked is not None and format_id != self._asked.format_id:
            self._look(replace(self._asked, format_id=format_id))

    def choose_table(self, table: Path) -> None:
        """Take names and colours of the classes from a file."""
        self._with_options(classes=table)

    def set_tolerance(self, tolerance: int) -> None:
        """Let colours count as a class's that are so far from it, 0 to 441."""
        if tolerance != self.tolerance:
            self._with_options(tolerance=float(tolerance))

    def set_target(self, place: int, target: Target) -> None:
        """Decide what a class becomes."""
        self._targets[place] = target
        self._name(target)
        self.changed.emit()
        self.draw()

    def set_replaces(self, *, replaces: bool) -> None:
        """Decide whether annotations that exist are replaced."""
        self.replaces = replaces
        self.changed.emit()

    def plan(self) -> ClassPlan:
        """Return how labels change; what is not decided is left out.

        Raises
        ------
        InputError
            When there would be no class, or more than fit.
        """
        targets = [one or SKIP for one in self._targets]
        return class_plan(self.rows, targets, self._own)

    def show(self, step: int) -> None:
        """Draw the next (1) or the previous (-1) annotation."""
        if self.look is not None and self.look.matches.pairs:
            self.shown = (self.shown + step) % len(self.look.matches.pairs)
            self.changed.emit()
            self.draw()

    def show_class(self, place: int) -> None:
        """Draw the next annotation that holds a class, and mark its pixels."""
        if self.look is None:
            return
        self._marked = self.rows[place].index
        pairs, label = self.look.matches.pairs, self.rows[place].index
        for step in range(1, len(pairs) + 1):
            name = pairs[(self.shown + step) % len(pairs)].source.name
            if label in self.look.holds.get(name, ()):
                self.show(step)
                return

    def draw(self) -> None:
        """Draw the annotation that is shown, on a worker; one at a time.

        What is decided while it is drawn is drawn next, all of it at once.
        """
        self._drawing += 1
        if self.look is None or not self.look.matches.pairs:
            self.pictured.emit(None)
        elif not self._is_drawing:
            self._is_drawing = True
            self._draw(self.look)

    def _draw(self, look: Look) -> None:
        request = self._drawing
        source = look.labelled.classes
        try:
            plan = self.plan()
        except SegDeskError:  # no class is chosen yet: the file can be seen anyway
            nothing = np.full(256, IGNORE_INDEX, np.uint8)
            plan = ClassPlan(source, nothing, frozenset())
        matched, marked = look.matches.pairs[self.shown], self._marked

        def work(_: JobContext) -> Picture:
            return picture(matched, self._project, source, plan, marked)

        def done(drawn: Picture | None) -> None:
            self._is_drawing = False
            if request == self._drawing:
                self.pictured.emit(drawn)
            elif not self._is_closed and self.look is not None:
                self.draw()

        self._engine.start_work(work, lambda _: None, done, lambda _: done(None))

    def close(self) -> None:
        """Read no further."""
        self._is_closed = True
        self._leave()

    def _leave(self) -> None:
        """Forget what is read and what is drawn."""
        self._request += 1
        self._drawing += 1
        if self._stop is not None:
            self._stop()
            self._stop = None

    def _with_options(self, **changes: Path | float) -> None:
        if self._asked is not None:
            options = replace(self._asked.options, **changes)  # type: ignore[arg-type]
            self._look(replace(self._asked, options=options))

    def _look(self, asked: Asked) -> None:
        self._leave()
        request, self._asked = self._request, asked
        self.look = self.failure = self.progress = None
        self._targets, self._named, self._marked, self.shown = [], {}, None, 0

        def report(event: Report) -> None:
            if request == self._request and isinstance(event, Progress):
                self.progress = (event.done, event.total or 0)
                self.changed.emit()

        def done(found: Look) -> None:
            if request == self._request:
                self._stop = None
                self._take(asked, found)

        def ended(terminal: Failed | Cancelled) -> None:
            if request == self._request:
                self._stop = None
                self.failure = terminal if isinstance(terminal, Failed) else None
                self.changed.emit()
                self.draw()

        def work(context: JobContext) -> Look:
            return look_at(asked, self._project, self._items, context)

        self._stop = lambda: None
        self.changed.emit()
        stop = self._engine.start_work(work, report, done, ended)
        if self._stop is not None:
            self._stop = stop

    def _take(self, asked: Asked, found: Look) -> None:
        self.look = found
        self._asked = replace(asked, format_id=found.format.id)
        self._targets = proposed_targets(
            self.rows, self._own, found.table, asked.options.tolerance
        )
        for target in self._targets:
            self._name(target)
        self.changed.emit()
        self.draw()

    def _name(self, target: Target | None) -> None:
        """Keep the place of a new class among the choices."""
        if target and target.fate is Fate.CLASS:
            self._named.setdefault(target.name)
