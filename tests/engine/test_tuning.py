"""The fastest right way to run a model is found by measuring, kept, and used."""

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image

from segdesk.core.errors import InputError
from segdesk.engine import tuning
from segdesk.engine.dispatch import Engine
from segdesk.engine.forwards import Compiled, Eager, FixedSize, Graphs
from segdesk.engine.mode_choice import Wish, chosen, measure_all
from segdesk.engine.run_modes import Abilities, mode_for, untuned
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.specs import LoadSpec, ModelSource, PredictSpec, TuneSpec
from segdesk.jobs.tune_events import ModeMeasured
from segdesk.jobs.tune_specs import RunMode
from segdesk.library.tuned_modes import TunedModes

pytestmark = pytest.mark.engine

CUDA = Abilities(kind="cuda")


def context(reports: list | None = None) -> JobContext:
    return JobContext((reports if reports is not None else []).append, StopFlag())


class FakeBench:
    """Says how fast and how right each way is; the untuned one is 10 a second."""

    def __init__(self, **speeds: float | tuple[float, float]) -> None:
        self.speeds = speeds
        self.asked: list[str] = []

    def __call__(self, mode: RunMode) -> ModeMeasured:
        name = mode.words.replace(" + ", "_").replace("CUDA graph", "graph")
        name = name.replace("torch.compile", "compile")
        self.asked.append(name)
        found = self.speeds.get(name, 10.0)
        speed, equal = found if isinstance(found, tuple) else (found, 1.0)
        return ModeMeasured(mode=mode, images_per_s=speed, equal=equal)


# ---------------------------------------------------------------- the choice


def test_choice_is_the_fastest_way_whose_labels_are_right():
    bench = FakeBench(
        fp16=(40.0, 0.99), bf16_channels_last=25.0, bf16_channels_last_graph=30.0
    )
    measured = measure_all(Wish(CUDA, (512, 512)), bench)
    assert chosen(measured) == RunMode(
        precision="bf16", channels_last=True, way="graph", size=(512, 512)
    )
    assert measured[0].mode == untuned(torch.device("cuda"))
    assert bench.asked[:6] == [
        "fp32",
        "fp32_channels_last",
        "fp16",
        "fp16_channels_last",
        "bf16",
        "bf16_channels_last",
    ]
    # A graph is made of the best that is right; winner and untuned are measured again.
    assert bench.asked[6:] == ["bf16_channels_last_graph", "fp32", bench.asked[6]]


def test_choice_stays_untuned_when_nothing_is_clearly_faster():
    bench = FakeBench(fp32_channels_last=10.2, fp16=(90.0, 0.9979))
    measured = measure_all(Wish(CUDA, (64, 64)), bench)
    assert chosen(measured) == RunMode()
    assert len(bench.asked) == 7


def test_choice_leaves_out_what_the_machine_cannot_do():
    able = Abilities(kind="cuda", bf16=False, compiler="Triton is not installed.")
    bench = FakeBench(fp32_graph=20.0)
    measured = measure_all(Wish(able, (64, 64), with_compile=True), bench)
    assert not any("bf16" in name or "compile" in name for name in bench.asked)
    assert measured[-1].problem == "Triton is not installed."
    assert chosen(measured).way == "graph"
    cpu = measure_all(Wish(Abilities(kind="cpu"), (64, 64)), FakeBench())
    assert [one.mode.words for one in cpu] == [
        "fp32 + channels_last",
        "fp32",
        "bf16 + channels_last",
        "bf16",
    ]


# ---------------------------------------------------------------- the ways


class Doubler(torch.nn.Module):
    """A segmentor that counts its runs."""

    runs = 0

    def encode_decode(self, images, metas):
        self.runs += 1
        return images * 2


def test_graphs_record_each_size_once_and_only_some():
    model = Doubler()
    eager = Eager(model, torch.device("cpu"), "fp32")
    recorded = []

    def record(forward, images, metas):
        recorded.append(tuple(images.shape))
        forward(images, metas)
        return lambda again: again * 2

    forward = FixedSize((4, 4), Graphs(eager, record), eager)
    for batch in (1, 1, 2, 3, 4, 5, 1):
        images = torch.full((batch, 3, 4, 4), float(batch))
        assert torch.equal(forward(images, []), images * 2)
    assert recorded == [(batch, 3, 4, 4) for batch in (1, 2, 3, 4)]
    assert model.runs == 5  # four recordings, and what there was no room for
    forward(torch.zeros(1, 3, 8, 8), [])
    assert model.runs == 6


