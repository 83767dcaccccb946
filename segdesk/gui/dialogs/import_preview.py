"""The preview of an import: what was found, what it becomes, how it looks."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segdesk.app.exchange.import_classes import IGNORE, SKIP, to_class
from segdesk.app.exchange.import_draft import AUTO, TOLERANCE
from segdesk.app.exchange.import_words import import_notes
from segdesk.core.language import joined, plural, shown, spaced, tr
from segdesk.formats.registry import FORMATS
from segdesk.gui import icons
from segdesk.gui.components import (
    Button,
    CheckBox,
    ElidedLabel,
    EmptyState,
    IconButton,
    Kind,
    Label,
    Select,
    Tip,
)
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.dialogs.class_name import ask_class_name
from segdesk.gui.dialogs.frame import DialogFrame
from segdesk.gui.dialogs.import_busy import BusyPage
from segdesk.gui.dialogs.import_names import BY_COLOUR, FILE_KINDS, FORMAT_NAMES
from segdesk.gui.dialogs.import_picture import SplitPicture
from segdesk.gui.dialogs.import_table import ImportTable, TableCard
from segdesk.gui.item_models.import_model import (
    BECOMES,
    ImportModel,
    becomes_box,
    swatch_icon,
)
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.exchange.import_draft import ImportDraft

_SIZE = QSize(1128, 660)
_SIDE_PX = 422
_MOST_COLOURS_PX = 441


def ask_import(parent: QWidget | None, draft: "ImportDraft") -> bool:
    """Let the user decide on an import; tells whether it shall be done."""
    dialog = ImportDialog(parent, draft)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    draft.close()
    dialog.deleteLater()
    return accepted


class ImportDialog(DialogFrame):
    """Shows a draft and hands the user's choices to it."""

    def __init__(self, parent: QWidget | None, draft: "ImportDraft") -> None:
        super().__init__(parent, tr("Import labels"), width=_SIZE.width())
        self.setFixedHeight(_SIZE.height())
        self.setAcceptDrops(True)
        self._draft = draft
        self.model = ImportModel(draft)
        self._add_head()
        self.pages = QStackedWidget()
        self.pages.addWidget(self._start_page())
        self.busy = BusyPage()
        self.pages.addWidget(self.busy)
        self.pages.addWidget(self._found_page())
        self.body.addWidget(self.pages, 1)
        self.status_icon = QLabel()
        self.status_icon.setFixedSize(16, 16)
        self.status = Label("", "small", "text2")
        self._foot.insertWidget(0, self.status_icon)
        self._foot.insertWidget(1, self.status)
        self.add_cancel()
        self.verb = self.add_verb(tr("Import"), icon="download-simple")
        self._stops = (
            draft.changed.connect(self._refresh),
            draft.pictured.connect(self.picture.show_picture),
        )
        self.finished.connect(self._on_finished)
        self._refresh()

    @property
    def draft(self) -> "ImportDraft":
        """What is being decided."""
        return self._draft

    def open_path(self, path: Path) -> None:
        """Look at a folder or a file."""
        self._draft.open(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take folders and files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at what was dropped."""
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        if urls:
            self.open_path(Path(urls[0].toLocalFile()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Read no further."""
        self._draft.close()
        super().closeEvent(event)

    # ---------------------------------------------------------------- parts

    def _add_head(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Label(tr("Import labels"), "heading"))
        self.origin = ElidedLabel("", "small", "text2")
        row.addWidget(self.origin, 1)
        self.folder = Button(tr("Folder"), Kind.GHOST, icon="folder-open")
        put(self.folder.setAccessibleName, tr("Choose another folder"))
        self.file = Button(tr("File"), Kind.GHOST, icon="file")
        put(self.file.setAccessibleName, tr("Choose another file"))
        self.folder.clicked.connect(self._on_folder_clicked)
        self.file.clicked.connect(self._on_file_clicked)
        row.addWidget(self.folder)
        row.addWidget(self.file)
        self.body.addLayout(row)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.kind_words = Label(tr("Looks like"), "small", "text2")
        row.addWidget(self.kind_words)
        self.kind = Select(tr("Format of the labels"))
        self.kind.addItem(tr("Find out"), AUTO)
        for one in FORMATS:
            if one.read is not None:
                self.kind.addItem(FORMAT_NAMES.get(one.id, one.name), one.id)
        self.kind.activated.connect(self._on_kind_activated)
        row.addWidget(self.kind)
        self.why = ElidedLabel("", "small", "text2")
        row.addWidget(self.why, 1)
        self.body.addSpacing(6)
        self.body.addLayout(row)

    def _start_page(self) -> QWidget:
        folder = Button(tr("Choose folder"), Kind.PRIMARY, icon="folder-open")
        file = Button(tr("Choose file"), icon="file")
        folder.clicked.connect(self._on_folder_clicked)
        file.clicked.connect(self._on_file_clicked)
        self.empty = EmptyState(
            "download-simple",
            tr("Drop a folder or a file of labels here"),
            tr(
                "Masks, labelme, COCO, CVAT, VOC, YOLO and more. Nothing is written "
                "before you have seen what it becomes."
            ),
            (folder, file),
        )
        return self.empty

    def _found_page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(22)
        left = QVBoxLayout()
        left.setSpacing(10)
        self.table = ImportTable(self.model)
        self.table.unfolded.connect(self.choose_target)
        self.table.looked_for.connect(self._draft.show_class)
        left.addWidget(TableCard(self.table), 100)
        self.notes = Label("", "small", "text2", wrap=True)
        left.addWidget(self.notes)
        self.replaces = CheckBox(
            tr("Replace annotations that exist, keep a copy of each")
        )
        self.replaces.toggled.connect(self._on_replaces_toggled)
        left.addWidget(self.replaces)
        left.addStretch(1)
        row.addLayout(left, 1)
        row.addLayout(self._preview_column())
        return page

    def _preview_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(Label(tr("Preview"), "section"))
        head.addStretch(1)
        self.previous = IconButton("caret-left", Tip(tr("Previous annotation")))
        self.next = IconButton("caret-right", Tip(tr("Next annotation")))
        self.previous.clicked.connect(partial(self._draft.show, -1))
        self.next.clicked.connect(partial(self._draft.show, 1))
        self.shown = ElidedLabel("", "small", "text2")
        self.shown.setFixedWidth(170)
        head.addWidget(self.previous)
        head.addWidget(self.shown)
        head.addWidget(self.next)
        column.addLayout(head)
        self.picture = SplitPicture()
        self.picture.setFixedSize(_SIDE_PX, 396)
        column.addWidget(self.picture)
        row = QHBoxLayout()
        self.near = CheckBox(tr("Nearest colour within"))
        self.near.toggled.connect(self._on_near_toggled)
        self.tolerance = NumberField(tr("Distance of colours"), 1, _MOST_COLOURS_PX)
        self.tolerance.set_value(TOLERANCE)
        self.tolerance.edited.connect(self._on_tolerance_edited)
        self.use_file = Button(tr("Use the class file"), Kind.LINK)
        self.use_file.clicked.connect(self._on_use_file_clicked)
        row.addWidget(self.near)
        row.addWidget(self.tolerance)
        row.addStretch(1)
        row.addWidget(self.use_file)
        column.addLayout(row)
        column.addStretch(1)
        return column

    # -------------------------------------------------------------- showing

    def _refresh(self) -> None:
        draft = self._draft
        self.model.refresh()
        has_path = draft.path is not None
        for part in (self.folder, self.file, self.kind, self.kind_words, self.why):
            part.setVisible(has_path)
        self.kind.setCurrentIndex(max(0, self.kind.findData(draft.format_id)))
        page = 2 if draft.look else 1 if draft.is_looking else 0
        self.pages.setCurrentIndex(page)
        self._refresh_origin()
        if draft.look is not None:
            self._refresh_found()
        elif draft.failure is not None:
            failure = draft.failure
            self.empty.set_words(
                failure.message,
                tr("{cause} {hint}", cause=failure.cause, hint=failure.hint),
            )
        if draft.is_looking and draft.progress:
            done, total = draft.progress
            self.busy.bar.set_value(done / total if total else None)
            put(
                self.busy.words.setText,
                tr(
                    "Looking at the files: {done:,} of {total:,}",
                    done=done,
                    total=total,
                ),
            )
        elif draft.is_looking:
            self.busy.bar.set_value(None)
            put(self.busy.words.setText, tr("Finding out the format"))
        self._refresh_foot()

    def _refresh_origin(self) -> None:
        path, look = self._draft.path, self._draft.look
        text = ""
        if path is not None:
            text = tr("{folder} / {name}", folder=path.parent.name, name=path.name)
        if look is not None:
            text += tr(
                ", {items}", items=plural(look.preview.items, "{n} file", "{n:,} files")
            )
        self.origin.set_text(text)

    def _refresh_found(self) -> None:
        draft, look = self._draft, self._draft.look
        assert look is not None  # noqa: S101 - the caller looked
        unsure = tr("; others fit too, choose if it is one of them")
        self.why.set_text(look.why + (unsure if look.is_unsure else ""))
        put(self.notes.setText, joined("\n", import_notes(draft)))
        existing = len(look.existing)
        self.replaces.setVisible(bool(existing))
        put(
            self.replaces.setText,
            tr(
                "Replace {existing} that exist, keep a copy of each",
                existing=plural(existing, "{n} annotation", "{n:,} annotations"),
            ),
        )
        by_colour = look.format.id in BY_COLOUR
        self.near.setVisible(by_colour)
        self.tolerance.setVisible(by_colour)
        table = look.table
        self.use_file.setVisible(by_colour and table is not None)
        if table is not None:
            put(self.use_file.setText, tr("Use {name}", name=table.path.name))
        pairs = look.matches.pairs
        self.previous.setEnabled(len(pairs) > 1)
        self.next.setEnabled(len(pairs) > 1)
        name = pairs[draft.shown].source.name if pairs else ""
        self.shown.set_text(name)
        if not pairs:
            self.picture.say(tr("No image of the project belongs to these labels."))

    def _refresh_foot(self) -> None:
        draft = self._draft
        problem = draft.problem
        has_look = draft.look is not None
        name = "warning" if problem else "info"
        role = "warn" if problem else "text3"
        self.status_icon.setPixmap(icons.icon(name, role=role).pixmap(16, 16))
        self.status_icon.setVisible(has_look)
        self.status.setVisible(has_look)
        put(
            self.status.setText,
            spaced(problem, tr("Nothing is written before you import.")),
        )
        self.verb.setEnabled(not problem)
        put(self.verb.setToolTip, problem)
        count = plural(draft.count, "{n} annotation", "{n:,} annotations")
        put(
            self.verb.setText,
            tr("Import {count}", count=count) if draft.count else tr("Import"),
        )

    # --------------------------------------------------------------- choices

    def choose_target(self, row: int) -> None:
        """Unfold what a class may become."""
        draft, menu = self._draft, RowMenu(self)
        for name in draft.choices:
            target = to_class(name)
            verb = menu.add("tag", name, partial(draft.set_target, row, target))
            colour = self.model.colour_of(target)
            if colour:
                verb.setIcon(swatch_icon(colour))
        menu.addSeparator()
        menu.add("plus", tr("New class"), partial(self._name_class, row))
        menu.add("prohibit", tr("Ignore"), partial(draft.set_target, row, IGNORE))
        menu.add("minus-circle", tr("Skip"), partial(draft.set_target, row, SKIP))
        cell = becomes_box(self.table.visualRect(self.model.index(row, BECOMES)))
        menu.setMinimumWidth(cell.width())
        menu.open_at(self.table.viewport().mapToGlobal(cell.bottomLeft()))

    def _name_class(self, row: int) -> None:
        old = self._draft.rows[row].name
        name = ask_class_name(self, old)
        if name:
            self._draft.set_target(row, to_class(name))

    def _on_folder_clicked(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self, shown(tr("Import labels")), self._start()
        )
        if name:
            self.open_path(Path(name))

    def _on_file_clicked(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, shown(tr("Import labels")), self._start(), shown(FILE_KINDS)
        )
        if name:
            self.open_path(Path(name))

    def _start(self) -> str:
        return str(self._draft.path or self._draft.root)

    def _on_kind_activated(self, index: int) -> None:
        self._draft.choose_format(str(self.kind.itemData(index)))

    def _on_replaces_toggled(self, replaces: bool) -> None:
        self._draft.set_replaces(replaces=replaces)

    def _on_near_toggled(self, is_on: bool) -> None:
        self._draft.set_tolerance(self.tolerance.value if is_on else 0)

    def _on_tolerance_edited(self, value: int) -> None:
        if self.near.isChecked():
            self._draft.set_tolerance(value)

    def _on_use_file_clicked(self) -> None:
        look = self._draft.look
        if look is not None and look.table is not None:
            self._draft.choose_table(look.table.path)

    def _on_finished(self) -> None:
        for stop in self._stops:
            stop()
