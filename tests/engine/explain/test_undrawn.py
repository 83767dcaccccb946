"""Explaining where there is no matplotlib, as in a bundle."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.engine

_WITHOUT = """
import sys
from importlib.machinery import PathFinder

find = PathFinder.find_spec
hidden = ("matplotlib", "mpl_toolkits")
PathFinder.find_spec = lambda name, *more: (
    None if name.partition(".")[0] in hidden else find(name, *more)
)
import torch
from segdesk.engine.explain.undrawn import without_drawing

try:
    import matplotlib
except ImportError:
    pass
else:
    raise AssertionError("matplotlib is still found")
with without_drawing():
    from captum.attr import Saliency
image = torch.rand(1, 3, 4, 4)
found = Saliency(lambda given: given.square().sum((1, 2, 3))).attribute(image)
assert torch.allclose(found, 2 * image)
assert not [name for name in sys.modules if name.partition(".")[0] in hidden]
print("explained")
"""


def test_captum_explains_when_there_is_no_matplotlib():
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == "explained\n", done.stderr
