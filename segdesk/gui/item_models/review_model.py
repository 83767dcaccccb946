"""The rows of the review queue."""

from collections.abc import Sequence
from dataclasses import dataclass

from segdesk.app.review.entry import ReviewEntry
from segdesk.core.language import tr
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.rows_model import RowsModel


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """What a row shows.

    Parameters
    ----------
    why
        Its second line: "Uncertain · rare class".
    score
        "0.86".
    """

    entry: ReviewEntry
    title: str
    why: str
    score: str


class ReviewModel(RowsModel[ReviewRow]):
    """The entries of the queue, best first."""

    def __init__(self) -> None:
        super().__init__(lambda row: row.title, _spoken)

    @property
    def rows(self) -> tuple[ReviewRow, ...]:
        """All rows."""
        return self._rows

    def set_rows(self, rows: Sequence[ReviewRow]) -> None:
        """Show other rows."""
        if tuple(rows) != self._rows:
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()

    def row_of(self, entry: ReviewEntry | None) -> int:
        """Return the row of an entry, or -1."""
        for place, row in enumerate(self._rows):
            if row.entry is entry:
                return place
        return -1

    def as_text(self) -> str:
        """Return the rows as lines with tabs."""
        return "".join(
            f"{row.title}\t{row.score}\t{row.why}\t{row.entry.path}\n"
            for row in self._rows
        )


def row_of(entry: ReviewEntry, title: str, why: str) -> ReviewRow:
    """Return what the row of an entry shows."""
    return ReviewRow(entry, title, why, figures.decimal(entry.rank.worth, 2))


def _spoken(row: ReviewRow) -> str:
    return tr(
        "{title}, {why}, {score}, in {name}",
        title=row.title,
        why=row.why,
        score=row.score,
        name=row.entry.path.name,
    )
