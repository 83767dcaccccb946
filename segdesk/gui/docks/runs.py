"""The runs panel: trainings at work, those that wait, and those of the past."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QSize, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from segdesk.app.training.run import Run
from segdesk.core.language import tr
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import (
    Button,
    EmptyState,
    Hairline,
    IconButton,
    Kind,
    SearchField,
    Tip,
)
from segdesk.gui.components.tips import give
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.gui.item_models.runs_delegate import RunsDelegate
from segdesk.gui.item_models.runs_model import RunsModel, row_of
from segdesk.gui.list_dock import ListDock

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_LIST, _EMPTY = range(2)
_REFRESH_MS = 250
_NO_RUNS = (
    tr("No runs yet"),
    tr("Train a model on your labels, or open the folder of a training."),
)
_READING = (tr("Reading the runs"), tr("Their curves are read from their folders."))
_VERBS = (
    "run.pause",
    "run.stop",
    "run.let_go",
    "run.earlier",
    "run.later",
    "",
    "run.predict",
    "run.resume",
    "run.extend",
    "run.fine_tune",
    "",
    "run.reveal",
    "run.export_csv",
    "run.export_png",
    "run.forget",
)


class RunsDock(ListDock):
    """Lists the runs, those at work on top.

    Parameters
    ----------
    context
        The application.
    """

    dock_id = "runs"
    title = tr("Runs")
    header_actions: tuple[str, ...] = ()

    def __init__(self, context: "AppContext") -> None:
        super().__init__(RunsDelegate(), tr("Runs"))
        self._context = context
        self._runs = context.runs
        self.model = RunsModel()
        self.view.setModel(self.model)
        self.filter = SearchField(tr("Filter runs"))
        self._find = IconButton(
            "funnel-simple",
            Tip(tr("Filter runs"), "", tr("By name, state or architecture.")),
            checkable=True,
        )
        self.compare_button = Button(tr("Compare"), Kind.GHOST, icon="git-diff")
        tip = Tip(
            tr("Compare"), "", tr("Show another run's curves dashed beside this one's.")
        )
        give(self.compare_button, tip)
        self._soon = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._soon.timeout.connect(self._refresh)
        self._build()
        self._connect()
        self._refresh()

    def header_widgets(self) -> tuple[QWidget, ...]:
        """Return what stands in the header behind the commands."""
        opened = self._header_button("run.open", "folder-open")
        return (self._find, opened, self._header_button("train.open", "plus"))

    def _header_button(self, command_id: str, icon: str) -> IconButton:
        command = self._context.commands[command_id]
        button = IconButton(icon, Tip(command.title, "", command.tip))
        button.clicked.connect(partial(self._run_command, command_id))
        return button

    def _run_command(self, command_id: str, _checked: bool = False) -> None:
        self._context.commands.run(command_id)

    def sizeHint(self) -> QSize:
        """Return the design's size."""
        return QSize(272, 600)

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        verbs = QHBoxLayout()
        verbs.setContentsMargins(12, 2, 12, 10)
        verbs.setSpacing(6)
        new = command_button(
            self._context, "train.open", text=tr("New training"), shows_key=False
        )
        new.set_icon("plus")
        verbs.addWidget(new)
        verbs.addWidget(self.compare_button)
        verbs.addStretch(1)
        self._filter_row = QWidget()
        row = QHBoxLayout(self._filter_row)
        row.setContentsMargins(12, 2, 12, 6)
        row.addWidget(self.filter)
        self._filter_row.hide()
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        opened = command_button(self._context, "run.open", text=tr("Open run"))
        self._empty = EmptyState("chart-line-up", *_NO_RUNS, (opened,))
        self._stack.addWidget(self._empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(verbs)
        whole.addWidget(Hairline())
        whole.addWidget(self._filter_row)
        whole.addSpacing(4)
        whole.addLayout(self._stack, 1)

    def _connect(self) -> None:
        self._find.toggled.connect(self._on_find_toggled)
        self.filter.textChanged.connect(self.model.set_text)
        self.compare_button.clicked.connect(self._on_compare_clicked)
        self.view.clicked.connect(self._on_view_clicked)
        self.view.activated.connect(self._on_view_clicked)
        self.view.menu_asked.connect(self._on_view_menu_asked)
        self.view.copy_asked.connect(self._copy_rows)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self._runs.changed.connect(self._refresh)
        self._runs.advanced.connect(self._on_runs_advanced)

    # ------------------------------------------------------------ what is shown

    def _refresh(self) -> None:
        runs = self._runs.all
        compared = self._runs.compared
        self.model.set_rows([row_of(run, is_compared=run is compared) for run in runs])
        selected = self._runs.selected
        row = self.model.row_of(selected.folder if selected else None)
        if row != self.view.selected_row():
            self.view.select_row(row, reveal=False)
        self._empty.set_words(*(_READING if self._runs.is_reading else _NO_RUNS))
        self._stack.setCurrentIndex(_LIST if runs else _EMPTY)
        self.compare_button.setEnabled(bool(self._runs.comparable))
        self.show_count(figures.number(len(runs)) if runs else "")

    def _on_runs_advanced(self, _run: Run) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _on_find_toggled(self, on: bool) -> None:
        self._filter_row.setVisible(on)
        if on:
            self.filter.setFocus()
        else:
            self.filter.clear()

    # ------------------------------------------------------------ what is done

    def _run_at(self, index: QModelIndex) -> Run | None:
        row = self.model.row_at(index.row())
        return self._runs.run(row.folder) if row else None

    def _on_view_clicked(self, index: QModelIndex) -> None:
        run = self._run_at(index)
        if run is not None:
            self._runs.select(run)

    def _on_current_changed(self, index: QModelIndex, _before: QModelIndex) -> None:
        if self.view.hasFocus():  # by the arrow keys
            self._on_view_clicked(index)

    def _on_view_menu_asked(self, index: QModelIndex, position: QPoint) -> None:
        run = self._run_at(index)
        if run is None:
            return
        self._runs.select(run)
        menu = RowMenu(self)
        commands = self._context.commands
        for command_id in _VERBS:
            if not command_id:
                menu.addSeparator()
                continue
            command, why = commands[command_id], commands.disabled_why(command_id)
            call = partial(commands.run, command_id)
            menu.add(command.icon, command.title, call, why=why or "")
        menu.open_at(position)

    def _on_compare_clicked(self) -> None:
        menu = RowMenu(self)
        compared = self._runs.compared
        menu.add_switch(
            tr("No other run"),
            partial(self._runs.compare, None),
            checked=compared is None,
        )
        for run in self._runs.comparable:
            choose = partial(self._runs.compare, run)
            menu.add_switch(run.title, choose, checked=run is compared)
        below = QPoint(0, self.compare_button.height() + 2)
        menu.open_at(self.compare_button.mapToGlobal(below))

    def _copy_rows(self) -> None:
        QGuiApplication.clipboard().setText(self.model.as_text())
        self._context.notices.toast(tr("Copied the list of runs"))
