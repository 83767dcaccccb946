"""The tools beside the canvas, and the two classes that X swaps."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segdesk.app.tools.catalog import TOOLS
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.components.buttons import IconButton
from segdesk.gui.components.painting import RADIUS_SMALL, rounded
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.item_models.class_parts import draw_hatching
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions

WIDTH = 46
_BUTTON = 34
_GAP = 2
_GROUP_GAP = 13


class _ToolButton(IconButton):
    """One tool; the active one is lit in the accent."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw surface and icon."""
        if not (self.isChecked() and self.isEnabled()):
            super().paintEvent(event)
            return
        painter = QPainter(self)
        fill = theme.mix("accent", "panel", 0.18)
        rounded(painter, QRectF(self.rect()), 6, fill)
        box = QRectF(7, 7, 20, 20)
        icons.paint(painter, box, self.icon_name, theme.color("accent"))


class ToolStrip(QWidget):
    """All tools, one under the other; arrows walk, Enter takes.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Tools"))
        self.setFixedWidth(WIDTH)
        self._buttons: list[IconButton] = []
        self._lines: list[int] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins((WIDTH - _BUTTON) // 2, 7, 5, 8)
        self._column.setSpacing(_GAP)
        group = TOOLS[0].group
        for tool in TOOLS:
            if tool.group != group:
                self._column.addSpacing(_GROUP_GAP - _GAP)
                self._lines.append(len(self._buttons))
                group = tool.group
            button = _ToolButton(tool.icon, Tip(tool.title), edge=_BUTTON)
            actions.bind(button, f"tool.{tool.id}")
            self._buttons.append(button)
            self._column.addWidget(button)
        self._column.addStretch(1)
        self.swatches = ClassSwatches(context, actions)
        self._column.addWidget(self.swatches)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the tools by arrows."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        focused = self.focusWidget()
        if step is None or focused not in self._buttons:
            super().keyPressEvent(event)
            return
        at = self._buttons.index(focused)
        for away in range(1, len(self._buttons)):
            button = self._buttons[(at + step * away) % len(self._buttons)]
            if button.isEnabled():
                button.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel, the line at its right, and lines between the groups."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("panel"))
        edge = QRectF(self.width() - 1, 0, 1, self.height())
        painter.fillRect(edge, theme.color("line"))
        for first in self._lines:
            above = self._buttons[first - 1].geometry().bottom()
            middle = (above + self._buttons[first].geometry().top()) // 2
            painter.fillRect(QRectF(13, middle, 20, 1), theme.color("line2"))


class ClassSwatches(QWidget):
    """The class that is painted over the one that X swaps in; a click swaps.

    Parameters
    ----------
    context
        The application.
    actions
        Tell when a state may be another one.
    """

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        self._context = context
        self._actions = actions
        self._shown: tuple[object, ...] = ()
        self.setFixedSize(_BUTTON, 36)
        actions.refreshed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the classes as they are now."""
        editing = self._context.class_editing
        shown = (editing.classes, editing.painted, editing.other)
        if shown == self._shown:
            return
        self._shown = shown
        tip = self._actions.tip("tool.swap")
        painted, other = self._name(editing.painted), self._name(editing.other)
        words = tr(
            "Paints {painted}. {gesture} swaps it with {other}.",
            painted=painted,
            gesture=tip.key or tr("A click"),
            other=other,
        )
        give(self, Tip(painted or tr("No class"), tip.key, words if painted else ""))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of both swatches."""
        return QSize(_BUTTON, 36)

    def mouseReleaseEvent(self, event: object) -> None:
        """Swap the two."""
        del event
        self._context.commands.run("tool.swap")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both swatches and the arrows of the swap."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        editing = self._context.class_editing
        if editing.classes is None:
            return
        self._swatch(painter, QRectF(14, 16, 18, 18), editing.other)
        self._swatch(painter, QRectF(2, 4, 20, 20), editing.painted)
        box = QRectF(24, 1, 10, 10)
        icons.paint(painter, box, "swap", theme.color("text3"))

    def _swatch(self, painter: QPainter, box: QRectF, index: int) -> None:
        rounded(painter, box.adjusted(-2, -2, 2, 2), 6, theme.color("panel"))
        classes = self._context.class_editing.classes
        if index == IGNORE_INDEX or classes is None or index >= len(classes):
            draw_hatching(painter, box)
        else:
            rounded(painter, box, RADIUS_SMALL, QColor(classes.palette[index]))

    def _name(self, index: int) -> str:
        classes = self._context.class_editing.classes
        if classes is None:
            return ""
        return classes.names[index] if index < len(classes) else tr("Ignore")
