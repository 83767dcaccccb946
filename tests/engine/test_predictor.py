"""The predictor's labels against MMSegmentation's own, on tiny networks."""

import copy
import weakref

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from small_networks import CONFIGS, make_pair, picture

from segdesk.core.errors import ConfigError, JobCancelledError, ModelError
from segdesk.engine.bootstrap import CompiledOpError
from segdesk.engine.predictor import Predictor
from segdesk.jobs.specs import ModelSource, Tta

pytestmark = pytest.mark.engine

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


@pytest.mark.parametrize("name", ["whole", "binary", "slide"])
@pytest.mark.parametrize("tta", [None, Tta(flip=True, scales=(1.0,))])
def test_predictor_tells_finer_steps_when_it_is_asked_for_16_bits(pairs, name, tta):
    predictor, image = pairs(name).predictor, picture(97, 131)
    found = predictor.predict(image, wide=True, tta=tta)
    plain = predictor.predict(image, tta=tta)
    assert plain.fine is None
    assert np.array_equal(found.labels, plain.labels)
    assert found.fine.dtype == np.uint16
    far = np.abs(found.fine / 257 - plain.confidence.astype(float))
    assert far.max() <= 1.01  # what 8 bits leave out, and their rounding
    near = np.abs(found.fine / 257 - found.confidence.astype(float))
    assert near.max() <= 0.501
    assert len(np.unique(found.fine)) > 2 * len(np.unique(found.confidence))


def test_predictor_is_as_sure_as_a_softmax_to_16_bits_when_asked(pairs):
    pair, image = pairs("whole"), picture(97, 131)
    ours = pair.predictor.predict(image, wide=True).fine
    sure = pair.theirs(image).seg_logits.data.softmax(0).amax(0).numpy() * 65535
    assert np.abs(ours - sure).max() <= 4  # steps of 1 / 65,535


def test_predictor_tells_all_classes_at_a_pixel_when_it_is_asked_for_scores(pairs):
    image = picture(97, 131)
    for name in ("whole", "aligned"):
        pair = pairs(name)
        scores = pair.predictor.predict(image, scores=True).scores
        wanted = F.softmax(pair.theirs(image).seg_logits.data, dim=0).numpy()
        for x, y in ((0, 0), (130, 96), (65, 40), (3, 90)):
            assert scores.at(x, y) == pytest.approx(wanted[:, y, x], abs=5e-3)
    assert pairs("slide").predictor.predict(image, scores=True).scores is None
    binary = pairs("binary").predictor.predict(image, scores=True)
    surest = binary.scores.at(20, 30)[binary.labels[30, 20]]
    assert surest * 255 == pytest.approx(binary.confidence[30, 20], abs=2)


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
    assert pair.predictor.built.fit.divisor == divisor
    multiple, odd = picture(64, 96), picture(59, 90)
    assert np.array_equal(
        pair.predictor.predict(multiple).labels, pair.labels(multiple)
    )
    image = F.pad(
        pair.predictor.built.prepare(odd).tensor, (0, -90 % divisor, 0, -59 % divisor)
    )
    size = tuple(image.shape[2:])
    meta = [dict.fromkeys(("img_shape", "ori_shape", "pad_shape"), size)]
    with torch.no_grad():
        wanted = pair.peer.encode_decode(image, meta)[0, :, :59, :90].argmax(0)
    assert np.array_equal(pair.predictor.predict(odd).labels, wanted)


def test_predictor_does_not_pad_when_the_network_takes_any_size(pairs):
    assert pairs("aligned").predictor.built.fit.divisor == 1
    assert pairs("whole").predictor.built.fit.divisor == 1


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

    from segdesk.engine.config.text import write_config

    peer = init_model(Config(copy.deepcopy(settings)), None, "cpu")
    path = folder / "model.pth"
    meta = {"cfg": write_config(settings), "dataset_meta": {"classes": list("abcde")}}
    torch.save({"state_dict": peer.state_dict(), "meta": meta}, path)
    return ModelSource(id="tiny", checkpoint=path)


def test_window_scores_are_enlarged_as_by_mmseg_when_corners_align(pairs):
    pair = pairs("aligned")
    window = torch.randn(2, 3, 33, 49)
    with torch.inference_mode():
        ours = pair.predictor._window_scores(window)
        meta = [dict.fromkeys(("img_shape", "ori_shape", "pad_shape"), (33, 49))] * 2
        theirs = pair.peer.encode_decode(window, meta)
    assert torch.allclose(ours, theirs, atol=1e-3)
    assert F.mse_loss(ours, theirs) < 1e-6


def test_predictor_lets_the_picture_go_before_the_network_runs(pairs, monkeypatch):
    predictor = pairs("whole").predictor
    held = [picture(90, 130)]
    wanted = predictor.predict(held[0].copy()).labels
    alive = weakref.ref(held[0])
    seen = []
    run = predictor.built.scores
    monkeypatch.setattr(
        predictor.built, "scores", lambda x: (seen.append(alive()), run(x))[1]
    )
    assert np.array_equal(predictor.predict(held.pop).labels, wanted)
    assert seen == [None]
