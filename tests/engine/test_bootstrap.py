"""Each fault of the mmseg stack is mended, and mended right."""

import subprocess
import sys

import pytest
import torch
from torch.nn import functional

from segdesk.core.errors import ModelError
from segdesk.engine.bootstrap import CompiledOpError, has_compiled_ops, prepare

pytestmark = pytest.mark.engine

prepare()
without_ops = pytest.mark.skipif(has_compiled_ops(), reason="mmcv has its operators")


def test_prepare_is_cheap_and_changes_nothing_when_called_again():
    from mmseg.models.losses import cross_entropy_loss

    before = cross_entropy_loss.cross_entropy
    prepare()
    assert cross_entropy_loss.cross_entropy is before


def test_only_the_missing_optional_package_is_kept_quiet_when_imported():
    code = (
        "from segdesk.engine.bootstrap import prepare; prepare()\n"
        "import mmseg.datasets\n"
        "from mmengine.logging import print_log; print_log('something else')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n") == ["something else", ""]
    assert "OneDL" not in done.stderr


@without_ops
def test_operators_can_be_imported_and_say_their_name_when_called():
    from mmcv.ops import nms

    with pytest.raises(CompiledOpError, match="nms"):
        nms(torch.zeros(1, 4), torch.zeros(1), 0.5)


def test_weighted_cross_entropy_is_the_mean_over_pixels_that_count():
    from mmseg.models.losses import CrossEntropyLoss

    torch.manual_seed(0)
    logits, weights = torch.randn(2, 3, 4, 5), [0.5, 1.0, 4.0]
    labels = torch.randint(0, 3, (2, 4, 5))
    labels[0, :2] = 255
    loss = CrossEntropyLoss(class_weight=weights, avg_non_ignore=True)
    want = functional.cross_entropy(
        logits, labels, weight=torch.tensor(weights), ignore_index=255
    )
    assert torch.allclose(loss(logits, labels, ignore_index=255), want)


def test_preprocessor_normalises_any_number_of_bands():
    from mmseg.models import SegDataPreProcessor

    mean, std = [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 4.0, 8.0]
    module = SegDataPreProcessor(mean=mean, std=std)
    found = module({"inputs": [torch.full((4, 2, 2), 9.0)]})["inputs"]
    assert found[0, :, 0, 0].tolist() == [8.0, 3.5, 1.5, 0.625]
    assert module.state_dict() == {}


def test_remote_weights_are_refused_in_words():
    from mmengine.runner.checkpoint import CheckpointLoader

    for address in ("https://127.0.0.1:9/a.pth", "open-mmlab://resnet50_v1c"):
        with pytest.raises(ModelError, match="not built"):
            CheckpointLoader.load_checkpoint(address)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("os.system", False),
        ("torch.load", False),
        ("mmseg.apis.MMSegInferencer", False),
        ("mmengine.model.os.system", False),
        ("torch.nn.Conv2d", True),
        ("mmseg.models.backbones.unet.UNet", True),
    ],
)
def test_registry_finds_classes_of_the_stack_only(name, found):
    from mmseg.registry import MODELS

    assert isinstance(MODELS.get(name), type) == found


@without_ops
def test_focal_loss_of_the_gpu_path_equals_that_of_the_cpu_path():
    from mmseg.models.losses import focal_loss

    torch.manual_seed(0)
    logits, labels = torch.randn(20, 3), torch.randint(0, 3, (20,))
    wanted = functional.one_hot(labels, 3).float()
    options = {"gamma": 2.0, "alpha": 0.25, "reduction": "mean"}
    gpu = focal_loss.sigmoid_focal_loss(logits, labels, wanted, **options)
    cpu = focal_loss.py_sigmoid_focal_loss(logits, wanted, **options)
    assert torch.allclose(gpu, cpu)


@without_ops
def test_deformable_attention_has_a_pure_form_and_its_gradient():
    from mmcv.ops import multi_scale_deform_attn as room

    torch.manual_seed(0)
    value = torch.randn(1, 6, 2, 4, requires_grad=True)
    shapes = torch.tensor([[2, 3]])
    places, weights = torch.rand(1, 5, 2, 1, 3, 2), torch.rand(1, 5, 2, 1, 3)
    found = room.MultiScaleDeformableAttnFunction.apply(
        value, shapes, torch.tensor([0]), places, weights, 64
    )
    want = room.multi_scale_deformable_attn_pytorch(value, shapes, places, weights)
    assert torch.equal(found, want)
    found.sum().backward()
    assert value.grad is not None


def test_environment_is_collected_although_a_package_is_broken(monkeypatch):
    from mmengine.runner import runner

    assert runner.collect_env()["PyTorch"] == torch.__version__
    monkeypatch.setitem(__import__("sys").modules, "torchvision", None)
    assert runner.collect_env()
