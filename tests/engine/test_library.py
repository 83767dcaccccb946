"""The library with the real engine behind it."""

import ast

import pytest

from segdesk.core.errors import CheckpointError, ClassesUnknownError
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Succeeded
from segdesk.jobs.runner import InProcessRunner
from segdesk.jobs.specs import LoadSpec
from segdesk.library.model_card import ModelState
from segdesk.library.model_library import AddRequest, ModelLibrary
from segdesk.library.zoo_package import mim_folder

pytestmark = pytest.mark.engine

CONFIG = "configs/bisenetv2/bisenetv2_fcn_4xb4-160k_cityscapes-1024x1024.py"
CLASSES = tuple(f"class {number}" for number in range(19))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A checkpoint as the zoo publishes them: weights and, if asked, classes."""
    import torch

    from segdesk.engine.bootstrap import prepare

    prepare()
    from mmengine.config import Config
    from mmengine.registry import DefaultScope
    from mmseg.registry import MODELS

    DefaultScope.get_instance("test_library", scope_name="mmseg")
    config = Config.fromfile(mim_folder() / CONFIG)
    network = MODELS.build(config.model)
    folder = tmp_path_factory.mktemp("published")
    for name, meta in (
        ("named", {"CLASSES": CLASSES, "PALETTE": [[i, i, i] for i in range(19)]}),
        ("unnamed", {}),
    ):
        torch.save(
            {"meta": meta, "state_dict": network.state_dict()}, folder / f"{name}.pth"
        )
    return folder


@pytest.fixture(scope="module")
def runner():
    from segdesk.engine.dispatch import Engine

    return InProcessRunner(Engine().handle)


@pytest.fixture
def library(tmp_path):
    return ModelLibrary(tmp_path / "models", tmp_path / "none")


@pytest.fixture
def context():
    return JobContext(lambda _: None, StopFlag())


def request(path):
    return AddRequest(path=path, config=mim_folder() / CONFIG, trusted=True)


def test_library_makes_a_published_checkpoint_loadable(
    library, runner, context, published
):
    entry = library.add(request(published / "named.pth"), runner, context).entry

    assert (entry.state, entry.why) == (ModelState.READY, "")
    assert entry.card.architecture == "BiSeNetV2"
    assert entry.card.classes.names == CLASSES
    assert entry.card.input_size == (1024, 1024)
    assert entry.card.parameters > 3_000_000
    ast.parse(entry.config.read_text())
    loaded = runner.run(
        LoadSpec(model=library.get(entry.id), device="cpu"), context.report, StopFlag()
    )
    assert isinstance(loaded, Succeeded)
    assert loaded.result.classes.names == CLASSES


def test_library_asks_for_classes_that_a_checkpoint_does_not_name(
    library, runner, context, published
):
    with pytest.raises(ClassesUnknownError, match="19 classes"):
        library.add(request(published / "unnamed.pth"), runner, context)


def test_library_refuses_what_is_no_checkpoint(library, runner, context, tmp_path):
    path = tmp_path / "notes.pth"
    path.write_text("not a checkpoint")

    with pytest.raises(CheckpointError):
        library.add(AddRequest(path=path), runner, context)
    assert library.list() == ()
