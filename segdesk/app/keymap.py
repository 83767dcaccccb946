"""Which keys run which command: the defaults, changed by the user's settings."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from segdesk.app.commands import Command, Where

Keys = tuple[str, ...]

_SHIFT = "shift+"

# Keys that do something as long as they are down; the canvas itself knows them. One key
# each, without Ctrl, Alt and Shift.
HELD: Mapping[str, Keys] = MappingProxyType(
    {"view.pan_held": ("Space",), "view.hide_held": ("H",)}
)


class Keymap:
    """The keys of every command, and those that are held.

    Parameters
    ----------
    commands
        All commands, with their default keys.
    overrides
        Keys by command id, from the settings; an empty tuple takes a command's keys
        away.
    """

    def __init__(
        self, commands: Iterable[Command], overrides: Mapping[str, Keys] | None = None
    ) -> None:
        overrides = overrides or {}
        self._where = {command.id: command.where for command in commands}
        self._keys = {
            command.id: tuple(overrides.get(command.id, command.keys))
            for command in commands
        }
        self._keys.update((id_, overrides.get(id_, HELD[id_])) for id_ in HELD)

    def keys(self, command_id: str) -> Keys:
        """Return a command's keys, the one to show first."""
        return self._keys.get(command_id, ())

    def shown(self, command_id: str) -> str:
        """Return the key to show beside a command, or ""."""
        keys = self.keys(command_id)
        return keys[0] if keys else ""

    def conflicts(self) -> tuple[tuple[str, str, str], ...]:
        """Return (key, command id, command id) where two commands want one key."""
        taken: dict[str, str] = {}
        found = []
        for command_id, keys in self._keys.items():
            for key in keys:
                other = taken.setdefault(key.casefold(), command_id)
                if other != command_id:
                    found.append((key, other, command_id))
        return tuple(found)

    def everywhere(self, command_id: str) -> Keys:
        """Return the keys that run a command wherever the keyboard is."""
        if self._where.get(command_id) is Where.CANVAS:
            return ()
        return tuple(key for key in self.keys(command_id) if not types_text(key))

    def on_canvas(self, command_id: str) -> Keys:
        """Return the keys that run a command only on the canvas and in lists.

        A key that types a letter or a sign is always among them: it belongs to a field
        that has the keyboard.
        """
        everywhere = self.everywhere(command_id)
        return tuple(key for key in self.keys(command_id) if key not in everywhere)


def types_text(key: str) -> bool:
    """Tell whether a key, alone or with Shift, types a letter or a sign."""
    bare = key[len(_SHIFT) :] if key.casefold().startswith(_SHIFT) else key
    return len(bare) == 1 or bare.casefold() == "space"
