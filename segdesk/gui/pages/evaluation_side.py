"""The right of an evaluation: worst images, errors, sizes of regions, models."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from segdesk.app.evaluation.words import largest_errors
from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components.panels import Hairline
from segdesk.gui.components.tabs import Tabs
from segdesk.gui.item_models.row_view import RowView
from segdesk.gui.pages.evaluation_lists import (
    ErrorRow,
    ErrorsDelegate,
    ModelRow,
    ModelsDelegate,
    RowsModel,
    WorstDelegate,
    WorstModel,
    WorstRow,
)
from segdesk.gui.pages.evaluation_sizes import SizesDelegate, size_rows

if TYPE_CHECKING:
    from segdesk.app.evaluation.evaluating import Evaluating
    from segdesk.jobs.training_events import EvaluationDone

WIDTH = 308
_TABS = {
    "worst": tr("Worst images"),
    "errors": tr("Errors"),
    "sizes": tr("Sizes"),
    "models": tr("Models"),
}
_HEADS = {
    "worst": ((tr("Truth"), 12), (tr("Prediction"), 70), ("mIoU", 0)),
    "errors": ((tr("Truth → prediction"), 12), (tr("of the class"), 0)),
    "sizes": ((tr("Class"), 12), (tr("regions: true → predicted"), 0)),
    "models": ((tr("Model"), 12), ("mIoU", 0)),
}


class EvaluationSide(QWidget):
    """Tabs over lists; a click opens an image, shows a confusion or another model.

    Parameters
    ----------
    evaluating
        What was measured.
    """

    def __init__(self, evaluating: "Evaluating") -> None:
        super().__init__()
        self._evaluating = evaluating
        self.setFixedWidth(WIDTH)
        self.worst = WorstModel(evaluating)
        self.errors, self.sizes, self.models = RowsModel(), RowsModel(), RowsModel()
        self.tabs = Tabs(_TABS, tr("Beside the evaluation"))
        self.views = {
            "worst": RowView(WorstDelegate(), tr("Worst images")),
            "errors": RowView(ErrorsDelegate(), tr("Largest errors")),
            "sizes": RowView(SizesDelegate(), tr("Regions by class")),
            "models": RowView(ModelsDelegate(), tr("Models side by side")),
        }
        models = dict(
            zip(_TABS, (self.worst, self.errors, self.sizes, self.models), strict=True)
        )
        self._head = _Head()
        self._stack = QStackedLayout()
        for name, view in self.views.items():
            view.setModel(models[name])
            self._stack.addWidget(view)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        tabs = QHBoxLayout()
        tabs.addWidget(self.tabs)
        tabs.addStretch(1)
        column.addLayout(tabs)
        column.addWidget(Hairline())
        column.addWidget(self._head)
        column.addLayout(self._stack, 1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(Hairline(vertical=True))
        across.addLayout(column, 1)
        self._connect()
        self._on_tabs_chosen("worst")

    def show_result(self) -> None:
        """Show the result that is looked at, beside the others."""
        done = self._evaluating.shown
        self.worst.show_result(done)
        self.errors.set_rows(_error_rows(done) if done else ())
        self.sizes.set_rows(size_rows(done))
        results = self._evaluating.results
        best = max((one.metrics.get("mIoU") or 0.0 for one in results), default=0.0)
        name_of = self._evaluating.name_of
        self.models.set_rows(
            [ModelRow(one, name_of(one.model_id), one is done, best) for one in results]
        )
        if done is not None:
            self.views["models"].select_row(results.index(done))
        self.show_cell()

    def show_cell(self) -> None:
        """Mark the confusion that is looked at."""
        cell = self._evaluating.search.cell
        rows = (self.errors.row_at(at) for at in range(self.errors.rowCount()))
        cells = [row.cell for row in rows if isinstance(row, ErrorRow)]
        self.views["errors"].select_row(cells.index(cell) if cell in cells else -1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel."""
        QPainter(self).fillRect(event.rect(), theme.color("panel"))

    def _connect(self) -> None:
        self.tabs.chosen.connect(self._on_tabs_chosen)
        worst, errors, _, models = self.views.values()
        worst.shown_changed.connect(self.worst.ask)
        worst.part_clicked.connect(self._open)
        worst.activated.connect(self._open)
        errors.part_clicked.connect(self._show_error)
        errors.activated.connect(self._show_error)
        models.part_clicked.connect(self._show_model)
        models.activated.connect(self._show_model)

    def _on_tabs_chosen(self, page: str) -> None:
        self._stack.setCurrentWidget(self.views[page])
        self._head.show_titles(_HEADS[page])

    def _open(self, index: QModelIndex, *_: object) -> None:
        row = self.worst.row_at(index.row())
        if isinstance(row, WorstRow):
            self._evaluating.open_image(row.item)

    def _show_error(self, index: QModelIndex, *_: object) -> None:
        row = self.errors.row_at(index.row())
        if isinstance(row, ErrorRow):
            self._evaluating.choose_cell(row.cell)

    def _show_model(self, index: QModelIndex, *_: object) -> None:
        self._evaluating.show(index.row())


class _Head(QWidget):
    """Titles over a list; the last one stands at the right."""

    def __init__(self) -> None:
        super().__init__()
        self._titles: tuple[tuple[str, int], ...] = ()

    def show_titles(self, titles: tuple[tuple[str, int], ...]) -> None:
        self._titles = titles
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, theme.row_px(26))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        middle = Qt.AlignmentFlag.AlignVCenter
        for title, left in self._titles:
            side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
            box = QRect(left, 0, self.width() - left - 14, self.height())
            painter.drawText(box, side | middle, shown(title))


def _error_rows(done: "EvaluationDone") -> list[ErrorRow]:
    names, palette = done.classes.names, done.classes.palette
    return [
        ErrorRow(
            cell,
            (names[cell.truth], names[cell.said]),
            (palette[cell.truth], palette[cell.said]),
            pixels,
            share,
        )
        for cell, pixels, share in largest_errors(done)
    ]
