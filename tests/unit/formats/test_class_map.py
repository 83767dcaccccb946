"""Which class becomes which."""

import numpy as np
import pytest

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.formats.class_map import ClassMap

CLASSES = ClassList.from_names(("background", "car", "bus", "tree", "pole"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("map.txt", "car=vehicle\nbus = vehicle\n\npole=ignore\ntree=skip\n"),
        ("map.csv", "car,vehicle\nbus,vehicle\npole,Ignore\ntree,skip\n"),
        ("map.toml", 'car="vehicle"\nbus="vehicle"\npole="ignore"\ntree="skip"\n'),
        (
            "map.json",
            '{"car":"vehicle","bus":"vehicle","pole":"ignore","tree":"skip"}',
        ),
    ],
)
def test_class_map_renames_merges_and_ignores_when_read(tmp_path, make_set, name, text):
    path = tmp_path / name
    path.write_text(text)
    labels = np.array([[0, 1, 2, 3, 4, 255]], np.uint8)
    labelled = make_set(tmp_path, {"a": labels}, CLASSES)
    mapped = ClassMap.read(path).applied(labelled)
    assert mapped.classes.names == ("background", "vehicle")
    assert mapped.classes.palette[1] == CLASSES.palette[1]
    assert mapped.items[0].read().labels.tolist() == [[0, 1, 1, 0, 255, 255]]


def test_class_map_takes_all_others_when_star_is_named(tmp_path, make_set):
    labelled = make_set(tmp_path, {"a": np.array([[0, 1, 2]], np.uint8)}, CLASSES)
    mapped = ClassMap({"car": "car", "*": "ignore"}).applied(labelled)
    assert mapped.classes.names == ("car",)
    assert mapped.items[0].read().labels.tolist() == [[255, 0, 255]]


@pytest.mark.parametrize(
    ("table", "words"),
    [({"boat": "car"}, "'boat'"), ({"*": "ignore"}, "No class")],
)
def test_class_map_refuses_when_it_does_not_fit(tmp_path, make_set, table, words):
    labelled = make_set(tmp_path, {"a": np.zeros((1, 1), np.uint8)}, CLASSES)
    with pytest.raises(InputError, match=words):
        ClassMap(table).applied(labelled)


def test_class_map_refuses_when_line_is_no_pair(tmp_path):
    path = tmp_path / "map.txt"
    path.write_text("car\n")
    with pytest.raises(InputError, match="not from=to"):
        ClassMap.read(path)
