from pathlib import Path

import pytest
from fake_runs import AtOnce

from segdesk.app.job_center import JobStatus
from segdesk.app.ports import TrainHandle
from segdesk.app.training.queue import QueueFile
from segdesk.app.training.training import Training
from segdesk.app.training.training_run import RunState
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.jobs.events import (
    Cancelled,
    CheckpointSaved,
    Failed,
    Succeeded,
    TrainDone,
    TrainStep,
    Validated,
)
from segdesk.jobs.specs import TrainSpec
from segdesk.jobs.training_events import MemoryAdapted, TrainPaused


class ManualTrainer:
    """Keeps trainings until the test ends them."""

    def __init__(self) -> None:
        self.started = []
        self.told: list[tuple[str, str]] = []

    def train(self, spec, report, ended) -> TrainHandle:
        self.started.append((spec, report, ended))
        name = spec.name

        def tell(verb: str):
            return lambda: self.told.append((name, verb))

        return TrainHandle(tell("stop"), tell("pause"), tell("go on"))

    def report(self, place: int, *events) -> None:
        for event in events:
            self.started[place][1](event)

    def end(self, place: int, terminal) -> None:
        self.started[place][2](terminal)


class Taker:
    def __init__(self) -> None:
        self.taken = []

    def take(self, spec, done, taken) -> None:
        self.taken.append(spec.name)
        taken(f"model-{spec.name}")


@pytest.fixture
def trainer() -> ManualTrainer:
    return ManualTrainer()


@pytest.fixture
def taker() -> Taker:
    return Taker()


@pytest.fixture
def training(desk, trainer, taker) -> Training:
    return Training(desk, trainer, taker)


def spec(name: str, device: str = "cpu", **fields) -> TrainSpec:
    return TrainSpec(
        data_dir=Path("/data"),
        architecture="unet-small",
        work_dir=Path("/runs") / name,
        name=name,
        device=device,
        **fields,
    )


def done(name: str) -> Succeeded:
    folder = Path("/runs") / name
    return Succeeded(
        TrainDone(
            work_dir=folder,
            checkpoint=folder / "model.pth",
            config=folder / "config.py",
            iterations=1000,
            metrics={"mIoU": 81.0},
            per_class={},
            classes=ClassList.from_names(("a", "b")),
            seconds=1.0,
        )
    )


def validated(iteration: int, miou: float, tree: float) -> Validated:
    return Validated(
        iteration=iteration, metrics={"mIoU": miou}, per_class={"IoU": (90.0, tree)}
    )


def step(iteration: int) -> TrainStep:
    return TrainStep(
        iteration=iteration,
        total=1000,
        losses={"loss": 1.0},
        lr=0.1,
        iter_time_s=0.1,
        data_time_s=0.0,
    )


def states(training: Training) -> list[RunState]:
    return [run.state for run in training.runs]


def test_runs_wait_when_their_device_is_taken(training, trainer):
    for name, device in (("a", "cuda:0"), ("b", "cuda:0"), ("c", "cuda:1")):
        training.start(spec(name, device))
    assert states(training) == [RunState.RUNNING, RunState.QUEUED, RunState.RUNNING]
    trainer.end(0, done("a"))
    assert [one[0].name for one in trainer.started] == ["a", "c", "b"]
    assert states(training)[1] is RunState.RUNNING


def test_run_becomes_model_when_it_succeeds(desk, training, trainer, taker):
    registered = []
    training.registered.connect(lambda key, model: registered.append((key, model)))
    key = training.start(spec("a"))
    trainer.report(0, step(10))
    trainer.end(0, done("a"))
    assert registered == [(key, "model-a")]
    assert training.run(key).model_id == "model-a"
    assert desk.jobs.jobs()[0].status is JobStatus.SUCCEEDED


def test_pause_and_go_on_reach_the_run_when_it_says_so(training, trainer):
    key = training.start(spec("a"))
    training.go_on(key)  # it is not paused: nothing is told
    training.pause(key)
    trainer.report(0, TrainPaused(5, paused=True))
    assert training.run(key).state is RunState.PAUSED
    training.go_on(key)
    trainer.report(0, TrainPaused(5, paused=False))
    assert training.run(key).state is RunState.RUNNING
    assert trainer.told == [("a", "pause"), ("a", "go on")]


