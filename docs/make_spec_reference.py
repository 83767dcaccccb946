"""Writes docs/reference/training-spec.md from `TrainSpec` itself: `make docs`."""

import inspect
import re
import sys
import typing
from pathlib import Path

import msgspec
from msgspec import NODEFAULT

from segdesk.jobs.specs import TrainSpec

PAGE = Path(__file__).parent / "reference" / "training-spec.md"
_HEAD = """# What a training is asked for

Made by `make docs` from `TrainSpec`. A run's `spec.json` holds these fields;
`segdesk train --spec spec.json` reads them, and [options](cli.md#segdesk-train) change
them. `"recipe"` and no value mean: what the architecture's own config says.

| field | values | default | meaning |
|---|---|---|---|
"""
_WORDS = {"Path": "path", "str": "text", "int": "whole number", "float": "number"}


def _meanings() -> dict[str, str]:
    """Return what the docstring says of each field."""
    text = inspect.getdoc(TrainSpec) or ""
    block = text.partition("----------\n")[2]
    found = re.findall(r"^(\w+)\n((?: {4}.*\n?)+)", block, re.MULTILINE)
    return {name: " ".join(words.split()) for name, words in found}


def _values(kind: object) -> list[str]:
    """Return the words for a type, a literal's or a union's one after the other."""
    options = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Literal:
        return [f"`{option}`" for option in options]
    if typing.get_origin(kind) is tuple:
        return [f"{_values(options[0])[0]}s"]
    if kind is bool:
        return ["`true`", "`false`"]
    if options:
        kinds = [option for option in options if option is not type(None)]
        return [word for option in kinds for word in _values(option)]
    name = getattr(kind, "__name__", str(kind))
    return [_WORDS.get(name, "text")]


def _default(value: object) -> str:
    if value is NODEFAULT:
        return "must be given"
    if value is None or value in ("", ()):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def page() -> str:
    """Return the page as it should be."""
    meanings, kinds = _meanings(), typing.get_type_hints(TrainSpec)
    rows = []
    for field in msgspec.structs.fields(TrainSpec):
        values = ", ".join(_values(kinds[field.name]))
        meaning = meanings[field.name].replace("|", "\\|")
        default = _default(field.default)
        rows.append(f"| `{field.name}` | {values} | {default} | {meaning} |")
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
