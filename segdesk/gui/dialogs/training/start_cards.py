"""What a training starts from: random weights, the zoo, a model, or a run."""

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from segdesk.app.training.form import TrainingForm
from segdesk.core.language import tr
from segdesk.gui.dialogs.training.cards import ChoiceCard
from segdesk.gui.item_models.row_menu import RowMenu

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_MODEL_FILE = "model.pth"
_SHOWN_RUNS = 12


class StartCards(QWidget):
    """Four cards; those with several choices unfold a menu."""

    def __init__(self, context: "AppContext", form: TrainingForm) -> None:
        super().__init__()
        self._context = context
        self._form = form
        self._runs: dict[str, Path] = {}
        self.zoo = ChoiceCard("cloud-arrow-down", tr("Zoo weights"), "")
        self.model = ChoiceCard("cube", tr("My model"), "")
        self.run = ChoiceCard("git-branch", tr("A run"), "")
        self.scratch = ChoiceCard("circle-dashed", tr("Scratch"), tr("random weights"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for place, card in enumerate((self.zoo, self.model, self.run, self.scratch)):
            grid.addWidget(card, *divmod(place, 2))
        self.zoo.pressed.connect(partial(self._unfold, "zoo"))
        self.model.pressed.connect(partial(self._unfold, "model"))
        self.run.pressed.connect(partial(self._unfold, "run"))
        self.scratch.pressed.connect(self._on_scratch_pressed)

    def showEvent(self, event: QShowEvent) -> None:
        """Look which runs there are."""
        super().showEvent(event)
        folder = self._form.doors.runs_dir
        self._form.doors.executor.submit(
            lambda: finished_runs(folder), self._on_runs_found, self._form.doors.told
        )

    def _on_runs_found(self, runs: dict[str, Path]) -> None:
        self._runs = runs
        self.refresh()

    def refresh(self) -> None:
        """Show which is taken and what there is to choose from."""
        path = self._form.spec.load_from
        kinds = {kind: self.choices(kind) for kind in ("zoo", "model", "run")}
        taken = next(
            (kind for kind, found in kinds.items() if path in found.values()), ""
        )
        if path is not None and not taken:
            of_run = path.parent.parent == self._form.doors.runs_dir
            taken = "run" if of_run else "model"
        cards = {"zoo": self.zoo, "model": self.model, "run": self.run}
        empty = {
            "zoo": tr("get some from the zoo"),
            "model": tr("none is in the library"),
            "run": tr("none is finished"),
        }
        for kind, card in cards.items():
            found = kinds[kind]
            words = (
                tr("{found} to choose from", found=len(found)) if found else empty[kind]
            )
            if kind == taken and path is not None:
                own = path.parent.name if kind == "run" else path.name
                words = next((name for name, one in found.items() if one == path), own)
            card.show_choice(words, is_on=kind == taken)
        words = tr("random weights")
        self.scratch.show_choice(words, is_on=path is None)

    def choices(self, kind: str) -> dict[str, Path]:
        """Return the checkpoints of a kind, "zoo", "model" or "run", by name."""
        if kind == "run":
            return self._runs
        checkpoints = {}
        for row in self._context.shelf.entries:
            entry = self._context.shelf.entry(row.id)
            if entry is None or entry.card is None or entry.why:
                continue
            is_zoo = entry.card.origin.startswith("http")
            if is_zoo == (kind == "zoo"):
                checkpoints[entry.name] = entry.folder / entry.card.checkpoint
        return checkpoints

    def _unfold(self, kind: str) -> None:
        found = self.choices(kind)
        menu = RowMenu(self)
        for name, path in found.items():
            menu.add("cube", name, partial(self._take, path))
        if kind == "zoo":
            if found:
                menu.addSeparator()
            menu.add("cloud-arrow-down", tr("Model zoo"), self._context.window.show_zoo)
        elif kind == "model":
            if found:
                menu.addSeparator()
            menu.add("folder-open", tr("Checkpoint file"), self._on_file_chosen)
        if menu.isEmpty():
            return
        card = {"zoo": self.zoo, "model": self.model, "run": self.run}[kind]
        menu.setMinimumWidth(card.width())
        menu.open_at(card.mapToGlobal(card.rect().bottomLeft()))

    def _take(self, path: Path) -> None:
        self._form.set(load_from=path)

    def _on_file_chosen(self) -> None:
        path = self._context.dialogs.choose_checkpoint()
        if path is not None:
            self._take(path)

    def _on_scratch_pressed(self) -> None:
        self._form.set(load_from=None)


def finished_runs(folder: Path) -> dict[str, Path]:
    """Return the models of the newest runs in a folder, newest first, by name."""
    found = []
    for path in folder.glob(f"*/{_MODEL_FILE}"):
        with suppress(OSError):
            found.append((path.stat().st_mtime, path))
    newest = sorted(found, reverse=True)[:_SHOWN_RUNS]
    return {path.parent.name: path for _, path in newest}
