"""The first page: what the data are, what the check found, what the network sees."""

from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from segdesk.app.training.form import TrainingForm
from segdesk.core.data_check import Diagnosis, Finding
from segdesk.core.language import joined, plural, spaced, tr
from segdesk.gui.components import (
    Button,
    Hairline,
    IconButton,
    Kind,
    Label,
    Select,
    ThinProgress,
    Tip,
)
from segdesk.gui.dialogs.training.balance import ClassBalance, balance_rows
from segdesk.gui.dialogs.training.cards import MarkCard, see_through
from segdesk.gui.dialogs.training.samples import SampleGrid
from segdesk.gui.dialogs.training.unlabelled_card import UnlabelledCard
from segdesk.gui.item_models import figures
from segdesk.gui.wording import given, put

_Box = TypeVar("_Box", bound=QBoxLayout)
_RIGHT = 388
_FIXES = {
    "binary-to-index": tr("Make 0 and 1"),
    "mask-from-colours": tr("Read the colours"),
    "set-unpaired-aside": tr("Set aside"),
    "set-damaged-aside": tr("Set aside"),
    "drop-leaks": tr("Drop from validation"),
    "suffix-case": tr("Rename"),
    "junk-away": tr("Move away"),
}
_SPLITS = {"train": tr("train"), "val": tr("validation"), "test": tr("test")}


