"""The rows of an import: what was found, and what it becomes."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem

from segdesk.app.exchange.import_classes import Fate, is_colour_name
from segdesk.core.language import joined, tr
from segdesk.gui import icons, theme
from segdesk.gui.components.painting import RADIUS_CONTROL, RADIUS_SMALL, rounded
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.class_parts import draw_hatching
from segdesk.gui.item_models.row_delegate import LEFT, RIGHT, Index, draw_text, ink
from segdesk.gui.item_models.table_view import INK_ROLE, Column, TableDelegate

if TYPE_CHECKING:
    from segdesk.app.exchange.import_classes import Target
    from segdesk.app.exchange.import_draft import ImportDraft
    from segdesk.formats.import_preview import ClassRow

FOUND, PIXELS, FILES, BECOMES, SHOW = range(5)
COLUMNS = (
    Column(tr("In the files"), 0),
    Column(tr("Pixels"), 92, is_number=True),
    Column(tr("Files"), 56, is_number=True),
    Column(tr("Becomes"), 238),
    Column("", 64),
)
ROW_PX = 38
COLOUR_ROLE = Qt.ItemDataRole.UserRole + 20
TARGET_ROLE = Qt.ItemDataRole.UserRole + 21
_NOTHING = QModelIndex()
_FEW = 0.0005  # below this share a count says more
_WORDS = {Fate.IGNORE: tr("Ignore"), Fate.SKIP: tr("Skip")}


class ImportModel(QAbstractTableModel):
    """The classes of a draft."""

    def __init__(self, draft: "ImportDraft") -> None:
        super().__init__()
        self._draft = draft
        self._rows: tuple[ClassRow, ...] = ()
        self._targets: tuple[Target | None, ...] = ()
        self._total = 1

    def refresh(self) -> None:
        """Show the draft as it is now."""
        rows = self._draft.rows
        if rows is self._rows:
            self._targets = self._draft.targets
            if rows:
                last = self.index(len(rows) - 1, SHOW)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._rows, self._targets = rows, self._draft.targets
        look = self._draft.look
        ignored = look.preview.ignored_px if look else 0
        self._total = max(1, ignored + sum(row.pixels for row in rows))
        self.endResetModel()

    def colour_of(self, target: "Target") -> str:
        """Return the colour of the class that a target is; "": of none."""
        if target.fate is not Fate.CLASS:
            return ""
        for row, one in zip(self._rows, self._targets, strict=True):
            if one == target and target.name in self._draft.new_names:
                return row.colour
        own = dict(self._draft.own_colours)
        return own.get(target.name, "")

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of classes."""
        return 0 if parent.isValid() else len(self._rows)

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
        is_title = role == Qt.ItemDataRole.DisplayRole
        if orientation is Qt.Orientation.Horizontal and is_title:
            return COLUMNS[section].title
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows."""
        row, target = self._rows[index.row()], self._targets[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, target, index.column())
            case _ if role == COLOUR_ROLE:
                return row.colour
            case _ if role == TARGET_ROLE:
                return target
            case _ if role == INK_ROLE:
                is_open = target is None and index.column() == PIXELS
                return "warn" if is_open else "text2"
            case Qt.ItemDataRole.AccessibleTextRole:
                return joined(
                    ", ",
                    (
                        row.name,
                        tr(
                            "{text} of the pixels", text=self._text(row, target, PIXELS)
                        ),
                        tr("in {files} files", files=row.files),
                        tr("becomes {target}", target=target_words(target)),
                    ),
                )
            case _:
                return None

    def _text(self, row: "ClassRow", target: "Target | None", column: int) -> str:
        match column:
            case 0:
                return row.name
            case 1:
                share = row.pixels / self._total
                if share < _FEW:
                    return tr("{pixels} px", pixels=figures.number(row.pixels))
                return figures.share(share)
            case 2:
                return figures.number(row.files)
            case 3:
                return target_words(target)
            case _:
                return tr("Show") if row.files else ""


def target_words(target: "Target | None") -> str:
    """Return a target in words."""
    if target is None:
        return tr("Choose")
    return target.name or _WORDS[target.fate]


class ImportDelegate(TableDelegate):
    """Paints swatches, the boxes that unfold, and the amber of what is open."""

    def __init__(self, model: ImportModel) -> None:
        super().__init__(COLUMNS)
        self._model = model

    def paint_surface(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint an open row amber."""
        if index.data(TARGET_ROLE) is None:
            amber = QColor(theme.color("warn"))
            amber.setAlphaF(0.12)
            painter.fillRect(option.rect, amber)
            return
        super().paint_surface(painter, option, index)

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one cell."""
        match index.column():
            case 0:
                _paint_found(painter, option.rect, index)
            case 2:
                super().paint_cell(painter, option, index)
            case 3:
                self._paint_becomes(painter, option.rect, index)
            case 4:
                box = option.rect.adjusted(0, 0, -12, 0)
                text = str(index.data() or "")
                draw_text(painter, box, text, ink("strong", "accent"), RIGHT)
            case _:
                super().paint_cell(painter, option, index)

    def _paint_becomes(self, painter: QPainter, rect: QRect, index: Index) -> None:
        target = index.data(TARGET_ROLE)
        middle = rect.center().y()
        arrow = QRectF(rect.left() + 4, middle - 6, 14, 14)
        icons.paint(painter, arrow, "arrow-right", theme.color("text3"))
        box = becomes_box(rect)
        edge = theme.color("warn" if target is None else "line2")
        painter.save()
        rounded(painter, QRectF(box), RADIUS_CONTROL, theme.color("raised"), edge)
        swatch = QRectF(box.left() + 10, middle - 6, 14, 14)
        if target is None:
            icons.paint(painter, swatch, "warning", theme.color("warn"))
        elif target.fate is Fate.IGNORE:
            draw_hatching(painter, swatch)
        elif target.fate is Fate.SKIP:
            icons.paint(painter, swatch, "minus-circle", theme.color("text3"))
        else:
            colour = self._model.colour_of(target) or theme.color("outline").name()
            rounded(painter, swatch, RADIUS_SMALL, QColor(colour))
        painter.restore()
        role = "warn" if target is None else "text"
        words = box.adjusted(32, 0, -28, 0)
        draw_text(painter, words, target_words(target), ink("body", role))
        caret = QRectF(box.right() - 21, middle - 5, 12, 12)
        icons.paint(painter, caret, "caret-down", theme.color("text3"))


def becomes_box(rect: QRect) -> QRect:
    """Return the part of a cell that unfolds as a menu."""
    return rect.adjusted(26, 4, -8, -5)


def _paint_found(painter: QPainter, rect: QRect, index: Index) -> None:
    name = str(index.data())
    swatch = QRectF(rect.left() + 14, rect.center().y() - 7, 16, 16)
    painter.save()
    edge = theme.color("line2")
    rounded(painter, swatch, RADIUS_SMALL, QColor(str(index.data(COLOUR_ROLE))), edge)
    painter.restore()
    pen = ink("small", "text2")
    if is_colour_name(name):
        pen = pen._replace(font=theme.font("small", mono=True))
    draw_text(painter, rect.adjusted(42, 0, -4, 0), name, pen, LEFT)


def swatch_icon(colour: str) -> QIcon:
    """Return the swatch of a class as an icon."""
    pixmap = QPixmap(32, 32)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    rounded(painter, QRectF(1, 1, 14, 14), RADIUS_SMALL, QColor(colour))
    painter.end()
    return QIcon(pixmap)
