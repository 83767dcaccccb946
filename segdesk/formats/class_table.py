"""Tables of classes that lie beside data sets: names, colours, numbers.

Read are `classes.json` and its kin, `label_colors.txt`, `labelmap.txt`, CSV,
`data.yaml` and plain lists of names.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segdesk.core.classes import ClassList, hex_to_rgb
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.folder_tree import FolderTree, read_json, read_text
from segdesk.formats.labelled import IGNORE_NAMES, LabelledSet, Rgb, class_list

CLASSES_FILE = "classes.json"
# In the order in which they are looked for beside the data.
TABLE_FILES = (
    CLASSES_FILE,
    "dataset_meta.json",
    "label_colors.txt",
    "labelmap.txt",
    "class_dict.csv",
    "classes.csv",
    "mask_color_map.json",
    "config_v2.0.json",
    "config_v1.2.json",
    "class_names.txt",
    "labels.txt",
    "classes.txt",
    "obj.names",
)
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """One row of a table.

    Parameters
    ----------
    name
        Name of the class.
    rgb
        Its colour in masks, where the table has one.
    value
        Its number in masks, where the table has one.
    """

    name: str
    rgb: Rgb | None = None
    value: int | None = None

    @property
    def is_ignored(self) -> bool:
        """Whether it stands for pixels that belong to no class."""
        return self.name.strip().lower() in IGNORE_NAMES


@dataclass(frozen=True, slots=True)
class ClassTable:
    """A table of classes.

    Parameters
    ----------
    path
        The file.
    entries
        Its rows in order.
    """

    path: Path
    entries: tuple[ClassEntry, ...]

    @property
    def classes(self) -> tuple[ClassEntry, ...]:
        """The rows that are classes; those that stand for ignored pixels are not."""
        return tuple(one for one in self.entries if not one.is_ignored)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the classes."""
        return tuple(one.name for one in self.classes)

    @property
    def has_colours(self) -> bool:
        """Whether every class has a colour."""
        return all(one.rgb is not None for one in self.classes)

    def class_list(self) -> ClassList:
        """Return its classes.

        Raises
        ------
        InputError
            When there are none, too many, or two of one name.
        """
        return class_list(self.names, (one.rgb for one in self.classes))


def read_class_table(path: Path) -> ClassTable:
    """Read a table of classes.

    Raises
    ------
    InputError
        When it cannot be read, or is no such table.
    """
    kind = path.suffix.lower()
    try:
        if kind == ".json":
            entries = _from_json(read_json(path))
        elif kind in {".yaml", ".yml"}:
            entries = _from_yaml(read_text(path))
        elif kind == ".csv":
            entries = _from_csv(read_text(path))
        else:
            entries = [_from_line(line) for line in _lines(read_text(path))]
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise InputError(
            tr("{name} was not read.", name=path.name),
            cause=tr("It is no table of classes: {error}.", error=error),
            hint=tr(
                'Write {"classes": [{"name": "road", "color": "#6EC1E4"}]}, or lines '
                "of: name,red,green,blue."
            ),
            detail=str(error),
        ) from error
    if not entries:
        raise InputError(
            tr("{name} was not read.", name=path.name),
            cause=tr("It names no class."),
            hint=tr("Write one class on each line."),
        )
    return ClassTable(path, tuple(entries))


def find_class_table(
    tree: FolderTree, given: Path | None, names: Iterable[str] = TABLE_FILES
) -> ClassTable | None:
    """Return the table that the user gave, or the one beside the data; None: neither.

    Raises
    ------
    InputError
        When the one that the user gave cannot be used.
    """
    if given is not None:
        return read_class_table(given.expanduser().absolute())
    for name in names:
        path = tree.named(name)
        if path is None:
            continue
        try:
            return read_class_table(path)
        except InputError:
            continue
    return None


