"""Features and classifier: from a few strokes to the class of every pixel."""

import numpy as np
import pytest

from segdesk.core.geometry import Size
from segdesk.core.pixel_classifier import sampled, train
from segdesk.core.pixel_features import COUNT, pixel_features
from segdesk.core.scribbles import NONE, Scribble, rastered
from segdesk.core.shapes import Point

SIDE = 180


@pytest.fixture(scope="module")
def scene():
    """Return three fields: two of one mean colour, told apart by texture alone."""
    rng = np.random.default_rng(0)
    truth = np.zeros((SIDE, SIDE), np.uint8)
    truth[:, SIDE // 3 :] = 1
    truth[:, 2 * SIDE // 3 :] = 2
    grey = rng.normal(128, 4, (SIDE, SIDE))
    stripes = 30 * np.sin(np.arange(SIDE) * 1.2)[:, None] * np.ones(SIDE)
    grey += np.where(truth == 1, stripes, 0)
    image = np.repeat(grey[..., None], 3, 2)
    image[truth == 2] += (25, -10, -10)
    return image.clip(0, 255).astype(np.uint8), truth


@pytest.fixture(scope="module")
def planes(scene):
    return pixel_features(scene[0])


@pytest.fixture(scope="module")
def learned(planes):
    return taught(planes)


def taught(planes, before=None, strokes=(30, 90, 150)):
    size = Size(SIDE, SIDE)
    scribbles = tuple(
        Scribble(index, 3.0, (Point(x, 40), Point(x + 8, 110)))
        for index, x in enumerate(strokes)
    )
    raster = rastered(scribbles, size, size)
    places = sampled(raster, NONE)
    known = planes.reshape(COUNT, -1)
    return train(known[:, places].T, raster.reshape(-1)[places], before)


def test_classifier_finds_fields_when_each_has_one_stroke(scene, planes, learned):
    _, truth = scene
    assert learned.classes == (0, 1, 2)
    shares = learned.shares(planes.reshape(COUNT, -1)).reshape(3, SIDE, SIDE)
    labels, sure = learned.decide(shares.copy(), smooth_px=1.5)
    assert (labels == truth).mean() > 0.96
    right = labels == truth
    assert sure[right].mean() > sure[~right].mean() + 20


def test_classifier_takes_up_what_it_learned_when_strokes_are_added(
    scene, planes, learned
):
    _, truth = scene
    again = taught(planes, learned, strokes=(20, 80, 160))
    labels, _ = again.decide(
        again.shares(planes.reshape(COUNT, -1)).reshape(3, SIDE, -1)
    )
    assert (labels == truth).mean() > 0.94
    assert np.array_equal(taught(planes).first, learned.first)


def test_decide_leaves_no_specks_when_it_smooths(learned):
    shares = np.zeros((3, 40, 40), np.uint8)
    shares[0] = 255
    shares[:, 20, 20] = (0, 255, 0)
    rough, _ = learned.decide(shares.copy())
    smooth, _ = learned.decide(shares, smooth_px=2.0)
    assert rough[20, 20] == 1
    assert not smooth.any()


def test_features_mean_the_same_when_an_image_is_part_of_another(scene):
    image, _ = scene
    whole, part = pixel_features(image), pixel_features(image[:96, :96])
    inside = np.s_[:, :48, :48]
    apart = np.abs(whole[inside].astype(int) - part[inside].astype(int))
    assert np.percentile(apart, 99) <= 3
    flat = pixel_features(np.full((64, 64, 3), 90, np.uint8))
    assert len(set(flat.reshape(COUNT, -1).std(1))) == 1
