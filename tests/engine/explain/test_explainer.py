"""Where a model looks: maps of small networks, held against what they must be."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from small_networks import config, head, make_pair, picture

from segdesk.core.errors import InputError, JobCancelledError, ModelError
from segdesk.core.paths import resource_path
from segdesk.engine.explain import methods
from segdesk.engine.explain.explainer import Explainer, Question
from segdesk.engine.explain.layers import form_of
from segdesk.jobs.specs import ModelSource

pytestmark = pytest.mark.engine

METHODS = ("hires-cam", "grad-cam", "eigen-cam", "ablation-cam", "saliency")
SWIN = {
    "type": "SwinTransformer",
    "pretrain_img_size": 64,
    "embed_dims": 8,
    "depths": (1, 1, 2, 1),
    "num_heads": (1, 2, 2, 2),
    "window_size": 4,
}
VIT = {
    "type": "VisionTransformer",
    "img_size": (96, 128),
    "patch_size": 16,
    "embed_dims": 16,
    "num_layers": 2,
    "num_heads": 2,
    "final_norm": True,
    "with_cls_token": True,
}
SEGMENTER = head(
    "SegmenterMaskTransformerHead",
    in_channels=16,
    channels=16,
    num_layers=1,
    num_heads=2,
    embed_dims=16,
    norm_cfg={"type": "LN"},
)
UPER = head("FCNHead", in_channels=64, in_index=3, num_convs=1, concat_input=False)


@pytest.fixture(scope="session")
def transformers(tmp_path_factory):
    made = {
        "Swin": config(SWIN, UPER),
        "Segmenter": config(VIT, SEGMENTER),
    }
    return {
        name: make_pair(one, tmp_path_factory.mktemp(name)).checkpoint
        for name, one in made.items()
    }


@pytest.fixture
def explainer(pairs, transformers):
    def made(name):
        path = transformers.get(name) or pairs(name).checkpoint
        source = ModelSource(id=name, checkpoint=path)
        return Explainer(source, "cpu", lambda _note: None)

    return made


@pytest.fixture(scope="session")
def nuclei():
    source = ModelSource(
        id="nuclei", checkpoint=resource_path("models", "nuclei-unet", "model.pth")
    )
    return Explainer(source, "cpu", lambda _note: None)


def two_nuclei():
    rows, columns = np.mgrid[:96, :192]
    glow = [
        180 * np.exp(-((rows - 48) ** 2 + (columns - x) ** 2) / 160.0)
        for x in (36, 156)
    ]
    return np.repeat((8 + sum(glow))[..., None], 3, 2).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", ["whole", "aligned", "Swin", "Segmenter"])
def test_explainer_gives_a_map_of_the_image_when_the_network_is_of_any_kind(
    explainer, name
):
    asked, image = explainer(name), picture(96, 128)
    empty = []
    for method in METHODS:
        found = asked.explain(image, Question(method))
        assert found.heat.shape == (96, 128)
        assert np.isfinite(found.heat).all()
        assert found.heat.min() >= 0
        empty += [method] if not found.heat.any() else []
        assert len(found.layers) > 5
        assert bool(found.layer) == (method != "saliency")
    # In random weights a whole layer may speak against a class.
    assert set(empty) <= {"grad-cam", "hires-cam", "ablation-cam"}
    assert len(empty) < 2
    kinds = {layer.tokens for layer in found.layers}
    assert (True in kinds) == (name != "aligned")


def test_explainer_gives_the_scores_own_parts_when_it_looks_before_the_last_step(
    explainer,
):
    asked, image = explainer("unpadded"), picture(64, 96)
    name = "decode_head.convs.0"
    found = asked.explain(image, Question("hires-cam", class_index=1, layer=name))
    prepared = asked.built.prepare(image)
    with torch.no_grad():
        logits = asked.run(prepared.tensor)[0]
        there = (logits.argmax(0) == 1).float()
        share = logits[1] - asked.built.module.decode_head.conv_seg.bias[1]
        wanted = (share * there / there.sum()).relu()
    assert found.layer == name
    assert found.heat == pytest.approx(wanted.numpy(), abs=1e-5)


def test_explainer_puts_tokens_in_their_places_when_the_backbone_is_a_transformer(
    explainer,
):
    asked, image = explainer("whole"), picture(128, 256)
    question = Question("hires-cam", class_index=3, at=(200, 40))
    found = asked.explain(image, question)
    layer = next(one for one in found.layers if one.name == found.layer)
    assert (layer.tokens, layer.size) == (True, (4, 8))
    kept = {}
    module = dict(asked.built.module.named_modules())[found.layer]
    hook = module.register_forward_hook(
        lambda _m, _i, out: kept.setdefault("out", out.detach().requires_grad_())
    )
    logits = asked.run(asked.built.prepare(image).tensor)
    hook.remove()
    full = F.interpolate(logits, size=(128, 256), mode="bilinear")
    full[0, 3, 40, 200].backward()
    parts = (kept["out"].grad * kept["out"])[0].sum(dim=-1).detach().reshape(4, 8)
    wanted = F.interpolate(parts.relu()[None, None], size=(128, 256), mode="bilinear")
    assert found.heat == pytest.approx(wanted[0, 0].numpy(), rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("method", ["occlusion", "saliency", "hires-cam"])
def test_explainer_points_at_the_thing_itself_when_the_model_has_learnt(
    nuclei, method, monkeypatch
):
    monkeypatch.setattr(methods, "_WINDOWS", 5)  # 10 would show the same, slowly
    found = nuclei.explain(two_nuclei(), Question(method, at=(36, 48)))
    assert found.class_index == 1
    assert found.chances[1] > 0.5
    assert found.heat[:, :96].sum() > 3 * found.heat[:, 96:].sum()
    assert found.confidence[48, 36] == pytest.approx(found.chances[1], abs=0.05)
    assert found.entropy[2, 96] < 0.5


def test_explainer_asks_for_the_largest_class_when_none_is_named(nuclei):
    found = nuclei.explain(two_nuclei(), Question("hires-cam"))
    assert (found.class_index, found.weak) == (1, False)
    blank = nuclei.explain(np.zeros((64, 64, 3), np.uint8), Question("eigen-cam", 1))
    assert blank.weak


def test_explainer_says_what_is_wrong_when_a_layer_has_no_place_in_the_image(explainer):
    asked, image = explainer("aligned"), picture(96, 128)
    wrong = {
        "nothing.here": "no layer of this name",
        "backbone": "4 arrays",
        "decode_head.psp_modules.0.0": "1 × 32 × 1 × 1 values without a place",
        "decode_head": "not run it by itself",
    }
    for name, cause in wrong.items():
        with pytest.raises(InputError) as error:
            asked.explain(image, Question("hires-cam", layer=name))
        assert cause in error.value.cause
        assert "Layers that give a map are" in error.value.hint


def test_explainer_refuses_when_pixel_or_class_is_not_there(nuclei):
    image = two_nuclei()
    with pytest.raises(InputError, match="192 × 96"):
        nuclei.explain(image, Question("hires-cam", at=(192, 3)))
    with pytest.raises(InputError, match="no class 7"):
        nuclei.explain(image, Question("hires-cam", class_index=7))


def test_explainer_stops_between_passes_when_it_is_cancelled(nuclei):
    told = []

    def check():
        if len(told) == 3:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        nuclei.explain(
            two_nuclei(),
            Question("occlusion"),
            tell=lambda done, count: told.append((done, count)),
            check=check,
        )
    assert [done for done, _ in told] == [1, 2, 3]
    assert told[0][1] > 50


def test_explainer_names_a_cure_when_memory_is_short(nuclei, monkeypatch):
    def full(_image):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(nuclei, "run", full)
    with pytest.raises(ModelError, match="more memory than is free"):
        nuclei.explain(two_nuclei(), Question("hires-cam"))


@pytest.mark.parametrize(
    ("shape", "kind", "size"),
    [
        ((1, 32, 12, 16), "map", (12, 16)),
        ((1, 12, 16, 32), "last", (12, 16)),
        ((1, 192, 32), "tokens", (12, 16)),
        ((1, 193, 32), "tokens", (12, 16)),
        ((1, 32, 1, 1), None, None),
        ((1, 32, 6, 6), None, None),
        ((48, 16, 32), None, None),
        ((1, 32), None, None),
    ],
)
def test_form_tells_a_map_when_a_shape_follows_the_image(shape, kind, size):
    form = form_of(shape, (96, 128))
    assert (form and form.kind, form and form.size) == (kind, size)


def test_explainer_is_as_sure_as_predictions_when_the_model_has_a_temperature(pairs):
    from segdesk.engine.predictor import Predictor

    source = ModelSource(
        id="tiny", checkpoint=pairs("unpadded").checkpoint, temperature=(3.0,)
    )
    image = picture(64, 96)
    found = Explainer(source, "cpu", print).explain(image, Question("eigen-cam"))
    sure = Predictor(source, device="cpu", note=print).predict(image).confidence
    assert found.confidence * 255 == pytest.approx(sure.astype(float), abs=1.1)
    each = ModelSource(
        id="tiny", checkpoint=source.checkpoint, temperature=(3.0, 1.0, 2.0, 1.0, 0.5)
    )
    found = Explainer(each, "cpu", print).explain(image, Question("eigen-cam"))
    sure = Predictor(each, device="cpu", note=print).predict(image).confidence
    assert found.confidence * 255 == pytest.approx(sure.astype(float), abs=1.1)
