"""The legend: how the overlay looks, and how much of each class is in the picture."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from segdesk.app.catalog.class_commands import (
    move_class,
    why_not_remapped,
)
from segdesk.app.classes.visibility import (
    toggle_class,
    toggle_solo,
)
from segdesk.core.errors import SegDeskError
from segdesk.core.language import tr
from segdesk.gui.class_menu import class_menu, list_menu
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import (
    EmptyState,
    Hairline,
    IconButton,
    Kind,
    Label,
    SearchField,
    Tip,
)
from segdesk.gui.counted_panel import CountedPanel
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.classes_delegate import (
    ClassesDelegate,
    name_rect,
)
from segdesk.gui.item_models.classes_head import ClassesHead
from segdesk.gui.item_models.classes_model import ClassesModel, ClassRow
from segdesk.gui.item_models.movable_rows import MovableRows
from segdesk.gui.item_models.name_editor import NameEditor
from segdesk.gui.item_models.new_class_row import NewClassRow
from segdesk.gui.item_models.pinned_row import PinnedRow
from segdesk.gui.overlay_bar import OverlayBar
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_MANY = 20


class ClassesDock(CountedPanel):
    """Shows the classes with their shares, and lets the user change them.

    While annotating these are shares of the user's labels, and classes can be locked;
    while reviewing they are those of the proposal, with its confidence.

    Parameters
    ----------
    context
        The application.
    """

    wanted_changed = Signal()

    dock_id = "classes"
    title = tr("Classes")
    header_actions = ("view.sort_by_share", "class.add")
    least_px = 216

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._session = context.session
        self.model = ClassesModel(context.session)
        self.view = MovableRows(ClassesDelegate(), tr("Classes"))
        self.view.setModel(self.model)
        self.view.opens_rows = False
        self.ignore_view = PinnedRow(ClassesDelegate(), self.view, self._ends_in_ignore)
        self.head = ClassesHead()
        self.filter = SearchField(tr("Filter classes"))
        self.overlay_bar = OverlayBar(context)
        self.editor = NameEditor(tr("Name of the class"), self.view.viewport())
        self.new_row = NewClassRow()
        self._named: int | None = None
        self._is_annotating = False
        self._is_blank = False
        self._problem = ""
        self._wanted_px = 0
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._footer = Label("", "small", "text2", tabular=True)
        self._more = IconButton(
            "dots-three", Tip(tr("More"), "", tr("Pixels, colours, copy."))
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty_page())
        self._stack.addWidget(self._page())
        self._connect()
        self._refresh()

    def header_widgets(self) -> tuple[QWidget, ...]:
        """Return what stands in the header behind the commands."""
        return (self._more,)

    def wanted_px(self) -> int:
        """Return the height in which all classes are in sight."""
        page = self._stack.currentWidget()
        if page is None or self._stack.currentIndex() == 0:
            return self.least_px
        page_px = page.sizeHint().height() - self.view.sizeHint().height()
        shown = 0 if self.ignore_view.isHidden() else self.ignore_view.height()
        return page_px - shown + self.view.all_px()

    def _ends_in_ignore(self) -> bool:
        last = self.model.row_at(self.model.rowCount() - 1)
        return last is not None and last.is_ignore

    def sizeHint(self) -> QSize:
        """Return room for all of a handful of classes."""
        return QSize(308, min(520, self._stack.sizeHint().height()))

    # ------------------------------------------------------------ building

    def _empty_page(self) -> QWidget:
        return EmptyState(
            "palette",
            tr("No classes yet"),
            tr("Add the things you want to find, or take the class list of a model."),
            (
                command_button(self._context, "class.add"),
                command_button(
                    self._context, "model.load", Kind.GHOST, text=tr("Load model")
                ),
            ),
        )

    def _page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.overlay_bar)
        column.addWidget(Hairline())
        self._filter_row = QWidget()
        row = QHBoxLayout(self._filter_row)
        row.setContentsMargins(12, 8, 12, 2)
        row.addWidget(self.filter)
        column.addWidget(self._filter_row)
        column.addWidget(self.head)
        column.addWidget(self.view)
        column.addWidget(self.ignore_view)
        column.addWidget(self.new_row)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 6, 12, 8)
        self._footer_word = Label(tr("Predicted"), "small", "text2")
        foot.addWidget(self._footer_word)
        foot.addStretch(1)
        foot.addWidget(self._footer)
        column.addLayout(foot)
        column.addStretch(1)
        self.view.fit_height()
        return page

    def _connect(self) -> None:
        session = self._session
        self._soon.timeout.connect(self._show_rest)
        for changed in (
            session.classes_changed,
            session.proposal_changed,
            session.view_changed,
            self._context.projects.changed,
        ):
            changed.connect(self._change)
        self.filter.textChanged.connect(self.model.set_text)
        self.head.share.toggled.connect(self.model.set_counts_pixels)
        self.head.solo.clicked.connect(lambda: session.update_view(solo=None))
        for view in (self.view, self.ignore_view):
            view.part_clicked.connect(self._on_view_part_clicked)
            view.part_double_clicked.connect(self._on_view_part_double_clicked)
            view.menu_asked.connect(self._on_view_menu_asked)
            view.copy_asked.connect(self._copy_table)
        self.view.moved.connect(self._on_view_moved)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self._more.clicked.connect(self._on_more_clicked)
        self._context.label_shares.changed.connect(self._change)
        self._context.projects.item_changed.connect(lambda _: self._on_item_changed())
        for editor in (self.editor, self.new_row.editor):
            editor.named.connect(self._on_named)
            editor.left.connect(self._on_naming_left)
            editor.textEdited.connect(self._on_name_edited)

    # ------------------------------------------------------------ what is shown

    def set_layout(self, layout_id: str) -> None:
        """Show the user's labels while annotating, else the proposal."""
        self._is_annotating = layout_id == "annotate"
        self._refresh()

    def _refresh(self) -> None:
        self._show_rows()
        self._show_rest()

    def _change(self, *_: object) -> None:
        """Show other rows now, and what stands about them once in this turn."""
        self._show_rows()
        self._soon.start()

    def _show_rows(self) -> None:
        counts = self._context.label_shares.counts
        self._is_blank = self._context.label_shares.is_blank
        self.model.set_labels(
            None if counts is None else counts.tolist(),
            self._context.class_editing.locked,
            has_locks=self._is_annotating,
        )
        self.model.refresh()
        self._select()

    def _show_rest(self) -> None:
        self._soon.stop()
        classes = self._session.classes
        self.head.set_has_locks(self._is_annotating)
        is_naming = self.new_row.editor.is_open
        self._stack.setCurrentIndex(0 if classes is None and not is_naming else 1)
        count = len(classes) if classes else 0
        self._filter_row.setVisible(count > _MANY)
        self.head.share.set_sorted(self._session.view.sort_by_share)
        solo = self.model.row_at(self.model.row_of(self._session.view.solo))
        self.head.show_solo(solo.name if solo is not None else None)
        self.overlay_bar.show_view()
        self.view.movable = self._movable(count)
        self._show_foot()
        text = figures.number(count) if count else ""
        self.show_count(text)
        wanted = self.wanted_px()
        if wanted != self._wanted_px:
            self._wanted_px = wanted
            self.wanted_changed.emit()
        self.ignore_view.follow()

    def _on_item_changed(self) -> None:
        if self._is_blank is not self._context.label_shares.is_blank:
            self._change()

    def _movable(self, count: int) -> int:
        """Return how many rows can be pulled: all, while they stand by index."""
        by_index = not (self._session.view.sort_by_share or self.filter.text())
        return count if by_index and why_not_remapped(self._context) is None else 0

    def _on_view_moved(self, row: int, before: int) -> None:
        move_class(self._context, row, before - 1 if before > row else before)

    def _show_foot(self) -> None:
        numbers = self.model.numbers()
        if self._problem:
            put(self._footer_word.setText, self._problem)
            self._footer_word.set_role("bad")
            self._footer.setText("")
            return
        self._footer_word.set_role("text2")
        if numbers is None:
            nothing = tr("Nothing labelled yet") if self._is_blank else ""
            put(
                self._footer_word.setText,
                nothing if self._is_annotating else tr("Not predicted yet"),
            )
            self._footer.setText("")
            return
        put(
            self._footer_word.setText,
            tr("Labelled") if self._is_annotating else tr("Predicted"),
        )
        share = numbers.share(numbers.whole - numbers.counts[-1])
        megapixels = figures.megapixels(numbers.whole)
        put(
            self._footer.setText,
            tr(
                "{share} · {megapixels}",
                share=figures.share(share),
                megapixels=megapixels,
            ),
        )

    def _select(self) -> None:
        row = self.model.row_of(self._session.view.selected_class)
        if self.view.selected_row() != row:
            self.view.select_row(row)

    # ------------------------------------------------------------ what is done

    def _on_current_changed(self, current: QModelIndex) -> None:
        row = self.model.row_at(current.row())
        if row is not None and row.index != self._session.view.selected_class:
            self._context.class_editing.select(row.index)

    # ------------------------------------------------------------ naming

    def begin_naming(self, index: int | None) -> None:
        """Let the user type the name of a class; None: of a new one."""
        self._named = index
        if index is None:
            self.new_row.open(self._new_colour(""))
            self._refresh()
            self.new_row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        row = self.model.row_of(index)
        shown = self.model.row_at(row)
        if shown is None or shown.is_ignore:
            return
        at = self.model.index(row)
        self.view.scrollTo(at)
        place = name_rect(self.view.visualRect(at), has_locks=self._is_annotating)
        self.editor.open_at(place, shown.name)

    def _new_colour(self, name: str) -> str:
        return self._context.class_editing.colour_for(name)

    def _on_name_edited(self, text: str) -> None:
        problem = self._context.class_editing.problem_with(text, self._named)
        editor = self.editor if self.editor.is_open else self.new_row.editor
        self._problem = problem if text.strip() else ""
        editor.set_state("bad" if self._problem else "")
        self.new_row.set_colour(self._new_colour(text))
        self._show_foot()

    def _on_named(self, name: str) -> None:
        editing = self._context.class_editing
        if editing.problem_with(name, self._named):
            self._on_name_edited(name)
            return
        try:
            if self._named is None:
                editing.add(name)
            else:
                editing.rename(self._named, name)
        except SegDeskError as error:
            self._context.notices.error(error)
        self.editor.close_up()
        self.new_row.editor.close_up()

    def _on_naming_left(self) -> None:
        self._problem = ""
        self.new_row.setVisible(self.new_row.editor.is_open)
        self._refresh()
        if self._stack.currentIndex() == 1:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_view_part_clicked(
        self, index: QModelIndex, part: str, modifiers: Qt.KeyboardModifier
    ) -> None:
        row = self.model.row_at(index.row())
        if row is None:
            return
        if part == "eye" and modifiers & Qt.KeyboardModifier.AltModifier:
            toggle_solo(self._session, row.index)
        elif part == "eye":
            toggle_class(self._session, row.index)
        elif part == "lock":
            self._context.class_editing.toggle_lock(row.index)
        elif part == "swatch":
            self._context.class_editing.select(row.index)

    def _on_view_part_double_clicked(self, index: QModelIndex, part: str) -> None:
        row = self.model.row_at(index.row())
        if row is None or row.is_ignore:
            return
        if part == "swatch":
            self._choose_colour(row)
        elif not part and self._context.class_editing.why_fixed() is None:
            self.begin_naming(row.index)

    def _choose_colour(self, row: ClassRow) -> None:
        from segdesk.gui.dialogs.colour import ColourPopup

        popup = ColourPopup(self, row.name, row.colour)
        popup.chosen.connect(partial(self._context.class_editing.recolour, row.index))
        rect = self.view.visualRect(self.model.index(self.model.row_of(row.index)))
        popup.open_at(self.view.viewport().mapToGlobal(rect.bottomLeft()))

    def _on_view_menu_asked(self, index: QModelIndex, position: QPoint) -> None:
        row = self.model.row_at(index.row())
        if row is not None:
            rename = partial(self.begin_naming, row.index)
            recolour = partial(self._choose_colour, row)
            menu = class_menu(self, self._context, row, rename, recolour)
            menu.open_at(position)

    def _on_more_clicked(self) -> None:
        menu = list_menu(self, self._context, self.head.share, self._copy_table)
        menu.open_at(self._more.mapToGlobal(QPoint(0, self._more.height() + 2)))

    def _copy_table(self) -> None:
        QGuiApplication.clipboard().setText(self.model.as_table())
        self._context.notices.toast(tr("Copied the classes as a table"))
