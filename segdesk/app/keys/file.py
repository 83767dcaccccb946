"""A keymap in a TOML file of its own, to hand on or to keep."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from segdesk.app.keys.names import normal
from segdesk.app.keys.presets import PRESETS
from segdesk.core.errors import InputError
from segdesk.core.language import joined, tr
from segdesk.formats.atomic import write_atomic

Keys = tuple[str, ...]
SUFFIX = ".segdesk-keys.toml"


@dataclass(frozen=True, slots=True)
class KeymapFile:
    """What a file of keys holds.

    Parameters
    ----------
    keys
        Own keys by command id, in their one spelling.
    left
        What was left out, a sentence each.
    """

    preset: str
    keys: Mapping[str, Keys]
    left: tuple[str, ...] = ()


def write_keymap(path: Path, preset: str, keys: Mapping[str, Keys]) -> Path:
    """Write a keymap; returns the path.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    document = tomlkit.document()
    document.add(tomlkit.comment(tr("Keys of SegDesk: a preset, and keys by command.")))
    document["keymap"] = preset
    table = tomlkit.table()
    for command_id in sorted(keys):
        table[command_id] = list(keys[command_id])
    document["keys"] = table
    write_atomic(path, tomlkit.dumps(document).encode())
    return path


def read_keymap(path: Path, ids: Collection[str]) -> KeymapFile:
    """Read a keymap.

    Parameters
    ----------
    ids
        Everything that can have keys.

    Raises
    ------
    InputError
        When it is no file of keys.
    """
    try:
        found = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise _refusal(path, str(error)) from error
    preset, table = found.get("keymap", "segdesk"), found.get("keys", {})
    if preset not in PRESETS:
        raise _refusal(
            path,
            tr(
                "“keymap” is {preset!r}; it takes {known}.",
                preset=preset,
                known=joined(", ", PRESETS),
            ),
        )
    if not isinstance(table, dict):
        raise _refusal(path, tr("“keys” is no table of lists by command."))
    keys: dict[str, Keys] = {}
    left = []
    for command_id, wanted in table.items():
        names = wanted if isinstance(wanted, list) else []
        spelt = [normal(str(name)) for name in names]
        if command_id not in ids:
            left.append(tr("“{command_id}” is no command.", command_id=command_id))
        elif not isinstance(wanted, list) or None in spelt:
            left.append(
                tr(
                    "“{command_id}” is {wanted!r}; it takes a list of keys.",
                    command_id=command_id,
                    wanted=wanted,
                )
            )
        else:
            keys[command_id] = tuple(name for name in spelt if name is not None)
    return KeymapFile(preset, keys, tuple(left))


def _refusal(path: Path, cause: str) -> InputError:
    return InputError(
        tr("{name} was not read.", name=path.name),
        cause=tr("{cause} The keys stay as they are.", cause=cause),
        hint=tr("Export the keys once to see how such a file looks."),
    )
