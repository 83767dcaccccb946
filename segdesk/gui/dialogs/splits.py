"""The question how the images are divided: by chance, by folder, or by lists."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.language import joined, plural, shown, tr
from segdesk.core.splits import (
    SPLIT_NAMES,
    FolderSplit,
    ListSplit,
    SeededSplit,
    SplitPlan,
    SplitRule,
)
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.components.choices import Segment, Segmented
from segdesk.gui.components.fields import Field
from segdesk.gui.components.labels import Label
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.dialogs.frame import DialogFrame
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.project.shelf import ProjectShelf

_LABEL_PX = 84
_SOON_MS = 120
_TOLD = 3
_MOST_SEED = 1_000_000
_PARTS = {
    "train": tr("train", "a part of the images"),
    "val": tr("val", "a part of the images"),
    "test": tr("test", "a part of the images"),
}
_WORDS = {"train": tr("Training"), "val": tr("Validation"), "test": tr("Test")}
MakeRule = Callable[[], SplitRule]


class _Page(Protocol):
    """One way to divide."""

    def make_rule(self) -> MakeRule:
        """Return what makes the rule on a worker, from what is typed now."""
        ...


class _ChancePage(QWidget):
    """Shares of the three parts, and the seed."""

    def __init__(self, rule: SeededSplit, changed: Callable[[], object]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(8)
        shares = dict(rule.parts)
        self.shares: dict[str, NumberField] = {}
        for row, name in enumerate(SPLIT_NAMES):
            field = NumberField(_WORDS[name], 0, 100, unit="%", width=88)
            field.set_value(round(100 * shares.get(name, 0.0)))
            self._add(grid, row, _WORDS[name], field)
            self.shares[name] = field
        self.seed = NumberField(tr("Seed"), 0, _MOST_SEED, width=88)
        self.seed.set_value(rule.seed)
        self._add(grid, len(SPLIT_NAMES), tr("Seed"), self.seed)
        help_text = Label(
            tr("The same seed divides the same way again."), "small", "text3"
        )
        grid.addWidget(help_text, len(SPLIT_NAMES), 2)
        grid.setColumnStretch(2, 1)
        for field in (*self.shares.values(), self.seed):
            field.edited.connect(lambda _value: changed())

    def _add(self, grid: QGridLayout, row: int, name: str, field: QWidget) -> None:
        label = Label(name, "body", "text2")
        label.setFixedWidth(_LABEL_PX)
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1)

    def make_rule(self) -> MakeRule:
        """Return the shares above nothing, with the seed."""
        shares = {name: field.value for name, field in self.shares.items()}
        parts = tuple((name, share / 100) for name, share in shares.items() if share)
        rule = SeededSplit(self.seed.value, parts)
        return lambda: rule


class _FolderPage(QWidget):
    """Nothing to choose."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        words = tr(
            "A folder named train, val or test in an image's path decides; training, "
            "validation and testing count, too. Other images have no split."
        )
        column.addWidget(Label(words, "body", "text2", wrap=True))
        column.addStretch(1)

    def make_rule(self) -> MakeRule:
        """Return the rule."""
        return FolderSplit


class _ListPage(QWidget):
    """A text file for each part."""

    def __init__(self, changed: Callable[[], object]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(8)
        self.fields: dict[str, Field] = {}
        for row, name in enumerate(SPLIT_NAMES):
            word = _WORDS[name]
            label = Label(word, "body", "text2")
            label.setFixedWidth(_LABEL_PX)
            field = Field(
                tr("List for {split}", split=word.lower()),
                tr("Text file, one name a line"),
            )
            field.textChanged.connect(lambda _text: changed())
            browse = Button(tr("Choose"), Kind.DEFAULT, icon="folder-open")
            browse.clicked.connect(lambda _=False, field=field: self._choose(field))
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(browse, row, 2)
            self.fields[name] = field
        words = tr(
            "A name is a path, or a file name that occurs once; the end may lack."
        )
        grid.addWidget(Label(words, "small", "text3"), len(SPLIT_NAMES), 1, 1, 2)
        grid.setColumnStretch(1, 1)

    def make_rule(self) -> MakeRule:
        """Return what reads the lists."""
        texts = {name: field.text().strip() for name, field in self.fields.items()}
        paths = {name: Path(text) for name, text in texts.items() if text}
        return lambda: _read_lists(paths)

    def _choose(self, field: Field) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self,
            field.accessibleName(),
            field.text(),
            shown(tr("Lists (*.txt *.lst);;All (*)")),
        )
        if name:
            put(field.setText, name)


