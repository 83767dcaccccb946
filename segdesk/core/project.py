"""A project: a folder of images, their annotations, and what is known of them.

An item is an image, named by its path below the project's folder with forward slashes.
A linked folder lies elsewhere and counts as a folder of the project under its own name.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.fact_map import FactMap
from segdesk.core.item_status import UNKNOWN_ITEM, ItemFacts
from segdesk.core.splits import SplitPlan, SplitRule, folder_split

PROJECT_FILE = "segdesk.json"
ANNOTATIONS = "annotations"
MASK_SUFFIX = ".png"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the annotation of an image lies.

    Parameters
    ----------
    images
        Folder of the images below the project's; "": the project's own.
    annotations
        Folder of the annotations below the project's; the folders in it mirror those
        of the images.
    image_suffix
        End of an image's name that its annotation's name lacks; "": its extension.
    annotation_suffix
        End of an annotation's name.
    """

    images: str = ""
    annotations: str = ANNOTATIONS
    image_suffix: str = ""
    annotation_suffix: str = MASK_SUFFIX

    def annotation_of(self, item: str) -> str:
        """Return the path of an image's annotation below the project's folder."""
        inside = item.removeprefix(f"{self.images}/") if self.images else item
        if self.image_suffix and inside.endswith(self.image_suffix):
            stem = inside.removesuffix(self.image_suffix)
        else:
            stem = _without_extension(inside)
        return f"{self.annotations}/{stem}{self.annotation_suffix}"


COURSE_LAYOUT = Layout("img_dir", "ann_dir")
CITYSCAPES_LAYOUT = Layout(
    "leftImg8bit", "gtFine", "_leftImg8bit.png", "_gtFine_labelTrainIds.png"
)
VOC_LAYOUT = Layout("JPEGImages", "SegmentationClass")


def _no_items() -> Mapping[str, ItemFacts]:
    return FactMap({})


@dataclass(frozen=True, slots=True)
class Project:
    """A project as it is at one moment; changing it makes another value.

    Parameters
    ----------
    root
        Its folder, absolute.
    classes
        None until somebody names them.
    locked
        Indices of the classes that painting does not touch.
    items
        What is known by item; items of which nothing is known are missing.
    split_rule
        How the items were last divided; None: not yet.
    links
        (name, absolute folder) of folders elsewhere.
    extra
        (key, JSON text) pairs of the project file that SegDesk keeps without reading.
    """

    root: Path
    classes: ClassList | None = None
    locked: frozenset[int] = frozenset()
    layout: Layout = field(default_factory=Layout)
    items: Mapping[str, ItemFacts] = field(default_factory=_no_items)
    split_rule: SplitRule | None = None
    links: tuple[tuple[str, Path], ...] = ()
    extra: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        # Whoever reads the file pays for it, not the first stroke.
        object.__setattr__(self, "items", FactMap.of(self.items))

    @property
    def unlabelled(self) -> int:
        """Value of pixels nobody has labelled: the background, or 255."""
        background = self.classes.background_index if self.classes else None
        return IGNORE_INDEX if background is None else background

    @property
    def annotation_folder(self) -> Path:
        """Where the annotations lie."""
        return self.root / self.layout.annotations

    def facts(self, item: str) -> ItemFacts:
        """Return what is known of an item."""
        known = self.items.get(item, UNKNOWN_ITEM)
        if not known.split and self.split_rule is None:
            split = folder_split(item)
            if known is UNKNOWN_ITEM:
                return _unknown_in(split)
            return replace(known, split=split)
        return known

    def image_path(self, item: str) -> Path:
        """Return the file of an item."""
        head, _, rest = item.partition("/")
        for name, folder in self.links:
            if rest and name == head:
                return folder / rest
        return self.root / item

    def annotation_path(self, item: str) -> Path:
        """Return where the annotation of an item lies or will lie."""
        return self.root / self.layout.annotation_of(item)

    def item_of(self, image: Path) -> str | None:
        """Return the item that a file is; None when it is none of the project's."""
        for name, folder in self.links:
            if below := _below(image, folder):
                return f"{name}/{below}"
        return _below(image, self.root)

    def with_facts(self, item: str, facts: ItemFacts) -> "Project":
        """Return it with other facts on one item."""
        if self.items.get(item, UNKNOWN_ITEM) == facts:
            return self
        return replace(self, items=FactMap.of(self.items).put(item, facts))

    def with_all_facts(self, facts: Mapping[str, ItemFacts]) -> "Project":
        """Return it with other facts on many items."""
        return replace(self, items=FactMap({**self.items, **facts}))

    def with_split(self, rule: SplitRule, plan: SplitPlan) -> "Project":
        """Return it divided as planned; items left out have no split."""
        items = {
            item: replace(facts, split="")
            for item, facts in self.items.items()
            if replace(facts, split="") != UNKNOWN_ITEM
        }
        for item, split in plan.split_of.items():
            items[item] = replace(items.get(item, UNKNOWN_ITEM), split=split)
        return replace(self, items=FactMap(items), split_rule=rule)

    def with_classes(
        self, classes: ClassList | None, locked: Iterable[int] = ()
    ) -> "Project":
        """Return it with other classes; the annotations are not looked at."""
        kept = frozenset(index for index in locked if index < len(classes or ()))
        return replace(self, classes=classes, locked=kept)

    def with_mapped(self, table: Mapping[int, int]) -> "Project":
        """Return it with other class indices in what is known of the items."""
        items = {
            item: replace(
                facts,
                classes=tuple(
                    sorted({table.get(index, index) for index in facts.classes})
                ),
            )
            for item, facts in self.items.items()
        }
        return replace(self, items=FactMap(items))


@lru_cache(maxsize=64)
def _unknown_in(split: str) -> ItemFacts:
    return replace(UNKNOWN_ITEM, split=split)


def _below(path: Path, folder: Path) -> str | None:
    """Return where a path lies below a folder, with "/"; lists ask it for each row."""
    if path == folder:
        return "."
    inside = str(path).removeprefix(str(folder).rstrip(os.sep) + os.sep)
    if len(inside) < len(str(path)):
        return inside.replace(os.sep, "/")
    # Windows spells one path in several ways.
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else None


def _without_extension(path: str) -> str:
    stem, dot, end = path.rpartition(".")
    return stem if dot and "/" not in end and not stem.endswith("/") else path
