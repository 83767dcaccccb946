"""A box that unfolds a list of choices."""

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QFocusEvent,
    QFontMetrics,
    QIcon,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from segdesk.core.language import Phrase, shown
from segdesk.gui import icons, theme
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.menu import Menu
from segdesk.gui.components.painting import (
    RADIUS_CONTROL,
    draw_elided,
    rounded,
)
from segdesk.gui.wording import put

_ICON = 16
_CARET = 12
_WORDS_ROLE = Qt.ItemDataRole.UserRole + 100


class _Words:
    """A phrase as Qt keeps it: of a string it would keep the letters only."""

    def __init__(self, phrase: Phrase) -> None:
        self.phrase = phrase


class Select(QComboBox):
    """A choice of several that unfolds as a menu.

    Parameters
    ----------
    name
        Accessible name.
    icon
        Icon at its left when the current item has none.
    height
        28; 26 in docks.
    """

    def __init__(
        self,
        name: str,
        *,
        icon: str = "",
        height: int = 28,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self._height = height
        self._menu: Menu | None = None
        put(self.setAccessibleName, name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the width of the longest item."""
        metrics = QFontMetrics(theme.font("body"))
        texts = [self.itemText(index) for index in range(self.count())]
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=60)
        icon = _ICON + 8 if self._icon_name else 0
        return QSize(widest + icon + _CARET + 34, theme.row_px(self._height))

    def minimumSizeHint(self) -> QSize:
        """Return room for a few letters."""
        return QSize(64, theme.row_px(self._height))

    def addItem(self, *parts: Any) -> None:  # noqa: ANN401 - as Qt's, of three forms
        """Add an item: an icon or none, its words, its data or none."""
        place = 0 if isinstance(parts[0], str) else 1
        words = parts[place]
        parts = (*parts[:place], shown(words), *parts[place + 1 :])
        super().addItem(*parts)
        if isinstance(words, Phrase):
            self.setItemData(self.count() - 1, _Words(words), _WORDS_ROLE)

    def changeEvent(self, event: QEvent) -> None:
        """Say the items in another language."""
        if event.type() is QEvent.Type.LanguageChange:
            for index in range(self.count()):
                words = self.itemData(index, _WORDS_ROLE)
                if words is not None:
                    self.setItemText(index, shown(words.phrase))
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, icon, current item and caret."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        on = self.isEnabled()
        surface = "hover" if on and self.underMouse() else "raised"
        rounded(
            painter, box, RADIUS_CONTROL, theme.color(surface), theme.color("line2")
        )
        x = 10.0
        top = round((box.height() - _ICON) / 2)
        spot = QRect(round(x), top, _ICON, _ICON)
        current = self.itemIcon(self.currentIndex())
        if not current.isNull():
            current.paint(
                painter,
                spot,
                Qt.AlignmentFlag.AlignCenter,
                QIcon.Mode.Normal if on else QIcon.Mode.Disabled,
            )
            x += _ICON + 5
        elif self._icon_name:
            ink = theme.color("text3" if on else "outline")
            icons.paint(painter, QRectF(spot), self._icon_name, ink)
            x += _ICON + 5
        painter.setFont(theme.font("body"))
        text = self.currentText() or self.placeholderText()
        role = "text" if self.currentText() else "text3"
        painter.setPen(theme.color(role if on else "outline"))
        right = box.width() - 10 - _CARET
        draw_elided(painter, QRectF(x, 0, right - x - 4, box.height()), text)
        caret = QRectF(right, round((box.height() - _CARET) / 2), _CARET, _CARET)
        ink = theme.color("text3" if on else "outline")
        icons.paint(painter, caret, "caret-down", ink)

    def showPopup(self) -> None:
        """Unfold as a menu under the box, the current item checked."""
        menu = Menu(self)
        group = QActionGroup(menu)
        for index in range(self.count()):
            action = QAction(self.itemText(index).replace("&", "&&"), menu)
            action.setIcon(self.itemIcon(index))
            action.setCheckable(True)
            action.setChecked(index == self.currentIndex())
            action.setData(index)
            group.addAction(action)
            menu.addAction(action)
        menu.setMinimumWidth(self.width())
        menu.triggered.connect(self._on_menu_triggered)
        menu.aboutToHide.connect(menu.deleteLater)
        self._menu = menu
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def hidePopup(self) -> None:
        """Fold up."""
        if self._menu is not None:
            self._menu.close()
            self._menu = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the item with the wheel only while it has the keyboard."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)

    def _on_menu_triggered(self, action: QAction) -> None:
        self._menu = None
        index = int(action.data())
        self.setCurrentIndex(index)
        self.activated.emit(index)
