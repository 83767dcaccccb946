"""The lists beside an evaluation: worst images, largest errors, models side by side."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem

from segdesk.app.evaluation.look import Cell, looks_of
from segdesk.app.evaluation.words import images_per_second, worst_class
from segdesk.app.files.image_names import names_apart
from segdesk.core.language import joined, shown, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_SMALL, rounded, rounded_path
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import (
    RIGHT,
    Index,
    Role,
    RowDelegate,
    draw_bar,
    draw_number,
    draw_text,
    ink,
    two_lines,
)
from segdesk.gui.pages.evaluation_sizes import SizeRow
from segdesk.gui.qimage import rgb_image
from segdesk.jobs.training_events import EvaluationDone, ItemEvaluated

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from segdesk.app.evaluation.evaluating import Evaluating

    Looks = tuple[NDArray[np.uint8], NDArray[np.uint8]] | None

PICTURE = QSize(54, 42)
_LEFT_PX = 12
_POOR = 50.0
_NOTHING = QModelIndex()


@dataclass(frozen=True, slots=True)
class WorstRow:
    """An image with its pictures under truth and prediction; None: not there yet."""

    item: ItemEvaluated
    name: str
    words: str
    truth: QPixmap | None = None
    said: QPixmap | None = None


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """A confusion: names, colours, pixels, and percent of the true class."""

    cell: Cell
    names: tuple[str, str]
    colours: tuple[str, str]
    pixels: int
    share: float


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model beside the others."""

    done: EvaluationDone
    name: str
    is_shown: bool
    best: float


class RowsModel(QAbstractListModel):
    """A list of frozen values, of which one is the row's own."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[object] = []

    def set_rows(self, rows: "Sequence[object]") -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def replace_row(self, place: int, row: object) -> None:
        """Show another value in one row."""
        self._rows[place] = row
        index = self.index(place, 0)
        self.dataChanged.emit(index, index)

    def row_at(self, place: int) -> object:
        """Return the value of a row, or None."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row's value or its words."""
        row = self.row_at(index.row())
        if role == Role.ROW:
            return row
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if role in spoken:
            return _spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, WorstRow):
            return str(row.item.image)
        return None


class WorstModel(RowsModel):
    """The images of an evaluation, the worst first; pictures come when rows show.

    Parameters
    ----------
    evaluating
        Its worker makes the pictures.
    """

    def __init__(self, evaluating: "Evaluating") -> None:
        super().__init__()
        self._evaluating = evaluating
        self._done: EvaluationDone | None = None
        self._asked: set[int] = set()
        self._near = range(0)

    def show_result(self, done: EvaluationDone | None) -> None:
        """Show the images of another evaluation."""
        if done is self._done:
            return
        self._done = done
        self._asked = set()
        items = done.images if done else ()
        names = names_apart(item.image for item in items)
        self.set_rows(
            [
                WorstRow(item, names[item.image], _worst_words(done, item))
                for item in items
            ]
        )

    def ask(self, first: int, last: int) -> None:
        """Ask for the pictures of rows that are in sight."""
        self._near = range(first, last + 1)
        for place in self._near:
            if place not in self._asked and place < self.rowCount():
                self._asked.add(place)
                self._request(place)

    def _request(self, place: int) -> None:
        done, row = self._done, self.row_at(place)
        if done is None or not isinstance(row, WorstRow):
            return

        def work() -> "Looks":
            if done is not self._done or place not in self._near:
                return None
            return looks_of(done, row.item, 2 * PICTURE.width())

        def take(looks: "Looks") -> None:
            if done is not self._done:
                return
            if looks is None:
                self._asked.discard(place)
                return
            truth, said = (QPixmap.fromImage(rgb_image(p).image) for p in looks)
            self.replace_row(place, replace(row, truth=truth, said=said))

        self._evaluating.executor.submit(work, take, lambda _error: None)


