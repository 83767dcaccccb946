"""The keys of one command: take one away, press another, see whose it is."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.app.keys.names import shown
from segdesk.core.language import joined, tr
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.components.key_capture import KeyCapture
from segdesk.gui.components.labels import Label
from segdesk.gui.dialogs.keys_rows import HELD_ROWS
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.keys.editing import KeymapEditing

_NOTHING = tr("Choose a command to change its keys.")
_FIXED = tr("This belongs to the mouse, or to the window; it stays as it is.")
_CAPTURE_PX = 190


class KeysEditor(QWidget):
    """Changes the keys of the chosen command; a key that is taken is told before.

    Parameters
    ----------
    context
        The application.
    editing
        What changes the settings.
    """

    def __init__(self, context: "AppContext", editing: "KeymapEditing") -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Keys of the chosen command"))
        self._context = context
        self._editing = editing
        self.command_id = ""
        self._chips: list[Button] = []
        self._title = Label(_NOTHING, "strong")
        self.capture = KeyCapture(tr("New key"), tr("Press a key to add it"))
        self.capture.setMinimumWidth(_CAPTURE_PX)
        self.capture.pressed.connect(self._on_pressed)
        self.reset = Button(tr("Reset"), Kind.GHOST, icon="arrow-counter-clockwise")
        self.reset.clicked.connect(self._on_reset)
        self.words = Label("", "small", "text2", wrap=True)
        self.take = Button(tr("Take it"))
        self.take.clicked.connect(self._on_take)
        self.leave = Button(tr("Leave it"), Kind.GHOST)
        self.leave.clicked.connect(self._quiet)
        self._put_together()
        self.show_command("")

    def show_command(self, command_id: str, title: str = "") -> None:
        """Edit another command; "": none."""
        self.command_id = command_id
        put(self._title.setText, title or _NOTHING)
        self._quiet()
        if title and not command_id:
            put(self.words.setText, _FIXED)
        self.refresh()

    def refresh(self) -> None:
        """Show the keys as they are now."""
        keymap = self._context.keymap
        for chip in self._chips:
            self._keys.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        keys = keymap.shown_all(self.command_id) if self.command_id else ()
        for place, key in enumerate(keys):
            chip = Button(key, icon="x", height=26)
            put(chip.setAccessibleName, tr("Take {key} away", key=key))
            chip.clicked.connect(lambda _=False, gone=key: self._on_removed(gone))
            self._keys.insertWidget(place, chip)
            self._chips.append(chip)
        self.capture.setEnabled(bool(self.command_id))
        self.reset.setEnabled(bool(self.command_id) and keymap.is_own(self.command_id))

    # ------------------------------------------------------------ inside

    def _put_together(self) -> None:
        self._keys = QHBoxLayout()
        self._keys.setSpacing(6)
        self._keys.addWidget(self.capture)
        self._keys.addStretch(1)
        self._keys.addWidget(self.reset)
        told = QHBoxLayout()
        told.setSpacing(8)
        told.addWidget(self.words, 1)
        told.addWidget(self.take)
        told.addWidget(self.leave)
        foot = QWidget()
        foot.setLayout(told)
        told.setContentsMargins(0, 0, 0, 0)
        foot.setMinimumHeight(30)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 18, 12)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addLayout(self._keys)
        column.addWidget(foot)

    def _quiet(self) -> None:
        self.capture.clear()
        self._say("")

    def _say(self, words: str, role: str = "text2", *, asks: bool = False) -> None:
        put(self.words.setText, words)
        self.words.set_role(role)
        self.take.setVisible(asks)
        self.leave.setVisible(asks)

    def _on_pressed(self, key: str) -> None:
        keymap = self._context.keymap
        why = keymap.why_not(self.command_id, key)
        if why:
            self._say(why, "bad")
            return
        owner = keymap.owner(key, but=self.command_id)
        if owner is None:
            self._editing.add(self.command_id, key)
            self._quiet()
            return
        title = self._title_of(owner)
        rest = [each for each in keymap.shown_all(owner) if each != shown(key)]
        left = (
            tr(" keeps {keys}", keys=joined(" and ", rest))
            if rest
            else tr(" would have no key left")
        )
        self._say(
            tr(
                "{key} is “{title}” now, which{left}.",
                key=shown(key),
                title=title,
                left=left,
            ),
            "warn",
            asks=True,
        )

    def _on_take(self) -> None:
        key, owner = self.capture.key, self._context.keymap.owner(self.capture.key)
        self._editing.add(self.command_id, key)
        self._quiet()
        if owner is not None:
            self._say(
                tr(
                    "{key} was taken from “{command}”.",
                    key=shown(key),
                    command=self._title_of(owner),
                )
            )

    def _on_removed(self, key: str) -> None:
        self._editing.remove(self.command_id, key)
        self._quiet()

    def _on_reset(self) -> None:
        losing = [self._title_of(each) for each in self._losing()]
        self._editing.reset(self.command_id)
        self._quiet()
        if losing:
            self._say(tr("Keys were taken from {keys}.", keys=joined(", ", losing)))

    def _losing(self) -> tuple[str, ...]:
        return self._editing.takes_from(self.command_id)

    def _title_of(self, command_id: str) -> str:
        held = {row.id: row.title for row in HELD_ROWS}
        return held.get(command_id) or self._context.commands[command_id].title