def test_compiled_network_is_made_at_its_first_run(monkeypatch):
    made = []
    monkeypatch.setattr(
        torch, "compile", lambda call, **options: (made.append(options), call)[1]
    )
    forward = Compiled(Eager(Doubler(), torch.device("cpu"), "fp32"))
    assert made == []
    for _ in range(2):
        assert forward(torch.ones(1, 3, 4, 4), []).sum() == 96
    assert made == [{"dynamic": False}]


# ---------------------------------------------------------------- on this machine


@pytest.fixture
def images(tmp_path):
    paths = []
    for number in range(2):
        pixels = np.random.default_rng(number).integers(0, 255, (48, 64, 3), np.uint8)
        paths.append(tmp_path / f"{number}.png")
        Image.fromarray(pixels).save(paths[-1])
    return tuple(paths)


def test_tuning_measures_remembers_and_is_used(monkeypatch, tiny, images, tmp_path):
    monkeypatch.setattr(tuning, "_MEASURED_S", 0.0)
    source, cpu, engine = tiny.source(), torch.device("cpu"), Engine()
    reports: list = []
    done = engine.handle(
        TuneSpec(model=source, device="cpu", images=images), context(reports)
    )
    tuned = done.tuned
    assert [one.mode.words for one in tuned.measured] == [
        "fp32 + channels_last",
        "fp32",
        "bf16 + channels_last",
        "bf16",
    ]
    assert all(one.images_per_s > 0 for one in tuned.measured)
    assert tuned.measured[0].equal == tuned.measured[1].equal == 1.0
    assert 0.9 < tuned.measured[2].equal <= 1.0
    assert tuned.best.is_right
    assert "Measuring bf16" in [report.text for report in reports]
    assert TunedModes().all() == (tuned,)

    # Whatever won here: what is remembered is how the model runs.
    bf16 = RunMode(precision="bf16", channels_last=True)
    TunedModes().remember(msgspec.structs.replace(tuned, chosen=bf16))
    assert mode_for(source, cpu, "auto", _unsaid) == bf16
    assert mode_for(source, cpu, "fp32", _unsaid) == untuned(cpu)
    loaded = engine.handle(LoadSpec(model=source), context())
    assert loaded.precision == "bf16"
    spec = PredictSpec(model=source, image=images[0], scratch_dir=tmp_path)
    assert engine.handle(spec, context()).device == "cpu"

    # Other weights under the same name are another model.
    content = torch.load(source.checkpoint, weights_only=False)
    weights = content["state_dict"]
    weights["decode_head.conv_seg.bias"] = weights["decode_head.conv_seg.bias"] + 1
    tiny.source(content)
    assert mode_for(source, cpu, "auto", _unsaid) == untuned(cpu)


def test_tuning_is_refused_for_an_exported_model(tmp_path):
    source = ModelSource(id="m", checkpoint=tmp_path / "m.onnx")
    with pytest.raises(InputError, match="m was not tuned"):
        Engine().handle(TuneSpec(model=source), context())


def _unsaid(_note) -> None:
    pass


@pytest.mark.parametrize("broken", ["fails", "no number"])
def test_predictor_goes_on_in_fp32_when_a_tuned_mode_fails(
    broken, monkeypatch, tiny, images
):
    from segdesk.engine import network, predictor

    fast = RunMode(precision="bf16")
    monkeypatch.setattr(predictor, "mode_for", lambda *_: fast)
    real, is_broken, notes = network.forward_of, [], []

    def forward_of(model, device, mode):
        forward = real(model, device, mode)

        def run(pixels, metas):
            if mode == fast and is_broken and broken == "fails":
                raise RuntimeError("no kernel for this size")
            logits = forward(pixels, metas)
            return logits * torch.nan if mode == fast and is_broken else logits

        return run

    monkeypatch.setattr(network, "forward_of", forward_of)
    made = predictor.Predictor(tiny.source(), precision="auto", note=notes.append)
    assert made.built.precision == "bf16"
    assert not notes
    is_broken.append(True)
    pixels = np.asarray(Image.open(images[0]).convert("RGB"))
    first, second = (made.predict(pixels) for _ in range(2))
    assert made.built.precision == "fp32"
    assert [note.level for note in notes] == ["warning"]
    plain = predictor.Predictor(
        tiny.source(), mode=RunMode(), note=notes.append
    ).predict(pixels)
    assert np.array_equal(first.labels, plain.labels)
    assert np.array_equal(second.labels, plain.labels)
