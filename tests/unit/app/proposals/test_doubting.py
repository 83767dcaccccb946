from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.app.files.opened_image import open_image
from segdesk.app.proposals.doubting import Doubting
from segdesk.app.proposals.predicting import ChosenModel, Predicting
from segdesk.app.view_state import Compare, Layer
from segdesk.core.classes import ClassList
from segdesk.jobs import arrays
from segdesk.jobs.events import (
    DoubtDone,
    Failed,
    ModelLoaded,
    PredictionDone,
    Succeeded,
)
from segdesk.jobs.specs import DoubtSpec, ModelSource

CLASSES = ClassList.from_names(("background", "nucleus"))
SIZE = (4, 6)


class Room:
    """A model that is loaded, and an image that is predicted."""

    def __init__(self, desk, engine, executor, folder):
        self.desk, self.engine, self.executor = desk, engine, executor
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        path = folder / "a.png"
        Image.fromarray(np.zeros((*SIZE, 3), np.uint8)).save(path)
        self.image = open_image(path)
        self.predicting = Predicting(desk, engine, executor, self.scratch)
        self.doubting = Doubting(desk, engine, executor, self.predicting)
        desk.session.set_image(self.image)
        source = ModelSource(id="m", checkpoint=Path("/m.pth"))
        self.predicting.load(ChosenModel(source, "My model"))
        told = {"architecture": "U-Net", "device": "cpu", "precision": "fp32"}
        self.end(
            ModelLoaded(model_id="m", classes=CLASSES, seconds=1.0, **told),
        )
        self.end(
            PredictionDone(
                model_id="m",
                image=path,
                labels=arrays.put(np.ones(SIZE, np.uint8), self.scratch),
                confidence=None,
                classes=CLASSES,
                device="cpu",
                seconds={},
            )
        )

    def end(self, result, job=-1):
        place = job % len(self.engine.jobs)
        self.engine.end(
            place, result if isinstance(result, Failed) else Succeeded(result)
        )
        self.executor.run_all()

    def found(self):
        return DoubtDone(
            model_id="m",
            image=self.image.path,
            entropy=arrays.put(np.full(SIZE, 55, np.uint8), self.scratch),
            margin=arrays.put(np.full(SIZE, 120, np.uint8), self.scratch),
            seconds=0.1,
        )

    def asked(self):
        return [one for one in self.engine.jobs if isinstance(one.spec, DoubtSpec)]


@pytest.fixture
def room(desk, engine, executor, tmp_path):
    return Room(desk, engine, executor, tmp_path)


def test_doubts_are_made_once_when_a_side_shows_them(room):
    session = room.desk.session
    assert not room.asked()
    session.update_view(other=Layer.ENTROPY)  # the other side is not on screen
    assert not room.asked()
    session.update_view(compare=Compare.SPLIT)
    session.update_view(main=Layer.MARGIN)
    (job,) = room.asked()
    assert job.spec.image == room.image.path
    room.end(room.found())
    assert (session.doubts.calm == 200).all()  # the entropy turned: 255 is sure
    assert (session.doubts.margin == 120).all()
    session.update_view(main=Layer.ENTROPY)
    assert len(room.asked()) == 1


def test_doubts_are_dropped_when_another_proposal_is_shown(room):
    session = room.desk.session
    session.update_view(main=Layer.ENTROPY)
    room.end(room.found())
    assert session.doubts is not None
    session.set_proposal(None)
    assert session.doubts is None
    assert len(room.asked()) == 1


def test_doubts_that_failed_are_told_and_not_asked_for_again(room):
    session = room.desk.session
    session.update_view(main=Layer.ENTROPY)
    room.end(Failed(kind="ModelError", message="The network failed."))
    assert session.doubts is None
    assert len(room.asked()) == 1
    assert room.desk.notices.history[-1].message == "The network failed."
