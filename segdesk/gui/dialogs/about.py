"""Version, licences, folders."""

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from segdesk import __version__
from segdesk.core.paths import models_dir, user_config_dir, user_log_dir
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.components.labels import ElidedLabel, Label
from segdesk.gui.crash import environment
from segdesk.gui.dialogs.frame import FOOT_BUTTON, DialogFrame
from segdesk.gui.logo import Logo

_LICENCES = (
    ("SegDesk", "Apache-2.0"),
    (f"Qt {qVersion()} and PySide6", "LGPL-3.0"),
    ("PyTorch", "BSD-3-Clause"),
    ("MMSegmentation, MMEngine, MMCV", "Apache-2.0"),
    ("Phosphor icons", "MIT"),
)


class AboutDialog(DialogFrame):
    """Says what this is.

    Parameters
    ----------
    versions
        Of the engine's packages by name; empty before they are known.
    """

    def __init__(self, parent: QWidget | None, versions: dict[str, str]) -> None:
        super().__init__(parent, "About SegDesk", width=520)
        self._versions = versions
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(Logo(52))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(f"SegDesk {__version__}", "heading"))
        slogan = "Open images, load a model, see what it makes of them."
        words.addWidget(Label(slogan, "body", "text2"))
        head.addLayout(words, 1)
        self.body.addLayout(head)
        self.body.addSpacing(8)
        folders = (
            ("Models", str(models_dir())),
            ("Settings", str(user_config_dir())),
            ("Log files", str(user_log_dir())),
        )
        self._add_table("Folders", folders)
        self._add_table("Licences", _LICENCES)
        if versions:
            known = ((name, version) for name, version in versions.items())
            self._add_table("Engine", tuple(known))
        copy = Button("Copy versions", Kind.GHOST, icon="copy", height=FOOT_BUTTON)
        copy.clicked.connect(self._on_copy_clicked)
        self.add_foot(copy)
        self.add_verb("Close", Kind.DEFAULT).setFocus()

    def report(self) -> str:
        """Return all versions as text."""
        lines = [environment()]
        lines += [f"{name} {version}" for name, version in self._versions.items()]
        return "\n".join(lines)

    def _add_table(self, title: str, rows: tuple[tuple[str, str], ...]) -> None:
        self.body.addSpacing(4)
        self.body.addWidget(Label(title, "section"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, 200)
        middle = Qt.TextElideMode.ElideMiddle
        for row, (name, value) in enumerate(rows):
            grid.addWidget(Label(name, "small", "text2"), row, 0)
            grid.addWidget(ElidedLabel(value, "small", "text", mode=middle), row, 1)
        self.body.addLayout(grid)

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.report())
