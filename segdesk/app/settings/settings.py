"""What the user prefers, in a sparse TOML file that can be edited by hand."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.exceptions import TOMLKitError

from segdesk.app.settings.preferences import BY_NAME, Preferences
from segdesk.app.settings.schema import problem_of, value_from_file
from segdesk.app.signal import Signal
from segdesk.core.errors import InputError
from segdesk.core.language import joined, tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.file_mark import keep_aside

__all__ = ["Preferences", "Settings", "Written"]

_DEFAULTS = Preferences()


class Written(NamedTuple):
    """What a write came to.

    Parameters
    ----------
    text
        What the file holds now.
    aside
        Where a file that could not be read was moved to; None: there was none.
    """

    text: str
    aside: Path | None


class Settings:
    """The preferences and their file.

    Parameters
    ----------
    path
        `settings.toml`; it holds only what differs from the defaults. Comments, unknown
        names and what another program wrote meanwhile stay.

    Attributes
    ----------
    changed
        Fires with the preferences whenever one of them is another one.
    is_passing
        Nothing is read or written: the sitting begins with the defaults and leaves the
        file alone.
    """

    def __init__(self, path: Path, *, is_passing: bool = False) -> None:
        self.changed: Signal[Preferences] = Signal()
        self.path = path
        self.is_passing = is_passing
        self.preferences = Preferences()
        self._text = ""  # of the file as it was read or written last
        self._pending: dict[str, Any] = {}

    def load(self) -> None:
        """Read the file; a missing file means: all defaults.

        Raises
        ------
        InputError
            When the file or a value in it cannot be used. What could be read is in
            force, the file stays as it is.
        """
        if self.is_passing:
            return
        values, text, problems = _read(self.path)
        self._text = text
        self._set(replace(_DEFAULTS, **(values | self._pending)))
        if problems:
            raise self._refusal(joined(" ", problems))

    def reload(self) -> tuple[str, ...]:
        """Read the file again if it is another one; returns what changed by it.

        Raises
        ------
        InputError
            As `load`; a file that cannot be read at all changes nothing.
        """
        if self.is_passing or not self._is_other():
            return ()
        before = self.preferences
        self.load()
        return tuple(
            name
            for name in BY_NAME
            if getattr(before, name) != getattr(self.preferences, name)
        )

    def update(self, **changes: Any) -> None:  # noqa: ANN401 - Preferences' fields
        """Change preferences; takes the fields of `Preferences`."""
        preferences = replace(self.preferences, **changes)
        if preferences == self.preferences:
            return
        self._pending |= changes
        self._set(preferences)

    def reset(self, *names: str) -> None:
        """Go back to the defaults; without names: of everything."""
        wanted = names or tuple(BY_NAME)
        self.update(**{name: getattr(_DEFAULTS, name) for name in wanted})

    def is_default(self, name: str) -> bool:
        """Tell whether a preference is as SegDesk came."""
        return bool(getattr(self.preferences, name) == getattr(_DEFAULTS, name))

    def writer(self) -> Callable[[], Written | None]:
        """Return work for a worker that writes the changes; `written` takes the result.

        The changes are laid over the file as it is by then. A file that is no TOML is
        moved aside first; then all that is in force is written.
        """
        changes, path = dict(self._pending), self.path
        everything = {name: getattr(self.preferences, name) for name in BY_NAME}

        def write() -> Written | None:
            if not changes:
                return None
            aside = None
            try:
                document = tomlkit.parse(_text_of(path))
                _lay(changes, document)
            except (TOMLKitError, UnicodeDecodeError):
                (aside,) = keep_aside((path,))
                document = tomlkit.document()
                _lay(everything, document)
            text = tomlkit.dumps(document)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, text.encode())
            return Written(text, aside)

        return (lambda: None) if self.is_passing else write

    def on_written(self, written: Written | None) -> None:
        """Take note of what a writer did."""
        if written is None:
            return
        self._text = written.text
        in_file = tomlkit.parse(written.text).unwrap()
        for name, value in tuple(self._pending.items()):
            if _as_toml(in_file.get(name, getattr(_DEFAULTS, name))) == _as_toml(value):
                del self._pending[name]

    def _set(self, preferences: Preferences) -> None:
        if preferences != self.preferences:
            self.preferences = preferences
            self.changed.emit(preferences)

    def _is_other(self) -> bool:
        try:
            return _text_of(self.path) != self._text
        except (OSError, UnicodeDecodeError):
            return True

    def _refusal(self, cause: str) -> InputError:
        return refusal(self.path, cause)


def refusal(path: Path, cause: str) -> InputError:
    """Return what is said of a file that is not good."""
    return InputError(
        tr("{name} was not read in full.", name=path.name),
        cause=tr("{cause} The other settings are in force.", cause=cause),
        hint=tr(
            "Edit {path}. A file that cannot be read is kept under "
            "another name when a setting is changed here.",
            path=path,
        ),
    )


def _read(path: Path) -> tuple[dict[str, Any], str, list[str]]:
    try:
        text = _text_of(path)
        found = tomlkit.parse(text).unwrap()
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise refusal(path, str(error)) from error
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in found.items():
        one = BY_NAME.get(name)
        problem = (
            problem_of(one, value)
            if one
            else tr("“{name}” is not a setting.", name=name)
        )
        if one is None or problem:
            problems.append(problem or "")
        else:
            values[name] = value_from_file(one, value)
    return values, text, problems


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _lay(changes: Mapping[str, Any], document: TOMLDocument) -> None:
    for name, value in changes.items():
        if value == getattr(_DEFAULTS, name):
            document.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(document.get(name), Mapping):
            _lay_table(value, document[name])
        else:
            document[name] = _as_toml(value)


def _lay_table(value: Mapping[str, Any], table: Any) -> None:  # noqa: ANN401 - tomlkit
    for key in [key for key in table if key not in value]:
        del table[key]
    for key, item in value.items():
        if _as_toml(table.get(key)) != _as_toml(item):
            table[key] = _as_toml(item)


def _as_toml(value: Any) -> Any:  # noqa: ANN401 - any value of a setting
    if isinstance(value, Mapping):
        return {key: _as_toml(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple | list) else value
