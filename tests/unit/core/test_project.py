from pathlib import Path

import pytest

from segdesk.core.classes import ClassList
from segdesk.core.document import Provenance
from segdesk.core.history import BY_HAND, Source, SourceKind
from segdesk.core.item_status import (
    ItemFacts,
    ItemFilter,
    ItemStatus,
    MadeBy,
    made_by,
    matching,
    nearest,
)
from segdesk.core.project import COURSE_LAYOUT, Layout, Project
from segdesk.core.splits import FolderSplit, plan_split

FACTS = {
    "a/1.jpg": ItemFacts(ItemStatus.DONE, "train", (0, 2), MadeBy.HAND, (), (900, 600)),
    "a/2.jpg": ItemFacts(ItemStatus.DRAFT, "val", (1,), MadeBy.MIXED, (), (200, 300)),
}
ITEMS = ("a/1.jpg", "a/2.jpg", "b/3.jpg")
PROJECT = Project(Path("/p"), items=FACTS)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ItemFilter(), [0, 1, 2]),
        (ItemFilter(statuses=frozenset({ItemStatus.UNLABELLED})), [2]),
        (ItemFilter(class_index=2), [0]),
        (ItemFilter(name="A/"), [0, 1]),
        (ItemFilter(splits=frozenset({"val"})), [1]),
        (ItemFilter(makers=frozenset({MadeBy.MIXED})), [1]),
        (ItemFilter(least_px=500), [0]),
        (ItemFilter(most_px=500), [1]),
        (ItemFilter(name="1", class_index=1), []),
    ],
)
def test_filter_finds_the_items_when_conditions_hold(wanted, found):
    assert matching(ITEMS, PROJECT.facts, wanted) == found


def test_nearest_goes_round_the_end_when_nothing_follows():
    def unlabelled(item: str) -> bool:
        return PROJECT.facts(item).status is ItemStatus.UNLABELLED

    assert nearest(ITEMS, 0, 1, unlabelled) == 2
    assert nearest(ITEMS, 0, -1, unlabelled) == 2
    assert nearest(ITEMS, 2, 1, unlabelled) is None


def test_made_by_is_mixed_when_hand_and_model_took_part():
    by_hand = Provenance().plus(BY_HAND, 10)

    assert made_by(Provenance()) is MadeBy.NOBODY
    assert made_by(by_hand) is MadeBy.HAND
    assert made_by(by_hand.plus(Source(SourceKind.MODEL, "m"), 1)) is MadeBy.MIXED


def test_annotation_lies_beside_the_images_folder_when_the_layout_says_so():
    assert COURSE_LAYOUT.annotation_of("img_dir/train/a.b.jpg") == (
        "ann_dir/train/a.b.png"
    )
    assert Layout().annotation_of("tile.1/a") == "annotations/tile.1/a.png"


def test_split_is_kept_when_facts_change_later():
    items = ("train/a.jpg", "b.jpg")
    project = PROJECT.with_split(FolderSplit(), plan_split(items, FolderSplit()))

    assert project.facts("train/a.jpg").split == "train"
    assert project.facts("a/1.jpg") == ItemFacts(
        ItemStatus.DONE, "", (0, 2), MadeBy.HAND, (), (900, 600)
    )


def test_classes_lose_locks_when_they_become_fewer():
    project = PROJECT.with_classes(ClassList.from_names(("a", "b")), {1, 5})

    assert project.locked == {1}
    assert project.unlabelled == 255
    assert project.with_mapped({2: 0}).facts("a/1.jpg").classes == (0,)
