"""The tag of a side: what it shows, with a menu to change it."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QFocusEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from segdesk.app.view_state import Layer
from segdesk.core.language import shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.components import Menu
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.painting import RADIUS_CONTROL, rounded
from segdesk.gui.viewer.cards import paint_card
from segdesk.gui.wording import put

_HEIGHT_PX = 24
_ICON, _CARET = 16, 10
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

LAYERS = {
    Layer.IMAGE: (tr("Image"), "image"),
    Layer.LABELS: (tr("Labels"), "pencil-simple"),
    Layer.PROPOSAL: (tr("Proposal"), "circle-dashed"),
    Layer.CONFIDENCE: (tr("Confidence"), "thermometer-simple"),
    Layer.ENTROPY: (tr("Entropy"), "thermometer-simple"),
    Layer.MARGIN: (tr("Margin"), "thermometer-simple"),
    Layer.ERRORS: (tr("Errors"), "target"),
}


class LayerTag(QAbstractButton):
    """Says what a side shows; a menu changes it.

    `chosen` carries the layer that was picked.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layer = Layer.IMAGE
        put(self.setAccessibleName, tr("What a side shows"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self._open_menu)

    def show_layer(self, layer: Layer, side: str) -> None:
        """Show the name of a layer.

        Parameters
        ----------
        side
            "Left" or "Right".
        """
        self._layer = layer
        title, _ = LAYERS[layer]
        put(self.setAccessibleName, tr("{side} side: {title}", side=side, title=title))
        put(self.setAccessibleDescription, tr("Choose what this side shows."))
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for icon, name and caret."""
        metrics = QFontMetrics(theme.font("dock"))
        words = metrics.horizontalAdvance(shown(LAYERS[self._layer][0]))
        return QSize(8 + _ICON + 5 + words + 14 + _CARET + 8, theme.row_px(_HEIGHT_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw icon, name and caret."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        paint_card(painter, box)
        if self.underMouse() or self.isDown():
            rounded(painter, box, RADIUS_CONTROL, theme.veiled("hudText", 0.10))
        title, icon = LAYERS[self._layer]
        top = (box.height() - _ICON) / 2
        soft = theme.veiled("hudText", 0.8)
        icons.paint(painter, QRectF(8, top, _ICON, _ICON), icon, soft)
        painter.setFont(theme.font("dock"))
        painter.setPen(theme.color("hudText"))
        painter.drawText(box.adjusted(8 + _ICON + 5, 0, 0, 0), _LEFT, shown(title))
        caret = QRectF(
            box.right() - 8 - _CARET, (box.height() - _CARET) / 2, _CARET, _CARET
        )
        icons.paint(painter, caret, "caret-down", theme.veiled("hudText", 0.6))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)

    def _open_menu(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for layer, (title, icon) in LAYERS.items():
            action = QAction(icons.icon(icon), shown(title), group)
            action.setCheckable(True)
            action.setChecked(layer is self._layer)
            action.setData(layer)
            menu.addAction(action)
        group.triggered.connect(self._on_group_triggered)
        menu.fit_width()
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _on_group_triggered(self, action: QAction) -> None:
        self.chosen.emit(Layer(action.data()))
