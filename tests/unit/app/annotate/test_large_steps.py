import numpy as np
import pytest

from segdesk.app.annotate import large_steps
from segdesk.core.edits import plan_labels
from segdesk.core.geometry import Rect
from segdesk.core.history import Step


@pytest.fixture
def large(room, monkeypatch):
    monkeypatch.setattr(large_steps, "_FEW_TILES", 0)
    room.show("a.jpg")
    return room


def planned(room, value: int) -> Step:
    wanted = np.full((40, 60), value, np.uint8)
    edit = plan_labels(room.labels, wanted, Rect(0, 0, 60, 40))
    return Step("Accept all", "check", None, (edit,))


def test_large_step_is_done_and_undone_on_a_worker(large):
    told = []
    large.annotating.painted.connect(told.append)
    large.annotating.do(planned(large, 2), lambda: told.append("done"))
    assert large.annotating.current.is_painting
    assert not told
    large.executor.run_all()

    assert (large.labels == 2).all()
    assert told == [(Rect(0, 0, 60, 40),), "done"]
    assert not large.annotating.current.is_painting
    large.annotating.undo()
    assert large.annotating.document.history.position == 1
    large.executor.run_all()
    assert not large.labels.any()
    assert large.annotating.document.history.position == 0
    large.quiet()
    assert not large.saved("a.jpg").any()


def test_large_step_is_ended_first_when_the_pen_comes_down_meanwhile(large):
    large.annotating.do(planned(large, 2))
    large.stroke(4, 4, 1)
    large.executor.run_all()

    titles = [step.title for step in large.annotating.document.history]
    assert titles == ["Accept all", "Stamp"]
    assert (large.labels[0, 0], large.labels[4, 4]) == (2, 1)
    large.annotating.undo()
    large.annotating.undo()  # the first is under way still
    large.executor.run_all()
    assert not large.labels.any()
    large.annotating.go_to(2)
    large.executor.run_all()
    assert (large.labels[0, 0], large.labels[4, 4]) == (2, 1)


def test_large_step_is_saved_whole_when_the_image_is_left_meanwhile(large):
    large.annotating.do(planned(large, 2))
    large.show("b.jpg")

    assert (large.saved("a.jpg") == 2).all()
    large.show("a.jpg")
    large.annotating.undo()
    large.executor.run_all()
    assert not large.labels.any()
