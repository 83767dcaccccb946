"""A dock: a header of 36 px over its contents; a double click folds it."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segdesk.gui import theme
from segdesk.gui.components.panels import DockHeader, Hairline

UNLIMITED = 16_777_215  # QWIDGETSIZE_MAX


class Dock(QWidget):
    """Base of every dock.

    A dock puts its buttons into `header` and its widgets into `body`.

    Parameters
    ----------
    dock_id
        "files", "classes", "models" or "jobs".
    title
        What the header says.
    """

    fold_changed = Signal(bool)

    def __init__(self, dock_id: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dock_id = dock_id
        self.setObjectName(f"dock-{dock_id}")
        self.setAccessibleName(title)
        self.header = DockHeader(title, self)
        self._content = QWidget(self)
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self._line = Hairline()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._line)
        column.addWidget(self._content, 1)
        self.header.double_clicked.connect(self.toggle_fold)

    @property
    def title(self) -> str:
        """What the header says."""
        return self.header.title

    @property
    def is_folded(self) -> bool:
        """Whether only the header is shown."""
        return self._content.isHidden()

    def toggle_fold(self) -> None:
        """Show only the header, or all of it again."""
        self.set_folded(not self.is_folded)

    def set_folded(self, folded: bool) -> None:
        """Show only the header, or all of it."""
        if folded is not self.is_folded:
            self._content.setHidden(folded)
            self.setMaximumHeight(self.header.height() + 1 if folded else UNLIMITED)
            self.fold_changed.emit(folded)

    def minimumSizeHint(self) -> QSize:
        """Return the least that is still of use."""
        height = self.header.height() + 1
        return QSize(180, height if self.is_folded else height + 84)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel."""
        QPainter(self).fillRect(event.rect(), theme.color("panel"))
