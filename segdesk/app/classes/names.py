"""Names of classes as they are typed or pasted, and whether they fit a model."""

import re

_MAX_NAME = 200
_NUMBERED = re.compile(r"^\(?\d{1,3}\s*(?:[:.)\]\t=]|\s-\s)\s*")
_WRAPPING = " \t'\"`"
_BRACKETS = "()[]{}"


def parse_names(text: str) -> tuple[str, ...]:
    """Return the names in a pasted list, in their order.

    One name a line; a single line is split at tabs, semicolons or commas. Numbers in
    front, quotes and the brackets of a Python or JSON list are taken off.
    """
    text = text.strip()
    if text[:1] in _BRACKETS and text[-1:] in _BRACKETS:
        text = text[1:-1]
        lines = re.split(r",|\n", text)
    else:
        lines = text.splitlines()
        if len(lines) == 1:
            separator = next((mark for mark in "\t;," if mark in text), "\n")
            lines = text.split(separator)
    names = (_clean(line) for line in lines)
    return tuple(name for name in names if name)


def problem_with_names(names: tuple[str, ...], num_classes: int) -> str:
    """Return why a list of names cannot be taken, in one sentence, or "".

    Parameters
    ----------
    names
        One for each class; "" where there is none yet.
    num_classes
        What the model's head predicts.
    """
    if len(names) != num_classes:
        return (
            f"The list names {_classes(len(names))}; "
            f"the model predicts {_classes(num_classes)}."
        )
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        if len(name) > _MAX_NAME:
            return f"The name of class {index} is longer than {_MAX_NAME} letters."
        if name and name in seen:
            return f"Classes {seen[name]} and {index} are both called “{name}”."
        seen.setdefault(name, index)
    missing = names.count("")
    if missing:
        return f"{num_classes - missing} of {num_classes} named."
    return ""


def problem_with_name(name: str, others: tuple[str, ...]) -> str:
    """Return why a class cannot be called a name, in one sentence, or "".

    Parameters
    ----------
    others
        Names of the other classes.
    """
    name = name.strip()
    if not name:
        return "A class needs a name."
    if len(name) > _MAX_NAME:
        return f"The name is longer than {_MAX_NAME} letters."
    for other in others:
        if other.strip().casefold() == name.casefold():
            return f"There is a class “{other}” already."
    return ""


def _clean(line: str) -> str:
    line = line.strip().rstrip(",;").strip(_WRAPPING)
    return _NUMBERED.sub("", line).strip(_WRAPPING)


def _classes(count: int) -> str:
    return "1 class" if count == 1 else f"{count} classes"
