"""Box cut, edge lasso and superpixels."""

import numpy as np
import pytest

from segdesk.app.tools import plain
from segdesk.app.tools.pointer import Button, Mod
from segdesk.app.tools.preview import CursorKind, HandleKind
from segdesk.core.shapes import Polygon


def scene(height=300, width=400):
    rng = np.random.default_rng(0)
    image = rng.integers(90, 130, (height, width, 3)).astype(np.uint8)
    y, x = np.mgrid[:height, :width] + 0.5
    disc = np.hypot(x - 150, y - 150) < 50
    image[disc] = rng.integers((180, 20, 20), (220, 60, 60), (disc.sum(), 3))
    return image, disc


@pytest.fixture
def at_scene(hand):
    """Return a hand over a red disc."""
    image, disc = scene()

    def make(tool):
        it = hand(tool, image=image)
        it.disc = disc
        return it

    return make


def share(labels, disc, value=1):
    mine = labels == value
    return np.count_nonzero(mine & disc) / np.count_nonzero(mine | disc)


@pytest.mark.parametrize("how", ["enter", "double click", "new box"])
def test_box_cut_paints_the_thing_when_accepted(at_scene, how):
    it = at_scene("box_cut")
    it.press(80, 80)
    assert it.move(220, 220).preview.lines[0].closed
    it.release(220, 220)
    assert it.last.preview.mask.mask.sum() == pytest.approx(it.disc.sum(), rel=0.05)
    assert "Enter paints it" in it.last.status
    assert not it.labels.any()
    if how == "enter":
        it.key("Enter")
    elif how == "double click":
        it.press(150, 150, clicks=2)
    else:
        it.press(300, 250)
    assert share(it.labels, it.disc) > 0.95
    assert it.steps[0].title == "Box cut"
    assert it.tool.is_open is (how == "new box")


def test_box_cut_is_corrected_when_strokes_say_so(at_scene):
    it = at_scene("box_cut").use(brush_size=12)
    it.drag((80, 80), (220, 220))
    before = it.last.preview.mask.mask.sum()
    assert it.hover(150, 150).preview.cursor.kind is CursorKind.POINT_ADD
    it.drag((110, 150), (150, 150), (190, 150), button=Button.RIGHT)
    assert it.last.preview.mask.mask.sum() < before - 500
    it.key("Backspace")
    assert it.last.preview.mask.mask.sum() == before
    it.drag((85, 200), (95, 210))
    it.key("Enter")
    assert (it.labels[203:207, 88:92] == 1).any()
    assert not it.tool.is_open


def test_box_cut_drops_everything_when_escaped(at_scene):
    it = at_scene("box_cut")
    it.drag((80, 80), (220, 220))
    it.key("Escape")
    assert not it.tool.is_open
    it.works = False
    it.drag((80, 80), (220, 220))
    it.abort()
    it.do_work()
    assert it.last.preview.mask is None
    assert not it.steps


def test_box_cut_says_why_when_the_box_is_too_small(at_scene):
    it = at_scene("box_cut")
    it.drag((80, 80), (84, 84))
    assert "needs 8 px" in it.last.status
    assert not it.tool.is_open


def test_box_cut_asks_for_a_stroke_when_nothing_is_found(hand):
    it = hand("box_cut", image=np.full((300, 400, 3), 90, np.uint8))
    it.drag((80, 80), (220, 220))
    it.key("Enter")
    if not it.steps:
        assert "Mark part of the thing" in it.last.status
        assert it.tool.is_open
        it.use(brush_size=20).drag((150, 150), (160, 150))
        it.key("Enter")
    assert it.steps


def test_edge_lasso_follows_the_disc_when_clicked_round_it(at_scene):
    it = at_scene("edge_lasso")
    for place in ((100, 150), (150, 100), (200, 150), (150, 200)):
        it.click(*place)
    way = it.hover(115, 186).preview.lines[1]
    assert way.dashed
    assert len(way.points) > 3
    shown = it.hover(103, 152).preview
    assert shown.handles[0].kind is HandleKind.FIRST
    it.press(103, 152)
    assert not it.tool.is_open
    (shape,) = it.shapes
    assert isinstance(shape, Polygon)
    assert len(shape.rings[0]) > 12
    assert share(it.labels, it.disc) > 0.93
    assert it.steps[0].title == "Edge lasso"


