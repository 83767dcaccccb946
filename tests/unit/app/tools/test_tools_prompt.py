"""The prompt tool on a model that a test answers for."""

import numpy as np
import pytest

from segdesk.app.tools.pointer import Button, Mod
from segdesk.app.tools.preview import CursorKind, HandleKind
from segdesk.core.errors import ModelError
from segdesk.core.flood import NOTHING, Patch
from segdesk.core.geometry import Rect


class Source:
    """Finds a square of 40 px round the last point on the thing, or the box."""

    def __init__(self):
        self.why = None
        self.ready = True
        self.wishes = 0
        self.asked = []

    def why_not(self):
        return self.why

    def is_ready(self):
        return self.ready

    def wanted(self):
        self.wishes += 1

    def finder(self, points, box):
        self.asked.append((points, box))

        def find():
            if any(x > 350 for x, _, _ in points):
                raise ModelError("The prompt was not answered.", cause="Broken.")
            on = [(x, y) for x, y, inside in points if inside]
            if box is not None:
                rect = box
            elif on:
                x, y = on[-1]
                rect = Rect(int(x) - 20, int(y) - 20, 40, 40)
            else:
                return NOTHING
            side = 40 if len(points) == 1 or box else 20
            mask = np.zeros((rect.height, rect.width), np.uint8)
            mask[:, : max(side, 1)] = 1
            return Patch(rect, mask)

        return find


@pytest.fixture
def it(hand):
    it = hand("prompt")
    it.source = it.tool.source = Source()
    return it


def test_prompt_paints_the_thing_when_it_is_clicked_and_accepted(it):
    it.click(100, 100)
    shown = it.last.preview
    assert (shown.mask.rect, shown.mask.class_index) == (Rect(80, 80, 40, 40), 1)
    assert [handle.kind for handle in shown.handles] == [HandleKind.PLUS]
    assert "Enter paints it" in it.last.status
    assert not it.labels.any()
    it.key("Enter")
    assert (it.labels[80:120, 80:120] == 1).all()
    assert it.steps[0].title == "Prompt"
    assert not it.tool.is_open
    it.undo()
    assert not it.labels.any()


def test_prompt_is_corrected_when_more_is_said(it):
    it.click(100, 100)
    it.click(150, 100, button=Button.RIGHT)
    assert it.source.asked[-1][0] == ((100, 100, True), (150, 100, False))
    assert it.last.preview.mask.mask.sum() == 20 * 40
    it.mods = Mod.ALT
    assert it.hover(160, 100).preview.cursor.kind is CursorKind.POINT_REMOVE
    it.mods = Mod.NONE
    it.key("Backspace")
    assert it.last.preview.mask.mask.sum() == 40 * 40
    it.key("Undo")
    assert it.last.preview.mask is None
    assert not it.tool.is_open


def test_prompt_takes_a_box_when_it_is_dragged(it):
    it.press(60, 50)
    assert it.move(62, 52).preview.lines == ()
    assert it.move(160, 130).preview.lines[0].closed
    it.release(160, 130)
    assert it.source.asked == [((), Rect(60, 50, 100, 80))]
    assert it.last.preview.lines[0].dashed
    it.press(100, 100, clicks=2)
    assert (it.labels[50:130, 60:100] == 1).all()


def test_prompt_waits_for_the_image_when_the_model_has_not_seen_it(it):
    it.source.ready = False
    it.click(100, 100)
    assert "comes by itself" in it.last.status
    assert it.source.asked == []
    assert it.last.preview.handles
    it.source.ready = True
    it.take(it.tool.search(it.context))
    assert it.last.preview.mask.rect == Rect(80, 80, 40, 40)


def test_prompt_asks_for_a_model_when_there_is_none(it):
    it.source.why = "No promptable model is there."
    it.click(100, 100)
    assert it.source.wishes == 1
    assert it.source.asked == []
    assert not it.tool.is_open


def test_prompt_says_why_when_nothing_comes_of_it(it):
    it.click(100, 100, button=Button.RIGHT)
    assert "finds nothing" in it.last.status
    it.key("Enter")
    assert not it.steps
    it.key("Escape")
    it.click(380, 100)
    assert "Broken." in it.last.status
    assert it.tool.is_open
    it.key("Escape")
    assert not it.tool.is_open


def test_prompt_paints_nothing_when_the_class_is_locked_or_the_tool_is_left(it):
    it.use(locked=frozenset({1}))
    assert "locked" in it.press(100, 100).status
    it.release(100, 100)
    it.use(locked=frozenset())
    it.works = False
    it.click(100, 100)
    it.leave()
    it.do_work()
    assert it.last.preview.mask is None
    assert not it.labels.any()
