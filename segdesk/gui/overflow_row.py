"""A row of controls that drops what does not fit into a menu at its end."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.actions import Actions
from segdesk.gui.components.buttons import IconButton
from segdesk.gui.components.menu import Menu
from segdesk.gui.components.tips import Tip

_MORE = 28


@dataclass(frozen=True, slots=True)
class RowItem:
    """One control of the row.

    Parameters
    ----------
    rank
        0 never drops; of the others the highest drops first.
    commands
        What the menu offers in its place.
    gap
        Room before it, in px.
    grows
        It takes the width that is left, up to its size hint.
    """

    widget: QWidget
    rank: int = 0
    commands: tuple[str, ...] = ()
    gap: int = 8
    grows: bool = False


class OverflowRow(QWidget):
    """Lays out controls from the left and, after a spring, from the right.

    Parameters
    ----------
    left, right
        Controls on both sides of the spring.
    actions
        Gives the rows of the menu for what was dropped.
    margin
        Room at both ends, in px.
    """

    def __init__(
        self,
        left: Sequence[RowItem],
        right: Sequence[RowItem],
        actions: Actions,
        margin: int = 12,
    ) -> None:
        super().__init__()
        self._left = tuple(left)
        self._right = tuple(right)
        self._rows = actions
        self._margin = margin
        self._dropped: tuple[RowItem, ...] = ()
        for item in (*self._left, *self._right):
            item.widget.setParent(self)
        self._more = IconButton(
            "dots-three", Tip(tr("More"), text=tr("What has no room."))
        )
        self._more.setParent(self)
        self._more.hide()
        self._more.clicked.connect(self._on_more_clicked)
        self._menu = Menu(self)

    def set_left(self, items: Sequence[RowItem]) -> None:
        """Lay out other controls on the left; the others are kept, out of sight."""
        kept = {id(item.widget) for item in items}
        for item in self._left:
            if id(item.widget) not in kept:
                item.widget.hide()
        self._left = tuple(items)
        for item in self._left:
            if item.widget.parent() is not self:
                item.widget.setParent(self)
        self.updateGeometry()
        self.arrange()

    @property
    def dropped_commands(self) -> tuple[str, ...]:
        """Ids of the commands that are in the menu for lack of room."""
        return tuple(
            command_id for item in self._dropped for command_id in item.commands
        )

    def sizeHint(self) -> QSize:
        """Return the width that shows everything."""
        items = (*self._left, *self._right)
        return QSize(self._needed(items), theme.row_px(42))

    def minimumSizeHint(self) -> QSize:
        """Return the width of what never drops."""
        return QSize(240, theme.row_px(42))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self.arrange()

    def event(self, event: QEvent) -> bool:
        """Lay out anew when a control needs another width, as larger letters do."""
        taken = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self.arrange()
        return taken

    def arrange(self) -> None:
        """Place what fits, drop the rest."""
        shown = [*self._left, *self._right]
        dropped: list[RowItem] = []
        while self._needed(shown, more=_has_commands(dropped)) > self.width():
            candidates = [item for item in shown if item.rank]
            if not candidates:
                break
            last = max(candidates, key=lambda item: item.rank)
            together = [item for item in shown if item.rank == last.rank]
            shown = [item for item in shown if item.rank != last.rank]
            dropped.extend(together)
        self._dropped = tuple(dropped)
        for item in (*self._left, *self._right):
            item.widget.setVisible(item in shown)
        self._more.setVisible(_has_commands(dropped))
        self._place(shown)

    def _needed(self, items: Sequence[RowItem], *, more: bool = False) -> int:
        width = 2 * self._margin + (_MORE + 4 if more else 0)
        for item in items:
            hint = (
                item.widget.minimumSizeHint()
                if item.grows
                else (item.widget.sizeHint())
            )
            width += hint.width() + item.gap
        return width

    def _place(self, shown: Sequence[RowItem]) -> None:
        spare = self.width() - self._needed(shown, more=_has_commands(self._dropped))
        x = self._margin
        for item in shown:
            if item not in self._left:
                continue
            x += item.gap if x > self._margin else 0
            width = item.widget.sizeHint().width()
            if item.grows:
                least = item.widget.minimumSizeHint().width()
                width = min(width, least + max(0, spare))
            x = self._put(item.widget, x, width)
        right = self.width() - self._margin
        if _has_commands(self._dropped):
            right -= _MORE
            self._put(self._more, right, _MORE)
            right -= 4
        for item in reversed(shown):
            if item in self._left:
                continue
            width = item.widget.sizeHint().width()
            right -= width
            self._put(item.widget, right, width)
            right -= item.gap

    def _put(self, widget: QWidget, x: int, width: int) -> int:
        height = max(widget.sizeHint().height(), widget.minimumHeight())
        height = min(height, widget.maximumHeight(), self.height())
        widget.setGeometry(x, (self.height() - height) // 2, width, height)
        return x + width

    def _on_more_clicked(self) -> None:
        self._rows.refresh()
        self._menu.clear()
        for command_id in reversed(self.dropped_commands):
            self._menu.addAction(self._rows.row(command_id))
        self._menu.fit_width()
        self._menu.popup(self._more.mapToGlobal(QPoint(0, _MORE + 2)))


def _has_commands(items: Sequence[RowItem]) -> bool:
    """Tell whether the menu has anything to offer in their place."""
    return any(item.commands for item in items)
