"""Temperatures: found where they are known, and refused where nothing can be said."""

import numpy as np
import pytest

from segdesk.core.errors import InputError
from segdesk.core.temperature import (
    MIN_IMAGES,
    MIN_PIXELS,
    fit_temperature,
    joined,
    samples_of,
)

CLASSES = 3


def drawn(heat, images=6, pixels=4000, rule="softmax"):
    """Return samples of a model whose scores are `heat` times what is true.

    heat
        One number for each class that a pixel's score points at.
    """
    rng = np.random.default_rng(3)
    parts = []
    for image in range(images):
        honest = rng.normal(0, 1.5, (CLASSES, pixels)).astype(np.float32)
        chances = np.exp(honest) / np.exp(honest).sum(axis=0)
        truth = (rng.random(pixels) > chances.cumsum(axis=0)).sum(axis=0)
        said = honest * np.array(heat, np.float32)[honest.argmax(axis=0)]
        parts.append(samples_of(said, truth, image, rule, 0.3))
    return joined(parts)


def test_fit_finds_the_temperature_when_all_scores_are_too_high():
    fitted = fit_temperature(drawn((3, 3, 3)), CLASSES)
    assert fitted.temperature == pytest.approx((3,), rel=0.05)
    assert fitted.before.error > 15
    assert fitted.after.error < 1
    assert (fitted.images, fitted.pixels) == (6, 24_000)


def test_fit_takes_one_for_each_class_when_they_differ():
    fitted = fit_temperature(drawn((4, 1, 0.5)), CLASSES)
    assert fitted.temperature == pytest.approx((4, 1, 0.5), rel=0.15)
    assert fitted.after.error < 1.5 < fitted.before.error


def test_fit_keeps_none_when_the_confidence_is_true_already():
    fitted = fit_temperature(drawn((1, 1, 1)), CLASSES)
    assert fitted.temperature == ()
    assert fitted.after == fitted.before


@pytest.mark.parametrize(
    ("images", "pixels", "words"),
    [
        (MIN_IMAGES - 1, 9000, "3 labelled images"),
        (MIN_IMAGES, MIN_PIXELS // MIN_IMAGES - 1, "9,996 labelled pixels"),
    ],
)
def test_fit_says_so_when_there_is_too_little(images, pixels, words):
    with pytest.raises(InputError, match=words) as refused:
        fit_temperature(drawn((2, 2, 2), images, pixels), CLASSES)
    assert "Nothing was changed" in refused.value.cause


def test_fit_says_so_when_the_model_is_never_wrong():
    scores = np.zeros((CLASSES, 5000), np.float32)
    scores[0] = 1
    truth = np.zeros(5000, np.intp)
    parts = [samples_of(scores, truth, image, "softmax", 0.3) for image in range(4)]
    with pytest.raises(InputError, match="wrong at 0"):
        fit_temperature(joined(parts), CLASSES)


def test_samples_read_a_single_channel_by_its_threshold():
    scores = np.array([[-2.0, -0.5, 3.0]], np.float32)  # a third: logit -0.69
    found = samples_of(scores, np.array([0, 0, 1]), 0, "binary", 1 / 3)
    assert found.winner.tolist() == [0, 1, 1]
    assert found.right.tolist() == [True, False, True]
    chances = 1 / (1 + np.exp([-2.0, 0.5, -3.0]))
    assert found.confidence(()) == pytest.approx(chances, rel=1e-5)
    cooler = 1 / (1 + np.exp([-1.0, 0.25, -1.5]))
    assert found.confidence((2.0,)) == pytest.approx(cooler, rel=1e-5)
