"""Every command with its keys."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QListView, QWidget

from segdesk.gui.components.buttons import Kind
from segdesk.gui.components.fields import SearchField
from segdesk.gui.dialogs.frame import DialogFrame
from segdesk.gui.palette_rows import PaletteDelegate, PaletteModel
from segdesk.gui.palette_search import Found, Row, fit

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_DEBOUNCE_MS = 60
_POINTER = (
    ("Zoom at the cursor", "magnifying-glass-plus", "Wheel"),
    ("Pan with the mouse", "hand", "Middle button"),
    ("Erase", "eraser", "Right button"),
    ("Pick a class", "eyedropper", "Ctrl+Click"),
    ("Straight line with the brush", "paint-brush", "Shift+Click"),
    ("Size of the brush", "circle", "Ctrl+Wheel"),
    ("Accept region with the hand", "cursor", "Shift+Click"),
    ("Accept by lasso with the hand", "scribble-loop", "Shift+Drag"),
    ("Next area of the window", "layout", "F6"),
    ("Back to the picture", "arrow-bend-up-left", "Esc"),
)

_HELD = (
    ("Pan", "hand", "view.pan_held"),
    ("Hide the overlay while held", "eye-slash", "view.hide_held"),
)


class KeysDialog(DialogFrame):
    """The list of keys, with a filter.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext", parent: QWidget | None) -> None:
        super().__init__(parent, "Keys", width=620)
        self._context = context
        self.filter = SearchField("Filter by name or key")
        self.body.setContentsMargins(0, 16, 0, 0)
        self.body.addWidget(_Inset(self.filter))
        self.model = PaletteModel(self)
        view = QListView()
        view.setAccessibleName("Keys")
        view.setModel(self.model)
        view.setItemDelegate(PaletteDelegate(view))
        view.setSelectionMode(QListView.SelectionMode.NoSelection)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setMinimumHeight(440)
        self.body.addWidget(view, 1)
        self.add_verb("Close", Kind.DEFAULT)
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(_DEBOUNCE_MS)
        self._debounce.timeout.connect(self.search_now)
        self.filter.textChanged.connect(lambda _: self._debounce.start())
        self.search_now()
        self.filter.setFocus(Qt.FocusReason.PopupFocusReason)

    def search_now(self) -> None:
        """Show what fits the filter."""
        query = self.filter.text().strip()
        groups: dict[str, list[Row]] = {}
        for command in self._context.commands:
            key = self._context.keymap.shown(command.id)
            if key and _fits(query, command.title, key):
                row = Row(command.id, command.title, command.tip, command.icon, key)
                groups.setdefault(command.category, []).append(row)
        keymap = self._context.keymap
        held = ((title, icon, keymap.shown(id_)) for title, icon, id_ in _HELD)
        pointer = [
            Row("", title, "", icon, key)
            for title, icon, key in (*held, *_POINTER)
            if key and _fits(query, title, key)
        ]
        if pointer:
            groups["On the picture"] = pointer
        found = tuple((title, tuple(rows)) for title, rows in groups.items())
        self.model.show(Found(found, ""))


class _Inset(QWidget):
    """Keeps a field away from the edges."""

    def __init__(self, field: QWidget) -> None:
        super().__init__()
        from PySide6.QtWidgets import QHBoxLayout

        row = QHBoxLayout(self)
        row.setContentsMargins(18, 0, 18, 8)
        row.addWidget(field)


def _fits(query: str, title: str, key: str) -> bool:
    return (
        not query or query.casefold() in key.casefold() or fit(query, title) is not None
    )