def write_classes_json(out_dir: Path, labelled: LabelledSet) -> None:
    """Write the classes of a set, so that it is read back with names and colours.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    import json

    rows = [
        {"name": name, "color": colour}
        for name, colour in zip(
            labelled.classes.names, labelled.classes.palette, strict=True
        )
    ]
    text = json.dumps({"classes": rows, "ignore_index": 255}, indent=2) + "\n"
    write_atomic(out_dir / CLASSES_FILE, text.encode())


def _lines(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _from_line(line: str) -> ClassEntry:
    if found := re.fullmatch(r"([^:]*):(\d+),\s*(\d+),\s*(\d+)(?::.*)?", line):
        return ClassEntry(found[1].strip(), _rgb(found.groups()[1:4]))
    if found := re.fullmatch(r"(\d+)[\s,]+(\d+)[\s,]+(\d+)[\s,]+(\D.*)", line):
        return ClassEntry(found[4].strip(), _rgb(found.groups()[:3]))
    if found := re.fullmatch(r"(.*\D),\s*(\d+),\s*(\d+),\s*(\d+)", line):
        return ClassEntry(found[1].strip(), _rgb(found.groups()[1:4]))
    return ClassEntry(line)


def _from_csv(text: str) -> list[ClassEntry]:
    rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines())]
    rows = [row for row in rows if any(row)]
    if rows and len(rows[0]) > 1 and not any(c.isdigit() for c in "".join(rows[0])):
        head = [cell.lower() for cell in rows.pop(0)]
        if len(head) == 2 and rows and _HEX.fullmatch(rows[0][1]):
            return [ClassEntry(name, hex_to_rgb(colour)) for name, colour in rows]
    return [_from_row(row) for row in rows]


def _from_row(row: list[str]) -> ClassEntry:
    if len(row) == 2 and _HEX.fullmatch(row[1]):
        return ClassEntry(row[0], hex_to_rgb(row[1]))
    if len(row) >= 4:
        return ClassEntry(row[0], _rgb(row[1:4]))
    return ClassEntry(row[0])


def _from_yaml(text: str) -> list[ClassEntry]:
    import yaml  # type: ignore[import-untyped]

    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    names = content["names"]
    if isinstance(names, dict):
        return [ClassEntry(str(names[key]), None, int(key)) for key in sorted(names)]
    return [ClassEntry(str(name), None, index) for index, name in enumerate(names)]


def _from_json(content: Any) -> list[ClassEntry]:  # noqa: ANN401 - any JSON
    if isinstance(content, dict):
        for key, reader in _JSON_KINDS.items():
            if key in content:
                return reader(content)
        msg = "it holds none of " + ", ".join(_JSON_KINDS)
        raise ValueError(msg)
    return [_from_object(entry) for entry in content]


def _from_object(entry: Any) -> ClassEntry:  # noqa: ANN401 - any JSON
    if isinstance(entry, str):
        return ClassEntry(entry)
    name = entry.get("name", entry.get("title"))
    if not isinstance(name, str) or not name.strip():
        raise ValueError("a class has no name")
    colour = entry.get("color", entry.get("colour"))
    return ClassEntry(name.strip(), _any_rgb(colour))


def _from_label_map(content: Any) -> list[ClassEntry]:  # noqa: ANN401 - any JSON
    names = content["label_map"]
    colours = content.get("segmentation_colors", [])
    keys = sorted(names, key=int)
    rgbs = [_any_rgb(one) for one in colours] + [None] * len(keys)
    return [
        ClassEntry(str(names[key]), rgb, int(key))
        for key, rgb in zip(keys, rgbs, strict=False)
    ]


def _from_colour_map(content: Any) -> list[ClassEntry]:  # noqa: ANN401 - any JSON
    entries = []
    for name, colour in content["colors"].items():
        if isinstance(colour, int):
            entries.append(ClassEntry(name, (colour,) * 3, colour))
        else:
            entries.append(ClassEntry(name, _any_rgb(colour)))
    return entries


_JSON_KINDS = {
    "classes": lambda content: [_from_object(one) for one in content["classes"]],
    "label_map": _from_label_map,
    "labels": lambda content: [_from_object(one) for one in content["labels"]],
    "colors": _from_colour_map,
}


def _any_rgb(colour: Any) -> Rgb | None:  # noqa: ANN401 - any JSON
    if colour is None:
        return None
    if isinstance(colour, str):
        if not _HEX.fullmatch(colour):
            msg = f"{colour!r} is not a colour like #3D6DFA"
            raise ValueError(msg)
        return hex_to_rgb(colour)
    return _rgb(colour)


def _rgb(parts: Iterable[Any]) -> Rgb:
    red, green, blue = (int(part) for part in parts)
    if not all(0 <= one <= 255 for one in (red, green, blue)):
        msg = f"({red}, {green}, {blue}) is not a colour of 0 to 255"
        raise ValueError(msg)
    return red, green, blue
