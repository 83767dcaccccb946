"""Mask2Former builds on mmdetection, which is an extra: skipped without it."""

import numpy as np
import pytest
from training_run import make_discs, run, spec_of

from segdesk.core.imaging import read_image
from segdesk.jobs.events import Failed, Noted, TrainStep
from segdesk.jobs.specs import ModelSource
from segdesk.library.zoo_package import need_of_architecture

NEED = need_of_architecture("mask2former-r18")
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(NEED is not None, reason=NEED.why if NEED else ""),
]
OPTIONS = {
    "architecture": "mask2former-r18",
    "max_iters": 2,
    "val_interval": 2,
    "checkpoint_interval": 2,
    "previews": 0,
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    import torch

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("masks")
    spec = spec_of(make_discs(folder / "data"), folder / "run", **OPTIONS)
    return spec, run(spec)


def test_training_says_every_loss_when_masks_are_classified(trained):
    _, result = trained

    assert result.done.iterations == 2
    losses = result.of(TrainStep)[0].losses
    assert {"decode.loss_cls", "decode.loss_mask", "decode.loss_dice"} <= set(losses)
    assert np.isfinite(list(losses.values())).all()
    assert not result.of(Noted)


def test_predictor_takes_what_was_trained_when_the_head_gives_masks(trained):
    from segdesk.engine.predictor import Predictor

    spec, result = trained
    source = ModelSource(id="masks", checkpoint=result.done.checkpoint)
    pixels = read_image(spec.data_dir / "img_dir" / "val" / "0.png").pixels
    found = Predictor(source, device="cpu", note=print).predict(pixels)

    assert found.labels.shape == pixels.shape[:2]
    assert set(np.unique(found.labels)) <= {0, 1}
    assert found.confidence.min() >= 127  # the winner's share of two


def test_training_goes_on_when_it_is_resumed(trained):
    import msgspec

    spec, _ = trained
    longer = msgspec.structs.replace(spec, max_iters=3, resume=True)
    result = run(longer)

    assert [step.iteration for step in result.of(TrainStep)] == [3]
    assert result.done.iterations == 3


def test_training_is_refused_when_a_loss_is_chosen(trained, tmp_path):
    import msgspec

    spec, _ = trained
    result = run(msgspec.structs.replace(spec, work_dir=tmp_path / "run", loss="dice"))

    assert isinstance(result.terminal, Failed)
    assert "losses of its own" in result.terminal.cause
