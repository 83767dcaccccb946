"""A training end to end on pictures that the tests make."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image

from segdesk.core.errors import CheckpointError, InputError
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import (
    Cancelled,
    CheckpointSaved,
    Event,
    Failed,
    Noted,
    Succeeded,
    Terminal,
    TrainDone,
    TrainStep,
    Validated,
)
from segdesk.jobs.runner import run_job
from segdesk.jobs.specs import TrainSpec

pytestmark = pytest.mark.engine

Report = Callable[[Event], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    spec: TrainSpec
    terminal: Terminal
    events: list[Event]

    @property
    def done(self) -> TrainDone:
        assert isinstance(self.terminal, Succeeded), self.terminal
        assert isinstance(self.terminal.result, TrainDone)
        return self.terminal.result


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Pictures this small are slower on several threads."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def discs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make 8 + 2 pictures of bright discs on a dark ground, two suffixes."""
    root = tmp_path_factory.mktemp("discs")
    rng = np.random.default_rng(0)
    for split, count in (("train", 8), ("val", 2)):
        (root / "img_dir" / split).mkdir(parents=True)
        (root / "ann_dir" / split).mkdir(parents=True)
        for number in range(count):
            rows, columns = np.ogrid[:90, :70]
            y, x = rng.integers(20, 50, 2)
            mask = ((rows - y) ** 2 + (columns - x) ** 2 < 15**2).astype(np.uint8)
            noise = rng.integers(0, 60, (90, 70, 3))
            picture = (mask[..., None] * 180 + noise).astype(np.uint8)
            suffix = "jpg" if number % 2 else "png"
            name = f"disc {number}.{suffix}"
            Image.fromarray(picture).save(root / "img_dir" / split / name)
            Image.fromarray(mask).save(root / "ann_dir" / split / f"disc {number}.png")
    classes = [{"name": "background"}, {"name": "disc", "color": "#3D6DFA"}]
    (root / "classes.json").write_text(json.dumps({"classes": classes}))
    return root


def _spec(data: Path, work_dir: Path, **changes: object) -> TrainSpec:
    values = {
        "architecture": "unet-small",
        "max_iters": 2,
        "val_interval": 100,
        "checkpoint_interval": 100,
        "log_interval": 1,
        "batch_size": 2,
        "crop_size": 64,
        "device": "cpu",
    }
    return TrainSpec(data_dir=data, work_dir=work_dir, **{**values, **changes})


def _train(
    spec: TrainSpec, stop: StopFlag | None = None, on_event: Report | None = None
) -> Run:
    from segdesk.engine.training.training import run_training

    events: list[Event] = []

    def report(event: Event) -> None:
        events.append(event)
        if on_event:
            on_event(event)

    context = JobContext(report, stop or StopFlag())
    return Run(spec, run_job(spec, context, run_training), events)