def test_edge_lasso_draws_straight_when_shift_is_held_or_work_is_slow(at_scene):
    it = at_scene("edge_lasso")
    it.mods = Mod.SHIFT
    for place in ((100, 150), (150, 100), (200, 150)):
        it.click(*place)
    assert len(it.hover(150, 200).preview.lines[1].points) == 2
    it.abort()
    it.mods, it.works = Mod.NONE, False
    for place in ((100, 150), (150, 100), (200, 150)):
        it.click(*place)
    it.key("Enter")
    assert it.shapes[0].rings[0] == ((100, 150), (150, 100), (200, 150))


def test_edge_lasso_takes_back_when_told(at_scene):
    it = at_scene("edge_lasso")
    for place in ((100, 150), (150, 100), (200, 150)):
        it.click(*place)
    assert len(it.key("Backspace").preview.handles) == 2
    it.press(9, 9, Button.RIGHT)
    assert len(it.hover(9, 9).preview.handles) == 1
    it.key("Enter")
    assert "Click at least once more" in it.last.status
    it.key("Undo")
    assert not it.tool.is_open
    it.click(100, 150)
    it.key("Escape")
    assert not it.tool.is_open


def test_superpixels_paint_what_the_pen_goes_over_when_dragged(at_scene):
    it = at_scene("superpixels").use(superpixel_size=16)
    shown = it.hover(150, 150)
    shown = it.hover(150, 150)
    assert shown.preview.mask.mask.sum() > 50
    it.drag((110, 150), (190, 150))
    assert (it.labels[150, 110:190] == 1).all()
    assert share(it.labels, it.disc) > 0.1
    assert np.count_nonzero((it.labels == 1) & ~it.disc) < 200
    assert [step.title for step in it.steps] == ["Superpixels"]
    it.drag((110, 150), (190, 150), button=Button.RIGHT)
    assert not it.labels.any()


def test_superpixels_are_painted_later_when_their_block_is_not_ready(at_scene):
    it = at_scene("superpixels").use(superpixel_size=8)  # blocks of 160 px
    it.works = False
    it.press(100, 100)
    first = it.work
    it.move(250, 100)
    it.release(250, 100)
    assert it.tool.is_open
    assert not it.labels.any()
    assert it.work is first  # it is being found already
    it.do_work()
    assert (it.labels[100, 100:158] == 1).all()
    assert not it.steps
    it.do_work()
    assert (it.labels[100, 100:250] == 1).all()
    assert len(it.steps) == 1
    assert not it.tool.is_open


def test_superpixels_leave_no_trace_when_aborted(at_scene):
    it = at_scene("superpixels")
    it.press(100, 100)
    it.move(150, 150)
    assert it.labels.any()
    it.key("Escape")
    assert not it.labels.any()
    it.use(locked=frozenset({1}))
    assert "locked" in it.press(100, 100).status


def test_superpixels_are_found_anew_when_options_change(at_scene):
    it = at_scene("superpixels")
    it.hover(100, 100)
    assert it.hover(100, 100).work is None
    it.works = False
    assert it.use(superpixel_size=10).hover(100, 100).work is not None
    assert it.hover(-5, 100).work is None


def test_work_is_dropped_with_a_sentence_when_it_fails(at_scene, monkeypatch):
    monkeypatch.setattr(plain, "BIG_PX", 10)
    for tool, act in (
        ("box_cut", lambda it: it.drag((80, 80), (220, 220))),
        ("superpixels", lambda it: it.hover(100, 100)),
        ("edge_lasso", lambda it: it.click(100, 100)),
        ("rectangle", lambda it: it.drag((10, 10), (90, 90))),
    ):
        it = at_scene(tool)
        it.works = False
        act(it)
        token = it.work.token
        result = it.take(it.tool.fail(token, "It went wrong.", it.context))
        assert result.status == "It went wrong."
        it.take(it.tool.deliver(token, None, it.context))
        assert not it.steps
