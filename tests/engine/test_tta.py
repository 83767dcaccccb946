"""Test-time augmentation against mmseg's way, from mmseg's own logits."""

import copy

import numpy as np
import pytest
import torch
from small_networks import picture

from segdesk.core.errors import (
    InputError,
    JobCancelledError,
    ModelError,
    StorageError,
)
from segdesk.engine import tta as tta_module
from segdesk.jobs.specs import Tta

pytestmark = pytest.mark.engine

SCALES = (0.75, 1.0, 1.5)


def of_mmseg(pair, image, scales):
    """The mean of probabilities as `SegTTAModel` takes it, looks made by hand."""
    own = copy.deepcopy(pair.peer.cfg.test_pipeline)
    total = 0
    for scale in scales:
        step = {"type": "Resize", "scale_factor": scale, "keep_ratio": True}
        if any(one["type"] == "Resize" for one in own):
            step = None  # its own resize stays; only scale 1 is asked of it
        pair.peer.cfg.test_pipeline = [own[0], *([step] if step else []), *own[1:]]
        for mirrored in (False, True):
            seen = image[:, ::-1] if mirrored else image
            logits = pair.theirs(np.ascontiguousarray(seen)).seg_logits.data
            logits = logits.flip(2) if mirrored else logits
            # The logit of a single channel is a probability here already; mmseg's
            # own mean takes its sigmoid a second time.
            total = total + (logits if len(logits) == 1 else logits.softmax(0))
    pair.peer.cfg.test_pipeline = own
    return (total / (2 * len(scales))).numpy()


@pytest.mark.parametrize(
    ("name", "scales"),
    [("aligned", SCALES), ("padded", SCALES), ("whole", (1.0,)), ("slide", (1.0,))],
)
def test_predictor_gives_the_mean_of_mmseg_when_it_looks_several_times(
    pairs, name, scales
):
    pair, image = pairs(name), picture(97, 131)
    theirs = of_mmseg(pair, image, scales)
    ours = pair.predictor.predict(image, tta=Tta(flip=True, scales=scales))
    assert (ours.labels != theirs.argmax(0)).mean() <= 1e-3
    assert np.abs(ours.confidence - theirs.max(0) * 255).max() <= 1.5
    assert ours.scores is None
    assert (ours.labels != pair.predictor.predict(image).labels).any()


def test_predictor_takes_the_mean_sigmoid_when_the_head_has_one_channel(pairs):
    pair, image = pairs("binary"), picture(90, 130)
    chance = of_mmseg(pair, image, (1.0,))[0]
    ours = pair.predictor.predict(image, tta=Tta())
    assert (ours.labels != (chance > 0.3)).mean() <= 1e-3
    sure = np.where(ours.labels, chance, 1 - chance) * 255
    assert np.abs(ours.confidence - sure).max() <= 1.1


def test_predictor_says_the_same_when_one_look_is_the_image_itself(pairs):
    predictor, image = pairs("whole").predictor, picture(120, 90)
    once = predictor.predict(image)
    same = predictor.predict(image, tta=Tta(flip=False, scales=(1.0,)))
    assert np.array_equal(once.labels, same.labels)


def test_predictor_says_the_same_when_scores_are_kept_in_a_file(pairs, monkeypatch):
    predictor, image = pairs("slide").predictor, picture(97, 131)
    wanted = predictor.predict(image, tta=Tta())
    monkeypatch.setattr(tta_module, "_KEPT_BYTES", 0)
    monkeypatch.setattr(tta_module, "_BAND_ON_CPU", 4000)
    ours = predictor.predict(image, tta=Tta())
    assert np.array_equal(ours.labels, wanted.labels)
    assert np.array_equal(ours.confidence, wanted.confidence)


def test_predictor_says_so_when_the_disk_has_no_room_for_looks(pairs, monkeypatch):
    def full(_handle, _size):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tta_module, "_KEPT_BYTES", 0)
    monkeypatch.setattr(tta_module, "reserve", full)
    with pytest.raises(StorageError, match="No space left"):
        pairs("whole").predictor.predict(picture(90, 120), tta=Tta(flip=True))


def test_predictor_stops_between_looks_when_the_check_raises(pairs):
    calls = iter(range(100))

    def check():
        if next(calls) == 4:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        pairs("whole").predictor.predict(picture(64, 64), tta=Tta(), check=check)


def test_predictor_refuses_looks_when_they_make_no_sense(pairs, monkeypatch):
    predictor = pairs("padded").predictor
    with pytest.raises(InputError, match="scale is 0"):
        predictor.predict(picture(64, 64), tta=Tta(scales=(0.0,)))
    with pytest.raises(InputError, match="0 scales"):
        predictor.predict(picture(64, 64), tta=Tta(scales=()))

    def broken(*_: object) -> torch.Tensor:
        return torch.full((1, 5, 64, 64), torch.nan)

    monkeypatch.setattr(predictor.built.module, "encode_decode", broken)
    with pytest.raises(ModelError, match="not numbers"):
        predictor.predict(picture(64, 64), tta=Tta())
