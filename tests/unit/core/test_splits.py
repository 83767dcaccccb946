import pytest

from segdesk.core.errors import InputError
from segdesk.core.splits import FolderSplit, ListSplit, SeededSplit, plan_split

ITEMS = tuple(f"tile {number}/a{number}.jpg" for number in range(50))


def test_seeded_split_falls_alike_when_the_order_of_the_items_differs():
    rule = SeededSplit(7, (("train", 0.7), ("val", 0.2), ("test", 0.1)))

    plan = plan_split(ITEMS, rule)

    assert plan.counts() == {"train": 35, "val": 10, "test": 5}
    assert plan_split(ITEMS[::-1], rule).split_of == plan.split_of
    assert plan_split(ITEMS, SeededSplit(8, rule.parts)).split_of != plan.split_of


@pytest.mark.parametrize("labelled", [2, 3, 4, 9])
def test_seeded_split_gives_both_sides_labels_when_few_items_have_some(labelled):
    few = ITEMS[:labelled]

    for seed in range(20):
        plan = plan_split(ITEMS, SeededSplit(seed), few)
        assert {plan.split_of[item] for item in few} == {"train", "val"}
        assert len(plan.split_of) == len(ITEMS)


def test_seeded_split_refuses_when_shares_do_not_add_up():
    with pytest.raises(InputError, match="110%"):
        plan_split(ITEMS, SeededSplit(0, (("train", 0.9), ("val", 0.2))))


def test_folder_split_follows_folders_when_they_name_a_split():
    items = ("img_dir/train/a.jpg", "Validation/b.jpg", "c.jpg", "train.jpg")

    assert plan_split(items, FolderSplit()).split_of == {
        "img_dir/train/a.jpg": "train",
        "Validation/b.jpg": "val",
    }


def test_list_split_tells_names_when_they_mean_no_item_or_two():
    items = ("x/a.jpg", "y/a.jpg", "y/b.jpg", "y/c.jpg")
    rule = ListSplit((("train", ("x/a", "b", "")), ("val", ("y\\c.jpg", "a", "z"))))

    plan = plan_split(items, rule)

    assert plan.split_of == {"x/a.jpg": "train", "y/b.jpg": "train", "y/c.jpg": "val"}
    assert plan.unmatched == ("a", "z")


def test_list_split_refuses_when_an_item_stands_in_two_lists():
    with pytest.raises(InputError, match="train and of val"):
        plan_split(("a.jpg",), ListSplit((("train", ("a",)), ("val", ("a.jpg",)))))
