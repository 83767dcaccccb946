import pytest

from segdesk.core.class_remap import deleted, merged, reordered
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError

CLASSES = ClassList.from_names(("background", "road", "tree", "water"))
PLAIN = ClassList.from_names(("road", "tree"))


def test_classes_and_locks_move_along_when_the_order_changes():
    remap = reordered(CLASSES, frozenset({3}), (0, 3, 1, 2))

    assert remap.classes.names == ("background", "water", "road", "tree")
    assert remap.classes.palette[1] == CLASSES.palette[3]
    assert remap.locked == {1}
    assert remap.new_of[:5] == (0, 2, 3, 1, 4)
    assert remap.new_of[255] == 255


def test_pixels_go_to_the_other_class_when_two_are_merged():
    remap = merged(CLASSES, frozenset({1, 3}), 1, 3)

    assert remap.title == "Merge road into water"
    assert remap.classes.names == ("background", "tree", "water")
    assert remap.new_of[:4] == (0, 2, 1, 2)
    assert remap.locked == {2}


@pytest.mark.parametrize(
    ("classes", "index", "new"),
    [(CLASSES, 2, 0), (CLASSES, 0, 255), (PLAIN, 0, 255)],
)
def test_pixels_become_unlabelled_when_their_class_is_deleted(classes, index, new):
    remap = deleted(classes, frozenset(), index)

    assert remap.new_of[index] == new
    assert remap.new_of[index + 1] == index
    assert len(remap.classes) == len(classes) - 1


def test_delete_refuses_when_there_is_one_class_alone():
    with pytest.raises(InputError, match="only class"):
        deleted(ClassList.from_names(("road",)), frozenset(), 0)
