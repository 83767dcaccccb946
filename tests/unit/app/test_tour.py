from pathlib import Path
from types import SimpleNamespace

import pytest

from segdesk.app.signal import Signal
from segdesk.app.tour import PICTURES, STATIONS, Tour, TourStep
from segdesk.jobs.events import TrainStep


class _Deeds:
    def __init__(self) -> None:
        self.changed = Signal()
        self.position = 0

    def move(self, by: int) -> None:
        self.position += by
        self.changed.emit()


class _Desk:
    """What a tour listens to, and the tour."""

    def __init__(self) -> None:
        self.session = SimpleNamespace(
            image=None, proposal=None, proposal_changed=Signal()
        )
        self.deeds = _Deeds()
        self.accepting = SimpleNamespace(accepted=Signal())
        self.training = SimpleNamespace(registered=Signal(), reported=Signal())
        self.exporting = SimpleNamespace(exported=Signal())
        self.tour = Tour(
            self.session, self.deeds, self.accepting, self.training, self.exporting
        )

    def accept(self, name: str) -> None:
        self.session.image = SimpleNamespace(path=Path(name))
        self.accepting.accepted.emit()

    def propose(self, model_id: str) -> None:
        prediction = SimpleNamespace(model_id=model_id)
        self.session.proposal = SimpleNamespace(prediction=prediction)
        self.session.proposal_changed.emit(self.session.proposal)


@pytest.fixture
def desk() -> _Desk:
    return _Desk()


def test_tour_counts_pictures_when_proposals_are_accepted(desk):
    desk.accept("before.png")
    desk.tour.start()

    for number in range(PICTURES):
        assert not desk.tour.is_done
        desk.accept(f"{number}.png")
        desk.accept(f"{number}.png")  # again on the same picture

    assert desk.tour.is_done
    assert desk.tour.station.step is TourStep.LABEL


def test_tour_sees_each_step_when_the_loop_is_gone_round(desk):
    desk.tour.start()
    desk.tour.next()
    desk.propose("nuclei-unet")
    step = TrainStep(
        iteration=7, total=40, losses={}, lr=0.1, iter_time_s=1.0, data_time_s=0.1
    )
    desk.training.reported.emit(1, step)
    assert desk.tour.progress == "7 of 40 iterations"
    desk.training.registered.emit(1, "mine")
    assert desk.tour.is_done
    assert desk.tour.model_id == "mine"

    desk.tour.next()
    assert not desk.tour.is_done  # the sample model's proposal does not count
    desk.propose("mine")
    assert desk.tour.is_done

    desk.tour.next()
    desk.deeds.move(-1)  # taken back what was done before
    assert not desk.tour.is_done
    desk.deeds.move(+1)
    assert desk.tour.is_done

    desk.tour.next()
    assert not desk.tour.is_done
    desk.exporting.exported.emit(Path("model.onnx"))
    assert desk.tour.is_done

    desk.tour.next()
    assert desk.tour.station is None


def test_tour_goes_both_ways_when_steps_are_passed(desk):
    desk.tour.start()
    numbers = []
    for _ in STATIONS:
        numbers.append(desk.tour.number)
        desk.tour.next()
    assert numbers == [1, 2, 3, 4, 5]
    assert desk.tour.number == 0

    desk.tour.start()
    desk.tour.next()
    desk.tour.back()
    desk.tour.back()
    assert desk.tour.number == 1

    desk.tour.leave()
    desk.accept("after.png")
    assert desk.tour.station is None
