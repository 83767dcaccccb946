"""What a training shows while it runs, and what it does when the memory runs out."""

import gc
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from training_run import make_discs, run, spec_of

from segdesk.core.errors import MemoryShortError
from segdesk.jobs.events import CheckpointSaved, Failed, Succeeded, TrainStep, Validated
from segdesk.jobs.specs import ConfigSpec, ProbeSpec, SamplesSpec
from segdesk.jobs.training_events import MemoryAdapted, PreviewsSaved, TrainPaused

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def discs(tmp_path_factory):
    import torch

    torch.set_num_threads(1)
    return make_discs(tmp_path_factory.mktemp("discs"))


@pytest.fixture
def network(monkeypatch):
    """Let a function look at each forward pass of the network before it happens."""
    from mmseg.models.backbones import FastSCNN

    original = FastSCNN.forward

    def watch(look):
        def forward(self, pictures):
            look(self, pictures)
            return original(self, pictures)

        monkeypatch.setattr(FastSCNN, "forward", forward)

    return watch


def test_run_training_shows_predictions_and_loss_when_it_validates(discs, tmp_path):
    spec = spec_of(discs, tmp_path / "run", previews=1, keep_best="IoU:disc")
    result = run(spec)

    saved = result.of(PreviewsSaved)[0]
    assert saved.iteration == 2
    assert [path.name for path in saved.images] == ["1.png"]
    assert saved.truths[0].parts[-3:] == ("ann_dir", "val", "1.png")
    labels = np.asarray(Image.open(saved.labels[0]))
    assert labels.shape == (60, 70)
    assert labels.max() < 2
    validated = result.of(Validated)[0]
    assert 0 < validated.val_loss < 5
    assert validated.seconds > 0
    assert "classIoU" not in validated.metrics
    assert list((tmp_path / "run").glob("best_classIoU_iter_2.pth"))


def test_run_training_waits_when_it_is_paused(discs, tmp_path):
    def pause_once(event, stop):
        if isinstance(event, TrainStep) and event.iteration == 1:
            stop.pause()
        elif isinstance(event, TrainPaused) and event.paused:
            threading.Timer(0.3, stop.go_on).start()

    result = run(spec_of(discs, tmp_path / "run", val_loss=False), pause_once)

    assert result.done.iterations == 2
    assert [event.paused for event in result.of(TrainPaused)] == [True, False]
    last = result.of(TrainStep)[-1]
    assert last.iteration == 2
    assert last.data_time_s < 0.3


def test_run_training_goes_on_with_less_when_the_memory_runs_out(
    discs, tmp_path, network
):
    import torch

    from segdesk.jobs.codec import decode_spec

    seen = []

    def run_out(module, pictures):
        if module.training:
            seen.append(tuple(pictures.shape))
            if len(pictures) > 2:
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
            if len(seen) == 3:
                raise torch.OutOfMemoryError

    network(run_out)
    result = run(spec_of(discs, tmp_path / "run", batch_size=4, val_loss=False))

    steps = result.of(MemoryAdapted)
    assert steps[0].step == "batch 4 → 2, gradients added over 2 batches"
    assert steps[0].changes["max_iters"] == "4"
    assert (steps[1].iteration, steps[1].changes) == (
        1,
        {"activation_checkpointing": "True"},
    )
    assert result.done.iterations == 4
    assert all(100 < one.memory_mb < 4000 for one in result.of(TrainStep))
    written = decode_spec((tmp_path / "run" / "spec.json").read_bytes())
    assert (written.batch_size, written.accumulate) == (2, 2)


def test_run_training_stops_with_the_cure_when_it_may_not_adapt(
    discs, tmp_path, network
):
    import torch

    seen = []

    def run_out(module, pictures):
        seen.append(pictures)
        if len(seen) > 1:
            raise torch.OutOfMemoryError

    network(run_out)
    result = run(spec_of(discs, tmp_path / "run", adapt_memory=False))

    failed = result.terminal
    assert isinstance(failed, Failed)
    assert [one.path.name for one in result.of(CheckpointSaved)] == ["interrupted.pth"]
    assert failed.kind == MemoryShortError.__name__
    assert failed.message == "The training ran out of memory."
    assert "A batch of 2 does not fit into the memory of this machine" in failed.cause


def test_run_training_says_so_when_there_is_no_memory_to_save_either(
    discs, tmp_path, network, monkeypatch
):
    seen = []

    def run_out(module, pictures):
        seen.append(pictures)
        if len(seen) > 1:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    def not_saved(self, *_args, **_options):
        raise MemoryError

    network(run_out)
    monkeypatch.setattr("mmengine.runner.Runner.save_checkpoint", not_saved)
    result = run(spec_of(discs, tmp_path / "run"))

    assert result.terminal.kind == MemoryShortError.__name__
    assert not result.of(CheckpointSaved)
    assert not result.of(MemoryAdapted)


def test_run_training_gives_memory_back_when_it_ends_in_any_way(
    discs, tmp_path, network
):
    import torch

    alive = []

    def note(module, pictures):
        if not any(one() is module for one in alive):
            alive.append(weakref.ref(module))
        if module.training and len(pictures) == 3:
            raise torch.OutOfMemoryError

    def cancel(event, stop):
        if isinstance(event, TrainStep):
            stop.set()

    network(note)
    run(spec_of(discs, tmp_path / "done", max_iters=1))
    run(spec_of(discs, tmp_path / "cancelled"), cancel)
    run(spec_of(discs, tmp_path / "full", batch_size=3, adapt_memory=False))
    gc.collect()

    assert len(alive) == 3
    assert [one() for one in alive] == [None, None, None]


def test_engine_answers_when_asked_before_a_training(discs, tmp_path):
    train = spec_of(discs, tmp_path / "run", augmentation="strong")
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    probe = _result(ProbeSpec(train=train))
    built = _result(ConfigSpec(train=train))
    made = _result(SamplesSpec(train=train, scratch_dir=scratch, count=3))

    assert 1e6 < probe.parameters < 2e6
    assert 0 < probe.train_s < 30
    assert (probe.batch_size, probe.crop_size) == (2, 64)
    assert probe.memory_mb > 50
    assert "num_classes=2" in built.text
    assert "max_iters=40000" in built.base_text
    assert [sample.image.shape for sample in made.samples] == [(64, 64, 3)] * 3
    assert all(isinstance(sample.source, Path) for sample in made.samples)
    assert not (tmp_path / "run").exists()


def _result(spec):
    terminal = run(spec).terminal
    assert isinstance(terminal, Succeeded), terminal
    return terminal.result
