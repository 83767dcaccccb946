"""Where the rows of a list stand: below each other, or several beside each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractItemView

_MARGIN_PX = 8
Action = QAbstractItemView.CursorAction


@dataclass(frozen=True, slots=True, eq=False)
class RowPlaces:
    """Places of all rows, as arrays.

    Parameters
    ----------
    tops, heights
        (N,) in px; rows that stand beside each other have the same.
    is_cell
        (N,) whether a row stands beside others instead of taking the whole width.
    columns
        How many cells stand beside each other.
    height
        Of all rows together, in px.
    """

    tops: NDArray[np.int64]
    heights: NDArray[np.int64]
    is_cell: NDArray[np.bool_]
    columns: int
    height: int

    @classmethod
    def laid(
        cls, heights: NDArray[np.int64], columns: int, wide: NDArray[np.bool_]
    ) -> "RowPlaces":
        """Lay rows out.

        Parameters
        ----------
        heights
            (N,) in px.
        columns
            How many stand beside each other.
        wide
            (N,) which take the whole width all the same.
        """
        rows = np.arange(len(heights))
        if columns == 1:
            begins = np.ones(len(heights), np.bool_)
        else:
            heads = np.maximum.accumulate(np.where(wide, rows, -1))
            begins = wide | ((rows - heads - 1) % columns == 0)
        lines = heights[begins].astype(np.int64)
        ends = np.cumsum(lines)
        line_of = np.cumsum(begins) - 1
        return cls(
            (ends - lines)[line_of],
            heights,
            ~wide if columns > 1 else np.zeros(len(heights), np.bool_),
            columns,
            int(ends[-1]) if len(ends) else 0,
        )

    def __len__(self) -> int:
        return len(self.tops)

    def rect(self, row: int, width: int) -> QRect:
        """Return a row's place in a list of some width, before any scrolling."""
        top, height = int(self.tops[row]), int(self.heights[row])
        if not self.is_cell[row]:
            return QRect(0, top, width, height)
        slot = (width - 2 * _MARGIN_PX) // self.columns
        column = row - self._first_beside(row)
        return QRect(_MARGIN_PX + column * slot, top, slot, height)

    def rects(self, first: int, last: int, width: int, offset: int) -> list[QRect]:
        """Return the places of a run of rows, scrolled by `offset` px."""
        rows = slice(first, last + 1)
        tops, heights = self.tops[rows].tolist(), self.heights[rows].tolist()
        slot = (width - 2 * _MARGIN_PX) // self.columns
        column = first - self._first_beside(first) if tops else 0
        places, before = [], None
        cells = self.is_cell[rows].tolist()
        for top, height, is_cell in zip(tops, heights, cells, strict=True):
            if top == before:
                column += 1
            elif before is not None:
                column = 0
            before = top
            if is_cell:
                left, wide = _MARGIN_PX + column * slot, slot
            else:
                left, wide = 0, width
            places.append(QRect(left, top - offset, wide, height))
        return places

    def shown(self, top: int, bottom: int) -> tuple[int, int]:
        """Return the first and the last row that stand between two heights in px."""
        return self._first_beside(self._last_at(top)), self._last_at(bottom)

    def at(self, x: int, y: int, width: int) -> int:
        """Return the row at a point, or -1."""
        last = self._last_at(y)
        if not self.is_cell[last]:
            return last
        slot = (width - 2 * _MARGIN_PX) // self.columns
        row = self._first_beside(last) + (x - _MARGIN_PX) // slot
        return row if self._first_beside(last) <= row <= last else -1

    def moved(self, row: int, action: Action, page_px: int) -> int:
        """Return the row to which a key leads; -1 is before the first."""
        if row < 0:
            return 0
        first, last = self._first_beside(row), self._last_at(int(self.tops[row]))
        count = len(self)
        match action:
            case Action.MoveUp | Action.MovePrevious:
                target = self._beside(first - 1, row - first) if first else row
            case Action.MoveDown | Action.MoveNext:
                is_end = last == count - 1
                target = row if is_end else self._beside(last + 1, row - first)
            case Action.MoveLeft if self.is_cell[row]:
                target = row - 1
            case Action.MoveRight if self.is_cell[row]:
                target = row + 1
            case Action.MoveHome:
                target = 0
            case Action.MoveEnd:
                target = count - 1
            case Action.MovePageUp:
                line = self._last_at(int(self.tops[row]) - page_px)
                target = self._beside(line, row - first)
            case Action.MovePageDown:
                line = self._last_at(int(self.tops[row]) + page_px)
                target = self._beside(line, row - first)
            case _:
                target = row
        return min(max(0, target), count - 1)

    def _last_at(self, y: int) -> int:
        return int(np.searchsorted(self.tops, max(0, y), side="right")) - 1

    def _first_beside(self, row: int) -> int:
        if self.columns == 1:
            return row
        return int(np.searchsorted(self.tops, self.tops[row], side="left"))

    def _beside(self, row: int, column: int) -> int:
        """Return the row in a column of the line in which another one stands."""
        last = self._last_at(int(self.tops[row]))
        return min(self._first_beside(row) + column, last)
