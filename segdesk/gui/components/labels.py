"""Words on a surface: labels, key caps, tags."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from segdesk.core.language import shown
from segdesk.gui import theme
from segdesk.gui.components.painting import (
    RADIUS_SMALL,
    cap_width,
    draw_cap,
    rounded,
    split_keys,
)
from segdesk.gui.wording import put


class Label(QLabel):
    """Words in a style of the type scale and a colour role.

    Parameters
    ----------
    style
        "small", "body", "section", …
    role
        "text", "text2", "bad", …
    wrap
        Break lines instead of asking for width.
    tabular
        Digits of one width.
    """

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        role: str = "text",
        *,
        wrap: bool = False,
        tabular: bool = False,
        mono: bool = False,
    ) -> None:
        super().__init__()
        put(self.setText, text)
        self._style = style
        self._tabular = tabular
        self._mono = mono
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setProperty("role", role)
        self._dress()
        theme.active().changed.connect(self._dress)

    def set_role(self, role: str) -> None:
        """Show the words in another colour role."""
        if role != self.property("role"):
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)

    def _dress(self) -> None:
        self.setFont(theme.font(self._style, mono=self._mono, tabular=self._tabular))


class ElidedLabel(QWidget):
    """One line that gives way: shortened in the middle (paths) or at its end."""

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        role: str = "text",
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._style = style
        self._role = role
        self._mode = mode
        self._tabular = tabular
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str, role: str | None = None) -> None:
        """Show other words, in another role where one is given."""
        if (text, role or self._role) != (self._text, self._role):
            self._text = text
            self._role = role or self._role
            put(self.setAccessibleName, text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the whole text."""
        metrics = QFontMetrics(theme.font(self._style, tabular=self._tabular))
        return QSize(metrics.horizontalAdvance(shown(self._text)) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Return room for a few letters."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), 24), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, shortened to the width."""
        del event
        painter = QPainter(self)
        font = theme.font(self._style, tabular=self._tabular)
        painter.setFont(font)
        painter.setPen(theme.color(self._role))
        short = QFontMetrics(font).elidedText(
            shown(self._text), self._mode, self.width()
        )
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), flags, short)


class KeyCaps(QWidget):
    """A key as it is shown: one cap for each part of "Ctrl+Shift+P".

    Parameters
    ----------
    joined
        One cap for all of it, without an edge, as on buttons and in fields.
    over
        Role of the surface it lies on.
    """

    def __init__(
        self,
        keys: str,
        *,
        joined: bool = False,
        over: str = "panel",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._joined = joined
        self._over = over
        self._caps: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_keys(keys)

    def set_keys(self, keys: str) -> None:
        """Show another key."""
        self._caps = ((keys,) if keys else ()) if self._joined else split_keys(keys)
        put(self.setAccessibleName, keys)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the width of the caps."""
        widths = [cap_width(cap) for cap in self._caps]
        return QSize(sum(widths) + 3 * max(0, len(widths) - 1), theme.row_px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the caps."""
        del event
        painter = QPainter(self)
        x = 0
        for cap in self._caps:
            width = cap_width(cap)
            draw_cap(
                painter,
                QRectF(x, 0, width, self.height()),
                cap,
                fill=theme.mix("text", self._over, 0.08)
                if self._joined
                else theme.color("raised"),
                ink=theme.color("text2"),
                edge=None if self._joined else theme.color("line2"),
            )
            x += width + 3


class Tag(QWidget):
    """A word on a light tint of its role: "Needs extra", "model"."""

    def __init__(
        self,
        text: str,
        role: str = "accent",
        *,
        over: str = "panel",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._role = role
        self._over = over
        put(self.setAccessibleName, text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str, role: str | None = None) -> None:
        """Show another word, in another role where one is given."""
        self._text = text
        self._role = role or self._role
        put(self.setAccessibleName, text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the word's size with a little air."""
        metrics = QFontMetrics(theme.font("smallStrong"))
        return QSize(
            metrics.horizontalAdvance(shown(self._text)) + 16, theme.row_px(20)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tint and the word."""
        del event
        painter = QPainter(self)
        tint = theme.mix(self._role, self._over, 0.12)
        rounded(painter, QRectF(self.rect()), RADIUS_SMALL, tint)
        painter.setFont(theme.font("smallStrong"))
        painter.setPen(theme.color(self._role))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, shown(self._text))
