"""Scribbles on disk: by the names of their classes."""

import pytest

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.scribbles import Scribble
from segdesk.core.shapes import Point
from segdesk.formats.scribble_file import (
    read_scribbles,
    scribbles_path,
    write_scribbles,
)

CLASSES = ClassList.from_names(("background", "road", "tree"))
STROKES = (
    Scribble(2, 3.0, (Point(1.25, 2.5), Point(8.0, 9.0))),
    Scribble(0, 5.0, (Point(30.0, 4.0),)),
)


def test_scribbles_come_back_when_classes_have_another_order(tmp_path):
    path = scribbles_path(tmp_path / "a.png")
    write_scribbles(path, "a.jpg", STROKES, CLASSES)
    assert read_scribbles(path, CLASSES) == STROKES
    moved = read_scribbles(path, ClassList.from_names(("tree", "sea")))
    assert [(one.class_index, one.points) for one in moved] == [(0, STROKES[0].points)]


def test_file_goes_when_all_scribbles_are_cleared(tmp_path):
    path = scribbles_path(tmp_path / "a.png")
    write_scribbles(path, "a.jpg", STROKES, CLASSES)
    write_scribbles(path, "a.jpg", (), CLASSES)
    write_scribbles(path, "a.jpg", (), CLASSES)
    assert not list(tmp_path.iterdir())
    assert read_scribbles(path, CLASSES) == ()


def test_damaged_file_is_kept_aside_when_read(tmp_path):
    path = scribbles_path(tmp_path / "a.png")
    path.write_bytes(b'{"scribbles": 1, "strokes": [')
    with pytest.raises(InputError, match="not read"):
        read_scribbles(path, CLASSES)
    assert [one.name.partition(".damaged")[1] for one in tmp_path.iterdir()] == [
        ".damaged"
    ]
