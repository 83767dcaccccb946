"""Which class of the project takes what a model proposes, and what no class takes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.classes.question import ClassQuestion
from segdesk.app.desk import Desk
from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.project.shelf import ProjectShelf
from segdesk.core.accept import map_by_name
from segdesk.core.class_colours import colour_for
from segdesk.core.classes import IGNORE_INDEX, MAX_CLASSES, ClassList
from segdesk.core.language import joined, tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segdesk.app.session import ProposalView
    from segdesk.app.window_ports import DialogsPort

_NAMED = 3  # names that a sentence holds; more are counted


class ProposalMapping:
    """Finds the project's class for each class of a model: the one of the same name.

    For a name that the project does not have, the user adds a class or chooses one;
    what was chosen is kept for the sitting.

    Attributes
    ----------
    dialogs
        Asks for a class; None: nobody can be asked, so classes are only added.
    """

    def __init__(
        self, desk: Desk, annotations: OpenAnnotations, shelf: ProjectShelf
    ) -> None:
        self.dialogs: DialogsPort | None = None
        self._session = desk.session
        self._notices = desk.notices
        self._annotations = annotations
        self._shelf = shelf
        self._chosen: dict[str, str] = {}  # name of a model's class: of the project's
        self._told: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
        self._notice: Notice | None = None
        desk.session.proposal_changed.connect(self._on_proposal)
        desk.session.classes_changed.connect(lambda _: self._on_classes())

    def table(self, proposed: ClassList, own: ClassList) -> "NDArray[np.uint8]":
        """Return the project's class for each class of a proposal.

        Returns
        -------
        class_map
            (256,), 255 for those that no class takes.
        """
        class_map = map_by_name(proposed, own)
        for index, name in enumerate(proposed.names):
            wanted = self._chosen.get(_key(name))
            if class_map[index] == IGNORE_INDEX and wanted in own.names:
                class_map[index] = own.names.index(wanted)
        return class_map

    def takers(self, own_index: int) -> tuple[int, ...]:
        """Return the model's classes of the proposal that one of the project takes."""
        proposal, own = self._session.proposal, self._own
        if proposal is None or own is None or own_index >= len(own):
            return ()
        proposed = proposal.prediction.classes
        class_map = self.table(proposed, own)
        return tuple(at for at in range(len(proposed)) if class_map[at] == own_index)

    def unknown(
        self, view: "ProposalView", index: int | None = None
    ) -> tuple[str, ...]:
        """Return names of classes that are in a proposal and that no class takes.

        Parameters
        ----------
        index
            The one class to look at; None: all but the model's background.
        """
        own, proposed = self._own, view.prediction.classes
        if own is None:
            return ()
        class_map, counts = self.table(proposed, own), view.statistics.counts
        return tuple(
            name
            for at, name in enumerate(proposed.names)
            if class_map[at] == IGNORE_INDEX
            and counts[at]
            and (at == index or (index is None and at != proposed.background_index))
        )

    def tell(
        self, names: tuple[str, ...], again: Callable[[], None] | None = None
    ) -> None:
        """Say that no class takes these, and offer to change that.

        Parameters
        ----------
        again
            What is done anew when a class takes them; None: nothing.
        """
        own = self._own
        if not names or own is None:
            return
        self._withdraw()
        shown = _shown(names)
        one = len(names) == 1
        self._notice = self._notices.post(
            Notice(
                Level.WARNING,
                tr("{shown} is not in your classes.", shown=shown)
                if one
                else tr("{shown} are not in your classes.", shown=shown),
                tr("Your annotation cannot take what the model proposes there."),
                tr("Add what is missing, or say which of your classes takes it."),
                verbs=self._verbs(names, again),
            )
        )

    def _verbs(
        self, names: tuple[str, ...], again: Callable[[], None] | None
    ) -> tuple[Verb, ...]:
        def then(is_done: bool) -> None:
            if is_done:
                self._withdraw()
                if again is not None:
                    again()

        one = len(names) == 1
        title = (
            tr("Add {names}", names=names[0])
            if one
            else tr("Add all {names}", names=len(names))
        )
        verbs = (
            Verb(title, lambda: then(self._add(names))),
            Verb(tr("Map to…"), lambda: then(self._choose(names))),
        )
        return verbs if self.dialogs is not None else verbs[:1]

    @property
    def _own(self) -> ClassList | None:
        project = self._shelf.project
        return project.classes if project else None

    def _add(self, names: tuple[str, ...]) -> bool:
        project, own = self._shelf.project, self._own
        if project is None or own is None or self._shelf.read_only is not None:
            return False
        missing = [name for name in names if name not in own.names]
        missing = missing[: MAX_CLASSES - len(own)]
        selected, hidden = self._session.view.selected_class, self._session.view.hidden
        all_names, palette = own.names, own.palette
        for name in missing:
            palette = (*palette, colour_for(name, palette))
            all_names = (*all_names, name)
        classes = ClassList(all_names, palette)
        self._shelf.set_classes(classes, project.locked)
        if self._annotations.current is not None:
            self._annotations.current.classes = classes
        if selected is not None:
            self._session.update_view(hidden=hidden, selected_class=selected)
        return bool(missing)

    def _choose(self, names: tuple[str, ...]) -> bool:
        own, dialogs = self._own, self.dialogs
        if own is None or dialogs is None:
            return False
        is_chosen = False
        for name in names:
            question = ClassQuestion(
                tr("Map {name} to a class", name=name),
                tr(
                    "What the model calls {name} becomes this class when it is "
                    "accepted.",
                    name=name,
                ),
                tr("Class"),
                own,
                tuple(range(len(own))),
                tr("Map"),
            )
            index = dialogs.ask_class(question)
            if index is None:
                break
            self._chosen[_key(name)] = own.names[index]
            is_chosen = True
        return is_chosen

    def _on_proposal(self, view: "ProposalView | None") -> None:
        """Say once that nothing of a model's proposals can be taken over."""
        own = self._own
        if view is None or own is None:
            return
        proposed, counts = view.prediction.classes, view.statistics.counts
        present = [
            at
            for at in range(len(proposed))
            if counts[at] and at != proposed.background_index
        ]
        names, what = self.unknown(view), (proposed.names, own.names)
        if names and len(names) == len(present) and what not in self._told:
            self._told.add(what)
            self.tell(names)

    def _on_classes(self) -> None:
        """Let go of a notice whose cause may be gone."""
        view = self._session.proposal
        if view is not None and not self.unknown(view):
            self._withdraw()

    def _withdraw(self) -> None:
        if self._notice is not None:
            self._notices.withdraw(self._notice)
            self._notice = None


def _key(name: str) -> str:
    return name.strip().casefold()


def _shown(names: tuple[str, ...]) -> str:
    if len(names) > _NAMED:
        return tr(
            "{first} and {names} more",
            first=joined(", ", names[:_NAMED]),
            names=len(names) - _NAMED,
        )
    if len(names) == 1:
        return names[0]
    return tr("{first} and {names}", first=joined(", ", names[:-1]), names=names[-1])
