"""A training end to end on pictures that the tests make."""

import json
from collections.abc import Callable
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
) -> tuple[Terminal, list[Event]]:
    from segdesk.engine.training import run_training

    events: list[Event] = []

    def report(event: Event) -> None:
        events.append(event)
        if on_event:
            on_event(event)

    context = JobContext(report, stop or StopFlag())
    return run_job(spec, context, run_training), events


def _of(events: list[Event], kind: type[T]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


def test_run_training_leaves_a_model_when_it_ends(discs: Path, tmp_path: Path) -> None:
    from segdesk.engine.checkpoint import load_checkpoint

    spec = _spec(discs, tmp_path / "run", max_iters=60, val_interval=30, lr=0.004)
    terminal, events = _train(spec)

    assert isinstance(terminal, Succeeded), terminal
    done = terminal.result
    assert isinstance(done, TrainDone)
    assert done.metrics["fgIoU"] > 60
    assert done.per_class["IoU"][1] == done.metrics["fgIoU"]
    steps = _of(events, TrainStep)
    assert steps[-1].iteration == steps[-1].total == 60
    assert steps[-1].losses["loss"] < steps[0].losses["loss"]
    assert [event.iteration for event in _of(events, Validated)] == [30, 60]
    assert any(event.best for event in _of(events, CheckpointSaved))
    model = load_checkpoint(done.checkpoint)
    assert model.classes == done.classes
    assert model.config_text
    assert done.checkpoint.stat().st_size < 8e6


def test_run_training_explains_itself_when_read_from_its_folder(
    discs: Path, tmp_path: Path
) -> None:
    from segdesk.engine.config_text import read_config
    from segdesk.jobs.codec import decode_spec

    spec = _spec(discs, tmp_path / "run")
    terminal, _ = _train(spec)

    lines = (tmp_path / "run" / "events.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["type"] == type(terminal).__name__ == "Succeeded"
    assert decode_spec((tmp_path / "run" / "spec.json").read_bytes()) == spec
    config = read_config(tmp_path / "run" / "config.py")
    assert config["model"]["decode_head"]["num_classes"] == 2
    assert config["val_evaluator"]["type"] == "IoUMetric"


def test_run_training_keeps_runs_apart_when_two_share_a_process(
    discs: Path, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        _train(_spec(discs, tmp_path / name))

    logs = [list((tmp_path / name).glob("*/*.log")) for name in ("a", "b")]
    assert [len(found) for found in logs] == [1, 1]
    for found in logs:
        assert found[0].read_text().count("Iter(train)") == 2


def test_run_training_keeps_a_checkpoint_when_cancelled(
    discs: Path, tmp_path: Path
) -> None:
    import torch

    stop = StopFlag()

    def stop_at_first_step(event: Event) -> None:
        if isinstance(event, TrainStep):
            stop.set()

    spec = _spec(discs, tmp_path / "run", max_iters=500)
    terminal, _ = _train(spec, stop, stop_at_first_step)

    assert terminal == Cancelled("checkpoint at iteration 1")
    kept = torch.load(tmp_path / "run" / "interrupted.pth", weights_only=False)
    assert kept["meta"]["iter"] == 1
    assert "optimizer" in kept
    lines = (tmp_path / "run" / "events.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["type"] == "Cancelled"


def test_run_training_takes_weights_when_load_from_is_given(
    discs: Path, tmp_path: Path
) -> None:
    from segdesk.engine.checkpoint import load_checkpoint

    first, _ = _train(_spec(discs, tmp_path / "a", seed=1))
    assert isinstance(first, Succeeded)
    start = first.result.checkpoint
    frozen = {"max_iters": 1, "lr": 1e-12, "seed": 2}
    second, _ = _train(_spec(discs, tmp_path / "b", load_from=start, **frozen))

    assert isinstance(second, Succeeded)
    name = "decode_head.conv_seg.weight"
    before, after = (
        load_checkpoint(path).state_dict[name]
        for path in (start, second.result.checkpoint)
    )
    assert np.allclose(before.numpy(), after.numpy(), atol=1e-6)


def test_run_training_refuses_when_no_weight_of_load_from_fits(
    discs: Path, tmp_path: Path
) -> None:
    import torch

    foreign = tmp_path / "foreign.pth"
    torch.save({"state_dict": {"backbone.layer.weight": torch.zeros(3)}}, foreign)
    terminal, _ = _train(_spec(discs, tmp_path / "run", load_from=foreign))

    assert isinstance(terminal, Failed)
    assert terminal.kind == CheckpointError.__name__
    assert "foreign.pth" in terminal.cause


def test_run_training_stops_when_the_loss_is_no_number(
    discs: Path, tmp_path: Path
) -> None:
    spec = _spec(discs, tmp_path / "run", max_iters=30, lr=1e30)
    terminal, _ = _train(spec)

    assert isinstance(terminal, Failed), terminal
    assert terminal.kind == "ModelError"
    assert "loss is not a number" in terminal.cause


def test_run_training_says_so_when_the_device_is_missing(
    discs: Path, tmp_path: Path
) -> None:
    terminal, events = _train(_spec(discs, tmp_path / "run", device="cuda:99"))

    assert isinstance(terminal, Succeeded)
    assert any("CPU instead of cuda:99" in note.message for note in _of(events, Noted))


def test_run_training_refuses_when_a_label_has_no_class(
    discs: Path, tmp_path: Path
) -> None:
    import shutil

    data = tmp_path / "data"
    shutil.copytree(discs, data)
    mask = data / "ann_dir" / "train" / "disc 3.png"
    Image.fromarray(np.full((90, 70), 7, np.uint8)).save(mask)
    terminal, _ = _train(_spec(data, tmp_path / "run"))

    assert isinstance(terminal, Failed)
    assert terminal.kind == InputError.__name__
    assert "labels up to 7" in terminal.cause
    assert "disc 3.png" in terminal.cause
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "architecture", ["pspnet-r18", "segformer-b0", "ddrnet-23-slim", "pidnet-s"]
)
def test_run_training_trains_when_given_each_kind_of_network(
    discs: Path, tmp_path: Path, architecture: str
) -> None:
    terminal, _ = _train(_spec(discs, tmp_path / "run", architecture=architecture))

    assert isinstance(terminal, Succeeded), terminal
    assert set(terminal.result.metrics) >= {"aAcc", "mIoU", "mDice", "fgIoU"}
