"""The predictor's labels against MMSegmentation's own, on tiny networks."""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from segdesk.core.classes import ClassList
from segdesk.core.errors import ConfigError, JobCancelledError, ModelError
from segdesk.engine.bootstrap import CompiledOpError, prepare
from segdesk.engine.network import Network
from segdesk.engine.predictor import Predictor
from segdesk.jobs.specs import ModelSource

pytestmark = pytest.mark.engine

BN = {"type": "BN", "requires_grad": True}
LOSS = {"type": "CrossEntropyLoss", "use_sigmoid": False}
SIGMOID = {"type": "CrossEntropyLoss", "use_sigmoid": True}
MIT = {
    "type": "MixVisionTransformer",
    "embed_dims": 8,
    "num_layers": [1, 1, 1, 1],
    "num_heads": [1, 2, 2, 2],
    "sr_ratios": [8, 4, 2, 1],
}
UNET = {
    "type": "UNet",
    "base_channels": 4,
    "num_stages": 3,
    "strides": (1, 1, 1),
    "enc_num_convs": (1, 1, 1),
    "dec_num_convs": (1, 1),
    "downsamples": (True, True),
    "enc_dilations": (1, 1, 1),
    "dec_dilations": (1, 1),
    "norm_cfg": BN,
}
RESNET = {
    "type": "ResNet",
    "depth": 18,
    "base_channels": 4,
    "stem_channels": 4,
    "norm_cfg": BN,
}
PIDNET = {"type": "PIDNet", "channels": 4, "ppm_channels": 8, "norm_cfg": BN}


def head(kind, **fields):
    common = {"channels": 8, "num_classes": 5, "norm_cfg": BN, "align_corners": False}
    return {"type": kind, "loss_decode": LOSS, **common, **fields}


UNET_HEAD = head("FCNHead", in_channels=4, in_index=2, num_convs=1, concat_input=False)
MIT_HEAD = head("SegformerHead", in_channels=[8, 16, 16, 16], in_index=[0, 1, 2, 3])
RESNET_HEAD = head("PSPHead", in_channels=32, in_index=3, align_corners=True)


def config(backbone, decode_head, *, scale=None, test=None, pad=None):
    resize = [{"type": "Resize", "scale": scale, "keep_ratio": True}] if scale else []
    return {
        "default_scope": "mmseg",
        "model": {
            "type": "EncoderDecoder",
            "data_preprocessor": {
                "type": "SegDataPreProcessor",
                "mean": [123.675, 116.28, 103.53],
                "std": [58.395, 57.12, 57.375],
                "bgr_to_rgb": True,
                "size": (64, 64),
                "test_cfg": pad,
            },
            "backbone": backbone,
            "decode_head": decode_head,
            "train_cfg": {},
            "test_cfg": test or {"mode": "whole"},
        },
        "test_pipeline": [
            {"type": "LoadImageFromFile"},
            *resize,
            {"type": "LoadAnnotations"},
            {"type": "PackSegInputs"},
        ],
    }


SLIDE = {"mode": "slide", "crop_size": (48, 64), "stride": (32, 43)}
CONFIGS: dict[str, dict[str, Any]] = {
    "whole": config(MIT, MIT_HEAD, scale=(256, 128)),
    "aligned": config(RESNET, RESNET_HEAD),
    "slide": config(UNET, UNET_HEAD, test=SLIDE, scale=(200, 150)),
    "padded": config(UNET, UNET_HEAD, pad={"size_divisor": 16}),
    "fixed": config(MIT, MIT_HEAD, pad={"size": (256, 256)}),
    "binary": config(
        UNET,
        {**UNET_HEAD, "num_classes": 2, "out_channels": 1, "loss_decode": SIGMOID},
        pad={"size_divisor": 4},
        scale=(96, 96),
    ),
    "sigmoids": config(RESNET, {**RESNET_HEAD, "loss_decode": SIGMOID}),
    "random": config(
        RESNET,
        head(
            "LightHamHead",
            in_channels=[8, 16, 32],
            in_index=[1, 2, 3],
            ham_channels=8,
            ham_kwargs={"MD_R": 4},
            norm_cfg={"type": "GN", "num_groups": 4},
        ),
    ),
    "unpadded": config(UNET, UNET_HEAD),
    "PIDNet": config(PIDNET, head("PIDHead", in_channels=16, channels=16)),
}


