"""Version, licences, folders."""

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from segdesk import __version__
from segdesk.core.language import joined, tr
from segdesk.core.paths import models_dir, user_config_dir, user_log_dir
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.components.labels import ElidedLabel, Label
from segdesk.gui.crash import environment
from segdesk.gui.dialogs.frame import FOOT_BUTTON, DialogFrame
from segdesk.gui.logo import Logo

_LICENCES = (
    ("SegDesk", "Apache-2.0"),
    (tr("Qt {qt_version} and PySide6", qt_version=qVersion()), "LGPL-3.0"),
    ("PyTorch", "BSD-3-Clause"),
    (tr("MMSegmentation, MMEngine, MMCV"), "Apache-2.0"),
    (tr("Phosphor icons"), "MIT"),
)


class AboutDialog(DialogFrame):
    """Says what this is.

    Parameters
    ----------
    versions
        Of the engine's packages by name; empty before they are known.
    """

    def __init__(self, parent: QWidget | None, versions: dict[str, str]) -> None:
        super().__init__(parent, tr("About SegDesk"), width=520)
        self._versions = versions
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(Logo(52))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(tr("SegDesk {version}", version=__version__), "heading"))
        slogan = tr("Open images, load a model, see what it makes of them.")
        words.addWidget(Label(slogan, "body", "text2"))
        head.addLayout(words, 1)
        self.body.addLayout(head)
        self.body.addSpacing(8)
        folders = (
            (tr("Models"), str(models_dir())),
            (tr("Settings"), str(user_config_dir())),
            (tr("Log files"), str(user_log_dir())),
        )
        self._add_table(tr("Folders"), folders)
        self._add_table(tr("Licences"), _LICENCES)
        if versions:
            known = ((name, version) for name, version in versions.items())
            self._add_table(tr("Engine"), tuple(known))
        copy = Button(tr("Copy versions"), Kind.GHOST, icon="copy", height=FOOT_BUTTON)
        copy.clicked.connect(self._on_copy_clicked)
        self.add_foot(copy)
        self.add_verb(tr("Close"), Kind.DEFAULT).setFocus()

    def report(self) -> str:
        """Return all versions as text."""
        lines = [environment()]
        lines += [
            tr("{name} {version}", name=name, version=version)
            for name, version in self._versions.items()
        ]
        return joined("\n", lines)

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
