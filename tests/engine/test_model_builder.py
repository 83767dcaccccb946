"""A network comes out of a checkpoint with its labels named, or words say why not."""

from importlib.util import find_spec

import pytest
import torch

from segdesk.core.classes import ClassList
from segdesk.core.errors import (
    CheckpointError,
    ClassesUnknownError,
    ConfigError,
    ModelError,
    OpsMissingError,
    UnsafeFileError,
)
from segdesk.engine.architecture import architecture_name
from segdesk.engine.config.legacy_config import modernised
from segdesk.engine.config.text import write_config
from segdesk.engine.model_builder import build_model, build_network
from segdesk.jobs.events import Noted

pytestmark = pytest.mark.engine

CPU = torch.device("cpu")


def run(module, side):
    meta = {"img_shape": (side, side)}
    return module.encode_decode(torch.zeros(1, 3, side, side), [meta])


def with_config(tiny, config):
    """Return what mmengine saves, with another config text."""
    content = tiny.content
    content["meta"]["cfg"] = write_config(config)
    return content


def test_build_gives_a_network_that_predicts_and_says_what_it_is(tiny, notes):
    built = build_model(tiny.source(), CPU, notes.append)
    assert built.architecture == "U-Net"
    assert built.classes.names == ("ground", "disc", "ring")
    assert (built.num_classes, built.out_channels, built.head) == (3, 3, "softmax")
    assert not built.align_corners
    assert not built.module.training
    assert not any("Sync" in type(part).__name__ for part in built.module.modules())
    assert not built.module.with_auxiliary_head
    name = "decode_head.conv_seg.weight"
    saved = tiny.content["state_dict"][name]
    assert torch.equal(built.module.state_dict()[name], saved)
    with torch.inference_mode():
        logits = run(built.module, 8)
    assert logits.shape == (1, 3, 8, 8)
    assert notes == []


def test_build_fetches_nothing_although_the_config_asks_to(tiny, notes):
    # The tiny config names weights on a server and in torchvision's zoo.
    built = build_model(tiny.source(), CPU, notes.append)
    assert "never" in built.config["model"]["pretrained"]


class TestClasses:
    """Names come from the checkpoint or the user and are counted."""

    def test_they_are_asked_for_when_nobody_names_them(self, tiny, notes):
        content = tiny.content
        del content["meta"]["dataset_meta"]
        with pytest.raises(ClassesUnknownError) as refused:
            build_model(tiny.source(content), CPU, notes.append)
        assert "3 classes" in refused.value.cause

    def test_those_of_the_user_are_taken(self, tiny, notes):
        classes = ClassList.from_names(("a", "b", "c"))
        built = build_model(tiny.source(classes=classes), CPU, notes.append)
        assert built.classes == classes

    def test_a_count_that_is_not_the_heads_is_refused(self, tiny, notes):
        content = tiny.content
        content["meta"]["dataset_meta"]["classes"] = ("a", "b")
        with pytest.raises(CheckpointError) as refused:
            build_model(tiny.source(content), CPU, notes.append)
        assert "head predicts 3 classes" in refused.value.cause
        assert "names 2: a, b" in refused.value.cause

    def test_a_background_is_added_when_one_channel_has_one_class(self, tiny, notes):
        config = tiny.config
        head = config["model"]["decode_head"]
        head |= {"num_classes": 1, "out_channels": 1, "threshold": 0.5}
        head["loss_decode"] = {"type": "CrossEntropyLoss", "use_sigmoid": True}
        content = with_config(tiny, config)
        for name in ("weight", "bias"):
            key = f"decode_head.conv_seg.{name}"
            content["state_dict"][key] = content["state_dict"][key][:1]
        content["meta"]["dataset_meta"] = {"classes": ("disc",)}
        built = build_model(tiny.source(content), CPU, notes.append)
        assert built.classes.names == ("background", "disc")
        assert (built.head, built.threshold) == ("sigmoid", 0.5)


