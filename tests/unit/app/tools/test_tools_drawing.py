"""Polygon, rectangle, ellipse, polyline: drawn, snapped, combined."""

import numpy as np
import pytest

from segdesk.app.tools import plain
from segdesk.app.tools.options import Combine
from segdesk.app.tools.pointer import Button, Mod
from segdesk.app.tools.preview import CursorKind, HandleKind
from segdesk.core.rules import ONLY_UNLABELLED, replacing_only
from segdesk.core.shapes import Ellipse, Point, Polygon, Polyline, Rectangle

TRIANGLE = [(50, 50), (150, 50), (150, 150)]


def draw(it, points=TRIANGLE):
    for place in points:
        it.click(*place)


@pytest.mark.parametrize("end", ["enter", "double click", "first point"])
def test_polygon_closes_when_told_in_each_way(hand, end):
    it = hand("polygon")
    draw(it)
    assert it.tool.is_open
    if end == "enter":
        it.key("Enter")
    elif end == "double click":
        it.press(150, 150, clicks=2)
    else:
        shown = it.hover(53, 54).preview
        assert shown.handles[0].kind is HandleKind.FIRST
        assert shown.lines[1].points[1] == (50, 50)
        it.press(53, 54)
    assert not it.tool.is_open
    (shape,) = it.shapes
    assert isinstance(shape, Polygon)
    assert shape.rings == (tuple(Point(*place) for place in TRIANGLE),)
    assert int(it.labels.sum()) == pytest.approx(5000, abs=101)
    assert it.steps[0].title == "Polygon"
    assert it.last.shapes_changed
    it.undo()
    assert (it.shapes, it.labels.any()) == ((), np.False_)


@pytest.mark.parametrize("how", ["right", "Backspace", "Undo"])
def test_polygon_takes_the_last_point_back_when_told(hand, how):
    it = hand("polygon")
    draw(it)

    def back():
        if how == "right":
            return it.press(9, 9, Button.RIGHT)
        return it.key(how)

    assert len(back().preview.handles) == 2
    back()
    assert back().preview.handles == ()
    assert not it.tool.is_open
    assert not back().consumed
    draw(it)
    it.key("Escape")
    assert not it.tool.is_open
    assert not it.steps


def test_polygon_waits_for_more_when_it_has_two_points(hand):
    it = hand("polygon")
    draw(it, TRIANGLE[:2])
    it.key("Enter")
    assert it.last.status == "3 points are needed; there are 2."
    assert it.tool.is_open
    assert not it.key("Left").consumed


def test_polygon_moves_the_new_point_when_dragged(hand):
    it = hand("polygon")
    draw(it, TRIANGLE[:2])
    it.drag((10, 10), (140, 140), (150, 150))
    it.key("Enter")
    assert it.shapes[0].rings[0] == tuple(Point(*place) for place in TRIANGLE)


def test_polygon_is_drawn_freehand_when_shift_is_held(hand):
    it = hand("polygon")
    it.mods = Mod.SHIFT
    angles = np.linspace(0, 2 * np.pi, 400)
    way = [(200 + 80 * np.cos(a), 150 + 80 * np.sin(a)) for a in angles]
    it.drag(*way)
    assert not it.tool.is_open
    assert 100 < len(it.shapes[0].rings[0]) < 170
    assert int(it.labels.sum()) == pytest.approx(np.pi * 80**2, rel=0.02)
    it.drag((20, 20), (60, 20), (60, 60))
    assert it.tool.is_open
    it.mods = Mod.NONE
    it.click(20, 60)
    it.key("Enter")
    assert it.labels[21:59, 21:59].all()


def test_neighbours_share_their_border_when_ctrl_snaps(hand):
    it = hand("polygon")
    draw(it, [(50.3, 40.2), (120.7, 61.9), (111.1, 160.4), (40.9, 150.2)])
    it.key("Enter")
    it.use(selected_class=2, rule=ONLY_UNLABELLED)
    it.mods = Mod.CTRL
    draw(it, [(122, 60), (200, 70), (190, 170), (113, 158)])
    it.key("Enter")
    first, second = (set(shape.rings[0]) for shape in it.shapes)
    assert first & second == {(120.7, 61.9), (111.1, 160.4)}
    both = it.labels[70:150]
    for row in both:
        used = np.flatnonzero(row)
        assert (np.diff(used) == 1).all()  # no gap, and one class each by nature


def test_points_snap_to_edges_labels_and_image_when_ctrl_is_held(hand):
    it = hand("polygon")
    it.labels[200:220, 300:340] = it.shown[200:220, 300:340] = 3
    draw(it)
    it.key("Enter")
    it.mods = Mod.CTRL
    for place, expected in (
        ((100, 56), (100, 50)),  # an edge
        ((338, 222), (338, 220)),  # a border of labels
        ((345, 225), (340, 220)),  # its corner
        ((396.2, 120.4), (400, 120)),  # the border of the image
        ((-4, -3), (0, 0)),
        ((250, 100), (250, 100)),  # nothing is near
    ):
        it.press(*place)
        assert it.last.preview.handles[-1].point == expected
        it.press(0, 0, Button.RIGHT)


@pytest.mark.parametrize("big", [False, True])
def test_polygon_grows_together_when_it_adds(hand, monkeypatch, big):
    if big:
        monkeypatch.setattr(plain, "BIG_PX", 100)
    it = hand("polygon")
    draw(it)
    it.key("Enter")
    it.use(combine=Combine.ADD)
    draw(it, [(140, 60), (200, 60), (200, 90), (140, 90)])
    it.key("Enter")
    assert len(it.shapes) == 1
    assert it.labels[75, 195] == it.labels[60, 100] == 1
    it.use(combine=Combine.SUBTRACT)
    draw(it, [(110, 60), (130, 60), (130, 80), (110, 80)])
    it.key("Enter")
    assert [len(shape.rings) for shape in it.shapes] == [2]
    assert not it.labels[61:79, 111:129].any()
    assert len(it.steps) == 3
    assert it.steps[-1].title == "Subtract polygon"


