"""The rows of the list of shapes: the one that lies on top first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.language import joined, tr
from segdesk.core.shapes import Ellipse, Polygon, Polyline, Rectangle
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import Index, Role

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segdesk.app.annotate.shape_list import ShapeList
    from segdesk.core.shapes import Shape
    from segdesk.gui.item_models.row_delegate import RowDelegate

_NOTHING = QModelIndex()
_KINDS: dict[type, tuple[str, str]] = {
    Polygon: ("polygon", tr("Polygon")),
    Rectangle: ("rectangle", tr("Rectangle")),
    Ellipse: ("circle", tr("Ellipse")),
    Polyline: ("path", tr("Polyline")),
}


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """A shape as its row shows it.

    Parameters
    ----------
    icon, kind
        What it is: "polygon", "Polygon".
    colour
        "#RRGGBB" of its class; "" for ignore.
    size
        "84 × 40".
    is_hidden
        It is left alone on the picture.
    """

    index: int
    icon: str
    kind: str
    class_name: str
    colour: str
    size: str
    is_hidden: bool


class ShapesModel(QAbstractListModel):
    """The shapes of the open annotation; a row is made when it is shown.

    Parameters
    ----------
    shapes
        The shapes.
    classes
        Returns the classes they have.
    """

    def __init__(
        self, shapes: "ShapeList", classes: Callable[[], ClassList | None]
    ) -> None:
        super().__init__()
        self._list = shapes
        self._classes = classes
        self._shown: tuple[Shape, ...] = ()

    def refresh(self) -> None:
        """Show the shapes as they are now."""
        shapes = self._list.shapes
        if shapes is self._shown:
            if shapes:
                self.dataChanged.emit(self.index(0), self.index(len(shapes) - 1))
            return
        self.beginResetModel()
        self._shown = shapes
        self.endResetModel()

    @property
    def count(self) -> int:
        """Number of shapes."""
        return len(self._shown)

    def row_of(self, index: int | None) -> int:
        """Return the row of a shape, or -1."""
        return -1 if index is None else self.count - 1 - index

    def index_at(self, row: int) -> int | None:
        """Return the shape of a row."""
        return self.count - 1 - row if 0 <= row < self.count else None

    def row_at(self, row: int) -> ShapeRow | None:
        """Return what a row shows."""
        at = self.index_at(row)
        if at is None or self._list.shapes is not self._shown:
            return None
        shape, classes = self._shown[at], self._classes()
        icon, kind = _KINDS[type(shape)]
        name, colour = tr("class {class_index}", class_index=shape.class_index), ""
        if classes is not None and shape.class_index < len(classes):
            name = classes.names[shape.class_index]
            colour = classes.palette[shape.class_index]
        elif shape.class_index == IGNORE_INDEX:
            name = tr("Ignore")
        width, height = self._list.size_of(at)
        size = tr(
            "{width} × {height}",
            width=figures.number(width),
            height=figures.number(height),
        )
        hidden = self._list.is_hidden(at)
        return ShapeRow(at, icon, kind, name, colour, size, hidden)

    def row_heights(self, delegate: "RowDelegate") -> "NDArray[np.int64]":
        """Return the height of every row in px."""
        height = delegate.height(self.index(0)) if self.count else 0
        return np.full(self.count, height, np.int64)

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else self.count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row shows."""
        row = self.row_at(index.row())
        if row is None:
            return None
        match role:
            case Role.ROW:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.class_name
            case Qt.ItemDataRole.AccessibleTextRole:
                state = "hidden" if row.is_hidden else ""
                parts = (
                    row.kind,
                    row.class_name,
                    tr("{size} px", size=row.size),
                    state,
                )
                return joined(", ", filter(None, parts))
            case Qt.ItemDataRole.ToolTipRole:
                return tr("{kind}, {size} px", kind=row.kind, size=row.size)
            case _:
                return None
