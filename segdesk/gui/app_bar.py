"""The bar on top: mark, menus, what runs, search, notices, settings."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMenuBar, QPushButton, QSizePolicy, QWidget

from segdesk.core.language import shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.actions import Actions, shown_key
from segdesk.gui.components.buttons import IconButton
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.painting import (
    RADIUS_CONTROL,
    cap_width,
    draw_cap,
    rounded,
)
from segdesk.gui.components.tips import Tip
from segdesk.gui.jobs_pill import JobsPill
from segdesk.gui.key_following import follow_keys
from segdesk.gui.layout_switch import LayoutSwitch
from segdesk.gui.logo import Logo
from segdesk.gui.menus import MENUS, RECENT, SETTINGS, CommandMenu, RecentMenu
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from pathlib import Path

    from segdesk.app.context import AppContext

HEIGHT = 44
_LEAST_PILL_PX = 44
_SEARCH_WIDTH = 206
_SEARCH_WORDS = tr("Search commands")


class SearchButton(QPushButton):
    """Looks like a field; a click opens the command palette.

    Parameters
    ----------
    key
        The key that does the same.
    """

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        put(self.setAccessibleName, _SEARCH_WORDS)
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_key(self, key: str) -> None:
        """Show another key."""
        self._key = key
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the designed size, or more for larger letters."""
        words = QFontMetrics(theme.font("body")).horizontalAdvance(shown(_SEARCH_WORDS))
        needed = 31 + words + 12 + cap_width(self._key) + 6
        return QSize(max(_SEARCH_WIDTH, needed), theme.row_px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw field, glass, words and key."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        edge = theme.color("outline" if self.underMouse() else "line2")
        rounded(painter, box, RADIUS_CONTROL, theme.color("field"), edge)
        glass = QRectF(9, round((box.height() - 16) / 2), 16, 16)
        icons.paint(painter, glass, "magnifying-glass", theme.color("text3"))
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text3"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box.adjusted(31, 0, 0, 0), flags, shown(_SEARCH_WORDS))
        if self._key:
            width = cap_width(self._key)
            cap = QRectF(box.width() - width - 6, 0, width, box.height())
            fill = theme.mix("text", "field", 0.08)
            draw_cap(painter, cap, self._key, fill=fill, ink=theme.color("text2"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)


class AppBar(QWidget):
    """The bar on top of the window.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' rows.
    """

    def __init__(self, context: "AppContext", actions: Actions) -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Application bar"))
        self.setFixedHeight(theme.row_px(HEIGHT))
        self._context = context
        self.menu_bar = QMenuBar(self)
        self.menu_bar.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._recent = RecentMenu(context.opening.recent, self._open_place, self)
        for title, ids in MENUS:
            recent = self._recent if RECENT in ids else None
            menu = CommandMenu(title, ids, actions, recent, self)
            self.menu_bar.addMenu(menu)
        self._search = SearchButton("")
        self._search.clicked.connect(lambda: context.commands.run("app.commands"))
        self._pill = JobsPill(context.jobs)
        follow_keys(context, self, self._show_keys)
        self._pill.clicked.connect(lambda: context.commands.run("app.jobs"))
        self.bell = IconButton(
            "bell", Tip(tr("Notices"), text=tr("Show what was said lately."))
        )
        self._settings = IconButton(
            "gear-six", Tip(tr("Settings"), text=tr("Theme, panels, keys, log files."))
        )
        self._settings_menu = CommandMenu(
            tr("Settings"), SETTINGS, actions, parent=self
        )
        self._settings.clicked.connect(self._on_settings_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 10, 0)
        row.setSpacing(8)
        row.addWidget(Logo(20))
        row.addWidget(self.menu_bar)
        row.addStretch(1)
        row.addWidget(self._pill)
        row.addWidget(self._search)
        self.layout_switch = LayoutSwitch(context, actions)
        self.layout_switch.setParent(self)
        pair = QHBoxLayout()
        pair.setSpacing(0)
        pair.addWidget(self.bell)
        pair.addWidget(self._settings)
        row.addLayout(pair)
        self._dress()
        theme.active().changed.connect(self._dress)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the layouts in the middle, as far as menus and search leave it free."""
        super().resizeEvent(event)
        self._place_switch()

    def event(self, event: QEvent) -> bool:
        """Make room when the pill comes, goes, or says more."""
        taken = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._place_switch()
        return taken

    def _show_keys(self) -> None:
        keymap = self._context.keymap
        self._search.set_key(shown_key(keymap.shown("app.commands")))
        self._pill.set_key(shown_key(keymap.shown("app.jobs")))

    def _place_switch(self) -> None:
        size = self.layout_switch.sizeHint()
        menus = self.menu_bar.x() + self.menu_bar.sizeHint().width() + 8
        free = self._search.x() - menus - size.width() - 16
        self._pill.setMaximumWidth(max(_LEAST_PILL_PX, free))
        right = (self._pill if self._pill.isVisible() else self._search).x() - 8
        x = min((self.width() - size.width()) // 2, right - size.width())
        y = (HEIGHT - size.height()) // 2
        self.layout_switch.setGeometry(max(menus, x), y, size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar and the line under it."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("window"))
        line = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, theme.color("line"))

    def _open_place(self, path: "Path") -> None:
        self._context.opening.open_paths((path,))

    def _on_settings_clicked(self) -> None:
        self._settings_menu.prepare()
        size = self._settings_menu.sizeHint()
        corner = QPoint(self._settings.width() - size.width(), self.height() - 8)
        self._settings_menu.popup(self._settings.mapToGlobal(corner))

    def _dress(self) -> None:
        self.menu_bar.setFont(theme.font("body"))