def test_stop_keeps_a_checkpoint_and_empties_the_queue(desk, training, trainer):
    first, second = training.start(spec("a")), training.start(spec("b"))
    training.stop(second)
    training.stop(first)
    assert states(training) == [RunState.STOPPING, RunState.STOPPED]
    trainer.end(0, Cancelled("checkpoint at iteration 40"))
    assert training.run(first).kept == "checkpoint at iteration 40"
    assert len(trainer.started) == 1


def test_best_follows_the_class_when_it_is_kept_by_one(training, trainer):
    key = training.start(spec("a", keep_best="IoU:tree"), ("ground", "tree"))
    trainer.report(0, validated(10, 50, 40.0), validated(20, 60, 30.0))
    assert training.run(key).best.iteration == 10
    assert [event.iteration for event in training.events(key)] == [10, 20]


def test_failed_run_is_resumed_when_the_notice_is_used(desk, training, trainer):
    training.start(spec("a"))
    trainer.report(0, step(50))
    trainer.end(0, Failed(kind="EngineDiedError", message="The engine stopped."))
    notice = desk.notices.history[-1]
    assert [verb.title for verb in notice.verbs] == ["Resume"]
    assert notice.message == "a broke off."
    assert notice.hint.startswith("Resume it")
    notice.verbs[0].run()
    assert trainer.started[1][0].resume
    assert states(training) == [RunState.FAILED, RunState.RUNNING]


def test_folder_in_use_is_refused_when_a_run_wants_it(training):
    training.start(spec("a"))
    with pytest.raises(InputError, match="not started"):
        training.start(spec("a"))


def test_queue_is_there_again_in_its_order_when_the_program_restarts(
    desk, trainer, taker, tmp_path
):
    kept = QueueFile(tmp_path / "queue.json", AtOnce(), desk.notices.error)
    training = Training(desk, trainer, taker, kept)
    keys = {name: training.start(spec(name)) for name in "abcd"}
    training.move(keys["d"], -2)
    training.stop(keys["c"])
    assert [(run.name, run.place) for run in training.queue] == [("d", 1), ("b", 2)]
    training.close()
    trainer.end(0, Cancelled("checkpoint at iteration 40"))
    assert len(trainer.started) == 1  # closing begins nothing

    again = Training(desk, trainer, taker, kept)
    again.take_up()
    assert [run.name for run in again.queue] == ["d", "b"]
    assert len(trainer.started) == 1  # not without a word
    notice = desk.notices.history[-1]
    assert [verb.title for verb in notice.verbs] == ["Start", "Remove"]
    notice.verbs[0].run()
    assert [one[0].name for one in trainer.started] == ["a", "d"]
    assert states(again) == [RunState.RUNNING, RunState.QUEUED]


def test_cure_goes_on_with_less_when_the_memory_ran_out(desk, training, trainer):
    training.start(spec("a", batch_size=8, adapt_memory=False))
    trainer.report(0, step(50), CheckpointSaved(Path("/runs/a/interrupted.pth"), 50))
    trainer.end(0, Failed(kind="MemoryShortError", message="It ran out of memory."))
    notice = desk.notices.history[-1]
    assert [verb.title for verb in notice.verbs] == ["Let it adapt", "Batch 8 → 4"]
    notice.verbs[1].run()
    started = trainer.started[1][0]
    assert (started.batch_size, started.accumulate, started.resume) == (4, 2, True)
    assert started.max_iters == 50 + 2 * 950


def test_cure_takes_a_smaller_network_when_nothing_else_is_left(
    desk, training, trainer
):
    training.start(spec("a", activation_checkpointing=True, crop_size=128))
    changes = {"batch_size": "2", "accumulate": "2", "max_iters": "2000"}
    trainer.report(0, MemoryAdapted(iteration=0, step="less", changes=changes))
    assert training.runs[0].spec.batch_size == 2
    trainer.end(0, Failed(kind="MemoryShortError", message="It ran out of memory."))
    verb = desk.notices.history[-1].verbs[0]
    assert verb.title == "Use Fast-SCNN"
    verb.run()
    started = trainer.started[1][0]
    assert (started.architecture, started.resume) == ("fast-scnn", False)
    assert started.work_dir == Path("/runs/a-fast-scnn")
