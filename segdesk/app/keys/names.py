"""Keys as text: "Ctrl+Shift+E"; one spelling for each."""

from collections.abc import Iterable

_ORDER = ("Meta", "Ctrl", "Alt", "Shift")
_MODIFIERS = {
    "meta": "Meta",
    "cmd": "Ctrl",
    "ctrl": "Ctrl",
    "control": "Ctrl",
    "alt": "Alt",
    "option": "Alt",
    "shift": "Shift",
}
_NAMES = {
    "backspace": "Backspace",
    "backtab": "Backtab",
    "capslock": "CapsLock",
    "del": "Del",
    "delete": "Del",
    "down": "Down",
    "end": "End",
    "enter": "Enter",
    "esc": "Esc",
    "escape": "Esc",
    "home": "Home",
    "ins": "Ins",
    "insert": "Ins",
    "left": "Left",
    "menu": "Menu",
    "pagedown": "PgDown",
    "pageup": "PgUp",
    "pause": "Pause",
    "pgdn": "PgDown",
    "pgdown": "PgDown",
    "pgup": "PgUp",
    "print": "Print",
    "return": "Return",
    "right": "Right",
    "space": "Space",
    "tab": "Tab",
    "up": "Up",
}
# The same key with Shift on the keyboards whose digits lie so.
_SHIFTED = dict(zip(")!@#$%^&*(", "0123456789", strict=True))
_LAST_FUNCTION_KEY = 35


def normal(key: str) -> str | None:
    """Return the one spelling of a key, or None where there is no such key.

    >>> normal("shift+control+e")
    'Ctrl+Shift+E'
    """
    words, last = _split(key.strip())
    modifiers = [_MODIFIERS.get(word.strip().casefold()) for word in words]
    name = _name(last.strip())
    if name is None or None in modifiers:
        return None
    wanted = set(modifiers)
    if "Shift" in wanted and name in _SHIFTED:
        name = _SHIFTED[name]
    return "+".join([*(word for word in _ORDER if word in wanted), name])


def with_twin(key: str) -> tuple[str, ...]:
    """Return a key with the one on the number pad that means the same."""
    head, _, last = key.rpartition("+")
    if last not in ("Return", "Enter"):
        return (key,)
    ahead = f"{head}+" if head else ""
    return f"{ahead}Return", f"{ahead}Enter"


def shown(key: str) -> str:
    """Return a key in the words of the key caps: "Ctrl+Enter", not "Ctrl+Return"."""
    return key.replace("Return", "Enter").replace("PgDown", "PgDn")


def shown_all(keys: Iterable[str]) -> tuple[str, ...]:
    """Return keys in the words of the key caps, each once."""
    return tuple(dict.fromkeys(shown(key) for key in keys))


def types_text(key: str) -> bool:
    """Tell whether a key, alone or with Shift, types a letter or a sign."""
    words, last = _split(key)
    if any(word.strip().casefold() != "shift" for word in words):
        return False
    return len(last) == 1 or last.casefold() == "space"


def is_bare(key: str) -> bool:
    """Tell whether a key goes without Ctrl, Alt and Shift."""
    return not _split(key)[0]


def _split(key: str) -> tuple[list[str], str]:
    if key.endswith("+") and (key == "+" or key[-2:-1] == "+"):
        return [word for word in key[:-2].split("+") if word], "+"
    *words, last = key.split("+")
    return words, last


def _name(last: str) -> str | None:
    if len(last) == 1 and last.isprintable() and last != " ":
        return last.upper()
    folded = last.casefold()
    number = folded[1:] if folded.startswith("f") else ""
    if number.isdecimal() and 1 <= int(number) <= _LAST_FUNCTION_KEY:
        return f"F{int(number)}"
    return _NAMES.get(folded)
