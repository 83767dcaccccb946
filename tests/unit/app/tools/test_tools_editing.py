"""The tool that moves shapes and vertices."""

import pytest

from segdesk.app.tools.pointer import Button, Mod
from segdesk.app.tools.preview import CursorKind, HandleKind
from segdesk.core.history import Step
from segdesk.core.rules import NOT_LOCKED
from segdesk.core.shape_edits import ShapePlanner
from segdesk.core.shapes import Ellipse, Point, Polygon, Polyline, Rectangle, ring

SQUARE = ring([(50, 50), (150, 50), (150, 150), (50, 150)])


def polygon(points=SQUARE, index=1):
    return Polygon(class_index=index, rings=(points,))


@pytest.fixture
def with_shapes(hand):
    """Return a hand with the edit tool and some shapes drawn."""

    def make(*shapes):
        it = hand("edit")
        it.labels[...] = it.shown[...] = 3
        for shape in shapes:
            plan = ShapePlanner(it.labels, it.shapes, 0, NOT_LOCKED)
            it.document.apply(Step("Shape", "polygon", 1, plan.add(shape)))
        it.shown[...] = it.labels
        return it

    return make


def test_vertex_moves_and_gives_back_what_was_below_when_dragged(with_shapes):
    it = with_shapes(polygon())
    shown = it.hover(148, 152).preview
    assert shown.handles[2].hovered
    it.press(148, 152)
    assert it.move(120, 120).preview.handles[2].point == (120, 120)
    assert it.labels[140, 140] == 1  # painted only in the end
    it.release(120, 120)
    assert it.shapes[0].rings[0][2] == (120, 120)
    assert it.labels[140, 140] == 3
    assert it.steps[0].title == "Edit shape"
    it.undo()
    assert it.labels[140, 140] == 1
    assert it.shapes[0].rings == (SQUARE,)


def test_edge_gets_a_vertex_when_dragged(with_shapes):
    it = with_shapes(polygon())
    shown = it.hover(100, 53).preview
    assert shown.handles[-1].kind is HandleKind.EDGE
    assert shown.handles[-1].point == (100, 50)
    it.drag((100, 53), (100, 20))
    assert it.shapes[0].rings[0] == (*SQUARE[:1], (100, 20), *SQUARE[1:])
    assert it.labels[30, 100] == 1
    it.drag((52, 100), (20, 100))
    assert it.shapes[0].rings[0][-1] == (20, 100)


@pytest.mark.parametrize("how", ["Delete", "Backspace", "right", "alt"])
def test_vertex_goes_when_told_in_each_way(with_shapes, how):
    it = with_shapes(polygon())
    it.click(100, 100)
    it.hover(150, 150)
    if how == "right":
        it.click(150, 150, Button.RIGHT)
    elif how == "alt":
        it.mods = Mod.ALT
        it.click(150, 150)
    else:
        it.key(how)
    assert it.shapes[0].rings[0] == (SQUARE[0], SQUARE[1], SQUARE[3])
    assert it.labels[140, 140] == 3
    it.hover(50, 50)
    it.mods = Mod.NONE
    it.press(50, 50, Button.RIGHT)
    assert it.shapes == ()
    assert (it.labels == 3).all()


def test_shape_moves_when_its_area_is_dragged(with_shapes):
    it = with_shapes(polygon())
    assert it.hover(100, 100).preview.cursor.kind is CursorKind.MOVE
    it.drag((100, 100), (120, 110), (140, 100))
    assert it.shapes[0].rings[0][0] == (90, 50)
    assert it.labels[100, 60] == 3
    assert it.labels[100, 170] == 1
    assert it.steps[0].title == "Move shape"
    it.key("Right", Mod.SHIFT)
    it.key("Down")
    assert it.shapes[0].rings[0][0] == (100, 51)
    assert not it.key("Enter").consumed


def test_shape_comes_back_when_the_drag_is_aborted(with_shapes):
    it = with_shapes(polygon())
    it.press(100, 100)
    it.move(200, 200)
    assert it.tool.is_open
    it.key("Escape")
    it.release(200, 200)
    assert it.shapes[0].rings == (SQUARE,)
    assert not it.steps
    it.click(100, 100)
    assert not it.steps  # pressed and let go: nothing has changed


