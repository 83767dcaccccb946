"""What the user prefers, in a sparse TOML file that can be edited by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from segdesk.app.signal import Signal
from segdesk.app.view_state import Compare
from segdesk.core.errors import InputError
from segdesk.formats.atomic import write_atomic

THEMES = ("system", "dark", "light")
FILE_ORDERS = ("name", "status", "size", "date")
PRECISIONS = ("fp32", "bf16", "fp16")
_WHOLE = frozenset({"prepare_count"})
COMPARES = tuple(mode.value for mode in Compare)


@dataclass(frozen=True, slots=True)
class Preferences:
    """Every preference with its default.

    Parameters
    ----------
    theme
        "system", "dark" or "light".
    device
        Where models run: "auto", "cpu", "cuda:0", "mps".
    precision
        "fp32", "bf16" or "fp16".
    opacity
        Fill of the overlay, 0-1.
    compare
        How many panes the viewer shows: "one", "split" or "linked".
    predict_on_open
        Predict each image as it is opened while a model is loaded.
    flip_and_scale
        Predict each image mirrored and at other sizes too, and take the mean.
    large_in_windows
        Predict images from 64 megapixels on in blended windows.
    prepare_count
        How many images a model runs ahead, 1-100000.
    reduce_motion
        No animation at all.
    text_scale
        Size of the window's text, 0.9-1.5.
    last_model
        Id of the model that is loaded; "": none is. The next sitting begins with it.
    files_order
        What the files are sorted by: "name", "status", "size" or "date".
    files_filters
        The files' panel shows its filters.
    files_grid
        The files' panel shows larger thumbnails beside each other.
    keys
        Keys by command id, where they differ from the defaults.
    """

    theme: str = "dark"
    device: str = "auto"
    precision: str = "fp32"
    opacity: float = 0.45
    compare: str = "one"
    predict_on_open: bool = True
    flip_and_scale: bool = False
    large_in_windows: bool = True
    prepare_count: int = 20
    reduce_motion: bool = False
    text_scale: float = 1.0
    last_model: str = ""
    files_order: str = "name"
    files_filters: bool = False
    files_grid: bool = False
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Settings:
    """The preferences and their file.

    Parameters
    ----------
    path
        `settings.toml`; it holds only what differs from the defaults, and keeps the
        user's comments.
    """

    def __init__(self, path: Path) -> None:
        self.changed: Signal[Preferences] = Signal()
        self.path = path
        self.preferences = Preferences()
        self._document = tomlkit.document()

    def load(self) -> None:
        """Read the file; a missing file means: all defaults.

        Raises
        ------
        InputError
            When the file or a value in it cannot be used. What could be read is in
            force, the file stays as it is.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError) as error:
            raise self._refusal(str(error)) from error
        try:
            self._document = tomlkit.parse(text)
        except TOMLKitError as error:
            raise self._refusal(str(error)) from error
        values, problems = _checked(self._document.unwrap())
        self.preferences = replace(self.preferences, **values)
        if problems:
            raise self._refusal(" ".join(problems))

    def update(self, **changes: Any) -> None:  # noqa: ANN401 - Preferences' fields
        """Change preferences; takes the fields of `Preferences`."""
        preferences = replace(self.preferences, **changes)
        if preferences == self.preferences:
            return
        self.preferences = preferences
        default = Preferences()
        for name in changes:
            value = getattr(preferences, name)
            if value == getattr(default, name):
                self._document.pop(name, None)
            else:
                self._document[name] = value
        self.changed.emit(preferences)

    def writer(self) -> Callable[[], None]:
        """Return work for a worker that writes the file as it is now."""
        data = tomlkit.dumps(self._document).encode()
        path = self.path

        def write() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, data)

        return write

    def _refusal(self, cause: str) -> InputError:
        return InputError(
            f"{self.path.name} was not read in full.",
            cause=f"{cause} The other settings are in force.",
            hint=f"Edit {self.path}, or delete it to start afresh.",
        )


def _checked(found: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    problems: list[str] = []
    default = Preferences()
    known = {entry.name for entry in fields(Preferences)}
    for name, value in found.items():
        if name not in known:
            problems.append(f"“{name}” is not a setting.")
        elif (problem := _problem(name, value, getattr(default, name))) is not None:
            problems.append(problem)
        elif name == "keys":
            values[name] = {key: tuple(keys) for key, keys in value.items()}
        else:
            is_number = isinstance(getattr(default, name), float)
            values[name] = float(value) if is_number else value
    return values, problems


def _problem(name: str, value: object, default: object) -> str | None:
    limits = {
        "opacity": (0.0, 1.0),
        "text_scale": (0.9, 1.5),
        "prepare_count": (1, 100_000),
    }
    choices = {
        "theme": THEMES,
        "files_order": FILE_ORDERS,
        "precision": PRECISIONS,
        "compare": COMPARES,
    }
    if name in choices and value not in choices[name]:
        return f"“{name}” is {value!r}; it takes {', '.join(choices[name])}."
    if name in limits:
        low, high = limits[name]
        if (
            isinstance(value, bool)
            or not isinstance(value, int if name in _WHOLE else int | float)
            or not low <= value <= high
        ):
            return f"“{name}” is {value!r}; it takes {low} to {high}."
        return None
    if name == "keys":
        good = isinstance(value, dict) and all(
            isinstance(keys, list) and all(isinstance(key, str) for key in keys)
            for keys in value.values()
        )
        return None if good else "“keys” takes lists of keys by command."
    if type(value) is not type(default):
        return f"“{name}” is {value!r}; it takes {type(default).__name__}."
    return None