class TestWeights:
    """They fit the network of the config, or the error names them."""

    def test_another_shape_is_refused_with_both(self, tiny, notes):
        config = tiny.config
        config["model"]["backbone"]["base_channels"] = 8
        config["model"]["decode_head"]["in_channels"] = 8
        source = tiny.source(with_config(tiny, config))
        with pytest.raises(CheckpointError, match="not loaded") as refused:
            build_model(source, CPU, notes.append)
        assert "another shape" in refused.value.cause
        assert "(4, 3, 3, 3) in the file" in refused.value.cause

    def test_missing_ones_are_counted_and_named(self, tiny, notes):
        content = tiny.content
        del content["state_dict"]["decode_head.convs.0.conv.weight"]
        with pytest.raises(CheckpointError) as refused:
            build_model(tiny.source(content), CPU, notes.append)
        assert "1 of" in refused.value.cause
        assert "decode_head.convs.0.conv.weight" in refused.value.cause

    def test_spare_ones_are_a_warning(self, tiny, notes):
        content = tiny.content
        content["state_dict"]["neck.spare.weight"] = torch.zeros(1)
        build_model(tiny.source(content), CPU, notes.append)
        assert [note.level for note in notes] == ["warning"]
        assert isinstance(notes[0], Noted)
        assert "neck.spare.weight" in notes[0].cause


class TestConfig:
    """It is the checkpoint's own or a file; code needs the user's trust."""

    def test_one_that_executes_is_refused_until_it_is_trusted(
        self, tiny, tmp_path, notes, trap
    ):
        path = tmp_path / "mine.py"
        code = f"import os\nos.system('touch \"{tmp_path / 'pwned'}\"')\ndel os\n"
        path.write_text(write_config(tiny.config) + code)
        with pytest.raises(UnsafeFileError, match=r"mine\.py was not read"):
            build_model(tiny.source(config=path), CPU, notes.append)
        assert not trap()
        built = build_model(tiny.source(config=path, trusted=True), CPU, notes.append)
        assert built.num_classes == 3
        assert trap()

    def test_one_inside_a_checkpoint_is_never_executed(
        self, tiny, tmp_path, notes, trap
    ):
        content = tiny.content
        content["meta"]["cfg"] += f"x = open({str(tmp_path / 'pwned')!r}, 'w')\n"
        with pytest.raises(UnsafeFileError):
            build_model(tiny.source(content, trusted=True), CPU, notes.append)
        assert not trap()

    def test_a_type_that_runs_a_command_is_not_built(self, tiny, tmp_path, notes, trap):
        config = tiny.config
        command = f"touch '{tmp_path / 'pwned'}'"
        config["model"]["backbone"] = {"type": "os.system", "command": command}
        source = tiny.source(with_config(tiny, config))
        with pytest.raises(UnsafeFileError):
            build_model(source, CPU, notes.append)
        # Nor when it comes past the reader: mmengine itself refuses the name.
        with pytest.raises(ModelError, match="not loaded"):
            build_network(config, source)
        assert not trap()

    def test_a_checkpoint_without_one_asks_for_it(self, tiny, notes):
        weights = tiny.content["state_dict"]
        with pytest.raises(ConfigError, match="not loaded") as refused:
            build_model(tiny.source(weights), CPU, notes.append)
        assert "no config" in refused.value.cause

    def test_a_config_file_and_bare_weights_make_a_model(self, tiny, tmp_path, notes):
        path = tmp_path / "tiny.py"
        path.write_text(write_config(tiny.config))
        classes = ClassList.from_names(("a", "b", "c"))
        source = tiny.source(tiny.content["state_dict"], config=path, classes=classes)
        assert build_model(source, CPU, notes.append).architecture == "U-Net"

    def test_one_of_mmseg_0x_gets_its_normalisation(self, tiny, notes):
        config = tiny.config
        del config["model"]["data_preprocessor"], config["test_pipeline"]
        inner = [
            {"type": "Resize", "keep_ratio": True},
            {"type": "RandomFlip"},
            {"type": "Normalize", "mean": [1.0] * 3, "std": [2.0] * 3, "to_rgb": True},
            {"type": "Pad", "size_divisor": 32},
            {"type": "Collect", "keys": ["img"]},
        ]
        augmented = {
            "type": "MultiScaleFlipAug",
            "img_scale": (96, 64),
            "flip": False,
            "transforms": inner,
        }
        pipeline = [{"type": "LoadImageFromFile"}, augmented]
        config["data"] = {"test": {"pipeline": pipeline}}
        built = build_model(tiny.source(with_config(tiny, config)), CPU, notes.append)
        assert built.module.data_preprocessor.mean.flatten().tolist() == [1.0] * 3
        assert built.module.data_preprocessor.test_cfg == {"size_divisor": 32}
        assert built.config["test_pipeline"][1] == {
            "type": "Resize",
            "keep_ratio": True,
            "scale": (96, 64),
        }
        assert modernised(built.config) == built.config


