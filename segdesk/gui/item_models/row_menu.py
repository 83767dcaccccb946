"""The menu of a row."""

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from segdesk.core.language import shown
from segdesk.gui import icons
from segdesk.gui.components.menu import KEY_PROPERTY, WHY_PROPERTY, Menu


class RowMenu(Menu):
    """A menu made for one row; it is gone when it closes.

    Parameters
    ----------
    title
        Of a menu inside another one, which lives as long as that; "" for the outer one.
    """

    def __init__(self, parent: QWidget, title: str = "") -> None:
        super().__init__(parent, title)
        if not title:
            self.aboutToHide.connect(self.deleteLater)

    def add(
        self,
        icon: str,
        title: str,
        run: Callable[[], object],
        *,
        key: str = "",
        why: str = "",
    ) -> QAction:
        """Add a verb.

        Parameters
        ----------
        key
            Shown at the right.
        why
            Why it cannot be done now; empty: it can.
        """
        action = QAction(icons.icon(icon, active_role="onFill"), shown(title), self)
        action.setProperty(KEY_PROPERTY, key)
        action.setProperty(WHY_PROPERTY, shown(why))
        action.setEnabled(not why)
        action.triggered.connect(lambda _checked=False: run())
        self.addAction(action)
        return action

    def add_switch(
        self, title: str, run: Callable[[], object], *, checked: bool
    ) -> QAction:
        """Add something that is on or off."""
        action = QAction(shown(title), self)
        action.setCheckable(True)
        action.setChecked(checked)
        action.triggered.connect(lambda _checked=False: run())
        self.addAction(action)
        return action

    def open_at(self, position: QPoint) -> None:
        """Show the menu at a place on the screen."""
        self.fit_width()
        self.popup(position)