class WorstDelegate(RowDelegate):
    """Paints truth, prediction, name, the worst class and the mIoU."""

    row_px = 58

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one image."""
        row = index.data(Role.ROW)
        if not isinstance(row, WorstRow):
            return
        rect = option.rect
        top = rect.center().y() - PICTURE.height() // 2
        x = rect.left() + _LEFT_PX
        for picture in (row.truth, row.said):
            _paint_cropped(painter, QRect(x, top, PICTURE.width(), 42), picture)
            x += PICTURE.width() + 4
        number = "–" if row.item.miou is None else figures.decimal(row.item.miou, 1)
        right = rect.right() - 14
        poor = row.item.miou is not None and row.item.miou < _POOR
        box = QRect(right - 50, rect.top(), 50, rect.height())
        pen = ink("section", "warn" if poor else "text", tabular=True)
        draw_number(painter, box, number, pen)
        first, second = two_lines(x + 8, rect.center().y(), right - 50)
        middle = Qt.TextElideMode.ElideMiddle
        draw_text(painter, first, row.name, ink("body", "text"), elide=middle)
        draw_text(painter, second, row.words, ink("caption", "text3", tabular=True))


class ErrorsDelegate(RowDelegate):
    """Paints which class is taken for which, and how often."""

    row_px = 50

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one confusion."""
        row = index.data(Role.ROW)
        if not isinstance(row, ErrorRow):
            return
        rect = option.rect
        left, right = rect.left() + _LEFT_PX, rect.right() - 14
        first, second = two_lines(left, rect.center().y(), right - 56)
        x = first.left()
        for place, (name, colour) in enumerate(
            zip(row.names, row.colours, strict=True)
        ):
            if place:
                draw_text(
                    painter,
                    QRect(x, first.top(), 20, first.height()),
                    "→",
                    ink("body", "text3"),
                )
                x += 22
            swatch = QRectF(x, first.center().y() - 5, 11, 11)
            rounded(painter, swatch, 3, QColor(colour))
            pen = ink("body", "text")
            room = QRect(x + 17, first.top(), first.right() - x - 17, first.height())
            draw_text(painter, room, name, pen)
            painter.setFont(pen.font)
            x += 17 + painter.fontMetrics().horizontalAdvance(shown(name)) + 8
        words = tr("{pixels} px", pixels=figures.number(row.pixels))
        draw_text(painter, second, words, ink("caption", "text3", tabular=True))
        box = QRect(right - 56, rect.top(), 56, rect.height())
        text = f"{figures.decimal(row.share, 1)}%"
        draw_number(painter, box, text, ink("section", "bad", tabular=True))


class ModelsDelegate(RowDelegate):
    """Paints models side by side: name, mIoU with a bar, and what else differs."""

    row_px = 64

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one model."""
        row = index.data(Role.ROW)
        if not isinstance(row, ModelRow):
            return
        rect = option.rect
        left, right = rect.left() + _LEFT_PX, rect.right() - 14
        metrics = row.done.metrics
        miou = metrics.get("mIoU")
        middle = rect.center().y() - 5
        first, second = two_lines(left, middle, right - 60)
        style = "strong" if row.is_shown else "body"
        draw_text(painter, first, row.name, ink(style, "text"))
        speed = images_per_second(row.done)
        parts = [
            tr("Acc {percent}", percent=_percent(metrics.get("aAcc"))),
            tr("Dice {percent}", percent=_percent(metrics.get("mDice"))),
        ]
        if metrics.get("fgIoU") is not None:
            parts.append(tr("fg {percent}", percent=_percent(metrics["fgIoU"])))
        if speed is not None:
            parts.append(tr("{number} img/s", number=figures.decimal(speed, 1)))
        words = joined(" · ", parts)
        below = QRect(left, second.top(), right - left, second.height())
        draw_text(painter, below, words, ink("caption", "text3", tabular=True))
        best = miou is not None and miou >= row.best
        box = QRect(right - 60, first.top(), 60, first.height())
        pen = ink("section", "ok" if best else "text", tabular=True)
        draw_text(painter, box, _percent(miou), pen, RIGHT)
        bar = QRect(left, rect.bottom() - 9, right - left, 4)
        colour = theme.color("accent")
        draw_bar(painter, bar, (miou or 0.0) / 100, colour, theme.color("line2"))


def _paint_cropped(painter: QPainter, box: QRect, picture: QPixmap | None) -> None:
    """Draw the middle of a picture so that it fills a box."""
    if picture is None:
        rounded(painter, QRectF(box), RADIUS_SMALL, theme.color("raised"))
        return
    scale = max(box.width() / picture.width(), box.height() / picture.height())
    wide, high = round(box.width() / scale), round(box.height() / scale)
    part = QRect(
        (picture.width() - wide) // 2, (picture.height() - high) // 2, wide, high
    )
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setClipPath(rounded_path(QRectF(box), RADIUS_SMALL))
    painter.drawPixmap(box, picture, part)
    painter.restore()


def _worst_words(done: EvaluationDone | None, item: ItemEvaluated) -> str:
    worst = worst_class(item)
    if done is None or worst is None:
        return tr("Nothing is labelled")
    index, iou = worst
    return tr(
        "{names} {number}",
        names=done.classes.names[index],
        number=figures.decimal(iou, 0),
    )


def _percent(value: float | None) -> str:
    return "n/a" if value is None else figures.decimal(value, 1)


def _spoken(row: object) -> str:
    match row:
        case WorstRow():
            return f"{row.item.image.name}, mIoU {_percent(row.item.miou)}, {row.words}"
        case ErrorRow():
            truth, said = row.names
            return tr(
                "{truth} predicted as {said}, {number}%",
                truth=truth,
                said=said,
                number=figures.decimal(row.share, 1),
            )
        case SizeRow():
            return tr(
                "{name}, regions {counts}, {medians}",
                name=row.name,
                counts=row.counts,
                medians=row.medians,
            )
        case ModelRow():
            return f"{row.name}, mIoU {_percent(row.done.metrics.get('mIoU'))}"
        case _:
            return ""
