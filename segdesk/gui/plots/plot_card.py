"""The card round a plot: title, newest value, legend."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components import IconButton, Label, Tip
from segdesk.gui.components.painting import RADIUS_CARD, rounded
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.gui.plots.content import Curve, Look, PlotContent
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

_LEAST_PX = 150


class Plot(Protocol):
    """What a card asks of its plot, beside being a widget."""

    @property
    def read(self) -> "SignalInstance":
        """Carries the iteration under the cursor, or None."""
        ...

    def show_content(self, content: PlotContent) -> None:
        """Show other curves."""
        ...


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over a plot.

    Parameters
    ----------
    note
        Small words beside the title.
    figure
        The newest value, at the right.
    spoken
        The plot as one sentence, for screen readers.
    """

    title: str
    note: str = ""
    figure: str = ""
    spoken: str = ""


class PlotCard(QWidget):
    """A card with a plot in it; the plot comes when pyqtgraph is there.

    Parameters
    ----------
    choices
        What it can show, by id: more than one gives the title a menu.
    """

    chosen = Signal(str)

    def __init__(self, title: str, choices: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        put(self.setAccessibleName, title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._choices = tuple(choices)
        self._choice = self._choices[0][0] if self._choices else ""
        self._plot: Plot | None = None
        self._content = PlotContent()
        self.title = Label(title, "section")
        self.note = Label("", "small", "text2")
        self.figure = Label("", "section", tabular=True)
        self.legend = Legend()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(6, 8, 14, 6)
        self._column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(9, 0, 0, 0)
        head.setSpacing(8)
        self.title.setFixedHeight(theme.row_px(22))
        head.addWidget(self.title)
        if len(self._choices) > 1:
            head.setSpacing(4)
            head.addWidget(self._menu_button())
        head.addWidget(self.note)
        head.addStretch(1)
        head.addWidget(self.figure)
        self._column.addLayout(head)
        self._column.addWidget(self.legend)
        self._column.addStretch(1)

    def sizeHint(self) -> QSize:
        """Return the design's size."""
        return QSize(640, 228)

    def minimumSizeHint(self) -> QSize:
        """Return the least in which a curve can be read."""
        return QSize(260, _LEAST_PX)

    @property
    def choice(self) -> str:
        """Id of what it shows."""
        return self._choice

    @property
    def has_plot(self) -> bool:
        """Whether the plot is there."""
        return self._plot is not None

    @property
    def content(self) -> PlotContent:
        """What it shows."""
        return self._content

    def put_plot(self, make: Callable[[], Plot]) -> None:
        """Put the plot in."""
        plot = make()
        if not isinstance(plot, QWidget):
            msg = "a plot must be a widget"
            raise TypeError(msg)
        self._plot = plot
        stretch = self._column.takeAt(self._column.count() - 1)
        del stretch
        self._column.addWidget(plot, 1)
        plot.read.connect(self._on_plot_read)
        plot.show_content(self._content)

    def show_content(self, content: PlotContent, heading: Heading) -> None:
        """Show other curves under other words."""
        self._content = content
        for label, text in (
            (self.title, heading.title),
            (self.note, heading.note),
            (self.figure, heading.figure),
        ):
            if label.text() != shown(text):
                put(label.setText, text)
        put(self.setAccessibleName, heading.spoken or heading.title)
        self.legend.show_content(content)
        if self._plot is not None:
            self._plot.show_content(content)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        fill, edge = theme.color("panel"), theme.color("line")
        rounded(QPainter(self), QRectF(self.rect()), RADIUS_CARD, fill, edge)

    def _menu_button(self) -> IconButton:
        tip = Tip(tr("Show another curve"), "", tr("What this plot shows."))
        button = IconButton("caret-down", tip, edge=20)
        button.clicked.connect(partial(self._show_choices, button))
        return button

    def _show_choices(self, button: QWidget, _checked: bool = False) -> None:
        menu = RowMenu(self)
        for choice, words in self._choices:
            choose = partial(self._choose, choice)
            menu.add_switch(words, choose, checked=choice == self._choice)
        menu.open_at(button.mapToGlobal(QPoint(0, button.height() + 2)))

    def _choose(self, choice: str) -> None:
        self._choice = choice
        self.chosen.emit(choice)

    def _on_plot_read(self, iteration: float | None) -> None:
        self.legend.read(iteration)


class Legend(QWidget):
    """The names of curves; with the cursor in the plot, their values there."""

    def __init__(self) -> None:
        super().__init__()
        self._content = PlotContent()
        self._at: float | None = None
        self.setFixedHeight(22)

    def show_content(self, content: PlotContent) -> None:
        """Show the names of other curves."""
        self._content = content
        self.update()

    def read(self, iteration: float | None) -> None:
        """Show values at an iteration, or names alone."""
        self._at = iteration
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw signs and names."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = theme.font("small", tabular=True)
        metrics = QFontMetricsF(font)
        x = 45.0
        for curve, words in self._entries():
            x = _draw_sign(painter, x, self.height() / 2, curve)
            painter.setFont(font)
            painter.setPen(theme.color("text2"))
            width = metrics.horizontalAdvance(shown(words))
            if x + width > self.width():
                return
            line = QRectF(x, 0, width + 2, self.height())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown(words))
            x += width + 18

    def _entries(self) -> "list[tuple[Curve | None, str]]":
        content = self._content
        if content.names_at_end and self._at is None:
            return []
        short = [c for c in content.curves if c.name and c.look is not Look.RAW]
        if self._at is None:
            named: list[tuple[Curve | None, str]] = [(c, c.name) for c in short]
            if content.best is not None:
                named.append((None, "best"))
            return named
        at = self._at
        return [
            (
                c,
                tr(
                    "{name} {value}",
                    name=c.name,
                    value=_value_at(c, at, content.digits),
                ),
            )
            for c in short
        ]


def _value_at(curve: Curve, iteration: float, digits: int) -> str:
    from segdesk.gui.item_models import figures

    place = int(curve.x.searchsorted(iteration))
    near = min(max(0, place), len(curve.x) - 1)
    if not len(curve.x) or curve.y[near] != curve.y[near]:
        return figures.NONE
    return figures.decimal(float(curve.y[near]), digits)


def _draw_sign(painter: QPainter, x: float, y: float, curve: Curve | None) -> float:
    """Draw a curve's sign; returns where its name begins."""
    painter.setPen(Qt.PenStyle.NoPen)
    if curve is None:
        painter.setBrush(theme.color("okFill"))
        painter.drawEllipse(QRectF(x + 3, y - 3.5, 7, 7))
        return x + 18
    is_earlier = curve.look is Look.EARLIER
    role = "text3" if is_earlier else curve.colour
    colour = QColor(role) if role.startswith("#") else theme.color(role)
    if curve.look is Look.DOTS and curve.name == "validation":
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(x + 3, y - 3.5, 7, 7))
        return x + 18
    pen = QPen(colour, 2)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if is_earlier:
        pen.setDashPattern([2, 1])
    painter.setPen(pen)
    painter.drawLine(QPoint(round(x), round(y)), QPoint(round(x) + 14, round(y)))
    return x + 20
