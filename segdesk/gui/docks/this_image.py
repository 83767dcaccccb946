"""The open image: status, split, who made its labels; and its shapes."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedLayout, QWidget

from segdesk.core.history import SourceKind
from segdesk.core.item_status import ItemStatus
from segdesk.core.language import joined, tr
from segdesk.core.splits import SPLIT_NAMES
from segdesk.gui import icons, theme
from segdesk.gui.components import EmptyState, Label, Select
from segdesk.gui.components.painting import rounded
from segdesk.gui.components.tabs import Tabs
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.status_marks import STATUS
from segdesk.gui.shapes_page import ShapesPage
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from collections.abc import Collection

    from segdesk.app.context import AppContext
    from segdesk.core.document import Provenance
    from segdesk.core.project import Project

_NO_SPLIT = tr("Not split")
_SPLIT_WORDS = {"train": tr("Train"), "val": tr("Validation"), "test": tr("Test")}
_BAR_PX = 6
_BUSY_MS = 300  # shorter waits change nothing in sight


class ImageDock(QWidget):
    """Shows and changes what the project knows of the open image; lists its shapes.

    Parameters
    ----------
    context
        The application.
    """

    count_changed = Signal(str)
    dock_id = "image"
    title = tr("This image")
    header_actions = ()
    least_px = 132

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self.count_text = ""
        self.status = Select(tr("Status"), height=28)
        for status, mark in STATUS.items():
            self.status.addItem(icons.icon(mark.icon, mark.role), mark.word, status)
        self.split = Select(tr("Split"), icon="git-branch", height=28)
        give(
            self.status,
            Tip(tr("Status"), "", tr("How far the labels of this image are.")),
        )
        give(
            self.split,
            Tip(tr("Split"), "", tr("Which part of the images it belongs to.")),
        )
        self.tabs = Tabs(
            {"image": self.title, "shapes": tr("Shapes")}, tr("Open image")
        )
        self.shapes = ShapesPage(context)
        self.made_by = MadeByBar()
        self._hand = Label("", "small", "text2", wrap=True, tabular=True)
        self._model = Label("", "small", "model", tabular=True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState(
                "image", tr("No image"), tr("Open one to see what is known of it.")
            )
        )
        self._stack.addWidget(self._page())
        self._stack.addWidget(self.shapes)
        self.tabs.chosen.connect(self._on_tabs_chosen)
        self.shapes.count_changed.connect(self._show_count)
        self.status.activated.connect(self._on_status_activated)
        self.split.activated.connect(self._on_split_activated)
        self._closing = QTimer(self)
        self._closing.setSingleShot(True)
        self._closing.setInterval(_BUSY_MS)
        self._closing.timeout.connect(partial(self._stack.setCurrentIndex, 0))
        context.annotations.opened.connect(lambda _: self._refresh())
        context.annotating.history_changed.connect(self._refresh)
        context.projects.item_changed.connect(lambda item: self._follow((item,)))
        context.projects.items_changed.connect(self._follow)
        context.projects.changed.connect(self._on_project_changed)
        self._refresh()

    def sizeHint(self) -> QSize:
        """Return room for three lines."""
        return QSize(308, 132)

    def _page(self) -> QWidget:
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(12, 6, 12, 10)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, 82)
        grid.setColumnStretch(1, 1)
        rows = ((tr("Status"), self.status), (tr("Split"), self.split))
        for at, (word, field) in enumerate(rows):
            grid.addWidget(Label(word, "small", "text2"), at, 0)
            grid.addWidget(field, at, 1)
        grid.addWidget(Label(tr("Made by"), "small", "text2"), 2, 0)
        self.made_by.setMinimumHeight(24)
        grid.addWidget(self.made_by, 2, 1)
        words = QHBoxLayout()
        words.addWidget(self._hand, 1)
        words.addWidget(self._model)
        grid.addLayout(words, 3, 1)
        grid.setRowStretch(4, 1)
        return page

    def _follow(self, items: "Collection[str]") -> None:
        annotation = self._context.annotations.current
        if annotation is not None and annotation.place.item in items:
            self._refresh()

    def _on_project_changed(self, project: "Project") -> None:
        annotation = self._context.annotations.current
        if annotation is not None:  # all images may have been divided
            self._show_split(project.facts(annotation.place.item).split)

    def _refresh(self) -> None:
        annotation = self._context.annotations.current
        self._show_page()
        if annotation is None:
            return
        self.status.setCurrentIndex(self.status.findData(annotation.status))
        why = self._context.projects.read_only
        for field in (self.status, self.split):
            field.setEnabled(why is None)
        self._show_split(self._context.projects.facts(annotation.place.item).split)
        self._show_makers(annotation.document.provenance)

    def _show_page(self) -> None:
        page = 2 if self.tabs.choice == "shapes" else 1
        is_open = self._context.annotations.current is not None
        self._closing.stop()
        if is_open or self._context.session.image is None:
            self._stack.setCurrentIndex(page if is_open else 0)
        else:  # the next image's annotation is being read
            self._closing.start()

    def _show_count(self) -> None:
        on = self.tabs.choice == "shapes"
        self.count_text = self.shapes.count_text if on else ""
        self.count_changed.emit(self.count_text)

    def _on_tabs_chosen(self) -> None:
        self._show_page()
        self._show_count()

    def _show_split(self, split: str) -> None:
        names = [*SPLIT_NAMES]
        if split and split not in names:
            names.append(split)
        if self.split.count() != len(names) + 1:
            self.split.clear()
            self.split.addItem(_NO_SPLIT, "")
            for name in names:
                self.split.addItem(_SPLIT_WORDS.get(name, name), name)
        self.split.setCurrentIndex(max(0, self.split.findData(split)))

    def _show_makers(self, provenance: "Provenance") -> None:
        hand, model = (
            provenance.share(kind) for kind in (SourceKind.HAND, SourceKind.MODEL)
        )
        other = provenance.share(SourceKind.IMPORT)
        self.made_by.show_shares(hand, other, model)
        words = []
        if hand:
            words.append(tr("Hand {percent}", percent=figures.whole_percent(hand)))
        if other:
            words.append(tr("Import {percent}", percent=figures.whole_percent(other)))
        nobody = not (hand or other or model)
        put(self._hand.setText, tr("Nobody yet") if nobody else joined(" · ", words))
        put(
            self._model.setText,
            tr("Model {percent}", percent=figures.whole_percent(model))
            if model
            else "",
        )

    def _on_status_activated(self, index: int) -> None:
        self._context.annotating.set_status(ItemStatus(self.status.itemData(index)))

    def _on_split_activated(self, index: int) -> None:
        annotation = self._context.annotations.current
        if annotation is not None:
            item, projects = annotation.place.item, self._context.projects
            split = str(self.split.itemData(index))
            projects.set_facts(item, replace(projects.facts(item), split=split))


class MadeByBar(QWidget):
    """Who made the labels, as parts of one bar: hand, import, model."""

    def __init__(self) -> None:
        super().__init__()
        self._shares = (0.0, 0.0, 0.0)
        self._show_name()

    def show_shares(self, hand: float, other: float, model: float) -> None:
        """Show shares, 0-1 each."""
        if (hand, other, model) != self._shares:
            self._shares = (hand, other, model)
            self._show_name()
            self.update()

    def sizeHint(self) -> QSize:
        """Return one line."""
        return QSize(120, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the parts, a gap between them."""
        del event
        painter = QPainter(self)
        top = (self.height() - _BAR_PX) / 2
        if not any(self._shares):
            whole = QRectF(0, top, self.width(), _BAR_PX)
            rounded(painter, whole, 2, theme.color("line2"))
            return
        x = 0.0
        for share, role in zip(
            self._shares, ("text2", "outline", "modelFill"), strict=True
        ):
            width = share * self.width()
            if width >= 1:
                part = QRectF(x, top, max(2.0, width - 2), _BAR_PX)
                rounded(painter, part, 2, theme.color(role))
            x += width

    def _show_name(self) -> None:
        words = (tr("by hand"), tr("imported"), tr("by a model"))
        parts = [
            tr(
                "{percent} {state}",
                percent=figures.whole_percent(share),
                state=word,
            )
            for share, word in zip(self._shares, words, strict=True)
            if share
        ]
        put(self.setAccessibleName, joined(", ", parts) or tr("Nobody yet"))
