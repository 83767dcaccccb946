"""Annotations are written by themselves, two seconds after the last stroke."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from segdesk.app.annotate.journal import copy_path
from segdesk.app.annotate.open_annotation import OpenAnnotation, SaveJob, Written
from segdesk.app.notices import Notice, Notices, Verb
from segdesk.app.ports import ExecutorPort, TimerPort
from segdesk.app.signal import Signal
from segdesk.core.errors import SegDeskError, StorageError
from segdesk.core.language import tr
from segdesk.formats.file_mark import FileMark, mark_of
from segdesk.formats.native import ChangedOnDiskError, Expected, sidecar_path

QUIET_S = 2.0


class SaveState(StrEnum):
    """How safe an annotation is."""

    CLEAN = "saved"
    DIRTY = "not saved yet"
    SAVING = "saving"
    FAILED = "not saved"


class Autosave:
    """Writes annotations after some seconds of quiet, and at once when they are left.

    Parameters
    ----------
    executor
        Writes them, one after the other.
    timer
        Waits for quiet.

    Attributes
    ----------
    changed
        Fires with an annotation whose `state_of` may be another one.
    written
        Fires when an annotation was written.
    reload_wanted
        Fires when the user takes what another program wrote.
    quiet_s
        Seconds without a change after which an annotation is written.
    """

    def __init__(
        self, executor: ExecutorPort, timer: TimerPort, notices: Notices
    ) -> None:
        self.changed: Signal[OpenAnnotation] = Signal()
        self.written: Signal[OpenAnnotation] = Signal()
        self.reload_wanted: Signal[OpenAnnotation] = Signal()
        self.quiet_s = QUIET_S
        self._executor = executor
        self._timer = timer
        self._notices = notices
        self._held: dict[Path, OpenAnnotation] = {}
        self._waits: dict[Path, Callable[[], None]] = {}
        self._writing: set[Path] = set()
        self._once_more: set[Path] = set()
        self._told: dict[Path, Notice] = {}

    def state_of(self, annotation: OpenAnnotation) -> SaveState:
        """Return how safe an annotation is."""
        path = annotation.place.path
        if path in self._writing:
            return SaveState.SAVING
        if path in self._told:
            return SaveState.FAILED
        return SaveState.DIRTY if annotation.is_dirty else SaveState.CLEAN

    def held(self, path: Path) -> OpenAnnotation | None:
        """Return the annotation of a file that is not safely written yet."""
        return self._held.get(path)

    @property
    def unsaved(self) -> tuple[OpenAnnotation, ...]:
        """All annotations that are not safely written yet."""
        return tuple(self._held.values())

    def touch(self, annotation: OpenAnnotation) -> None:
        """Take note of a change: it is written after `quiet_s` without another one."""
        path = annotation.place.path
        self._held[path] = annotation
        self._stop_waiting(path)
        waits = self._timer.after(self.quiet_s, lambda: self.flush(annotation))
        self._waits[path] = waits
        self.changed.emit(annotation)

    def flush(self, annotation: OpenAnnotation) -> None:
        """Write an annotation now, unless it is clean; during a stroke, after it."""
        path = annotation.place.path
        self._stop_waiting(path)
        if path in self._writing:
            self._once_more.add(path)
            return
        if not annotation.is_dirty:
            self._let_go(annotation)
            return
        if annotation.is_painting:
            self.touch(annotation)
            return
        self._held[path] = annotation
        self._writing.add(path)
        job = annotation.save_job()
        self._executor.submit(
            lambda: annotation.write(job),
            lambda written: self._on_written(annotation, job, written),
            lambda error: self._on_failed(annotation, error),
        )
        self.changed.emit(annotation)

    def flush_all(self) -> None:
        """Write everything that is not safe yet: the program is about to end."""
        for annotation in self.unsaved:
            self.flush(annotation)

    def once_saved(
        self, go: Callable[[], None], is_wanted: Callable[[], bool] = lambda: True
    ) -> None:
        """Go on when every annotation is on disk: now, or after the last is written.

        Parameters
        ----------
        is_wanted
            Asked at each step; what is not wanted any more is dropped.
        """
        if not self.unsaved:
            go()
            return

        def look(_: object) -> None:
            wanted = is_wanted()
            if wanted and self.unsaved:
                return
            stop()
            if wanted:
                go()

        stop = self.changed.connect(look)

    def forget(self, annotation: OpenAnnotation) -> None:
        """Let an annotation go without writing it."""
        self._stop_waiting(annotation.place.path)
        self._let_go(annotation)

    def _on_written(
        self, annotation: OpenAnnotation, job: SaveJob, written: Written | None
    ) -> None:
        path = annotation.place.path
        self._writing.discard(path)
        if written is None:
            self.touch(annotation)
            return
        annotation.saved(job, written)
        self._withdraw(path)
        again = path in self._once_more
        self._once_more.discard(path)
        self.written.emit(annotation)
        if not annotation.is_dirty:
            self._let_go(annotation)
        elif again:
            self.flush(annotation)
        elif path not in self._waits:
            self.touch(annotation)
        self.changed.emit(annotation)

    def _on_failed(self, annotation: OpenAnnotation, error: SegDeskError) -> None:
        path = annotation.place.path
        self._writing.discard(path)
        self._once_more.discard(path)
        self._withdraw(path)
        verbs: tuple[Verb, ...] = (
            Verb(tr("Save again"), lambda: self.flush(annotation)),
        )
        if isinstance(error, ChangedOnDiskError):
            verbs = (
                Verb(tr("Keep mine"), lambda: self._keep_mine(annotation)),
                Verb(tr("Load the other"), lambda: self._keep_other(annotation)),
            )
        elif isinstance(error, StorageError):
            error = StorageError(
                error.message,
                cause=tr(
                    "{cause} Your work is kept in memory and in the journal.",
                    cause=error.cause,
                ),
                hint=error.hint,
                detail=error.detail,
            )
        self._told[path] = self._notices.error(error, verbs)
        self.changed.emit(annotation)

    def _keep_mine(self, annotation: OpenAnnotation) -> None:
        path = annotation.place.path

        def look() -> FileMark | None:
            try:
                return mark_of(path)
            except OSError as error:
                raise StorageError(
                    tr("{name} was not saved.", name=path.name),
                    cause=tr(
                        "What is there cannot be read: {reason}.",
                        reason=error.strerror,
                    ),
                    hint=tr("Check your rights, then save again."),
                ) from error

        def save(mark: FileMark | None) -> None:
            aside = (path, sidecar_path(path))
            annotation.expected = Expected(mark, aside, "other")
            self._withdraw(path)
            self.flush(annotation)

        self._executor.submit(
            look, save, lambda error: self._on_failed(annotation, error)
        )

    def _keep_other(self, annotation: OpenAnnotation) -> None:
        path = annotation.place.path
        copy = copy_path(path, "mine")
        job = annotation.save_job()

        def write() -> bool:
            return annotation.write_copy(job, copy)

        def reload(is_written: bool) -> None:
            if not is_written:  # painted meanwhile: ask once more
                self.flush(annotation)
                return
            annotation.journal.clear("")
            self._withdraw(path)
            self._let_go(annotation)
            self._notices.toast(tr("Your own version is kept in {copy}.", copy=copy))
            self.reload_wanted.emit(annotation)

        self._executor.submit(
            write, reload, lambda error: self._on_failed(annotation, error)
        )

    def _let_go(self, annotation: OpenAnnotation) -> None:
        path = annotation.place.path
        if self._held.get(path) is annotation:
            del self._held[path]
        self._withdraw(path)
        self.changed.emit(annotation)

    def _stop_waiting(self, path: Path) -> None:
        stop = self._waits.pop(path, None)
        if stop:
            stop()

    def _withdraw(self, path: Path) -> None:
        notice = self._told.pop(path, None)
        if notice:
            self._notices.withdraw(notice)