def picture(height, width, seed=0):
    """An RGB image with structure at all scales."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (5, 7, 3)).astype(np.uint8)
    image = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(image + rng.normal(0, 10, image.shape), 0, 255).astype(np.uint8)


@dataclass
class Pair:
    """SegDesk's predictor and MMSegmentation's model with the same weights."""

    predictor: Predictor
    peer: torch.nn.Module
    checkpoint: Path

    def theirs(self, image):
        """What `mmseg.apis.inference_model` says; it takes BGR."""
        from mmseg.apis import inference_model

        # The call leaves its mark in the model's config.
        self.peer.cfg = copy.deepcopy(self.peer.cfg)
        return inference_model(self.peer, image[:, :, ::-1].copy())

    def labels(self, image):
        return self.theirs(image).pred_sem_seg.data[0].numpy().astype(np.uint8)


def spread(model):
    """Give random weights statistics and a last layer whose classes all win."""
    image = torch.from_numpy(picture(96, 128)).permute(2, 0, 1)[None].float()
    image = (image - 120) / 58
    meta = [dict.fromkeys(("img_shape", "ori_shape", "pad_shape"), (96, 128))]
    for norm in model.modules():
        if isinstance(norm, torch.nn.modules.batchnorm._BatchNorm):
            norm.momentum = None
            norm.train()
    with torch.no_grad():
        model.encode_decode(torch.cat((image, image.flip(3))), meta * 2)
        model.eval()
        logits = model.encode_decode(image, meta)
        last = model.decode_head
        last = getattr(last, "conv_seg", last)
        if not isinstance(last, torch.nn.Conv2d):
            return
        gain = 3 / logits.std((0, 2, 3))
        last.weight.mul_(gain.view(-1, 1, 1, 1))
        last.bias.copy_((last.bias - logits.mean((0, 2, 3))) * gain)


@pytest.fixture(scope="session")
def pairs(tmp_path_factory):
    """Return a function that makes the pair for a config's name, once."""
    prepare()
    made: dict[str, Pair] = {}

    def pair(name: str) -> Pair:
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            made[name] = make_pair(CONFIGS[name], folder)
        return made[name]

    return pair


def make_pair(settings, folder):
    from mmengine.config import Config
    from mmseg.apis import init_model

    from segdesk.engine.config_text import write_config

    torch.manual_seed(0)
    peer = init_model(Config(copy.deepcopy(settings)), None, "cpu")
    spread(peer)
    labels = 2 if peer.out_channels == 1 else peer.num_classes
    classes = ClassList.from_names(tuple("abcdefg"[:labels]))
    path = folder / "model.pth"
    meta = {
        "cfg": write_config(settings),
        "dataset_meta": {"classes": classes.names, "palette": list(classes.rgb)},
    }
    torch.save({"state_dict": peer.state_dict(), "meta": meta}, path)
    source = ModelSource(id="tiny", checkpoint=path)
    return Pair(Predictor(source, device="cpu", note=print), peer, path)


# ---------------------------------------------------------------- the same labels


@pytest.mark.parametrize("name", ["whole", "aligned", "slide", "padded", "fixed"])
@pytest.mark.parametrize("size", [(97, 131), (160, 128), (200, 333)])
def test_predictor_gives_the_labels_of_mmseg_when_it_takes_the_image(pairs, name, size):
    pair = pairs(name)
    image = picture(*size)
    ours = pair.predictor.predict(image, confidence=False).labels
    theirs = pair.labels(image)
    assert len(np.unique(theirs)) > 1
    assert (ours != theirs).sum() <= 1e-4 * theirs.size


def test_predictor_gives_the_labels_of_mmseg_when_windows_are_larger_than_the_image(
    pairs,
):
    pair = pairs("slide")
    image = picture(36, 48)
    ours = pair.predictor.predict(image).labels
    assert np.array_equal(ours, pair.labels(image))


def test_predictor_uses_the_threshold_when_the_head_has_one_channel(pairs):
    pair = pairs("binary")
    image = picture(90, 130)
    theirs = pair.theirs(image)
    p = theirs.seg_logits.data[0].numpy()
    ours = pair.predictor.predict(image)
    wanted = theirs.pred_sem_seg.data[0].numpy().astype(np.uint8)
    assert 0 < wanted.mean() < 1
    assert (ours.labels != wanted).sum() <= 1
    sure = np.where(wanted, p, 1 - p) * 255
    assert np.abs(ours.confidence - sure)[ours.labels == wanted].max() <= 1.001
    assert pair.predictor.built.threshold == 0.3


