"""The list of pages at the left of the settings."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout, QWidget

from segdesk.app.settings.schema import Group
from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.painting import RADIUS_CONTROL, draw_elided, rounded
from segdesk.gui.wording import put

_ICONS: Mapping[Group, str] = MappingProxyType(
    {
        Group.LOOK: "palette",
        Group.START: "folder-open",
        Group.DRAW: "paint-brush",
        Group.VIEW: "image",
        Group.MODEL: "cube",
        Group.VIDEO: "film-strip",
        Group.KEYS: "keyboard",
    }
)


class _Page(QPushButton):
    """One page: icon, name, and a dot when something on it was changed."""

    def __init__(self, group: Group, parent: QWidget) -> None:
        super().__init__(parent)
        self.page = group
        self._marked = False
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        put(self.setAccessibleName, group.words)

    def mark(self, *, on: bool) -> None:
        if on is not self._marked:
            self._marked = on
            put(self.setAccessibleDescription, tr("changed") if on else "")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(166, theme.row_px(30))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        ring_off(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self.isChecked():
            rounded(painter, box, RADIUS_CONTROL, theme.color("sel"))
        elif self.underMouse():
            rounded(painter, box, RADIUS_CONTROL, theme.color("hover"))
        ink = theme.color("text" if self.isChecked() else "text2")
        mark = QRectF(9, round((box.height() - 16) / 2), 16, 16)
        icons.paint(painter, mark, _ICONS[self.page], ink)
        painter.setFont(theme.font("strong" if self.isChecked() else "body"))
        painter.setPen(ink)
        draw_elided(painter, box.adjusted(34, 0, -18, 0), self.page.words)
        if self._marked:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(QPointF(box.right() - 10, box.center().y()), 3, 3)


class GroupList(QWidget):
    """The pages; arrow keys go from one to the next. `chosen` carries a `Group`."""

    chosen = Signal(object)

    def __init__(self, groups: Sequence[Group]) -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Pages"))
        self._buttons = QButtonGroup(self)
        self._pages = [_Page(group, self) for group in groups]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for number, page in enumerate(self._pages):
            self._buttons.addButton(page, number)
            column.addWidget(page)
        self._buttons.idClicked.connect(
            lambda number: self.chosen.emit(self._pages[number].page)
        )

    @property
    def choice(self) -> Group | None:
        """The page in sight; None while a search shows some of all."""
        number = self._buttons.checkedId()
        return self._pages[number].page if number >= 0 else None

    def show_choice(self, group: Group | None) -> None:
        """Show which page is in sight; no signal."""
        self._buttons.setExclusive(False)
        for page in self._pages:
            page.setChecked(page.page is group)
        self._buttons.setExclusive(True)

    def mark(self, groups: Collection[Group]) -> None:
        """Put a dot on the pages on which something differs from the defaults."""
        for page in self._pages:
            page.mark(on=page.page in groups)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the page above or below."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        focused = self.focusWidget()
        if step is None or not isinstance(focused, _Page):
            super().keyPressEvent(event)
            return
        place = self._pages.index(focused) + step
        if 0 <= place < len(self._pages):
            self._pages[place].setFocus(Qt.FocusReason.TabFocusReason)
            self._pages[place].click()
