"""The rows of the jobs panel: jobs, and under some of them their log."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt

from segdesk.app.job_center import Job, JobCenter, JobStatus
from segdesk.core.language import joined, tr
from segdesk.gui import theme
from segdesk.gui.item_models import job_words
from segdesk.gui.item_models.row_delegate import Index, Role, RowDelegate, scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NOTHING = QModelIndex()
_LIVE_PX, _ENDED_PX, _LOG_PX = 62, 50, 148


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as its row shows it.

    Parameters
    ----------
    words
        Second line.
    has_more
        There is a log or a failure to unfold.
    """

    job: Job
    words: str
    can_cancel: bool
    has_more: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class LogRow:
    """The log under a job."""

    job_id: int


class JobsModel(QAbstractListModel):
    """The book of jobs, the newest first."""

    def __init__(self, jobs: JobCenter) -> None:
        super().__init__()
        self._jobs = jobs
        self._rows: list[tuple[int, bool]] = []  # job id, is the job's log
        for job in jobs.jobs():
            self._rows.insert(0, (job.id, False))
        jobs.changed.connect(self._on_changed)
        jobs.removed.connect(self._on_removed)

    @property
    def live_count(self) -> int:
        """How many jobs run."""
        return len(self._jobs.live())

    @property
    def has_moving(self) -> bool:
        """Whether a bar moves because a job's length is unknown."""
        return any(job.fraction is None for job in self._jobs.live())

    @property
    def has_ended(self) -> bool:
        """Whether there are jobs to clear."""
        return any(not job.is_live for job in self._jobs.jobs())

    def job_at(self, row: int) -> Job | None:
        """Return the job of a row, or of the log on it."""
        if not 0 <= row < len(self._rows):
            return None
        return self._jobs.get(self._rows[row][0])

    def row_of(self, job_id: int, *, log: bool = False) -> int:
        """Return the row of a job or of its log, or -1."""
        try:
            return self._rows.index((job_id, log))
        except ValueError:
            return -1

    def toggle_log(self, job_id: int) -> None:
        """Unfold a job's log, or fold it."""
        row = self.row_of(job_id, log=True)
        if row >= 0:
            self._take(row)
        else:
            self._put(self.row_of(job_id) + 1, (job_id, True))
        self.tell(job_id)

    def tell(self, job_id: int) -> None:
        """Say that a job's row is to be painted anew."""
        row = self.row_of(job_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))

    def row_heights(self, delegate: RowDelegate) -> "NDArray[np.int64]":
        """Return the height of every row in px."""
        del delegate
        heights = [self._height(job_id, log=log) for job_id, log in self._rows]
        return np.array(heights, np.int64)

    def as_text(self) -> str:
        """Return the jobs as lines with tabs."""
        rows = (self._row(row) for row in range(len(self._rows)))
        return "".join(
            f"{row.job.title}\t{row.words}\n" for row in rows if isinstance(row, JobRow)
        )

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row shows."""
        row = self._row(index.row())
        if row is None:
            return None
        if role == Role.ROW:
            return row
        if isinstance(row, LogRow):
            job = self._jobs.get(row.job_id)
            return (
                tr("Log of {title}", title=job.title)
                if job and role in _TEXTS
                else None
            )
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.job.title
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(row.job)
            case Qt.ItemDataRole.AccessibleTextRole:
                return tr("{title}, {words}", title=row.job.title, words=row.words)
            case _:
                return None

    def _row(self, row: int) -> JobRow | LogRow | None:
        job = self.job_at(row)
        if job is None:
            return None
        if self._rows[row][1]:
            return LogRow(job.id)
        if job.is_live:
            words = job_words.progress_words(job, self._jobs.now_s())
        else:
            words = job_words.ended_words(job)
        return JobRow(
            job,
            words,
            self._jobs.can_cancel(job.id) and job.status is JobStatus.RUNNING,
            bool(job.log) or job.failure is not None,
            (job.id, True) in self._rows,
        )

    def _height(self, job_id: int, *, log: bool) -> int:
        job = self._jobs.get(job_id)
        if log:
            return theme.row_px(_LOG_PX)
        if job and job.is_live:
            return scaled(_LIVE_PX)
        return theme.row_px(_ENDED_PX)

    def _on_changed(self, job: Job) -> None:
        if self.row_of(job.id) < 0:
            self._put(0, (job.id, False))
        else:
            self.tell(job.id)

    def _on_removed(self, job_id: int) -> None:
        for log in (True, False):
            row = self.row_of(job_id, log=log)
            if row >= 0:
                self._take(row)

    def _put(self, row: int, entry: tuple[int, bool]) -> None:
        self.beginInsertRows(QModelIndex(), row, row)
        self._rows.insert(row, entry)
        self.endInsertRows()

    def _take(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._rows[row]
        self.endRemoveRows()


_TEXTS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


def _tip(job: Job) -> str:
    if job.failure is None:
        return job.title
    failure = job.failure
    return joined(" ", filter(None, (failure.message, failure.cause, failure.hint)))
