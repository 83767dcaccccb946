"""The list of regions by class: how many there are and how many the model sees."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from segdesk.core.language import tr
from segdesk.gui.components.painting import rounded
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import (
    Index,
    Role,
    RowDelegate,
    draw_number,
    draw_text,
    ink,
    two_lines,
)

if TYPE_CHECKING:
    from segdesk.core.region_sizes import ClassSizes, Sizes
    from segdesk.jobs.training_events import EvaluationDone

_LEFT_PX = 12
_COUNTS_PX = 120


@dataclass(frozen=True, slots=True)
class SizeRow:
    """The regions of one class: true ones beside predicted ones."""

    name: str
    colour: str
    sizes: "ClassSizes"

    @property
    def counts(self) -> str:
        """How many there are, and how many the model sees."""
        truth, said = self.sizes.truth.count, self.sizes.said.count
        return tr(
            "{truth} → {said}", truth=figures.number(truth), said=figures.number(said)
        )

    @property
    def medians(self) -> str:
        """Their median areas in the same order."""
        truth, said = _median(self.sizes.truth), _median(self.sizes.said)
        return tr("median {truth} → {said} px", truth=truth, said=said)


def size_rows(done: "EvaluationDone | None") -> list[SizeRow]:
    """Return the classes that have regions, on either side."""
    if done is None:
        return []
    return [
        SizeRow(name, colour, sizes)
        for name, colour, sizes in zip(
            done.classes.names, done.classes.palette, done.sizes, strict=False
        )
        if sizes.truth.count or sizes.said.count
    ]


class SizesDelegate(RowDelegate):
    """Paints a class with its counts of regions and their median areas."""

    row_px = 50

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one class."""
        row = index.data(Role.ROW)
        if not isinstance(row, SizeRow):
            return
        rect = option.rect
        left, right = rect.left() + _LEFT_PX, rect.right() - 14
        first, second = two_lines(left, rect.center().y(), right - _COUNTS_PX)
        swatch = QRectF(left, first.center().y() - 5, 11, 11)
        rounded(painter, swatch, 3, QColor(row.colour))
        name = QRect(left + 17, first.top(), first.width() - 17, first.height())
        draw_text(painter, name, row.name, ink("body", "text"))
        below = QRect(left, second.top(), right - left - 70, second.height())
        draw_text(painter, below, row.medians, ink("caption", "text3", tabular=True))
        box = QRect(right - _COUNTS_PX, rect.top(), _COUNTS_PX, rect.height())
        draw_number(painter, box, row.counts, ink("section", "text", tabular=True))


def _median(sizes: "Sizes") -> str:
    if sizes.median_px is None:
        return figures.NONE
    return figures.number(round(sizes.median_px))
