"""A checkpoint says what it is, also when it cannot run here."""

import pytest

from segdesk.core.classes import ClassList
from segdesk.core.errors import CheckpointError, UnsafeFileError
from segdesk.engine.checkpoint import sha256_of
from segdesk.engine.config.text import read_config, write_config
from segdesk.engine.inspection import inspect
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import ModelFacts
from segdesk.jobs.specs import InspectSpec

pytestmark = pytest.mark.engine


def facts_of(source) -> ModelFacts:
    return inspect(InspectSpec(model=source), JobContext(lambda _: None, StopFlag()))


def test_inspect_tells_all_that_a_training_left(tiny):
    source = tiny.source()
    facts = facts_of(source)
    assert facts.architecture == "U-Net"
    assert facts.classes
    assert facts.classes.names == ("ground", "disc", "ring")
    assert facts.num_classes == 3
    assert facts.input_size == (96, 64)
    assert facts.iteration == 400
    assert facts.metrics == {"mIoU": 72.5}
    assert facts.sha256 == sha256_of(source.checkpoint)
    assert facts.checkpoint_bytes == source.checkpoint.stat().st_size
    assert facts.parameters
    assert 1000 < facts.parameters < 20_000
    assert facts.problem == ""
    assert read_config(facts.config_text) == tiny.config


def test_inspect_leaves_the_classes_open_when_the_file_does_not_name_them(tiny):
    content = tiny.content
    del content["meta"]["dataset_meta"]
    facts = facts_of(tiny.source(content))
    assert facts.classes is None
    assert facts.num_classes == 3


def test_inspect_refuses_a_class_count_that_is_not_the_heads(tiny):
    classes = ClassList.from_names(("a", "b"))
    with pytest.raises(CheckpointError, match="not loaded"):
        facts_of(tiny.source(classes=classes))


def test_inspect_describes_a_model_that_needs_operators(tiny):
    content = tiny.content
    head = {
        "type": "PSAHead",
        "mask_size": (5, 5),
        "in_channels": 512,
        "in_index": 3,
        "channels": 8,
        "num_classes": 3,
    }
    backbone = {"type": "ResNet", "depth": 18}
    model = {"type": "EncoderDecoder", "backbone": backbone, "decode_head": head}
    from segdesk.engine.model_builder import build_network

    module = build_network({"model": model}, tiny.source())
    content["state_dict"] = module.state_dict()
    content["meta"]["cfg"] = write_config({"model": model})
    facts = facts_of(tiny.source(content))
    assert facts.architecture == "PSANet R18"
    assert facts.missing_ops == ("PSAMask",)
    assert "PSAMask" in facts.problem


def test_inspect_describes_a_model_that_needs_a_package(tiny):
    content = tiny.content
    config = tiny.config
    config["custom_imports"] = {"imports": "mmdet.models"}
    content["meta"]["cfg"] = write_config(config)
    facts = facts_of(tiny.source(content))
    assert "mmdetection" in facts.problem
    assert facts.num_classes == 3
    assert facts.parameters is None


def test_inspect_executes_nothing(tiny, tmp_path, trap):
    content = tiny.content
    content["meta"]["cfg"] += f"open({str(tmp_path / 'pwned')!r}, 'w')\n"
    with pytest.raises(UnsafeFileError):
        facts_of(tiny.source(content))
    assert not trap()
