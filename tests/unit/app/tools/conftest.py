"""A hand that works a tool: presses, drags, clicks, keys; work is done at once."""

from dataclasses import replace

import numpy as np
import pytest

from segdesk.app.tools.base import ToolContext
from segdesk.app.tools.box import ToolBox
from segdesk.app.tools.pointer import Button, Key, Mod, PointerEvent
from segdesk.core.document import AnnotationDocument
from segdesk.core.errors import SegDeskError

NAMES = ("background", "road", "water", "roof")


class Hand:
    """Works one tool on one annotation.

    `watch` compares what results call dirty with what has changed.
    """

    def __init__(self, tool_id, size=(300, 400), image=None, fill=0):
        height, width = size
        if image is None:
            image = np.zeros((height, width, 3), np.uint8)
        labels = np.full((height, width), fill, np.uint8)
        self.document = AnnotationDocument(labels, unlabelled=fill)
        self.box = ToolBox()
        self.tool = self.box[tool_id]
        self.context = ToolContext(
            self.document, image, 1, 0 if fill == 0 else None, class_names=NAMES
        )
        self.pixel = 1.0
        self.mods = Mod.NONE
        self.steps = []
        self.last = None
        self.works = True
        self.work = None
        self.shown = labels.copy()

    @property
    def labels(self):
        return self.document.labels

    @property
    def shapes(self):
        return self.document.shapes

    def use(self, **changes):
        """Change options, or fields of the context."""
        fields = {k: changes.pop(k) for k in list(changes) if hasattr(self.context, k)}
        options = replace(self.context.options, **changes)
        self.context = replace(self.context, options=options, **fields)
        return self

    def event(self, x, y, button=Button.NONE, **more):
        return PointerEvent(x, y, button, self.mods, pixel=self.pixel, **more)

    def take(self, result):
        """Do what the window does with a result."""
        self.last = result
        self.steps += result.steps
        for rect in result.dirty:
            self.shown[rect.slices] = self.labels[rect.slices]
        if result.options:
            self.context = replace(self.context, options=result.options)
        if result.picked is not None:
            self.context = replace(self.context, selected_class=result.picked)
        if result.work:
            self.work = result.work
            if self.works:
                self.do_work()
        assert np.array_equal(self.shown, self.labels), "not all changes were told"
        return self.last

    def do_work(self):
        work, self.work = self.work, None
        try:
            value = work()
        except SegDeskError as error:
            return self.take(self.tool.fail(work.token, str(error), self.context))
        return self.take(self.tool.deliver(work.token, value, self.context))

    def press(self, x, y, button=Button.LEFT, **more):
        event = self.event(x, y, button, **more)
        return self.take(self.tool.press(event, self.context))

    def move(self, x, y, button=Button.LEFT, **more):
        event = self.event(x, y, button, **more)
        return self.take(self.tool.move(event, self.context))

    def release(self, x, y, button=Button.LEFT, **more):
        event = self.event(x, y, button, **more)
        return self.take(self.tool.release(event, self.context))

    def hover(self, x, y):
        return self.take(self.tool.hover(self.event(x, y), self.context))

    def click(self, x, y, button=Button.LEFT, **more):
        self.press(x, y, button, **more)
        return self.release(x, y, button)

    def drag(self, *places, button=Button.LEFT, **more):
        self.press(*places[0], button, **more)
        for place in places[1:]:
            self.move(*place, button, **more)
        return self.release(*places[-1], button, **more)

    def key(self, key, mods=Mod.NONE):
        return self.take(self.tool.key(Key(key), mods, self.context))

    def abort(self):
        return self.take(self.tool.abort(self.context))

    def leave(self):
        return self.take(self.tool.leave(self.context))

    def undo(self):
        change = self.document.undo()
        for rect in change.dirty:
            self.shown[rect.slices] = self.labels[rect.slices]
        assert np.array_equal(self.shown, self.labels)


@pytest.fixture
def hand():
    """Return how to make a hand that works a tool."""
    return Hand
