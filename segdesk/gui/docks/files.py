"""The files panel: what is open, filtered, with thumbnails of what is on screen."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from segdesk.app.files.filter import FileIndex
from segdesk.app.files.query import FileQuery, parse_query
from segdesk.core.language import tr
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import (
    Button,
    EmptyState,
    Hairline,
    IconButton,
    Kind,
    SearchField,
    ThinProgress,
    Tip,
)
from segdesk.gui.components.tips import give
from segdesk.gui.drop_panel import DropPanel
from segdesk.gui.file_listing import FileListing
from segdesk.gui.files_filters import FilterPanel
from segdesk.gui.files_menus import copy_path, folder_menu, list_menus, row_menu
from segdesk.gui.files_progress import DoneFooter, StatusChips
from segdesk.gui.files_words import why_nothing
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.files_delegate import THUMBNAIL, FilesDelegate
from segdesk.gui.item_models.files_model import FileRow, FilesModel
from segdesk.gui.item_models.row_delegate import Role
from segdesk.gui.item_models.row_view import RowView
from segdesk.gui.item_models.thumbnail_cache import ThumbnailCache
from segdesk.gui.key_following import follow_key

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from segdesk.app.context import AppContext
    from segdesk.app.session import FileList

_DEBOUNCE_MS = 60
_BUSY_AFTER_MS, _SIZES_AFTER_MS = 300, 400


class FilesDock(DropPanel):
    """Lists the open images by folder.

    Parameters
    ----------
    context
        The application.
    """

    dock_id = "files"
    title = tr("Files")
    header_actions = ()

    def __init__(self, context: "AppContext") -> None:
        super().__init__(context)
        self._session = context.session
        self._paths: Sequence[Path] = ()
        self._root: Path | None = None
        self._listing = FileListing(self)
        self.model = FilesModel(
            context.predicting.has_proposal,
            context.opening.thumbnails.image_size,
            context.opening.why_failed,
        )
        self.thumbnails = ThumbnailCache(context.opening.thumbnails, THUMBNAIL)
        self._delegate = FilesDelegate(self.thumbnails)
        self.view = RowView(self._delegate, tr("Files"))
        self.view.setModel(self.model)
        self.view.setSelectionMode(RowView.SelectionMode.NoSelection)
        self.filter = SearchField(tr("Filter by name, class, size"))
        follow_key(context, self.filter, "file.filter")
        self.chips = StatusChips()
        self.filters = FilterPanel()
        self.funnel = IconButton("funnel-simple", Tip(tr("Filters")))
        self.footer = DoneFooter()
        self._busy = ThinProgress(tr("Reading"), height=2)
        self._debounce = QTimer(self, singleShot=True, interval=_DEBOUNCE_MS)
        self._busy_soon = QTimer(self, singleShot=True, interval=_BUSY_AFTER_MS)
        self._sizes_soon = QTimer(self, singleShot=True, interval=_SIZES_AFTER_MS)
        self._build()
        self._connect()
        self._on_settings()
        self._on_files_changed(self._session.files)

    def focus_filter(self) -> None:
        """Put the cursor into the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def header_widgets(self) -> tuple[QWidget, ...]:
        """Return the menus that stand in the header."""
        return list_menus(self, self._context)

    def sizeHint(self) -> QSize:
        """Return the design's width."""
        return QSize(272, 480)

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState(
                "image",
                tr("No images yet"),
                tr("Open a folder, or drop images anywhere in this window."),
                (command_button(self._context, "file.open_folder"),),
            )
        )
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 12, 7)
        row.setSpacing(4)
        row.addWidget(self.filter)
        row.addWidget(self.funnel)
        column.addLayout(row)
        chips = QHBoxLayout()
        chips.setContentsMargins(12, 0, 12, 8)
        chips.addWidget(self.chips)
        column.addLayout(chips)
        column.addWidget(self.filters)
        column.addWidget(Hairline())
        policy = self._busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._busy.setSizePolicy(policy)
        self._busy.set_value(None)
        self._busy.hide()
        column.addWidget(self._busy)
        clear = Button(tr("Clear filter"), Kind.DEFAULT, icon="x")
        clear.clicked.connect(self._clear_filter)
        self._nothing = EmptyState(
            "magnifying-glass", tr("No file found"), "", (clear,)
        )
        self._nothing.hide()
        column.addWidget(self.view, 1)
        column.addWidget(self._nothing, 1)
        column.addWidget(self.footer)
        self._stack.addWidget(page)

    def _connect(self) -> None:
        session, opening = self._session, self._context.opening
        session.files_changed.connect(self._on_files_changed)
        session.proposal_changed.connect(lambda _: self._repaint())
        self._context.predicting.kept.changed.connect(lambda _: self._repaint())
        self._context.predicting.changed.connect(self._repaint)
        opening.changed.connect(self._on_opening_changed)
        self.filter.textChanged.connect(lambda _: self._debounce.start())
        self.filter.returnPressed.connect(self._on_filter_return_pressed)
        self._debounce.timeout.connect(self._apply_filter)
        self._busy_soon.timeout.connect(self._busy.show)
        self._sizes_soon.timeout.connect(self._show_filters)
        self._listing.listed.connect(self._on_listed)
        self._listing.counted.connect(self._show_states)
        projects = self._context.projects
        projects.opened.connect(self._listing.take_project)
        projects.changed.connect(self._listing.take_value)
        projects.item_changed.connect(lambda item: self._on_items_changed((item,)))
        projects.items_changed.connect(self._on_items_changed)
        self._context.annotating.history_changed.connect(self._on_history_changed)
        self.chips.chosen.connect(lambda _: self._apply_filter())
        self.filters.changed.connect(self._apply_filter)
        command = self._context.commands["file.filters"]
        give(self.funnel, Tip(command.title, "", command.tip))
        self.funnel.setCheckable(True)
        self.funnel.clicked.connect(self._on_funnel_clicked)
        self._context.settings.changed.connect(lambda _: self._on_settings())
        session.classes_changed.connect(lambda _: self._show_filters())
        self.view.part_clicked.connect(self._on_view_part_clicked)
        self.view.activated.connect(self._open_row)
        self.view.turned.connect(self._on_view_turned)
        self.view.menu_asked.connect(self._on_view_menu_asked)
        self.view.copy_asked.connect(self._copy_current)
        self.view.shown_changed.connect(self._ask_thumbnails)
        self.model.modelReset.connect(self._on_model_reset)
        self.thumbnails.arrived.connect(self._on_thumbnail_arrived)

    # ------------------------------------------------------------ what is shown

    def _on_files_changed(self, files: "FileList") -> None:
        if files.paths is not self._paths:
            if files.root != self._root:  # a filter is of the folder it was typed for
                self._root = files.root
                self.filter.clear()
            self._paths = files.paths
            self.thumbnails.clear()
            self._listing.list_files(files.root, files.paths)
        self._follow_current()

    def _on_listed(self, index: FileIndex) -> None:
        self.model.set_files(self._paths, index)
        self.model.set_states(self._listing.states)
        self.chips.choose(None)
        self.filters.clear()
        self._apply_filter()

    def _show_states(self) -> None:
        states = self._listing.states
        self.model.set_states(states)
        counts = states.counts()
        self.chips.show_counts(counts)
        self.footer.show_counts(counts)
        for part in (self.chips, self.footer, self.funnel):
            part.setVisible(states.has_project)
        self._show_filters()
        self._repaint()

    def _show_filters(self) -> None:
        is_open = self._context.settings.preferences.files_filters
        states, classes = self._listing.states, self._session.classes
        self.funnel.setChecked(is_open)
        self.filters.setVisible(is_open and states.has_project)
        if self.filters.isVisibleTo(self):
            self.filters.show_states(states, classes.names if classes else ())
        elif self.filters.wanted is not None:  # nothing filters that is not in sight
            self.filters.clear()
            self._apply_filter()

    def _on_settings(self) -> None:
        is_grid = self._context.settings.preferences.files_grid
        if self._delegate.set_grid(is_grid):
            self.view.scheduleDelayedItemsLayout()
            self._follow_current()
        self._show_filters()

    def _on_funnel_clicked(self) -> None:
        self._context.commands.run("file.filters")
        self._show_filters()

    def _on_items_changed(self, items: "Collection[str]") -> None:
        if (project := self._context.projects.project) is not None:
            self._listing.take_items(project, items)

    def _on_history_changed(self) -> None:
        document = self._context.annotating.document
        is_edited = document is not None and document.history.position > 0
        path = self._session.files.current_path if is_edited else None
        if self.model.set_edited(path):
            self.view.viewport().update()

    def _clear_filter(self) -> None:
        self.filter.clear()
        self.chips.choose(None)
        self.filters.clear()
        self._apply_filter()

    def _admitted(self, query: FileQuery) -> "NDArray[np.bool_] | None":
        status, states = self.chips.wanted, self.model.states
        wanted, files = self.filters.wanted, self.model.files
        is_asked = status or wanted or query.wanted or query.either
        if files is None or not is_asked:
            return None
        mask = states.mask(frozenset() if status is None else frozenset({status}))
        if wanted is not None:
            mask &= states.admitted(wanted)
        return mask & query.mask(files, states)

    def _apply_filter(self) -> None:
        text = self.filter.text()
        classes = self._session.classes
        query = parse_query(text, classes.names if classes else ())
        self.model.set_text(query.text)
        self.model.set_admitted(self._admitted(query))
        if not (text.strip() or self.chips.wanted or self.filters.wanted):
            self._follow_current()
            return
        self.view.scrollToTop()
        row = self.model.row_of(self._session.files.row)
        self.view.select_row(row, reveal=False)

    def _on_model_reset(self) -> None:
        found, count = self.model.found_count, len(self._paths)
        self._stack.setCurrentIndex(1 if count else 0)
        text = self.filter.text().strip()
        status = self.chips.wanted
        words = why_nothing(text, status)
        if self.filters.wanted is not None:
            words = tr("No file fits all of the filters.")
        self._nothing.set_words(tr("No file found"), words)
        self._nothing.setVisible(bool(count) and not found)
        self.view.setVisible(bool(found))
        shown = figures.number(count) if count else ""
        if found != count:
            shown = tr("{found} of {shown}", found=figures.number(found), shown=shown)
        self.show_count(shown)

    def _follow_current(self) -> None:
        """Select the row of the image that was asked for and bring it into sight."""
        if self._listing.is_indexing:
            return
        current = self._session.files.row
        row = self.model.row_of(current)
        if row < 0 and current is not None:
            folder = self.model.folder_of(current)
            if folder is not None and not self.filter.text():
                self.model.fold(folder, folded=False)
                row = self.model.row_of(current)
        self.view.select_row(row)

    def _on_opening_changed(self) -> None:
        if self._context.opening.is_busy:
            self._busy_soon.start()
        else:
            self._busy_soon.stop()
            self._busy.hide()
            self._repaint()  # it may have failed

    def _ask_thumbnails(self, first: int, last: int) -> None:
        found = (self.model.path_at(row) for row in range(first, last + 1))
        paths = [path for path in found if path is not None]
        self.thumbnails.want(paths, self.view.devicePixelRatioF())

    def _on_thumbnail_arrived(self, path: Path) -> None:
        size = self._context.opening.thumbnails.image_size(path)
        if size is not None and self._listing.states.take_size(path, size):
            self._sizes_soon.start()
        first, last = self.view.shown_rows()
        rows = (r for r in range(first, last + 1) if self.model.path_at(r) == path)
        if (row := next(rows, None)) is not None:
            self.model.renew(row)
            self.view.update(self.model.index(row, 0))

    def _repaint(self) -> None:
        self.model.renew()
        self.view.viewport().update()

    # ------------------------------------------------------------ what is done

    def _on_view_part_clicked(self, index: QModelIndex) -> None:
        self._open_row(index)

    def _open_row(self, index: QModelIndex) -> None:
        if self._listing.is_indexing:
            return  # these rows are of the files that were open before
        file = self.model.file_at(index.row())
        folder = self.model.folder_at(index.row())
        if file is not None:
            self._context.opening.show(file)
        elif folder is not None:
            self._fold(folder)

    def _on_filter_return_pressed(self) -> None:
        """Open the first file that the filter found."""
        self._debounce.stop()
        self._apply_filter()
        for row in range(min(2, self.model.rowCount())):
            file = self.model.file_at(row)
            if file is not None:
                self._context.opening.show(file)
                self.view.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _on_view_turned(self, index: QModelIndex, right: bool) -> None:
        folder = self.model.folder_at(index.row())
        file = self.model.file_at(index.row())
        if folder is None and file is not None and not right:
            folder = self.model.folder_of(file)
        if folder is not None:
            self._fold(folder, folded=not right)

    def _fold(self, folder: int, *, folded: bool | None = None) -> None:
        row = self.model.row_of_folder(folder)
        if folded is None:
            folded = self.model.index(row, 0).data(Role.ROW).is_open
        self.model.fold(folder, folded=folded)
        self.view.select_row(self.model.row_of(self._session.files.row))
        self.view.set_cursor_row(self.model.row_of_folder(folder))

    def _on_view_menu_asked(self, index: QModelIndex, position: QPoint) -> None:
        row = index.data(Role.ROW)
        folder = self.model.folder_path(getattr(row, "number", -1))
        if isinstance(row, FileRow):
            show = partial(self._open_row, index)
            row_menu(self, self._context, row.path, show).open_at(position)
        elif folder is not None:
            folder_menu(self, self._context, folder).open_at(position)

    def _copy_current(self) -> None:
        path = self.view.currentIndex().data(Role.PATH)
        if path:
            copy_path(path)
            self._context.notices.toast(tr("Copied the path"))
