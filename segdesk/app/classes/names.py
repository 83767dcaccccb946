"""Names of classes as they are typed or pasted, and whether they fit a model."""

import re

from segdesk.core.language import plural, tr

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
        return tr(
            "The list names {classes}; the model predicts {classes2}.",
            classes=_classes(len(names)),
            classes2=_classes(num_classes),
        )
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        if len(name) > _MAX_NAME:
            return tr(
                "The name of class {index} is longer than {max_name} letters.",
                index=index,
                max_name=_MAX_NAME,
            )
        if name and name in seen:
            return tr(
                "Classes {seen} and {index} are both called “{name}”.",
                seen=seen[name],
                index=index,
                name=name,
            )
        seen.setdefault(name, index)
    missing = names.count("")
    if missing:
        return tr(
            "{num_classes} of {num_classes2} named.",
            num_classes=num_classes - missing,
            num_classes2=num_classes,
        )
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
        return tr("A class needs a name.")
    if len(name) > _MAX_NAME:
        return tr("The name is longer than {max_name} letters.", max_name=_MAX_NAME)
    for other in others:
        if other.strip().casefold() == name.casefold():
            return tr("There is a class “{other}” already.", other=other)
    return ""


def _clean(line: str) -> str:
    line = line.strip().rstrip(",;").strip(_WRAPPING)
    return _NUMBERED.sub("", line).strip(_WRAPPING)


def _classes(count: int) -> str:
    return plural(count, "1 class", "{n} classes")
