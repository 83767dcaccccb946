"""The rows of the runs panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QLocale, QModelIndex, Qt

from segdesk.app.training.run import Run
from segdesk.app.training.training_run import RunState
from segdesk.core.language import tr
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import Index, Role

_NOTHING = QModelIndex()


@dataclass(frozen=True, slots=True)
class RunRow:
    """What a row shows.

    Parameters
    ----------
    score
        "0.73", or a dash.
    fraction
        How far a run at work is, 0-1; None: it is not at work.
    is_compared
        Its curves lie dashed beside the selected run's.
    """

    folder: Path
    title: str
    subtitle: str
    state: RunState
    score: str
    fraction: float | None = None
    is_compared: bool = False


class RunsModel(QAbstractListModel):
    """Runs, filtered by name."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[RunRow, ...] = ()
        self._rows: tuple[RunRow, ...] = ()
        self._text = ""

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """Show other rows; those that only changed keep their place."""
        self._all = tuple(rows)
        self._filter()

    def set_text(self, text: str) -> None:
        """Show only runs whose name or second line holds a text."""
        self._text = text.strip().casefold()
        self._filter()

    def row_at(self, row: int) -> RunRow | None:
        """Return what a row shows."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, folder: Path | None) -> int:
        """Return the row of a run, or -1."""
        for row, entry in enumerate(self._rows):
            if entry.folder == folder:
                return row
        return -1

    def as_text(self) -> str:
        """Return the rows as lines with tabs."""
        return "".join(f"{r.title}\t{r.score}\t{r.subtitle}\n" for r in self._rows)

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row shows."""
        row = self.row_at(index.row())
        if row is None:
            return None
        match role:
            case Role.ROW:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.ToolTipRole:
                return tr(
                    "{title}: {subtitle}\n{folder}",
                    title=row.title,
                    subtitle=row.subtitle,
                    folder=row.folder,
                )
            case Qt.ItemDataRole.AccessibleTextRole:
                return tr(
                    "{title}, {state}, {subtitle}, {score}",
                    title=row.title,
                    state=row.state.value,
                    subtitle=row.subtitle,
                    score=row.score,
                )
            case _:
                return None

    def _filter(self) -> None:
        rows = tuple(
            row
            for row in self._all
            if self._text
            in tr(
                "{title} {subtitle}", title=row.title, subtitle=row.subtitle
            ).casefold()
        )
        now = [(row.folder, row.fraction is None) for row in rows]
        if now != [(row.folder, row.fraction is None) for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        for at, row in enumerate(rows):
            if row != self._rows[at]:
                kept = (*self._rows[:at], row, *self._rows[at + 1 :])
                self._rows = kept
                self.dataChanged.emit(self.index(at), self.index(at))


def row_of(run: Run, *, is_compared: bool = False) -> RunRow:
    """Return what the row of a run shows."""
    score = run.score
    fraction = run.iteration / run.total if run.is_live and run.total else None
    return RunRow(
        folder=run.folder,
        title=run.title,
        subtitle=subtitle(run),
        state=run.state,
        score=figures.NONE if score is None else figures.decimal(score, 2),
        fraction=fraction,
        is_compared=is_compared,
    )


def subtitle(run: Run) -> str:
    """Return the second line: how far, how long, why."""
    done = figures.number(run.iteration)
    match run.state:
        case RunState.QUEUED:
            return queue_words(run)
        case RunState.RUNNING:
            words = tr("{done} of {total}", done=done, total=figures.number(run.total))
            left = run.seconds_left
            if run.key is None:
                return tr("{words} · in another process", words=words)
            return (
                tr(
                    "{words} · {time} left",
                    words=words,
                    time=figures.rough_duration(left),
                )
                if left
                else words
            )
        case RunState.PAUSED:
            return tr("paused at {done}", done=done)
        case RunState.STOPPING:
            return tr(
                "{done} of {total} · stopping",
                done=done,
                total=figures.number(run.total),
            )
        case RunState.FAILED:
            return (run.failure.message if run.failure else "failed").rstrip(".")
        case RunState.STOPPED:
            return stopped_words(run)
        case _:
            if run.is_foreign:
                return tr("opened mmseg work_dir")
            return tr("{done} · {when}", done=done, when=when(run.ended_s))


def stopped_words(run: Run) -> str:
    """Return how far a run came that was stopped, and whether it can go on."""
    if run.is_foreign:
        return tr("opened mmseg work_dir")
    if run.began_s is None and not run.iteration and not run.has_checkpoint:
        return tr("taken out of the queue")
    done = figures.number(run.iteration)
    return tr("stopped at {done}", done=done) + (
        tr(" · can resume") if run.can_resume else ""
    )


def queue_words(run: Run) -> str:
    """Return what a run waits for, and its place among those that wait."""
    words = tr("waits to be started") if run.is_held else tr("waits for this device")
    return (
        words
        if run.place <= 1
        else tr("{words} · place {place}", words=words, place=figures.number(run.place))
    )


def when(ended_s: float) -> str:
    """Return when a run ended: "today 14:05", "yesterday 16:20", "18 Nov"."""
    now = datetime.now().astimezone()
    then = datetime.fromtimestamp(ended_s, UTC).astimezone()
    days = (now.date() - then.date()).days
    if days <= 1:
        return tr(
            "{day} {time}",
            day=tr("yesterday") if days == 1 else tr("today"),
            time=f"{then:%H:%M}",
        )
    month = QLocale.c().monthName(then.month, QLocale.FormatType.ShortFormat)
    return tr("{day} {month}", day=then.day, month=month) + (
        "" if then.year == now.year else f" {then.year}"
    )
