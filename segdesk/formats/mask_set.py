"""Sets of mask images: each file looked at once, then read item by item."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from segdesk.core.errors import SegDeskError
from segdesk.core.language import tr
from segdesk.formats.class_table import ClassTable, find_class_table
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.labelled import (
    Finding,
    LabelledImage,
    LabelledSet,
    Loaded,
    ReadOptions,
    failing,
)
from segdesk.formats.mask_rules import MaskRules, class_number, mask_rules
from segdesk.formats.pairing import Pair, Pairs, absolute, find_pairs
from segdesk.formats.palette_check import MaskFacts
from segdesk.formats.raster_file import (
    PackedRaster,
    RasterFile,
    read_raster,
    unpack_rgb,
)

Reader = Callable[[Path], RasterFile]
_MOST_FINDINGS = 8
_ROOM_BYTES = 128_000_000


@dataclass(frozen=True, slots=True)
class MaskSource:
    """Masks and what is known of them before they are looked at.

    Parameters
    ----------
    tree
        The folder.
    pairs
        Masks and images.
    table
        The classes; None: the masks alone tell.
    read
        Decodes one mask.
    """

    tree: FolderTree
    pairs: Pairs
    table: ClassTable | None = None
    read: Reader = read_raster


def paired_masks(tree: FolderTree, options: ReadOptions) -> MaskSource:
    """Return the masks of a folder in a common layout, with the table beside them.

    Raises
    ------
    InputError
        When there are none, or it is not clear which.
    """
    pairs = find_pairs(tree, options.masks)
    return MaskSource(tree, pairs, find_class_table(tree, options.classes))


def read_mask_set(source: MaskSource, options: ReadOptions) -> LabelledSet:
    """Look at all masks and return the set.

    Raises
    ------
    InputError
        When no mask can be read, or it cannot be told what they mean.
    """
    source = replace(source, read=_Once(source.read))
    facts: list[MaskFacts] = []
    broken: dict[int, SegDeskError] = {}
    for place, pair in enumerate(source.pairs.pairs):
        try:
            facts.append(MaskFacts.of(source.read(source.tree.path(pair.mask))))
        except SegDeskError as error:
            broken[place] = error
        options.tell(place + 1, len(source.pairs.pairs))
    if broken and not facts:
        raise next(iter(broken.values()))
    rules = mask_rules(facts, source.table, options)
    items = []
    for place, pair in enumerate(source.pairs.pairs):
        item = _item(source, pair, rules)
        if place in broken:
            item = replace(item, load=failing(broken[place]))
        items.append(item)
    findings = (*source.pairs.findings, *rules.findings)
    return LabelledSet(source.tree.root, rules.classes, tuple(items), findings)


class _Once:
    """Decodes a mask once: it is looked at, counted and written in three turns.

    Masks are kept packed under a budget; what has no room there, and what was changed
    meanwhile, is decoded anew.
    """

    def __init__(self, read: Reader) -> None:
        self._read = read
        self._kept: dict[Path, tuple[tuple[int, int], PackedRaster]] = {}
        self._room = _ROOM_BYTES

    def __call__(self, path: Path) -> RasterFile:
        try:
            stat = path.stat()
        except OSError:  # the reader has the words for it
            return self._read(path)
        state = stat.st_mtime_ns, stat.st_size
        before, packed = self._kept.get(path, (None, None))
        if packed is not None and before == state:
            return packed.unpacked()
        raster = self._read(path)
        fresh = PackedRaster.of(raster)
        if packed is None and fresh.size_bytes <= self._room:
            self._room -= fresh.size_bytes
            self._kept[path] = state, fresh
        return raster


def labels_of(raster: RasterFile, rules: MaskRules) -> Loaded:
    """Return the labels of one mask, and what the rules do not know of it."""
    if rules.by_colour:
        raster = raster.as_colours()
    counts = raster.counts()
    same_bands = raster.coloured and not rules.by_colour
    table: dict[int, int] = {}
    unknown: list[tuple[int, int]] = []
    for value, pixels in counts.items():
        number = class_number(value % 256 if same_bands else value, rules.divide)
        if number in rules.table:
            table[value] = rules.table[number]
        else:
            unknown.append((number, pixels))
    return Loaded(raster.mapped(table), findings=_unknown(unknown, rules))


def _item(source: MaskSource, pair: Pair, rules: MaskRules) -> LabelledImage:
    path = source.tree.path(pair.mask)

    def load() -> Loaded:
        return labels_of(source.read(path), rules)

    return LabelledImage(pair.name, load, absolute(source.tree, pair.image), pair.split)


def _unknown(
    values: Iterable[tuple[int, int]], rules: MaskRules
) -> tuple[Finding, ...]:
    ranked = sorted(values, key=lambda one: -one[1])
    found = [
        Finding(
            tr("{named} is in no class and is ignored", named=_named(value, rules)),
            pixels,
            "px",
        )
        for value, pixels in ranked[:_MOST_FINDINGS]
    ]
    rest = sum(pixels for _, pixels in ranked[_MOST_FINDINGS:])
    if rest:
        found.append(
            Finding(tr("other values are in no class and ignored"), rest, "px")
        )
    return tuple(found)


def _named(value: int, rules: MaskRules) -> str:
    if rules.by_colour:
        return "colour #{:02X}{:02X}{:02X}".format(*unpack_rgb(value))
    return tr("value {value}", value=value)
