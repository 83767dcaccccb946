"""The first page: three doors, recent places, the state of the machine."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.actions import Actions
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.components.labels import Label
from segdesk.gui.components.painting import draw_elided
from segdesk.gui.components.panels import Hairline
from segdesk.gui.key_following import follow_key
from segdesk.gui.logo import Logo
from segdesk.gui.pages.machine import MachineState
from segdesk.gui.pages.welcome_parts import Card, Door, RecentRow
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.files.recent import RecentPlace

_COLUMN = 996
_RECENT_SHOWN = 5
_LINKS = ("tour.start", "app.keys", "model.zoo", "help.logs", "app.about")
_SLOGAN = tr(
    "Label images, train a model, let it label the rest, correct it. On this machine."
)


class WelcomePage(QWidget):
    """The first page.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    def __init__(self, context: "AppContext", actions: Actions) -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Welcome"))
        self._context = context
        self._recent_rows: tuple[RecentRow, ...] = ()
        self.doors = self._make_doors()
        self._recent_head = QWidget()
        self._recent_card = Card()
        self._recent_column = QVBoxLayout(self._recent_card)
        self._recent_column.setContentsMargins(1, 1, 1, 1)
        self._recent_column.setSpacing(0)
        self.machine = MachineState(context)
        inside = QWidget()
        across = QHBoxLayout(inside)
        across.setContentsMargins(0, 0, 0, 0)
        column = self._make_column(actions)
        across.addStretch(1)
        across.addWidget(column)
        across.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self._is_stale = False
        context.opening.recent.changed.connect(self._on_recent_changed)
        self._show_recent(context.opening.recent.places)
        self.setFocusProxy(self.doors[0])

    @property
    def recent_rows(self) -> tuple[RecentRow, ...]:
        """The rows of recent places."""
        return self._recent_rows

    def showEvent(self, event: QShowEvent) -> None:
        """Show what became recent meanwhile."""
        super().showEvent(event)
        if self._is_stale:
            self._show_recent(self._context.opening.recent.places)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page's surface."""
        QPainter(self).fillRect(event.rect(), theme.color("window"))

    def _make_column(self, actions: Actions) -> QWidget:
        column = QWidget()
        column.setFixedWidth(_COLUMN)
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 52, 0, 34)
        rows.setSpacing(0)
        rows.addLayout(self._make_head())
        rows.addSpacing(34)
        doors = QHBoxLayout()
        doors.setSpacing(24)
        for door in self.doors:
            doors.addWidget(door)
        rows.addLayout(doors)
        rows.addSpacing(30)
        rows.addWidget(self._recent_head)
        self._fill_recent_head()
        rows.addWidget(self._recent_card)
        rows.addSpacing(22)
        rows.addWidget(self.machine)
        rows.addSpacing(16)
        rows.addLayout(self._make_links(actions))
        rows.addStretch(1)
        return column

    def _make_head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(Logo(52))
        head.addWidget(_Name(), 1)
        return head

    def _make_doors(self) -> tuple[Door, ...]:
        texts = (
            (
                "file.open_sample",
                tr("Try the sample"),
                tr(
                    "A small trained model and twenty microscope pictures. "
                    "Nothing to download."
                ),
                "sparkle",
                "nuclei",
            ),
            (
                "file.open_folder",
                tr("Open my images"),
                tr(
                    "A folder, files or a video. What is already labelled is "
                    "found and read."
                ),
                "image",
                "aerial",
            ),
            (
                "model.add_folder",
                tr("Open an mmseg work_dir"),
                tr("See its curves, predict with its best checkpoint, go on training."),
                "git-branch",
                "curves",
            ),
        )
        doors = []
        for index, (command_id, title, words, icon, drawing) in enumerate(texts):
            first = "Enter" if index == 0 else ""
            door = Door(title, words, icon=icon, drawing=drawing, key=first)
            if not first:
                follow_key(self._context, door, command_id)
            door.clicked.connect(partial(self._run, command_id))
            door.stepped.connect(partial(self._step, index))
            doors.append(door)
        return tuple(doors)

    def _fill_recent_head(self) -> None:
        row = QHBoxLayout(self._recent_head)
        row.setContentsMargins(0, 0, 0, 6)
        row.addWidget(Label(tr("Recent"), "section"))
        row.addStretch(1)
        clear = Button(tr("Clear"), Kind.GHOST)
        clear.clicked.connect(self._on_clear_clicked)
        row.addWidget(clear)

    def _make_links(self, actions: Actions) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for command_id in _LINKS:
            command = self._context.commands[command_id]
            link = Button(command.title, Kind.LINK, icon=command.icon)
            actions.bind(link, command_id)
            row.addWidget(link)
        row.addStretch(1)
        return row

    def _on_recent_changed(self, places: "tuple[RecentPlace, ...]") -> None:
        if self.isVisible():
            self._show_recent(places)
        else:
            self._is_stale = True  # rows cost time just when a folder is opened

    def _show_recent(self, places: "tuple[RecentPlace, ...]") -> None:
        self._is_stale = False
        while (item := self._recent_column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        rows = []
        for index, place in enumerate(places[:_RECENT_SHOWN]):
            if index:
                self._recent_column.addWidget(Hairline())
            row = RecentRow(place, self._context.opening.thumbnails.request)
            row.clicked.connect(partial(self._open, place.path))
            row.removed.connect(self._on_row_removed)
            self._recent_column.addWidget(row)
            rows.append(row)
        self._recent_rows = tuple(rows)
        self._recent_head.setVisible(bool(rows))
        self._recent_card.setVisible(bool(rows))

    def _run(self, command_id: str, _checked: bool = False) -> None:
        self._context.commands.run(command_id)

    def _open(self, path: str, _checked: bool = False) -> None:
        self._context.opening.open_paths((Path(path),))

    def _step(self, index: int, by: int) -> None:
        following = min(len(self.doors) - 1, max(0, index + by))
        self.doors[following].setFocus(Qt.FocusReason.TabFocusReason)

    def _on_clear_clicked(self) -> None:
        recent = self._context.opening.recent
        before = recent.places
        recent.clear()
        self._context.notices.toast(
            tr("Cleared the recent list"), partial(recent.restore, before)
        )

    def _on_row_removed(self, path: str) -> None:
        recent = self._context.opening.recent
        before = recent.places
        name = next((p.name for p in before if p.path == path), path)
        # The row is still handling its own event: let it end first.
        QTimer.singleShot(0, self, partial(recent.remove, path))
        self._context.notices.toast(
            tr("Removed {name} from recent", name=name), partial(recent.restore, before)
        )


class _Name(QWidget):
    """The program's name over one sentence, beside the mark."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(round(52 * max(1.0, theme.active().text_scale)))
        put(self.setAccessibleName, tr("SegDesk. {slogan}", slogan=_SLOGAN))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setFont(theme.font("display"))
        painter.setPen(theme.color("text"))
        half = self.height() / 2
        draw_elided(painter, QRectF(0, -4, self.width(), half + 6), "SegDesk")
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text2"))
        draw_elided(painter, QRectF(0, half + 4, self.width(), half - 6), _SLOGAN)
