"""Predictions, packed."""

import numpy as np
import pytest

from segdesk.app.proposals import proposals
from segdesk.app.proposals.proposals import pack, unpack
from segdesk.app.session import ProposalView
from segdesk.core.classes import ClassList
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction


@pytest.mark.parametrize("part_bytes", [1, 7, 100, 4_000_000])
def test_unpack_returns_what_was_packed_when_it_has_many_parts(part_bytes, monkeypatch):
    monkeypatch.setattr(proposals, "_PART_BYTES", part_bytes)
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 2, (11, 13), dtype=np.uint8)
    confidence = rng.integers(0, 256, (11, 13), dtype=np.uint8)
    classes = ClassList.from_names(("a", "b"))
    found = Prediction(labels, confidence, classes, "m", "cpu", {})
    view = unpack(pack(ProposalView(found, class_stats(labels, 2, confidence))))
    assert np.array_equal(view.prediction.labels, labels)
    assert view.prediction.confidence is not None
    assert np.array_equal(view.prediction.confidence, confidence)
