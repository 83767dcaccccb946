"""The part of a batch's dialog that says what is written."""

from functools import partial

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from segdesk.app.batch.choice import CARDS, MASK, POLYGON_FORMATS, POLYGONS
from segdesk.app.batch.form import BatchForm
from segdesk.core.language import tr
from segdesk.gui.components import CheckBox, ElidedLabel, Label, Select
from segdesk.gui.dialogs.batch_cards import CheckCard, check

_COLUMNS = 4
_OPTIONS_PX = 28


class BatchWrite(QWidget):
    """Cards of what is written, and below them what the chosen ones leave open.

    Parameters
    ----------
    form
        Is changed by it.
    """

    def __init__(self, form: BatchForm) -> None:
        super().__init__()
        self._form = form
        self.note = ElidedLabel("", "small", "bad")
        self.cards = {card.id: CheckCard(card.title, card.words) for card in CARDS}
        self.geotiff = CheckBox(tr("Masks as GeoTIFF, too"))
        self.legend = CheckBox(tr("Legend in pictures"))
        self.polygons_label = Label(tr("Polygons as"), "small", "text2")
        self.polygons = Select(tr("Polygons as"), height=26)
        for name, words in POLYGON_FORMATS.items():
            self.polygons.addItem(words, name)
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(Label(tr("Write"), "section"))
        head.addSpacing(12)
        head.addWidget(self.note, 1)
        column.addLayout(head)
        grid = QGridLayout()
        grid.setSpacing(8)
        for place, card in enumerate(self.cards.values()):
            grid.addWidget(card, *divmod(place, _COLUMNS))
        column.addLayout(grid)
        options = QWidget()
        options.setFixedHeight(_OPTIONS_PX)
        row = QHBoxLayout(options)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.geotiff)
        row.addSpacing(14)
        row.addWidget(self.legend)
        row.addStretch(1)
        row.addWidget(self.polygons_label)
        row.addWidget(self.polygons)
        column.addWidget(options)

    def _connect(self) -> None:
        form = self._form
        for name, card in self.cards.items():
            card.toggled.connect(partial(self._on_card_toggled, name))
        self.geotiff.toggled.connect(lambda on: form.set(geotiff=on))
        self.legend.toggled.connect(lambda on: form.set(legend=on))
        self.polygons.activated.connect(
            lambda at: form.set(polygons=str(self.polygons.itemData(at)))
        )

    def _on_card_toggled(self, name: str, on: bool) -> None:
        self._form.set_card(name, is_on=on)

    def refresh(self) -> None:
        """Show the form as it is now."""
        choice = self._form.choice
        for name, card in self.cards.items():
            check(card, name in choice.cards)
        has_masks = MASK in choice.cards
        as_geotiff = has_masks and choice.geotiff
        self.cards[MASK].set_words(
            tr("index PNG, GeoTIFF") if as_geotiff else tr("index PNG")
        )
        self.cards[POLYGONS].set_words(POLYGON_FORMATS[choice.polygons])
        problem = self._form.problem("cards")
        self.note.set_text(problem.words if problem else "")
        check(self.geotiff, choice.geotiff)
        self.geotiff.setVisible(has_masks)
        check(self.legend, choice.legend)
        self.legend.setVisible(choice.has_pictures)
        self.polygons.setCurrentIndex(self.polygons.findData(choice.polygons))
        has_polygons = POLYGONS in choice.cards
        self.polygons.setVisible(has_polygons)
        self.polygons_label.setVisible(has_polygons)
