"""The rows of the legend: one for each class, one for ignored pixels."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.language import joined, tr
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import Index, Role

if TYPE_CHECKING:
    from segdesk.app.session import ProposalView, Session
    from segdesk.app.view_state import ViewState

_NOTHING = QModelIndex()
_NO_COLOUR = ""


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class as its row shows it.

    Parameters
    ----------
    colour
        "#RRGGBB"; empty for ignored pixels, which are hatched.
    share
        Of the image's pixels, 0-1; None without a prediction.
    pixels
        None without a prediction.
    confidence
        Mean, 0-1; None where there is none.
    visible
        It is drawn.
    locked
        Painting neither adds to it nor takes of it.
    """

    index: int
    name: str
    colour: str
    share: float | None
    pixels: int | None
    confidence: float | None
    visible: bool
    locked: bool = False

    @property
    def is_ignore(self) -> bool:
        """Whether it stands for ignored pixels."""
        return self.index == IGNORE_INDEX

    @property
    def number(self) -> str:
        """What stands at the row's left end: the class's place, from 1."""
        return "`" if self.is_ignore else str(self.index + 1)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is said of each class beside its name; None where it is not known.

    Parameters
    ----------
    counts
        Pixels of each class, then of what is ignored.
    whole
        Pixels of the image.
    confidences
        Mean confidence of each class, 0-1; NaN where it is absent.
    """

    counts: list[int]
    whole: int
    confidences: list[float] | None = None

    def share(self, count: int) -> float:
        """Return a number of pixels as a part of the image, 0-1."""
        return count / self.whole if self.whole else 0.0


class ClassesModel(QAbstractListModel):
    """The legend: the session's classes with numbers of the labels or the proposal.

    Attributes
    ----------
    counts_pixels
        It shows numbers of pixels instead of shares.
    has_locks
        It shows locks where the confidence would be.
    """

    def __init__(self, session: "Session") -> None:
        super().__init__()
        self._session = session
        self._text = ""
        self._rows: list[ClassRow] = []
        self._label_counts: list[int] | None = None
        self._locked: frozenset[int] = frozenset()
        self.counts_pixels = False
        self.has_locks = False
        self.refresh()

    def set_labels(
        self, counts: list[int] | None, locked: frozenset[int], *, has_locks: bool
    ) -> None:
        """Take what is known of the user's own labels.

        Parameters
        ----------
        counts
            (256,) pixels of each label; None while they are not known.
        locked
            Indices of the locked classes.
        has_locks
            Show these numbers and locks, not those of the proposal.
        """
        self._label_counts, self._locked = counts, locked
        self.has_locks = has_locks

    def refresh(self) -> None:
        """Take over what the session says now."""
        rows = self._wanted_rows()
        if [row.index for row in rows] != [row.index for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows != self._rows:
            self._rows = rows
            self._tell_all()

    def set_text(self, text: str) -> None:
        """Show only classes whose name holds a text."""
        self._text = text.strip().casefold()
        self.refresh()

    def set_counts_pixels(self, pixels: bool) -> None:
        """Show numbers of pixels instead of shares."""
        self.counts_pixels = pixels
        self._tell_all()

    def row_at(self, row: int) -> ClassRow | None:
        """Return what a row shows."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, class_index: int | None) -> int:
        """Return the row of a class, or -1."""
        for row, shown in enumerate(self._rows):
            if shown.index == class_index:
                return row
        return -1

    def as_table(self) -> str:
        """Return the rows as text with tabs, for a spreadsheet."""
        lines = ["Class\tColour\tShare\tPixels\tConfidence\tVisible"]
        for row in self._rows:
            share = "" if row.share is None else f"{row.share:.6f}"
            sure = "" if row.confidence is None else f"{row.confidence:.4f}"
            count = "" if row.pixels is None else str(row.pixels)
            seen = "yes" if row.visible else "no"
            lines.append("\t".join((row.name, row.colour, share, count, sure, seen)))
        return "\n".join(lines) + "\n"

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
                return row.name
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(row)
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(row)
            case _:
                return None

    def numbers(self) -> Numbers | None:
        """Return the numbers that are shown; None: there are none."""
        classes = self._session.classes
        if classes is None:
            return None
        if self.has_locks:
            return _of_labels(self._label_counts, len(classes))
        return _of_proposal(self._session.proposal, len(classes))

    def _wanted_rows(self) -> list[ClassRow]:
        classes = self._session.classes
        if classes is None:
            return []
        view, numbers = self._session.view, self.numbers()
        rows = _class_rows(classes, numbers, view, self._locked)
        if self._text:
            rows = [row for row in rows if self._text in row.name.casefold()]
        if view.sort_by_share:
            rows.sort(key=lambda row: (-(row.share or 0.0), row.index))
        ignored = numbers.counts[-1] if numbers else 0
        if (self.has_locks or ignored) and not self._text:
            rows.append(_ignore_row(numbers, view))
        return rows

    def _tell_all(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))


def _of_labels(counts: list[int] | None, classes: int) -> Numbers | None:
    if counts is None:
        return None
    whole = sum(counts)
    shown = counts[:classes]
    return Numbers([*shown, whole - sum(shown)], whole)


def _of_proposal(proposal: "ProposalView | None", classes: int) -> Numbers | None:
    if proposal is None or len(proposal.statistics.counts) < classes:
        return None
    found = proposal.statistics
    sure = None if found.confidences is None else found.confidences[:classes].tolist()
    counts = found.counts.tolist()
    # What only the model knows counts with what is ignored: the list has no row for it.
    counts = [*counts[:classes], found.ignored + sum(counts[classes:])]
    return Numbers(counts, proposal.prediction.labels.size, sure)


def _class_rows(
    classes: ClassList,
    numbers: Numbers | None,
    view: "ViewState",
    locked: frozenset[int],
) -> list[ClassRow]:
    rows = []
    for index, name in enumerate(classes.names):
        count = numbers.counts[index] if numbers else None
        sure = numbers.confidences[index] if numbers and numbers.confidences else None
        rows.append(
            ClassRow(
                index,
                name,
                classes.palette[index],
                None if numbers is None or count is None else numbers.share(count),
                count,
                None if sure is None or math.isnan(sure) else sure,
                view.draws(index),
                index in locked,
            )
        )
    return rows


def _ignore_row(numbers: Numbers | None, view: "ViewState") -> ClassRow:
    pixels = numbers.counts[-1] if numbers else None
    share = None if numbers is None or pixels is None else numbers.share(pixels)
    visible = view.draws(IGNORE_INDEX)
    return ClassRow(
        IGNORE_INDEX, tr("Ignore"), _NO_COLOUR, share, pixels, None, visible
    )


def _tip(row: ClassRow) -> str:
    if row.pixels is None or row.share is None:
        return row.name
    text = tr(
        "{name}: {pixels} px, {share}",
        name=row.name,
        pixels=figures.number(row.pixels),
        share=figures.share(row.share),
    )
    if row.confidence is not None:
        text += tr(
            ", mean confidence {confidence}",
            confidence=figures.confidence(row.confidence),
        )
    return text


def _spoken(row: ClassRow) -> str:
    parts = [row.name]
    if row.colour:
        parts.append(row.colour)
    if row.share is not None:
        parts.append(figures.share(row.share))
    if row.confidence is not None:
        parts.append(
            tr("confidence {confidence}", confidence=figures.confidence(row.confidence))
        )
    parts.append(tr("visible") if row.visible else tr("hidden"))
    if row.locked:
        parts.append(tr("locked"))
    return joined(", ", parts)
