"""What a setting is: its group, its kind, its limits and its words.

The fields of `Preferences` are declared by `setting`; the file, the dialog, the checks
and the reference page are all made from what it notes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field
from enum import StrEnum
from typing import Any, TypeVar, cast

from segdesk.core.language import joined, tr

T = TypeVar("T")

_NOTE = "setting"


class Group(StrEnum):
    """A page of the settings."""

    LOOK = "look"
    START = "start"
    DRAW = "draw"
    VIEW = "view"
    MODEL = "model"
    VIDEO = "video"
    KEYS = "keys"
    KEPT = "kept"  # what the program remembers by itself; the dialog leaves it out

    @property
    def words(self) -> str:
        """Its title."""
        return _GROUP_WORDS[self]


_GROUP_WORDS = {
    Group.LOOK: tr("Appearance"),
    Group.START: tr("Start and files"),
    Group.DRAW: tr("Drawing"),
    Group.VIEW: tr("Picture"),
    Group.MODEL: tr("Models"),
    Group.VIDEO: tr("Video"),
    Group.KEYS: tr("Keys"),
    Group.KEPT: tr("Kept"),
}


class Kind(StrEnum):
    """How a setting is shown and what its value is."""

    SWITCH = "switch"
    CHOICE = "choice"
    NUMBER = "number"
    SHARE = "share"  # 0-1 in the file, percent in the window
    DEVICE = "device"
    FOLDER = "folder"
    TEXT = "text"
    KEYS = "keys"


class Applies(StrEnum):
    """When a change is in force."""

    NOW = "now"
    ENGINE = "engine"
    START = "start"

    @property
    def words(self) -> str:
        """In a sentence: "In force at the next start"."""
        return _APPLIES_WORDS[self]


_APPLIES_WORDS = {
    Applies.NOW: tr("at once"),
    Applies.ENGINE: tr("when the engine starts again"),
    Applies.START: tr("at the next start"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Parameters
    ----------
    name
        In the file: "text_scale".
    default
        What is in force while the file says nothing.
    title
        In the dialog: "Size of text".
    help
        One or two sentences under it.
    low, high
        Limits of a number or a share.
    unit
        Behind a number: "s".
    choices
        Words by value, for `Kind.CHOICE`.
    words
        More words by which the search finds it.
    """

    name: str
    group: Group
    kind: Kind
    default: object
    title: str
    help: str
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    applies: Applies = Applies.NOW
    words: str = ""


def setting(
    default: T,
    group: Group,
    title: str,
    help_text: str,
    **facts: Any,  # noqa: ANN401 - the other fields of Setting
) -> T:
    """Declare a field of `Preferences`.

    Parameters
    ----------
    facts
        The other fields of `Setting`. The kind follows from the default where it is
        not given: a switch, a number, a share, or one of `choices`.
    """
    note = {_NOTE: (group, title, help_text, facts)}
    if isinstance(default, dict):
        return cast("T", field(default_factory=dict, metadata=note))
    return field(default=default, metadata=note)


def read_schema(declared: Sequence[Field[Any]]) -> tuple[Setting, ...]:
    """Return the settings that dataclass fields declare."""
    found = []
    for each in declared:
        group, title, help_text, facts = each.metadata[_NOTE]
        default = {} if each.default is MISSING else each.default
        kind = facts.get("kind") or _kind_of(default, facts)
        others = {name: fact for name, fact in facts.items() if name != "kind"}
        found.append(
            Setting(each.name, group, kind, default, title, help_text, **others)
        )
    return tuple(found)


def _kind_of(default: object, facts: Mapping[str, object]) -> Kind:
    if isinstance(default, bool):
        return Kind.SWITCH
    if isinstance(default, int):
        return Kind.NUMBER
    if isinstance(default, float):
        return Kind.SHARE
    return Kind.CHOICE if "choices" in facts else Kind.TEXT


def problem_of(one: Setting, value: object) -> str | None:
    """Return why a setting does not take a value, one sentence; None: it does."""
    takes = allowed(one)
    match one.kind:
        case Kind.CHOICE:
            good = isinstance(value, str) and value in one.choices
        case Kind.NUMBER:
            good = type(value) is int and one.low <= value <= one.high
        case Kind.SHARE:
            good = type(value) in (int, float) and one.low <= _number(value) <= one.high
        case Kind.SWITCH:
            good = isinstance(value, bool)
        case Kind.KEYS:
            good = isinstance(value, Mapping) and all(map(_is_list, value.values()))
        case _:
            good = isinstance(value, str)
    return (
        None
        if good
        else tr(
            "“{name}” is {value!r}; it takes {takes}.",
            name=one.name,
            value=value,
            takes=takes,
        )
    )


def allowed(one: Setting) -> str:
    """Return what a setting takes in its file, in words."""
    match one.kind:
        case Kind.CHOICE:
            return joined(", ", (f'"{value}"' for value in one.choices))
        case Kind.NUMBER:
            return tr("{low:,.0f} to {high:,.0f}", low=one.low, high=one.high)
        case Kind.SHARE:
            return tr("{low:g} to {high:g}", low=one.low, high=one.high)
        case Kind.SWITCH:
            return tr("true or false")
        case Kind.KEYS:
            return tr("lists of keys by command")
        case Kind.DEVICE:
            return tr('"auto", "cpu", "cuda:0", …')
        case Kind.FOLDER:
            return tr('the path of a folder, or ""')
        case _:
            return tr("a text")


def value_from_file(one: Setting, value: Any) -> object:  # noqa: ANN401 - checked TOML
    """Return a good value of the file as `Preferences` holds it."""
    if one.kind is Kind.SHARE:
        return float(value)
    if one.kind is Kind.KEYS:
        return {name: tuple(keys) for name, keys in value.items()}
    return value


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _is_list(keys: object) -> bool:
    return isinstance(keys, list | tuple) and all(isinstance(key, str) for key in keys)
