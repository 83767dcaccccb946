"""Splits of items whose folders name none: from lists beside them, or by chance."""

from dataclasses import replace

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.core.splits import ListSplit, SeededSplit, plan_split
from segdesk.formats.folder_tree import FolderTree, read_text
from segdesk.formats.labelled import Finding, LabelledSet

_LISTS = {"train.txt": "train", "val.txt": "val", "test.txt": "test"}
_FOLDERS = frozenset({"segmentation", "splits"})


def with_listed_splits(tree: FolderTree, labelled: LabelledSet) -> LabelledSet:
    """Give items the splits of `ImageSets/Segmentation` or `splits`, where there are.

    Items that have a split keep it; names that mean no item are told.
    """
    lists = tuple(
        (_LISTS[one.name], tuple(read_text(tree.path(one)).splitlines()))
        for one in tree.files
        if one.name in _LISTS and one.parent.name.lower() in _FOLDERS
    )
    if not lists:
        return labelled
    names = [item.name for item in labelled.items if not item.split]
    try:
        plan = plan_split(names, ListSplit(lists))
    except InputError as error:
        return labelled.plus(
            Finding(tr("lists of splits left aside: {cause}", cause=error.cause))
        )
    items = tuple(
        replace(item, split=item.split or plan.split_of.get(item.name, ""))
        for item in labelled.items
    )
    return replace(labelled, items=items)


def with_random_split(labelled: LabelledSet, share: float, seed: int) -> LabelledSet:
    """Put a share of the items without a split into "val", the others into "train".

    Parameters
    ----------
    share
        0 to 1, of the items that have no split yet. Above 0, "val" gets one of two or
        more items even where the share of so few would round to none.
    seed
        The same seed gives the same split.

    Raises
    ------
    InputError
        When the share is not between 0 and 1.
    """
    names = [item.name for item in labelled.items if not item.split]
    rule = SeededSplit(seed, (("train", 1 - share), ("val", share)))
    drawn = dict(plan_split(names, rule).split_of)
    has_val = "val" in {*drawn.values(), *(item.split for item in labelled.items)}
    if share > 0 and len(drawn) > 1 and not has_val:
        drawn[next(reversed(drawn))] = "val"
    items = tuple(
        replace(item, split=item.split or drawn[item.name]) for item in labelled.items
    )
    return replace(labelled, items=items)
