"""The title over the regions of one error."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from segdesk.app.evaluation.look import Cell
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.painting import (
    draw_elided,
    rounded,
)
from segdesk.gui.item_models import figures

if TYPE_CHECKING:
    from segdesk.app.evaluation.evaluating import Evaluating


class CellTitle(QWidget):
    """Which class is taken for which, and how many regions there are."""

    def __init__(self, evaluating: "Evaluating") -> None:
        super().__init__()
        self._evaluating = evaluating
        self.setMinimumWidth(120)

    def sizeHint(self) -> QSize:
        """Return the size that its words need."""
        return QSize(400, theme.row_px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the two classes and what is between them."""
        del event
        done, search = self._evaluating.shown, self._evaluating.search
        if done is None or search.cell is None:
            return
        painter = QPainter(self)
        x = self._name(painter, 0.0, search.cell, search.cell.truth)
        if not search.cell.is_error:
            self._words(painter, x, tr("is recognized here"), "text3")
            return
        x = self._words(painter, x, tr("predicted as"), "text2") + 6
        x = self._name(painter, x, search.cell, search.cell.said)
        found = search.found
        more = "…" if search.is_busy else ""
        regions = "region" if found.count == 1 else "regions"
        words = tr(
            "{count}{more} {regions} · {pixels}{more} px · largest first",
            count=figures.number(found.count),
            more=more,
            regions=regions,
            pixels=figures.number(found.pixels),
        )
        self._words(painter, x + 8, words, "text2")

    def _name(self, painter: QPainter, x: float, cell: Cell, index: int) -> float:
        del cell
        done = self._evaluating.shown
        middle = self.height() / 2
        name = tr("other classes")
        if done is not None and index < len(done.classes):
            name = done.classes.names[index]
            swatch = QRectF(x, middle - 6, 12, 12)
            rounded(painter, swatch, 3, QColor(done.classes.palette[index]))
            x += 18
        painter.setFont(theme.font("section"))
        return self._draw(painter, x, name, "text")

    def _words(self, painter: QPainter, x: float, text: str, role: str) -> float:
        painter.setFont(theme.font("small", tabular=True))
        return self._draw(painter, x, text, role)

    def _draw(self, painter: QPainter, x: float, text: str, role: str) -> float:
        painter.setPen(theme.color(role))
        room = QRectF(x, 0, max(0.0, self.width() - x), self.height())
        return x + draw_elided(painter, room, text) + 6
