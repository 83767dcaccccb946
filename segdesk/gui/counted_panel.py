"""A panel with a count beside its title."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class CountedPanel(QWidget):
    """Says how many things it holds.

    Attributes
    ----------
    count_text
        What stands beside the title.
    """

    count_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.count_text = ""

    def show_count(self, text: str) -> None:
        """Show a number beside the title."""
        if text != self.count_text:
            self.count_text = text
            self.count_changed.emit(text)
