"""`segdesk.json`: the file that makes a folder a project.

    {"segdesk": 1, "ignore_index": 255,
     "classes": [{"name": "road", "color": "#3D6DFA", "locked": false}],
     "layout": {"images": "img_dir", "annotations": "ann_dir"},
     "items": {"img_dir/train/a.jpg": {"status": "done", "classes": [0, 1]}}}

Keys that SegDesk does not know are kept as they are.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from segdesk.core.classes import (
    IGNORE_INDEX,
    MAX_CLASSES,
    ClassList,
    proposed_palette,
)
from segdesk.core.errors import InputError
from segdesk.core.item_status import ItemFacts, ItemStatus, MadeBy
from segdesk.core.language import tr
from segdesk.core.project import (
    CITYSCAPES_LAYOUT,
    COURSE_LAYOUT,
    PROJECT_FILE,
    VOC_LAYOUT,
    Layout,
    Project,
)
from segdesk.core.splits import FolderSplit, ListSplit, SeededSplit, SplitRule
from segdesk.formats.atomic import write_atomic

_VERSION = 1
_KNOWN = frozenset(
    {"segdesk", "ignore_index", "classes", "layout", "links", "split_rule", "items"}
)
_HINT = tr(
    "Correct it in a text editor or restore it from a copy; nothing was changed."
)


def read_project(root: Path) -> Project:
    """Read a project, or see in a folder what project it could become.

    Parameters
    ----------
    root
        A folder with or without `segdesk.json`. Without one, `img_dir` with `ann_dir`,
        `leftImg8bit` with `gtFine`, and `JPEGImages` with `SegmentationClass` are used
        in place, with the classes of a `classes.json` beside them.

    Raises
    ------
    InputError
        When the folder is missing, or its project file is damaged, from a newer
        SegDesk, or names more than 255 classes. Nothing is written.
    """
    root = root.absolute()
    if not root.is_dir():
        raise InputError(
            tr("{name} was not opened.", name=root.name),
            cause=tr("{folder} is not a folder.", folder=root),
            hint=tr("Check whether it was moved or its disk is connected."),
        )
    path = root / PROJECT_FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return _found_project(root)
    except OSError as error:
        raise _refusal(path, f"{error.strerror}.", str(error)) from error
    return decode_project(root, data)


def decode_project(root: Path, data: bytes) -> Project:
    """Return the project that the bytes of a project file tell.

    Raises
    ------
    InputError
        When they cannot be used; it says where.
    """
    path = root / PROJECT_FILE
    try:
        content = json.loads(data)
    except ValueError as error:
        raise _refusal(
            path, tr("It is damaged: {error}.", error=error), str(error)
        ) from error
    if not isinstance(content, dict):
        raise _refusal(path, tr("It holds no JSON object."))
    try:
        _check_head(path, content)
        classes, locked = _classes(path, content.get("classes") or [])
        return Project(
            root,
            classes,
            locked,
            _layout(content.get("layout", {})),
            _items(content.get("items", {})),
            _rule(content.get("split_rule")),
            tuple((str(k), Path(v)) for k, v in content.get("links", {}).items()),
            tuple((k, json.dumps(v)) for k, v in content.items() if k not in _KNOWN),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        cause = tr(
            "It holds something unexpected: {name} {error}.",
            name=type(error).__name__,
            error=error,
        )
        raise _refusal(path, cause, str(error)) from error


def encode_project(project: Project) -> bytes:
    """Return a project as the bytes of its file."""
    classes = project.classes
    content: dict[str, Any] = {
        "segdesk": _VERSION,
        "ignore_index": IGNORE_INDEX,
        "classes": [
            {"name": name, "color": colour, "locked": index in project.locked}
            for index, (name, colour) in enumerate(
                zip(classes.names, classes.palette, strict=True) if classes else ()
            )
        ],
        "layout": {
            "images": project.layout.images,
            "annotations": project.layout.annotations,
            "image_suffix": project.layout.image_suffix,
            "annotation_suffix": project.layout.annotation_suffix,
        },
    }
    if project.links:
        content["links"] = {name: str(folder) for name, folder in project.links}
    if project.split_rule is not None:
        content["split_rule"] = _plain_rule(project.split_rule)
    content |= {key: json.loads(text) for key, text in project.extra}
    head = json.dumps(content, ensure_ascii=False, indent=2).removesuffix("\n}")
    # One line for each item: easy on the eye and on version control.
    lines = (
        f"    {encode_basestring(item)}: {_facts_line(facts)}"
        for item, facts in sorted(project.items.items(), key=itemgetter(0))
    )
    rows = ",\n".join(lines)
    items = f"{{\n{rows}\n  }}" if rows else "{}"
    return f'{head},\n  "items": {items}\n}}\n'.encode()


def write_project(project: Project) -> None:
    """Write `segdesk.json` whole or not at all.

    Raises
    ------
    StorageError
        When the folder cannot be written to; an earlier file is untouched.
    """
    write_atomic(project.root / PROJECT_FILE, encode_project(project))


@dataclass(frozen=True, slots=True)
class _Place:
    """A layout and the folders by which it is known."""

    layout: Layout
    folders: tuple[str, str]


_PLACES = (
    _Place(COURSE_LAYOUT, ("img_dir", "ann_dir")),
    _Place(CITYSCAPES_LAYOUT, ("leftImg8bit", "gtFine")),
    _Place(VOC_LAYOUT, ("JPEGImages", "SegmentationClass")),
)


def _found_project(root: Path) -> Project:
    layout = Layout()
    for place in _PLACES:
        if all((root / folder).is_dir() for folder in place.folders):
            layout = place.layout
    return Project(root, _classes_beside(root / "classes.json"), layout=layout)


def _classes_beside(path: Path) -> ClassList | None:
    # Other programs write files of this name too: theirs say nothing here.
    with suppress(OSError, ValueError, KeyError, TypeError, InputError):
        content = json.loads(path.read_bytes())
        entries = content["classes"] if isinstance(content, dict) else content
        return _classes(path, entries)[0]
    return None


def _check_head(path: Path, content: Mapping[str, Any]) -> None:
    version = content.get("segdesk")
    if not isinstance(version, int) or version < 1:
        raise _refusal(path, tr('It does not say "segdesk": 1.'))
    if version > _VERSION:
        raise InputError(
            tr("{name} was not opened.", name=path.parent.name),
            cause=tr(
                "A newer SegDesk wrote {project_file} (form {version}); "
                "this one reads up to form {version2}.",
                project_file=PROJECT_FILE,
                version=version,
                version2=_VERSION,
            ),
            hint=tr("Update SegDesk. Nothing was changed."),
        )
    ignored = content.get("ignore_index", IGNORE_INDEX)
    if ignored != IGNORE_INDEX:
        raise _refusal(
            path,
            tr("Its ignore_index is {ignored}; SegDesk's is 255.", ignored=ignored),
        )


def _classes(path: Path, entries: list[Any]) -> tuple[ClassList | None, frozenset[int]]:
    if not entries:
        return None, frozenset()
    if len(entries) > MAX_CLASSES:
        cause = tr(
            "It names {entries} classes; a label map holds {max_classes}.",
            entries=len(entries),
            max_classes=MAX_CLASSES,
        )
        raise _refusal(path, cause)
    found = [one if isinstance(one, dict) else {"name": one} for one in entries]
    names = tuple(str(one["name"]).strip() for one in found)
    if not all(names):
        raise _refusal(path, tr("Class {index} has no name.", index=names.index("")))
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _refusal(path, tr("It names the class {twice!r} twice.", twice=twice[0]))
    proposed = proposed_palette(names)
    palette = tuple(
        str(one.get("color") or free) for one, free in zip(found, proposed, strict=True)
    )
    locked = frozenset(index for index, one in enumerate(found) if one.get("locked"))
    return ClassList(names, palette), locked


def _layout(plain: Mapping[str, Any]) -> Layout:
    usual = Layout()
    layout = Layout(
        str(plain.get("images", usual.images)).strip("/"),
        str(plain.get("annotations", usual.annotations)).strip("/"),
        str(plain.get("image_suffix", usual.image_suffix)),
        str(plain.get("annotation_suffix", usual.annotation_suffix)),
    )
    if ".." in Path(layout.annotations).parts or Path(layout.annotations).is_absolute():
        msg = f"the folder of annotations, {layout.annotations}, lies elsewhere"
        raise ValueError(msg)
    return layout


def _items(plain: Mapping[str, Mapping[str, Any]]) -> Mapping[str, ItemFacts]:
    return MappingProxyType({str(k): _facts(v) for k, v in plain.items()})


def _facts(plain: Mapping[str, Any]) -> ItemFacts:
    usual = ItemFacts()
    size = plain.get("size")
    return ItemFacts(
        ItemStatus(plain.get("status", usual.status)),
        str(plain.get("split", "")),
        tuple(int(index) for index in plain.get("classes", ())),
        MadeBy(plain.get("made_by", usual.made_by)),
        tuple(str(model) for model in plain.get("models", ())),
        (int(size[0]), int(size[1])) if size else None,
    )


@lru_cache(maxsize=4096)
def _facts_line(facts: ItemFacts) -> str:
    """Return facts as JSON; of many items, most are in the same state."""
    return json.dumps(_plain_facts(facts), ensure_ascii=False)


def _plain_facts(facts: ItemFacts) -> dict[str, Any]:
    plain: dict[str, Any] = {"status": facts.status.value}
    if facts.split:
        plain["split"] = facts.split
    if facts.classes:
        plain["classes"] = list(facts.classes)
    if facts.made_by is not MadeBy.NOBODY:
        plain["made_by"] = facts.made_by.value
    if facts.models:
        plain["models"] = list(facts.models)
    if facts.size:
        plain["size"] = list(facts.size)
    return plain


def _rule(plain: Mapping[str, Any] | None) -> SplitRule | None:
    if plain is None:
        return None
    kind = plain["kind"]
    if kind == "seeded":
        parts = tuple((str(k), float(v)) for k, v in plain["parts"].items())
        return SeededSplit(int(plain["seed"]), parts)
    if kind == "list":
        return ListSplit()  # the items keep what the lists said
    if kind == "folder":
        return FolderSplit()
    msg = f"{kind!r} is no way to split"
    raise ValueError(msg)


def _plain_rule(rule: SplitRule) -> dict[str, Any]:
    if isinstance(rule, SeededSplit):
        return {"kind": "seeded", "seed": rule.seed, "parts": dict(rule.parts)}
    return {"kind": "list" if isinstance(rule, ListSplit) else "folder"}


def _refusal(path: Path, cause: str, detail: str = "") -> InputError:
    return InputError(
        tr("{name} was not read.", name=path.name),
        cause=cause,
        hint=_HINT,
        detail=detail,
    )


def is_project_folder(folder: Path) -> bool:
    """Tell whether a folder is a project, or laid out as one."""
    if (folder / PROJECT_FILE).is_file():
        return True
    return any(
        all((folder / name).is_dir() for name in place.folders) for place in _PLACES
    )
