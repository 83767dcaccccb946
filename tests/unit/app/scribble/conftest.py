"""A folder of images whose scribbles are drawn by the real tool."""

import numpy as np
import pytest

from segdesk.app.annotate.deeds import Deeds
from segdesk.app.classes.editing import ClassEditing
from segdesk.app.classes.history import ClassHistory
from segdesk.app.scribble.book import ScribbleBook
from segdesk.app.scribble.live import LiveDoors, LiveScribbles
from segdesk.app.tools.box import ToolBox
from segdesk.app.tools.pointer import Button, PointerEvent
from segdesk.core.classes import ClassList
from segdesk.jobs.arrays import put
from segdesk.jobs.events import ScribbleDone, Succeeded

CLASSES = ClassList.from_names(("background", "road", "tree"))


class Scribbler:
    """A hand with the scribble tool, and the journeys that follow it."""

    def __init__(self, room, engine, scratch_dir):
        self.room, self.engine, self.scratch_dir = room, engine, scratch_dir
        engine.rest = lambda: None
        self.book = ScribbleBook(
            room.desk, room.executor, room.annotations, room.annotating, room.shelf
        )
        doors = LiveDoors(engine, room.executor, room.timer, scratch_dir)
        self.live = LiveScribbles(
            room.desk, doors, self.book, room.annotating, room.shelf
        )
        history = ClassHistory(room.shelf)
        editing = ClassEditing(
            room.desk, room.shelf, room.annotations, room.annotating, history
        )
        self.deeds = Deeds(
            room.annotations,
            room.annotating,
            editing,
            type("Still", (), {"is_busy": False})(),
            history,
            room.desk.notices,
        )
        self.deeds.scribbles = self.book

    def draw(self, class_index, *places, button=Button.LEFT):
        annotating = self.room.annotating
        annotating.choose(class_index=class_index)
        annotating.press(PointerEvent(*places[0], button))
        for place in places[1:]:
            annotating.move(PointerEvent(*place, button))
        annotating.release(PointerEvent(*places[-1], button))

    def answer(self, value=1):
        """End the job under way as the engine does."""
        spec = self.engine.jobs[-1].spec
        result = ScribbleDone()
        if spec.strokes:
            labels = np.full((40, 60), value, np.uint8)
            result = ScribbleDone(
                labels=put(labels, self.scratch_dir),
                confidence=put(labels * 100, self.scratch_dir),
            )
        self.engine.end(len(self.engine.jobs) - 1, Succeeded(result))
        self.room.executor.run_all()

    @property
    def proposal(self):
        return self.room.desk.session.proposal


@pytest.fixture
def scribbler(tmp_path, make_folder, make_room, engine):
    make_folder(tmp_path / "project", CLASSES)
    room = make_room(tmp_path / "project", ToolBox())
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    room.show("a.jpg")
    hand = Scribbler(room, engine, scratch)
    room.annotations.opened.emit(room.annotations.current)
    room.annotating.choose(tool="scribble")
    yield hand
    room.close()
