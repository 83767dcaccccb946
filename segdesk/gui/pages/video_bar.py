"""The bar over a video: the model, what it does while the video plays."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segdesk.app.models.shelf_entry import ShelfState
from segdesk.app.video.videos import SMOOTH
from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.command_buttons import bound_button
from segdesk.gui.components import CheckBox, Hairline, Kind, Label, Select
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.options_bar import HEIGHT
from segdesk.gui.overflow_row import OverflowRow, RowItem
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions

_USABLE = frozenset({ShelfState.READY, ShelfState.LOADED, ShelfState.LOADING})
_ADD = "\0add"


class ModelSelect(Select):
    """The models that can run; choosing one loads it."""

    def __init__(self, context: "AppContext") -> None:
        super().__init__(tr("Model"), icon="cube")
        self._context = context
        put(self.setPlaceholderText, tr("Choose a model"))
        self.activated.connect(self._on_activated)
        context.shelf.changed.connect(self.fill)
        context.predicting.changed.connect(self.fill)
        self.fill()

    def sizeHint(self) -> QSize:
        """Return the designed width."""
        return QSize(248, theme.row_px(28))

    def minimumSizeHint(self) -> QSize:
        """Return a width that still shows what it is."""
        return QSize(156, theme.row_px(28))

    def fill(self) -> None:
        """Show the models as they are now."""
        loaded = self._context.predicting.model_id
        self.clear()
        for entry in self._context.shelf.entries:
            if entry.state in _USABLE:
                on = entry.id == loaded
                name, role = ("cube-fill", "model") if on else ("cube", "text3")
                mark = icons.icon(name, role, active_role="onFill")
                self.addItem(mark, entry.name, entry.id)
        plus = icons.icon("plus", "text3", active_role="onFill")
        self.addItem(plus, tr("Add model file"), _ADD)
        self.setCurrentIndex(self.findData(loaded) if loaded else -1)

    def _on_activated(self, index: int) -> None:
        model_id = self.itemData(index)
        if model_id == _ADD:
            self.fill()
            self._context.commands.run("model.add")
        elif model_id != self._context.predicting.model_id:
            self._context.shelf.load(model_id)


class VideoBar(QWidget):
    """Model, live prediction, smoothing; what is made of the video.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Options bar"))
        self.setFixedHeight(theme.row_px(HEIGHT))
        self._context = context
        self.model = ModelSelect(context)
        self.predicts = CheckBox(tr("Predict while playing"))
        self.predicts.clicked.connect(self._on_predicts)
        self.smooth = Select(tr("Smooth over"))
        for frames in SMOOTH:
            words = (
                tr("{frames} frames", frames=frames) if frames > 1 else tr("1 frame")
            )
            self.smooth.addItem(words, frames)
        self.smooth.activated.connect(self._on_smooth)
        left = (
            RowItem(self.model, grows=True),
            RowItem(self.predicts, gap=10),
            RowItem(Hairline(vertical=True, length=20, role="line2"), 4, gap=10),
            RowItem(Label(tr("Smooth over"), "body", "text2"), 3, gap=10),
            RowItem(self.smooth, 2),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 1)
        row.addWidget(OverflowRow(left, self._doors(actions), actions, margin=12))
        self.show_state()

    def _doors(self, actions: "Actions") -> list[RowItem]:
        keymap = self._context.keymap
        key = keymap.shown("file.export_labels")
        annotate, carry = (
            bound_button(self._context, actions, command_id, Kind.GHOST)
            for command_id in ("video.annotate", "video.carry")
        )
        export = bound_button(self._context, actions, "video.export", key=key)
        carry.set_key("")  # it has a tip; the bar is full
        return [
            RowItem(annotate, 5, ("video.annotate",)),
            RowItem(carry, 6, ("video.carry",), 2),
            RowItem(export, 1, ("video.export",)),
        ]

    def show_state(self) -> None:
        """Show what is on."""
        videos = self._context.videos
        why = videos.why_not_predicted()
        self.predicts.setChecked(videos.predicts)
        self.predicts.setEnabled(why is None)
        sentence = why or tr(
            "Predict each frame that is shown; late frames are dropped."
        )
        give(self.predicts, Tip(tr("Predict while playing"), "", sentence))
        self.smooth.setCurrentIndex(SMOOTH.index(videos.live.smooth))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar and the line under it."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("panel"))
        line = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, theme.color("line"))

    def _on_predicts(self, on: bool) -> None:
        self._context.videos.set_predicts(on=on)

    def _on_smooth(self, index: int) -> None:
        self._context.videos.set_smooth(int(self.smooth.itemData(index)))
