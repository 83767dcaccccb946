"""Everything a model's card says."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from segdesk.core.classes import ClassList
from segdesk.core.language import joined, spaced, tr
from segdesk.core.temperature import FittedTemperature
from segdesk.gui import theme
from segdesk.gui.components import Button, Kind, Label
from segdesk.gui.components.painting import RADIUS_SMALL, rounded
from segdesk.gui.dialogs.fact_list import FactList
from segdesk.gui.dialogs.frame import FOOT_BUTTON, DialogFrame
from segdesk.gui.dialogs.model_tuning import TuningSection
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.facts import CONFIDENCE, card_facts
from segdesk.gui.item_models.row_delegate import draw_number, draw_text, ink
from segdesk.gui.pages.evaluation_reliability import Compared, ReliabilityPlot
from segdesk.gui.wording import put
from segdesk.library.model_card import ModelEntry, ModelState, encode_card, subtitle

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_WIDTH = 640
_HIGHEST = 520
_COLUMNS = 3
_CELL_PX = 26
_PLOT_PX = 200


class ModelCardDialog(DialogFrame):
    """Shows classes, metrics, recipe, origin, licence and files of a model.

    Parameters
    ----------
    context
        The application.
    model_id
        A model of the library.
    """

    def __init__(
        self, context: "AppContext", model_id: str, parent: QWidget | None
    ) -> None:
        entry = context.shelf.entry(model_id)
        name = entry.name if entry else model_id
        super().__init__(parent, name, width=_WIDTH)
        self._context = context
        self._entry = entry
        self.add_heading(name)
        if entry is None:
            self.add_words(tr("It is not in the library any more."))
        else:
            self._fill(entry)
        self.add_verb(tr("Close"), Kind.DEFAULT)

    def card_text(self) -> str:
        """Return the card as JSON."""
        card = self._entry.card if self._entry else None
        return encode_card(card).decode() if card else ""

    def _fill(self, entry: ModelEntry) -> None:
        loaded = self._context.predicting.model_id == entry.id
        loaded = loaded and self._context.predicting.is_ready
        self.body.addWidget(Label(subtitle(entry, loaded=loaded), "small", "text3"))
        if entry.why:
            role = "bad" if entry.state is ModelState.BROKEN else "warn"
            why = spaced(entry.why, entry.hint)
            self.add_words(why, role)
        if entry.card is not None:
            self.body.addSpacing(4)
            self.body.addWidget(self._sections(entry))
            tuning = TuningSection(self._context, entry)
            self.body.addWidget(tuning)
            self.add_foot(tuning.button)
            self._add_foot_button(tr("Copy card"), "copy", self._copy)
        reveal = partial(self._context.dialogs.reveal, entry.folder)
        self._add_foot_button(tr("Show in folder"), "folder-notch-open", reveal)

    def _sections(self, entry: ModelEntry) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 14, 0)
        column.setSpacing(8)
        card = entry.card
        if card is None:
            return inside
        if card.classes is not None:
            count = figures.number(len(card.classes))
            column.addWidget(Label(tr("Classes  {count}", count=count), "section"))
            column.addWidget(ClassGrid(card.classes))
        for title, facts in card_facts(card):
            column.addSpacing(6)
            column.addWidget(Label(title, "section"))
            rows = FactList()
            rows.show_facts(facts)
            column.addWidget(rows)
            if card.calibration is not None and title == CONFIDENCE:
                column.addWidget(_reliability(card.calibration))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        needed = column.heightForWidth(_WIDTH - 2 * 22)
        area.setFixedHeight(min(_HIGHEST, max(needed, inside.sizeHint().height())))
        return area

    def _add_foot_button(self, text: str, icon: str, run: Callable[[], None]) -> None:
        button = Button(text, Kind.GHOST, icon=icon, height=FOOT_BUTTON)
        button.clicked.connect(lambda _checked=False: run())
        self.add_foot(button)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.card_text())
        self._context.notices.toast(tr("Copied the card"))


def _reliability(fitted: FittedTemperature) -> ReliabilityPlot:
    """Return how far the confidence can be believed, calibrated and before."""
    plot = ReliabilityPlot()
    before = Compared(tr("before calibration"), fitted.before)
    plot.show_result(fitted.after, before)
    plot.setFixedHeight(_PLOT_PX)
    return plot


class ClassGrid(QWidget):
    """Classes in three columns: index, swatch, name."""

    def __init__(self, classes: ClassList) -> None:
        super().__init__()
        self._classes = classes
        put(self.setAccessibleName, tr("Classes"))
        put(self.setAccessibleDescription, joined(", ", classes.names))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        return QSize(300, self._rows() * theme.row_px(_CELL_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the classes in sight, column by column."""
        painter = QPainter(self)
        number, word = ink("caption", "text3", tabular=True), ink("small", "text")
        for index, name in enumerate(self._classes.names):
            cell = self._cell(index)
            if not cell.intersects(event.rect()):
                continue
            box = QRect(cell.left(), cell.top(), 20, cell.height())
            draw_number(painter, box, str(index), number)
            middle = cell.top() + cell.height() / 2
            swatch = QRectF(cell.left() + 28, middle - 7, 14, 14)
            rounded(painter, swatch, RADIUS_SMALL, QColor(self._classes.palette[index]))
            draw_text(painter, cell.adjusted(50, 0, -8, 0), name, word)

    def _rows(self) -> int:
        return -(-len(self._classes) // _COLUMNS)

    def _cell(self, index: int) -> QRect:
        column, row = divmod(index, self._rows())
        width, height = self.width() // _COLUMNS, theme.row_px(_CELL_PX)
        return QRect(column * width, row * height, width, height)
