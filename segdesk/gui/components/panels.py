"""Parts of panels: the header of a dock, the empty state, a hairline."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from segdesk.gui import icons, theme
from segdesk.gui.components.labels import Label
from segdesk.gui.components.painting import RADIUS_NOTICE, rounded
from segdesk.gui.wording import put

HEADER_HEIGHT = 36
_TITLE_PX = 12
_AIR = 16


class Hairline(QWidget):
    """A line of one pixel between two parts."""

    def __init__(
        self,
        *,
        vertical: bool = False,
        length: int | None = None,
        role: str = "line",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._role = role
        if vertical:
            self.setFixedWidth(1)
            if length is not None:
                self.setFixedHeight(length)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        QPainter(self).fillRect(event.rect(), theme.color(self._role))


class DockHeader(QWidget):
    """The header of a dock: title, count, up to three buttons.

    `double_clicked` asks to fold the dock; `dragged` and `dropped` carry where on the
    screen it is pulled to.
    """

    double_clicked = Signal()
    dragged = Signal(QPoint)
    dropped = Signal(QPoint)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.row_px(HEADER_HEIGHT))
        self._pressed: QPoint | None = None
        self._pulled = False
        self._tabs: QWidget | None = None
        self._title = Label(title, "dock")
        self._count = Label("", "small", "text3", tabular=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(_TITLE_PX, 0, 6, 0)
        self._row.setSpacing(2)
        self._row.addWidget(self._title)
        self._row.addSpacing(5)
        self._row.addWidget(self._count)
        self._row.addStretch(1)

    @property
    def title(self) -> str:
        """What the dock is called."""
        return self._title.text()

    def show_tabs(self, tabs: QWidget) -> None:
        """Let tabs stand for the title."""
        self._title.hide()
        self._row.insertWidget(0, tabs)
        margins = self._row.contentsMargins()
        self._row.setContentsMargins(0, 0, margins.right(), 0)

    def add_tabs(self, tabs: QWidget) -> None:
        """Add tabs that may stand for the title; see `set_tabbed`."""
        self._tabs = tabs
        tabs.hide()
        self._row.insertWidget(0, tabs)

    def set_tabbed(self, *, on: bool) -> None:
        """Show the tabs that were added, or title and count."""
        if self._tabs is not None:
            self._tabs.setVisible(on)
            self._title.setHidden(on)
            self._count.setHidden(on)
            right = self._row.contentsMargins().right()
            self._row.setContentsMargins(0 if on else _TITLE_PX, 0, right, 0)

    def set_count(self, count: str) -> None:
        """Show how many things the dock holds; "" shows nothing."""
        put(self._count.setText, count)

    def add_button(self, button: QWidget) -> None:
        """Add a button at the right end."""
        self._row.addWidget(button)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a pull."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.globalPosition().toPoint()
            self._pulled = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pull once it is longer than a shaky click."""
        if self._pressed is None:
            return
        here = event.globalPosition().toPoint()
        far = QApplication.startDragDistance()
        self._pulled = self._pulled or (here - self._pressed).manhattanLength() > far
        if self._pulled:
            self.dragged.emit(here)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the pull."""
        if self._pulled:
            self.dropped.emit(event.globalPosition().toPoint())
        self._pressed, self._pulled = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fold or unfold."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.double_clicked.emit()


class IconTile(QWidget):
    """An icon on a rounded tile, 48 px."""

    def __init__(
        self, name: str, *, edge: int = 48, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self.setFixedSize(edge, edge)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw tile and icon."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        rounded(painter, box, RADIUS_NOTICE, theme.color("raised"))
        size = 20 if self.width() <= 48 else 26
        spot = QRectF((box.width() - size) / 2, (box.height() - size) / 2, size, size)
        icons.paint(painter, spot, self._name, theme.color("text2"))


class EmptyState(QWidget):
    """What a panel says while there is nothing in it.

    Parameters
    ----------
    icon
        Name of the tile's icon.
    title
        What is missing: "No images yet".
    sentence
        How it gets here.
    buttons
        One or two of them.
    """

    def __init__(
        self,
        icon: str,
        title: str,
        sentence: str,
        buttons: Sequence[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._buttons = tuple(buttons)
        self._row: QHBoxLayout | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(24, _AIR, 24, _AIR)
        column.setSpacing(0)
        column.addStretch(1)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._tile = IconTile(icon)
        column.addWidget(self._tile, 0, centre)
        self._below_tile = QSpacerItem(0, 12)
        column.addItem(self._below_tile)
        self._title = Label(title, "section", wrap=True)
        self._sentence = Label(sentence, "small", "text2", wrap=True)
        for label in (self._title, self._sentence):
            label.setAlignment(centre)
            label.setSizePolicy(
                QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum
            )
        column.addWidget(self._title)
        column.addSpacing(3)
        column.addWidget(self._sentence)
        if buttons:
            column.addSpacing(12)
            row = self._row = QHBoxLayout()
            row.setSpacing(8)
            row.addStretch(1)
            for button in buttons:
                row.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
            row.addStretch(1)
            column.addLayout(row)
        column.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Do without tile and sentence where there is no room for them."""
        super().resizeEvent(event)
        self._make_room()

    def event(self, event: QEvent) -> bool:
        """Find room again when words or buttons are larger."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._make_room()
        return super().event(event)

    def _make_room(self) -> None:
        labels = (self._title, self._sentence)
        words = sum(label.heightForWidth(self.width() - 48) for label in labels)
        needed = words + self._lay_buttons() + 60 + 3 + 2 * _AIR
        has_room = self.height() >= needed
        if has_room is self._tile.isHidden():
            self._tile.setVisible(has_room)
            self._below_tile.changeSize(0, 12 if has_room else 0)
        fits = self.height() >= needed - 60
        if fits is self._sentence.isHidden():
            self._sentence.setVisible(fits)

    def _lay_buttons(self) -> int:
        """Put the buttons below each other where they have no room side by side.

        Returns
        -------
        height
            In px, with the air above them.
        """
        sizes = [button.sizeHint() for button in self._buttons]
        if self._row is None or not sizes:
            return 0
        along = sum(size.width() for size in sizes) + 8 * (len(sizes) - 1)
        fits = along <= self.width() - 48
        ways = QHBoxLayout.Direction
        wanted = ways.LeftToRight if fits else ways.TopToBottom
        if self._row.direction() is not wanted:
            self._row.setDirection(wanted)
        heights = [size.height() for size in sizes]
        down = sum(heights) + 8 * (len(heights) - 1)
        return 12 + (max(heights) if fits else down)

    def set_words(self, title: str, sentence: str) -> None:
        """Say something else."""
        put(self._title.setText, title)
        put(self._sentence.setText, sentence)

    def sizeHint(self) -> QSize:
        """Return a size that suits a dock."""
        return QSize(260, 196)
