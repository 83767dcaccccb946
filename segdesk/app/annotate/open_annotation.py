"""An annotation that is open: its document, what is on disk, and its journal."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.journal import Journal
from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.document import AnnotationDocument, Provenance
from segdesk.core.freed_memory import hand_back
from segdesk.core.item_status import ItemStatus
from segdesk.core.label_map import class_stats
from segdesk.core.shapes import Shape
from segdesk.formats.file_mark import FileMark
from segdesk.formats.journal_file import JournalHead, Mark
from segdesk.formats.native import (
    AnnotationState,
    Expected,
    ReadAnnotation,
    write_annotation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SaveJob:
    """What a worker needs to write an annotation as it is at this moment.

    Parameters
    ----------
    version
        Of the pixels; when it is another one before they are copied, nothing is
        written.
    """

    path: Path
    image: str
    version: int
    document_revision: int
    revision: int
    records: int
    shapes: tuple[Shape, ...]
    provenance: Provenance
    status: ItemStatus
    classes: ClassList
    expected: Expected


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Parameters
    ----------
    mark
        Of the PNG.
    present
        Indices of the classes in it, rising.
    """

    mark: FileMark
    present: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an annotation lies and whose it is.

    Parameters
    ----------
    item
        Name of the image in its project.
    image, path
        Files of the image and of the annotation's PNG, absolute.
    """

    item: str
    image: Path
    path: Path


class OpenAnnotation:
    """The annotation of one image. Its one writer is the thread that shows it.

    A worker copies the pixels while that thread goes on: `version` is odd as long as
    somebody paints and another number afterwards, so a copy made across a change is
    noticed and thrown away. Nobody ever waits.

    Parameters
    ----------
    found
        What was on disk.
    classes
        Give the palette of the file.
    folder
        Of the journal; None: where all of them lie.

    Attributes
    ----------
    present
        Indices of the classes in the PNG that was written last; None: none was.
    """

    def __init__(
        self,
        place: Place,
        document: AnnotationDocument,
        found: ReadAnnotation,
        classes: ClassList,
        folder: Path | None = None,
    ) -> None:
        self.place = place
        self.document = document
        self.classes = classes
        self.version = 0
        self.present: tuple[int, ...] | None = None
        self.expected = Expected(found.mark, found.set_aside)
        state = found.state
        self.status = state.status if state else ItemStatus.UNLABELLED
        self._base_revision = state.revision if state else 0
        self._saved = (document.revision, self.status)
        usable = found.mark.digest if state and found.mark else ""
        refused = found.mark.digest if found.mark and not state else ""
        size = document.size
        head = JournalHead(
            image=place.image,
            annotation=place.path,
            base=usable,
            replaces=refused,
            size=(size.width, size.height),
            unlabelled=document.unlabelled,
            names=classes.names,
            palette=classes.palette,
        )
        self.journal = Journal(head, folder)

    @property
    def is_dirty(self) -> bool:
        """Whether there is something that is not written yet."""
        return (self.document.revision, self.status) != self._saved

    @property
    def is_painting(self) -> bool:
        """Whether a stroke is under way."""
        return self.version % 2 == 1

    @property
    def digest(self) -> str:
        """Digest of the PNG that was read or written last; "": none."""
        return self.expected.mark.digest if self.expected.mark else ""

    def begin(self) -> None:
        """Say that pixels will change from now on; twice is once."""
        self.version |= 1

    def end(self) -> None:
        """Say that pixels rest."""
        self.version += self.version & 1

    @contextmanager
    def changing(self) -> "Iterator[AnnotationDocument]":
        """Change pixels at one go."""
        was_painting = self.is_painting
        self.begin()
        try:
            yield self.document
        finally:
            if not was_painting:
                self.end()

    def save_job(self) -> SaveJob:
        """Return what a worker needs to write it as it is now."""
        document = self.document
        return SaveJob(
            self.place.path,
            self.place.image.name,
            self.version,
            document.revision,
            self._base_revision + document.revision,
            self.journal.records,
            document.shapes,
            document.provenance,
            self.status,
            self.classes,
            self.expected,
        )

    def write(self, job: SaveJob) -> Written | None:
        """Write what a job says; a worker does it.

        Returns
        -------
        written
            None: somebody painted meanwhile, and nothing was written.

        Raises
        ------
        ChangedOnDiskError
            When another program changed the file since it was read.
        StorageError
            When the disk does not take it.
        """
        labels = self._copied(job.version)
        if labels is None:
            return None
        state = AnnotationState(
            job.image, labels, job.shapes, job.provenance, job.status, job.revision
        )
        mark = write_annotation(
            job.path, state, job.classes, job.expected, self._announcer(job)
        )
        counts = class_stats(labels, IGNORE_INDEX).counts
        hand_back(labels.nbytes)
        return Written(mark, tuple(int(index) for index in counts.nonzero()[0]))

    def write_copy(self, job: SaveJob, path: Path) -> bool:
        """Write what a job says to another file; a worker does it.

        Returns
        -------
        written
            False: somebody painted meanwhile, and nothing was written.

        Raises
        ------
        StorageError
            When the disk does not take it.
        """
        labels = self._copied(job.version)
        if labels is not None:
            state = AnnotationState(
                job.image, labels, job.shapes, job.provenance, job.status, job.revision
            )
            write_annotation(path, state, job.classes, Expected())
        return labels is not None

    def saved(self, job: SaveJob, written: Written) -> None:
        """Take note that a job was written."""
        self.expected = Expected(written.mark)
        self.present = written.present
        self._saved = (job.document_revision, job.status)
        if not self.is_dirty:
            self.journal.clear(written.mark.digest)

    def _copied(self, version: int) -> "NDArray[np.uint8] | None":
        if version % 2 or self.version != version:
            return None
        labels = self.document.labels.copy()
        return labels if self.version == version else None

    def _announcer(self, job: SaveJob) -> Callable[[str], None]:
        def announce(digest: str) -> None:
            self.journal.mark(Mark(digest, job.revision, job.records))

        return announce
