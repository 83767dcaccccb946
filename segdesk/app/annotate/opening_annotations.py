"""Which annotation is open: read when its image comes, written when it goes."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.kept_histories import KeptHistories
from segdesk.app.annotate.open_annotation import OpenAnnotation, Place
from segdesk.app.annotate.opening_words import (
    being_rewritten,
    no_classes,
    recovered_notice,
)
from segdesk.app.annotate.recovery import Recovered, recover_journals
from segdesk.app.desk import Desk
from segdesk.app.ports import ExecutorPort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.signal import Signal
from segdesk.core.classes import ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.document import AnnotationDocument
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.freed_memory import hand_back
from segdesk.core.geometry import Size
from segdesk.core.item_status import ItemStatus, made_by
from segdesk.core.language import tr
from segdesk.core.project import Project
from segdesk.formats.native import ReadAnnotation, read_annotation

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from segdesk.app.files.opened_image import OpenedImage

_UNNAMED = ClassList.from_names((tr("class 0"),))


class OpenAnnotations:
    """Follows the image on screen with its annotation.

    Parameters
    ----------
    executor
        Reads annotations, in order of arrival; the same one that writes them.

    Attributes
    ----------
    current
        The annotation of the image on screen; None while it is read for the first time.
    image
        The image of `current`.
    opened
        Fires with the annotation of the image on screen, or None.
    leaving
        Fires before an annotation is left: end what is half done.
    """

    def __init__(
        self,
        desk: Desk,
        executor: ExecutorPort,
        autosave: Autosave,
        shelf: ProjectShelf,
    ) -> None:
        self.opened: Signal[OpenAnnotation | None] = Signal()
        self.leaving: Signal[OpenAnnotation] = Signal()
        self.current: OpenAnnotation | None = None
        self.image: OpenedImage | None = None
        self.histories = KeptHistories()
        self._session = desk.session
        self._notices = desk.notices
        self._executor = executor
        self._autosave = autosave
        self._shelf = shelf
        self._request = 0
        self._is_told = False
        self._is_paused = False
        self._is_stale = False  # what is shown is on its way from the disk anew
        self._begun: set[Path] = set()  # annotations that a stroke made drafts
        desk.session.image_changed.connect(self._on_image)
        shelf.opened.connect(self._on_project)
        autosave.written.connect(self._on_written)
        autosave.reload_wanted.connect(self._on_reload)

    def recover(self) -> None:
        """Bring back what a killed program left; call it once, at the start."""
        self._executor.submit(recover_journals, self._on_recovered, self._notices.error)

    def leave(self) -> None:
        """End what is half done, keep the undo steps and write the annotation."""
        annotation, was_stale = self.current, self._is_stale
        self._request += 1
        if annotation is None:
            return
        self._end_deeds(annotation)
        self._is_stale = False
        self.current = self.image = None
        if not was_stale:
            self._put_away(annotation)
        self.opened.emit(None)

    def pause(self) -> None:
        """Write the annotation and change none until `resume`: files are rewritten.

        The one on screen stays there, and is only looked at.
        """
        self._request += 1
        annotation, was_stale = self.current, self._is_stale
        if annotation is not None and not was_stale:
            self._end_deeds(annotation)
            self._is_stale = True
            self._put_away(annotation)
        self._is_paused = True

    def resume(self) -> None:
        """Open the annotation of the image on screen again."""
        self._is_paused = False
        image, project = self._session.image, self._shelf.project
        item = project.item_of(image.path) if project and image else None
        root = self._session.files.root
        if image and root and not image.path.is_relative_to(root):
            self.leave()  # another folder was opened meanwhile
        elif self.current is None or image is None or project is None or item is None:
            self._on_image(image)
        else:
            self._open(project, item, image)

    @property
    def is_stale(self) -> bool:
        """Whether the annotation on screen is only looked at, until it is read anew."""
        return self._is_stale

    def show_remapped(self, table: "NDArray[np.uint8]") -> None:
        """Show the annotation under other class indices until it is read anew.

        Parameters
        ----------
        table
            (256,), the new index of each old one.
        """
        if self._is_stale and self.current is not None:
            document = self.current.document  # another array is drawn anew
            document.labels = np.asarray(load_cv2().LUT(document.labels, table))

    def _end_deeds(self, annotation: OpenAnnotation) -> None:
        if not self._is_stale:
            self.leaving.emit(annotation)
            annotation.end()

    def _put_away(self, annotation: OpenAnnotation) -> None:
        digest = "" if annotation.is_dirty else annotation.digest
        history = annotation.document.history
        self.histories.put(annotation.place.path, history, digest)
        self._autosave.flush(annotation)

    def may_paint(self) -> bool:
        """Tell whether painting can begin; why it cannot is told once an image."""
        if not self.may_write():
            return False
        project, classes = self._shelf.project, self._session.classes
        if project and project.classes is None:
            if classes is None:
                self._refuse(no_classes())
                return False
            self._adopt(classes)
        return True

    def _adopt(self, classes: ClassList) -> None:
        """Make classes the project's own; a blank annotation begins under them."""
        self._shelf.set_classes(classes, frozenset())
        annotation, project = self.current, self._shelf.project
        if annotation is None or project is None:
            return
        annotation.classes = classes
        document = annotation.document
        if annotation.expected.mark is None and not document.revision:
            with annotation.changing():
                document.labels.fill(project.unlabelled)
                document.unlabelled = project.unlabelled
            self.opened.emit(annotation)

    def may_write(self) -> bool:
        """Tell whether annotations can be written; why not is told once an image."""
        store = self._shelf.store
        if store is None:
            return False
        if self._is_paused:  # by another job that rewrites files
            self._notices.error(being_rewritten())
            return False
        if self._is_stale:
            return False
        if store.read_only is None:
            try:
                store.claim()
            except SegDeskError as error:
                self._refuse(error)
                return False
            return True
        self._refuse(store.read_only)
        return False

    def tell_facts(self, annotation: OpenAnnotation) -> None:
        """Bring what the project knows of an image up to date."""
        item, document = annotation.place.item, annotation.document
        facts = self._shelf.facts(item)
        provenance = document.provenance
        present = annotation.present
        self._shelf.set_facts(
            item,
            replace(
                facts,
                status=annotation.status,
                classes=facts.classes if present is None else present,
                made_by=made_by(provenance),
                models=provenance.models,
                size=(document.size.width, document.size.height),
            ),
        )

    def touch(self, annotation: OpenAnnotation) -> None:
        """Take note of a change: facts, budget of undo, and that it is to be saved."""
        self._follow_status(annotation)
        self.tell_facts(annotation)
        self.histories.trim(annotation.document.history.size_bytes)
        self._autosave.touch(annotation)

    def _follow_status(self, annotation: OpenAnnotation) -> None:
        """Make what was begun a draft, and unlabelled again when all is undone."""
        path, document = annotation.place.path, annotation.document
        if annotation.status is ItemStatus.UNLABELLED:
            annotation.status = ItemStatus.DRAFT
            self._begun.add(path)
        is_blank = not document.history.position and not document.provenance.kinds
        if is_blank and path in self._begun and annotation.status is ItemStatus.DRAFT:
            annotation.status = ItemStatus.UNLABELLED

    def _refuse(self, error: SegDeskError) -> None:
        if not self._is_told:
            self._is_told = True
            self._notices.error(error, self._shelf.way_back)

    def _on_image(self, image: "OpenedImage | None") -> None:
        self.leave()
        if image is None or self._is_paused:
            return
        self._is_told = False
        project = self._shelf.project
        item = project.item_of(image.path) if project else None
        if project is None or item is None:
            root = self._session.files.root
            inside = root is not None and image.path.is_relative_to(root)
            self._shelf.open(root if root and inside else image.path.parent)
            return
        self._open(project, item, image)

    def _on_project(self, project: Project | None) -> None:
        image = self._session.image
        if project is None or image is None:
            self.leave()
            return
        if project.classes is not None:
            self._session.set_classes(project.classes)
        item = project.item_of(image.path)
        if item is not None and self.current is None and not self._is_paused:
            self._open(project, item, image)

    def _open(self, project: Project, item: str, image: "OpenedImage") -> None:
        try:
            self._shelf.check_item(item)
        except InputError as error:
            self._notices.error(error)
            return
        place = Place(item, image.path, project.annotation_path(item))
        held = self._autosave.held(place.path)
        if held is not None:
            self.histories.take(place.path, "")
            self._show(held, image)
            return
        request = self._request
        size = Size(image.width, image.height)
        self._executor.submit(
            lambda: _read(place.path, size, project.unlabelled),
            lambda found: self._on_found(request, place, image, *found),
            self._on_unread,
        )

    def _on_unread(self, error: SegDeskError) -> None:
        self._notices.error(error)
        if self._is_stale:
            self.leave()

    def _on_found(
        self,
        request: int,
        place: Place,
        image: "OpenedImage",
        found: ReadAnnotation,
        fresh: AnnotationDocument | None,
    ) -> None:
        project = self._shelf.project
        if request != self._request or project is None:
            return
        if found.problem is not None:
            self._notices.error(found.problem)
        document = fresh
        if document is None or document.unlabelled != project.unlabelled:
            size = Size(image.width, image.height)
            document = self._document(project, place, size, found)
        classes = project.classes or self._session.classes or _UNNAMED
        annotation = OpenAnnotation(place, document, found, classes)
        known = self._shelf.facts(place.item).status
        if found.state and known is not ItemStatus.UNLABELLED:
            annotation.status = known
        self._show(annotation, image)

    def _document(
        self, project: Project, place: Place, size: Size, found: ReadAnnotation
    ) -> AnnotationDocument:
        state = found.state
        if state is None or found.mark is None:
            return AnnotationDocument.fresh(size, project.unlabelled)
        history = self.histories.take(place.path, found.mark.digest)
        return AnnotationDocument(
            state.labels, project.unlabelled, state.shapes, state.provenance, history
        )

    def _show(self, annotation: OpenAnnotation, image: "OpenedImage") -> None:
        self.current, self.image = annotation, image
        self._is_stale = False
        self.opened.emit(annotation)

    def _on_written(self, annotation: OpenAnnotation) -> None:
        if annotation is not self.current or self._is_stale:
            self.histories.settle(annotation.place.path, annotation.digest)
        project = self._shelf.project
        if project and project.annotation_path(annotation.place.item) == (
            annotation.place.path
        ):
            self.tell_facts(annotation)
            if self._shelf.store and not self._shelf.store.is_project:
                self._shelf.make()

    def _on_reload(self, annotation: OpenAnnotation) -> None:
        if annotation is self.current:
            self.current = self.image = None
            self._is_stale = False
            self._request += 1
            self._on_image(self._session.image)

    def _on_recovered(self, found: list[Recovered]) -> None:
        for one in found:
            if one.problem is not None:
                self._notices.error(one.problem)
                continue
            if one.history is not None:
                self.histories.put(one.annotation, one.history, one.digest)
            self._notices.post(recovered_notice(one))


def _read(
    path: "Path", size: Size, unlabelled: int
) -> tuple[ReadAnnotation, AnnotationDocument | None]:
    """Return what is on disk; where that is nothing, an empty annotation too."""
    found = read_annotation(path, size)
    hand_back(size.width * size.height)
    is_there = found.state is not None and found.mark is not None
    return found, None if is_there else AnnotationDocument.fresh(size, unlabelled)
