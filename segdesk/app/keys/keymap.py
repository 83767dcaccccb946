"""Which keys run which command: a preset, changed by the user's settings."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from segdesk.app.commands import Command, Where
from segdesk.app.keys.names import is_bare, normal, shown_all, types_text
from segdesk.app.keys.presets import PRESETS
from segdesk.app.signal import Signal
from segdesk.core.language import tr

__all__ = ["HELD", "Keymap", "Keys", "types_text"]

Keys = tuple[str, ...]

# Keys that do something as long as they are down; the canvas itself knows them. One key
# each, without Ctrl, Alt and Shift.
HELD: Mapping[str, Keys] = MappingProxyType(
    {"view.pan_held": ("Space",), "view.hide_held": ("H",)}
)
# What the canvas, a tool that draws and lists do with keys of their own.
FIXED: Mapping[str, str] = MappingProxyType(
    {
        "Left": tr("moves the picture"),
        "Right": tr("moves the picture"),
        "Up": tr("moves the picture"),
        "Down": tr("moves the picture"),
        "Esc": tr("goes back to the picture"),
        "Tab": tr("goes to the next control"),
        "Shift+Tab": tr("goes to the control before"),
        "Shift+Backtab": tr("goes to the control before"),
        "F6": tr("goes to the next area of the window"),
        "Shift+F6": tr("goes to the area before"),
    }
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
    preset
        Whose keys these are laid over: a name of `PRESETS`.

    Attributes
    ----------
    changed
        Fires when a command may have other keys.
    """

    def __init__(
        self,
        commands: Iterable[Command],
        overrides: Mapping[str, Keys] | None = None,
        preset: str = "segdesk",
    ) -> None:
        self.changed: Signal[()] = Signal()
        known = tuple(commands)
        self._where = {command.id: command.where for command in known}
        self._own = {command.id: command.keys for command in known} | dict(HELD)
        self._keys: dict[str, Keys] = {}
        self.use(preset, overrides or {})

    def use(self, preset: str, overrides: Mapping[str, Keys]) -> None:
        """Take a preset with the user's keys over it."""
        self._preset, self._overrides = preset, dict(overrides)
        before = self._keys
        self._keys = {
            command_id: tuple(overrides.get(command_id, self.default(command_id)))
            for command_id in self._own
        }
        if self._keys != before:
            self.changed.emit()

    @property
    def preset(self) -> str:
        """Name of the preset in force."""
        return self._preset

    @property
    def ids(self) -> tuple[str, ...]:
        """Everything that can have keys: commands, then what is held."""
        return tuple(self._own)

    def default(self, command_id: str) -> Keys:
        """Return a command's keys in the preset."""
        keys = PRESETS[self._preset].keys
        return keys.get(command_id, self._own[command_id])

    def is_own(self, command_id: str) -> bool:
        """Tell whether the user gave a command other keys than the preset."""
        return self._keys.get(command_id) != self.default(command_id)

    def keys(self, command_id: str) -> Keys:
        """Return a command's keys, the one to show first."""
        return self._keys.get(command_id, ())

    def shown(self, command_id: str) -> str:
        """Return the key to show beside a command, or ""."""
        keys = self.keys(command_id)
        return keys[0] if keys else ""

    def shown_all(self, command_id: str) -> Keys:
        """Return all keys of a command in the words of the key caps."""
        return shown_all(self.keys(command_id))

    def owner(self, key: str, but: str = "") -> str | None:
        """Return the command that has a key, `but` left out; None: it is free."""
        wanted = normal(key)
        for command_id, keys in self._keys.items():
            if command_id != but and wanted in map(normal, keys):
                return command_id
        return None

    def conflicts(self) -> tuple[tuple[str, str, str], ...]:
        """Return (key, command id, command id) where two commands want one key."""
        taken: dict[str, str] = {}
        found = []
        for command_id, keys in self._keys.items():
            for key in keys:
                other = taken.setdefault(normal(key) or key, command_id)
                if other != command_id:
                    found.append((key, other, command_id))
        return tuple(found)

    def unusable(self) -> tuple[tuple[str, str], ...]:
        """Return (command id, key) where the settings name what is no key."""
        return tuple(
            (command_id, key)
            for command_id, keys in self._overrides.items()
            for key in keys
            if command_id not in self._own or normal(key) is None
        )

    def why_not(self, command_id: str, key: str) -> str:
        """Return why a command cannot have a key at all, or ""."""
        spelt = normal(key)
        if spelt is None:
            return tr("{key} is not a key.", key=key)
        if command_id in HELD and not is_bare(spelt):
            return tr("A key that is held goes without Ctrl, Alt and Shift.")
        if spelt in FIXED:
            return tr(
                "{spelt} {fixed}; it cannot be another key.",
                spelt=spelt,
                fixed=FIXED[spelt],
            )
        return ""

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
