"""Commands as Qt actions: rows of menus, keys, and the state of buttons."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QWidget
from shiboken6 import isValid

from segdesk.app.keys.names import shown as shown_key
from segdesk.core.language import lowered, shown
from segdesk.gui import icons
from segdesk.gui.components.buttons import Button
from segdesk.gui.components.menu import KEY_PROPERTY, WHY_PROPERTY
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.commands import Command
    from segdesk.app.context import AppContext

__all__ = ["Actions", "shown_key"]

_ID_PROPERTY = "commandId"


class Actions(QObject):
    """One action in the menus and one set of keys for each command.

    A row of a menu is off while its command cannot run, and says why. Its keys still
    reach the registry, which says the same in a toast: no key is ever dead in silence.

    Parameters
    ----------
    context
        The application.
    window
        Where keys that work everywhere are listened for.
    """

    refreshed = Signal()

    def __init__(self, context: "AppContext", window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._commands = {command.id: command for command in context.commands}
        self._rows: dict[str, QAction] = {}
        self._listeners: dict[tuple[str, bool], QAction] = {}  # by id, everywhere
        self._served: list[QWidget] = []
        self._buttons: dict[int, tuple[QAbstractButton, str]] = {}
        self._keyed: set[int] = set()  # those that show the command's key
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.refresh)
        self._window = window
        self._listen()
        self._watch()

    def row(self, command_id: str) -> QAction:
        """Return a command's row for menus.

        Raises
        ------
        KeyError
            When there is no such command.
        """
        if command_id not in self._rows:
            self._rows[command_id] = self._make_row(self._commands[command_id])
        return self._rows[command_id]

    def serve(self, widgets: Iterable[QWidget]) -> None:
        """Let the canvas' keys work in these widgets too, and letters stay keys there.

        The input method is switched off in them, so that a letter under a Chinese
        input method is still a key.
        """
        for widget in widgets:
            widget.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
            widget.addActions(self._on_canvas())
            self._served.append(widget)

    def bind(self, button: QAbstractButton, command_id: str) -> None:
        """Let a button run a command, and follow its state and its tooltip."""
        button.setProperty(_ID_PROPERTY, command_id)
        button.setCheckable(self._commands[command_id].checked is not None)
        button.clicked.connect(self._on_button_clicked)

        key = id(button)
        self._buttons[key] = (button, command_id)
        if isinstance(button, Button) and button.key == self._key_of(command_id) != "":
            self._keyed.add(key)
        button.destroyed.connect(lambda: self._unbind(key))
        self._follow(button, command_id)

    def _unbind(self, key: int) -> None:
        self._buttons.pop(key, None)
        self._keyed.discard(key)

    def tip(self, command_id: str) -> Tip:
        """Return a command's tooltip; while it is off: why."""
        command = self._commands[command_id]
        why = self._context.commands.disabled_why(command_id)
        return Tip(command.title, self._key_of(command_id), why or command.tip)

    def refresh_soon(self, *_: object) -> None:
        """Follow a change of state, once for many changes."""
        if not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        """Bring all rows and buttons to the state of their commands."""
        for command_id, row in self._rows.items():
            why = self._context.commands.disabled_why(command_id)
            row.setEnabled(why is None)
            row.setProperty(WHY_PROPERTY, shown(_short(why)))
            if row.isCheckable():
                row.setChecked(self._context.commands.is_checked(command_id))
        for button, command_id in tuple(self._buttons.values()):
            self._follow(button, command_id)
        self.refreshed.emit()

    def _watch(self) -> None:
        context = self._context
        session = context.session
        for signal in (
            session.files_changed,
            session.image_changed,
            session.proposal_changed,
            session.classes_changed,
            session.view_changed,
        ):
            signal.connect(self.refresh_soon)
        context.annotations.opened.connect(self.refresh_soon)
        context.annotating.history_changed.connect(self.refresh_soon)
        context.annotating.chosen.connect(self.refresh_soon)
        context.scribbling.book.changed.connect(self.refresh_soon)
        context.shapes.chosen_changed.connect(self.refresh_soon)
        context.projects.opened.connect(self.refresh_soon)
        context.predicting.changed.connect(self.refresh_soon)
        context.accepting.accepted_from_changed.connect(self.refresh_soon)
        context.preparing.changed.connect(self.refresh_soon)
        context.shelf.changed.connect(self.refresh_soon)
        context.opening.changed.connect(self.refresh_soon)
        context.settings.changed.connect(self.refresh_soon)
        context.commands.ran.connect(self.refresh_soon)
        context.keymap.changed.connect(self._on_keymap_changed)

    def _make_row(self, command: "Command") -> QAction:
        row = QAction(self)
        put(row.setText, command.title)
        row.setIcon(icons.icon(command.icon, active_role="onFill"))
        row.setProperty(_ID_PROPERTY, command.id)
        row.setProperty(KEY_PROPERTY, self._key_of(command.id))
        row.setCheckable(command.checked is not None)
        row.setMenuRole(
            QAction.MenuRole.QuitRole
            if command.id == "app.quit"
            else QAction.MenuRole.NoRole
        )
        row.triggered.connect(self._on_row_triggered)
        why = self._context.commands.disabled_why(command.id)
        row.setEnabled(why is None)
        row.setProperty(WHY_PROPERTY, shown(_short(why)))
        if row.isCheckable():
            row.setChecked(self._context.commands.is_checked(command.id))
        return row

    def _listen(self) -> None:
        """Listen for the keys of all commands, as they are now."""
        keymap = self._context.keymap
        for command in self._commands.values():
            self._listener(command, keymap.everywhere(command.id), everywhere=True)
            self._listener(command, keymap.on_canvas(command.id), everywhere=False)

    def _listener(
        self, command: "Command", keys: tuple[str, ...], *, everywhere: bool
    ) -> None:
        place = command.id, everywhere
        if not keys and place not in self._listeners:
            return
        if place not in self._listeners:
            self._listeners[place] = self._make_listener(command, everywhere=everywhere)
        shortcuts = [QKeySequence(key) for key in keys]
        listener = self._listeners[place]
        if listener.shortcuts() != shortcuts:
            listener.setShortcuts(shortcuts)

    def _make_listener(self, command: "Command", *, everywhere: bool) -> QAction:
        listener = QAction(self)
        listener.setProperty(_ID_PROPERTY, command.id)
        listener.setAutoRepeat(command.checked is None)
        listener.triggered.connect(self._on_row_triggered)
        if everywhere:
            self._window.addAction(listener)
        else:
            context = Qt.ShortcutContext.WidgetWithChildrenShortcut
            listener.setShortcutContext(context)
            for widget in filter(isValid, self._served):
                widget.addAction(listener)
        return listener

    def _on_canvas(self) -> list[QAction]:
        return [each for (_, is_every), each in self._listeners.items() if not is_every]

    def _on_keymap_changed(self) -> None:
        """Let the new keys run their commands, and show them, at once."""
        self._listen()
        for command_id, row in self._rows.items():
            row.setProperty(KEY_PROPERTY, self._key_of(command_id))
        for key in self._keyed:
            button, command_id = self._buttons.get(key, (None, ""))
            if isinstance(button, Button):
                button.set_key(self._key_of(command_id))
        self.refresh()

    def _key_of(self, command_id: str) -> str:
        return shown_key(self._context.keymap.shown(command_id))

    def _follow(self, button: QAbstractButton, command_id: str) -> None:
        commands = self._context.commands
        button.setEnabled(commands.disabled_why(command_id) is None)
        if button.isCheckable():
            button.setChecked(commands.is_checked(command_id))
        give(button, self.tip(command_id))

    def _on_row_triggered(self) -> None:
        self._run(self.sender())

    def _on_button_clicked(self) -> None:
        self._run(self.sender())

    def _run(self, sender: QObject | None) -> None:
        if sender is None:
            return
        self._context.commands.run(str(sender.property(_ID_PROPERTY)))
        self.refresh()


def _short(why: str | None) -> str:
    """Return a reason as a menu's row says it: without a big letter in front."""
    if not why:
        return ""
    second_is_big = len(why) > 1 and why[1].isupper()
    return why if second_is_big else lowered(why)
