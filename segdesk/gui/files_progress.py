"""Above and below the files: chips that filter by status, and how much is done."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.core.item_status import ItemStatus
from segdesk.core.language import joined, plural, tr
from segdesk.gui import theme
from segdesk.gui.components import Chip, Hairline, Label
from segdesk.gui.components.painting import rounded, rounded_path
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put

_GAP = 6
_EDGE = 12
_BAR_PX = 4
_CHIPS: tuple[tuple[ItemStatus | None, str], ...] = (
    (None, tr("All")),
    (ItemStatus.UNLABELLED, tr("Unlabelled")),
    (ItemStatus.DRAFT, tr("Draft")),
    (ItemStatus.REVIEW, tr("Review")),
    (ItemStatus.DONE, tr("Done")),
)

Counts = Mapping[ItemStatus, int]


class StatusChips(QWidget):
    """One chip for each status, with its count; those without room are left out.

    `chosen` carries a status, or None for all.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Status"))
        self._wanted: ItemStatus | None = None
        self.chips: dict[ItemStatus | None, Chip] = {}
        for status, word in _CHIPS:
            chip = Chip(word, 0, self)
            chip.clicked.connect(lambda _=False, status=status: self._choose(status))
            self.chips[status] = chip
        self.chips[None].setChecked(True)

    @property
    def wanted(self) -> ItemStatus | None:
        """The status that is shown; None: all."""
        return self._wanted

    def choose(self, status: ItemStatus | None) -> None:
        """Filter by a status; None: show all."""
        self._wanted = status
        for each, chip in self.chips.items():
            chip.setChecked(each is status)
        self._place()

    def show_counts(self, counts: Counts) -> None:
        """Show other counts."""
        for status, chip in self.chips.items():
            number = sum(counts.values()) if status is None else counts[status]
            chip.set_count(number)
        self._place()

    def sizeHint(self) -> QSize:
        """Return one line."""
        return QSize(200, theme.row_px(22))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has no room."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        x = 0
        order = [None, self._wanted, *self.chips]
        shown: list[ItemStatus | None] = []
        room = self.width()
        for status in dict.fromkeys(order):
            width = self.chips[status].sizeHint().width() + _GAP
            if width - _GAP <= room:
                shown.append(status)
                room -= width
        for status, chip in self.chips.items():
            chip.setVisible(status in shown)
            if status in shown:
                hint = chip.sizeHint()
                chip.setGeometry(x, 0, hint.width(), hint.height())
                x += hint.width() + _GAP

    def _choose(self, status: ItemStatus | None) -> None:
        self.choose(status)
        self.chosen.emit(status)


class DoneFooter(QWidget):
    """How many files are done, how many are drafts, how many are left."""

    def __init__(self) -> None:
        super().__init__()
        self._done = Label("", "smallStrong", "text", tabular=True)
        self._rest = Label("", "small", "text2", tabular=True)
        self.bar = _StackedBar()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(6)
        column.addWidget(Hairline())
        words = QHBoxLayout()
        words.setContentsMargins(_EDGE, 1, _EDGE, 0)
        words.addWidget(self._done)
        words.addStretch(1)
        words.addWidget(self._rest)
        column.addLayout(words)
        line = QHBoxLayout()
        line.setContentsMargins(_EDGE, 0, _EDGE, 0)
        line.addWidget(self.bar)
        column.addLayout(line)

    def show_counts(self, counts: Counts) -> None:
        """Show other counts."""
        total, done = sum(counts.values()), counts[ItemStatus.DONE]
        drafts, review = counts[ItemStatus.DRAFT], counts[ItemStatus.REVIEW]
        left = counts[ItemStatus.UNLABELLED]
        put(
            self._done.setText,
            tr(
                "{done} of {total} done",
                done=figures.number(done),
                total=figures.number(total),
            ),
        )
        parts = [
            words
            for count, words in (
                (drafts, _drafts(drafts)),
                (review, tr("{review} to review", review=figures.number(review))),
                (left, tr("{left} left", left=figures.number(left))),
            )
            if count
        ]
        put(self._rest.setText, joined(" · ", parts[:2] if review else parts))
        share = 1 / total if total else 0.0
        self.bar.show_shares(done * share, (drafts + review) * share)
        put(self.setAccessibleName, joined(", ", (self._done.text(), *parts)))


class _StackedBar(QWidget):
    """What is done, then what is begun, on a track."""

    def __init__(self) -> None:
        super().__init__()
        self._done = self._begun = 0.0
        self.setFixedHeight(_BAR_PX)

    def show_shares(self, done: float, begun: float) -> None:
        """Show shares, 0-1 each."""
        self._done, self._begun = done, begun
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        whole = QRectF(self.rect())
        rounded(painter, whole, _BAR_PX / 2, theme.color("line2"))
        painter.setClipPath(rounded_path(whole, _BAR_PX / 2))
        width = whole.width()
        done = QRectF(0, 0, width * self._done, _BAR_PX)
        painter.fillRect(done, theme.color("okFill"))
        begun = QRectF(done.right(), 0, width * self._begun, _BAR_PX)
        painter.fillRect(begun, theme.color("warnFill"))


def _drafts(number: int) -> str:
    count = figures.number(number)
    return plural(number, "1 draft", "{count} drafts", count=count)
