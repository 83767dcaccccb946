"""An engine starts without what a prediction does not need, and gets it when it does.

All in one process of its own, as the others have imported everything long ago.
"""

import json
import subprocess
import sys

import pytest

from segdesk.engine.idle_code import _pages

pytestmark = pytest.mark.engine

_START = """
import json, sys
import segdesk.engine.predictor
from segdesk.engine.bootstrap import prepare
prepare()
unneeded = (
    "scipy", "sympy", "matplotlib", "pandas", "tifffile", "regex", "ftfy",
    "mmseg.datasets", "mmseg.utils.tokenizer", "mmengine._strategy",
    "torch.distributed.fsdp", "torch._dynamo",
)
said = {"loaded": [name for name in unneeded if name in sys.modules]}
import torch
def abstract():
    return "activate_meta" in vars(sys.modules["torch._meta_registrations"])
said["operators before"] = abstract()
said["drawn"] = sorted(torch.randperm(3, generator=torch.Generator()).tolist())

from mmseg.utils import tokenize
said["tokens"] = list(tokenize(["a cat"]).shape)
from mmseg.models.assigners import hungarian_assigner
cost = torch.tensor([[2.0, 1.0], [1.0, 3.0]])
found = hungarian_assigner.linear_sum_assignment(cost)
said["assigned"] = [part.tolist() for part in found]

import segdesk.engine.training.train_runner
from mmengine.registry import MODEL_WRAPPERS, OPTIMIZERS
said["registered"] = [
    OPTIMIZERS.get("ZeroRedundancyOptimizer") is not None,
    MODEL_WRAPPERS.get("MMFullyShardedDataParallel") is not None,
]

from segdesk.engine.idle_code import give_back_idle_code
give_back_idle_code()
net = torch.nn.Conv2d(3, 2, 3).eval()
program = torch.export.export(net, (torch.zeros(1, 3, 8, 8),))
said["traced"] = list(program.module()(torch.ones(1, 3, 8, 8)).shape)
said["operators"] = abstract()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said() -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _START],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_engine_starts_without_what_only_trainings_and_tracers_need(said):
    assert said["loaded"] == []
    assert said["operators before"] is False


def test_put_off_names_work_when_they_are_called(said):
    assert said["tokens"] == [1, 77]
    assert said["drawn"] == [0, 1, 2]
    assert said["assigned"] == [[0, 1], [1, 0]]


def test_training_finds_what_its_config_may_name(said):
    assert said["registered"] == [True, True]


def test_network_is_traced_when_asked_for_later(said):
    assert said["operators"] is True
    assert said["traced"] == [1, 2, 6, 6]


def test_only_unwritten_pages_of_loaded_libraries_are_given_back():
    import numpy as np

    folder = np.__file__.removesuffix("__init__.py")

    def mapping(begin: int, access: str, path: str, written_kb: int) -> str:
        head = f"{begin:x}-{begin + 0x200000:x} {access} 00000000 08:01 12345"
        return f"{head}    {path}\nRss: 900 kB\nAnonymous: {written_kb} kB\n"

    smaps = (
        mapping(0x1000000, "r-xp", f"{folder}core.so", 0)
        + mapping(0x2000000, "r--p", f"{folder}core.so", 4)
        + mapping(0x3000000, "rw-p", f"{folder}core.so", 0)
        + mapping(0x4000000, "r-xp", "/usr/lib/other.so", 0)
        + mapping(0x5000000, "r--p", f"{folder}core.so", 0)
    )
    assert list(_pages(smaps)) == [(0x1000000, 0x1200000), (0x5000000, 0x5200000)]
