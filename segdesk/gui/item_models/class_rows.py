"""The classes of one picture that a model predicted: share, confidence, an eye."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from segdesk.core.classes import ClassList
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.class_parts import (
    SWATCH_PX,
    bar_track,
    draw_eye,
    draw_ring,
    draw_swatch,
)
from segdesk.gui.item_models.row_delegate import (
    LEFT,
    RIGHT,
    Index,
    Role,
    RowDelegate,
    draw_bar,
    draw_number,
    draw_text,
    ink,
)
from segdesk.gui.item_models.rows_model import RowsModel

ROW_PX = 30
_BAR_WIDTH = 44
_EYE_PX, _SURE_PX = 30, 44
_NUMBER_PX = 22
_GAP = 8


@dataclass(frozen=True, slots=True)
class PictureClass:
    """A class as its row shows it.

    Parameters
    ----------
    share
        Of the picture's pixels, 0-1; None: not known.
    confidence
        Mean, 0-1; None where it is not known.
    """

    index: int
    name: str
    colour: str
    share: float | None
    confidence: float | None = None
    visible: bool = True


@dataclass(frozen=True, slots=True)
class ClassColumns:
    """Which columns there are; distances in px.

    Parameters
    ----------
    has_number, has_confidence
        Columns beside swatch, name, share and eye.
    """

    has_number: bool = False
    has_confidence: bool = False

    @property
    def swatch_left(self) -> int:
        """Where the swatch begins."""
        return 30 if self.has_number else 12

    @property
    def name_left(self) -> int:
        """Where the name begins."""
        return self.swatch_left + SWATCH_PX + (_GAP if self.has_number else 10)

    @property
    def share_px(self) -> int:
        """From the row's right end to the end of the shares."""
        return 82 if self.has_confidence else _SURE_PX

    @property
    def bar_px(self) -> int:
        """From the row's right end to the end of the bars."""
        return self.share_px + (50 if self.has_confidence else 54)


class PictureClassesModel(RowsModel[PictureClass]):
    """The classes of a picture.

    Attributes
    ----------
    hidden
        Indices of classes that the picture leaves out; at first the background.
    """

    def __init__(self) -> None:
        super().__init__(lambda row: row.name, _spoken)
        self.hidden: frozenset[int] = frozenset()
        self._classes: ClassList | None = None
        self._shown: tuple[PictureClass, ...] = ()

    def show_classes(
        self, classes: ClassList | None, rows: Iterable[PictureClass]
    ) -> None:
        """Show other rows; whether each is visible is known here."""
        shown = tuple(rows)
        if classes != self._classes:
            ground = classes.background_index if classes else None
            self.hidden = frozenset(() if ground is None else (ground,))
        elif shown == self._shown:
            return
        self._classes, self._shown = classes, shown
        self._refresh()

    @property
    def classes(self) -> ClassList | None:
        """Whose rows are shown."""
        return self._classes

    def toggle(self, index: int) -> None:
        """Show a class in the picture, or leave it out."""
        self.hidden = self.hidden ^ {index}
        self._refresh()

    def _refresh(self) -> None:
        rows = tuple(
            replace(row, visible=row.index not in self.hidden) for row in self._shown
        )
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        self._rows = rows
        if rows:
            last = self.index(len(rows) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last)


class PictureClassesDelegate(RowDelegate):
    """Paints a class: number, swatch, name, bar, share, confidence, eye.

    Parameters
    ----------
    columns
        Which of them there are.
    """

    row_px = ROW_PX

    def __init__(self, columns: ClassColumns) -> None:
        super().__init__()
        self._columns = columns

    def part_at(self, rect: QRect, index: Index, position: QPoint) -> str:
        """Return "eye" with room round it, or ""."""
        del index
        return "eye" if position.x() >= rect.right() - _EYE_PX - 4 else ""

    def tip(self, index: Index, part: str) -> str:
        """Return what a click on the eye does."""
        row = index.data(Role.ROW)
        if part == "eye" and isinstance(row, PictureClass):
            return tr(
                "{verb} {name} in the picture",
                verb=tr("Hide") if row.visible else tr("Show"),
                name=row.name,
            )
        return super().tip(index, part)

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one class."""
        row, rect, columns = index.data(Role.ROW), option.rect, self._columns
        if not isinstance(row, PictureClass):
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        top, height, middle = rect.top(), rect.height(), rect.center().y() + 1
        if columns.has_number:
            pen = ink("small", "text3", tabular=True)
            box = QRect(0, top, _NUMBER_PX, height)
            draw_number(painter, box, str(row.index + 1), pen)
        at = rect.left() + columns.swatch_left
        swatch = QRectF(at, middle - SWATCH_PX / 2, SWATCH_PX, SWATCH_PX)
        draw_swatch(painter, swatch, row.colour, visible=row.visible)
        if selected:
            draw_ring(painter, swatch)
        bar = QRect(0, middle - 2, _BAR_WIDTH, 4)
        bar.moveRight(rect.right() - columns.bar_px)
        left = columns.name_left
        pen = ink("strong" if selected else "body", "text" if row.visible else "text3")
        box = QRect(left, top, bar.left() - _GAP - left, height)
        draw_text(painter, box, row.name, pen)
        draw_bar(painter, bar, row.share or 0.0, QColor(row.colour), bar_track())
        self._paint_numbers(painter, rect, row)
        is_hot = self.is_hot(index, "eye")
        at = rect.right() + 1 - _EYE_PX
        draw_eye(painter, at, middle, visible=row.visible, is_hot=is_hot)

    def _paint_numbers(self, painter: QPainter, rect: QRect, row: PictureClass) -> None:
        columns, end = self._columns, rect.right() + 1
        box = QRect(rect)
        box.setLeft(end - columns.bar_px)
        box.setWidth(columns.bar_px - columns.share_px)
        pen = ink("small", "text2", tabular=True)
        draw_number(painter, box, _share(row), pen)
        if columns.has_confidence:
            box.setLeft(end - columns.share_px)
            box.setWidth(columns.share_px - _SURE_PX)
            sure = figures.confidence(row.confidence)
            draw_number(painter, box, sure, ink("small", "model", tabular=True))


def _spoken(row: PictureClass) -> str:
    words = tr("{name}, {share}", name=row.name, share=_share(row))
    if row.confidence is None:
        return words
    return tr(
        "{words}, confidence {confidence}",
        words=words,
        confidence=figures.confidence(row.confidence),
    )


def _share(row: PictureClass) -> str:
    return figures.NONE if row.share is None else figures.share(row.share)


class PictureClassesHead(QWidget):
    """Names the columns of the classes."""

    def __init__(self, columns: ClassColumns) -> None:
        super().__init__()
        self._columns = columns
        self.setFixedHeight(theme.row_px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the names over their columns."""
        del event
        painter, pen = QPainter(self), ink("caption", "text3")
        columns, end, height = self._columns, self.width(), self.height()
        box = QRect(columns.name_left, 0, 80, height)
        draw_text(painter, box, tr("Class"), pen, LEFT)
        box = QRect(0, 0, end - columns.share_px, height)
        draw_text(painter, box, tr("Share"), pen, RIGHT)
        if columns.has_confidence:
            box = QRect(0, 0, end - _SURE_PX, height)
            draw_text(painter, box, tr("Conf."), pen, RIGHT)