def small_resnet(head: dict[str, object]) -> dict[str, object]:
    return {
        "model": {
            "type": "EncoderDecoder",
            "backbone": {"type": "ResNet", "depth": 18, "base_channels": 8},
            "decode_head": {
                "in_channels": 64,
                "in_index": 3,
                "channels": 8,
                "num_classes": 3,
                **head,
            },
        }
    }


def test_build_names_the_operator_when_there_is_no_pure_form_of_it(tiny, notes):
    config = small_resnet({"type": "PSAHead", "mask_size": (5, 5)})
    content = with_config(tiny, config)
    with pytest.raises(OpsMissingError, match="not loaded") as refused:
        build_model(tiny.source(content), CPU, notes.append)
    assert "PSAMask" in refused.value.cause


def test_network_with_criss_cross_attention_runs_without_compiled_operators(tiny):
    config = small_resnet({"type": "CCHead"})
    module = build_network(config, tiny.source()).eval()
    with torch.inference_mode():
        assert run(module, 40).shape == (1, 3, 40, 40)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"type": "DepthEstimator"}, ModelError, "depth"),
        ({"type": "NoSuchSegmentor"}, ModelError, "NoSuchSegmentor"),
        ({"backbone": {"type": "UNet", "depth": 3}}, ModelError, "depth"),
    ],
)
def test_network_that_cannot_be_built_is_explained(change, error, words, tiny):
    config = tiny.config
    config["model"] |= change
    with pytest.raises(error, match="not loaded") as refused:
        build_network(config, tiny.source())
    assert words in refused.value.cause


@pytest.mark.skipif(find_spec("mmdet") is not None, reason="mmdetection is here")
@pytest.mark.parametrize(
    "change",
    [
        {"custom_imports": {"imports": "mmdet.models"}},
        {
            "model": {
                "type": "EncoderDecoder",
                "decode_head": {"type": "MaskFormerHead"},
            }
        },
    ],
)
def test_package_that_is_not_installed_is_named_with_its_command(change, tiny):
    config = tiny.config | change
    with pytest.raises(OpsMissingError) as refused:
        build_network(config, tiny.source())
    assert "pip install 'segdesk[mask2former]'" in refused.value.hint


def _part(kind, **fields):
    return {"type": kind, **fields}


@pytest.mark.parametrize(
    ("backbone", "head", "name"),
    [
        (
            _part("MixVisionTransformer", embed_dims=32),
            _part("SegformerHead"),
            "SegFormer-B0",
        ),
        (
            _part("MixVisionTransformer", embed_dims=64, num_layers=[3, 4, 18, 3]),
            _part("SegformerHead"),
            "SegFormer-B3",
        ),
        (_part("UNet"), _part("FCNHead"), "U-Net"),
        (_part("UNet"), _part("PSPHead"), "PSPNet U-Net"),
        (_part("ResNetV1c", depth=50), _part("PSPHead"), "PSPNet R50"),
        (
            _part("ResNeSt", depth=101),
            _part("DepthwiseSeparableASPPHead"),
            "DeepLabV3+ S101",
        ),
        (
            _part("HRNet", extra={"stage2": {"num_channels": (18, 36)}}),
            [_part("FCNHead"), _part("OCRHead")],
            "OCRNet HRNet W18",
        ),
        (_part("FastSCNN"), _part("DepthwiseSeparableFCNHead"), "Fast-SCNN"),
        (_part("PIDNet"), _part("PIDHead"), "PIDNet"),
        (
            _part("PIDNet", channels=32, num_stem_blocks=2),
            _part("PIDHead"),
            "PIDNet-S",
        ),
        (_part("MSCAN", depths=[3, 3, 5, 2]), _part("LightHamHead"), "SegNeXt-T"),
        (
            _part("SwinTransformer", embed_dims=96, depths=[2, 2, 18, 2]),
            _part("UPerHead"),
            "UPerNet Swin-S",
        ),
        (
            _part("mmpretrain.ConvNeXt", arch="tiny"),
            _part("UPerHead"),
            "UPerNet ConvNeXt-T",
        ),
        (
            _part("VisionTransformer", embed_dims=768),
            _part("SegmenterMaskTransformerHead"),
            "Segmenter ViT-B",
        ),
        (_part("MyNet"), _part("MyHead"), "My MyNet"),
    ],
)
def test_architecture_has_the_name_that_people_use(backbone, head, name):
    assert architecture_name({"backbone": backbone, "decode_head": head}) == name
