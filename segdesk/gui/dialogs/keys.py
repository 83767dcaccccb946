"""Every command with its keys, and other keys for it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedWidget, QWidget

from segdesk.app.keys.editing import KeymapEditing
from segdesk.app.keys.names import normal
from segdesk.app.keys.presets import PRESETS
from segdesk.core.language import tr
from segdesk.gui.components.buttons import Button, IconButton, Kind
from segdesk.gui.components.fields import SearchField
from segdesk.gui.components.key_capture import KeyCapture
from segdesk.gui.components.labels import Label
from segdesk.gui.components.panels import EmptyState, Hairline
from segdesk.gui.components.select import Select
from segdesk.gui.components.tips import Tip
from segdesk.gui.dialogs.frame import FOOT_BUTTON, DialogFrame
from segdesk.gui.dialogs.keys_editor import KeysEditor
from segdesk.gui.dialogs.keys_rows import HELD_ROWS, POINTER_ROWS, KeysDelegate
from segdesk.gui.palette_rows import PaletteModel
from segdesk.gui.palette_search import Found, Row, fit
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_DEBOUNCE_MS = 60
_WIDTH, _LIST_PX = 720, 400
_LOOSE = 3  # letters scattered over a title are no match here


class KeysDialog(DialogFrame):
    """The list of keys; the chosen command's can be changed below it.

    Parameters
    ----------
    context
        The application.
    command_id
        The command to begin with; "": none.
    """

    def __init__(
        self, context: "AppContext", parent: QWidget | None, command_id: str = ""
    ) -> None:
        super().__init__(parent, tr("Keys"), width=_WIDTH)
        self._context = context
        self._editing = KeymapEditing(context.keymap, context.settings)
        self.filter = SearchField(tr("Search by name or key"))
        self.by_key = KeyCapture(tr("Search by pressing a key"), tr("Press the key"))
        self.preset = Select(tr("Keys as in"))
        self.model = PaletteModel(self)
        self.view = QListView()
        self.editor = KeysEditor(context, self._editing)
        self._put_together()
        self._add_foot()
        self._debounce = QTimer(self, singleShot=True, interval=_DEBOUNCE_MS)
        self._debounce.timeout.connect(self.search_now)
        self.filter.textChanged.connect(lambda _: self._debounce.start())
        self.by_key.pressed.connect(lambda _: self.search_now())
        self.by_key.left.connect(self._switch.click)
        self.view.selectionModel().currentChanged.connect(self._on_chosen)
        self.finished.connect(context.keymap.changed.connect(self._on_keymap))
        self._on_keymap()
        self.filter.setFocus(Qt.FocusReason.PopupFocusReason)
        if command_id:
            self.choose(command_id)

    def search_now(self) -> None:
        """Show what fits the search; the chosen row stays chosen."""
        chosen = self.editor.command_id
        self.model.show(Found(tuple(self._groups()), ""))
        self._lists.setCurrentIndex(0 if self.model.rowCount() else 1)
        if chosen:
            self.choose(chosen)

    def choose(self, command_id: str) -> None:
        """Choose a command, if it is among those that are shown."""
        for place in range(self.model.rowCount()):
            row = self.model.row_at(place)
            if row is not None and row.id == command_id:
                self.view.setCurrentIndex(self.model.index(place))
                return
        self.editor.show_command("")

    # ------------------------------------------------------------ putting together

    def _put_together(self) -> None:
        self.body.setContentsMargins(0, 16, 0, 0)
        self.body.addLayout(self._head())
        put(self.view.setAccessibleName, tr("Keys"))
        self.view.setModel(self.model)
        self.view.setItemDelegate(KeysDelegate(self._context.keymap, self.view))
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setMinimumHeight(_LIST_PX)
        self._lists = QStackedWidget()
        self._lists.addWidget(self.view)
        self._lists.addWidget(
            EmptyState(
                "keyboard",
                tr("No command fits"),
                tr("Search for a part of its name, or for a key such as Ctrl+U."),
            )
        )
        self.body.addWidget(self._lists, 1)
        self.body.addWidget(Hairline())
        self.body.addWidget(self.editor)
        self.body.setSpacing(0)

    def _head(self) -> QHBoxLayout:
        for name, preset in PRESETS.items():
            self.preset.addItem(preset.title, name)
        self.preset.activated.connect(self._on_preset)
        self._switch = IconButton(
            "keyboard",
            Tip(
                tr("Search by key"),
                "",
                tr("Press a key and see which command it runs."),
            ),
            checkable=True,
        )
        self._switch.toggled.connect(self._on_switch)
        self._searches = QStackedWidget()
        self._searches.addWidget(self.filter)
        self._searches.addWidget(self.by_key)
        self._searches.setFixedHeight(self.filter.minimumHeight())
        row = QHBoxLayout()
        row.setContentsMargins(18, 0, 18, 10)
        row.setSpacing(8)
        row.addWidget(self._searches, 1)
        row.addWidget(self._switch)
        row.addSpacing(10)
        row.addWidget(Label(tr("Keys as in"), "small", "text2"))
        row.addWidget(self.preset)
        return row

    def _add_foot(self) -> None:
        self.reset_all = Button(tr("Reset all"), Kind.GHOST, height=FOOT_BUTTON)
        self.reset_all.clicked.connect(self._on_reset_all)
        self._foot.insertWidget(0, self.reset_all)
        for place, (words, command_id) in enumerate(
            ((tr("Import…"), "app.import_keys"), (tr("Export…"), "app.export_keys")), 1
        ):
            command = self._context.commands[command_id]
            button = Button(words, Kind.GHOST, icon=command.icon, height=FOOT_BUTTON)
            put(button.setAccessibleName, command.title)
            button.clicked.connect(
                lambda _=False, run=command_id: self._context.commands.run(run)
            )
            self._foot.insertWidget(place, button)
        self.add_verb(tr("Close"), Kind.DEFAULT)

    # ------------------------------------------------------------ rows

    def _groups(self) -> list[tuple[str, tuple[Row, ...]]]:
        groups: dict[str, list[Row]] = {}
        for command in self._context.commands:
            row = Row(command.id, command.title, command.tip, command.icon)
            if self._fits(row):
                groups.setdefault(command.category, []).append(row)
        pointer = [row for row in (*HELD_ROWS, *POINTER_ROWS) if self._fits(row)]
        if pointer:
            groups[tr("On the picture")] = pointer
        return [(title, tuple(rows)) for title, rows in groups.items()]

    def _fits(self, row: Row) -> bool:
        keymap = self._context.keymap
        if self._switch.isChecked():
            wanted = self.by_key.key
            return not wanted or wanted in map(normal, keymap.keys(row.id))
        query = self.filter.text().strip()
        if not query:
            return True
        keys = (*keymap.shown_all(row.id), row.key)
        how = fit(query, row.title)
        return (how is not None and how.rank[0] < _LOOSE) or any(
            query.casefold() in key.casefold() for key in keys if key
        )

    # ------------------------------------------------------------ slots

    def _on_chosen(self, now: QModelIndex, _before: QModelIndex) -> None:
        row = self.model.row_at(now.row())
        self.editor.show_command(row.id if row else "", row.title if row else "")

    def _on_keymap(self) -> None:
        keymap = self._context.keymap
        self.preset.setCurrentIndex(self.preset.findData(keymap.preset))
        self.reset_all.setEnabled(any(map(keymap.is_own, keymap.ids)))
        self.search_now()
        self.editor.refresh()

    def _on_preset(self, index: int) -> None:
        self._editing.choose(str(self.preset.itemData(index)))

    def _on_reset_all(self) -> None:
        settings = self._context.settings
        before = settings.preferences.keys
        self._editing.reset_all()
        self._context.notices.toast(
            tr("All commands have the keys of the preset"),
            lambda: settings.update(keys=before),
        )

    def _on_switch(self, on: bool) -> None:
        field = self.by_key if on else self.filter
        self._searches.setCurrentWidget(field)
        self.by_key.clear()
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search_now()
