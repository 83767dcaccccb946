"""What the funnel opens: chips that filter the files by what is known of them."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segdesk.core.item_status import ItemFilter
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components import Chip, Label
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segdesk.app.files.states import FileStates

_GAP = 6
_EDGE = 12
_MOST_CLASSES = 12
_SPLIT_WORDS = {"": tr("No split")}
_SIZES: tuple[tuple[str, int, int | None], ...] = (
    (tr("To 1,000 px"), 1, 1000),
    (tr("To 4,000 px"), 1001, 4000),
    (tr("Larger"), 4001, None),
)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A chip: what it stands for, its word and its count."""

    value: Hashable
    word: str
    count: int


class ChipRow(QWidget):
    """A name over chips that flow into as many lines as they need.

    `chosen` fires when the user presses one; at most one is pressed, and pressing it
    again lets it go.
    """

    chosen = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        put(self.setAccessibleName, name)
        self.value: Hashable | None = None
        self.chips: dict[Hashable, Chip] = {}
        self._label = Label(name, "caption", "text3")
        self._label.setParent(self)
        self._height = 0

    def show_choices(self, choices: Sequence[_Choice]) -> None:
        """Show other chips or counts; nothing to choose hides the row."""
        if list(self.chips) != [one.value for one in choices]:
            for chip in self.chips.values():
                chip.hide()
                chip.deleteLater()
            self.chips = {one.value: self._chip(one) for one in choices}
        for one in choices:
            put(self.chips[one.value].setText, one.word)
            self.chips[one.value].set_count(one.count)
        if self.value not in self.chips:
            self.value = None
        self._press()
        self.setVisible(bool(choices))
        self._place()

    def clear(self) -> None:
        """Let the pressed chip go."""
        self.value = None
        self._press()

    def sizeHint(self) -> QSize:
        """Return the size of all lines."""
        return QSize(200, self._height)

    def minimumSizeHint(self) -> QSize:
        """Return the size of all lines."""
        return QSize(0, self._height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the chips flow anew."""
        super().resizeEvent(event)
        self._place()

    def _chip(self, one: _Choice) -> Chip:
        chip = Chip(one.word, one.count, self)
        chip.clicked.connect(lambda _=False, value=one.value: self._choose(value))
        chip.show()
        return chip

    def _choose(self, value: Hashable) -> None:
        self.value = None if value == self.value else value
        self._press()
        self.chosen.emit()

    def _press(self) -> None:
        for value, chip in self.chips.items():
            chip.setChecked(self.value is not None and value == self.value)

    def _place(self) -> None:
        self._label.move(0, 0)
        x, y, line = 0, self._label.sizeHint().height() + 4, 0
        for chip in self.chips.values():
            hint = chip.sizeHint()
            width = min(hint.width(), max(40, self.width()))
            if x and x + width > self.width():
                x, y = 0, y + line + 4
            chip.setGeometry(x, y, width, hint.height())
            x, line = x + width + _GAP, hint.height()
        if self._height != y + line:
            self._height = y + line
            self.updateGeometry()


class FilterPanel(QWidget):
    """Filters by class, split and size, with counts; `changed` when one is pressed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Filters"))
        self.classes = ChipRow(tr("Class present"))
        self.splits = ChipRow(tr("Split"))
        self.sizes = ChipRow(tr("Longer side, where known"))
        column = QVBoxLayout(self)
        column.setContentsMargins(_EDGE, 0, _EDGE, theme.row_px(8))
        column.setSpacing(8)
        for row in self._rows:
            column.addWidget(row)
            row.chosen.connect(self.changed)

    @property
    def _rows(self) -> tuple[ChipRow, ...]:
        return self.classes, self.splits, self.sizes

    @property
    def wanted(self) -> ItemFilter | None:
        """What is asked for; None: nothing."""
        if all(row.value is None for row in self._rows):
            return None
        least, most = None, None
        for word, low, high in _SIZES:
            if word == self.sizes.value:
                least, most = low, high
        split, index = self.splits.value, self.classes.value
        return ItemFilter(
            class_index=index if isinstance(index, int) else None,
            splits=frozenset() if split is None else frozenset({str(split)}),
            least_px=least,
            most_px=most,
        )

    def clear(self) -> None:
        """Ask for nothing."""
        for row in self._rows:
            row.clear()

    def show_states(self, states: "FileStates", names: Sequence[str]) -> None:
        """Show what the files have.

        Parameters
        ----------
        names
            Of the classes, by index.
        """
        counted = [
            _Choice(index, name, states.class_count(index))
            for index, name in enumerate(names)
        ]
        present = sorted((one for one in counted if one.count), key=lambda c: -c.count)
        self.classes.show_choices(present[:_MOST_CLASSES])
        splits = states.split_counts()
        is_split = any(count for name, count in splits.items() if name)
        self.splits.show_choices(
            [
                _Choice(name, _SPLIT_WORDS.get(name, name), count)
                for name, count in sorted(splits.items(), key=lambda pair: not pair[0])
                if count and is_split
            ]
        )
        sides = states.sides
        sizes = [
            _Choice(word, word, _between(sides, low, high))
            for word, low, high in _SIZES
        ]
        self.sizes.show_choices([one for one in sizes if one.count])


def _between(sides: "NDArray[np.int32]", low: int, high: int | None) -> int:
    inside = sides >= low
    if high is not None:
        inside &= sides <= high
    return int(np.count_nonzero(inside))