@pytest.mark.parametrize("tool", ["polygon", "ellipse", "edge_lasso"])
def test_cursor_bears_a_minus_when_shapes_are_cut(hand, tool):
    it = hand(tool)
    assert it.hover(9, 9).preview.cursor.kind is not CursorKind.CUT
    it.use(combine=Combine.SUBTRACT)
    assert it.hover(9, 9).preview.cursor.kind is CursorKind.CUT


def test_shapes_are_only_paint_when_they_shall_not_be_kept(hand):
    it = hand("polygon").use(keep_shapes=False)
    draw(it)
    it.key("Enter")
    assert it.shapes == ()
    assert it.labels.any()


def test_drawing_refuses_when_the_class_is_locked(hand):
    for tool in ("polygon", "rectangle"):
        it = hand(tool).use(locked=frozenset({1}))
        assert it.hover(9, 9).preview.cursor.kind is CursorKind.LOCKED
        draw(it, [(20, 20), (60, 20), (60, 60)])
        it.key("Enter")
        assert not it.steps


def test_cutting_refuses_when_the_class_is_locked_and_works_under_any_rule(hand):
    it = hand("polygon")
    draw(it)
    it.key("Enter")
    it.use(combine=Combine.SUBTRACT, rule=replacing_only(1), locked=frozenset({1}))
    draw(it)
    it.key("Enter")
    assert "road is locked" in it.last.status
    assert len(it.shapes) == 1
    it.use(locked=frozenset())
    draw(it)
    it.key("Enter")
    assert it.shapes == ()
    assert not it.labels.any()


def test_drawing_says_so_when_no_pixel_is_covered(hand):
    it = hand("polygon")
    draw(it, [(500, 500), (600, 500), (600, 600)])
    it.key("Enter")
    assert "covers no pixel" in it.last.status
    draw(it, [(10.6, 10.6), (10.9, 10.6), (10.9, 10.9)])
    it.pixel = 0.01
    it.key("Enter")
    assert not it.steps


def test_polygon_may_cross_itself_when_drawn(hand):
    it = hand("polygon")
    draw(it, [(50, 50), (150, 150), (150, 50), (50, 150)])
    it.key("Enter")
    assert int(it.labels.sum()) == pytest.approx(5000, abs=250)
    assert it.labels[100, 60] == it.labels[100, 140] == 1
    assert it.labels[60, 100] == 0


@pytest.mark.parametrize(
    ("mods", "expected"),
    [
        (Mod.NONE, (100, 80, 160, 110)),
        (Mod.SHIFT, (100, 80, 160, 140)),
        (Mod.ALT, (40, 50, 160, 110)),
        (Mod.ALT | Mod.SHIFT, (40, 20, 160, 140)),
    ],
)
def test_rectangle_follows_the_drag_when_keys_are_held(hand, mods, expected):
    it = hand("rectangle")
    it.mods = mods
    it.press(100.2, 79.8)
    assert it.move(159.9, 110.3).preview.tag
    it.release(159.9, 110.3)
    (shape,) = it.shapes
    assert isinstance(shape, Rectangle)
    edges = (shape.left, shape.top, shape.right, shape.bottom)
    assert edges == expected
    area = (edges[2] - edges[0]) * (edges[3] - edges[1])
    assert it.labels.sum() == area


def test_rectangle_is_two_clicks_when_not_dragged(hand):
    it = hand("rectangle")
    it.click(100, 80)
    assert it.tool.is_open
    assert it.hover(150, 100).preview.tag == "50 × 20 px"
    it.click(150, 100)
    assert it.labels.sum() == 1000
    it.click(10, 10)
    it.press(20, 20, Button.RIGHT)
    assert not it.tool.is_open
    it.click(10, 10)
    it.key("Escape")
    assert len(it.steps) == 1


def test_ellipse_fits_between_the_corners_when_dragged(hand):
    it = hand("ellipse")
    it.drag((100, 80), (130, 90), (160, 120))
    (shape,) = it.shapes
    assert isinstance(shape, Ellipse)
    assert int(it.labels.sum()) == pytest.approx(np.pi * 30 * 20, rel=0.02)
    rows, columns = np.nonzero(it.labels)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (80, 119, 100, 159)


def test_polyline_paints_its_width_when_finished(hand):
    it = hand("polyline").use(line_width=10)
    draw(it, [(50, 50), (150, 50)])
    it.press(152, 50)  # the last point again
    (shape,) = it.shapes
    assert isinstance(shape, Polyline)
    assert it.labels[:, 100].sum() == 10
    assert it.labels[50, 45] == it.labels[50, 154] == 1
    draw(it, [(50, 150)])
    it.key("Enter")
    assert it.last.status == "2 points are needed; there is 1."
    it.click(150, 200)
    it.press(150, 200, clicks=2)
    assert len(it.shapes) == 2


def test_large_shapes_are_planned_on_a_worker_when_drawn(hand, monkeypatch):
    monkeypatch.setattr(plain, "BIG_PX", 100)
    it = hand("rectangle")
    it.works = False
    it.drag((0, 0), (300, 200))
    assert it.work.title == "Rectangle"
    assert not it.labels.any()
    assert not it.press(50, 50).steps
    it.do_work()
    assert it.labels.sum() == 60_000
