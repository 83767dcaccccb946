"""The question of which camera or stream is shown, and where recordings go."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QWidget

from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components import Button, ElidedLabel, Field, Hairline, Label
from segdesk.gui.components.progress import ThinProgress
from segdesk.gui.dialogs.frame import DialogFrame, labelled_row
from segdesk.gui.item_models.named_rows import (
    ROW_PX,
    NamedRow,
    NamedRowsDelegate,
    NamedRowsModel,
)
from segdesk.gui.item_models.row_delegate import Role
from segdesk.gui.item_models.row_view import RowView
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.video.sources import LiveSources

_WIDTH, _ROWS = 560, 4
_NONE = tr("No camera was found on this machine. Type the address of a stream.")


def ask_live_source(parent: QWidget | None, sources: "LiveSources") -> str | None:
    """Ask what is shown live; None: the user left it."""
    dialog = LiveSourceDialog(parent, sources)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    source = dialog.source if accepted else None
    dialog.deleteLater()
    return source


class LiveSourceDialog(DialogFrame):
    """Cameras that there are, addresses used lately, one to type; the folder."""

    def __init__(self, parent: QWidget | None, sources: "LiveSources") -> None:
        super().__init__(parent, tr("Open camera or stream"), width=_WIDTH)
        self._sources = sources
        self.add_heading(tr("Open camera or stream"))
        self.add_words(
            tr(
                "A camera of this machine, or the address of a network camera or "
                "another sender. If it breaks off, it is connected to again."
            )
        )
        self.body.addSpacing(4)
        self.model = NamedRowsModel()
        self.list = RowView(NamedRowsDelegate(), tr("Cameras and addresses"))
        self.list.setModel(self.model)
        self.list.setFixedHeight(_ROWS * theme.row_px(ROW_PX) + 4)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.list.clicked.connect(self._on_current)
        self.list.doubleClicked.connect(lambda _: self._on_double_clicked())
        self.list.part_clicked.connect(self._on_part_clicked)
        self.busy = ThinProgress(tr("Looking for cameras"), height=2)
        self.none = Label(_NONE, "small", "text3", wrap=True)
        self.body.addWidget(self.none)
        self.body.addWidget(self.list)
        self.body.addWidget(self.busy)
        self.address = Field(tr("Address"), "rtsp://name:password@host/path")
        put(self.address.setText, sources.last)
        self.address.textChanged.connect(lambda _: self._show_problem())
        self.body.addLayout(labelled_row(tr("Source"), self.address))
        self.status = Label("", "small", "text2", wrap=True)
        self.status.setMinimumHeight(20)
        self.body.addWidget(self.status)
        self.body.addWidget(Hairline())
        self._add_folder()
        self.add_cancel()
        self.verb = self.add_verb(tr("Connect"), icon="broadcast")
        self._end = sources.changed.connect(self._refresh)
        self.finished.connect(lambda _: self._end())
        sources.look()
        self.address.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def source(self) -> str:
        """What is chosen."""
        return self.address.text().strip()

    def _add_folder(self) -> None:
        self.folder = ElidedLabel("", "small", mode=Qt.TextElideMode.ElideMiddle)
        choose = Button(tr("Choose"), icon="folder-open")
        put(choose.setAccessibleName, tr("Choose the folder of recordings"))
        choose.clicked.connect(self._on_choose)
        part = QWidget()
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.folder, 1)
        row.addWidget(choose)
        self.body.addLayout(labelled_row(tr("Recordings"), part))

    def _refresh(self) -> None:
        sources = self._sources
        cameras = [
            NamedRow(one.source, one.name, one.problem or one.source, "video-camera")
            for one in sources.cameras
        ]
        lately = [
            NamedRow(one, one, icon="broadcast", can_go=True) for one in sources.lately
        ]
        self.model.show_rows([*cameras, *lately])
        self.none.setVisible(not sources.is_looking and not sources.cameras)
        self.list.setVisible(bool(cameras or lately))
        self.busy.setVisible(sources.is_looking)
        self.folder.set_text(str(sources.recordings))
        if not self.source and sources.cameras:
            put(self.address.setText, sources.cameras[0].source)
        self._show_problem()
        self.setFixedHeight(self._column.totalHeightForWidth(_WIDTH))

    def _show_problem(self) -> None:
        source = self.source
        problem = self._sources.problem(source)
        has_password = (
            "://" in source and ":" in source.rpartition("@")[0].partition("://")[2]
        )
        words = tr("The password is not remembered.") if has_password else ""
        put(self.status.setText, problem or words)
        self.status.set_role("warn" if problem and source else "text2")
        self.verb.setEnabled(not problem)
        put(self.verb.setToolTip, problem)

    def _on_current(self, index: QModelIndex, _before: object = None) -> None:
        row = index.data(Role.ROW)
        if isinstance(row, NamedRow):
            put(self.address.setText, row.key)

    def _on_double_clicked(self) -> None:
        if self.verb.isEnabled():
            self.accept()

    def _on_part_clicked(self, index: QModelIndex, part: str, _keys: object) -> None:
        row = index.data(Role.ROW)
        if part == "cross" and isinstance(row, NamedRow):
            self._sources.forget(row.key)

    def _on_choose(self) -> None:
        start = str(self._sources.recordings)
        name = QFileDialog.getExistingDirectory(
            self, shown(tr("Folder of recordings")), start
        )
        if name:
            self._sources.set_recordings(Path(name))
