"""A tiny U-Net as mmengine leaves it behind after a training, with random weights."""

import copy
import dataclasses
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segdesk.core.classes import ClassList
from segdesk.jobs.specs import ModelSource

CLASSES = ClassList(("ground", "disc", "ring"), ("#102030", "#FF0000", "#00FF00"))

_NORM = {"type": "SyncBN", "requires_grad": True}
_HEAD = {
    "type": "FCNHead",
    "channels": 8,
    "num_convs": 1,
    "concat_input": False,
    "dropout_ratio": 0.1,
    "num_classes": 3,
    "norm_cfg": _NORM,
    "align_corners": False,
    "loss_decode": {"type": "CrossEntropyLoss", "use_sigmoid": False},
}
_CONFIG: dict[str, Any] = {
    "default_scope": "mmseg",
    "model": {
        "type": "EncoderDecoder",
        "pretrained": "https://127.0.0.1:9/never.pth",
        "data_preprocessor": {
            "type": "SegDataPreProcessor",
            "mean": [123.675, 116.28, 103.53],
            "std": [58.395, 57.12, 57.375],
            "bgr_to_rgb": True,
            "pad_val": 0,
            "seg_pad_val": 255,
            "size": (64, 96),
        },
        "backbone": {
            "type": "UNet",
            "in_channels": 3,
            "base_channels": 4,
            "num_stages": 3,
            "strides": (1, 1, 1),
            "enc_num_convs": (1, 1, 1),
            "dec_num_convs": (1, 1),
            "downsamples": (True, True),
            "enc_dilations": (1, 1, 1),
            "dec_dilations": (1, 1),
            "norm_cfg": _NORM,
            "init_cfg": {"type": "Pretrained", "checkpoint": "torchvision://never"},
        },
        "decode_head": {**_HEAD, "in_channels": 4, "in_index": 2},
        "auxiliary_head": {**_HEAD, "in_channels": 8, "in_index": 1},
        "train_cfg": {},
        "test_cfg": {"mode": "whole"},
    },
    "test_pipeline": [
        {"type": "LoadImageFromFile"},
        {"type": "Resize", "scale": (96, 64), "keep_ratio": True},
        {"type": "PackSegInputs"},
    ],
}


@dataclasses.dataclass(frozen=True)
class TinyModel:
    """A config, and checkpoints of it that differ in what a test is about.

    `write(name, content)` puts a checkpoint into a folder; `content` is what mmengine
    1.x saves, as a fresh copy.
    """

    folder: Path
    saved: dict[str, Any]

    @property
    def config(self) -> dict[str, Any]:
        return copy.deepcopy(_CONFIG)

    @property
    def content(self) -> dict[str, Any]:
        return copy.deepcopy(self.saved)

    def write(self, name: str, content: object) -> Path:
        import torch

        path = self.folder / name
        torch.save(content, path)
        return path

    def source(self, content: object = None, **fields: Any) -> ModelSource:
        path = self.write("model.pth", self.content if content is None else content)
        return ModelSource(id="tiny", checkpoint=path, **fields)


@pytest.fixture(scope="session")
def saved_by_mmengine() -> dict[str, Any]:
    import numpy as np
    import torch

    from segdesk.engine.bootstrap import prepare
    from segdesk.engine.config.text import write_config

    prepare()
    from mmengine.config import ConfigDict
    from mmengine.logging import HistoryBuffer
    from mmengine.registry import init_default_scope
    from mmseg.registry import MODELS

    config = copy.deepcopy(_CONFIG)
    text = write_config(config)
    model = config["model"]
    model["pretrained"] = None
    del model["backbone"]["init_cfg"]
    torch.manual_seed(0)
    init_default_scope("mmseg")
    module = MODELS.build(ConfigDict(model))
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9)
    return {
        "meta": {
            "epoch": 0,
            "iter": 400,
            "cfg": text,
            "seed": 7,
            "mmengine_version": "0.10.12",
            "dataset_meta": {
                "classes": CLASSES.names,
                "palette": [list(rgb) for rgb in CLASSES.rgb],
                "reduce_zero_label": False,
                "label_map": {3: 2},
            },
        },
        "state_dict": OrderedDict(module.state_dict()),
        "message_hub": {
            "log_scalars": OrderedDict(
                {
                    "train/loss": HistoryBuffer([0.9, 0.5], [1, 1]),
                    "val/mIoU": HistoryBuffer([60.0, 72.5], [1, 1]),
                    "val/time": HistoryBuffer([0.1], [1]),
                }
            ),
            "runtime_info": {
                "best_score": np.float32(72.5),
                "eta": np.float64(3.0),
                "last_ckpt": "/home/somebody/run/iter_400.pth",
            },
            "resumed_keys": {"train/loss": True},
        },
        "optimizer": optimizer.state_dict(),
    }


@pytest.fixture
def tiny(tmp_path: Path, saved_by_mmengine: dict[str, Any]) -> TinyModel:
    folder = tmp_path / "models of ä"
    folder.mkdir()
    return TinyModel(folder, saved_by_mmengine)


@pytest.fixture
def notes() -> list[Any]:
    return []


@pytest.fixture
def trap(tmp_path: Path) -> Callable[[], bool]:
    """Return whether something was executed: it touches `tmp_path / "pwned"`."""
    return (tmp_path / "pwned").exists


@pytest.fixture(scope="session")
def pairs(tmp_path_factory):
    """Return a function that makes the pair for a config's name, once."""
    from small_networks import CONFIGS, make_pair

    from segdesk.engine.bootstrap import prepare

    prepare()
    made = {}

    def pair(name: str):
        if name not in made:
            made[name] = make_pair(CONFIGS[name], tmp_path_factory.mktemp(name))
        return made[name]

    return pair


@pytest.fixture
def desk(tmp_path):
    """Return a folder of images that a model without a network predicts."""
    from batch_desk import Desk

    return Desk(tmp_path)
