"""The form of a training as a dialog: a rail of three steps, a page, a foot."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segdesk.app.training.estimate import iterations_of
from segdesk.app.training.form import TrainingForm, TrainingTarget
from segdesk.core.errors import SegDeskError
from segdesk.core.language import tr
from segdesk.gui.components import Button, Hairline, Kind, Label
from segdesk.gui.components.labels import ElidedLabel
from segdesk.gui.dialogs.frame import FOOT_BUTTON, fitting
from segdesk.gui.dialogs.training.cards import Mark
from segdesk.gui.dialogs.training.data_page import DataPage
from segdesk.gui.dialogs.training.rail import StepRail
from segdesk.gui.dialogs.training.steps import step_states
from segdesk.gui.dialogs.training.words import memory_words, pace_words, time_words
from segdesk.gui.idle_work import IdleWork, Steps, do_all
from segdesk.gui.picture_first import PaintedInTurns
from segdesk.gui.warm_up import warming
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.dialogs.training.model_page import ModelPage
    from segdesk.gui.dialogs.training.run_page import RunPage

_SIZE = QSize(1200, 776)
_LEAST = QSize(1100, 640)
_HEAD, _FOOT = 54, 56
DATA, MODEL, RUN = range(3)
_TITLES = (tr("Data"), tr("Model"), tr("Run"))
_FULL = 0.9
_QUIET_MS = 300


class TrainingDialog(QDialog):
    """Shows a form until it is started or left.

    Parameters
    ----------
    form
        Lives as long as the dialog; hiding the dialog keeps both.
    """

    def __init__(
        self, parent: QWidget | None, context: "AppContext", form: TrainingForm
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.form = form
        self._is_over = False
        put(self.setWindowTitle, tr("Train a model"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumSize(fitting(_LEAST, self))
        self.resize(fitting(_SIZE, self))
        self.rail = StepRail(_TITLES)
        self.pages = QStackedWidget(self)
        self.data = DataPage(form, self.pages)
        self.pages.addWidget(self.data)
        for _ in (MODEL, RUN):
            self.pages.addWidget(QWidget())
        self._build()
        self._connect()
        self.go_to(DATA)
        PaintedInTurns(self, (self.data, self.rail))
        self._idle = IdleWork(self, _QUIET_MS)
        self._idle.add(self._preparing)

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QWidget()
        head.setFixedHeight(_HEAD)
        row = QHBoxLayout(head)
        row.setContentsMargins(22, 0, 22, 0)
        row.setSpacing(12)
        row.addWidget(Label(tr("Train a model"), "heading"))
        row.addWidget(ElidedLabel(self.form.target.name, "body", "text2"), 1)
        column.addWidget(head)
        column.addWidget(Hairline())
        middle = QHBoxLayout()
        middle.setSpacing(0)
        column.addLayout(middle, 1)
        middle.addWidget(self.rail)
        middle.addWidget(self.pages, 1)
        column.addWidget(Hairline())
        foot = QWidget()
        foot.setFixedHeight(_FOOT)
        row = QHBoxLayout(foot)
        row.setContentsMargins(22, 0, 18, 0)
        row.setSpacing(8)
        self.mark = Mark("red")
        self.blocker = ElidedLabel("", "small", "text2")
        row.addWidget(self.mark)
        row.addWidget(self.blocker, 1)
        self.cancel = Button(tr("Cancel"), Kind.GHOST, height=FOOT_BUTTON)
        self.back = Button(tr("Back"), height=FOOT_BUTTON)
        self.probe = Button(tr("Probe"), icon="gauge", height=FOOT_BUTTON)
        self.next = Button(tr("Next"), Kind.PRIMARY, height=FOOT_BUTTON)
        self.start = Button(
            tr("Start training"),
            Kind.PRIMARY,
            icon="play",
            key="Ctrl+Enter",
            height=FOOT_BUTTON,
        )
        for button in (self.cancel, self.back, self.probe, self.next, self.start):
            row.addWidget(button)
        column.addWidget(foot)

    def _connect(self) -> None:
        self.rail.chosen.connect(self.go_to)
        self.cancel.clicked.connect(self.reject)
        self.back.clicked.connect(lambda: self.go_to(self.pages.currentIndex() - 1))
        self.next.clicked.connect(lambda: self.go_to(self.pages.currentIndex() + 1))
        self.probe.clicked.connect(self.form.probe)
        self.start.clicked.connect(self.begin)
        self.data.other_wanted.connect(self._on_other_wanted)
        self.data.split_wanted.connect(self._on_split_wanted)
        self.data.file_wanted.connect(self._on_file_wanted)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.begin)
        for place in range(len(_TITLES)):
            keys = f"Alt+{place + 1}"
            QShortcut(QKeySequence(keys), self, lambda place=place: self.go_to(place))
        self._disconnect = self.form.changed.connect(self.refresh)

    @cached_property
    def _begun_model(self) -> "ModelPage":
        from segdesk.gui.dialogs.training.model_page import ModelPage

        return ModelPage(self._context, self.form)

    @cached_property
    def model(self) -> "ModelPage":
        """The second page, made when it is first wanted or in a quiet moment."""
        page = self._begun_model
        do_all(page.steps)
        self._lay(MODEL, page)
        return page

    @cached_property
    def _begun_run(self) -> "RunPage":
        from segdesk.gui.dialogs.training.run_page import RunPage

        return RunPage(self.form)

    @cached_property
    def run(self) -> "RunPage":
        """The third page, made when it is first wanted or in a quiet moment."""
        page = self._begun_run
        do_all(page.steps)
        page.samples_wanted.connect(lambda: self.go_to(DATA))
        self._lay(RUN, page)
        return page

    def _preparing(self) -> Steps:
        """Make the pages that are not in sight, lay and paint them."""
        yield from self._begun_model.steps
        if "model" not in self.__dict__:
            yield from warming(self.model)
        yield from self._begun_run.steps
        if "run" not in self.__dict__:
            yield from warming(self.run)

    def _lay(self, place: int, page: QWidget) -> None:
        """Put a page in the place that was kept for it."""
        kept = self.pages.widget(place)
        if kept is not None:
            self.pages.removeWidget(kept)
            kept.deleteLater()
        self.pages.insertWidget(place, page)

    # ------------------------------------------------------------ doing

    def go_to(self, place: int) -> None:
        """Show a page: `DATA`, `MODEL` or `RUN`."""
        place = min(RUN, max(DATA, place))
        page: QWidget = self.data
        if place > DATA:
            page = self.model if place == MODEL else self.run
        self.pages.setCurrentWidget(page)
        self.rail.choose(place)
        self.back.setVisible(place > DATA)
        self.probe.setVisible(place == RUN)
        self.start.setVisible(place == RUN)
        self.next.setVisible(place < RUN)
        if place < RUN:
            put(self.next.setText, tr("Next: {titles}", titles=_TITLES[place + 1]))
            self.next.setAccessibleName(self.next.text())
            self.next.updateGeometry()
        self.next.setDefault(place < RUN)
        self.refresh()

    def begin(self) -> None:
        """Start the training, unless something stops it."""
        if self.pages.currentIndex() != RUN or not self.start.isEnabled():
            return
        try:
            self.form.start()
        except SegDeskError as error:
            self._context.notices.error(error)
            return
        self.accept()
        if any(command.id == "view.train" for command in self._context.commands):
            self._context.commands.run("view.train")

    def done(self, result: int) -> None:
        """Close the form, too."""
        self.end()
        super().done(result)

    def end(self) -> None:
        """Let everything go that is made for the form."""
        if not self._is_over:
            self._is_over = True
            self._idle.stop()
            self._disconnect()
            self.form.close()

    @property
    def is_over(self) -> bool:
        """Whether the form was started or left."""
        return self._is_over

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Show the form as it is now."""
        if self._is_over:
            return
        form = self.form
        place = self.pages.currentIndex()
        if place == DATA:
            self.data.refresh()
        elif place == MODEL:
            self.model.refresh()
        else:
            self.run.refresh()
        blocker = form.blocker
        is_waiting = form.checking.is_busy and form.checking.failure is None
        self.mark.set_state("wait" if is_waiting else "red" if blocker else "ok")
        shown = bool(blocker) or self.pages.currentIndex() == RUN
        self.mark.setVisible(shown)
        self.blocker.setVisible(True)
        ready = tr("Ready to start")
        if form.waits_for:
            ready = tr(
                "Ready: it waits until {waits_for} is over", waits_for=form.waits_for
            )
        words = blocker or (ready if shown else "")
        self.blocker.set_text(words)
        self.start.setEnabled(not blocker)
        put(self.start.setToolTip, blocker)
        busy = form.bench.is_busy("probe")
        self.probe.setEnabled(form.can_try and not busy)
        put(self.probe.setToolTip, "" if form.can_try else blocker)
        self._show_rail()

    def _show_rail(self) -> None:
        form, spec = self.form, self.form.spec
        for step, state in zip(self.rail.steps, step_states(form), strict=True):
            step.show_state(state)
        found, total = form.estimate, form.machine.memory_mb
        put(self.rail.memory.setText, memory_words(found, total))
        share = found.memory_mb / total if found and total else 0.0
        self.rail.meter.set_value(share)
        self.rail.meter.set_role("bad" if share > _FULL else "okFill")
        length = tr(
            "{count:,} iterations",
            count=iterations_of(spec, form.pairs),
        )
        put(
            self.rail.time.setText,
            tr("About {time}", time=time_words(found)) if found else length,
        )
        put(self.rail.pace.setText, pace_words(found))

    # ------------------------------------------------------------ slots

    def _on_other_wanted(self) -> None:
        folder = self._context.dialogs.choose_folder(tr("Folder with images and masks"))
        if folder is None:
            return
        self.reject()
        target = TrainingTarget(data_dir=folder, name=folder.name)
        self._context.dialogs.show_training(self._context, target)

    def _on_split_wanted(self) -> None:
        projects = self._context.projects
        found = self._context.dialogs.ask_split(projects)
        if found is not None:
            projects.keep_split(*found)
            projects.settle(self.form.check)

    def _on_file_wanted(self, path: Path) -> None:
        """Show a file behind the dialog, which is there again with the command."""
        self.hide()
        files = self._context.session.files.paths
        self._context.window.show_viewer()
        if path in files:
            self._context.opening.show(files.index(path))
        else:
            self._context.opening.open_paths((path,))
        key = self._context.keymap.shown("train.open")
        self._context.notices.remark(tr("{key} leads back to the training", key=key))


def show_training(
    parent: QWidget,
    before: TrainingDialog | None,
    context: "AppContext",
    target: TrainingTarget,
) -> TrainingDialog:
    """Show the form for some data; one that was only hidden is there again.

    Returns
    -------
    dialog
        To be handed in the next time.
    """
    if before is not None and not before.is_over:
        if before.form.target == target:
            before.show()
            before.raise_()
            return before
        before.reject()
    if before is not None:
        before.deleteLater()
    form = context.training_forms.open(target, context.projects, context.autosave)
    dialog = TrainingDialog(parent, context, form)

    def show() -> None:
        if not dialog.is_over:
            dialog.show()

    QTimer.singleShot(1, dialog, show)  # making it was enough for one turn
    return dialog
