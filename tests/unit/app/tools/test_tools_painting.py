"""Brush, eraser, bucket, wand, picker and pan."""

import numpy as np
import pytest

from segdesk.app.tools import plain
from segdesk.app.tools.options import BrushShape, FillMode
from segdesk.app.tools.pointer import Button, Mod
from segdesk.app.tools.preview import CursorKind
from segdesk.core.rules import EVERYWHERE, ONLY_UNLABELLED, replacing_only


def test_brush_is_one_step_when_stamps_overlap(hand):
    it = hand("brush").use(brush_size=20)
    it.drag((50, 50), (60, 50), (200, 90), (50, 60))
    assert [step.title for step in it.steps] == ["Brush"]
    assert len(it.document.history) == 1
    assert it.labels[50, 50] == it.labels[89, 199] == 1
    assert it.steps[0].changed_px == np.count_nonzero(it.labels)
    assert not it.tool.is_open
    it.undo()
    assert not it.labels.any()


def test_brush_paints_nothing_twice_when_the_class_is_there_already(hand):
    it = hand("brush").use(brush_size=20)
    it.click(50, 50)
    it.click(50, 50)
    assert len(it.steps) == 1


@pytest.mark.parametrize("how", ["right", "alt", "eraser"])
def test_erasing_paints_the_background_when_there_is_one(hand, how):
    it = hand("eraser" if how == "eraser" else "brush").use(brush_size=10)
    it.labels[...] = it.shown[...] = 2
    if how == "alt":
        it.mods = Mod.ALT
    button = Button.RIGHT if how == "right" else Button.LEFT
    shown = it.press(50, 50, button).preview.cursor
    it.release(50, 50, button)
    assert shown.kind is CursorKind.ERASE
    assert set(np.unique(it.labels)) == {0, 2}
    assert (it.steps[0].title, it.steps[0].class_index) == ("Eraser", 0)


def test_erasing_paints_ignore_when_there_is_no_background(hand):
    it = hand("eraser", fill=255).use(brush_size=10)
    it.labels[...] = it.shown[...] = 2
    it.click(50, 50)
    assert it.labels[50, 50] == 255


def test_eraser_works_when_the_rule_protects_all_that_is_labelled(hand):
    it = hand("eraser").use(rule=ONLY_UNLABELLED)
    it.labels[...] = it.shown[...] = 2
    it.click(50, 50)
    assert it.labels[50, 50] == 0


def test_shift_press_draws_a_line_when_a_stroke_went_before(hand):
    it = hand("brush").use(brush_size=4)
    it.mods = Mod.SHIFT
    it.click(20, 20)
    assert len(it.steps) == 1
    line = it.hover(220, 120).preview.lines
    assert line[0].points == ((20, 20), (220, 120))
    assert line[0].dashed
    it.click(220, 120)
    assert len(it.steps) == 2
    x = np.arange(20, 220)
    assert (it.labels[(20 + (x - 20) / 2).astype(int), x] == 1).all()
    it.document = type(it.document).fresh(it.document.size, 0)
    it.shown[...] = 0
    it.use(document=it.document)
    assert it.hover(5, 5).preview.lines == ()


def test_brush_leaves_no_trace_when_aborted(hand):
    it = hand("brush")
    it.press(50, 50)
    it.move(90, 90)
    assert it.tool.is_open
    assert it.labels.any()
    it.key("Escape")
    assert not it.labels.any()
    assert not it.steps
    it.release(90, 90)
    it.press(50, 50)
    it.key("Undo")
    assert not it.labels.any()


def test_brush_keeps_the_stroke_when_another_tool_comes(hand):
    it = hand("brush")
    it.press(50, 50)
    it.leave()
    assert len(it.steps) == 1
    assert it.labels.any()


def test_brush_refuses_when_the_selected_class_is_locked(hand):
    it = hand("brush").use(locked=frozenset({1}))
    assert it.hover(9, 9).preview.cursor.kind is CursorKind.LOCKED
    it.press(50, 50)
    assert it.last.status == "road is locked. Unlock it in the list of classes."
    it.release(50, 50)
    assert not it.labels.any()
    it.use(rule=EVERYWHERE).click(50, 50)
    assert it.labels.any()


def test_brush_says_so_when_the_rule_lets_a_class_replace_nothing(hand):
    it = hand("brush").use(rule=replacing_only(1))
    assert "lets road replace nothing" in it.press(50, 50).status
    assert not it.tool.is_open


