"""The second page: which network, what it costs here, and what it starts from."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segdesk.app.models.architectures import architecture_words, architectures, missing
from segdesk.app.training.form import TrainingForm
from segdesk.core.language import shown, tr
from segdesk.gui.components import (
    Button,
    EmptyState,
    Kind,
    Label,
    SearchField,
    Segment,
    Segmented,
    Select,
)
from segdesk.gui.dialogs.training.cards import see_through
from segdesk.gui.dialogs.training.model_table import (
    COLUMNS,
    ZOO_COLUMNS,
    ArchitectureDelegate,
    ArchitectureModel,
    ArchitectureRow,
    Framing,
    ZooConfigs,
    ZooRow,
)
from segdesk.gui.dialogs.training.scatter_card import ScatterCard
from segdesk.gui.dialogs.training.start_cards import StartCards
from segdesk.gui.idle_work import Steps
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.table_view import TableView
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.core.errors import SegDeskError
    from segdesk.library.zoo import ZooEntry

_RIGHT = 372
_CONFIGS = tr("Configs (*.py *.json *.yaml *.yml);;All files (*)")
_ZOO = "zoo:"
_SORTS = (
    ("proposed", tr("Sort: proposed first")),
    ("name", tr("Sort: name")),
    ("speed", tr("Sort: fastest first")),
    ("memory", tr("Sort: least memory")),
    ("size", tr("Sort: smallest first")),
)
_LAST = 1e12


class ModelPage(QWidget):
    """Lets the user choose a network for a form; its maker runs through `steps`."""

    def __init__(self, context: "AppContext", form: TrainingForm) -> None:
        super().__init__()
        self._context = context
        self._form = form
        self._zoo: tuple[ZooRow, ...] | None = None
        self._is_showing = False
        self.steps = self._put_together()

    def _put_together(self) -> Steps:
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 14, 22, 14)
        column.setSpacing(10)
        column.addLayout(self._head())
        row = QHBoxLayout()
        row.setSpacing(22)
        yield
        row.addWidget(self._tables(), 1)
        yield
        row.addWidget(self._side())
        column.addLayout(row, 1)
        self._connect()

    # ------------------------------------------------------------ building

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.kind = Segmented(
            (
                Segment("shipped", tr("Architectures")),
                Segment("zoo", tr("Zoo configs")),
                Segment("own", tr("My config")),
            ),
            tr("Where the network comes from"),
        )
        self.kind.choose("shipped")
        row.addWidget(self.kind)
        row.addStretch(1)
        self.filter = SearchField(tr("Filter"))
        self.filter.setFixedWidth(180)
        row.addWidget(self.filter)
        self.sort = Select(tr("Order"))
        for name, words in _SORTS:
            self.sort.addItem(words, name)
        self.sort.setFixedWidth(178)
        row.addWidget(self.sort)
        return row

    def _tables(self) -> QStackedWidget:
        self.model = ArchitectureModel()
        self.table = TableView(
            tr("Architectures"), COLUMNS, ArchitectureDelegate(COLUMNS)
        )
        self.table.setModel(self.model)
        self.table.size_columns()
        self.zoo_model = ZooConfigs()
        self.zoo_table = TableView(tr("Configs of the zoo"), ZOO_COLUMNS)
        self.zoo_table.setModel(self.zoo_model)
        self.zoo_table.size_columns()
        choose = Button(tr("Choose config"), Kind.PRIMARY, icon="folder-open")
        choose.clicked.connect(self._on_choose_clicked)
        self.own = EmptyState(
            "file",
            tr("A config of your own"),
            tr(
                "Any mmseg config, such as the config.py of an earlier run. It is "
                "read as text; code in it is not executed."
            ),
            (choose,),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(Framing(self.table))
        self._stack.addWidget(Framing(self.zoo_table))
        self._stack.addWidget(self.own)
        return self._stack

    def _side(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.scatter = ScatterCard()
        column.addWidget(self.scatter)
        column.addSpacing(6)
        column.addWidget(Label(tr("Start from"), "section"))
        column.addSpacing(2)
        self.start = StartCards(self._context, self._form)
        column.addWidget(self.start)
        column.addSpacing(12)
        self.why_title = Label(tr("Why this one"), "section")
        column.addWidget(self.why_title)
        self.why = Label("", "small", "text2", wrap=True)
        self.why.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.why)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFixedWidth(_RIGHT)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        see_through(area)
        return area

    def _connect(self) -> None:
        self.kind.chosen.connect(self._on_kind_chosen)
        self.filter.textChanged.connect(lambda _text: self.refresh())
        self.sort.activated.connect(lambda _index: self.refresh())
        selected = self.table.selectionModel().currentRowChanged
        selected.connect(lambda current, _before: self._on_row(current.row()))
        selected = self.zoo_table.selectionModel().currentRowChanged
        selected.connect(lambda current, _before: self._on_zoo_row(current.row()))
        self.scatter.chosen.connect(self._choose)
        self.scatter.changed.connect(self.refresh)

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Show the form as it is now."""
        self._is_showing = True
        rows = self._rows()
        self.model.set_rows(rows)
        self._select(self.table, [row.id for row in rows])
        if self._zoo is not None:
            words = self.filter.text().casefold()
            found = tuple(
                row
                for row in self._zoo
                if words in row.title.casefold() or words in row.dataset.casefold()
            )
            self.zoo_model.set_rows(found)
            self._select(self.zoo_table, [row.id for row in found])
        config = self._form.spec.config
        if config is not None:
            self.own.set_words(config.name, f"{config.parent}")
        self._show_scatter(rows)
        self.start.refresh()
        self._show_why()
        self._is_showing = False

    def _rows(self) -> tuple[ArchitectureRow, ...]:
        form, words = self._form, self.filter.text().casefold()
        names = [
            name
            for name in architectures()
            if words in architecture_words(name).casefold()
        ]
        fame = self.scatter.published_score
        rows = [replace(self._row(name), published=fame(name)) for name in names]
        proposed = form.proposal.architecture if form.proposal else ""
        order = self.sort.currentData()
        keys = {
            "proposed": lambda row: (row.id != proposed, row.title.casefold()),
            "name": lambda row: row.title.casefold(),
            "speed": lambda row: -(row.speed or 0),
            "memory": lambda row: row.memory_mb or _LAST,
            "size": lambda row: row.parameters or _LAST,
        }
        rows.sort(key=keys[order])
        return tuple(sorted(rows, key=lambda row: row.is_missing))

    def _row(self, name: str) -> ArchitectureRow:
        form = self._form
        cost = form.costs.cost(form.device, name)
        proposed = form.proposal is not None and form.proposal.architecture == name
        score = form.doors.memory.score(form.spec.data_dir, name)
        title = architecture_words(name)
        tag, role = (tr("Proposed"), "accent") if proposed else ("", "text2")
        if missing(name):
            return ArchitectureRow(
                name,
                title,
                words="–",
                tag=tr("Not installed"),
                tag_role="warn",
                is_missing=True,
            )
        if cost is None:
            words = "–"
            if form.costs.measuring == name:
                words = tr("measuring")
            elif form.costs.is_waiting(name):
                words = tr("waiting")
            elif form.costs.why_unknown(form.device, name):
                words, tag, role = "–", tr("Not measured"), "warn"
            return ArchitectureRow(
                name, title, score=score, words=words, tag=tag, tag_role=role
            )
        total = form.machine.memory_mb
        return ArchitectureRow(
            name,
            title,
            cost.parameters,
            cost.memory_mb,
            cost.batch_size / cost.train_s if cost.train_s else None,
            score,
            tag=tag,
            tag_role=role,
            is_heavy=bool(total and cost.memory_mb > total),
        )

    def _select(self, table: TableView, ids: list[str]) -> None:
        spec = self._form.spec
        name = "" if spec.config is not None else spec.architecture
        if name not in ids:
            table.clearSelection()
            return
        index = table.model().index(ids.index(name), 0)
        flags = QItemSelectionModel.SelectionFlag
        table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _show_scatter(self, rows: tuple[ArchitectureRow, ...]) -> None:
        name = self._form.spec.architecture
        if self.kind.choice() == "zoo":
            self.scatter.show_zoo(self.zoo_model.rows, name)
            return
        words = tr("Speeds are measured here, one architecture after the other")
        if not self._form.can_try:
            words = tr("Speeds are measured once the data can be trained on")
        self.scatter.show_architectures(rows, name, words)

    def _show_why(self) -> None:
        form, spec = self._form, self._form.spec
        failed = form.costs.why_unknown(form.device, spec.architecture)
        proposal = form.proposal
        need = missing(spec.architecture) if spec.config is None else None
        if need is not None:
            put(self.why_title.setText, tr("Not installed"))
            put(
                self.why.setText,
                tr("{reason}. {hint}", reason=need.why.rstrip("."), hint=need.hint),
            )
        elif failed:
            put(self.why_title.setText, tr("Not measured"))
            put(self.why.setText, failed)
        elif proposal is not None and proposal.architecture == spec.architecture:
            put(self.why_title.setText, tr("Why this one"))
            put(
                self.why.setText,
                proposal.reasons.get("architecture", "") + self._fame(),
            )
        elif proposal is not None:
            title = architecture_words(proposal.architecture)
            put(self.why_title.setText, tr("Why {title} is proposed", title=title))
            put(
                self.why.setText,
                proposal.reasons.get("architecture", "") + self._fame(),
            )
        else:
            put(self.why_title.setText, tr("Why this one"))
            put(self.why.setText, tr("The proposal is made from the checked data."))

    def _fame(self) -> str:
        """Return what was published of the chosen architecture, as a sentence."""
        entry = self.scatter.published(self._form.spec.architecture)
        if entry is None or entry.miou is None:
            return ""
        title = architecture_words(self._form.spec.architecture)
        score = figures.decimal(entry.miou, 1)
        return tr(
            " Published of {title}: mIoU {score} on {dataset}.",
            title=title,
            score=score,
            dataset=entry.dataset,
        )

    # ------------------------------------------------------------ slots

    def showEvent(self, event: object) -> None:
        """Measure as long as somebody looks."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._form.measure_all()
        if self._zoo is None:
            self._context.shelf.zoo(self._on_zoo_read, self._on_zoo_not_read)

    def hideEvent(self, event: object) -> None:
        """Measure no more."""
        super().hideEvent(event)  # type: ignore[arg-type]
        self._form.costs.stop()

    def _on_kind_chosen(self, kind: str) -> None:
        self._stack.setCurrentIndex(("shipped", "zoo", "own").index(kind))
        self.filter.setVisible(kind != "own")
        self.sort.setVisible(kind == "shipped")
        self.refresh()

    def _on_zoo_read(self, entries: "tuple[ZooEntry, ...]") -> None:
        rows = {}
        for entry in entries:
            stem = entry.config.rpartition("/")[2].removesuffix(".py")
            rows[stem] = ZooRow(
                f"{_ZOO}{stem}", stem, entry.dataset, entry.parameters, entry.miou
            )
        self._zoo = tuple(sorted(rows.values(), key=lambda row: row.title))
        self.scatter.set_published({entry.id: entry for entry in entries})
        self.refresh()

    def _on_zoo_not_read(self, error: "SegDeskError") -> None:
        self._zoo = ()
        if self.kind.choice() == "zoo":
            self._context.notices.error(error)

    def _on_row(self, row: int) -> None:
        if not self._is_showing and 0 <= row < len(self.model.rows):
            self._choose(self.model.rows[row].id)

    def _on_zoo_row(self, row: int) -> None:
        if not self._is_showing and 0 <= row < len(self.zoo_model.rows):
            self._choose(self.zoo_model.rows[row].id)

    def _choose(self, name: str) -> None:
        spec = self._form.spec
        if name != spec.architecture or spec.config is not None:
            self._form.set(
                architecture=name, config=None, config_text=None, load_from=None
            )

    def _on_choose_clicked(self) -> None:
        folder = str(self._form.spec.config or "")
        name, _ = QFileDialog.getOpenFileName(
            self, shown(tr("Config")), folder, shown(_CONFIGS)
        )
        if name:
            from pathlib import Path

            self._form.set(config=Path(name), config_text=None)