@pytest.mark.parametrize("name", ["whole", "aligned", "slide"])
def test_predictor_is_as_sure_as_a_softmax_when_logits_are_enlarged(pairs, name):
    pair = pairs(name)
    image = picture(97, 131)
    ours = pair.predictor.predict(image, confidence=True)
    logits = pair.theirs(image).seg_logits.data
    sure = logits.softmax(0).amax(0).numpy() * 255
    # Slide mode and near ties round otherwise; a step of 8 bits is allowed.
    assert np.abs(ours.confidence - sure).max() <= 1.1


def test_predictor_takes_the_winners_sigmoid_when_classes_were_trained_one_a_time(
    pairs,
):
    pair = pairs("sigmoids")
    image = picture(97, 131)
    logits = pair.theirs(image).seg_logits.data
    ours = pair.predictor.predict(image)
    sure = logits.amax(0).sigmoid().numpy() * 255
    assert np.abs(ours.confidence - sure).max() <= 1.1


# ---------------------------------------------------------------- any size


@pytest.mark.parametrize("name", ["unpadded", "PIDNet", "whole", "slide", "aligned"])
@pytest.mark.parametrize("size", [(1, 1), (7, 513), (65, 67), (1, 300)])
def test_predictor_labels_every_pixel_when_the_image_is_of_any_size(pairs, name, size):
    prediction = pairs(name).predictor.predict(picture(*size))
    assert prediction.labels.shape == size
    assert prediction.confidence.shape == size
    assert prediction.labels.max() < 5


@pytest.mark.parametrize(("name", "divisor"), [("unpadded", 4), ("PIDNet", 8)])
def test_predictor_pads_on_the_right_and_below_when_the_network_needs_multiples(
    pairs, name, divisor
):
    pair = pairs(name)
    assert pair.predictor._network.fit.divisor == divisor
    multiple, odd = picture(64, 96), picture(59, 90)
    assert np.array_equal(
        pair.predictor.predict(multiple).labels, pair.labels(multiple)
    )
    image = F.pad(
        pair.predictor._preprocess(odd).tensor, (0, -90 % divisor, 0, -59 % divisor)
    )
    size = tuple(image.shape[2:])
    meta = [dict.fromkeys(("img_shape", "ori_shape", "pad_shape"), size)]
    with torch.no_grad():
        wanted = pair.peer.encode_decode(image, meta)[0, :, :59, :90].argmax(0)
    assert np.array_equal(pair.predictor.predict(odd).labels, wanted)


def test_predictor_does_not_pad_when_the_network_takes_any_size(pairs):
    assert pairs("aligned").predictor._network.fit.divisor == 1
    assert pairs("whole").predictor._network.fit.divisor == 1


class OneSize(torch.nn.Module):
    """A network whose position embedding is made for one size, as BEiT's is."""

    def __init__(self, size) -> None:
        super().__init__()
        self.size = size
        self.layer = torch.nn.Conv2d(3, 2, 1)
        self.decode_head = torch.nn.Identity()
        self.test_cfg = {"crop_size": (48, 80)}

    def encode_decode(self, image, metas):
        assert tuple(image.shape[2:]) == self.size
        assert len(metas) == len(image)
        return self.layer(image)


def test_network_pads_to_the_configured_size_when_it_takes_no_other():
    network = Network(OneSize((48, 80)), torch.device("cpu"), "fp32")
    logits, seen = network(torch.zeros(1, 3, 30, 80))
    assert seen == (48, 80)
    assert logits.shape == (1, 2, 48, 80)


def test_network_is_refused_when_it_runs_at_no_size():
    with pytest.raises(ModelError, match="fails on a small test image"):
        Network(OneSize((0, 0)), torch.device("cpu"), "fp32")


# ---------------------------------------------------------------- steady and clear


def test_predictor_repeats_itself_when_the_head_draws_random_numbers(pairs):
    pair = pairs("random")
    image = picture(97, 131)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first = pair.predictor.predict(image).labels
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(pair.predictor.predict(image).labels, first)
    torch.manual_seed(0)
    assert (pair.labels(image) == first).mean() > 0.999


@pytest.mark.parametrize("name", ["whole", "slide"])
def test_predictor_stops_when_the_check_raises(pairs, name):
    calls = iter(range(100))

    def check():
        if next(calls) == 2:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        pairs(name).predictor.predict(picture(200, 200), check=check)


