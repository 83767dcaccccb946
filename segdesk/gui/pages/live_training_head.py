"""The head of a run: what it is, its verbs, how far it is, six figures."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.app.training.run import Run
from segdesk.app.training.self_training import gain_of
from segdesk.app.training.training_run import RunState
from segdesk.core.language import joined, lowered, shown, tr
from segdesk.gui import theme
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import Button, ElidedLabel, Hairline, IconButton, Label, Tip
from segdesk.gui.components.painting import RADIUS_CARD, rounded
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.gui.pages.live_training_figures import Figure, ValidationBar
from segdesk.gui.plots.run_plots import newest
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_MORE = (
    "run.resume",
    "run.extend",
    "run.fine_tune",
    "",
    "run.compare",
    "run.export_csv",
    "run.export_png",
    "",
    "run.forget",
)
_GAIN_SEEN = 0.0005
_MB_PER_GB = 1024
_GIB_PER_MB = 1e6 / 2**30


class Head(QWidget):
    """Title, where the data are from, and the verbs."""

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self.title = ElidedLabel("", "title")
        self.note = ElidedLabel("", "small", "text2")
        self.pause = self._verb("run.pause", tr("Pause"))
        self.stop = self._verb("run.stop", tr("Stop"))
        self.resume = self._verb("run.resume", tr("Resume"))
        self.extend = self._verb("run.extend", tr("Extend"))
        self.let_go = self._verb("run.let_go", tr("Start"))
        self.earlier = self._verb("run.earlier", tr("Move up"))
        self.later = self._verb("run.later", tr("Move down"))
        self.predict = self._verb("run.predict", tr("Predict with best"))
        folder = IconButton("folder-open", Tip(tr("Show run folder")))
        folder.clicked.connect(partial(self._run, "run.reveal"))
        self.more = IconButton(
            "dots-three", Tip(tr("More"), "", tr("Extend, fine-tune, …"))
        )
        self.more.clicked.connect(self._on_more_clicked)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.note)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(9)
        row.addLayout(words, 1)
        for button in (
            *(self.let_go, self.earlier, self.later),
            *(self.pause, self.stop, self.resume, self.extend, self.predict),
        ):
            row.addWidget(button)
        row.addWidget(folder)
        row.addWidget(self.more)

    def show_run(self, run: Run) -> None:
        """Show a run's name and the verbs that its state allows."""
        self.title.set_text(run.title)
        facts = (*_facts(run), gain_of(run, self._context.runs.all))
        self.note.set_text(joined(" · ", filter(None, facts)))
        is_over = not run.is_live and run.state is not RunState.QUEUED
        paused = run.state is RunState.PAUSED
        if self.pause.text() != shown(words := tr("Go on") if paused else tr("Pause")):
            put(self.pause.setText, words)
            self.pause.set_icon("play" if paused else "pause")
            self.pause.updateGeometry()
        self._show_queue(run)
        whys = self._context.commands.disabled_why
        self.pause.setVisible(run.is_live)
        self.stop.setVisible(not is_over)
        self.resume.setVisible(is_over and run.can_resume)
        done = run.state is RunState.DONE and not run.is_foreign
        self.extend.setVisible(done)
        for button, command in (
            (self.pause, "run.pause"),
            (self.stop, "run.stop"),
            (self.extend, "run.extend"),
            (self.predict, "run.predict"),
        ):
            button.setEnabled(whys(command) is None)

    def _show_queue(self, run: Run) -> None:
        waits = run.state is RunState.QUEUED
        self.let_go.setVisible(waits and run.is_held)
        whys = self._context.commands.disabled_why
        for button, command in (
            (self.earlier, "run.earlier"),
            (self.later, "run.later"),
        ):
            button.setVisible(waits)
            button.setEnabled(whys(command) is None)
        if self.stop.text() != shown(
            words := tr("Leave queue") if waits else tr("Stop")
        ):
            put(self.stop.setText, words)
            self.stop.set_icon("x" if waits else "stop")
            self.stop.updateGeometry()
        self.predict.setVisible(not waits)

    def _verb(self, command_id: str, text: str) -> Button:
        return command_button(self._context, command_id, text=text, shows_key=False)

    def _run(self, command_id: str, _checked: bool = False) -> None:
        self._context.commands.run(command_id)

    def _on_more_clicked(self) -> None:
        menu = RowMenu(self)
        commands = self._context.commands
        for command_id in _MORE:
            if not command_id:
                menu.addSeparator()
                continue
            command, why = commands[command_id], commands.disabled_why(command_id)
            run = partial(commands.run, command_id)
            menu.add(command.icon, command.title, run, why=why or "")
        menu.open_at(self.more.mapToGlobal(QPoint(0, self.more.height() + 2)))


