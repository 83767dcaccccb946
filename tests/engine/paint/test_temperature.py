"""A temperature changes how sure a model looks, and never what it says."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from small_networks import picture

from segdesk.engine.paint.device_painter import DevicePainter
from segdesk.engine.paint.postprocess import Scores, TilePainter
from segdesk.engine.paint.resample import resize_axis
from segdesk.jobs.specs import Tta

pytestmark = pytest.mark.engine

EACH = (0.5, 3.0, 1.0, 6.0, 2.0)
ALL = (2.5,)


def nothing():
    """Check nothing."""


def enlarged(kind, channels, seed=0):
    """Return scores of a head and what they are at the image's size."""
    torch.manual_seed(seed)
    scores = torch.randn(channels, 9, 11) * 4
    if kind == "mask":
        scores = scores.abs()
    full = torch.nn.functional.interpolate(
        scores[None], size=(70, 95), mode="bilinear", align_corners=False
    )[0].numpy()
    axes = (
        resize_axis(9, 70, align_corners=False),
        resize_axis(11, 95, align_corners=False),
    )
    return scores, full, axes


def expected(kind, full, temperature):
    """Return labels and confidence the long way."""
    if len(full) == 1:
        labels = (full[0] > np.log(0.3 / 0.7)).astype(int)
        sure = np.where(labels, full[0], -full[0])
        heat = np.array(temperature)[labels if len(temperature) > 1 else 0 * labels]
        return labels, 1 / (1 + np.exp(-sure / heat))
    labels = full.argmax(axis=0)
    heat = np.array(temperature)[labels if len(temperature) > 1 else 0 * labels]
    best = np.take_along_axis(full, labels[None], axis=0)[0]
    if kind == "softmax":
        return labels, 1 / np.exp((full - best) / heat).sum(axis=0)
    if kind == "sigmoid":
        return labels, 1 / (1 + np.exp(-best / heat))
    share = best / full.sum(axis=0)
    return labels, 1 / (1 + ((1 - share) / share) ** (1 / heat))


@pytest.mark.parametrize(
    ("kind", "channels"), [("softmax", 5), ("sigmoid", 5), ("sigmoid", 1), ("mask", 5)]
)
@pytest.mark.parametrize("temperature", [ALL, EACH])
@pytest.mark.parametrize("on_device", [False, True])
def test_painter_divides_by_the_winners_temperature_when_there_is_one(
    kind, channels, temperature, on_device
):
    scores, full, axes = enlarged(kind, channels)
    rule = Scores(kind, temperature=temperature)
    if on_device:
        painter = DevicePainter(
            axes, rule, channels, device=torch.device("cpu"), confidence=True
        )
    else:
        painter = TilePainter(axes, rule, channels, confidence=True)
    painter.paint(scores, 0, nothing)
    labels, sure = expected(kind, full, temperature)
    assert np.array_equal(painter.labels, labels)
    assert np.abs(painter.confidence - 255 * sure).max() <= 1.1


@pytest.mark.parametrize("name", ["whole", "slide"])
def test_predictor_says_the_same_and_is_less_sure_when_it_is_hotter(
    pairs, name, monkeypatch
):
    pair, image = pairs(name), picture(97, 131)
    logits = pair.theirs(image).seg_logits.data.numpy()
    plain = pair.predictor.predict(image, scores=True)
    looks = pair.predictor.predict(image, tta=Tta())
    monkeypatch.setattr(
        pair.predictor, "rule", replace(pair.predictor.rule, temperature=EACH)
    )
    found = pair.predictor.predict(image, scores=True)
    labels, sure = expected("softmax", logits, EACH)
    assert np.array_equal(found.labels, plain.labels)
    assert np.abs(found.confidence - 255 * sure)[labels == found.labels].max() <= 2
    again = pair.predictor.predict(image, tta=Tta())
    assert np.array_equal(again.labels, looks.labels)
    assert (again.confidence != looks.confidence).any()
    if found.scores is not None:
        at = found.scores.at(40, 50)
        assert at.max() == pytest.approx(found.confidence[50, 40] / 255, abs=0.01)


def test_doubts_are_those_of_full_size_probabilities_when_looked_at_once(pairs):
    pair, image = pairs("whole"), picture(97, 131)
    chances = pair.theirs(image).seg_logits.data.softmax(0).numpy()
    found = pair.predictor.doubts(image)
    entropy = -(chances * np.log(chances)).sum(axis=0) / np.log(len(chances))
    second, first = np.sort(chances, axis=0)[-2:]
    assert np.abs(found.entropy - 255 * entropy).max() <= 1.5
    assert np.abs(found.margin - 255 * (first - second)).max() <= 1.5
