"""Choices: one of several, on or off, filters with counts, pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from segdesk.core.language import shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.painting import (
    RADIUS_CONTROL,
    RADIUS_SMALL,
    rounded,
)
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.wording import put

_SEGMENT_PAD = 11
_SEGMENT_ICON_WIDTH = 32
_BOX = 16


@dataclass(frozen=True, slots=True)
class Segment:
    """One choice of a segmented control.

    Parameters
    ----------
    id
        What `chosen` and `choose` call it.
    text
        Its word; "" shows the icon alone.
    icon
        Name of an icon, or "".
    tip
        For a choice without a word.
    """

    id: str
    text: str = ""
    icon: str = ""
    tip: Tip | None = None


class _Choice(QPushButton):
    """A checkable button that draws itself and wears the ring."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)

    def minimumSizeHint(self) -> QSize:
        """Return the only good size."""
        return self.sizeHint()


class _SegmentButton(_Choice):
    def __init__(
        self, segment: Segment, look: "_Look", height: int, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._segment = segment
        self._look = look
        self._height = height
        put(self.setAccessibleName, segment.text)
        if segment.tip is not None:
            give(self, segment.tip)

    def sizeHint(self) -> QSize:
        if not self._segment.text:
            return QSize(_SEGMENT_ICON_WIDTH, self._height)
        width = max(self._look.width, self._content_width() + 2 * _SEGMENT_PAD)
        return QSize(width, self._height)

    def _content_width(self) -> int:
        metrics = QFontMetrics(theme.font(self._look.style))
        words = metrics.horizontalAdvance(shown(self._segment.text))
        return words + (22 if self._segment.icon else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self.isChecked():
            fill, edge = theme.color("segment"), theme.color("segmentEdge")
            rounded(painter, box, RADIUS_CONTROL - 1, fill, edge)
        elif self.underMouse() and self.isEnabled():
            fill = theme.mix("hover", "track", 0.7)
            rounded(painter, box, RADIUS_CONTROL - 1, fill)
        role = "text" if self.isChecked() else "text2"
        ink = theme.color(role if self.isEnabled() else "outline")
        text = self._segment.text
        x = (box.width() - self._content_width()) / 2
        top = round((box.height() - 16) / 2)
        if self._segment.icon:
            x = round(x) if text else round((box.width() - 16) / 2)
            icons.paint(painter, QRectF(x, top, 16, 16), self._segment.icon, ink)
            x += 22
        if text:
            painter.setFont(theme.font(self._look.style))
            painter.setPen(ink)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(
                QRectF(x, 0, box.width(), box.height()), flags, shown(text)
            )


@dataclass(frozen=True, slots=True)
class _Look:
    """Type style of the words, and least width of a choice in px."""

    style: str
    width: int


class Segmented(QWidget):
    """An exclusive choice of two to five, all of them in sight.

    `chosen` carries the id when the user chooses; `choose` sets it without a signal.

    Parameters
    ----------
    style
        Type style of the words.
    least_px
        Least width of a choice that has a word.
    """

    chosen = Signal(str)

    def __init__(
        self,
        segments: Sequence[Segment],
        name: str,
        *,
        height: int = 28,
        style: str = "smallStrong",
        least_px: int = 0,
    ) -> None:
        super().__init__()
        put(self.setAccessibleName, name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look = _Look(style, least_px)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._ids: list[str] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        for index, segment in enumerate(segments):
            button = _SegmentButton(segment, look, theme.row_px(height) - 4, self)
            self._group.addButton(button, index)
            self._ids.append(segment.id)
            row.addWidget(button)
        self._group.idClicked.connect(self._on_group_id_clicked)

    def set_tip(self, segment_id: str, tip: Tip) -> None:
        """Give a choice another tooltip."""
        give(self._group.button(self._ids.index(segment_id)), tip)

    def choose(self, segment_id: str) -> None:
        """Show a choice as taken; no signal."""
        if segment_id in self._ids:
            self._group.button(self._ids.index(segment_id)).setChecked(True)

    def choice(self) -> str:
        """Return the id of the choice taken, or ""."""
        index = self._group.checkedId()
        return self._ids[index] if index >= 0 else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track under the choices."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        rounded(
            painter,
            box,
            RADIUS_CONTROL + 1,
            theme.color("track"),
            theme.color("line"),
        )

    def _on_group_id_clicked(self, index: int) -> None:
        self.chosen.emit(self._ids[index])


class Chip(_Choice):
    """A filter with its count: "Draft 8"."""

    def __init__(
        self, text: str, count: int | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._role = "text2"
        self._word = text
        put(self.setText, text)
        self._count = count
        self._name()

    def set_count(self, count: int | None) -> None:
        """Show another count; None shows none."""
        if count != self._count:
            self._count = count
            self._name()
            self.updateGeometry()
            self.update()

    def set_role(self, role: str) -> None:
        """Show the word in another colour role while the chip is off."""
        if role != self._role:
            self._role = role
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size of word and count."""
        metrics = QFontMetrics(theme.font("smallStrong", tabular=True))
        width = metrics.horizontalAdvance(self.text()) + 16
        if self._count is not None:
            width += metrics.horizontalAdvance(f"{self._count:,}") + 6
        return QSize(width, theme.row_px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill, the word and the count."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        radius = box.height() / 2
        on = self.isChecked()
        if on:
            fill = theme.mix("accent", "panel", 0.18)
            edge = theme.mix("accent", "panel", 0.55)
        else:
            fill = theme.color("hover" if self.underMouse() else "panel")
            edge = theme.color("line2")
        rounded(painter, box, radius, fill, edge)
        painter.setFont(theme.font("smallStrong", tabular=True))
        painter.setPen(theme.color("accent" if on else self._role))
        inside = box.adjusted(8, 0, -8, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignLeft, self.text())
        if self._count is not None:
            painter.setPen(theme.color("accent" if on else "text3"))
            count = f"{self._count:,}"
            painter.drawText(inside, middle | Qt.AlignmentFlag.AlignRight, shown(count))

    def _name(self) -> None:
        name = self._word
        if self._count is not None:
            name = tr("{name}, {count:,}", name=self._word, count=self._count)
        put(self.setAccessibleName, name)


class CheckBox(QCheckBox):
    """A check box."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put(self.setText, text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """Return the size of box and words."""
        metrics = QFontMetrics(theme.font("body"))
        width = _BOX + 8 + metrics.horizontalAdvance(self.text())
        return QSize(width, theme.row_px(24))

    def minimumSizeHint(self) -> QSize:
        """Return the only good size."""
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, check and words."""
        del event
        painter = QPainter(self)
        box = QRectF(0, round((self.height() - _BOX) / 2), _BOX, _BOX)
        fill, edge = _mark_colours(self)
        rounded(painter, box, RADIUS_SMALL, fill, edge)
        if self.isChecked():
            ink = theme.color("onFill")
            icons.paint(painter, box.adjusted(2, 2, -2, -2), "check-bold", ink)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text" if self.isEnabled() else "outline"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect().adjusted(_BOX + 8, 0, 0, 0), flags, self.text())


class Switch(_Choice):
    """On or off, at once."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put(self.setAccessibleName, name)

    def sizeHint(self) -> QSize:
        """Return 28 × 24: the hit area is higher than the switch."""
        return QSize(28, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track and knob."""
        del event
        painter = QPainter(self)
        box = QRectF(0, round((self.height() - 16) / 2), 28, 16)
        fill, edge = _mark_colours(self, off="line2")
        rounded(painter, box, 8, fill, edge)
        x = box.right() - 14 if self.isChecked() else box.left() + 2
        rounded(painter, QRectF(x, box.y() + 2, 12, 12), 6, theme.color("onFill"))


def _mark_colours(
    button: QAbstractButton, off: str = "panel"
) -> tuple[QColor, QColor | None]:
    if not button.isEnabled():
        return theme.color("panel"), theme.color("line2")
    if button.isChecked():
        role = "accentFillHover" if button.underMouse() else "accentFill"
        return theme.color(role), None
    fill = "hover" if button.underMouse() and off == "panel" else off
    return theme.color(fill), theme.color("outline")
