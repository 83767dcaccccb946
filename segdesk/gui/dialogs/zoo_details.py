"""What is published of one model, and the button that gets it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui.components import Button, Kind, Label, ThinProgress
from segdesk.gui.dialogs.fact_list import FactList, breakable
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.facts import zoo_facts
from segdesk.gui.wording import put
from segdesk.library.model_card import ModelState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segdesk.app.context import AppContext
    from segdesk.library.zoo import ZooEntry

_WIDTH = 290


class ZooDetails(QWidget):
    """The right side of the zoo.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._progress: Mapping[str, float | None] = {}
        self.entry: ZooEntry | None = None
        self.setFixedWidth(_WIDTH)
        self._name = Label("", "title", wrap=True)
        self._id = Label("", "small", "text3", wrap=True, mono=True)
        self._id.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._why = Label("", "small", "warn", wrap=True)
        self.get = Button(tr("Get"), Kind.PRIMARY, icon="cloud-arrow-down")
        self.paper = Button(tr("Paper"), Kind.GHOST, icon="file-text")
        self.bar = ThinProgress(tr("Download"))
        self._share = Label("", "small", "text2", tabular=True)
        self._facts = FactList(label_px=84)
        self._build()
        self.get.clicked.connect(self.act)
        self.paper.clicked.connect(self._on_paper_clicked)
        self._refresh()

    def show_entry(self, entry: "ZooEntry | None") -> None:
        """Show another model, or nothing."""
        self.entry = entry
        self._facts.show_facts(zoo_facts(entry) if entry else ())
        self._refresh()

    def show_progress(self, progress: "Mapping[str, float | None]") -> None:
        """Show how far downloads are: share 0-1, or None, by id."""
        self._progress = progress
        self._refresh()

    def act(self) -> None:
        """Get the model, stop getting it, or load it once it is there."""
        entry, shelf = self.entry, self._context.shelf
        if entry is None:
            return
        if entry.id in self._progress:
            shelf.cancel(entry.id)
        elif entry.state is ModelState.READY:
            shelf.load(entry.id)
        elif entry.state is ModelState.NOT_DOWNLOADED:
            shelf.get(entry.id)

    def _build(self) -> None:
        inside = self._inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(6)
        column.addWidget(self._name)
        column.addWidget(self._id)
        column.addSpacing(6)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.get)
        buttons.addWidget(self.paper)
        buttons.addStretch(1)
        column.addLayout(buttons)
        progress = QHBoxLayout()
        progress.addWidget(self.bar, 1)
        progress.addWidget(self._share)
        column.addLayout(progress)
        column.addWidget(self._why)
        column.addSpacing(4)
        column.addWidget(self._facts)
        column.addStretch(1)
        area = QScrollArea()
        put(area.setAccessibleName, tr("About the model"))
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _refresh(self) -> None:
        entry = self.entry
        self._inside.setVisible(entry is not None)
        if entry is None:
            return
        put(self._name.setText, entry.name)
        put(self._id.setText, breakable(entry.id))
        self.paper.setVisible(bool(entry.paper))
        is_coming = entry.id in self._progress
        self._refresh_button(entry, is_coming=is_coming)
        share = self._progress.get(entry.id)
        self.bar.setVisible(is_coming)
        self._share.setVisible(is_coming)
        self.bar.set_value(share)
        put(self._share.setText, "" if share is None else figures.whole_percent(share))
        why = (
            tr("{reason}. {hint}", reason=entry.why.rstrip("."), hint=entry.hint)
            if entry.why
            else ""
        )
        put(self._why.setText, why)
        self._why.setVisible(bool(entry.why))
        self._why.set_role("bad" if entry.state is ModelState.BROKEN else "warn")

    def _refresh_button(self, entry: "ZooEntry", *, is_coming: bool) -> None:
        usable = entry.state in (ModelState.NOT_DOWNLOADED, ModelState.READY)
        self.get.setEnabled(usable)
        if is_coming:
            text, icon, kind = tr("Cancel"), "x", Kind.DEFAULT
        elif entry.state is ModelState.READY:
            text, icon, kind = tr("Load"), "cube", Kind.PRIMARY
        else:
            size = entry.size_bytes
            text = (
                tr("Get {megabytes}", megabytes=figures.megabytes(size))
                if size and usable
                else tr("Get")
            )
            icon, kind = "cloud-arrow-down", Kind.PRIMARY
        put(self.get.setText, text)
        put(
            self.get.setAccessibleName, tr("{text}: {name}", text=text, name=entry.name)
        )
        self.get.set_icon(icon)
        self.get.set_kind(kind)
        self.get.updateGeometry()

    def _on_paper_clicked(self) -> None:
        if self.entry is not None:
            QDesktopServices.openUrl(QUrl(self.entry.paper))
