"""Class balance: what share of the pixels each class has, by split."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from segdesk.core.classes import ClassList
from segdesk.core.data_check import SplitFacts
from segdesk.core.language import joined, shown, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_SMALL, draw_elided, rounded
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put

_ROW, _HEAD = 30, 26
_BAR_WIDTH, _BAR = 96, 4
_RARE = 0.05
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One class: shares 0-1 and images that hold it, in training and validation."""

    name: str
    colour: str
    train: float
    val: float
    train_images: int
    val_images: int


def balance_rows(
    classes: ClassList, splits: tuple[SplitFacts, ...]
) -> tuple[BalanceRow, ...]:
    """Return the rows of the classes, in class order."""
    by_name = {one.name: one for one in splits}

    def share(split: str, place: int) -> float:
        pixels = by_name[split].pixels if split in by_name else ()
        total = sum(pixels)
        return pixels[place] / total if total and place < len(pixels) else 0.0

    def images(split: str, place: int) -> int:
        counts = by_name[split].images_with if split in by_name else ()
        return counts[place] if place < len(counts) else 0

    return tuple(
        BalanceRow(
            name,
            classes.palette[place],
            share("train", place),
            share("val", place),
            images("train", place),
            images("val", place),
        )
        for place, name in enumerate(classes.names)
    )


class ClassBalance(QWidget):
    """A small table with two bars for each class: training above validation."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[BalanceRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        put(self.setAccessibleName, tr("Class balance"))

    def set_rows(self, rows: tuple[BalanceRow, ...]) -> None:
        """Show other classes."""
        if rows != self._rows:
            self._rows = rows
            self.setFixedHeight(self.sizeHint().height())
            put(
                self.setAccessibleDescription,
                joined(
                    "; ",
                    (
                        tr(
                            "{name} {train:.1%} in training, {val:.1%} in validation",
                            name=row.name,
                            train=row.train,
                            val=row.val,
                        )
                        for row in rows
                    ),
                ),
            )
            self.update()

    def sizeHint(self) -> QSize:
        """Return room for every class."""
        return QSize(388, _HEAD + _ROW * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw head and rows."""
        painter = QPainter(self)
        width = self.width()
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        right = width - _column(width)
        painter.drawText(QRectF(24, 0, 90, _HEAD), _LEFT, shown(tr("Class")))
        painter.drawText(QRectF(122, 0, 90, _HEAD), _LEFT, shown(tr("Train")))
        painter.drawText(
            QRectF(right - 100, 0, 100, _HEAD), _RIGHT, shown(tr("Validation"))
        )
        painter.drawText(QRectF(width - 80, 0, 80, _HEAD), _RIGHT, shown(tr("Images")))
        for place, row in enumerate(self._rows):
            top = _HEAD + place * _ROW
            if top < event.rect().bottom() and top + _ROW > event.rect().top():
                self._draw_row(painter, row, QRectF(0, top, width, _ROW))

    def _draw_row(self, painter: QPainter, row: BalanceRow, box: QRectF) -> None:
        painter.fillRect(QRectF(box.x(), box.y(), box.width(), 1), theme.color("line"))
        colour = QColor(row.colour)
        middle = box.center().y()
        rounded(painter, QRectF(2, middle - 6, 12, 12), RADIUS_SMALL - 1, colour)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text"))
        draw_elided(painter, QRectF(24, box.y(), 92, box.height()), row.name)
        for share, top, fill in (
            (row.train, middle - 5, colour),
            (row.val, middle + 2, theme.color("text3")),
        ):
            whole = QRectF(122, top, _BAR_WIDTH, _BAR)
            rounded(painter, whole, _BAR / 2, theme.color("line2"))
            if share > 0:
                part = QRectF(122, top, max(_BAR, _BAR_WIDTH * share), _BAR)
                rounded(painter, part, _BAR / 2, fill)
        painter.setFont(theme.font("small", tabular=True))
        right = box.width() - _column(box.width())
        painter.setPen(theme.color("text"))
        spot = QRectF(right - 104, box.y(), 58, box.height())
        painter.drawText(spot, _RIGHT, shown(figures.decimal(100 * row.train, 1)))
        rare = row.val < _RARE
        painter.setPen(theme.color("warn" if rare else "text"))
        spot = QRectF(right - 50, box.y(), 50, box.height())
        painter.drawText(spot, _RIGHT, shown(figures.share(row.val)))
        painter.setPen(theme.color("text2"))
        spot = QRectF(box.width() - 80, box.y(), 80, box.height())
        words = tr(
            "{train_images:,} + {val_images:,}",
            train_images=row.train_images,
            val_images=row.val_images,
        )
        painter.drawText(spot, _RIGHT, shown(words))


def _column(width: float) -> float:
    return 74 if width > 340 else 66
