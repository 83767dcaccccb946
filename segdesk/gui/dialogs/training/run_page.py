"""The third page: how long, in what steps, how it learns, and where."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segdesk.app.training.estimate import iterations_of
from segdesk.app.training.form import TrainingForm
from segdesk.core.language import tr
from segdesk.gui.components import (
    Button,
    CheckBox,
    Field,
    Hairline,
    Kind,
    Segment,
    Segmented,
)
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.dialogs.training.cards import see_through
from segdesk.gui.dialogs.training.config_page import ConfigPage
from segdesk.gui.dialogs.training.fields import (
    Group,
    RateField,
    Row,
    select,
    show_value,
)
from segdesk.gui.dialogs.training.run_side import RunSide
from segdesk.gui.dialogs.training.run_tables import (
    AUGMENTATIONS,
    LENGTHS,
    LOSSES,
    MEMORY,
    OPTIMIZERS,
    SCHEDULES,
)
from segdesk.gui.dialogs.training.schedule_line import ScheduleLine
from segdesk.gui.idle_work import Steps
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from collections.abc import Generator

_MOST = 10_000_000
_QUICK, _THOROUGH = 200, 4


class RunPage(QWidget):
    """Shows and edits the numbers of a form; its maker runs through `steps` first.

    `samples_wanted` asks for the page with the augmented samples, `data_wanted` for
    the findings.
    """

    samples_wanted = Signal()
    data_wanted = Signal()

    def __init__(self, form: TrainingForm) -> None:
        super().__init__()
        self._form = form
        self.steps = self._put_together()

    def _put_together(self) -> Steps:
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 14, 22, 14)
        column.setSpacing(10)
        column.addLayout(self._head())
        yield
        row = QHBoxLayout()
        row.setSpacing(22)
        self._stack = QStackedWidget()
        self._settings_area = yield from self._settings()
        self._stack.addWidget(self._settings_area)
        yield
        self.config = ConfigPage(self._form)
        self._stack.addWidget(self.config)
        row.addWidget(self._stack, 1)
        yield
        self.side = RunSide(self._form)
        yield
        row.addWidget(self.side)
        column.addLayout(row, 1)

    # ------------------------------------------------------------ building

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.view = Segmented(
            (Segment("settings", tr("Settings")), Segment("text", tr("Config text"))),
            tr("View"),
        )
        self.view.choose("settings")
        self.view.chosen.connect(self._on_view_chosen)
        row.addWidget(self.view)
        row.addStretch(1)
        self.reset = Button(
            tr("Reset to proposed"), Kind.GHOST, icon="arrow-counter-clockwise"
        )
        self.reset.clicked.connect(self._form.reset)
        row.addWidget(self.reset)
        self.presets = Button(tr("Presets"), Kind.DEFAULT, caret=True)
        self.presets.clicked.connect(self._on_presets_clicked)
        row.addWidget(self.presets)
        return row

    def _settings(self) -> "Generator[None, None, QScrollArea]":
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        for make in (self._length, self._batch, self._learning, self._more):
            if column.count():
                column.addWidget(Hairline())
            column.addLayout(make())
            yield
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        see_through(area)
        return area

    def _number(
        self,
        name: str,
        field: str,
        low: int,
        high: int,
        unit: str = "",
        width: int = 92,
    ) -> NumberField:
        box = NumberField(name, low, high, unit=unit, width=width)
        box.edited.connect(lambda value: self._set(**{field: value}))
        return box

    def _length(self) -> Group:
        self.length = NumberField(tr("Length"), 1, _MOST, width=92)
        self.length.edited.connect(self._on_length_edited)
        self.unit = select(tr("Unit of the length"), LENGTHS, 108, self._on_unit_chosen)
        self.length_row = Row(tr("Length"), self.length, self.unit)
        self.val = self._number(tr("Validate every"), "val_interval", 1, _MOST)
        self.val.edited.connect(lambda value: self._set(checkpoint_interval=value))
        self.val_row = Row(tr("Validate every"), self.val)
        self.best = select(
            tr("Keep best by"), (), 132, lambda v: self._set(keep_best=v)
        )
        self.stops = CheckBox(tr("Stop early after"))
        self.stops.toggled.connect(self._on_stops_toggled)
        self.patience = self._number(
            tr("Validations without gain"), "early_stopping", 1, 1000, width=48
        )
        self.best_row = Row(tr("Keep best by"), self.best, self.stops, self.patience)
        rows = (self.length_row, self.val_row, self.best_row)
        return Group(tr("Length"), *rows)

    def _batch(self) -> Group:
        self.batch = self._number(tr("Images per step"), "batch_size", 1, 4096)
        self.batch_row = Row(tr("Images per step"), self.batch)
        self.crop = self._number(tr("Crop"), "crop_size", 32, 8192, "px")
        self.crop_row = Row(tr("Crop"), self.crop)
        self.adapt = select(
            tr("If memory runs out"), MEMORY, 236, lambda v: self._set(adapt_memory=v)
        )
        return Group(
            tr("Batch"),
            self.batch_row,
            self.crop_row,
            Row(tr("If memory runs out"), self.adapt),
        )

    def _learning(self) -> Group:
        self.optimizer = select(
            tr("Optimizer"), OPTIMIZERS, 132, lambda v: self._set(optimizer=v)
        )
        self.rate = RateField(lambda rate: self._set(lr=rate))
        self.rate_row = Row(tr("Optimizer"), self.rate)
        self.rate_row.layout().insertWidget(1, self.optimizer)  # type: ignore[union-attr]
        self.schedule = select(
            tr("Schedule"), SCHEDULES, 132, lambda v: self._set(schedule=v)
        )
        self.course = ScheduleLine()
        self.loss = select(tr("Loss"), LOSSES, 200, lambda v: self._set(loss=v))
        self.weights = CheckBox(tr("Class weights"))
        self.weights.toggled.connect(
            lambda on: self._set(class_weights="balanced" if on else "none")
        )
        self.weights_row = Row(tr("Loss"), self.loss, self.weights)
        self.augmentation = select(
            tr("Augmentation"), AUGMENTATIONS, 236, lambda v: self._set(augmentation=v)
        )
        self.preview = Button(tr("Preview"), Kind.GHOST, icon="eye")
        self.preview.clicked.connect(self.samples_wanted.emit)
        return Group(
            tr("Learning"),
            self.rate_row,
            Row(tr("Schedule"), self.schedule, self.course),
            self.weights_row,
            Row(tr("Augmentation"), self.augmentation, self.preview),
        )

    def _more(self) -> Group:
        self.name = Field(tr("Name of the run"))
        self.name.setFixedWidth(236)
        self.name.textEdited.connect(lambda text: self._set(name=text.strip()))
        self.accumulate = self._number(tr("Accumulate"), "accumulate", 1, 256)
        self.accumulate_row = Row(tr("Accumulate"), self.accumulate)
        self.checkpoints = self._number(
            tr("Checkpoint every"), "checkpoint_interval", 1, _MOST
        )
        self.checkpoints_row = Row(tr("Checkpoint every"), self.checkpoints)
        self.log = self._number(tr("Log every"), "log_interval", 1, _MOST)
        self.workers = self._number(tr("Workers"), "num_workers", 0, 64)
        self.workers_row = Row(tr("Workers"), self.workers)
        return Group(
            tr("More"),
            Row(tr("Name"), self.name),
            self.accumulate_row,
            self.checkpoints_row,
            Row(tr("Log every"), self.log),
            self.workers_row,
        )

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Show the form as it is now."""
        self._show_length()
        self._show_batch()
        self._show_learning()
        self._show_more()
        self.reset.setEnabled(bool(self._form.own))
        edited = self._form.spec.config_text is not None
        self._settings_area.setEnabled(not edited)
        self.config.refresh()
        self.side.refresh()

    def _show_length(self) -> None:
        form, spec = self._form, self._form.spec
        is_epochs = spec.epochs is not None
        show_value(self.unit, "epochs" if is_epochs else "iters")
        self.length.set_value(round(spec.epochs) if spec.epochs else spec.max_iters)
        self.length_row.say(_length_words(form), form.problem("epochs"))
        self.val.set_value(spec.val_interval)
        same = spec.checkpoint_interval == spec.val_interval
        help_text = (
            tr("iterations, checkpoint at the same time") if same else tr("iterations")
        )
        self.val_row.say(help_text, form.problem("val_interval"))
        self._fill_best()
        is_on = spec.early_stopping is not None
        self.stops.blockSignals(True)
        self.stops.setChecked(is_on)
        self.stops.blockSignals(False)
        self.patience.setEnabled(is_on)
        self.patience.set_value(spec.early_stopping or 5)
        problem = form.problem("keep_best") or form.problem("early_stopping")
        self.best_row.say(tr("without gain") if is_on else "", problem)

    def _fill_best(self) -> None:
        classes = self._form.classes
        names = classes.names if classes else ()
        wanted = [("mIoU", "mIoU"), ("fgIoU", tr("Foreground IoU")), ("mDice", "mDice")]
        wanted += [(f"IoU:{name}", tr("IoU of {name}", name=name)) for name in names]
        chosen = self._form.spec.keep_best
        if chosen not in dict(wanted):
            wanted.append((chosen, chosen))
        found = [self.best.itemData(place) for place in range(self.best.count())]
        if found != [value for value, _ in wanted]:
            self.best.clear()
            for value, words in wanted:
                self.best.addItem(words, value)
        show_value(self.best, chosen)

    def _show_batch(self) -> None:
        form, spec = self._form, self._form.spec
        self.batch.set_value(spec.batch_size)
        self.batch_row.say(self._why("batch_size"), form.problem("batch_size"))
        proposed = form.proposal.crop_size if form.proposal else 256
        self.crop.set_value(spec.crop_size or proposed)
        self.crop_row.say(self._why("crop_size"), form.problem("crop_size"))
        show_value(self.adapt, spec.adapt_memory)

    def _show_learning(self) -> None:
        form, spec = self._form, self._form.spec
        show_value(self.optimizer, spec.optimizer)
        self.rate.show_rate(spec.lr)
        self.rate_row.say(tr("rate; empty: the recipe's own"), form.problem("lr"))
        show_value(self.schedule, spec.schedule)
        self.course.set_kind(spec.schedule)
        show_value(self.loss, spec.loss)
        self.weights.blockSignals(True)
        self.weights.setChecked(spec.class_weights != "none")
        self.weights.blockSignals(False)
        problem = form.problem("loss") or form.problem("class_weights")
        self.weights_row.say("", problem)
        show_value(self.augmentation, spec.augmentation)

    def _show_more(self) -> None:
        form, spec = self._form, self._form.spec
        if not self.name.hasFocus():
            put(self.name.setText, spec.name)
        put(self.name.setPlaceholderText, form.proposed_name)
        self.accumulate.set_value(spec.accumulate)
        total = spec.batch_size * spec.accumulate
        self.accumulate_row.say(
            tr("batches make one step of {total:,} images", total=total)
        )
        self.checkpoints.set_value(spec.checkpoint_interval)
        self.checkpoints_row.say(tr("iterations"))
        self.log.set_value(spec.log_interval)
        self.workers.set_value(spec.num_workers)
        words = self._why("num_workers")
        self.workers_row.say(words, form.problem("num_workers"))

    def _why(self, field: str) -> str:
        proposal = self._form.proposal
        if proposal is None or field in self._form.own:
            return ""
        return proposal.reasons.get(field, "")

    # ------------------------------------------------------------ slots

    def _set(self, **changes: Any) -> None:  # noqa: ANN401 - TrainSpec's fields
        self._form.set(**changes)

    def _on_length_edited(self, value: int) -> None:
        is_epochs = self.unit.currentData() == "epochs"
        self._set(**({"epochs": float(value)} if is_epochs else {"max_iters": value}))

    def _on_unit_chosen(self, unit: object) -> None:
        form, spec = self._form, self._form.spec
        length = iterations_of(spec, form.pairs)
        if unit == "epochs" and spec.epochs is None:
            epochs = length * spec.batch_size / max(1, form.pairs or 1)
            self._set(epochs=float(max(1, round(epochs))))
        elif unit == "iters" and spec.epochs is not None:
            self._set(epochs=None, max_iters=length)

    def _on_stops_toggled(self, is_on: bool) -> None:
        self._set(early_stopping=self.patience.value if is_on else None)

    def _on_view_chosen(self, view: str) -> None:
        self._stack.setCurrentIndex(0 if view == "settings" else 1)

    def _on_presets_clicked(self) -> None:
        proposal = self._form.proposal
        menu = RowMenu(self)
        menu.add(
            "gauge", tr("Quick try: {quick} iterations", quick=_QUICK), self._quick
        )
        why = "" if proposal else tr("the data are not checked yet")
        menu.add("check", tr("As proposed"), self._form.reset, why=why)
        menu.add(
            "chart-line-up", tr("Thorough: four times as long"), self._long, why=why
        )
        menu.open_at(self.presets.mapToGlobal(self.presets.rect().bottomLeft()))

    def _quick(self) -> None:
        half = _QUICK // 2
        self._set(
            max_iters=_QUICK, epochs=None, val_interval=half, checkpoint_interval=half
        )

    def _long(self) -> None:
        proposal = self._form.proposal
        if proposal is not None:
            interval = proposal.val_interval * _THOROUGH
            self._set(
                max_iters=proposal.max_iters * _THOROUGH,
                epochs=None,
                val_interval=interval,
                checkpoint_interval=interval,
                early_stopping=5,
            )


def _length_words(form: TrainingForm) -> str:
    spec, pairs = form.spec, form.pairs
    if not pairs:
        return ""
    if spec.epochs is not None:
        return tr("≈ {count:,} iterations", count=iterations_of(spec, pairs))
    epochs = spec.max_iters * spec.batch_size / pairs
    number = f"{epochs:,.0f}" if epochs >= 2 else f"{epochs:.1f}"
    return tr("≈ {number} epochs of {pairs:,} images", number=number, pairs=pairs)
