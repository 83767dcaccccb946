"""The classes of a data set in the layout of mmseg: `classes.json`."""

import json
from pathlib import Path

from segdesk.core.classes import ClassList, proposed_palette
from segdesk.core.errors import InputError
from segdesk.core.language import tr


def read_classes(path: Path) -> ClassList:
    """Read a `classes.json`.

    Raises
    ------
    InputError
        The file is missing, is not JSON, or does not list two classes or more with
        different names.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            tr("The data set was not opened."),
            cause=tr(
                "{folder} holds no {name}, which names the classes.",
                folder=path.parent,
                name=path.name,
            ),
            hint=_CLASSES_HINT,
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(
            tr("{name} was not read.", name=path.name),
            cause=tr("{path} is not a JSON file: {error}", path=path, error=error),
            hint=_CLASSES_HINT,
            detail=str(error),
        ) from error
    entries = content.get("classes") if isinstance(content, dict) else content
    if not isinstance(entries, list):
        raise classes_error(path, tr('It holds no list "classes".'))
    return class_list(path, entries)


_CLASSES_HINT = tr(
    'Write {"classes": [{"name": "background"}, {"name": "nucleus"}]}, '
    "one entry for each mask value from 0."
)


def classes_error(path: Path, cause: str) -> InputError:
    """Return the error for a `classes.json` that cannot be used."""
    return InputError(
        tr("{name} was not read.", name=path.name), cause=cause, hint=_CLASSES_HINT
    )


def class_list(path: Path, entries: list[object]) -> ClassList:
    """Return the classes that entries of a file name."""
    names: list[str] = []
    colours: list[str | None] = []
    for index, entry in enumerate(entries):
        found = entry if isinstance(entry, dict) else {"name": entry}
        name, colour = found.get("name"), found.get("color")
        if not isinstance(name, str) or not name.strip():
            raise classes_error(path, tr("Entry {index} has no name.", index=index))
        if colour is not None and not isinstance(colour, str):
            raise classes_error(
                path, tr("The colour of {name!r} is not a text.", name=name)
            )
        names.append(name.strip())
        colours.append(colour)
    if len(names) < 2:
        raise classes_error(
            path,
            tr(
                "It names {names} classes; a training needs two or more.",
                names=len(names),
            ),
        )
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise classes_error(path, tr("It names {twice!r} twice.", twice=twice[0]))
    proposed = proposed_palette(tuple(names))
    chosen = [own or free for own, free in zip(colours, proposed, strict=True)]
    try:
        return ClassList(tuple(names), tuple(chosen))
    except ValueError as error:
        raise classes_error(path, f"{error}.") from error
