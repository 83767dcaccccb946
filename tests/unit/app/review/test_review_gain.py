"""What a training from the queue was worth, measured before and after."""

from types import SimpleNamespace

import numpy as np
import pytest

from segdesk.app.review.gain import ReviewGain
from segdesk.app.review.memory import KeptQueue
from segdesk.app.signal import Signal
from segdesk.core.classes import ClassList
from segdesk.jobs.events import Cancelled, Succeeded
from segdesk.jobs.specs import ModelSource, TrainSpec

CLASSES = ClassList.from_names(("land", "road"))


class Runner:
    def __init__(self) -> None:
        self.specs, self.ends = [], []

    def train(self, spec, report, ended):
        self.specs.append(spec)
        self.ends.append(ended)
        return SimpleNamespace(stop=lambda: None)


@pytest.fixture
def told(tmp_path, desk, executor, make_evaluation):
    root = tmp_path / "tiles"
    truth = np.zeros((20, 20), np.uint8)
    truth[:, 10:] = 1
    worse = truth.copy()
    worse[:, 5:] = 1
    before = make_evaluation(root, CLASSES, {"a.png": (truth, worse)}, "first")
    after = make_evaluation(root, CLASSES, {"a.png": (truth, truth)}, "second")
    runs = {}
    training = SimpleNamespace(
        changed=Signal(), registered=Signal(), runs=(), run=runs.get
    )
    queue = SimpleNamespace(
        changed=Signal(),
        kept=KeptQueue(folder=str(root), model_id="first"),
        trained=0,
    )
    queue.note_training = lambda: setattr(queue, "trained", queue.trained + 1)
    library = SimpleNamespace(
        get=lambda one: ModelSource(id=one, checkpoint=root / f"{one}.pth"),
        entry=lambda one: SimpleNamespace(name=f"Model {one}"),
    )
    runner = Runner()
    gain = ReviewGain(desk, runner, executor, queue, tmp_path / "evaluations")
    gain.attach(library, training)
    queue.changed.emit()

    def train(load_from, data_dir=root) -> None:
        spec = TrainSpec(
            data_dir=data_dir,
            architecture="unet-small",
            work_dir=root / "run",
            load_from=load_from,
        )
        runs[1] = SimpleNamespace(key=1, spec=spec)
        training.runs = tuple(runs.values())
        training.changed.emit()
        training.registered.emit(1, "second")
        executor.run_all()

    return SimpleNamespace(
        gain=gain,
        queue=queue,
        runner=runner,
        train=train,
        root=root,
        before=before,
        after=after,
        desk=desk,
    )


def test_gain_is_measured_when_the_training_from_the_queue_ends(told):
    checkpoint = told.root / "first.pth"
    told.gain.expect(checkpoint)
    told.train(checkpoint)
    assert told.queue.trained == 1
    assert told.gain.is_busy
    assert told.runner.specs[0].model.id == "first"
    assert told.runner.specs[0].split == "val"
    told.runner.ends[0](Succeeded(told.before))
    assert told.runner.specs[1].model.id == "second"
    told.runner.ends[1](Succeeded(told.after))
    found = told.gain.found
    assert not told.gain.is_busy
    assert found.name == "Model second"
    before, after = found.miou
    assert before == pytest.approx(58.33, abs=0.1)
    assert after == 100.0
    assert [name for name, _, _ in found.classes] == ["land", "road"]
    told.queue.kept = KeptQueue(folder="/elsewhere")
    told.queue.changed.emit()
    assert told.gain.found is None


def test_gain_is_not_measured_when_another_training_ends(told):
    told.gain.expect(told.root / "first.pth")
    told.train(told.root / "other.pth")
    assert told.runner.specs == []
    assert told.queue.trained == 0


def test_gain_stays_unknown_when_its_measuring_is_stopped(told):
    checkpoint = told.root / "first.pth"
    told.gain.expect(checkpoint)
    told.train(checkpoint)
    told.runner.ends[0](Cancelled())
    assert told.gain.found is None
    assert not told.gain.is_busy
