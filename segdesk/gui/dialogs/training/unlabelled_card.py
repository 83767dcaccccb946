"""Images without labels: an explicit choice to learn from a model's word on them."""

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from segdesk.app.training.form import TrainingForm
from segdesk.core.language import joined, plural, tr
from segdesk.gui.components import Button, CheckBox, Kind, Label, Select, ThinProgress
from segdesk.gui.components.choices import Switch
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.dialogs.training.cards import Framed
from segdesk.gui.dialogs.training.fields import select, show_value
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put

_LEAST, _MOST = 50, 99
_WEIGHTS = (0.25, 0.5, 1.0)


class UnlabelledCard(Framed):
    """A switch, which model labels them, from which confidence on, at which weight."""

    def __init__(self, form: TrainingForm) -> None:
        super().__init__()
        self._form = form
        self._self = form.self_training
        put(self.setAccessibleName, tr("Unlabelled images"))
        self.switch = Switch(tr("Learn from unlabelled images too"))
        self.switch.clicked.connect(self._on_switch_clicked)
        self.title = Label("", "strong")
        self.words = Label("", "small", "text2", wrap=True, tabular=True)
        self.model: Select = select(
            tr("Labelled by"), (), 190, lambda value: self._choose(model_id=value)
        )
        self.threshold = NumberField(
            tr("Confidence"), _LEAST, _MOST, unit="%", width=64
        )
        self.threshold.edited.connect(lambda value: self._choose(threshold=value / 100))
        self.weight: Select = select(
            tr("Weight"),
            tuple((one, figures.decimal(one, 2)) for one in _WEIGHTS),
            76,
            lambda value: self._choose(weight=value),
        )
        self.compared = CheckBox(tr("Train without them too, to see the gain"))
        self.compared.toggled.connect(lambda on: self._choose(compared=on))
        self.remove = Button(tr("Remove their labels"), Kind.GHOST, icon="trash")
        self.remove.clicked.connect(lambda _=False: self._self.remove())
        self.progress = ThinProgress(tr("Unlabelled images"))
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 11, 12, 11)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.title, 1)
        head.addWidget(self.remove)
        head.addWidget(self.switch)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self.progress)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.model)
        for words, field in (
            (tr("from"), self.threshold),
            (tr("weight"), self.weight),
        ):
            row.addWidget(Label(words, "small", "text2"))
            row.addWidget(field)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.compared)

    def refresh(self) -> None:
        """Show the form as it is now; without such images there is nothing to show."""
        state, form = self._self, self._form
        count = len(state.images or ())
        self.setVisible(count > 0)
        if not count:
            return
        put(
            self.title.setText,
            plural(
                count,
                "Learn from {n} unlabelled image too",
                "Learn from {n} unlabelled images too",
            ),
        )
        models = state.models(form.classes)
        ids = [entry.id for entry in models]
        if ids and state.choice.model_id not in ids:
            state.choose(replace(state.choice, model_id=ids[0]))
            return
        found = [self.model.itemData(place) for place in range(self.model.count())]
        if found != ids:
            self.model.clear()
            for entry in models:
                self.model.addItem(entry.name, entry.id)
        show_value(self.model, state.choice.model_id)
        show_value(self.weight, state.choice.weight)
        self.threshold.set_value(round(100 * state.choice.threshold))
        self.switch.setEnabled(bool(ids))
        self.switch.blockSignals(True)
        self.switch.setChecked(state.is_on or state.is_busy)
        self.switch.blockSignals(False)
        self.compared.blockSignals(True)
        self.compared.setChecked(state.choice.compared)
        self.compared.blockSignals(False)
        for part in (self.model, self.threshold, self.weight):
            part.setEnabled(bool(ids) and not state.is_busy)
        self.compared.setVisible(state.is_on)
        self.remove.setVisible(state.is_on)
        step = state.progress
        self.progress.setVisible(state.is_busy)
        if state.is_busy:
            self.progress.set_value(
                step.done / step.total if step and step.total else None
            )
        put(self.words.setText, self._said())
        self.words.set_role("bad" if state.failure else "text2")

    def _said(self) -> str:
        """Return what became of it, or what it means."""
        state = self._self
        if state.failure is not None:
            told = state.failure
            return tr(
                "{message} {cause} {hint}",
                message=told.message,
                cause=told.cause,
                hint=told.hint,
            )
        if state.is_busy:
            return tr("The model labels them where it is sure")
        if state.done is not None and (missing := self._missing()):
            return tr(
                "{images} images, {share:.0%} of their pixels, are labelled by the "
                "model. No pixel is {missing}: a training will find that less.",
                images=figures.number(state.done.images),
                share=state.done.share,
                missing=missing,
            )
        if state.done is not None:
            return tr(
                "{images} images, {share:.0%} of their pixels, are labelled by the "
                "model; the rest is ignored. Labels by hand are not touched.",
                images=figures.number(state.done.images),
                share=state.done.share,
            )
        models = state.models(self._form.classes)
        if not models:
            return tr("No model of the library knows exactly these classes.")
        entry = next((e for e in models if e.id == state.choice.model_id), models[0])
        if entry.card is not None and entry.card.calibration is None:
            return tr(
                "A model labels them where it is sure. This one is not calibrated: "
                "its confidence may be too high."
            )
        return tr("A model labels them where it is sure; the rest is ignored.")

    def _missing(self) -> str:
        """Return the classes that the model labelled nowhere."""
        done, classes = self._self.done, self._form.classes
        if done is None or classes is None:
            return ""
        pairs = zip(classes.names, done.shares, strict=False)
        return joined(tr(" or "), [name for name, share in pairs if not share])

    def _choose(self, **changes: Any) -> None:  # noqa: ANN401 - Choice's fields
        choice = replace(self._self.choice, **changes)
        if choice != self._self.choice:
            self._self.choose(choice)

    def _on_switch_clicked(self, _checked: bool = False) -> None:
        if self._self.is_on or self._self.is_busy:
            self._self.switch_off()
            return
        models = self._self.models(self._form.classes)
        for entry in models:
            if entry.id == self._self.choice.model_id:
                self._self.label(entry)