def test_brush_replaces_one_class_alone_when_the_rule_says_so(hand):
    it = hand("brush").use(rule=replacing_only(2), brush_size=60)
    it.labels[:, 50:] = it.shown[:, 50:] = 2
    it.click(50, 50)
    assert not it.labels[:, :50].any()
    assert (it.labels[50, 50:70] == 1).all()


def test_brush_is_square_or_thin_when_options_and_pen_say_so(hand):
    it = hand("brush").use(brush_size=11, brush_shape=BrushShape.SQUARE)
    assert it.hover(5, 5).preview.cursor.square
    it.click(50.5, 50.5)
    assert it.labels.sum() == 121
    it.use(brush_shape=BrushShape.ROUND)
    it.click(150.5, 150.5, pressure=0.0)
    assert it.labels[140:160, 140:160].sum() == 1
    it.use(pressure_sizes=False)
    it.click(150.5, 150.5, pressure=0.0)
    assert it.labels[140:160, 140:160].sum() > 50


def circle(x, y, radius, turns=1.0):
    angles = np.linspace(0, 2 * np.pi * turns, 60)
    return [(x + radius * np.cos(a), y + radius * np.sin(a)) for a in angles]


@pytest.mark.parametrize("big", [False, True])
def test_closed_stroke_is_filled_when_wanted(hand, monkeypatch, big):
    if big:
        monkeypatch.setattr("segdesk.app.tools.brush.BIG_PX", 100)
    it = hand("brush").use(brush_size=6, fill_closed=True, locked=frozenset({3}))
    it.labels[100:110, 100:110] = it.shown[100:110, 100:110] = 3
    it.drag(*circle(100, 100, 60))
    assert len(it.steps) == 1
    assert it.labels[70, 100] == 1
    assert (it.labels[100:110, 100:110] == 3).all()
    it.undo()
    assert not (it.labels == 1).any()
    it.use(fill_closed=False).drag(*circle(100, 100, 60))
    assert it.labels[70, 100] == 0


def test_stroke_is_kept_when_its_filling_is_overtaken_by_another(hand, monkeypatch):
    monkeypatch.setattr("segdesk.app.tools.brush.BIG_PX", 100)
    it = hand("brush").use(brush_size=6, fill_closed=True)
    it.works = False
    it.drag(*circle(100, 100, 60))
    assert it.tool.is_open
    late = it.work
    it.press(300, 200)
    it.release(300, 200)
    assert len(it.steps) == 2
    it.work = late
    it.do_work()
    assert it.labels[70, 100] == 0


def test_open_stroke_is_not_filled_when_it_does_not_come_round(hand):
    it = hand("brush").use(brush_size=6, fill_closed=True)
    it.drag(*circle(100, 100, 60, 0.8))
    assert it.labels[100, 100] == 0


def squares(it):
    it.labels[20:60, 20:60] = it.shown[20:60, 20:60] = 2
    it.labels[30:40, 30:40] = it.shown[30:40, 30:40] = 0
    it.labels[100:140, 20:60] = it.shown[100:140, 20:60] = 2


@pytest.mark.parametrize("big", [False, True])
def test_fill_changes_one_region_when_clicked(hand, monkeypatch, big):
    if big:
        monkeypatch.setattr(plain, "BIG_PX", 100)
    it = hand("fill")
    squares(it)
    it.click(25, 25)
    assert (it.labels == 1).sum() == 1600 - 100
    assert (it.labels[100:140, 20:60] == 2).all()
    assert it.steps[0].title == "Fill region"
    it.click(120, 120, Button.RIGHT)
    it.click(40, 120, Button.RIGHT)
    assert not it.labels[100:140].any()


def test_fill_reaches_far_when_the_region_is_larger_than_the_window(hand):
    it = hand("fill", size=(1500, 1700))
    it.click(800, 700)
    assert (it.labels == 1).all()


def test_fill_closes_holes_when_the_mode_says_so(hand):
    it = hand("fill").use(fill_mode=FillMode.HOLES)
    squares(it)
    it.click(25, 25)
    assert (it.labels[20:60, 20:60] == 2).all()
    assert (it.steps[0].title, it.steps[0].class_index) == ("Fill holes", 2)
    it.press(25, 25)
    assert it.last.status == "Nothing changed: no pixel gives way."


