"""The rows of the legend: one for each class, one for ignored pixels."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt

from segdesk.core.classes import IGNORE_INDEX, ClassList
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
    """

    index: int
    name: str
    colour: str
    share: float | None
    pixels: int | None
    confidence: float | None
    visible: bool

    @property
    def is_ignore(self) -> bool:
        """Whether it stands for ignored pixels."""
        return self.index == IGNORE_INDEX

    @property
    def number(self) -> str:
        """What stands at the row's left end: the class's place, from 1."""
        return "`" if self.is_ignore else str(self.index + 1)


class ClassesModel(QAbstractListModel):
    """The legend of the session's classes and its proposal."""

    def __init__(self, session: "Session") -> None:
        super().__init__()
        self._session = session
        self._text = ""
        self._rows: list[ClassRow] = []
        self.counts_pixels = False
        self.refresh()

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

    def _wanted_rows(self) -> list[ClassRow]:
        classes = self._session.classes
        if classes is None:
            return []
        proposal, view = self._session.proposal, self._session.view
        rows = _class_rows(classes, proposal, view)
        if self._text:
            rows = [row for row in rows if self._text in row.name.casefold()]
        if view.sort_by_share:
            rows.sort(key=lambda row: (-(row.share or 0.0), row.index))
        if proposal is not None and proposal.statistics.ignored and not self._text:
            rows.append(_ignore_row(proposal, view))
        return rows

    def _tell_all(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))


def _class_rows(
    classes: ClassList, proposal: "ProposalView | None", view: "ViewState"
) -> list[ClassRow]:
    counts: list[int | None] = [None] * len(classes)
    shares: list[float | None] = [None] * len(classes)
    sure: list[float | None] = [None] * len(classes)
    if proposal is not None and len(proposal.statistics.counts) == len(classes):
        statistics = proposal.statistics
        counts = list(statistics.counts.tolist())
        shares = list(statistics.shares.tolist())
        if statistics.confidences is not None:
            found = statistics.confidences.tolist()
            sure = [None if math.isnan(value) else value for value in found]
    return [
        ClassRow(
            index,
            name,
            classes.palette[index],
            shares[index],
            counts[index],
            sure[index],
            view.draws(index),
        )
        for index, name in enumerate(classes.names)
    ]


def _ignore_row(proposal: "ProposalView", view: "ViewState") -> ClassRow:
    pixels = proposal.statistics.ignored
    whole = proposal.prediction.labels.size
    return ClassRow(
        IGNORE_INDEX,
        "Ignore",
        _NO_COLOUR,
        pixels / whole if whole else 0.0,
        pixels,
        None,
        view.draws(IGNORE_INDEX),
    )


def _tip(row: ClassRow) -> str:
    if row.pixels is None or row.share is None:
        return row.name
    text = f"{row.name}: {figures.number(row.pixels)} px, {figures.share(row.share)}"
    if row.confidence is not None:
        text += f", mean confidence {figures.confidence(row.confidence)}"
    return text


def _spoken(row: ClassRow) -> str:
    parts = [row.name]
    if row.colour:
        parts.append(row.colour)
    if row.share is not None:
        parts.append(figures.share(row.share))
    if row.confidence is not None:
        parts.append(f"confidence {figures.confidence(row.confidence)}")
    parts.append("visible" if row.visible else "hidden")
    return ", ".join(parts)
