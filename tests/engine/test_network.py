"""The sizes at which a network runs."""

import pytest
import torch

from segdesk.core.errors import ModelError
from segdesk.engine.network import Network
from segdesk.jobs.tune_specs import RunMode

pytestmark = pytest.mark.engine


class OneSize(torch.nn.Module):
    """A network whose position embedding is made for one size, as BEiT's is."""

    def __init__(self, size) -> None:
        super().__init__()
        self.size = size
        self.layer = torch.nn.Conv2d(3, 2, 1)
        self.decode_head = torch.nn.Identity()
        self.test_cfg = {"crop_size": (48, 80)}

    def encode_decode(self, image, metas):
        assert tuple(image.shape[2:]) == self.size
        assert len(metas) == len(image)
        return self.layer(image)


def test_network_pads_to_the_configured_size_when_it_takes_no_other():
    network = Network(OneSize((48, 80)), torch.device("cpu"), RunMode())
    logits, seen = network(torch.zeros(1, 3, 30, 80))
    assert seen == (48, 80)
    assert logits.shape == (1, 2, 48, 80)


def test_network_is_refused_when_it_runs_at_no_size():
    with pytest.raises(ModelError, match="fails on a small test image"):
        Network(OneSize((0, 0)), torch.device("cpu"), RunMode())
