"""Images predicted in one run of the network have the labels of each alone."""

import numpy as np
import pytest
from small_networks import picture

from segdesk.engine.together import predict_together

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("name", ["whole", "aligned", "binary"])
def test_predict_together_gives_the_labels_of_each_alone(name, pairs):
    predictor = pairs(name).predictor
    images = [picture(90, 120, seed) for seed in range(3)]
    found = predict_together(
        predictor.built, images, confidence=True, wide=True, check=lambda: None
    )
    for pixels, one in zip(images, found, strict=True):
        alone = predictor.predict(pixels)
        assert np.mean(one.labels == alone.labels) > 0.999
        far = np.abs(one.confidence.astype(int) - alone.confidence.astype(int))
        assert np.mean(far > 1) < 0.001
        fine = predictor.predict(pixels, wide=True).fine
        assert np.mean(np.abs(one.fine - fine.astype(float)) > 8) < 0.001


def test_predict_together_declines_when_inputs_differ_or_come_in_windows(pairs):
    different = [picture(64, 64), picture(64, 96)]
    for name in ("aligned", "slide"):
        built = pairs(name).predictor.built
        images = different if name == "aligned" else [different[0]] * 2
        found = predict_together(built, images, confidence=False, check=lambda: None)
        assert found is None
