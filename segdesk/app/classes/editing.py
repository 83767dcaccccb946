"""The classes of the project: named, coloured and locked; which one is painted."""

from typing import TYPE_CHECKING

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.choices import Choices
from segdesk.app.classes.history import ClassHistory, ClassStep
from segdesk.app.classes.names import problem_with_name
from segdesk.app.desk import Desk
from segdesk.app.project.shelf import ProjectShelf
from segdesk.core.class_colours import colour_for
from segdesk.core.classes import (
    IGNORE_INDEX,
    MAX_CLASSES,
    SAFE_COLOURS,
    ClassList,
    proposed_palette,
)
from segdesk.core.errors import InputError
from segdesk.core.label_map import holds_between
from segdesk.core.language import tr

if TYPE_CHECKING:
    from segdesk.app.view_state import ViewState
    from segdesk.core.project import Project


class ClassEditing:
    """Changes the classes of the open project and says which one is painted.

    What a class is called, which colour it has and whether it is locked says nothing
    about pixels, so these are done at once.

    Attributes
    ----------
    other
        The class that X swaps in: the background, ignore, or what was painted before.
    palette
        Colours that new classes get, in their order.
    """

    def __init__(
        self,
        desk: Desk,
        shelf: ProjectShelf,
        annotations: OpenAnnotations,
        annotating: Annotating,
        history: ClassHistory,
    ) -> None:
        self.other = IGNORE_INDEX
        self.palette = SAFE_COLOURS
        self._session = desk.session
        self._shelf = shelf
        self._annotations = annotations
        self._annotating = annotating
        self._history = history
        shelf.opened.connect(self._on_project)
        shelf.changed.connect(self._on_project)
        desk.session.classes_changed.connect(self._on_classes)
        desk.session.view_changed.connect(self._on_view)
        annotating.chosen.connect(self._on_chosen)

    @property
    def classes(self) -> ClassList | None:
        """The classes that are shown: the project's own, or the model's."""
        return self._session.classes

    @property
    def locked(self) -> frozenset[int]:
        """Indices of the locked classes."""
        project = self._shelf.project
        return project.locked if project else frozenset()

    @property
    def painted(self) -> int:
        """The class that is painted; 255: ignore."""
        return self._annotating.choices.class_index

    def why_fixed(self) -> str | None:
        """Return why classes cannot be changed now, or None when they can."""
        if self._shelf.project is None:
            return tr("Open images first")
        return tr("This folder is read-only") if self._shelf.read_only else None

    def select(self, index: int) -> None:
        """Paint a class from now on; 255 paints ignore."""
        self._session.update_view(selected_class=index)
        self._annotating.choose(class_index=index)

    def swap(self) -> None:
        """Paint the other class; the one painted so far is the other one then."""
        wanted, self.other = self.other, self.painted
        self.select(wanted)

    def problem_with(self, name: str, index: int | None = None) -> str:
        """Return why a class cannot have a name, in one sentence, or "".

        Parameters
        ----------
        index
            The class that is renamed; None: a new one.
        """
        names = self.classes.names if self.classes else ()
        others = tuple(other for at, other in enumerate(names) if at != index)
        return problem_with_name(name, others)

    def colour_for(self, name: str) -> str:
        """Return the colour that a new class of this name gets."""
        taken = self.classes.palette if self.classes else ()
        return colour_for(name, taken, self.palette)

    def add(self, name: str) -> int:
        """Add a class at the end and paint it; returns its index.

        Raises
        ------
        InputError
            When the name cannot be taken, or there are 255 classes already.
        """
        name = name.strip()
        self._check(name, None)
        classes = self.classes
        names = classes.names if classes else ()
        palette = classes.palette if classes else ()
        if len(names) >= MAX_CLASSES:
            raise InputError(
                tr("“{name}” was not added.", name=name),
                cause=tr(
                    "There are {max_classes} classes, as many as a label map holds.",
                    max_classes=MAX_CLASSES,
                ),
                hint=tr("Merge classes that mean the same."),
            )
        colour = self.colour_for(name)
        after = ClassList((*names, name), (*palette, colour))
        self._change(after, tr("Add class"), name, "plus")
        self.select(len(names))
        return len(names)

    def rename(self, index: int, name: str) -> None:
        """Call a class something else.

        Raises
        ------
        InputError
            When the name cannot be taken.
        """
        classes, name = self.classes, name.strip()
        if classes is None or classes.names[index] == name:
            return
        self._check(name, index)
        names = (*classes.names[:index], name, *classes.names[index + 1 :])
        detail = tr("{names} to {name}", names=classes.names[index], name=name)
        after = ClassList(names, classes.palette)
        self._change(after, tr("Rename class"), detail, "pencil-simple")

    def recolour(self, index: int, colour: str) -> None:
        """Give a class another colour, "#RRGGBB"."""
        classes = self.classes
        if classes is None:
            return
        palette = (*classes.palette[:index], colour, *classes.palette[index + 1 :])
        after = ClassList(classes.names, palette)
        self._change(after, tr("Recolour class"), classes.names[index], "palette")

    def use_safe_colours(self) -> None:
        """Give every class a colour that colour-blind people can tell apart."""
        if self.classes is not None:
            names = self.classes.names
            after = ClassList(names, proposed_palette(names, self.palette))
            self._change(after, tr("Use safe colours"), "", "palette")

    def toggle_lock(self, index: int) -> None:
        """Lock a class, or unlock it: painting neither adds to it nor takes of it."""
        classes = self.classes
        if classes is not None and index < len(classes):
            self._shelf.set_classes(classes, self.locked ^ {index})

    def undo(self) -> None:
        """Bring the classes back as they were before the last change of them.

        One that rewrote annotations is taken back by `ClassRemapping`.

        Raises
        ------
        InputError
            When that would leave pixels without a class.
        """
        step, why = self._history.undoable, self._why_no_undo()
        if step is None:
            return
        if why is not None:
            raise self._history.refusal(why)
        self._set(step.before)
        self._history.undone()

    def redo(self) -> None:
        """Make the change once more that was taken back last."""
        step = self._history.redoable
        if step is not None and self._history.why_stuck(redo=True) is None:
            self._set(step.after)
            self._history.redone()

    def _why_no_undo(self) -> str | None:
        why, step = self._history.why_stuck(), self._history.undoable
        document = self._annotating.document
        if why is not None or step is None or document is None:
            return why
        first, after = len(step.before or ()), len(step.after or ())
        if first < after and holds_between(document.labels, first, after - 1):
            return tr("This image has pixels of {detail}", detail=step.detail)
        return None

    def _change(self, after: ClassList, title: str, detail: str, icon: str) -> None:
        project = self._shelf.project
        before = project.classes if project else self.classes
        if after == before:
            return
        self._set(after)
        if project is not None:
            self._history.record(ClassStep(title, detail, icon, before, after))

    def _check(self, name: str, index: int | None) -> None:
        problem = self.problem_with(name, index)
        if problem:
            raise InputError(
                tr("The class was not named."),
                cause=problem,
                hint=tr("Choose another name."),
            )

    def _set(self, classes: ClassList | None) -> None:
        before, other = self._session.view, self.other
        project = self._shelf.project
        if project is not None:
            self._shelf.set_project(project.with_classes(classes, self.locked))
        elif classes is not None:
            self._session.set_classes(classes)
        if self._annotations.current is not None and classes is not None:
            self._annotations.current.classes = classes
        if classes is None:
            return
        selected = before.selected_class
        if selected is not None and (
            selected < len(classes) or selected == IGNORE_INDEX
        ):
            self.other = other
            self._session.update_view(hidden=before.hidden, selected_class=selected)

    def _on_project(self, project: "Project | None") -> None:
        self._session.set_project_classes(project.classes if project else None)

    def _on_classes(self, classes: ClassList | None) -> None:
        if classes is None:
            return
        background = classes.background_index
        count = len(classes)
        if self.other != IGNORE_INDEX and self.other >= count:
            self.other = IGNORE_INDEX
        if background is not None:
            self.other = background
        painted = self._session.view.selected_class
        if painted is None or (painted != IGNORE_INDEX and painted >= count):
            self.select(0 if background is None or count == 1 else 1)

    def _on_view(self, view: "ViewState") -> None:
        if view.selected_class is not None:
            self._annotating.choose(class_index=view.selected_class)

    def _on_chosen(self, choices: Choices) -> None:
        if choices.class_index != self._session.view.selected_class:
            self._session.update_view(selected_class=choices.class_index)
