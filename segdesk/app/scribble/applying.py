"""The scribbles of one image as drafts of other images."""

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.desk import Desk
from segdesk.app.engine_jobs import JobDoors, JobTitle
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.scribble.book import ScribbleBook
from segdesk.app.scribble.live import MODEL_ID, LiveDoors
from segdesk.app.scribble.strokes import strokes_of
from segdesk.core.item_status import ItemStatus
from segdesk.core.language import tr
from segdesk.core.scribbles import classes_in
from segdesk.jobs.events import Failed, Succeeded, Terminal
from segdesk.jobs.scribble_events import ScribbleApplied
from segdesk.jobs.scribble_specs import ScribbleApplySpec

if TYPE_CHECKING:
    from segdesk.app.batch.drafting import BatchDrafting
    from segdesk.core.classes import ClassList

_LEAST_CLASSES = 2


class ScribbleApplying:
    """Labels the open images that have no annotation, by the scribbles of this one.

    The classifier knows colours and edges alone there: what a network sees is put into
    few numbers for each image by itself, so it does not carry over.

    Parameters
    ----------
    doors
        Where the work is done.

    Attributes
    ----------
    drafting
        Makes drafts of what was labelled.
    is_busy
        Whether images are being labelled.
    """

    def __init__(
        self,
        desk: Desk,
        doors: LiveDoors,
        book: ScribbleBook,
        annotations: OpenAnnotations,
        annotating: Annotating,
        shelf: ProjectShelf,
    ) -> None:
        self._session = desk.session
        self._notices = desk.notices
        self._doors = JobDoors(doors.engine, desk.jobs, desk.notices)
        self._book = book
        self._annotations = annotations
        self._annotating = annotating
        self._shelf = shelf
        self._scratch_dir = doors.scratch_dir
        self.drafting: BatchDrafting | None = None
        self.is_busy = False

    @property
    def items(self) -> tuple[str, ...]:
        """The open images that would get a draft."""
        project, current = self._shelf.project, self._session.files.current_path
        if project is None:
            return ()
        found = (
            project.item_of(path)
            for path in self._session.files.paths
            if path != current
        )
        return tuple(
            item
            for item in found
            if item is not None and project.facts(item).status is ItemStatus.UNLABELLED
        )

    def why_not(self) -> str | None:
        """Return why no drafts can be made, or None when they can."""
        if self.is_busy or (self.drafting is not None and self.drafting.is_busy):
            return tr("Drafts are being made")
        if len(classes_in(self._book.scribbles)) < _LEAST_CLASSES:
            return tr("Scribble on a second class too")
        if not self.items:
            return tr("Every one of these images has an annotation already")
        return None

    def apply(self) -> None:
        """Label the images in the background, then make drafts of them."""
        project, image = self._shelf.project, self._session.image
        if project is None or image is None or project.classes is None:
            return
        if self.why_not() is not None or not self._annotations.may_write():
            return
        items, folder = self.items, Path(mkdtemp(dir=self._scratch_dir))
        masks = tuple(folder / f"{number}.png" for number in range(len(items)))
        spec = ScribbleApplySpec(
            image=image.path,
            strokes=strokes_of(self._book.scribbles),
            view=image.view,
            smooth_px=self._annotating.choices.options.scribble_smooth,
            targets=tuple(
                (project.image_path(item), mask)
                for item, mask in zip(items, masks, strict=True)
            ),
        )
        classes, root = project.classes, project.root
        self.is_busy = True

        def ended(terminal: Terminal) -> None:
            self.is_busy = False
            match terminal:
                case Succeeded(ScribbleApplied() as done) if done.written:
                    wanted = tuple((items[at], masks[at]) for at in done.written)
                    self._draft(wanted, classes, root, folder)
                case Failed():
                    self._notices.error(terminal)
                    _delete(folder)
                case _:
                    _delete(folder)

        title = tr("Apply scribbles of {name}", name=image.path.name)
        self._doors.start(spec, JobTitle(title, "pencil-line"), ended)

    def _draft(
        self,
        wanted: tuple[tuple[str, Path], ...],
        classes: "ClassList",
        root: Path,
        folder: Path,
    ) -> None:
        from segdesk.app.batch.drafts import DraftPlan

        project, drafting = self._shelf.project, self.drafting
        is_same = project is not None and project.root == root
        if drafting is None or not is_same or not self._annotations.may_write():
            self._notices.remark(tr("No drafts were made: another folder is open."))
            _delete(folder)
            return
        plan = DraftPlan(wanted, MODEL_ID, classes)
        drafting.write(plan, lambda: _delete(folder))


def _delete(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
