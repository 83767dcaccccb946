"""A runner draws nothing, so nothing that draws is needed."""

import sys

import pytest

pytestmark = pytest.mark.engine


def test_silent_visualizer_takes_what_hooks_say_when_there_is_no_matplotlib(
    monkeypatch,
):
    from segdesk.engine.training.silent_visualizer import SilentVisualizer

    for name in [name for name in sys.modules if name.startswith("matplotlib")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # importing it fails
    silent = SilentVisualizer("test")
    silent.dataset_meta = {"classes": ("ground", "disc")}
    silent.add_scalars({"loss": 0.5}, step=1)
    silent.add_datasample("val", image=None)
    silent.close()
    assert silent.dataset_meta == {"classes": ("ground", "disc")}
