"""Labels and values, one under the other; values can be selected and copied."""

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components import Label
from segdesk.gui.wording import put

_BREAK = "\u200b"
_MONO = frozenset({"SHA-256", tr("Config"), tr("File"), tr("Id")})


class FactList(QWidget):
    """A list of facts.

    Parameters
    ----------
    label_px
        Width of the labels.
    """

    def __init__(self, label_px: int = 132) -> None:
        super().__init__()
        self._label_px = label_px
        self._rows: list[tuple[Label, Label]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, label_px)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show other facts."""
        while len(self._rows) < len(facts):
            self._rows.append(self._add_row(len(self._rows)))
        for place, (label, text) in enumerate(self._rows):
            is_shown = place < len(facts)
            label.setVisible(is_shown)
            text.setVisible(is_shown)
            if is_shown:
                name, value = facts[place]
                if label.text() != shown(name):
                    put(label.setText, name)
                    text.setFont(theme.font("small", mono=name in _MONO))
                put(text.setText, breakable(value))
                put(
                    text.setAccessibleName,
                    tr("{name}: {value}", name=name, value=value),
                )

    def _add_row(self, row: int) -> tuple[Label, Label]:
        top = Qt.AlignmentFlag.AlignTop
        label = Label("", "small", "text3", wrap=True)
        label.setFixedWidth(self._label_px)
        text = Label("", "small", "text2", wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(label, row, 0, top)
        self._grid.addWidget(text, row, 1, top)
        return label, text


def breakable(value: str) -> str:
    """Return a text that may break inside long paths and hashes too."""
    words = re.split(r"(?<=[/_.-])", value)
    parts = [word[at : at + 16] for word in words for at in range(0, len(word), 16)]
    return value if len(value) < 24 or " " in value else _BREAK.join(parts)
