"""The pixels that a network gets, against MMSegmentation's own."""

import pytest
import torch
from small_networks import picture

pytestmark = pytest.mark.engine


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
