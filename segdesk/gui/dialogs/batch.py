"""The dialog that starts a batch: images, model, what is written, where to."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from segdesk.app.batch.choice import WINDOWS_PX
from segdesk.app.batch.finding import BatchSource, SourceKind
from segdesk.app.batch.form import BatchForm
from segdesk.core.errors import SegDeskError
from segdesk.core.language import shown, tr
from segdesk.gui.components import (
    Button,
    CheckBox,
    ElidedLabel,
    Hairline,
    Kind,
    Label,
    Select,
)
from segdesk.gui.dialogs.batch_cards import PlaceSelect, check
from segdesk.gui.dialogs.batch_places import dropped_path, icon_of
from segdesk.gui.dialogs.batch_words import count_words, estimate_words, size_words
from segdesk.gui.dialogs.batch_write import BatchWrite
from segdesk.gui.dialogs.frame import FOOT_BUTTON
from segdesk.gui.dialogs.training.cards import Mark
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_SIZE = QSize(760, 620)
_HEAD, _FOOT = 54, 60
_LABEL_PX, _FIELD_PX = 132, 330
_LISTS = tr("Lists (*.txt *.csv *.lst);;All files (*)")
_FOLDER, _LIST = "folder", "list"  # rows that ask


class BatchDialog(QDialog):
    """Shows a form until it is started or left.

    Parameters
    ----------
    form
        Lives as long as the dialog.
    """

    def __init__(
        self, parent: QWidget | None, context: "AppContext", form: BatchForm
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.form = form
        put(self.setWindowTitle, tr("Predict a batch"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setFixedSize(_SIZE)
        self.setAcceptDrops(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._build()
        self._connect()
        self.refresh()
        form.open()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        head = QWidget()
        head.setFixedHeight(_HEAD)
        row = QHBoxLayout(head)
        row.setContentsMargins(22, 0, 22, 0)
        row.addWidget(Label(tr("Predict a batch"), "heading"))
        self._column.addWidget(head)
        self._column.addWidget(Hairline())
        self._body = QVBoxLayout()
        self._body.setContentsMargins(22, 16, 22, 8)
        self._body.setSpacing(10)
        self._column.addLayout(self._body, 1)
        self._add_images()
        self._body.addWidget(Hairline())
        self._add_model()
        self._body.addWidget(Hairline())
        self.write = BatchWrite(self.form)
        self._body.addWidget(self.write)
        self._add_into()
        self._body.addStretch(1)
        self._column.addWidget(Hairline())
        self._add_foot()

    def _add_images(self) -> None:
        self._body.addWidget(Label(tr("Images"), "section"))
        self.source = PlaceSelect(tr("From"), _FIELD_PX, "folder-open")
        put(self.source.setPlaceholderText, tr("Choose the images"))
        self.recursive = CheckBox(tr("With subfolders"))
        self._row(tr("From"), self.source, self.recursive)
        self.count = Label("", "strong", tabular=True)
        self.sizes = ElidedLabel("", "small", "text2", tabular=True)
        self.watches = CheckBox(tr("Keep watching the folder"))
        self._row(tr("Found"), self.count, self.sizes, self.watches)

    def _add_model(self) -> None:
        self._body.addWidget(Label(tr("Model"), "section"))
        self.model = PlaceSelect(tr("Model"), _FIELD_PX, "cube")
        put(self.model.setPlaceholderText, tr("No model is ready"))
        self.model_note = ElidedLabel("", "small", "bad")
        self._row(tr("Model"), self.model, self.model_note)
        self.windows = Select(tr("Large images"))
        self.windows.addItem(tr("From 64 MP on in windows"), 0)
        for side in WINDOWS_PX:
            self.windows.addItem(tr("Windows of {side:,}, blended", side=side), side)
        self.windows.setFixedWidth(228)
        self.augments = CheckBox(tr("Flip and scale (slower)"))
        self._row(tr("Large images"), self.windows, self.augments)

    def _add_into(self) -> None:
        self.into = PlaceSelect(tr("Into"), _FIELD_PX, "folder-open")
        put(self.into.setPlaceholderText, tr("Choose a folder"))
        self.into_note = ElidedLabel("", "small", "text2")
        self._row(tr("Into"), self.into, self.into_note)
        self.overwrite = CheckBox(tr("Predict again what is there already"))
        self._overwrite_row = self._row("", self.overwrite)

    def _add_foot(self) -> None:
        foot = QWidget()
        foot.setFixedHeight(_FOOT)
        row = QHBoxLayout(foot)
        row.setContentsMargins(22, 0, 18, 0)
        row.setSpacing(8)
        self.mark = Mark("blue")
        self.words = ElidedLabel("", "small", "text2", tabular=True)
        self.cancel = Button(tr("Cancel"), Kind.GHOST, height=FOOT_BUTTON)
        self.start = Button(
            tr("Start"), Kind.PRIMARY, icon="play", key="Ctrl+Enter", height=FOOT_BUTTON
        )
        row.addWidget(self.mark)
        row.addWidget(self.words, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.start)
        self._column.addWidget(foot)

    def _row(self, text: str, *parts: QWidget) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        label = Label(text, "body", "text2")
        label.setFixedWidth(_LABEL_PX)
        row.addWidget(label)
        for part in parts:
            grows = isinstance(part, ElidedLabel)
            row.addWidget(part, 1 if grows else 0)
        if not any(isinstance(part, ElidedLabel) for part in parts):
            row.addStretch(1)
        self._body.addWidget(holder)
        return holder

    def _connect(self) -> None:
        form = self.form
        self.source.activated.connect(self._on_source_activated)
        self.recursive.toggled.connect(lambda on: form.set(recursive=on))
        self.watches.toggled.connect(lambda on: form.set(watches=on))
        self.model.activated.connect(
            lambda at: form.set_model(str(self.model.itemData(at)))
        )
        self.windows.activated.connect(
            lambda at: form.set(windows_px=int(self.windows.itemData(at)))
        )
        self.augments.toggled.connect(lambda on: form.set(augments=on))
        self.into.activated.connect(self._on_into_activated)
        self.overwrite.toggled.connect(form.set_overwrite)
        self.cancel.clicked.connect(self.reject)
        self.start.clicked.connect(self.begin)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.begin)
        self._disconnect = form.changed.connect(self.refresh)

    # ------------------------------------------------------------ doing

    def begin(self) -> None:
        """Start the batch, unless something stops it."""
        if not self.start.isEnabled():
            return
        try:
            self.form.start()
        except SegDeskError as error:
            self._context.notices.error(error)
            return
        self.accept()

    def done(self, result: int) -> None:
        """Close the form, too."""
        self._disconnect()
        self.form.close()
        super().done(result)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a folder or a list."""
        if dropped_path(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped as the images."""
        path = dropped_path(event.mimeData())
        if path is not None:
            kind = SourceKind.FOLDER if path.is_dir() else SourceKind.LIST
            self.form.set_source(BatchSource(kind, path))

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Show the form as it is now."""
        self._show_images()
        self._show_model()
        self.write.refresh()
        self._show_into()
        form = self.form
        blocker = form.blocker
        waits = form.is_finding or (form.facts is None and not form.problems)
        state = "blue" if not blocker else "wait" if waits else "red"
        self.mark.set_state(state)
        count = form.found.count if form.found else 0
        self.words.set_text(blocker or estimate_words(form.estimate, count))
        self.start.setEnabled(not blocker)
        put(self.start.setToolTip, blocker)

    def _show_images(self) -> None:
        form, source = self.form, self.form.source
        rows: list[tuple[str, str, object]] = [
            ("image", one.title, one) for one in form.doors.sources()
        ]
        known = [one for _, _, one in rows]
        if source is not None and source not in known:
            rows.insert(0, (icon_of(source), str(source.path), source))
        for path in form.doors.memory.sources:
            kind = SourceKind.LIST if path.suffix else SourceKind.FOLDER
            lately = BatchSource(kind, path)
            if lately != source:
                rows.append(("clock-counter-clockwise", str(path), lately))
        rows.append(("folder-plus", tr("Choose a folder"), _FOLDER))
        rows.append(("list-bullets", tr("Choose a list of paths"), _LIST))
        self.source.list_places(rows, source)
        is_folder = source is not None and source.kind is SourceKind.FOLDER
        self.recursive.setVisible(is_folder)
        check(self.recursive, form.choice.recursive)
        self.watches.setVisible(is_folder)
        check(self.watches, form.choice.watches)
        put(
            self.count.setText,
            count_words(form.found) or (tr("Looking") if form.is_finding else ""),
        )
        problem = form.problem("source")
        words = problem.words if problem else size_words(form.measured)
        self.sizes.set_text(words, "bad" if problem else "text2")

    def _show_model(self) -> None:
        form, choice = self.form, self.form.choice
        rows: list[tuple[str, str, object]] = [
            ("cube-fill" if one.is_loaded else "cube", one.name, one.id)
            for one in form.models
        ]
        self.model.list_places(rows, form.model_id)
        self.model.setEnabled(bool(rows))
        problem = form.problem("model")
        self.model_note.set_text(problem.words if problem else "")
        self.windows.setCurrentIndex(max(0, self.windows.findData(choice.windows_px)))
        check(self.augments, choice.augments)

    def _show_into(self) -> None:
        form = self.form
        keeps = form.choice.keeps_files
        rows: list[tuple[str, str, object]] = []
        if form.into is not None:
            rows.append(("folder-open", str(form.into), form.into))
        rows += [
            ("clock-counter-clockwise", str(path), path)
            for path in form.doors.memory.folders
            if path != form.into
        ]
        rows.append(("folder-plus", tr("Choose a folder"), _FOLDER))
        self.into.list_places(rows, form.into)
        self.into.setEnabled(keeps)
        facts, problem = form.facts, form.problem("into")
        words, role = tr("names and folders are kept"), "text2"
        if not keeps:
            words = tr("drafts need no folder")
        elif problem is not None:
            words, role = problem.words, problem.level
        elif facts is not None and facts.has_results and not form.overwrite:
            words = tr("what is there already is skipped")
        self.into_note.set_text(words, role)
        put(self.into_note.setToolTip, words)
        has_results = keeps and facts is not None and facts.has_results
        self._overwrite_row.setVisible(has_results)
        check(self.overwrite, form.overwrite)

    # ------------------------------------------------------------ slots

    def _on_source_activated(self, at: int) -> None:
        value = self.source.itemData(at)
        if isinstance(value, BatchSource):
            self.form.set_source(value)
            return
        if value == _LIST:
            name, _ = QFileDialog.getOpenFileName(
                self, shown(tr("List of paths")), "", shown(_LISTS)
            )
            path, kind = Path(name) if name else None, SourceKind.LIST
        else:
            path, kind = self._ask_folder(tr("Folder of images")), SourceKind.FOLDER
        if path is not None:
            self.form.set_source(BatchSource(kind, path))
        else:
            self.refresh()

    def _on_into_activated(self, at: int) -> None:
        value = self.into.itemData(at)
        folder = value if isinstance(value, Path) else self._ask_folder(tr("Into"))
        if folder is not None:
            self.form.set_into(folder)
        else:
            self.refresh()

    def _ask_folder(self, title: str) -> Path | None:
        start = self.form.into.parent if self.form.into else ""
        name = QFileDialog.getExistingDirectory(self, shown(title), str(start))
        return Path(name) if name else None


def show_batch(
    parent: QWidget, context: "AppContext", source: BatchSource | None
) -> BatchDialog:
    """Show the form of a batch; None: of what is open."""
    host = getattr(parent, "dock_host", None)
    files = getattr(host.dock("files").panel, "model", None) if host else None
    listed = files.listed_paths() if files else ()
    form = context.batch_forms.open(source, listed)
    dialog = BatchDialog(parent, context, form)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
    return dialog
