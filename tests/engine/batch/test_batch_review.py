"""A batch that measures for the review queue: two opinions of each image."""

import msgspec
import numpy as np
import pytest
from batch_desk import Threshold
from PIL import Image

from segdesk.core.review_measure import ReviewMeasure
from segdesk.engine.order import RawPrediction
from segdesk.formats.outputs import output_path

pytestmark = pytest.mark.engine


class LeftIsBright(Threshold):
    """Says that the left half is bright, whatever is there: mirrored it differs."""

    share = 0.5

    def predict(self, pixels, *, confidence, windows, check, wide=False, tta=None):
        check()
        self.calls += 1
        labels = np.zeros(pixels.shape[:2], np.uint8)
        labels[:, : int(pixels.shape[1] * self.share)] = 1
        sure = np.full_like(labels, 204) if confidence else None
        return RawPrediction(labels, sure, {})


class Steady(LeftIsBright):
    """Says the same of the mirrored image."""

    share = 0.0


@pytest.fixture
def batch(desk):
    pixels = np.zeros((64, 100, 3), np.uint8)
    desk.images.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(desk.images / "1.png")
    return desk


def measure_of(desk, name="1"):
    text = output_path(desk.out, "review", name).read_bytes()
    return msgspec.json.decode(text, type=ReviewMeasure)


def test_run_batch_measures_both_opinions_when_review_is_saved(batch):
    done = batch.run(LeftIsBright(), save=("mask", "review"))
    assert done.done == 1
    found = measure_of(batch)
    assert found.size == (100, 64)
    assert found.whole.differs == 1.0
    assert found.whole.pair == (0, 1)
    assert found.whole.unsure == pytest.approx(0.4, abs=0.01)
    assert batch.predictor.calls == 2


def test_run_batch_measures_once_when_it_is_given_again(batch):
    batch.run(Steady(), save=("mask", "review"))
    assert measure_of(batch).whole.differs == 0.0
    again = batch.run(Steady(), save=("mask", "review"))
    assert (again.done, again.skipped) == (0, 1)
    assert batch.predictor.calls == 0
    # The measure is missing: the mask alone does not tell it.
    output_path(batch.out, "review", "1").unlink()
    assert batch.run(Steady(), save=("mask", "review")).done == 1
    assert batch.predictor.calls == 2
