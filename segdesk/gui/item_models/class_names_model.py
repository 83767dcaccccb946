"""A table of classes to be named."""

from functools import partial

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QLineEdit, QStyleOptionViewItem, QWidget

from segdesk.app.classes.names import parse_names
from segdesk.core.classes import ClassList, proposed_palette
from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_SMALL, rounded
from segdesk.gui.item_models.row_delegate import Index, Role
from segdesk.gui.item_models.table_view import INK_ROLE, Column, TableDelegate
from segdesk.gui.wording import put

NUMBER, COLOUR, NAME = range(3)
COLUMNS = (
    Column(tr("Index"), 64, is_number=True),
    Column("", 40),
    Column(tr("Name"), 0),
)
_NOTHING = QModelIndex()


class ClassNamesModel(QAbstractTableModel):
    """Index, colour and name of each class; the name is edited in place.

    Parameters
    ----------
    num_classes
        How many there are.
    """

    edited = Signal()

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self._names = [""] * num_classes
        self._own_colours: dict[int, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """One for each class; "" where there is none yet."""
        return tuple(self._names)

    @property
    def palette(self) -> tuple[str, ...]:
        """One colour for each class: safe ones, unless another was chosen."""
        safe = proposed_palette(self.names)
        return tuple(
            self._own_colours.get(index, colour) for index, colour in enumerate(safe)
        )

    def set_names(self, names: tuple[str, ...], start: int = 0) -> None:
        """Put names into the rows from `start` on; what does not fit is left out."""
        fitting = names[: len(self._names) - start]
        self._names[start : start + len(fitting)] = fitting
        self._tell()

    def set_classes(self, classes: ClassList) -> None:
        """Take names and colours from a list of the same length."""
        self._names = list(classes.names)
        self._own_colours = dict(enumerate(classes.palette))
        self._tell()

    def set_colour(self, index: int, colour: str) -> None:
        """Give one class another colour, "#RRGGBB"."""
        self._own_colours[index] = colour
        self._tell()

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of classes."""
        return 0 if parent.isValid() else len(self._names)

    def columnCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == (
            Qt.ItemDataRole.DisplayRole
        ):
            return COLUMNS[section].title
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that names can be edited."""
        flags = super().flags(index)
        if index.column() == NAME:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows."""
        row, column = index.row(), index.column()
        texts = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole)
        if role == Role.ROW and column == COLOUR:
            return self.palette[row]
        if role == INK_ROLE:
            return "text" if column == NAME and self._names[row] else "text3"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            name = self._names[row] or tr("not named yet")
            return tr(
                "Class {row}, {name}, {palette}",
                row=row,
                name=name,
                palette=self.palette[row],
            )
        if role in texts and column == NUMBER:
            return str(row)
        if role == Qt.ItemDataRole.DisplayRole and column == NAME:
            return self._names[row] or shown(tr("Type a name"))
        return self._names[row] if role in texts and column == NAME else None

    def setData(
        self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Take a name that was typed."""
        if role != Qt.ItemDataRole.EditRole or index.column() != NAME:
            return False
        self._names[index.row()] = str(value).strip()
        self._tell()
        return True

    def _tell(self) -> None:
        last = self.index(len(self._names) - 1, NAME)
        self.dataChanged.emit(self.index(0, 0), last)
        self.edited.emit()


class NameEdit(QLineEdit):
    """Edits one name; a pasted list goes to the whole table."""

    list_pasted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand a list on, take a single name."""
        text = QGuiApplication.clipboard().text()
        if event.matches(QKeySequence.StandardKey.Paste) and len(parse_names(text)) > 1:
            self.list_pasted.emit()
        else:
            super().keyPressEvent(event)


class ClassNamesDelegate(TableDelegate):
    """Paints the swatches and edits the names."""

    list_pasted = Signal()

    def __init__(self) -> None:
        super().__init__(COLUMNS)

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        """Return a field for a name."""
        del option
        editor = NameEdit(parent)
        put(editor.setAccessibleName, tr("Name of class {row}", row=index.row()))
        editor.setFont(theme.font("body"))
        editor.list_pasted.connect(partial(self._on_editor_list_pasted, editor))
        return editor

    def _on_editor_list_pasted(self, editor: NameEdit) -> None:
        """Leave the field as it was, or it would overwrite its row later."""
        self.closeEditor.emit(editor, self.EndEditHint.RevertModelCache)
        self.list_pasted.emit()

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint a swatch or a text."""
        if index.column() != COLOUR:
            super().paint_cell(painter, option, index)
            return
        centre = option.rect.center()
        box = QRectF(centre.x() - 6, centre.y() - 6, 14, 14)
        rounded(painter, box, RADIUS_SMALL, QColor(str(index.data(Role.ROW))))
