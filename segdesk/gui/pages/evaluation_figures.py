"""The strip of figures: what one looks at first of an evaluation."""

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from segdesk.app.evaluation.words import images_per_second
from segdesk.core.calibration import Calibration
from segdesk.core.language import joined, shown, spaced, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CARD, draw_elided, rounded
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put
from segdesk.jobs.training_events import EvaluationDone

_HEIGHT = 64
_PAD = 17
_HEADS = (
    ("mIoU", "mIoU"),
    ("fgIoU", tr("Foreground IoU")),
    ("aAcc", tr("Pixel accuracy")),
    ("mAcc", tr("Mean accuracy")),
    ("mDice", tr("Dice")),
)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Figure(NamedTuple):
    """One figure: caption, value, and a small note in a colour role."""

    caption: str
    value: str
    note: str = ""
    role: str = "text3"


def figures_of(
    done: EvaluationDone, other: EvaluationDone | None, other_name: str
) -> tuple[Figure, ...]:
    """Return the figures of an evaluation, with what differs from another one."""
    made = []
    known_heads = [head for head in _HEADS if head[0] in done.metrics]
    for name, caption in known_heads:
        value = done.metrics.get(name)
        text = "n/a" if value is None else figures.decimal(value, 1)
        note, role = "", "text3"
        known = other.metrics.get(name) if other else None
        if value is not None and known is not None:
            change = round(value, 1) - round(known, 1)
            note, role = _changed(change, change)
            if name == "mIoU":
                note += tr(" to {other_name}", other_name=other_name)
        made.append(Figure(caption, text, note, role))
    if done.calibration is not None:
        made.append(_calibration(done.calibration, other))
    speed = images_per_second(done)
    made.append(
        Figure(
            tr("Speed"),
            figures.NONE
            if speed is None
            else tr("{number} img/s", number=figures.decimal(speed, 1)),
            tr("end to end"),
        )
    )
    return tuple(made)


def _calibration(shown: Calibration, other: EvaluationDone | None) -> Figure:
    known = other.calibration if other else None
    value = f"{figures.decimal(shown.error, 1)}%"
    if known is None:
        return Figure(tr("Calibration error"), value)
    change = round(shown.error, 1) - round(known.error, 1)
    return Figure(tr("Calibration error"), value, *_changed(change, -change))


def _changed(change: float, gain: float) -> tuple[str, str]:
    """Return a change in words, and the role that says whether it is a gain."""
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    role = "ok" if gain > 0 else "bad" if gain < 0 else "text3"
    return f"{sign}{figures.decimal(abs(change), 1)}", role


class FigureStrip(QWidget):
    """Figures side by side on one card."""

    def __init__(self) -> None:
        super().__init__()
        self._figures: tuple[Figure, ...] = ()
        put(self.setAccessibleName, tr("Figures"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What it shows."""
        return self._figures

    def show_figures(self, shown: tuple[Figure, ...]) -> None:
        """Show other figures."""
        if shown != self._figures:
            self._figures = shown
            words = (spaced(f.caption, f.value, f.note) for f in shown)
            put(self.setAccessibleDescription, joined(", ", words))
            self.update()

    def sizeHint(self) -> QSize:
        """Return a width for all figures."""
        return QSize(1100, theme.row_px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Return room for the values."""
        return QSize(600, theme.row_px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card and the figures."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        rounded(painter, box, RADIUS_CARD, theme.color("panel"), theme.color("line"))
        count = len(self._figures)
        for place, figure in enumerate(self._figures):
            left = round(box.width() * place / count)
            right = round(box.width() * (place + 1) / count)
            if place:
                line = QRectF(left, 14, 1, box.height() - 28)
                painter.fillRect(line, theme.color("line"))
            self._paint(
                painter, QRectF(left + _PAD, 0, right - left - _PAD - 4, 0), figure
            )

    def _paint(self, painter: QPainter, room: QRectF, figure: Figure) -> None:
        half = self.height() / 2
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        caption = QRectF(room.x(), half - 23, room.width(), 18)
        draw_elided(painter, caption, figure.caption)
        value = theme.font("figure", tabular=True)
        painter.setFont(value)
        painter.setPen(theme.color("text"))
        width = QFontMetrics(value).horizontalAdvance(shown(figure.value))
        line = QRectF(room.x(), half - 4, room.width(), 26)
        painter.drawText(line, _LEFT, shown(figure.value))
        painter.setFont(theme.font("caption", tabular=True))
        painter.setPen(theme.color(figure.role))
        note = QRectF(line.x() + width + 8, half - 2, room.width() - width - 8, 26)
        if note.width() > 24:
            draw_elided(painter, note, figure.note)
