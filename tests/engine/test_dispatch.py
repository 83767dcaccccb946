"""One engine runs every spec, keeps the last model, and explains torch's errors."""

import gc
import os
import weakref

import numpy as np
import pytest
import torch
from PIL import Image

from segdesk.core.errors import (
    GpuLostError,
    MemoryShortError,
    ModelError,
    OpsMissingError,
    StorageError,
)
from segdesk.engine.bootstrap import CompiledOpError
from segdesk.engine.devices import list_devices, resolve_device, usable_precision
from segdesk.engine.dispatch import Engine
from segdesk.engine.failures import breaks_process, explained
from segdesk.jobs.arrays import take, take_scores
from segdesk.jobs.control import StopFlag
from segdesk.jobs.events import Cancelled, Failed, Noted, Progress, Succeeded
from segdesk.jobs.process import EngineProcess
from segdesk.jobs.runner import InProcessRunner
from segdesk.jobs.specs import (
    BatchItem,
    BatchSpec,
    EnvironmentSpec,
    InspectSpec,
    LoadSpec,
    PredictSpec,
)

pytestmark = pytest.mark.engine


def run(runner, spec, stop: StopFlag | None = None):
    reports = []
    return runner.run(spec, reports.append, stop or StopFlag()), reports


def result_of(runner, spec):
    terminal, _ = run(runner, spec)
    assert isinstance(terminal, Succeeded), terminal
    return terminal.result


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def runner(engine) -> InProcessRunner:
    return InProcessRunner(engine.handle)


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "an image.png"
    pixels = np.random.default_rng(0).integers(0, 255, (33, 47, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def predict(tiny, image, tmp_path, **options) -> PredictSpec:
    source = options.pop("model", None) or tiny.source()
    return PredictSpec(model=source, image=image, scratch_dir=tmp_path, **options)


def test_predict_hands_over_labels_and_confidence_of_the_images_size(
    runner, tiny, image, tmp_path
):
    done = result_of(runner, predict(tiny, image, tmp_path))
    labels, confidence = take(done.labels), take(done.confidence)
    assert labels.shape == confidence.shape == (33, 47)
    assert labels.max() <= 2
    assert done.classes.names == ("ground", "disc", "ring")
    assert done.device == "cpu"
    assert {"decode", "network"} <= done.seconds.keys()
    scores = take_scores(done.scores)
    assert scores.at(46, 32).argmax() == labels[32, 46]
    assert scores.at(46, 32).max() * 255 == pytest.approx(confidence[32, 46], abs=2)


def test_model_is_loaded_once_while_source_and_device_stay(
    engine, runner, tiny, image, tmp_path
):
    source = tiny.source()
    loaded = result_of(runner, LoadSpec(model=source, device="auto"))
    assert (loaded.architecture, loaded.precision) == ("U-Net", "fp32")
    first = weakref.ref(engine._predictor)
    spec = predict(
        tiny, image, tmp_path, model=source, device=loaded.device, confidence=False
    )
    done = result_of(runner, spec)
    assert done.confidence is None
    take(done.labels)
    assert engine._predictor is first()


def test_model_is_loaded_again_when_its_file_changed(engine, runner, tiny):
    source = tiny.source()
    result_of(runner, LoadSpec(model=source))
    first = weakref.ref(engine._predictor)
    os.utime(source.checkpoint, ns=(1, 1))
    result_of(runner, LoadSpec(model=source))
    gc.collect()
    assert first() is None


def test_failed_load_keeps_nothing_and_the_next_job_works(engine, runner, tiny):
    content = tiny.content
    del content["meta"]["dataset_meta"]
    terminal, _ = run(runner, LoadSpec(model=tiny.source(content)))
    assert isinstance(terminal, Failed)
    assert terminal.kind == "ClassesUnknownError"
    assert engine._predictor is None
    result_of(runner, LoadSpec(model=tiny.source()))


def test_device_that_is_not_there_is_said_aloud(runner, tiny):
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    terminal, reports = run(runner, LoadSpec(model=tiny.source(), device="cuda:0"))
    assert terminal.result.device == "cpu"
    notes = [event for event in reports if isinstance(event, Noted)]
    assert [note.level for note in notes] == ["warning"]
    assert "CPU instead of cuda:0" in notes[0].message
    assert notes[0].cause


def test_load_says_what_it_is_busy_with(runner, tiny):
    _, reports = run(runner, LoadSpec(model=tiny.source()))
    assert Progress(0, None, "steps", "Loading the weights") in reports


def test_predict_is_cancelled_before_the_network_runs(runner, tiny, image, tmp_path):
    stop = StopFlag()
    stop.set()
    assert run(runner, predict(tiny, image, tmp_path), stop)[0] == Cancelled()


def test_predict_fails_in_words_when_the_image_cannot_be_read(runner, tiny, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n")
    terminal, _ = run(runner, predict(tiny, broken, tmp_path))
    assert isinstance(terminal, Failed)
    assert terminal.kind == "ImageReadError"


def test_batch_uses_the_model_that_is_loaded(engine, runner, tiny, image, tmp_path):
    source = tiny.source()
    result_of(runner, LoadSpec(model=source))
    loaded = engine._predictor
    items = (BatchItem(image, "one"), BatchItem(tmp_path / "gone.png", "two"))
    done = result_of(
        runner, BatchSpec(model=source, items=items, out_dir=tmp_path / "out")
    )
    assert (done.done, done.failed) == (1, 1)
    assert engine._predictor is loaded


def test_environment_names_versions_devices_and_what_is_missing(runner):
    report = result_of(runner, EnvironmentSpec())
    assert report.versions["torch"] == torch.__version__
    assert report.versions["onedl-mmsegmentation"]
    assert report.devices == list_devices()
    assert report.devices[-1].id == "cpu"
    assert report.cpu_threads >= 1
    assert any("compiled operators" in note.message for note in report.problems) != (
        report.compiled_ops
    )


def test_engine_process_predicts_as_this_process_does(runner, tiny, image, tmp_path):
    source = tiny.source()
    spec = predict(tiny, image, tmp_path, model=source)
    here = take(result_of(runner, spec).labels)
    process = EngineProcess()
    try:
        facts = result_of(process, InspectSpec(model=source))
        assert facts.architecture == "U-Net"
        assert (take(result_of(process, spec).labels) == here).all()
    finally:
        process.close()


class TestFailures:
    """What torch raises, and what the user reads."""

    @pytest.mark.parametrize(
        ("error", "kind", "words"),
        [
            (
                torch.OutOfMemoryError("CUDA out of memory."),
                MemoryShortError,
                "GPU ran out",
            ),
            (MemoryError(), MemoryShortError, "ran out of memory"),
            (
                RuntimeError("DefaultCPUAllocator: can't allocate memory"),
                MemoryShortError,
                "ran out of memory",
            ),
            (
                RuntimeError("CUDA error: device-side assert triggered"),
                GpuLostError,
                "GPU stopped",
            ),
            (CompiledOpError("psamask_forward"), OpsMissingError, "cannot run here"),
            (OSError(28, "No space left on device", "x.png"), StorageError, "x.png"),
            (
                ValueError("Expected more than 1 value per channel when training"),
                ModelError,
                "was not run",
            ),
        ],
    )
    def test_known_error_is_explained_with_a_cure(self, error, kind, words):
        found = explained(error)
        assert type(found) is kind
        assert words in found.message
        assert found.hint

    def test_unknown_error_is_left_alone(self, engine, monkeypatch):
        def fail(_spec, _context):
            raise RuntimeError("something else")

        monkeypatch.setattr(engine, "_run", fail)
        terminal, _ = run(InProcessRunner(engine.handle), EnvironmentSpec())
        assert isinstance(terminal, Failed)
        assert terminal.kind == "RuntimeError"
        assert not engine.is_spent()

    def test_broken_cuda_spends_the_process(self, engine, monkeypatch):
        def fail(_spec, _context):
            raise RuntimeError("CUDA error: device-side assert triggered")

        monkeypatch.setattr(engine, "_run", fail)
        terminal, _ = run(InProcessRunner(engine.handle), EnvironmentSpec())
        assert terminal.kind == "GpuLostError"
        assert engine.is_spent()
        assert not breaks_process(torch.OutOfMemoryError("CUDA error: out of memory"))


class TestDevices:
    """A wish is resolved, or refused in words."""

    @pytest.mark.parametrize("wish", ["gpu", "cuda:x", "cpu0", ""])
    def test_unknown_device_is_refused(self, wish):
        from segdesk.core.errors import InputError

        with pytest.raises(InputError, match="not chosen"):
            resolve_device(wish, print)

    def test_cpu_computes_in_32_bits_and_says_so(self, notes):
        cpu = resolve_device("cpu", notes.append)
        assert usable_precision("fp16", cpu, notes.append) == "fp32"
        assert "fp32 instead of fp16" in notes[0].message
