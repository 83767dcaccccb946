"""Scribbles of the image on screen: drawn, taken back, kept."""

from segdesk.app.tools.pointer import Button, Key
from segdesk.core.classes import ClassList
from segdesk.core.scribbles import classes_in
from segdesk.formats.scribble_file import read_scribbles, scribbles_path

A, B = ((5, 5), (30, 5)), ((5, 30), (30, 30))


def saved(scribbler):
    room = scribbler.room
    room.executor.run_all()
    path = scribbles_path(room.annotations.current.place.path)
    return read_scribbles(path, room.shelf.project.classes)


def test_scribbles_are_kept_and_no_label_is_painted_when_drawn(scribbler):
    scribbler.draw(1, *A)
    scribbler.draw(2, *B)
    assert classes_in(saved(scribbler)) == (1, 2)
    assert not scribbler.room.labels.any()
    assert not len(scribbler.room.annotating.document.history)
    scribbler.room.show("b.jpg")
    assert scribbler.book.scribbles == ()
    scribbler.room.show("a.jpg")
    assert classes_in(scribbler.book.scribbles) == (1, 2)


def test_undo_takes_the_newest_deed_when_scribbles_and_strokes_are_mixed(scribbler):
    annotating = scribbler.room.annotating
    scribbler.draw(1, *A)
    annotating.choose(tool="brush")
    scribbler.draw(1, *B)
    annotating.choose(tool="scribble")
    scribbler.draw(2, *B)
    assert scribbler.deeds.why_no_undo() is None
    scribbler.deeds.undo()
    assert classes_in(scribbler.book.scribbles) == (1,)
    scribbler.deeds.undo()
    assert not annotating.document.history.position
    scribbler.deeds.undo()
    assert saved(scribbler) == ()
    scribbler.deeds.redo()
    assert classes_in(saved(scribbler)) == (1,)


def test_eraser_cuts_and_undo_mends_when_the_right_button_is_held(scribbler):
    scribbler.draw(1, *A)
    before = scribbler.book.scribbles
    scribbler.draw(1, (18, 1), (18, 9), button=Button.RIGHT)
    assert len(scribbler.book.scribbles) == 2
    scribbler.deeds.undo()
    assert scribbler.book.scribbles == before
    scribbler.book.clear()
    assert saved(scribbler) == ()
    scribbler.deeds.undo()
    assert saved(scribbler) == before


def test_open_scribble_goes_when_escape_is_pressed(scribbler):
    annotating = scribbler.room.annotating
    from segdesk.app.tools.pointer import PointerEvent

    annotating.press(PointerEvent(5, 5, Button.LEFT))
    annotating.move(PointerEvent(20, 20, Button.LEFT))
    assert len(scribbler.book.scribbles) == 1
    annotating.key(Key.ESCAPE)
    assert scribbler.book.scribbles == ()


def test_scribbles_follow_their_classes_when_those_are_moved_or_renamed(scribbler):
    scribbler.draw(1, *A)
    scribbler.draw(2, *B)
    room = scribbler.room
    for names, kept in (
        (("background", "tree", "road"), (1, 2)),
        (("background", "wood", "road"), (1, 2)),
        (("background", "road"), (1,)),
    ):
        classes = ClassList.from_names(names)
        room.shelf.set_classes(classes, frozenset())
        room.desk.session.set_classes(classes)
        assert classes_in(scribbler.book.scribbles) == kept
    assert scribbler.book.scribbles[0].points[0] == (5, 5)