class DataPage(QWidget):
    """Shows the data of a form.

    `other_wanted` asks for another folder, `split_wanted` for another division,
    `file_wanted` carries a file to open in the viewer.
    """

    other_wanted = Signal()
    split_wanted = Signal()
    file_wanted = Signal(object)

    def __init__(self, form: TrainingForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = form
        self._shown: Diagnosis | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 14, 22, 14)
        column.setSpacing(0)
        self._fill_head(_inside(column, QHBoxLayout()))
        column.addSpacing(10)
        column.addWidget(Hairline())
        column.addSpacing(12)
        row = QHBoxLayout()
        row.setSpacing(22)
        column.addLayout(row, 1)
        self._fill_findings(_inside(row, QVBoxLayout(), 1))
        self._fill_balance(_inside(row, QVBoxLayout()))

    # ------------------------------------------------------------ building

    def _fill_head(self, row: QHBoxLayout) -> None:
        row.setSpacing(12)
        target = self._form.target
        self.source = Select(tr("Images"), icon="folder-open")
        kind = tr("Project") if target.is_project else tr("Folder")
        self.source.addItem(tr("{kind}: {name}", kind=kind, name=target.name))
        self.source.addItem(tr("Another folder…"))
        self.source.activated.connect(self._on_source_activated)
        self.use = Select(tr("Use"))
        words = tr("Done and drafts") if target.is_project else tr("All pairs")
        self.use.addItem(words)
        self.split = Select(tr("Split"))
        if target.is_project:
            self.split.addItem(tr("As in the project"))
            self.split.addItem(tr("Split again…"))
        else:
            self.split.addItem(tr("As in its folders"))
        self.split.activated.connect(self._on_split_activated)
        for select, width in ((self.source, 230), (self.use, 180), (self.split, 170)):
            box = _inside(row, QVBoxLayout())
            box.setSpacing(5)
            box.addWidget(Label(given(select.setAccessibleName), "small", "text2"))
            select.setFixedWidth(width)
            box.addWidget(select)
        row.addStretch(1)
        self.counts: dict[str, tuple[Label, QWidget]] = {}
        for name, words in _SPLITS.items():
            part = QWidget()
            row.addWidget(part)
            box = QVBoxLayout(part)
            box.setContentsMargins(0, 0, 34 if name != "test" else 0, 0)
            box.setSpacing(0)
            figure = Label("–", "figure", tabular=True)
            box.addWidget(figure)
            box.addWidget(Label(words, "small", "text2"))
            self.counts[name] = (figure, part)

    def _fill_findings(self, column: QVBoxLayout) -> None:
        column.setSpacing(8)
        head = _inside(column, QHBoxLayout())
        head.addWidget(Label(tr("Data check"), "section"))
        head.addSpacing(8)
        self.meta = Label("", "small", "text2", tabular=True)
        head.addWidget(self.meta)
        head.addStretch(1)
        self.again = Button(tr("Run again"), Kind.GHOST, icon="arrow-clockwise")
        self.again.clicked.connect(self._on_again_clicked)
        head.addWidget(self.again)
        self.progress = ThinProgress(tr("Data check"))
        column.addWidget(self.progress)
        inside = QWidget()
        self._cards = QVBoxLayout(inside)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(8)
        self._cards.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        see_through(area)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(area, 1)
        self.unlabelled = UnlabelledCard(self._form)
        column.addWidget(self.unlabelled)

    def _fill_balance(self, column: QVBoxLayout) -> None:
        column.setSpacing(6)
        head = _inside(column, QHBoxLayout())
        head.addWidget(Label(tr("Class balance"), "section"))
        head.addSpacing(8)
        head.addWidget(Label(tr("share of pixels"), "small", "text2"))
        head.addStretch(1)
        column.addSpacing(4)
        self.balance = ClassBalance()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedWidth(_RIGHT)
        holder = QWidget()
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.balance)
        inside.addStretch(1)
        area.setWidget(holder)
        see_through(area)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._balance_area = area
        column.addWidget(area)
        column.addSpacing(14)
        head = _inside(column, QHBoxLayout())
        head.addWidget(Label(tr("After augmentation"), "section"))
        head.addStretch(1)
        self.others = IconButton(
            "shuffle", Tip(tr("Show others"), text=tr("Draw new ones."))
        )
        self.others.clicked.connect(self._on_others_clicked)
        head.addWidget(self.others)
        self.samples = SampleGrid()
        self.samples.setFixedWidth(_RIGHT)
        column.addWidget(self.samples)
        column.addStretch(1)

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Show the form as it is now."""
        checking = self._form.checking
        self.again.setEnabled(not checking.is_busy)
        self.progress.setVisible(checking.is_busy)
        if checking.is_busy:
            step = checking.progress
            share = step.done / step.total if step and step.total else None
            self.progress.set_value(share)
            put(
                self.meta.setText,
                tr(
                    "{done:,} of {total:,} {unit}",
                    done=step.done,
                    total=step.total,
                    unit=step.unit,
                )
                if step and step.total
                else tr("Reading the folder"),
            )
        if checking.failure is not None:
            self._show_failure()
        elif checking.diagnosis is not None:
            self._show(checking.diagnosis)
        self._show_samples()
        self.unlabelled.refresh()

    def _show_failure(self) -> None:
        failure = self._form.checking.failure
        if failure is None:
            return
        self._shown = None
        self._clear()
        self.meta.setText("")
        words = spaced(failure.cause, failure.hint)
        self._add(MarkCard("red", failure.message, words))

    def _show(self, diagnosis: Diagnosis) -> None:
        if not self._form.checking.is_busy:
            put(self.meta.setText, _meta(diagnosis))
        if diagnosis is self._shown:
            return
        self._shown = diagnosis
        self._clear()
        if diagnosis.fixed:
            kept = tr(
                " The files as they were lie in {backup}.", backup=diagnosis.backup
            )
            words = joined(" ", diagnosis.fixed) + (kept if diagnosis.backup else "")
            self._add(MarkCard("ok", tr("Fixed"), words))
        for finding in diagnosis.findings:
            self._add(self._card(finding))
        holding = _holding(diagnosis)
        if holding:
            words = plural(holding, "{n} rule holds", "{n} rules hold")
            self._add(MarkCard("ok", words, ""))
        by_name = {one.name: one.pairs for one in diagnosis.splits}
        for name, (figure, part) in self.counts.items():
            put(figure.setText, figures.number(by_name.get(name, 0)))
            part.setVisible(name != "test" or by_name.get(name, 0) > 0)
        if diagnosis.classes is not None:
            self.balance.set_rows(balance_rows(diagnosis.classes, diagnosis.splits))
            height = min(self.balance.sizeHint().height(), 26 + 30 * 9)
            self._balance_area.setFixedHeight(height)

    def _show_samples(self) -> None:
        bench, form = self._form.bench, self._form
        self.others.setEnabled(form.can_try and not bench.is_busy("samples"))
        words = ""
        if bench.is_busy("samples"):
            words = tr("Making samples")
        elif bench.samples_failure is not None:
            failure = bench.samples_failure
            words = tr("No samples: {reason}", reason=failure.cause or failure.message)
        elif not form.can_try and form.checking.diagnosis is not None:
            words = tr("Samples are made once the red findings are fixed")
        elif form.checking.is_busy:
            words = tr("After the check")
        self.samples.say(words)
        self.samples.show_pictures(bench.samples, form.classes)

    def _card(self, finding: Finding) -> MarkCard:
        card = MarkCard(
            finding.level,
            finding.title,
            tr("{why} {cure}", why=finding.why, cure=finding.cure),
        )
        if finding.files:
            show = Button(tr("Show"), Kind.GHOST)
            put(
                show.setAccessibleName,
                tr("Show {name}", name=finding.files[0].path.name),
            )
            show.clicked.connect(partial(self._on_show_clicked, finding.files[0].path))
            card.row.addWidget(show, 0, Qt.AlignmentFlag.AlignVCenter)
        if finding.rule == "split-empty" and self._form.target.is_project:
            split = Button(tr("Split"), Kind.DEFAULT)
            split.clicked.connect(self.split_wanted)
            card.row.addWidget(split, 0, Qt.AlignmentFlag.AlignVCenter)
        if finding.fix:
            words = (
                _FIXES.get(finding.fix) or finding.fix.replace("-", " ").capitalize()
            )
            fix = Button(words, Kind.DEFAULT)
            put(
                fix.setToolTip,
                tr("The files as they are now are kept beside the data."),
            )
            fix.clicked.connect(partial(self._on_fix_clicked, finding.fix))
            card.row.addWidget(fix, 0, Qt.AlignmentFlag.AlignVCenter)
        return card

    def _add(self, card: QWidget) -> None:
        self._cards.insertWidget(self._cards.count() - 1, card)

    def _clear(self) -> None:
        while self._cards.count() > 1:
            item = self._cards.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    # ------------------------------------------------------------ slots

    def _on_show_clicked(self, path: Path, _checked: bool = False) -> None:
        self.file_wanted.emit(path)

    def _on_fix_clicked(self, fix: str, _checked: bool = False) -> None:
        self._form.check(fix)

    def _on_again_clicked(self) -> None:
        self._form.check()

    def _on_others_clicked(self) -> None:
        self._form.bench.start_samples(self._form.spec, others=True)

    def _on_source_activated(self, index: int) -> None:
        self.source.setCurrentIndex(0)
        if index == 1:
            self.other_wanted.emit()

    def _on_split_activated(self, index: int) -> None:
        self.split.setCurrentIndex(0)
        if index == 1:
            self.split_wanted.emit()


def _meta(diagnosis: Diagnosis) -> str:
    from segdesk.formats.doctor.catalogue import RULE_NAMES

    pairs = sum(one.pairs for one in diagnosis.splits)
    seconds = figures.decimal(diagnosis.seconds, 1)
    return tr(
        "{count} rules · {pairs:,} pairs · {seconds} s",
        count=len(RULE_NAMES),
        pairs=pairs,
        seconds=seconds,
    )


def _holding(diagnosis: Diagnosis) -> int:
    from segdesk.formats.doctor.catalogue import RULE_NAMES

    return len(RULE_NAMES) - len({one.rule for one in diagnosis.findings})


def _inside(outer: QBoxLayout, inner: _Box, stretch: int = 0) -> _Box:
    """Return a layout in its place, before it holds anything: styles follow parents."""
    outer.addLayout(inner, stretch)
    return inner