def test_chosen_shape_goes_when_delete_is_pressed(with_shapes):
    it = with_shapes(polygon(), polygon(ring([(200, 50), (300, 50), (250, 200)]), 2))
    it.click(100, 100)
    assert it.tool.chosen(it.context) == 0
    it.key("Delete")
    assert len(it.shapes) == 1
    assert not (it.labels == 1).any()
    assert not it.key("Delete").consumed
    it.click(240, 100)
    assert it.tool.chosen(it.context) == 0
    it.click(10, 250)
    assert it.tool.chosen(it.context) is None


def test_topmost_shape_is_hit_when_they_overlap_unless_one_is_chosen(with_shapes):
    it = with_shapes(polygon(), polygon(ring([(100, 100), (300, 100), (250, 250)]), 2))
    it.click(140, 110)
    assert it.tool.chosen(it.context) == 1
    it.click(60, 60)
    it.click(140, 110)
    assert it.tool.chosen(it.context) == 0


def test_vertex_snaps_to_a_neighbour_when_ctrl_is_held(with_shapes):
    it = with_shapes(polygon(), polygon(ring([(200, 60), (300, 50), (250, 200)]), 2))
    it.press(150, 50)
    it.mods = Mod.CTRL
    it.move(195, 64)
    it.release(195, 64)
    assert it.shapes[0].rings[0][1] == (200, 60)


def test_other_shapes_keep_their_form_when_a_handle_is_dragged(with_shapes):
    it = with_shapes(
        Rectangle(class_index=1, left=20, top=20, right=60, bottom=60),
        Ellipse(class_index=2, centre=Point(150, 60), radius_x=40, radius_y=20),
        Polyline(class_index=1, points=ring([(20, 200), (200, 200)]), width=8),
    )
    it.drag((60, 60), (80, 70))
    assert isinstance(it.shapes[0], Rectangle)
    assert (it.labels == 1)[20:70, 20:80].all()
    it.drag((190, 60), (200, 60))
    assert it.shapes[1].radius_x == 50
    it.drag((100, 201), (100, 240))
    assert it.shapes[2].points == ((20, 200), (100, 240), (200, 200))
    it.click(100, 240, Button.RIGHT)
    assert it.shapes[2].points == ((20, 200), (200, 200))
    assert (it.labels[196:204, 100] == 1).all()
    assert it.labels[230, 100] == 3


def test_editing_refuses_when_the_class_is_locked(with_shapes):
    it = with_shapes(polygon())
    it.use(locked=frozenset({1}))
    for deed in (
        lambda: it.press(100, 100),
        lambda: it.key("Left"),
        lambda: it.key("Delete"),
        lambda: it.press(50, 50, Button.RIGHT),
        lambda: it.take(it.tool.reclass(0, 2, it.context)),
        lambda: it.take(it.tool.remove(0, it.context)),
    ):
        assert "road is locked" in deed().status
    it.release(100, 100)
    assert it.shapes[0].rings == (SQUARE,)
    assert not it.steps


def test_lists_of_shapes_choose_and_change_them_when_asked(with_shapes):
    it = with_shapes(polygon(), polygon(ring([(200, 50), (300, 50), (250, 200)]), 2))
    assert it.take(it.tool.choose(1, it.context)).preview.handles
    assert it.tool.chosen(it.context) == 1
    it.take(it.tool.reclass(1, 1, it.context))
    assert it.shapes[1].class_index == 1
    assert not (it.labels == 2).any()
    it.take(it.tool.remove(0, it.context))
    assert len(it.shapes) == 1
    assert it.take(it.tool.choose(9, it.context)).preview.handles == ()
    it.leave()


def test_shape_under_the_cursor_is_found_when_there_are_many(with_shapes):
    it = with_shapes()
    many = tuple(
        polygon(ring([(x, y), (x + 6, y), (x + 3, y + 6)]))
        for x in range(0, 400, 8)
        for y in range(0, 300, 8)
    )
    it.document.shapes = many
    it.pixel = 0.1
    it.press(203, 202)
    shape = many[it.tool.chosen(it.context)]
    assert shape.rings[0][0] == (200, 200)