def _of(events: list[Event], kind: type[T]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture(scope="module")
def first(discs: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Train until the discs are found."""
    folder = tmp_path_factory.mktemp("runs") / "first"
    return _train(_spec(discs, folder, max_iters=24, val_interval=12, lr=0.004, seed=1))


@pytest.fixture(scope="module")
def second(discs: Path, first: Run) -> Run:
    """Go on from the first run in the same process, hardly learning."""
    folder = first.spec.work_dir.with_name("second")
    start = first.done.checkpoint
    return _train(
        _spec(discs, folder, load_from=start, lr=1e-12, seed=2, device="cuda:99")
    )


def test_run_training_leaves_a_model_when_it_ends(first: Run) -> None:
    from segdesk.engine.checkpoint import load_checkpoint

    done = first.done
    assert done.metrics["fgIoU"] > 60
    assert done.per_class["IoU"][1] == done.metrics["fgIoU"]
    model = load_checkpoint(done.checkpoint)
    assert model.classes == done.classes
    assert model.config_text
    assert done.checkpoint.stat().st_size < 8e6


def test_run_training_reports_its_course_when_it_runs(first: Run) -> None:
    steps = _of(first.events, TrainStep)
    assert steps[-1].iteration == steps[-1].total == 24
    assert steps[-1].losses["loss"] < steps[0].losses["loss"]
    assert [event.iteration for event in _of(first.events, Validated)] == [12, 24]
    saved = _of(first.events, CheckpointSaved)
    assert any(event.best for event in saved)
    assert {event.iteration for event in saved} <= {12, 24}


def test_run_training_explains_itself_when_read_from_its_folder(first: Run) -> None:
    from segdesk.engine.config.text import read_config
    from segdesk.jobs.codec import decode_spec

    folder = first.spec.work_dir
    lines = (folder / "events.jsonl").read_text().splitlines()
    assert len(lines) > len(_of(first.events, TrainStep))
    assert json.loads(lines[-1])["type"] == "Succeeded"
    assert decode_spec((folder / "spec.json").read_bytes()) == first.spec
    config = read_config(folder / "config.py")
    assert config["model"]["decode_head"]["num_classes"] == 2
    assert config["val_evaluator"]["type"] == "IoUMetric"


def test_run_training_keeps_runs_apart_when_two_share_a_process(
    first: Run, second: Run
) -> None:
    for run in (first, second):
        assert run.done.iterations == run.spec.max_iters
        logs = list(run.spec.work_dir.glob("*/*.log"))
        assert len(logs) == 1
        assert logs[0].read_text().count("Iter(train)") == run.spec.max_iters


def test_run_training_takes_weights_when_load_from_is_given(
    first: Run, second: Run
) -> None:
    from segdesk.engine.checkpoint import load_checkpoint

    name = "decode_head.conv_seg.weight"
    before, after = (
        load_checkpoint(run.done.checkpoint).state_dict[name].numpy()
        for run in (first, second)
    )
    assert np.allclose(before, after, atol=1e-6)


def test_run_training_says_so_when_the_device_is_missing(second: Run) -> None:
    notes = [note.message for note in _of(second.events, Noted)]
    assert "Running on the CPU instead of cuda:99." in notes


def test_run_training_keeps_a_checkpoint_when_cancelled(
    discs: Path, tmp_path: Path
) -> None:
    import torch

    stop = StopFlag()

    def stop_at_first_step(event: Event) -> None:
        if isinstance(event, TrainStep):
            stop.set()

    spec = _spec(discs, tmp_path / "run", max_iters=500)
    run = _train(spec, stop, stop_at_first_step)

    assert run.terminal == Cancelled("checkpoint at iteration 1")
    kept = torch.load(tmp_path / "run" / "interrupted.pth", weights_only=False)
    assert kept["meta"]["iter"] == 1
    assert "optimizer" in kept
    lines = (tmp_path / "run" / "events.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["type"] == "Cancelled"


def test_run_training_refuses_when_no_weight_of_load_from_fits(
    discs: Path, tmp_path: Path
) -> None:
    import torch

    foreign = tmp_path / "foreign.pth"
    torch.save({"state_dict": {"backbone.layer.weight": torch.zeros(3)}}, foreign)
    terminal = _train(_spec(discs, tmp_path / "run", load_from=foreign)).terminal

    assert isinstance(terminal, Failed)
    assert terminal.kind == CheckpointError.__name__
    assert "foreign.pth" in terminal.cause


def test_run_training_stops_when_the_loss_is_no_number(
    discs: Path, tmp_path: Path
) -> None:
    spec = _spec(discs, tmp_path / "run", max_iters=30, lr=1e30)
    terminal = _train(spec).terminal

    assert isinstance(terminal, Failed), terminal
    assert terminal.kind == "ModelError"
    assert "loss is not a number" in terminal.cause


def test_run_training_ends_with_a_sentence_when_the_disk_is_full(
    discs: Path, tmp_path: Path
) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, before[1]))
    try:
        terminal = _train(_spec(discs, tmp_path / "run")).terminal
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert isinstance(terminal, Failed)
    assert terminal.kind == "StorageError"
    assert str(tmp_path / "run") in terminal.cause


def test_run_training_refuses_when_its_folder_cannot_be_made(
    discs: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    terminal = _train(_spec(discs, tmp_path / "file" / "run")).terminal

    assert isinstance(terminal, Failed)
    assert terminal.kind == "StorageError"


def test_run_training_refuses_when_a_label_has_no_class(
    discs: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(discs, data)
    mask = data / "ann_dir" / "train" / "disc 3.png"
    Image.fromarray(np.full((90, 70), 7, np.uint8)).save(mask)
    terminal = _train(_spec(data, tmp_path / "run")).terminal

    assert isinstance(terminal, Failed)
    assert terminal.kind == InputError.__name__
    assert "labels up to 7" in terminal.cause
    assert "disc 3.png" in terminal.cause
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("architecture", ["segformer-b0", "ddrnet-23-slim", "pidnet-s"])
def test_run_training_trains_when_given_each_kind_of_network(
    discs: Path, tmp_path: Path, architecture: str
) -> None:
    run = _train(_spec(discs, tmp_path / "run", architecture=architecture))

    assert set(run.done.metrics) >= {"aAcc", "mIoU", "mDice", "fgIoU"}
