"""The open project: what it knows of its images, and where it is kept."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from segdesk.app.classes.remap_notices import taken_back
from segdesk.app.notices import Notices, Verb
from segdesk.app.ports import ExecutorPort
from segdesk.app.project.reading import OpenedFolder, open_folder, project_root
from segdesk.app.signal import Signal
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.item_status import (
    ItemFacts,
    ItemFilter,
    ItemStatus,
    matching,
    nearest,
)
from segdesk.core.language import tr
from segdesk.core.project import PROJECT_FILE, Layout, Project
from segdesk.core.splits import SplitPlan, SplitRule, plan_split
from segdesk.formats.project_store import (
    ItemList,
    ProjectStore,
)


class ProjectShelf:
    """Holds the open project, on the window's thread.

    The project file is written in the background after each change; a bare folder gets
    none until its first annotation is written or `make` is called.

    Attributes
    ----------
    opened
        Fires when another project is open, or none.
    changed
        Fires when anything in the project is another.
    item_changed
        Fires with an item of which something else is known now.
    items_changed
        The same for many items at once.
    way_back
        What makes a project writable again that is `read_only` for a failed change.
    """

    def __init__(self, executor: ExecutorPort, notices: Notices) -> None:
        self.opened: Signal[Project | None] = Signal()
        self.changed: Signal[Project] = Signal()
        self.item_changed: Signal[str] = Signal()
        self.items_changed: Signal[frozenset[str]] = Signal()
        self._executor = executor
        self._notices = notices
        self._store: ProjectStore | None = None
        self._project: Project | None = None
        self._items = ItemList(())
        self._request = 0
        self._reading: Path | None = None
        self._is_writing = False
        self._written: Project | None = None
        self.way_back: tuple[Verb, ...] = ()
        self._index: dict[str, int] = {}
        self._thens: list[Callable[[], None]] = []

    @property
    def project(self) -> Project | None:
        """The open project."""
        return self._project

    @property
    def items(self) -> tuple[str, ...]:
        """Its images, in natural order."""
        return self._items.items

    @property
    def paths(self) -> tuple[Path, ...]:
        """Files of its images, in the order of `items`."""
        return self._items.paths

    @property
    def mask_folders(self) -> tuple[str, ...]:
        """Folders below its own whose files are masks and therefore no images."""
        return self._items.mask_folders

    @property
    def store(self) -> ProjectStore | None:
        """Its folder."""
        return self._store

    @property
    def read_only(self) -> SegDeskError | None:
        """Why nothing may be written; None: it may."""
        return self._store.read_only if self._store else None

    def open(self, folder: Path) -> None:
        """Open the project that a folder belongs to, unless it is open.

        A folder inside of one that is being read belongs to that one.
        """
        root = project_root(folder)
        if self._reading is not None and root.is_relative_to(self._reading):
            return
        if self._store is not None and self._store.root == root:
            return
        self._request += 1
        request, self._reading = self._request, root
        self._executor.submit(
            lambda: open_folder(root),
            lambda found: self._on_read(request, found),
            lambda error: self._on_failed(request, error),
        )

    def take(self, found: OpenedFolder) -> None:
        """Hold a project that was read already."""
        self.close()
        self._store = found.store
        self._project = self._written = found.project
        self._items = found.items
        self._index = {}
        self.opened.emit(self._project)
        if found.store.read_only is not None:
            root = found.store.root
            back = Verb(tr("Put back"), lambda: self.reopen(root))
            self.way_back = (back,) if found.is_half_changed else ()
            self._notices.error(found.store.read_only, self.way_back)
        if found.taken_back:
            self._notices.post(taken_back())

    def reopen(self, root: Path) -> None:
        """Read a project anew if it is open; what was left half done is put back."""
        if self._store is not None and self._store.root == root:
            self.close()
            self.open(root)

    def close(self) -> None:
        """Close the project; others may write it once all of it is written."""
        self._request += 1
        self._reading = None
        store, project = self._store, self._project
        if store is None or project is None:
            return
        self._store = self._project = None
        self._items, self.way_back = ItemList(()), ()
        thens, self._thens = self._thens, []
        self.opened.emit(None)
        if project == self._written or not store.is_project:
            store.close()
            return
        self._executor.submit(
            lambda: _save_and_close(store, project),
            lambda _: _call(thens),
            self._notices.error,
        )

    def check_item(self, item: str) -> None:
        """Make sure that an item can have an annotation of its own.

        Raises
        ------
        InputError
            When two images have one name but for the suffix.
        """
        self._items.check(item)

    def facts(self, item: str) -> ItemFacts:
        """Return what is known of an item."""
        return self._project.facts(item) if self._project else ItemFacts()

    def set_facts(self, item: str, facts: ItemFacts) -> None:
        """Take note of something new about an item."""
        if self._project is not None and self.facts(item) != facts:
            self._put(self._project.with_facts(item, facts))
            self.item_changed.emit(item)

    def set_all_facts(self, facts: Mapping[str, ItemFacts]) -> None:
        """Take note of something new about many items."""
        if self._project is not None and facts:
            self._put(self._project.with_all_facts(facts))
            self.items_changed.emit(frozenset(facts))

    def set_classes(self, classes: ClassList, locked: frozenset[int]) -> None:
        """Name, colour or lock classes; the annotations are not looked at."""
        if self._project is not None:
            self._put(self._project.with_classes(classes, locked))

    def set_project(self, project: Project) -> None:
        """Take another value of the open project."""
        if self._project is not None and project.root == self._project.root:
            self._put(project)

    def split(self, rule: SplitRule) -> tuple[str, ...]:
        """Divide the images and keep it.

        Returns
        -------
        unmatched
            Names in lists that mean no image.

        Raises
        ------
        InputError
            As `plan_split`.
        """
        if self._project is None:
            return ()
        plan = plan_split(self.items, rule, _labelled(self._project))
        self._put(self._project.with_split(rule, plan))
        return plan.unmatched

    def plan_split(
        self,
        make_rule: Callable[[], SplitRule],
        done: Callable[[SplitRule, SplitPlan], object],
        failed: Callable[[SegDeskError], object],
    ) -> None:
        """Look on a worker what a rule would make of the images.

        Parameters
        ----------
        make_rule
            May read files; a worker calls it.
        """
        items, project = self.items, self._project

        def plan() -> tuple[SplitRule, SplitPlan]:
            rule = make_rule()
            return rule, plan_split(items, rule, _labelled(project))

        self._executor.submit(plan, lambda found: done(*found), failed)

    def keep_split(self, rule: SplitRule, plan: SplitPlan) -> None:
        """Divide the images as planned; a worker puts it together."""
        project = self._project
        if project is None:
            return

        def keep(divided: Project) -> None:
            if self._project is project:
                self._put(divided)
            elif self._project is not None and self._project.root == project.root:
                self.keep_split(rule, plan)  # something else changed meanwhile

        self._executor.submit(
            lambda: project.with_split(rule, plan), keep, self._notices.error
        )

    def link(self, name: str, folder: Path) -> None:
        """Add the images of a folder that lies elsewhere; list them by opening anew.

        Raises
        ------
        InputError
            When the name is taken, or the folder is missing.
        """
        project = self._project
        if project is None:
            return
        taken = name in dict(project.links) or (project.root / name).exists()
        if taken or "/" in name or not name or not folder.is_dir():
            cause = tr("{folder} is not a folder.", folder=folder)
            if folder.is_dir():
                cause = tr(
                    "The project has something named {name!r} already.", name=name
                )
            raise InputError(
                tr("{name} was not linked.", name=folder.name),
                cause=cause,
                hint=tr("Choose another."),
            )
        self._put(replace(project, links=(*project.links, (name, folder.absolute()))))

    def make(self, layout: Layout | None = None) -> None:
        """Make the bare folder a project now."""
        if self._project is not None:
            project = self._project
            self._project = replace(project, layout=layout or project.layout)
            self._written = None
            self.changed.emit(self._project)
            self.write()

    def matching(self, wanted: ItemFilter) -> list[int]:
        """Return the indices of the images that a filter admits."""
        return matching(self.items, self.facts, wanted)

    def unlabelled_from(self, item: str, step: int) -> str | None:
        """Return the next (1) or previous (-1) image without an annotation."""
        if not self._index:
            self._index = {name: at for at, name in enumerate(self.items)}
        found = nearest(
            self.items,
            self._index.get(item, 0),
            step,
            lambda one: self.facts(one).status is ItemStatus.UNLABELLED,
        )
        return None if found is None else self.items[found]

    def settle(self, then: Callable[[], None]) -> None:
        """Call once the project file says all that is known now, also if closed."""
        self._thens.append(then)
        self.write()

    def write(self) -> None:
        """Write the project file in the background, unless it says all this already."""
        store, project = self._store, self._project
        if store is None or project is None or self._is_writing:
            return
        if project == self._written or store.read_only is not None:
            thens, self._thens = self._thens, []
            _call(thens)
            return
        self._is_writing = True

        def done(_: object) -> None:
            self._is_writing = False
            self._written = project
            self.write()

        def failed(error: SegDeskError) -> None:
            self._is_writing = False
            self._notices.error(error)

        self._executor.submit(lambda: store.save(project), done, failed)

    def _on_read(self, request: int, found: OpenedFolder) -> None:
        if request == self._request:
            self.take(found)
        else:
            found.store.close()

    def _on_failed(self, request: int, error: SegDeskError) -> None:
        if request == self._request:
            self._reading = None
            self._notices.error(error)

    def _put(self, project: Project) -> None:
        if project != self._project:
            self._project = project
            self.changed.emit(project)
            if self._store is not None and self._store.is_project:
                self.write()


def is_project_path(path: Path) -> bool:
    """Tell whether a path is a project file."""
    return path.name == PROJECT_FILE


def _save_and_close(store: ProjectStore, project: Project) -> None:
    try:
        if store.read_only is None:
            store.save(project)
    finally:
        store.close()


def _labelled(project: Project | None) -> frozenset[str]:
    """Return the items that have labels."""
    known = project.items.items() if project else ()
    bare = ItemStatus.UNLABELLED
    return frozenset(item for item, facts in known if facts.status is not bare)


def _call(thens: list[Callable[[], None]]) -> None:
    for then in thens:
        then()
