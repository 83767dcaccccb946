"""The tables of architectures and of the zoo's configs."""

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
)
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QVBoxLayout

from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_SMALL, rounded
from segdesk.gui.dialogs.training.cards import Framed
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import Index
from segdesk.gui.item_models.table_view import (
    INK_ROLE,
    Column,
    TableDelegate,
    TableView,
)

COLUMNS = (
    Column(tr("Architecture"), 0),
    Column(tr("Parameters"), 84, is_number=True),
    Column(tr("Memory"), 72, is_number=True),
    Column(tr("Images/s"), 76, is_number=True),
    Column("mIoU", 68, is_number=True),
    Column("", 92),
)
ZOO_COLUMNS = (
    Column(tr("Config"), 0),
    Column(tr("Data set"), 104),
    Column(tr("Parameters"), 82, is_number=True),
    Column("mIoU", 56, is_number=True),
)
TAG = len(COLUMNS) - 1
_NO_PARENT = QModelIndex()


@dataclass(frozen=True, slots=True)
class ArchitectureRow:
    """One architecture: what it costs here, as far as it is known.

    Parameters
    ----------
    speed
        Images a second in training; None: not measured.
    score
        Best mIoU of a run on these data, in percent.
    published
        That of the paper on its data; shown with a ring, as in the scatter, where
        there is no own.
    words
        Stands in place of the numbers: "measuring", "waiting", or why not.
    tag, tag_role
        One word about it.
    is_missing
        Whether it needs something that is not installed.
    """

    id: str
    title: str
    parameters: int | None = None
    memory_mb: float | None = None
    speed: float | None = None
    score: float | None = None
    published: float | None = None
    words: str = ""
    tag: str = ""
    tag_role: str = "text2"
    is_heavy: bool = False
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class ZooRow:
    """One config of the zoo, with what was published of it."""

    id: str
    title: str
    dataset: str
    parameters: int | None
    score: float | None


class _Rows(QAbstractTableModel):
    """Rows of texts under the titles of columns."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        super().__init__()
        self._columns = columns
        self._texts: list[tuple[str, ...]] = []
        self._roles: list[tuple[str, ...]] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._texts)

    def columnCount(
        self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT
    ) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return a cell's text, or the role of its ink."""
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(self._texts[index.row()][index.column()])
        if role == INK_ROLE:
            return self._roles[index.row()][index.column()]
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return the title of a column."""
        if role == Qt.ItemDataRole.DisplayRole and (
            orientation is Qt.Orientation.Horizontal
        ):
            return self._columns[section].title
        return None

    def _put(self, texts: list[tuple[str, ...]], roles: list[tuple[str, ...]]) -> None:
        if len(texts) != len(self._texts):
            self.beginResetModel()
            self._texts, self._roles = texts, roles
            self.endResetModel()
        elif (texts, roles) != (self._texts, self._roles):
            self._texts, self._roles = texts, roles
            last = self.index(len(texts) - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


class ArchitectureModel(_Rows):
    """The architectures that can be trained at once."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self.rows: tuple[ArchitectureRow, ...] = ()

    def set_rows(self, rows: tuple[ArchitectureRow, ...]) -> None:
        """Show other rows."""
        self.rows = rows
        self._put([_texts(row) for row in rows], [_roles(row) for row in rows])


class ZooConfigs(_Rows):
    """The configs of the zoo."""

    def __init__(self) -> None:
        super().__init__(ZOO_COLUMNS)
        self.rows: tuple[ZooRow, ...] = ()

    def set_rows(self, rows: tuple[ZooRow, ...]) -> None:
        """Show other rows."""
        self.rows = rows
        self._put(
            [
                (row.title, row.dataset, _millions(row.parameters), _score(row.score))
                for row in rows
            ],
            [("text", "text2", "text2", "text2") for _ in rows],
        )


class ArchitectureDelegate(TableDelegate):
    """Paints the last column as a tag."""

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint a text, or the tag."""
        if index.column() != TAG:
            super().paint_cell(painter, option, index)
            return
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        if not text:
            return
        role = str(index.data(INK_ROLE))
        painter.setFont(theme.font("smallStrong"))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(shown(text)) + 16
        box = QRectF(option.rect)
        tag = QRectF(box.right() - 8 - wide, box.center().y() - 10, wide, 20)
        rounded(painter, tag, RADIUS_SMALL, theme.mix(role, "panel", 0.12))
        painter.setPen(theme.color(role))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, shown(text))


class Framing(Framed):
    """A frame round a table."""

    def __init__(self, table: TableView) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(5, 1, 5, 5)
        column.addWidget(table)


def _texts(row: ArchitectureRow) -> tuple[str, ...]:
    memory = "" if row.memory_mb is None else figures.megabytes(row.memory_mb * 1e6)
    speed = row.words if row.speed is None else _speed(row.speed)
    return (
        row.title,
        _millions(row.parameters),
        memory,
        speed,
        _own_or_published(row),
        row.tag,
    )


def _roles(row: ArchitectureRow) -> tuple[str, ...]:
    heavy = "bad" if row.is_heavy else "text2"
    speed = "text3" if row.speed is None else "text2"
    title = "text3" if row.is_missing else "text"
    score = "text3" if row.score is None else "text2"
    return (title, "text2", heavy, speed, score, row.tag_role)


def _own_or_published(row: ArchitectureRow) -> str:
    if row.score is None and row.published is not None:
        return f"○ {figures.decimal(row.published, 1)}"
    return _score(row.score)


def _speed(value: float) -> str:
    return figures.decimal(value, 1 if value < 100 else 0)


def _millions(count: int | None) -> str:
    return (
        ""
        if count is None
        else tr("{number} M", number=figures.decimal(count / 1000000.0, 1))
    )


def _score(value: float | None) -> str:
    return "" if value is None else figures.decimal(value, 1)
