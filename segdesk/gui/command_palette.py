"""The command palette: every verb, file and class behind one field."""

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QListView, QWidget

from segdesk.core.language import shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.components.painting import (
    RADIUS_DIALOG,
    cap_width,
    draw_cap,
    draw_shadow,
    draw_veil,
    rounded,
)
from segdesk.gui.palette_rows import PaletteDelegate, PaletteModel
from segdesk.gui.palette_search import (
    SETTING,
    Found,
    find_classes,
    find_commands,
    find_files,
    split_prefix,
)
from segdesk.gui.tokens import SHADOW_BLUR_PX, SHADOW_DOWN_PX
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segdesk.app.context import AppContext
    from segdesk.gui.palette_search import Row

_WIDTH = 640
_TOP = 120
_FIELD = 58
_FOOT = 49
_LIST_MAX = 406
_DEBOUNCE_MS = 60
_RECENT = 12
_HINTS = (
    ("↑↓", tr("choose")),
    ("Enter", tr("run")),
    ("Alt+Enter", tr("change its keys")),
    ("Esc", tr("close")),
)
_NOTHING = {
    "commands": tr("No command fits. Type @ before a file, # before a class."),
    "files": tr("No open image fits. Images of a folder are found once it is open."),
    "classes": tr("No class fits. Classes are found once a project or model has some."),
}
_NOTHING_PX = 64
_PREFIX_HINT = tr("> commands   @ files   # classes")


