"""Buttons with icon and key cap, and buttons that are an icon alone."""

from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from segdesk.core.language import shown
from segdesk.gui import icons, theme
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.painting import (
    RADIUS_CONTROL,
    cap_width,
    draw_cap,
    rounded,
)
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.wording import put

_PAD = 12
_ICON = 16
_CARET = 12
_GAP = 6


class Kind(StrEnum):
    """What a button is for."""

    PRIMARY = "primary"  # at most one in a view
    DEFAULT = "default"
    GHOST = "ghost"
    LINK = "link"
    DANGER = "danger"  # in a confirmation only


class _Painted(QPushButton):
    """A push button that draws itself and wears the focus ring."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Return the only good size."""
        return self.sizeHint()


class Button(_Painted):
    """A button of words.

    Parameters
    ----------
    text
        A verb.
    icon
        Name of an icon, or "".
    key
        A key to show, or "".
    caret
        A small arrow at the end: the button opens a menu.
    height
        28; 26 in docks, 32 in the footers of dialogs.
    """

    def __init__(
        self,
        text: str,
        kind: Kind = Kind.DEFAULT,
        *,
        icon: str = "",
        key: str = "",
        caret: bool = False,
        height: int = 28,
    ) -> None:
        super().__init__()
        put(self.setText, text)
        put(self.setAccessibleName, text)
        self._kind = kind
        self._icon_name = icon
        self._key = key
        self._caret = caret
        self._height = height

    @property
    def key(self) -> str:
        """The key it shows."""
        return self._key

    def set_key(self, key: str) -> None:
        """Show another key."""
        if key != self._key:
            self._key = key
            self.updateGeometry()
            self.update()

    def set_icon(self, name: str) -> None:
        """Show another icon, or none for ""."""
        if name != self._icon_name:
            self._icon_name = name
            self.updateGeometry()
            self.update()

    def set_kind(self, kind: Kind) -> None:
        """Show another kind of button."""
        if kind is not self._kind:
            self._kind = kind
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size that its parts need."""
        metrics = QFontMetrics(theme.font("strong"))
        width = 2 * _PAD + metrics.horizontalAdvance(self.text())
        if self._icon_name:
            width += _ICON + _GAP
        if self._key:
            width += cap_width(self._key) + 6
        if self._caret:
            width += _CARET + 4
        return QSize(width, theme.row_px(self._height))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, icon, words, key cap and caret."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        fill, edge = self._surface()
        if fill is not None or edge is not None:
            rounded(painter, box, RADIUS_CONTROL, fill, edge)
        ink = self._ink()
        spare = (
            0 if self._key or self._caret else self.width() - self.sizeHint().width()
        )
        x = float(_PAD + max(0, spare) // 2)
        if self._icon_name:
            top = round((box.height() - _ICON) / 2)
            icons.paint(painter, QRectF(x, top, _ICON, _ICON), self._icon_name, ink)
            x += _ICON + _GAP
        painter.setFont(theme.font("strong"))
        painter.setPen(ink)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            QRectF(x, 0, box.width() - x, box.height()), flags, self.text()
        )
        right = box.width() - 10
        if self._caret:
            top = round((box.height() - _CARET) / 2)
            caret = QRectF(right - _CARET, top, _CARET, _CARET)
            icons.paint(painter, caret, "caret-down", self._soft_ink())
            right -= _CARET + 4
        if self._key:
            width = cap_width(self._key)
            self._draw_key(painter, QRectF(right - width, 0, width, box.height()))

    def _draw_key(self, painter: QPainter, rect: QRectF) -> None:
        filled = self._kind in (Kind.PRIMARY, Kind.DANGER) and self.isEnabled()
        if filled:
            fill, ink = QColor(theme.color("onFill")), theme.color("onFill")
            fill.setAlphaF(0.18)
        else:
            fill, ink = theme.mix("text", "raised", 0.08), self._soft_ink()
        draw_cap(painter, rect, self._key, fill=fill, ink=ink)

    def _surface(self) -> tuple[QColor | None, QColor | None]:
        hovered = self.underMouse() and self.isEnabled()
        pressed = self.isDown() or self.isChecked()
        if not self.isEnabled():
            bare = self._kind in (Kind.GHOST, Kind.LINK)
            return (
                (None, None)
                if bare
                else (
                    theme.color("raised"),
                    theme.color("line2"),
                )
            )
        match self._kind:
            case Kind.PRIMARY | Kind.DANGER:
                role = "accentFill" if self._kind is Kind.PRIMARY else "badFill"
                lit = hovered and not pressed
                return theme.color(f"{role}Hover" if lit else role), None
            case Kind.DEFAULT:
                role = "active" if pressed else "hover" if hovered else "raised"
                return theme.color(role), theme.color("line2")
            case _:
                if pressed:
                    return theme.color("active"), None
                return (theme.color("hover") if hovered else None), None

    def _ink(self) -> QColor:
        if not self.isEnabled():
            return theme.color("outline")
        return theme.color(
            {
                Kind.PRIMARY: "onFill",
                Kind.DANGER: "onFill",
                Kind.DEFAULT: "text",
                Kind.GHOST: "text2",
                Kind.LINK: "accent",
            }[self._kind]
        )

    def _soft_ink(self) -> QColor:
        return theme.color("text2" if self.isEnabled() else "outline")


class IconButton(_Painted):
    """A button that is an icon alone; its title is its tooltip and accessible name.

    Parameters
    ----------
    icon
        Name of an icon.
    tip
        Name, key and sentence of the tooltip.
    edge
        Edge in px: 28 with an icon of 16, 34 with an icon of 20.
    role
        Colour role of the icon.
    """

    def __init__(
        self,
        icon: str,
        tip: Tip,
        *,
        edge: int = 28,
        role: str = "text2",
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = icon
        self._role = role
        self._edge = edge
        self._count = 0
        self.setCheckable(checkable)
        give(self, tip)

    @property
    def icon_name(self) -> str:
        """The icon it shows."""
        return self._name

    def set_icon(self, name: str, role: str | None = None) -> None:
        """Show another icon, in another role where one is given."""
        if (name, role or self._role) != (self._name, self._role):
            self._name = name
            self._role = role or self._role
            self.update()

    def set_count(self, count: int) -> None:
        """Show a small number at its corner; 0 shows none."""
        if count != self._count:
            self._count = count
            self.update()

    def sizeHint(self) -> QSize:
        """Return a square."""
        return QSize(self._edge, self._edge)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw surface, icon and count."""
        del event
        painter = QPainter(self)
        self.draw_surface(painter)
        box = QRectF(self.rect())
        size = 20 if self._edge >= 34 else _ICON
        left = round((box.width() - size) / 2)
        top = round((box.height() - size) / 2)
        icons.paint(painter, QRectF(left, top, size, size), self._name, self.ink())
        if self._count:
            self._draw_count(painter)

    def draw_surface(self, painter: QPainter) -> None:
        """Draw what lies under the icon: hovered, pressed, checked."""
        surface = self._surface()
        if surface is not None:
            rounded(painter, QRectF(self.rect()), RADIUS_CONTROL, surface)

    def ink(self) -> QColor:
        """Return the icon's colour in its state."""
        if not self.isEnabled():
            return theme.color("outline")
        lit = self.isChecked() or self.underMouse()
        return theme.color("text" if lit and self._role == "text2" else self._role)

    def _draw_count(self, painter: QPainter) -> None:
        text = str(self._count) if self._count < 10 else "9+"
        width = 13 if len(text) == 1 else 18
        box = QRectF(self.width() - width, 0, width, 13)
        rounded(painter, box, 6.5, theme.color("accentFill"))
        number = theme.font("caption", tabular=True)
        number.setPixelSize(9)
        number.setWeight(number.Weight.DemiBold)
        painter.setFont(number)
        painter.setPen(theme.color("onFill"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown(text))

    def _surface(self) -> QColor | None:
        if not self.isEnabled():
            return None
        if self.isDown() or self.isChecked():
            return theme.color("active")
        return theme.color("hover") if self.underMouse() else None
