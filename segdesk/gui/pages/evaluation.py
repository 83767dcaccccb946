"""The Evaluate page: how good a model is, what it gets wrong, and what to do then."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QRectF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from segdesk.app.evaluation.look import Cell
from segdesk.app.evaluation.words import ClassRow, Scale
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.command_buttons import bound_button
from segdesk.gui.components import EmptyState, Segment, Segmented
from segdesk.gui.components.buttons import Kind
from segdesk.gui.components.labels import Label
from segdesk.gui.components.painting import RADIUS_CARD, rounded
from segdesk.gui.idle_work import Steps, do_all
from segdesk.gui.item_models.row_delegate import Role
from segdesk.gui.item_models.table_view import HEAD_PX, ROW_PX, TableView
from segdesk.gui.pages.evaluation_classes import (
    COLUMNS,
    DICE,
    IOU,
    ClassesTableDelegate,
    ClassesTableModel,
)
from segdesk.gui.pages.evaluation_figures import FigureStrip, figures_of
from segdesk.gui.pages.evaluation_head import EvaluationHead, RunningBar
from segdesk.gui.pages.evaluation_matrix import ConfusionMatrix
from segdesk.gui.pages.evaluation_plots import EvaluationPlots
from segdesk.gui.pages.evaluation_side import EvaluationSide
from segdesk.gui.pages.evaluation_strip import RegionStrip
from segdesk.gui.picture_first import PaintedInTurns
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions
    from segdesk.jobs.training_events import EvaluationDone

_MARGIN = 14
_TABLE_PX, _NARROW_TABLE_PX = 504, 420
_NARROW_PX = 1360
_PLOTS_PX = 240  # least height of titles, plot and what is between


class EvaluationPage(QWidget):
    """What an evaluation found.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    in_steps
        The maker runs through `steps` before anything else.
    """

    def __init__(
        self, context: "AppContext", actions: "Actions", *, in_steps: bool = False
    ) -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Evaluation"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._context = context
        self._actions = actions
        self._evaluating = context.evaluating
        self._shown: EvaluationDone | None = None
        self.steps = self._put_together()
        if not in_steps:
            do_all(self.steps)

    def _put_together(self) -> Steps:
        context, actions = self._context, self._actions
        self.head = EvaluationHead(context, actions)
        yield
        self.running = RunningBar(context, actions)
        self.figures = FigureStrip()
        yield
        self.classes = ClassesTableModel()
        self.table = TableView(tr("Per class"), COLUMNS, ClassesTableDelegate())
        calibrate = bound_button(
            context, actions, "evaluation.calibrate", Kind.GHOST, height=24
        )
        self.plots = EvaluationPlots(self._evaluating, calibrate)
        self.matrix = ConfusionMatrix()
        self.scale = Segmented(
            [
                Segment(Scale.ROWS, tr("Rows")),
                Segment(Scale.COLUMNS, tr("Columns")),
                Segment(Scale.PIXELS, tr("Pixels")),
            ],
            tr("Shares of the confusion matrix"),
            height=24,
        )
        self.scale.choose(Scale.ROWS)
        yield
        self.strip = RegionStrip(context, actions)
        yield
        self.side = EvaluationSide(self._evaluating)
        yield
        self._stack = QStackedWidget()
        self._stack.addWidget(self._make_empty())
        self._lay_out()
        yield
        yield from self._make_result()
        self._set_up_table()
        yield
        self._connect()
        table, plots = self._table_card, self.plots
        parts = (self.figures, table, self.matrix, self.strip, plots, self.side)
        self._painting = PaintedInTurns(self, parts)
        self._refresh()

    @property
    def unseen(self) -> tuple[QWidget, ...]:
        """What comes in sight with a result."""
        return tuple(part for part in (self._result, self.side) if part.isHidden())

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed meanwhile."""
        super().showEvent(event)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the table what the window has room for."""
        super().resizeEvent(event)
        if not hasattr(self, "_left"):  # it is put together in steps
            return
        narrow = event.size().width() < _NARROW_PX
        self._left.setFixedWidth(_NARROW_TABLE_PX if narrow else _TABLE_PX)
        self.table.setColumnHidden(DICE, narrow)
        QTimer.singleShot(0, self, self._fit_table)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page's surface."""
        QPainter(self).fillRect(event.rect(), theme.color("window"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Decide on the chosen region with 1, 2, 3 and J."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not (plain and self._shown and self.strip.take_key(event.key())):
            super().keyPressEvent(event)

    # ------------------------------------------------------------ putting together

    def _make_empty(self) -> QWidget:
        return EmptyState(
            "target",
            tr("Nothing is evaluated yet"),
            tr(
                "Choose a model and a split of labelled images. Every image is "
                "predicted and compared with its labels."
            ),
            (
                bound_button(
                    self._context, self._actions, "evaluation.run", Kind.PRIMARY
                ),
                bound_button(self._context, self._actions, "file.open_folder"),
            ),
        )

    def _make_result(self) -> Steps:
        """Put the parts into their places from above; styles follow parents."""
        result = self._result = QWidget()
        column = QVBoxLayout(result)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        middle = QHBoxLayout()
        middle.setSpacing(_MARGIN)
        column.addLayout(middle, 1)
        self._stack.addWidget(result)
        self._left = _Section(tr("Per class"))
        middle.addWidget(self._left)
        right = _Section(tr("Confusion"), self.scale)
        middle.addWidget(right, 1)
        yield
        card = self._table_card = _Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(6, 1, 6, 6)
        self._left.column.addWidget(card)
        inside.addWidget(self.table)
        self._left.column.addSpacing(6)
        yield
        self._left.column.addWidget(self.plots, 1)
        self._left.column.addStretch()
        right.column.addWidget(self.matrix, 1)
        yield
        column.insertWidget(0, self.figures)
        column.addWidget(self.strip)
        yield

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(12)
        column.addWidget(self.head)
        column.addWidget(self.running)
        column.addWidget(self._stack, 1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addLayout(column, 1)
        across.addWidget(self.side)

    def _set_up_table(self) -> None:
        self.table.setModel(self.classes)
        self.table.size_columns()
        self.table.horizontalHeader().setSortIndicator(
            IOU, Qt.SortOrder.DescendingOrder
        )
        self.table.setSortingEnabled(True)

    def _connect(self) -> None:
        self.scale.chosen.connect(self._on_scale_chosen)
        self.matrix.chosen.connect(self._evaluating.choose_cell)
        self.table.clicked.connect(self._on_table_clicked)
        self.table.activated.connect(self._on_table_clicked)
        self.classes.layoutChanged.connect(self._span_absent)
        evaluating, context = self._evaluating, self._context
        ends = (
            evaluating.changed.connect(self._on_changed),
            evaluating.search.changed.connect(self._on_search_changed),
            context.shelf.changed.connect(self._on_changed),
        )
        self.destroyed.connect(lambda: [end() for end in ends])

    # ------------------------------------------------------------ what is shown

    def _on_changed(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        self.head.refresh()
        self.running.refresh()
        done = self._evaluating.shown
        self._stack.setCurrentIndex(1 if done else 0)
        self.side.setVisible(done is not None)
        others = self._evaluating.others
        if done is not None:
            other = others[0] if others else None
            name = self._evaluating.name_of(other.model_id) if other else ""
            self.figures.show_figures(figures_of(done, other, name))
        self.plots.refresh()
        if done is not self._shown:
            self._shown = done
            self._painting.hold()
            self.classes.show_result(done)
            self._span_absent()
            self._fit_table()
            self.plots.show_result()
            self.matrix.show_result(done, Scale(self.scale.choice()))
            self.side.show_result()
            self._evaluating.look()
            self._on_search_changed()
        self._actions.refresh_soon()

    def _fit_table(self) -> None:
        """Give the table the height of its rows, or what the plot below leaves."""
        rows = theme.row_px(ROW_PX) * self.classes.rowCount() + theme.row_px(HEAD_PX)
        room = self._left.height()
        least = theme.row_px(HEAD_PX) + 3 * theme.row_px(ROW_PX)
        has_plots = room > least + _PLOTS_PX
        room -= _PLOTS_PX if has_plots else theme.row_px(30)
        self.plots.setVisible(has_plots)
        self._table_card.setFixedHeight(min(rows + 8, max(least, room)))

    def _span_absent(self) -> None:
        """Let the words of an absent class take the room of its numbers."""
        self.table.clearSpans()
        for place in range(self.classes.rowCount()):
            row = self.classes.row_at(place)
            if row is not None and row.is_absent:
                self.table.setSpan(place, IOU, 1, len(COLUMNS) - IOU)

    def _on_search_changed(self) -> None:
        cell = self._evaluating.search.cell
        self.matrix.show_cell(cell)
        self.side.show_cell()
        place = self.classes.place_of(cell.truth) if cell else -1
        if place >= 0 and place != self.table.selected_row():
            self.table.selectRow(place)
        self._actions.refresh_soon()

    def _on_scale_chosen(self, scale: str) -> None:
        self.matrix.show_result(self._shown, Scale(scale))

    def _on_table_clicked(self, index: QModelIndex) -> None:
        row = index.siblingAtColumn(0).data(Role.ROW)
        if isinstance(row, ClassRow) and self._shown is not None:
            self._evaluating.choose_cell(_largest_of(self._shown, row.index))


def _largest_of(done: "EvaluationDone", truth: int) -> Cell:
    """Return the confusion of a class with most pixels; none: its own cell."""
    counts = list(done.confusion[truth][: len(done.classes)])
    counts[truth] = 0
    most = max(counts, default=0)
    return Cell(truth, counts.index(most) if most else truth)


class _Card(QWidget):
    """A surface with an edge."""

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        rounded(painter, box, RADIUS_CARD, theme.color("panel"), theme.color("line"))


class _Section(QWidget):
    """A title with what belongs to it, over one part of the page."""

    def __init__(self, title: str, beside: QWidget | None = None) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        words = Label(title, "section")
        words.setFixedHeight(theme.row_px(24))
        head.addWidget(words)
        head.addStretch(1)
        if beside is not None:
            head.addWidget(beside)
        self.column.addLayout(head)
