"""The legend: how the overlay looks, and how much of each class is in the picture."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from segdesk.app.class_visibility import (
    hide_others,
    show_all,
    toggle_class,
    toggle_solo,
)
from segdesk.app.view_state import OverlayLook
from segdesk.core.classes import ClassList
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import (
    EmptyState,
    Hairline,
    IconButton,
    Kind,
    Label,
    SearchField,
    Segment,
    Segmented,
    Slider,
    Tip,
)
from segdesk.gui.components.tips import give
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.classes_delegate import ClassesDelegate
from segdesk.gui.item_models.classes_head import ClassesHead
from segdesk.gui.item_models.classes_model import ClassesModel, ClassRow
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.gui.item_models.row_view import RowView

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_MANY = 20
_NAMES_FROM_PX = 280
_LOOKS = (
    Segment(
        OverlayLook.FILL_AND_CONTOUR, icon="square-half", tip=Tip("Fill and contour")
    ),
    Segment(OverlayLook.CONTOUR, icon="bounding-box", tip=Tip("Contour alone")),
    Segment(OverlayLook.FILL, icon="square-fill", tip=Tip("Fill alone")),
)


class ClassesDock(QWidget):
    """Shows the classes of the loaded model, with their shares once it has predicted.

    Parameters
    ----------
    context
        The application.
    """

    count_changed = Signal(str)
    dock_id = "classes"
    title = "Classes"
    header_actions = ("view.sort_by_share",)

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._session = context.session
        self.count_text = ""
        self.model = ClassesModel(context.session)
        self.view = RowView(ClassesDelegate(), "Classes")
        self.view.setModel(self.model)
        self.head = ClassesHead()
        self.filter = SearchField("Filter classes")
        self.overlay_bar = _OverlayBar(context)
        self._footer = Label("", "small", "text2", tabular=True)
        self._more = IconButton("dots-three", Tip("More", "", "Pixels, colours, copy."))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty_page())
        self._stack.addWidget(self._page())
        self._connect()
        self._refresh()

    def header_widgets(self) -> tuple[QWidget, ...]:
        """Return what stands in the header behind the commands."""
        return (self._more,)

    def sizeHint(self) -> QSize:
        """Return room for all of a handful of classes."""
        return QSize(308, min(520, self._stack.sizeHint().height()))

    # ------------------------------------------------------------ building

    def _empty_page(self) -> QWidget:
        return EmptyState(
            "palette",
            "No classes yet",
            "They come with a model. Load one, and its classes and colours show here.",
            (
                command_button(self._context, "model.load", text="Load model"),
                command_button(self._context, "model.zoo", Kind.GHOST, text="Zoo"),
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
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 6, 12, 8)
        self._footer_word = Label("Predicted", "small", "text2")
        foot.addWidget(self._footer_word)
        foot.addStretch(1)
        foot.addWidget(self._footer)
        column.addLayout(foot)
        column.addStretch(1)
        self.view.fit_height()
        return page

    def _connect(self) -> None:
        session = self._session
        session.classes_changed.connect(lambda _: self._refresh())
        session.proposal_changed.connect(lambda _: self._refresh())
        session.view_changed.connect(lambda _: self._refresh())
        self.filter.textChanged.connect(self.model.set_text)
        self.head.share.toggled.connect(self.model.set_counts_pixels)
        self.view.part_clicked.connect(self._on_view_part_clicked)
        self.view.part_double_clicked.connect(self._on_view_part_double_clicked)
        self.view.menu_asked.connect(self._on_view_menu_asked)
        self.view.copy_asked.connect(self._copy_table)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self._more.clicked.connect(self._on_more_clicked)

    # ------------------------------------------------------------ what is shown

    def _refresh(self) -> None:
        classes, proposal = self._session.classes, self._session.proposal
        self.model.refresh()
        self._stack.setCurrentIndex(0 if classes is None else 1)
        count = len(classes) if classes else 0
        self._filter_row.setVisible(count > _MANY)
        self.head.share.set_sorted(self._session.view.sort_by_share)
        self.overlay_bar.show_view()
        self._select()
        self._footer_word.setText("Predicted" if proposal else "Not predicted yet")
        self._footer.setText(self._footer_text())
        text = figures.number(count) if count else ""
        if text != self.count_text:
            self.count_text = text
            self.count_changed.emit(text)

    def _footer_text(self) -> str:
        proposal = self._session.proposal
        if proposal is None:
            return ""
        whole = proposal.prediction.labels.size
        share = 1 - proposal.statistics.ignored / whole if whole else 0.0
        return f"{figures.share(share)} · {figures.megapixels(whole)}"

    def _select(self) -> None:
        row = self.model.row_of(self._session.view.selected_class)
        if self.view.selected_row() != row:
            self.view.select_row(row)

    # ------------------------------------------------------------ what is done

    def _on_current_changed(self, current: QModelIndex) -> None:
        row = self.model.row_at(current.row())
        if row is not None:
            self._session.update_view(selected_class=row.index)

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
        elif part == "swatch":
            self._session.update_view(selected_class=row.index)

    def _on_view_part_double_clicked(self, index: QModelIndex, part: str) -> None:
        row = self.model.row_at(index.row())
        if part == "swatch" and row is not None:
            self._choose_colour(row)

    def _choose_colour(self, row: ClassRow) -> None:
        from segdesk.gui.dialogs.colour import ColourPopup

        popup = ColourPopup(self, row.name, row.colour)
        popup.chosen.connect(partial(self._session.recolour, row.index))
        rect = self.view.visualRect(self.model.index(self.model.row_of(row.index)))
        popup.open_at(self.view.viewport().mapToGlobal(rect.bottomLeft()))

    def _on_view_menu_asked(self, index: QModelIndex, position: QPoint) -> None:
        row = self.model.row_at(index.row())
        if row is None:
            return
        session, solo = self._session, self._session.view.solo
        menu = RowMenu(self)
        menu.add(
            "eye",
            "End solo" if solo == row.index else "Solo class",
            partial(toggle_solo, session, row.index),
            key="Alt+Click",
        )
        menu.add("eye-slash", "Hide others", partial(hide_others, session, row.index))
        menu.add("eye", "Show all", partial(show_all, session))
        menu.addSeparator()
        menu.add(
            "palette",
            "Change colour",
            partial(self._choose_colour, row),
            why="ignored pixels are hatched" if row.is_ignore else "",
        )
        menu.add("copy", "Copy name", partial(_copy, row.name))
        menu.open_at(position)

    def _on_more_clicked(self) -> None:
        classes = self._session.classes
        why = "" if classes else "no classes yet"
        menu = RowMenu(self)
        share = self.head.share
        menu.add_switch("Show pixel counts", share.toggle, checked=share.isChecked())
        menu.add("eye", "Show all classes", partial(show_all, self._session), why=why)
        menu.add("palette", "Use safe colours", self._use_safe_colours, why=why)
        menu.add("copy", "Copy as table", self._copy_table, key="Ctrl+C", why=why)
        menu.open_at(self._more.mapToGlobal(QPoint(0, self._more.height() + 2)))

    def _use_safe_colours(self) -> None:
        classes = self._session.classes
        if classes is not None:
            self._session.set_classes(ClassList.from_names(classes.names))

    def _copy_table(self) -> None:
        _copy(self.model.as_table())
        self._context.notices.toast("Copied the classes as a table")


class _OverlayBar(QWidget):
    """Opacity, look, and the confidence below which nothing is drawn."""

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._session = context.session
        self.opacity = Slider("Overlay opacity", default=45)
        self.confidence = Slider("From confidence", default=0, by_model=True)
        self.look = Segmented(_LOOKS, "Look of the overlay", height=26)
        self._percent = Label("", "small", "text2", tabular=True)
        self._least = Label("", "small", "text2", tabular=True)
        self._names: list[Label] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 2, 10, 6)
        column.setSpacing(2)
        column.addLayout(self._row("Overlay", self.opacity, self._percent, self.look))
        column.addLayout(self._row("From confidence", self.confidence, self._least))
        keymap = context.keymap
        keys = f"{keymap.shown('view.opacity_down')} {keymap.shown('view.opacity_up')}"
        sentence = "How strongly the classes cover the picture. Double click resets."
        give(self.opacity, Tip("Overlay opacity", keys.strip(), sentence))
        sentence = "Hides what the model is less sure of than this."
        give(self.confidence, Tip("From confidence", "", sentence))
        self.opacity.moved.connect(self._on_opacity_moved)
        self.confidence.moved.connect(self._on_confidence_moved)
        self.look.chosen.connect(self._on_look_chosen)

    def minimumSizeHint(self) -> QSize:
        """Return the width without the names of the sliders."""
        return QSize(200, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the names out where there is little room."""
        super().resizeEvent(event)
        for label in self._names:
            label.setVisible(event.size().width() >= _NAMES_FROM_PX)

    def show_view(self) -> None:
        """Take over what the session says now."""
        view, proposal = self._session.view, self._session.proposal
        self.opacity.setValue(round(view.opacity * 100))
        self.confidence.setValue(round(view.min_confidence * 100))
        known = proposal is None or proposal.prediction.confidence is not None
        self.confidence.setEnabled(known)
        self.look.choose(view.look)
        self._percent.setText(figures.whole_percent(view.opacity))
        self._least.setText(figures.confidence(view.min_confidence))

    def _row(
        self, name: str, slider: Slider, value: Label, *more: QWidget
    ) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        label = Label(name, "small", "text2")
        label.setMinimumWidth(56)
        self._names.append(label)
        row.addWidget(label)
        row.addWidget(slider, 1)
        value.setMinimumWidth(36)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(value)
        for widget in more:
            row.addWidget(widget)
        return row

    def _on_opacity_moved(self, value: int) -> None:
        self._session.update_view(opacity=value / 100)

    def _on_confidence_moved(self, value: int) -> None:
        self._session.update_view(min_confidence=value / 100)

    def _on_look_chosen(self, look: str) -> None:
        self._session.update_view(look=OverlayLook(look))


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
