"""Other keys for commands: one at a time, whole presets, files to hand on."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.keys.file import write_keymap
from segdesk.app.keys.names import normal, with_twin
from segdesk.app.keys.presets import PRESETS
from segdesk.core.errors import InputError
from segdesk.core.language import tr

if TYPE_CHECKING:
    from segdesk.app.keys.keymap import Keymap, Keys
    from segdesk.app.settings.settings import Settings


class KeymapEditing:
    """Changes the keys of commands in the settings; the keymap follows at once.

    A key has one command. Whoever gives it to another is told first whose it is, see
    `Keymap.owner`; then it is taken from there.
    """

    def __init__(self, keymap: "Keymap", settings: "Settings") -> None:
        self._keymap = keymap
        self._settings = settings

    def add(self, command_id: str, key: str) -> None:
        """Give a command one more key; the command that has it loses it.

        Raises
        ------
        InputError
            When the command cannot have this key.
        """
        why = self._keymap.why_not(command_id, key)
        if why:
            raise InputError(
                tr("{key} was not set.", key=key),
                cause=why,
                hint=tr("Try another key."),
            )
        spelt = with_twin(normal(key) or key)
        own = self._own()
        for each in spelt:
            other = self._keymap.owner(each, but=command_id)
            if other is not None:
                own[other] = _without(own.get(other, self._keymap.keys(other)), each)
        keys = self._keymap.keys(command_id)
        own[command_id] = (*keys, *(each for each in spelt if each not in keys))
        self._set(own)

    def remove(self, command_id: str, key: str) -> None:
        """Take a key from a command, with its twin on the number pad."""
        keys = self._keymap.keys(command_id)
        for each in with_twin(normal(key) or key):
            keys = _without(keys, each)
        self._set(self._own() | {command_id: keys})

    def reset(self, command_id: str) -> None:
        """Give a command the keys of the preset; who has them by now loses them."""
        wanted = self._keymap.default(command_id)
        own = self._own()
        own.pop(command_id, None)
        for key in wanted:
            other = self._keymap.owner(key, but=command_id)
            if other is not None:
                own[other] = _without(own.get(other, self._keymap.keys(other)), key)
        self._set(own)

    def takes_from(self, command_id: str) -> tuple[str, ...]:
        """Return the commands that lose keys when a command's are reset."""
        default = self._keymap.default(command_id)
        owners = (self._keymap.owner(key, but=command_id) for key in default)
        return tuple(dict.fromkeys(owner for owner in owners if owner is not None))

    def reset_all(self) -> None:
        """Give all commands the keys of the preset."""
        self._settings.update(keys={})

    def choose(self, preset: str) -> None:
        """Take the keys and the wheel of another program; own keys go."""
        self._settings.update(keymap=preset, keys={}, wheel=PRESETS[preset].wheel)

    def write(self, path: Path) -> None:
        """Write preset and own keys into a file.

        Raises
        ------
        StorageError
            When it cannot be written.
        """
        write_keymap(path, self._settings.preferences.keymap, self._own())

    def take(self, preset: str, keys: Mapping[str, "Keys"]) -> None:
        """Take what a file held."""
        self._settings.update(keymap=preset, keys=dict(keys))

    def _own(self) -> dict[str, "Keys"]:
        return dict(self._settings.preferences.keys)

    def _set(self, own: Mapping[str, "Keys"]) -> None:
        """Keep what differs from the preset alone."""
        differing = {
            command_id: keys
            for command_id, keys in own.items()
            if command_id not in self._keymap.ids
            or tuple(keys) != self._keymap.default(command_id)
        }
        self._settings.update(keys=differing)


def _without(keys: "Keys", key: str) -> "Keys":
    return tuple(each for each in keys if normal(each) != normal(key))
