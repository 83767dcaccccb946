"""What the import shows while it looks at the files."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui.components import Label, ThinProgress


class BusyPage(QWidget):
    """Words and a bar in the middle."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.addStretch(1)
        self.words = Label(tr("Looking at the files"), "body", "text2")
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.words)
        column.addSpacing(8)
        self.bar = ThinProgress(tr("Files that were looked at"))
        self.bar.setFixedWidth(320)
        column.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
