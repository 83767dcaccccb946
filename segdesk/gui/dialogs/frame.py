"""The frame of every dialog: a heading, what it holds, verbs at the foot."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.components.labels import Label
from segdesk.gui.components.panels import Hairline
from segdesk.gui.wording import put

FOOT_BUTTON = 32
_LABEL_PX = 92
_TITLE_PX = 36  # of the bar that the system puts over a dialog


class DialogFrame(QDialog):
    """A window-modal dialog of the house.

    Parameters
    ----------
    title
        Of the window, and the heading.
    width
        In px.
    """

    def __init__(self, parent: QWidget | None, title: str, width: int = 480) -> None:
        super().__init__(parent)
        put(self.setWindowTitle, title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setFixedWidth(width)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(22, 20, 22, 20)
        self.body.setSpacing(8)
        self._column.addLayout(self.body, 1)
        self._foot = QHBoxLayout()
        self._foot.setContentsMargins(22, 12, 22, 12)
        self._foot.setSpacing(8)
        self._foot.addStretch(1)
        self._column.addWidget(Hairline())
        self._column.addLayout(self._foot)

    def add_heading(self, text: str) -> None:
        """Put the heading on top."""
        self.body.addWidget(Label(text, "heading", wrap=True))

    def add_words(self, text: str, role: str = "text2") -> Label:
        """Add a paragraph."""
        label = Label(text, "body", role, wrap=True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(label)
        return label

    def add_cancel(self, text: str = tr("Cancel")) -> Button:
        """Add the button that leaves everything as it is."""
        button = Button(text, Kind.GHOST, height=FOOT_BUTTON)
        button.clicked.connect(self.reject)
        self._foot.addWidget(button)
        return button

    def add_foot(self, widget: QWidget) -> None:
        """Add something else to the foot, before the buttons that follow."""
        self._foot.addWidget(widget)

    def add_verb(self, text: str, kind: Kind = Kind.PRIMARY, icon: str = "") -> Button:
        """Add the button that does it; Enter presses the primary one."""
        button = Button(text, kind, icon=icon, height=FOOT_BUTTON)
        button.clicked.connect(self.accept)
        button.setDefault(kind is Kind.PRIMARY)
        self._foot.addWidget(button)
        return button


def fitting(size: QSize, beside: QWidget) -> QSize:
    """Return a dialog's size, or less where the screen has no room for it.

    Parameters
    ----------
    size
        What is wanted, in logical px.
    beside
        On the same screen.
    """
    room = beside.screen().availableGeometry().size()
    return size.boundedTo(QSize(room.width(), room.height() - _TITLE_PX))


def labelled_row(text: str, part: QWidget, stretch: int = 1) -> QHBoxLayout:
    """Return a row: what a field is called, and the field."""
    row = QHBoxLayout()
    row.setSpacing(8)
    label = Label(text, "small", "text2")
    label.setFixedWidth(_LABEL_PX)
    row.addWidget(label)
    row.addWidget(part, stretch)
    return row