class SplitDialog(DialogFrame):
    """Asks for a rule and says at once what it makes of the images.

    Parameters
    ----------
    projects
        Plans on a worker.

    Attributes
    ----------
    found
        Rule and plan, as long as they fit what is typed; None meanwhile.
    """

    def __init__(self, parent: QWidget | None, projects: "ProjectShelf") -> None:
        super().__init__(parent, tr("Split images"), width=520)
        self._projects = projects
        self._request = 0
        self._is_looking = self._is_accepted = False
        self.found: tuple[SplitRule, SplitPlan] | None = None
        self.add_heading(tr("Split images"))
        project = projects.project
        rule = project.split_rule if project else None
        self.way = Segmented(
            (
                Segment("chance", tr("By chance")),
                Segment("folder", tr("By folder")),
                Segment("list", tr("By lists")),
            ),
            tr("Way"),
        )
        self.body.addWidget(self.way)
        seeded = rule if isinstance(rule, SeededSplit) else SeededSplit()
        self.chance = _ChancePage(seeded, self._look_soon)
        self.folder = _FolderPage()
        self.lists = _ListPage(self._look_soon)
        self._pages: dict[str, _Page] = {
            "chance": self.chance,
            "folder": self.folder,
            "list": self.lists,
        }
        self._stack = QStackedWidget()
        for page in (self.chance, self.folder, self.lists):
            self._stack.addWidget(page)
        self.body.addSpacing(4)
        self.body.addWidget(self._stack)
        self.body.addSpacing(4)
        row = QHBoxLayout()
        self.words = Label("", "body", "text", wrap=True, tabular=True)
        self.words.setMinimumHeight(44)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        self.body.addLayout(row)
        self.add_cancel()
        self.verb = self.add_verb(tr("Split images"), icon="git-branch")
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._look)
        self.way.chosen.connect(self._on_way_chosen)
        way = "folder" if isinstance(rule, FolderSplit) else "chance"
        self.way.choose(way)
        self._on_way_chosen(way)

    def _on_way_chosen(self, way: str) -> None:
        self._way = way
        self._stack.setCurrentIndex(list(self._pages).index(way))
        self._look()

    def accept(self) -> None:
        """Take the plan; one that is being made is waited for."""
        if self._is_looking:
            self._is_accepted = True
        elif self.found is not None:
            super().accept()

    def _look_soon(self) -> None:
        self._request += 1
        self._is_looking = True
        self._soon.start()

    def _look(self) -> None:
        self._soon.stop()
        self._request += 1
        self._is_looking = True
        request = self._request
        self._projects.plan_split(
            self._pages[self._way].make_rule(),
            lambda rule, plan: self._on_planned(request, rule, plan),
            lambda error: self._on_refused(request, error),
        )

    def _on_planned(self, request: int, rule: SplitRule, plan: SplitPlan) -> None:
        if request != self._request:
            return
        words = plan_words(plan, len(self._projects.items))
        self._set((rule, plan) if plan.split_of else None, words)

    def _on_refused(self, request: int, error: SegDeskError) -> None:
        if request == self._request:
            self._set(None, tr("{cause} {hint}", cause=error.cause, hint=error.hint))

    def _set(self, found: tuple[SplitRule, SplitPlan] | None, words: str) -> None:
        self._is_looking = False
        self.found = found
        put(self.words.setText, words)
        self.verb.setEnabled(found is not None)
        is_accepted, self._is_accepted = self._is_accepted, False
        if is_accepted:
            self.accept()


def plan_words(plan: SplitPlan, total: int) -> str:
    """Return what a plan makes of the images, in words."""
    parts = [
        tr("{count} {name}", count=figures.number(count), name=_PARTS.get(name, name))
        for name, count in plan.counts().items()
    ]
    rest = total - len(plan.split_of)
    if rest:
        parts.append(tr("{rest} without a split", rest=figures.number(rest)))
    words = joined(" · ", parts)
    lost = plan.unmatched
    if lost:
        names = joined(", ", lost[:_TOLD]) + (" …" if len(lost) > _TOLD else "")
        words += "\n" + plural(
            len(lost),
            "1 name means no image or several: {names}",
            "{count} names mean no image or several: {names}",
            count=figures.number(len(lost)),
            names=names,
        )
    return words


def ask_split(
    parent: QWidget | None, projects: "ProjectShelf"
) -> tuple[SplitRule, SplitPlan] | None:
    """Ask how the images are divided; None: the user left the question."""
    dialog = SplitDialog(parent, projects)
    answer = dialog.exec() == QDialog.DialogCode.Accepted
    found = dialog.found
    dialog.deleteLater()
    return found if answer else None


def _read_lists(paths: dict[str, Path]) -> ListSplit:
    lists = []
    for name, path in paths.items():
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                tr("The images were not split."),
                cause=tr("{path} cannot be read as text.", path=path),
                hint=tr("Choose a text file with one name a line."),
                detail=str(error),
            ) from error
        lists.append((name, tuple(line.strip() for line in lines if line.strip())))
    return ListSplit(tuple(lists))