@pytest.mark.parametrize(
    ("place", "locked", "rule", "words"),
    [
        ((25, 25), {2}, None, "water is locked"),
        ((25, 25), {1}, None, "road is locked"),
        ((25, 25), (), ONLY_UNLABELLED, "The paint rule keeps water"),
        ((150, 150), (), None, "road already"),
    ],
)
def test_fill_says_why_when_nothing_gives_way(hand, place, locked, rule, words):
    it = hand("fill").use(locked=frozenset(locked))
    if rule:
        it.use(rule=rule)
    squares(it)
    it.labels[140:160, 140:160] = it.shown[140:160, 140:160] = 1
    it.press(*place)
    assert words in it.last.status
    assert not it.steps


def test_fill_is_dropped_when_the_annotation_changed_meanwhile(hand, monkeypatch):
    monkeypatch.setattr(plain, "BIG_PX", 100)
    it = hand("fill")
    squares(it)
    it.works = False
    it.press(25, 25)
    assert it.last.preview.cursor.kind is CursorKind.BUSY
    it.document.revision += 1
    it.do_work()
    assert "has changed meanwhile" in it.last.status
    it.press(25, 25)
    it.abort()
    it.do_work()
    assert not it.steps
    assert not (it.labels == 1).any()


def colours():
    image = np.zeros((300, 400, 3), np.uint8)
    image[...] = 100
    image[50:100, 50:100] = (200, 100, 100)
    image[70, 50:100] = (210, 110, 100)
    image[200:220, 50:100] = (203, 100, 99)
    return image


def test_wand_takes_like_colours_when_clicked(hand):
    it = hand("wand", image=colours()).use(tolerance=9)
    it.press(60, 60)
    assert it.last.preview.mask.mask.sum() == 20 * 50
    assert it.last.preview.tag == "Tolerance 9"
    it.release(60, 60)
    assert it.labels.sum() == 20 * 50
    assert it.steps[0].title == "Magic wand"


def test_wand_takes_more_when_dragged_to_the_right(hand):
    it = hand("wand", image=colours()).use(tolerance=9)
    it.press(60, 60)
    it.move(64, 60)
    assert it.last.preview.tag == "Tolerance 10"
    it.release(64, 60)
    assert it.labels.sum() == 50 * 50
    assert it.context.options.tolerance == 10
    it.press(60, 60)
    it.move(-900, 60)
    assert it.last.preview.tag == "Tolerance 0"
    it.key("Escape")
    it.release(0, 0)
    assert it.context.options.tolerance == 10
    assert len(it.steps) == 1


def test_wand_takes_all_of_the_colour_when_it_may_leap(hand):
    it = hand("wand", image=colours()).use(tolerance=10, contiguous=False)
    it.click(60, 60)
    assert it.labels.sum() == 50 * 50 + 20 * 50
    it.click(60, 60, Button.RIGHT)
    assert not it.labels.any()


def test_wand_reaches_far_when_the_area_is_larger_than_the_window(hand):
    image = np.full((1400, 1500, 3), 7, np.uint8)
    it = hand("wand", size=(1400, 1500), image=image)
    it.click(60, 60)
    assert (it.labels == 1).all()


def test_pick_selects_the_class_under_the_cursor_when_clicked(hand):
    it = hand("pick")
    squares(it)
    assert it.hover(25, 25).preview.tag == "water"
    it.click(25, 25)
    assert it.context.selected_class == 2
    assert it.press(-5, 5).picked is None
    assert it.last.preview.tag == ""


def test_ctrl_picks_when_a_painting_tool_is_active(hand):
    it = hand("brush")
    squares(it)
    it.mods = Mod.CTRL
    assert it.hover(25, 25).preview.cursor.kind is CursorKind.PICK
    it.drag((25, 25), (26, 26))
    assert it.context.selected_class == 2
    it.mods = Mod.NONE
    it.drag((200, 100), (210, 100))
    assert it.labels[100, 205] == 2
    it.press(200, 200)
    it.mods = Mod.CTRL  # pressed in the middle of a stroke
    it.move(230, 200)
    it.release(230, 200)
    assert it.labels[200, 225] == 2


def test_pan_keeps_the_pressed_place_under_the_cursor_when_dragged(hand):
    it = hand("pan")
    assert it.hover(5, 5).preview.cursor.kind is CursorKind.PAN
    it.press(100, 80)
    assert it.last.preview.cursor.kind is CursorKind.PANNING
    assert it.move(110, 75).pan == (10, -5)
    it.release(100, 80)
    assert it.move(120, 80).pan is None


def test_middle_button_is_left_to_the_canvas_when_a_tool_is_active(hand):
    for tool in hand("brush").box:
        it = hand(tool)
        it.works = False
        if tool != "pan":
            assert not it.press(50, 50, Button.MIDDLE).consumed
