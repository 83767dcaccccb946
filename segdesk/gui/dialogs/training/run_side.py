"""Beside the numbers of a run: what to know before the start, and the device."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from segdesk.app.training.form import FIELD_WORDS, TrainingForm
from segdesk.app.training.run_choices import gpus_of
from segdesk.core.language import plural, spaced, tr
from segdesk.gui.components import (
    CheckBox,
    Hairline,
    Label,
    Select,
    ThinProgress,
)
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.dialogs.training.cards import MarkCard, see_through
from segdesk.gui.dialogs.training.fields import Group, Row, select, show_value
from segdesk.gui.dialogs.training.gpu_checks import GpuChecks
from segdesk.gui.dialogs.training.words import memory_words, time_words
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put

_WIDTH = 318
_LABEL = 82
_MOST_SEED = 1_000_000
_CARDS = 4
_STATES = {"bad": "red", "warn": "amber"}
_FULL = 0.9


class RunSide(QScrollArea):
    """Checks, meters and the device of a form."""

    def __init__(self, form: TrainingForm) -> None:
        super().__init__()
        self._form = form
        self.setWidgetResizable(True)
        self.setFixedWidth(_WIDTH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Label(tr("Before you start"), "section"))
        self.cards = [MarkCard("wait", "", "") for _ in range(_CARDS)]
        for card in self.cards:
            column.addWidget(card)
        column.addSpacing(2)
        column.addWidget(Hairline())
        self.memory, self.meter = (
            Label("", "smallStrong", tabular=True),
            ThinProgress(tr("Memory")),
        )
        self.memory_help = Label("", "caption", "text2")
        self.time, self.time_title = (
            Label("", "smallStrong", tabular=True),
            Label(tr("Time"), "small", "text2", tabular=True),
        )
        column.addLayout(_pair(Label(tr("Memory"), "small", "text2"), self.memory))
        column.addWidget(self.meter)
        column.addWidget(self.memory_help)
        column.addLayout(_pair(self.time_title, self.time))
        column.addWidget(Hairline())
        column.addLayout(self._device())
        column.addStretch(1)
        self.setWidget(holder)
        see_through(self)

    def _device(self) -> Group:
        self.device: Select = select(
            tr("Device"), (), 190, lambda value: self._set(device=value, devices=())
        )
        self.gpus = GpuChecks(self._on_gpus_chosen)
        self.gpus_row = Row(tr("Together"), self.gpus, label_px=_LABEL)
        self.seed = NumberField(tr("Seed"), 0, _MOST_SEED, width=84)
        self.seed.edited.connect(lambda value: self._set(seed=value))
        self.fixed = CheckBox(tr("Deterministic"))
        self.fixed.toggled.connect(lambda on: self._set(deterministic=on))
        self.amp = CheckBox(tr("Mixed precision (GPU only)"))
        self.amp.toggled.connect(lambda on: self._set(amp=on))
        self.ema = CheckBox(tr("Average weights (EMA)"))
        self.ema.toggled.connect(lambda on: self._set(ema=on))
        self.again = CheckBox(tr("Recompute to save memory"))
        self.again.toggled.connect(lambda on: self._set(activation_checkpointing=on))
        return Group(
            tr("Device"),
            Row(tr("Use"), self.device, label_px=_LABEL),
            self.gpus_row,
            Row(tr("Seed"), self.seed, self.fixed, label_px=_LABEL),
            Row(tr("More"), self.amp, label_px=_LABEL),
            Row("", self.ema, label_px=_LABEL),
            Row("", self.again, label_px=_LABEL),
        )

    def refresh(self) -> None:
        """Show the form as it is now."""
        self._show_cards()
        self._show_costs()
        spec = self._form.spec
        choices = self._form.doors.devices(spec.device)
        found = [self.device.itemData(place) for place in range(self.device.count())]
        if found != [value for value, _ in choices]:
            self.device.clear()
            for value, words in choices:
                self.device.addItem(words, value)
        show_value(self.device, spec.device)
        gpus = gpus_of(value for value, _ in choices)
        self.gpus_row.setVisible(len(gpus) > 1)
        self.gpus.show_gpus(gpus, spec.devices or gpus_of((spec.device,)))
        self.seed.set_value(spec.seed)
        is_cuda = self._form.machine.kind == "cuda"
        self.amp.setEnabled(is_cuda or spec.amp)
        for switch, is_on in (
            (self.fixed, spec.deterministic),
            (self.amp, spec.amp),
            (self.ema, spec.ema),
            (self.again, spec.activation_checkpointing),
        ):
            switch.blockSignals(True)
            switch.setChecked(is_on)
            switch.blockSignals(False)

    def _show_cards(self) -> None:
        told = _told(self._form)
        for place, card in enumerate(self.cards):
            card.setVisible(place < len(told))
            if place < len(told):
                card.show_words(*told[place])

    def _show_costs(self) -> None:
        form = self._form
        found, total = form.estimate, form.machine.memory_mb
        put(self.memory.setText, memory_words(found, total))
        share = found.memory_mb / total if found and total else 0.0
        self.meter.set_value(share)
        self.meter.set_role("bad" if share > _FULL else "okFill")
        measured = tr("peak, measured by a probe") if found else tr("not probed yet")
        put(self.memory_help.setText, measured)
        length = figures.number(form.spec.max_iters)
        put(self.time_title.setText, tr("Time for {length} iterations", length=length))
        put(self.time.setText, time_words(found))

    def _on_gpus_chosen(self, numbers: tuple[int, ...]) -> None:
        """Train on several together; one alone is a device like any other."""
        if len(numbers) > 1:
            self._set(device="auto", devices=numbers)
        else:
            self._set(device=f"cuda:{numbers[0]}" if numbers else "auto", devices=())

    def _set(self, **changes: Any) -> None:  # noqa: ANN401 - TrainSpec's fields
        self._form.set(**changes)


def _told(form: TrainingForm) -> list[tuple[str, str, str]]:
    """Return state, title and words of what is to be known before the start."""
    told = [_probe_card(form)]
    diagnosis = form.checking.diagnosis
    told += [
        ("red", finding.title, tr("See Data."))
        for finding in (diagnosis.findings if diagnosis else ())
        if finding.level == "red"
    ]
    told += [
        (
            _STATES[one.level],
            FIELD_WORDS.get(one.field, one.field),
            tr("{words}.", words=one.words),
        )
        for one in form.problems
    ]
    ambers = diagnosis.count("amber") if diagnosis else 0
    if ambers:
        told.append(
            (
                "amber",
                plural(ambers, "{n} warning in Data", "{n} warnings in Data"),
                tr("They do not stop it."),
            )
        )
    return told


def _probe_card(form: TrainingForm) -> tuple[str, str, str]:
    bench, found, total = form.bench, form.estimate, form.machine.memory_mb
    if bench.is_busy("probe"):
        return "wait", tr("Probing"), tr("1 training and 1 validation step.")
    if bench.probe_failure is not None:
        failure = bench.probe_failure
        return "red", failure.message, spaced(failure.cause, failure.hint)
    if found is None:
        return "wait", tr("Memory and time are not known"), tr("Probe measures them.")
    if total and found.memory_mb > total:
        return "red", tr("Does not fit in memory"), tr("Lower the batch or the crop.")
    return "ok", tr("Fits in memory"), tr("Probe: 1 training and 1 validation step.")


def _pair(left: QWidget, right: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(left)
    row.addStretch(1)
    row.addWidget(right)
    return row
