"""What is worth a look: measured in an image, and put in order."""

import msgspec
import numpy as np
import pytest

from segdesk.core.descriptor import describe
from segdesk.core.review_measure import Part, ReviewMeasure, measure_review, part_side
from segdesk.core.review_ranking import rank, rarity_of


@pytest.fixture
def scene():
    """A picture of 200 × 160: the model doubts one corner and is two-minded there."""
    generator = np.random.default_rng(0)
    pixels = generator.integers(90, 110, (160, 200, 3), np.uint8)
    labels = np.zeros((160, 200), np.uint8)
    labels[:, 100:] = 1
    labels[100:150, 130:190] = 2
    confidence = np.full((160, 200), 250, np.uint8)
    confidence[100:150, 130:190] = 100
    other = labels.copy()
    other[100:150, 130:160] = 1
    return pixels, labels, confidence, other


def part(unsure=0.5, differs=0.5, shares=((0, 1.0),), looks=(0.0, 0.0)):
    return Part(0, 0, 10, 10, unsure, differs, shares, None, looks)


def test_measure_review_finds_the_place_when_two_opinions_differ(scene):
    found = measure_review(*scene, num_classes=3)
    first = found.parts[0]
    side = part_side(200, 160)
    assert (first.width, first.height) == (side, side) == (64, 64)
    inside = first.box
    assert inside.x >= 90
    assert inside.y >= 80
    assert inside.right <= 200
    assert inside.bottom <= 160
    assert first.pair == (1, 2)
    assert first.shares[0][0] == 2
    assert first.unsure > 5 * found.whole.unsure / 2
    assert 0.2 < first.differs < 0.6
    assert found.whole.box == (0, 0, 200, 160)
    assert msgspec.json.decode(msgspec.json.encode(found), type=ReviewMeasure) == found


def test_measure_review_parts_do_not_cover_each_other_when_all_is_unsure():
    pixels = np.zeros((300, 400, 3), np.uint8)
    labels = np.zeros((300, 400), np.uint8)
    found = measure_review(pixels, labels, labels + 120, labels, 2)
    boxes = [one.box for one in found.parts]
    assert len(boxes) > 3
    for index, one in enumerate(boxes):
        for other in boxes[:index]:
            across = min(one.right, other.right) - max(one.x, other.x)
            down = min(one.bottom, other.bottom) - max(one.y, other.y)
            assert max(0, across) * max(0, down) < 0.35 * one.width * one.height


def test_measure_review_has_no_parts_when_all_agree_and_are_sure():
    labels = np.zeros((40, 30), np.uint8)
    pixels = np.zeros((40, 30, 3), np.uint8)
    found = measure_review(pixels, labels, labels + 255, labels, 2)
    assert found.parts == ()
    assert (found.whole.unsure, found.whole.differs) == (0.0, 0.0)
    tiny = measure_review(pixels[:1, :1], labels[:1, :1], None, labels[:1, :1] + 1, 2)
    assert tiny.parts[0].box == (0, 0, 1, 1)


def test_rarity_of_is_higher_when_a_class_is_seldom():
    rare = rarity_of({0: 0.9, 1: 0.08, 2: 0.02}, 3)
    assert rare[0] < rare[1] <= rare[2] == 1.0
    assert rarity_of({0: 0.5, 1: 0.5}, 2) == pytest.approx([0.5, 0.5])
    assert rarity_of({0: 1.0}, 1) == pytest.approx([0.5])


def test_rank_multiplies_doubt_rarity_and_difference():
    rarity = rarity_of({0: 0.95, 1: 0.05}, 2)
    parts = [
        part(0.1, 0.1),
        part(0.9, 0.9, ((1, 1.0),)),
        part(0.9, 0.1),
        part(0.9, 0.9),
    ]
    ranks = rank(parts, rarity)
    assert [one.index for one in ranks] == [1, 3, 2, 0]
    worths = [one.worth for one in ranks]
    assert worths == sorted(worths, reverse=True)
    assert ranks[0].reasons[0] == "rare"
    assert set(ranks[0].reasons) == {"rare", "unsure", "differs"}
    assert ranks[2].reasons[0] == "unsure"


def test_rank_spreads_look_alikes_out_when_they_are_of_like_use():
    looks = ((0.0, 0.0), (0.01, 0.0), (0.0, 0.01), (1.0, 1.0))
    parts = [part(0.9 - 0.05 * at, 0.5, looks=one) for at, one in enumerate(looks)]
    assert [one.index for one in rank(parts, rarity_of({0: 1.0}, 1))][:2] == [0, 3]
    known = rank(parts, rarity_of({0: 1.0}, 1), known=[(0.0, 0.0)], most=2)
    assert known[0].index == 3
    assert len(known) == 2
    assert rank((), rarity_of({}, 1)) == ()


def test_describe_tells_other_pictures_apart_when_colour_or_grain_differ():
    generator = np.random.default_rng(1)
    fine = generator.integers(0, 255, (80, 90, 3), np.uint8)
    same = np.roll(fine, 5, axis=1)
    flat = np.full((80, 90, 3), 127, np.uint8)
    red = flat * np.array((1, 0, 0), np.uint8)

    def apart(one, two):
        return float(np.linalg.norm(describe(one) - describe(two)))

    assert apart(fine, same) < 0.3 * apart(fine, flat)
    assert apart(flat, red) > apart(fine, same)
