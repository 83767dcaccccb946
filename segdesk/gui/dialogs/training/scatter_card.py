"""What networks reach for what they cost: published scores beside one's own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.app.models.architectures import published_as
from segdesk.core.language import tr
from segdesk.gui.components import Label, Select
from segdesk.gui.dialogs.training.model_table import ArchitectureRow, ZooRow
from segdesk.gui.dialogs.training.scatter import Point, Scatter
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.library.zoo import ZooEntry

_SPEED, _SIZE = "speed", "size"
_AXES = ((_SPEED, tr("images/s here")), (_SIZE, "parameters"))
_PAPERS = "Cityscapes"  # on which most architectures were published
_MILLION = 1e6
_WIDE = 138


class ScatterCard(QWidget):
    """A scatter with its axes; `chosen` carries the id of a network."""

    chosen = Signal(str)
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._published: Mapping[str, ZooEntry] = {}
        self.title = Label("", "section")
        self.axis = Select(tr("What lies across"))
        for name, words in _AXES:
            self.axis.addItem(words, name)
        self.dataset = Select(tr("On which data"))
        self.note = Label("", "small", "text2")
        self.scatter = Scatter()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        for select in (self.axis, self.dataset):
            select.setFixedWidth(_WIDE)
            select.activated.connect(lambda _index: self.changed.emit())
            head.addWidget(select)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.scatter)
        column.addWidget(self.note)
        self.scatter.chosen.connect(self.chosen)

    def set_published(self, entries: Mapping[str, "ZooEntry"]) -> None:
        """Take what was published, by id in the zoo."""
        self._published = entries
        counts = Counter(
            entry.dataset
            for entry in entries.values()
            if entry.miou is not None and entry.parameters
        )
        self.dataset.clear()
        for name, count in counts.most_common():
            self.dataset.addItem(tr("{name} · {count}", name=name, count=count), name)

    def published(self, name: str) -> "ZooEntry | None":
        """Return what was published of a shipped architecture."""
        return self._published.get(published_as(name))

    def published_score(self, name: str) -> float | None:
        """Return the published mIoU of a shipped architecture, in percent."""
        entry = self.published(name)
        return entry.miou if entry and entry.dataset == _PAPERS else None

    def show_architectures(
        self, rows: Sequence[ArchitectureRow], chosen: str, unmeasured: str
    ) -> None:
        """Show the shipped architectures.

        Parameters
        ----------
        chosen
            Id of the one that would be trained.
        unmeasured
            Stands there as long as there is nothing to show.
        """
        self.axis.show()
        self.dataset.hide()
        across = str(self.axis.currentData())
        points = []
        for row in rows:
            points += self._points_of(row, across, chosen)
        has_scores = bool(points)
        if has_scores:
            put(self.title.setText, tr("mIoU over"))
            own = any(not point.is_published for point in points)
            words = tr("○ published on {papers}", papers=_PAPERS)
            put(
                self.note.setText,
                tr("{words} · ● on these data", words=words) if own else words,
            )
        else:
            points = _sizes(rows, chosen) if across == _SPEED else []
            put(self.title.setText, tr("Parameters over"))
            put(self.note.setText, tr("size = memory") if points else "")
        self.scatter.set_points(tuple(points), unmeasured, is_log=not has_scores)

    def show_zoo(self, rows: Sequence[ZooRow], chosen: str) -> None:
        """Show configs of the zoo that were published on the chosen data set."""
        self.axis.hide()
        self.dataset.show()
        put(self.title.setText, tr("Published mIoU, size"))
        put(
            self.note.setText,
            tr("○ mIoU over parameters in millions; click one to take it"),
        )
        dataset = self.dataset.currentData()
        points = tuple(
            Point(
                row.id,
                row.title,
                row.parameters / _MILLION,
                row.score,
                state="chosen" if row.id == chosen else "plain",
                is_published=True,
            )
            for row in rows
            if row.dataset == dataset and row.parameters and row.score is not None
        )
        self.scatter.set_points(
            points, tr("None of these was published on this data set"), is_log=False
        )

    # ------------------------------------------------------------ inside

    def _points_of(self, row: ArchitectureRow, across: str, chosen: str) -> list[Point]:
        entry = self.published(row.id)
        size = row.parameters or (entry.parameters if entry else None)
        at = row.speed if across == _SPEED else size and size / _MILLION
        if not at:
            return []
        state = "heavy" if row.is_heavy else "chosen" if row.id == chosen else "plain"
        found = []
        if (published := self.published_score(row.id)) is not None:
            found.append((published, True))
        if row.score is not None:
            found.append((row.score, False))
        return [
            Point(row.id, row.title, at, height, row.memory_mb or 0.0, state, known)
            for height, known in found
        ]


def _sizes(rows: Sequence[ArchitectureRow], chosen: str) -> list[Point]:
    """Return what was measured here, where no score is known of anything."""
    return [
        Point(
            row.id,
            row.title,
            row.speed,
            row.parameters / _MILLION,
            row.memory_mb or 0.0,
            "heavy" if row.is_heavy else "chosen" if row.id == chosen else "plain",
        )
        for row in rows
        if row.speed and row.parameters
    ]