def _facts(run: Run) -> tuple[str, ...]:
    if run.spec is None:
        return (str(run.folder), tr("trained by mmseg itself"))
    spec = run.spec
    source = tr("from scratch")
    if spec.load_from is not None:
        told = spec.load_from
        vague = told.stem in {"model", "interrupted"} or told.stem.startswith(
            ("best_", "iter_")
        )
        source = tr("from {name}", name=told.parent.name if vague else told.stem)
    images = (
        tr("{images} images", images=figures.number(run.images)) if run.images else ""
    )
    return (spec.data_dir.name, images, source, tr("seed {seed}", seed=spec.seed))


class ProgressCard(QWidget):
    """Bar, words and six figures."""

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self.bar = ValidationBar()
        self.words = ElidedLabel("", "small", "text2", tabular=True)
        self.times = Label("", "small", "text2", tabular=True)
        names = (
            "mIoU",
            tr("Loss"),
            tr("Validation loss"),
            tr("Learning rate"),
            tr("Speed"),
            tr("Memory"),
        )
        self.figures = {name: Figure(name) for name in names}
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 12, 1, 11)
        column.setSpacing(0)
        inside = QVBoxLayout()
        inside.setContentsMargins(14, 0, 14, 9)
        inside.setSpacing(7)
        inside.addWidget(self.bar)
        line = QHBoxLayout()
        line.addWidget(self.words, 1)
        line.addWidget(self.times)
        inside.addLayout(line)
        column.addLayout(inside)
        column.addWidget(Hairline())
        row = QHBoxLayout()
        row.setContentsMargins(16, 10, 14, 0)
        row.setSpacing(15)
        for index, figure in enumerate(self.figures.values()):
            if index:
                row.addWidget(Hairline(vertical=True, length=40))
            row.addWidget(figure, 1)
        column.addLayout(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        fill, edge = theme.color("panel"), theme.color("line")
        rounded(QPainter(self), QRectF(self.rect()), RADIUS_CARD, fill, edge)

    def show_run(self, run: Run) -> None:
        """Show how far a run is and its newest figures."""
        interval = run.spec.val_interval if run.spec else 0
        self.bar.show_progress(run.iteration, run.total, interval)
        self.words.set_text(progress_words(run))
        if (times := time_words(run)) != self.times.text():
            put(self.times.setText, times)
        curves, show = run.curves, self.figures
        value, gain = newest(curves, "mIoU")
        note, role = _gain_words(gain)
        show["mIoU"].show_value(_number(value, 3), note, role)
        loss = curves.loss.last
        show["Loss"].show_value(_number(loss, 3), "train" if loss is not None else "")
        show["Validation loss"].show_value(_number(curves.val_loss.last, 3))
        lr = curves.lr.last
        show["Learning rate"].show_value(figures.NONE if lr is None else short_lr(lr))
        show["Speed"].show_value(*_speed(run))
        show["Memory"].show_value(*self._memory(run))

    def _memory(self, run: Run) -> tuple[str, str]:
        used = run.curves.memory_mb.last
        if used is None:
            return figures.NONE, ""
        forms, wanted = self._context.training_forms, run.spec
        whole = forms.machine(wanted.device)[0].memory_mb if wanted else None
        note = (
            tr("of {number}", number=figures.decimal(whole * _GIB_PER_MB, 1))
            if whole
            else ""
        )
        return f"{figures.decimal(used / _MB_PER_GB, 1)} GB", note


def progress_words(run: Run) -> str:
    """Return "Iteration 5,890 of 8,000 · next validation in 110", or how it ended."""
    done, total = figures.number(run.iteration), figures.number(run.total)
    if run.state is RunState.QUEUED:
        held = tr("Waits until you start it")
        words = held if run.is_held else tr("Waits until its device is free")
        before = run.place - 1
        return (
            tr(
                "{words} · {before} before it",
                words=words,
                before=figures.number(before),
            )
            if before
            else words
        )
    words = tr("Iteration {done} of {total}", done=done, total=total)
    if run.stage and run.state is RunState.RUNNING:
        return (
            run.stage
            if run.is_starting
            else tr("{words} · {stage}", words=words, stage=_lower(run.stage))
        )
    if run.state is RunState.PAUSED:
        return tr("{words} · paused", words=words)
    if run.state is RunState.STOPPING:
        after = "" if run.is_starting else tr(" after this iteration")
        return tr("{words} · stopping{after}", words=words, after=after)
    if not run.is_live:
        ends = {RunState.DONE: tr("finished"), RunState.FAILED: tr("failed")}
        kept = tr(" · {kept}", kept=run.kept) if run.kept else ""
        return tr(
            "{words} · {ending}{kept}",
            words=words,
            ending=ends.get(run.state, tr("stopped")),
            kept=kept,
        )
    interval = run.spec.val_interval if run.spec else 0
    if interval and run.iteration < run.total:
        left = min(interval - run.iteration % interval, run.total - run.iteration)
        return tr(
            "{words} · next validation in {left}",
            words=words,
            left=figures.number(left),
        )
    return words


def _lower(words: str) -> str:
    return lowered(words)


def time_words(run: Run) -> str:
    """Return "27 min so far · 10 min left · ready at 14:32"."""
    parts = []
    so_far = run.seconds_so_far()
    if run.is_live and so_far is not None:
        parts.append(tr("{time} so far", time=figures.rough_duration(so_far)))
        left = run.seconds_left
        if left is not None and run.state is RunState.RUNNING:
            ready = datetime.now().astimezone() + timedelta(seconds=left)
            parts += [
                tr("{time} left", time=figures.rough_duration(left)),
                tr("ready at {ready:%H:%M}", ready=ready),
            ]
    elif not run.is_live and run.ended_s:
        from segdesk.gui.item_models.runs_model import when

        parts.append(when(run.ended_s))
    return joined(" · ", parts)


def short_lr(value: float) -> str:
    """Return a learning rate as "1.7e-5"."""
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}" if value else "0"


def _number(value: float | None, digits: int) -> str:
    return figures.NONE if value is None else figures.decimal(value, digits)


def _gain_words(gain: float | None) -> tuple[str, str]:
    if gain is None or abs(gain) < _GAIN_SEEN:
        return "", "text2"
    sign, role = ("+", "ok") if gain > 0 else ("–", "bad")
    return f"{sign}{figures.decimal(abs(gain), 3)}", role


def _speed(run: Run) -> tuple[str, str]:
    each = run.seconds_each
    if not each:
        return figures.NONE, ""
    processes = max(1, len(run.spec.devices)) if run.spec else 0
    rate = run.spec.batch_size * processes / each if run.spec else 0.0
    digits = 0 if rate >= 10 else 1 if rate >= 0.1 else 2
    images = tr("{number} img/s", number=figures.decimal(rate, digits))
    if each > 1:
        return tr(
            "{number} s/it", number=figures.decimal(each, 1)
        ), images if rate else ""
    return tr(
        "{number} it/s", number=figures.decimal(1 / each, 1)
    ), images if rate else ""