def test_predictor_names_the_stages_when_it_is_done(pairs):
    seconds = pairs("slide").predictor.predict(picture(90, 90)).seconds
    assert set(seconds) == {"preprocess", "network", "postprocess"}
    assert all(took > 0 for took in seconds.values())


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), "needs more memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "more memory"),
        (RuntimeError("size mismatch"), "failed at 96 × 64"),
        (CompiledOpError("psamask_forward"), "psamask_forward"),
    ],
)
def test_predictor_says_why_when_the_network_fails(pairs, raised, words, monkeypatch):
    predictor = pairs("unpadded").predictor

    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr(predictor.built.module, "encode_decode", fail)
    with pytest.raises(ModelError) as told:
        predictor.predict(picture(64, 96))
    assert words in told.value.cause


def test_predictor_refuses_a_test_pipeline_when_a_step_is_unknown(tmp_path):
    settings = copy.deepcopy(CONFIGS["unpadded"])
    settings["test_pipeline"].insert(1, {"type": "RandomCrop", "crop_size": (8, 8)})
    with pytest.raises(ConfigError, match="RandomCrop"):
        make_pair(settings, tmp_path)


def test_predictor_refuses_a_network_when_it_takes_other_bands(tmp_path):
    settings = copy.deepcopy(CONFIGS["unpadded"])
    settings["model"]["backbone"]["in_channels"] = 4
    settings["model"]["data_preprocessor"] |= {"mean": None, "std": None}
    with pytest.raises(ModelError, match="4 bands"):
        Predictor(saved(settings, tmp_path), device="cpu", note=print)


def saved(settings, folder):
    """Save a model without ever running it."""
    from mmengine.config import Config
    from mmseg.apis import init_model

    from segdesk.engine.config_text import write_config

    peer = init_model(Config(copy.deepcopy(settings)), None, "cpu")
    path = folder / "model.pth"
    meta = {"cfg": write_config(settings), "dataset_meta": {"classes": list("abcde")}}
    torch.save({"state_dict": peer.state_dict(), "meta": meta}, path)
    return ModelSource(id="tiny", checkpoint=path)


# ---------------------------------------------------------------- preprocessing


@pytest.mark.parametrize(
    "steps",
    [
        [{"type": "Resize", "scale": (90, 70), "keep_ratio": False}],
        [{"type": "Resize", "scale_factor": 0.5, "keep_ratio": True}],
        [{"type": "Resize", "scale": (99, 200), "interpolation": "bicubic"}],
        [{"type": "Resize", "scale": 64, "keep_ratio": True, "backend": "pillow"}],
        [{"type": "ResizeShortestEdge", "scale": (448, 64), "max_size": 90}],
        [{"type": "ResizeToMultiple", "size_divisor": 32}],
    ],
    ids=lambda steps: f"{steps[0]['type']} {list(steps[0])[1]}",
)
def test_preprocessor_makes_the_pixels_of_mmseg_when_the_pipeline_resizes(
    pairs, steps, monkeypatch
):
    from mmengine.config import Config
    from mmseg.apis.utils import _preprare_data

    from segdesk.engine.preprocess import Preprocessor

    pair = pairs("aligned")
    pipeline = [{"type": "LoadImageFromFile"}, *steps, {"type": "PackSegInputs"}]
    monkeypatch.setattr(pair.peer, "cfg", Config({"test_pipeline": pipeline}))
    image = picture(101, 140)
    ours = Preprocessor({"test_pipeline": pipeline}, pair.peer, torch.device("cpu"))(
        image
    )
    data, _ = _preprare_data(image[:, :, ::-1].copy(), pair.peer)
    theirs = pair.peer.data_preprocessor(data, False)["inputs"]
    assert ours.content == tuple(theirs.shape[2:])
    assert torch.equal(ours.tensor, theirs)


def test_window_scores_are_enlarged_as_by_mmseg_when_corners_align(pairs):
    pair = pairs("aligned")
    window = torch.randn(2, 3, 33, 49)
    with torch.inference_mode():
        ours = pair.predictor._window_scores(window)
        meta = [dict.fromkeys(("img_shape", "ori_shape", "pad_shape"), (33, 49))] * 2
        theirs = pair.peer.encode_decode(window, meta)
    assert torch.allclose(ours, theirs, atol=1e-3)
    assert F.mse_loss(ours, theirs) < 1e-6
