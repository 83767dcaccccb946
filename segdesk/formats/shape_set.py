"""Sets of images with shapes: classes gathered, then read item by item."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segdesk.core.classes import IGNORE_INDEX, is_background_name
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.geometry import Size
from segdesk.core.imaging import is_image_path, read_size
from segdesk.core.language import joined, tr
from segdesk.formats.class_table import CLASSES_FILE, ClassTable
from segdesk.formats.drawn_shapes import DrawnImage, ShapeClasses, loaded_from
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.kept_labels import KeptLabels
from segdesk.formats.labelled import (
    IGNORE_NAMES,
    Finding,
    LabelledImage,
    LabelledSet,
    Loaded,
    ReadOptions,
    Rgb,
    class_list,
    failing,
    understood,
)

_BACKGROUND = "background"


@dataclass(frozen=True, slots=True, eq=False)
class ShapeItem:
    """One image with shapes, not read yet.

    Parameters
    ----------
    name
        Of the item.
    parse
        Reads the file.
    image
        The picture; None when it was not found.
    split
        "train", "val", "test" or "".
    file
        What `parse` reads, where that is a file of its own; None: it is one for many.
    names
        Of the classes of its shapes, where they are known already.
    """

    name: str
    parse: Callable[[], DrawnImage]
    image: Path | None
    split: str = ""
    file: Path | None = None
    names: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class NamedClasses:
    """Names of classes where the format lists them itself.

    Parameters
    ----------
    names
        In order.
    colours
        One for each; None: the format has none.
    """

    names: tuple[str, ...]
    colours: tuple[Rgb | None, ...] = ()


def read_shape_set(
    tree: FolderTree,
    items: Iterable[ShapeItem],
    known: NamedClasses | ClassTable | None,
    options: ReadOptions,
) -> LabelledSet:
    """Return a set of images with shapes.

    Parameters
    ----------
    known
        The classes, where a file names them; None: they are gathered from the shapes.

    Raises
    ------
    InputError
        When there are no items, or too many classes.
    """
    listed = list(items)
    if not listed:
        raise InputError(
            tr("No annotations were found."),
            cause=tr("{folder} holds none of this format.", folder=tree.root),
            hint=tr("Check that the folder is the one you mean."),
        )
    broken: dict[str, SegDeskError] = {}
    findings: list[Finding] = []
    if isinstance(known, ClassTable):
        findings.append(
            Finding(tr("class names are from {name}", name=known.path.name))
        )
        rgb = tuple(one.rgb for one in known.classes)
        closed = known.path.name == CLASSES_FILE
        if options.classes is None:
            known, more = _completed(
                known.names, rgb, _gathered(listed, broken, options)
            )
            findings += more
        else:
            known = NamedClasses(known.names, rgb)
    else:
        closed = False
    names = known.names if known else _gathered(listed, broken, options)
    if not known:
        findings.append(Finding(tr("class names are from the shapes"), len(names)))
    if broken and not names and len(broken) == len(listed):
        raise next(iter(broken.values()))
    colours = known.colours if known else ()
    names, colours, unlabelled, told = _with_ground(names, colours, closed=closed)
    classes = class_list(names, colours)
    labels = {name: index for index, name in enumerate(names)}
    labels |= dict.fromkeys(IGNORE_NAMES - labels.keys(), IGNORE_INDEX)
    plan = ShapeClasses(labels, unlabelled)
    kept = KeptLabels()
    made = tuple(
        _item(one, plan, options, broken.get(one.name), kept) for one in listed
    )
    return LabelledSet(tree.root, classes, made, (*findings, *told))


def image_beside(tree: FolderTree, told: str, file: PurePosixPath) -> Path | None:
    """Return the picture of an annotation file; None when it is not there.

    Parameters
    ----------
    told
        Name that the annotation gives, with either kind of slash; "": none.
    file
        The annotation, below the tree's root.
    """
    name = PurePosixPath(told.replace("\\", "/"))
    if told:
        for place in (file.parent / name, name):
            inside = tree.root / place
            if place.is_absolute() or not is_image_path(inside):
                continue
            if inside.is_file():
                return inside.resolve()
        found = tree.by_name.get(name.name, [])
        if len(found) == 1:
            return tree.path(found[0])
        same = [one for one in found if one.as_posix().endswith(name.as_posix())]
        if len(same) == 1:
            return tree.path(same[0])
    stem = name.stem if told else file.stem
    found = tree.by_stem.get(stem, [])
    beside = [one for one in found if one.parent == file.parent] or found
    return tree.path(beside[0]) if len(beside) == 1 else None


def item_name(tree: FolderTree, image: Path | None, fallback: PurePosixPath) -> str:
    """Return the name of an item: its image's path, or its annotation's."""
    if image is not None and image.is_relative_to(tree.root):
        return image.relative_to(tree.root).with_suffix("").as_posix()
    return fallback.with_suffix("").as_posix()


def _gathered(
    items: list[ShapeItem], broken: dict[str, SegDeskError], options: ReadOptions
) -> tuple[str, ...]:
    names: set[str] = set()
    for number, one in enumerate(items, 1):
        options.tell(number, len(items))
        if one.names is not None:
            names |= one.names
            continue
        try:
            with understood(one.name):
                names |= {shape.label for shape in one.parse().shapes}
        except SegDeskError as error:
            broken[one.name] = error
    names -= IGNORE_NAMES | {""}
    return tuple(sorted(names, key=lambda name: (not is_background_name(name), name)))


def _completed(
    names: tuple[str, ...], colours: tuple[Rgb | None, ...], found: tuple[str, ...]
) -> tuple[NamedClasses, list[Finding]]:
    """Add the classes that shapes have and a table beside them does not name."""
    more = tuple(one for one in found if one and one not in names)
    if not more:
        return NamedClasses(names, colours), []
    text = tr(
        "classes that the table lacks are added: {classes}",
        classes=joined(", ", more[:5]),
    )
    filled = (*colours, *[None] * (len(names) + len(more) - len(colours)))
    return NamedClasses((*names, *more), filled), [Finding(text, len(more), "classes")]


def _with_ground(
    names: tuple[str, ...], colours: tuple[Rgb | None, ...], *, closed: bool
) -> tuple[tuple[str, ...], tuple[Rgb | None, ...], int, tuple[Finding, ...]]:
    """Return names, colours and the label of pixels under no shape."""
    grounds = [i for i, name in enumerate(names) if is_background_name(name)]
    if grounds:
        return names, colours, grounds[0], ()
    if closed:
        return names, colours, IGNORE_INDEX, ()
    told = Finding(
        tr("pixels under no shape get the class 'background', added in front")
    )
    return (_BACKGROUND, *names), (None, *colours), 0, (told,)


def _item(
    source: ShapeItem,
    classes: ShapeClasses,
    options: ReadOptions,
    error: SegDeskError | None,
    kept: KeptLabels,
) -> LabelledImage:
    def read() -> Loaded:
        drawn = source.parse()
        size = drawn.size or _size_of(source)
        return loaded_from(drawn, size, classes, options.line_width)

    def load() -> Loaded:
        return kept.load(source.file, read) if source.file else read()

    loader = failing(error) if error else load
    return LabelledImage(source.name, loader, source.image, source.split)


def _size_of(source: ShapeItem) -> Size:
    if source.image is None:
        raise InputError(
            tr("{name} was not read.", name=source.name),
            cause=tr("Neither the annotation nor an image beside it tells its size."),
            hint=tr("Put the image beside it."),
        )
    return Size(*read_size(source.image))
