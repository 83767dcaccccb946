"""How the images of an evaluation are spread over the mIoU."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CARD, rounded
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put
from segdesk.jobs.training_events import EvaluationDone

_BINS = 10
_LEFT, _RIGHT, _TOP, _FOOT = 40, 18, 18, 30
_POOR_BINS = 5  # below 50 %


def spread_of(done: EvaluationDone | None) -> tuple[int, ...]:
    """Return how many images have an mIoU of 0-10, 10-20, … 90-100 percent."""
    counts = [0] * _BINS
    for item in done.images if done else ():
        if item.miou is not None:
            counts[min(_BINS - 1, int(item.miou * _BINS / 100))] += 1
    return tuple(counts)


class SpreadPlot(QWidget):
    """Bars of how many images reach which mIoU; the mean is a dashed line."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: tuple[int, ...] = ()
        self._mean: float | None = None
        put(self.setAccessibleName, tr("Images by mIoU"))
        self.setMinimumHeight(120)

    @property
    def counts(self) -> tuple[int, ...]:
        """Images of each tenth of the mIoU."""
        return self._counts

    def show_result(self, done: EvaluationDone | None) -> None:
        """Show another evaluation."""
        self._counts = spread_of(done)
        known = (
            [one.miou for one in done.images if one.miou is not None] if done else []
        )
        self._mean = sum(known) / len(known) if known else None
        poor = sum(self._counts[:_POOR_BINS])
        put(
            self.setAccessibleDescription,
            tr(
                "{poor} of {counts} images are below 50",
                poor=poor,
                counts=sum(self._counts),
            ),
        )
        self.update()

    @property
    def words(self) -> str:
        """What the dashed line stands for."""
        if self._mean is None:
            return ""
        return tr(
            "dashed: mean of the images, {number}",
            number=figures.decimal(self._mean, 1),
        )

    def sizeHint(self) -> QSize:
        """Return the design's size."""
        return QSize(504, 248)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw card, grid, bars and mean."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        rounded(painter, box, RADIUS_CARD, theme.color("panel"), theme.color("line"))
        most = max(self._counts, default=0)
        if not most:
            return
        field = box.adjusted(_LEFT, _TOP, -_RIGHT, -_FOOT)
        top = _round_up(most)
        self._paint_grid(painter, field, top)
        wide = field.width() / _BINS
        for place, count in enumerate(self._counts):
            high = field.height() * count / top
            bar = QRectF(
                field.x() + place * wide + 2, field.bottom() - high, wide - 4, high
            )
            role = "warnFill" if place < _POOR_BINS else "accent"
            painter.setPen(Qt.PenStyle.NoPen)
            painter.fillRect(bar, theme.mix(role, "panel", 0.62))
        self._paint_mean(painter, field)

    def _paint_grid(self, painter: QPainter, field: QRectF, top: int) -> None:
        painter.setFont(theme.font("caption", tabular=True))
        for value in dict.fromkeys((0, top // 2, top)):
            y = round(field.bottom() - field.height() * value / top)
            painter.fillRect(
                QRectF(field.x(), y, field.width(), 1), theme.color("line")
            )
            painter.setPen(theme.color("text2"))
            label = QRectF(0, y - 8, field.x() - 8, 16)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(label, side, shown(figures.number(value)))
        for percent in (0, 25, 50, 75, 100):
            x = field.x() + field.width() * percent / 100
            label = QRectF(x - 20, field.bottom() + 6, 40, 16)
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, str(percent))

    def _paint_mean(self, painter: QPainter, field: QRectF) -> None:
        if self._mean is None:
            return
        x = round(field.x() + field.width() * self._mean / 100)
        ink = theme.color("text2")
        for y in range(round(field.y()), round(field.bottom()), 7):
            painter.fillRect(QRectF(x, y, 1, 4), ink)


def _round_up(count: int) -> int:
    """Return the next even number of one leading digit or two: 14 for 13, 60 for 57."""
    if count <= 20:
        return max(2, count + count % 2)
    unit = int(10 ** (len(str(count)) - 1))
    return -(-count // unit) * unit
