"""The head of an evaluation: model, split, the verbs, and how far it is."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.app.evaluation.words import SPLIT_WORDS
from segdesk.app.models.shelf_entry import ShelfEntry, ShelfState
from segdesk.core.language import joined, plural, shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.command_buttons import bound_button
from segdesk.gui.components import Menu
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.components.labels import Label
from segdesk.gui.components.progress import ThinProgress
from segdesk.gui.components.select import Select
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions

_USABLE = frozenset({ShelfState.LOADED, ShelfState.LOADING, ShelfState.READY})


class _Choice(Select):
    """A choice that keeps its width while its items change."""

    def __init__(self, name: str, width: int, icon: str = "") -> None:
        super().__init__(name, icon=icon)
        self._width = width
        self.values: list[str] = []

    def sizeHint(self) -> QSize:
        return QSize(self._width, theme.row_px(28))

    def list_values(self, items: list[tuple[str, str]], chosen: str) -> None:
        """Show other items, given as value and words."""
        texts = [self.itemText(at) for at in range(self.count())]
        values = [value for value, _ in items]
        if (values, [words for _, words in items]) != (self.values, texts):
            self.values = values
            self.blockSignals(True)
            self.clear()
            self.addItems([words for _, words in items])
            self.blockSignals(False)
        self.setCurrentIndex(values.index(chosen) if chosen in values else -1)
        self.setEnabled(bool(items))


class EvaluationHead(QWidget):
    """Model, split, Evaluate, models to compare, and the report.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        self._context = context
        self._evaluating = context.evaluating
        self.model = _Choice(tr("Model"), 240, "cube")
        self.split = _Choice(tr("Split"), 184)
        put(self.model.setPlaceholderText, tr("No model"))
        put(self.split.setPlaceholderText, tr("No labelled split"))
        give(self.model, Tip(tr("Model"), "", tr("The model that is measured.")))
        give(
            self.split,
            Tip(tr("Split"), "", tr("The labelled images that it is measured on.")),
        )
        self.model.activated.connect(self._on_model_activated)
        self.split.activated.connect(self._on_split_activated)
        self.compare = Button(tr("Add model to compare"), Kind.GHOST, icon="plus")
        self.compare.clicked.connect(self._on_compare_clicked)
        self.report = Button(tr("Report"), icon="file-text", caret=True)
        self.report.clicked.connect(self._on_report_clicked)
        self._actions = actions
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Label(tr("Evaluation"), "title"))
        row.addSpacing(10)
        row.addWidget(self.model)
        row.addWidget(Label(tr("on", "a split"), "body", "text2"))
        row.addWidget(self.split)
        row.addWidget(bound_button(context, actions, "evaluation.run"))
        row.addStretch(1)
        row.addWidget(self.compare)
        row.addWidget(self.report)

    def refresh(self) -> None:
        """Show models, splits and choices as they are now."""
        evaluating = self._evaluating
        usable = self._usable()
        ids = [entry.id for entry in usable]
        if evaluating.model_id not in ids and ids:
            loaded = [e.id for e in usable if e.state is ShelfState.LOADED]
            evaluating.choose(model_id=(loaded or ids)[0])
        self.model.list_values([(e.id, e.name) for e in usable], evaluating.model_id)
        sizes = evaluating.split_sizes()
        if evaluating.split not in sizes and sizes:
            evaluating.choose(split=next(iter(sizes)))
        items = [
            (
                name,
                tr(
                    "{split}, {images}",
                    split=SPLIT_WORDS.get(name, name),
                    images=_images(count),
                ),
            )
            for name, count in sizes.items()
        ]
        self.split.list_values(items, evaluating.split)
        self._follow(self.compare, self._why_no_comparison(), _COMPARE_TIP)
        why = None if evaluating.shown else tr("Evaluate a model first")
        self._follow(self.report, why, _REPORT_TIP)

    def _follow(self, button: Button, why: str | None, tip: str) -> None:
        button.setEnabled(why is None)
        give(button, Tip(button.text(), "", why or tip))

    def _usable(self) -> list[ShelfEntry]:
        return [e for e in self._context.shelf.entries if e.state in _USABLE]

    def _comparable(self) -> list[ShelfEntry]:
        known = {done.model_id for done in self._evaluating.results}
        return [entry for entry in self._usable() if entry.id not in known]

    def _why_no_comparison(self) -> str | None:
        if not self._evaluating.results:
            return tr("Evaluate a model first")
        if self._evaluating.run is not None:
            return tr("An evaluation runs")
        return None if self._comparable() else tr("Every model of the library is here")

    def _on_model_activated(self, place: int) -> None:
        self._evaluating.choose(model_id=self.model.values[place])

    def _on_split_activated(self, place: int) -> None:
        self._evaluating.choose(split=self.split.values[place])

    def _on_compare_clicked(self) -> None:
        menu = Menu(self)
        for entry in self._comparable():
            action = QAction(icons.icon("cube"), entry.name.replace("&", "&&"), menu)
            action.triggered.connect(partial(self._compare, entry.id))
            menu.addAction(action)
        self._unfold(menu, self.compare)

    def _compare(self, model_id: str, _checked: bool = False) -> None:
        short = self._evaluating.shown
        split = short.split if short else None
        self._evaluating.choose(model_id=model_id, split=split)
        self._context.commands.run("evaluation.run")

    def _on_report_clicked(self) -> None:
        menu = Menu(self)
        for command_id in ("evaluation.report", "evaluation.reveal"):
            menu.addAction(self._actions.row(command_id))
        self._unfold(menu, self.report)

    def _unfold(self, menu: Menu, button: Button) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.fit_width()
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 2)))


_COMPARE_TIP = tr(
    "Measure another model on the same images; the list says which is better."
)
_REPORT_TIP = tr("One page with numbers and pictures, to keep or to send.")


class RunningBar(QWidget):
    """How far an evaluation is, with what stops it.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        self._context = context
        self._words = Label("", "small", "text2", tabular=True)
        self._bar = ThinProgress(tr("Evaluation"), by_model=True)
        widest = tr(
            "Evaluating 0,000 of 0,000 images · mean IoU so far 00.0 · 00 min left"
        )
        metrics = QFontMetrics(theme.font("small", tabular=True))
        self._words.setMinimumWidth(metrics.horizontalAdvance(shown(widest)))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._words)
        row.addWidget(self._bar, 1)
        row.addWidget(bound_button(context, actions, "evaluation.stop"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def refresh(self) -> None:
        """Show how far it is; hidden while nothing runs."""
        run = self._context.evaluating.run
        self.setVisible(run is not None)
        if run is None:
            return
        if not run.done:
            put(self._words.setText, tr("Loading {name}", name=run.name))
            self._bar.set_value(None)
            return
        counts = tr(
            "{done} of {total}",
            done=figures.number(run.done),
            total=figures.number(run.total),
        )
        parts = [tr("Evaluating {counts} images", counts=counts)]
        if run.mean is not None:
            parts.append(
                tr("mean IoU so far {number}", number=figures.decimal(run.mean, 1))
            )
        jobs = self._context.jobs
        job = jobs.get(run.job_id)
        left_s = job.seconds_left(jobs.now_s()) if job else None
        if left_s is not None:
            parts.append(
                tr(
                    "{time} left",
                    time=figures.rough_duration(left_s),
                )
            )
        put(self._words.setText, joined(" · ", parts))
        self._bar.set_value(run.done / run.total if run.total else None)


def _images(count: int) -> str:
    return plural(count, "1 image", "{count} images", count=figures.number(count))
