"""The bar over the canvas: the model, Predict, how panes and layers are shown."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segdesk.app.models.shelf_entry import ShelfState
from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.actions import Actions, shown_key
from segdesk.gui.components.buttons import Button, IconButton, Kind
from segdesk.gui.components.choices import Segment, Segmented
from segdesk.gui.components.labels import Label
from segdesk.gui.components.panels import Hairline
from segdesk.gui.components.select import Select
from segdesk.gui.components.tips import Tip
from segdesk.gui.item_models import figures
from segdesk.gui.overflow_row import OverflowRow, RowItem
from segdesk.gui.view_toggles import view_items
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

HEIGHT = 42
_CHOOSER_WIDTH = 248
_ADD = "\0add"
_USABLE = frozenset({ShelfState.READY, ShelfState.LOADED, ShelfState.LOADING})
_COMPARE = {
    "view.compare_one": tr("One"),
    "view.split": tr("Split", "two views"),
    "view.linked": tr("Linked"),
}
_TOGGLES = ("view.overlay", "view.contour_mode", "view.confidence", "view.pixel_grid")


class _Chooser(Select):
    """The models that can run; the loaded one is shown."""

    def __init__(self) -> None:
        super().__init__(tr("Model"), icon="cube")
        put(self.setPlaceholderText, tr("Choose a model"))

    def sizeHint(self) -> QSize:
        """Return the designed width."""
        return QSize(_CHOOSER_WIDTH, theme.row_px(28))

    def minimumSizeHint(self) -> QSize:
        """Return a width that still shows what it is."""
        return QSize(156, theme.row_px(28))


class OptionsBar(QWidget):
    """The bar over the canvas.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' rows and states.
    """

    def __init__(self, context: "AppContext", actions: Actions) -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Options bar"))
        self.setFixedHeight(theme.row_px(HEIGHT))
        self._context = context
        self._actions = actions
        self._chooser = _Chooser()
        self._chooser.activated.connect(self._on_chooser_activated)
        self._compare = Segmented(
            [Segment(command_id, text) for command_id, text in _COMPARE.items()],
            tr("Compare"),
        )
        self._compare.chosen.connect(self._on_compare_chosen)
        self._prepare = Button("", Kind.GHOST, icon="fast-forward")
        tip = Tip(tr("Batch"), text=tr("Go to the batch, or predict one."))
        self._batch = IconButton("stack", tip)
        self._batch.clicked.connect(self._on_batch_clicked)
        self._show_count()
        self._row = OverflowRow(
            self._left_items(), self._right_items(), actions, margin=12
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 1)
        row.addWidget(self._row)
        context.shelf.changed.connect(self._show_models)
        context.predicting.changed.connect(self._show_models)
        context.session.view_changed.connect(self._show_compare)
        context.settings.changed.connect(self._show_count)
        self._show_models()
        self._show_compare()

    @property
    def dropped_commands(self) -> tuple[str, ...]:
        """Ids of the commands that have no room in the bar."""
        return self._row.dropped_commands

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar and the line under it."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("panel"))
        line = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, theme.color("line"))

    def _left_items(self) -> list[RowItem]:
        key = shown_key(self._context.keymap.shown("model.predict"))
        predict = Button(tr("Predict"), icon="play", key=key)
        self._actions.bind(predict, "model.predict")
        self._actions.bind(self._prepare, "model.prepare")
        return [
            RowItem(self._chooser, grows=True),
            RowItem(predict),
            RowItem(self._prepare, 1, ("model.prepare",)),
            RowItem(self._batch, 4, ("batch.open", "view.batch")),
        ]

    def _right_items(self) -> list[RowItem]:
        return [
            RowItem(Label(tr("Compare"), "small", "text2"), 3, gap=8),
            RowItem(self._compare, 2, tuple(_COMPARE), gap=10),
            RowItem(Hairline(vertical=True, length=20, role="line2"), 2, gap=16),
            *view_items(self._context, self._actions, _TOGGLES, 10),
        ]

    def _show_models(self) -> None:
        loaded = self._context.predicting.model_id
        chooser = self._chooser
        chooser.clear()
        for entry in self._context.shelf.entries:
            if entry.state in _USABLE:
                on = entry.id == loaded
                mark = icons.icon(
                    "cube-fill" if on else "cube",
                    "model" if on else "text3",
                    active_role="onFill",
                )
                chooser.addItem(mark, entry.name, entry.id)
        plus = icons.icon("plus", "text3", active_role="onFill")
        chooser.addItem(plus, tr("Add model file"), _ADD)
        chooser.setCurrentIndex(chooser.findData(loaded) if loaded else -1)

    def _show_count(self, _preferences: object = None) -> None:
        count = self._context.settings.preferences.prepare_count
        text = tr("Prepare next {count}", count=figures.number(count))
        if text != self._prepare.text():
            put(self._prepare.setText, text)
            put(self._prepare.setAccessibleName, text)
            self._prepare.updateGeometry()

    def _show_compare(self, _view: object = None) -> None:
        commands = self._context.commands
        for command_id in _COMPARE:
            if commands.is_checked(command_id):
                self._compare.choose(command_id)

    def _on_chooser_activated(self, index: int) -> None:
        model_id = self._chooser.itemData(index)
        if model_id == _ADD:
            self._show_models()
            self._context.commands.run("model.add")
        elif model_id != self._context.predicting.model_id:
            self._context.shelf.load(model_id)

    def _on_batch_clicked(self) -> None:
        has_one = self._context.batches.shown is not None
        self._context.commands.run("view.batch" if has_one else "batch.open")

    def _on_compare_chosen(self, command_id: str) -> None:
        if not self._context.commands.is_checked(command_id):
            self._context.commands.run(command_id)