class CommandPalette(QWidget):
    """Covers the window with a veil and lays a card over it.

    Parameters
    ----------
    context
        The application.
    window
        The widget it covers.
    """

    def __init__(self, context: "AppContext", window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("commandPalette")
        put(self.setAccessibleName, tr("Command palette"))
        self._context = context
        self._covered = window
        self._before: QWidget | None = None
        self._recent: list[str] = []
        self._search: Iterator[Found | None] | None = None
        self._summary = ""
        self.field = QLineEdit(self)
        self.field.setProperty("role", "bare")
        self.field.setFrame(False)
        self.field.setFont(theme.font("query"))
        put(self.field.setPlaceholderText, tr("Type a command, or > @ #"))
        put(self.field.setAccessibleName, tr("Command, file or class"))
        self.field.textChanged.connect(self._on_field_text_changed)
        self.field.installEventFilter(self)
        self.model = PaletteModel(self)
        self.list = QListView(self)
        put(self.list.setAccessibleName, tr("Found"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(PaletteDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.entered.connect(self._on_list_entered)
        self.list.clicked.connect(self._on_list_clicked)
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(_DEBOUNCE_MS)
        self._debounce.timeout.connect(self.search_now)
        self._slice = QTimer(self)
        self._slice.setInterval(0)
        self._slice.timeout.connect(self._on_slice_timeout)
        context.commands.ran.connect(self._on_ran)
        window.installEventFilter(self)
        self.hide()

    @property
    def summary(self) -> str:
        """How many of how many were found."""
        return self._summary

    def open(self, prefix: str = "") -> None:
        """Show the palette with `prefix` typed."""
        if not self.isVisible():
            self._before = self.window().focusWidget()
        self.setGeometry(self._covered.rect())
        put(self.field.setText, prefix)
        self.search_now()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self.field.end(False)

    def dismiss(self) -> None:
        """Hide the palette and give the keyboard back."""
        self._debounce.stop()
        self._slice.stop()
        self._search = None
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
            self._before = None

    def run_chosen(self) -> None:
        """Do what the chosen row says."""
        if self._debounce.isActive():
            self.search_now()
        row = self.model.row_at(self.list.currentIndex().row())
        if row is None:
            return
        kind, _ = split_prefix(self.field.text())
        self.dismiss()
        if kind == "files":
            self._context.opening.show(int(row.id))
        elif kind == "classes":
            self._context.session.update_view(selected_class=int(row.id))
        elif row.id.startswith(SETTING):
            self._context.window.show_settings(row.id.removeprefix(SETTING))
        else:
            self._context.commands.run(row.id)

    def change_keys(self) -> None:
        """Show the keys of the chosen command, to change them."""
        row = self.chosen()
        kind, _ = split_prefix(self.field.text())
        if row is None or kind != "commands" or row.id.startswith(SETTING):
            return
        self.dismiss()
        self._context.window.show_keys(row.id)

    def search_now(self) -> None:
        """Search for what is typed."""
        self._debounce.stop()
        kind, query = split_prefix(self.field.text())
        self._slice.stop()
        self._search = None
        if kind == "files":
            self._search = find_files(self._context, query)
            self._slice.start()
            self._on_slice_timeout()
        elif kind == "classes":
            self._show(find_classes(self._context, query))
        else:
            self._show(find_commands(self._context, query, self._recent))

    def chosen(self) -> "Row | None":
        """Return the row that Enter would run."""
        return self.model.row_at(self.list.currentIndex().row())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lead the arrow keys from the field to the list; follow the window's size."""
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() is QEvent.Type.KeyPress:
                return self._on_key(event)
        elif watched is self._covered and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._covered.rect())
            self._lay()
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close when the veil is clicked."""
        if not self._card().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw veil, card, field and foot."""
        painter = QPainter(self)
        draw_veil(painter, event.rect())
        card = QRectF(self._card())
        draw_shadow(painter, card, RADIUS_DIALOG)
        fill, edge = theme.color("panel"), theme.color("line2")
        rounded(painter, card, RADIUS_DIALOG, fill, edge)
        glass = QRectF(card.x() + 22, card.y() + (_FIELD - 16) / 2, 16, 16)
        icons.paint(painter, glass, "magnifying-glass", theme.color("text2"))
        painter.setFont(theme.font("small", tabular=True))
        painter.setPen(theme.color("text3"))
        head = QRectF(card.x(), card.y(), card.width() - 20, _FIELD)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(head, right, shown(self._summary))
        for y in (card.y() + _FIELD, card.bottom() - _FOOT):
            line = QRectF(card.x() + 1, y, card.width() - 2, 1)
            painter.fillRect(line, theme.color("line"))
        if not self.model.rowCount():
            self._draw_nothing(painter, card)
        self._draw_foot(painter, card)

    def _draw_nothing(self, painter: QPainter, card: QRectF) -> None:
        """Say that nothing was found, and what could be."""
        kind, _ = split_prefix(self.field.text())
        room = QRectF(card.x() + 22, card.y() + _FIELD, card.width() - 44, _NOTHING_PX)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text2"))
        wraps = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, wraps, shown(_NOTHING[kind]))

    def _draw_foot(self, painter: QPainter, card: QRectF) -> None:
        foot = QRectF(card.x(), card.bottom() - _FOOT, card.width(), _FOOT)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        x = card.x() + 18
        for key, words in _HINTS:
            width = cap_width(key)
            cap = QRectF(x, foot.y(), width, foot.height())
            tint = theme.mix("text", "panel", 0.08)
            draw_cap(painter, cap, key, fill=tint, ink=theme.color("text2"))
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("text3"))
            x += width + 7
            painter.drawText(
                QRectF(x, foot.y(), 100, foot.height()), left, shown(words)
            )
            x += painter.fontMetrics().horizontalAdvance(shown(words)) + 20
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(foot.adjusted(0, 0, -18, 0), right, shown(_PREFIX_HINT))

    def _card(self) -> QRect:
        room = self.height() - _TOP - _FIELD - _FOOT - 24
        wanted = self.model.height() + 6 if self.model.rowCount() else _NOTHING_PX
        rows = max(0, min(wanted, _LIST_MAX, room))
        size = QSize(min(_WIDTH, self.width() - 40), _FIELD + 1 + rows + _FOOT)
        left = (self.width() - size.width()) // 2
        return QRect(
            left, min(_TOP, max(8, self.height() // 8)), size.width(), size.height()
        )

    def _lay(self) -> None:
        card = self._card()
        self.field.setGeometry(card.x() + 49, card.y() + 8, card.width() - 230, 42)
        self.list.setGeometry(
            card.x() + 1,
            card.y() + _FIELD + 1,
            card.width() - 2,
            card.height() - _FIELD - _FOOT - 1,
        )
        self.list.setVisible(self.model.rowCount() > 0)

    def _show(self, found: Found) -> None:
        before = self._card()
        self._summary = found.summary
        self.model.show(found)
        self._lay()
        self._choose(self._next_row(-1, 1))
        reach = SHADOW_BLUR_PX + SHADOW_DOWN_PX
        changed = before.united(self._card())
        self.update(changed.adjusted(-reach, -reach, reach, reach))

    def _on_field_text_changed(self) -> None:
        if self.isVisible():
            self._debounce.start()

    def _on_slice_timeout(self) -> None:
        found = next(self._search, None) if self._search else None
        if found is not None:
            self._slice.stop()
            self._search = None
            self._show(found)

    def _on_ran(self, command_id: str) -> None:
        if command_id != "app.commands":
            others = [other for other in self._recent if other != command_id]
            self._recent = [command_id, *others][:_RECENT]

    def _on_list_entered(self, index: QModelIndex) -> None:
        if self.model.row_at(index.row()) is not None:
            self.list.setCurrentIndex(index)

    def _on_list_clicked(self, index: QModelIndex) -> None:
        self._choose(index.row())
        self.run_chosen()

    def _on_key(self, event: QKeyEvent) -> bool:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 8,
            Qt.Key.Key_PageUp: -8,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._move(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            with_alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
            (self.change_keys if with_alt else self.run_chosen)()
        elif key is Qt.Key.Key_Escape:
            self.dismiss()
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        return True

    def _move(self, step: int) -> None:
        if self._debounce.isActive():
            self.search_now()
        row = self.list.currentIndex().row()
        way = 1 if step > 0 else -1
        for _ in range(abs(step)):
            following = self._next_row(row, way)
            if following < 0:
                break
            row = following
        self._choose(row)

    def _next_row(self, row: int, way: int) -> int:
        row += way
        while 0 <= row < self.model.rowCount():
            if self.model.row_at(row) is not None:
                return row
            row += way
        return -1

    def _choose(self, row: int) -> None:
        if row >= 0:
            self.list.setCurrentIndex(self.model.index(row))
            if self._next_row(row, -1) < 0:
                self.list.scrollToTop()
