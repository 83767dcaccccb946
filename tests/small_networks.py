"""Tiny networks of mmseg, each beside our predictor, for tests of the engine."""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from segdesk.core.classes import ClassList
from segdesk.engine.predictor import Predictor
from segdesk.jobs.specs import ModelSource

BN = {"type": "BN", "requires_grad": True}
LOSS = {"type": "CrossEntropyLoss", "use_sigmoid": False}
SIGMOID = {"type": "CrossEntropyLoss", "use_sigmoid": True}
MIT = {
    "type": "MixVisionTransformer",
    "embed_dims": 8,
    "num_layers": [1, 1, 1, 1],
    "num_heads": [1, 2, 2, 2],
    "sr_ratios": [8, 4, 2, 1],
}
UNET = {
    "type": "UNet",
    "base_channels": 4,
    "num_stages": 3,
    "strides": (1, 1, 1),
    "enc_num_convs": (1, 1, 1),
    "dec_num_convs": (1, 1),
    "downsamples": (True, True),
    "enc_dilations": (1, 1, 1),
    "dec_dilations": (1, 1),
    "norm_cfg": BN,
}
RESNET = {
    "type": "ResNet",
    "depth": 18,
    "base_channels": 4,
    "stem_channels": 4,
    "norm_cfg": BN,
}
PIDNET = {"type": "PIDNet", "channels": 4, "ppm_channels": 8, "norm_cfg": BN}


def head(kind, **fields):
    common = {"channels": 8, "num_classes": 5, "norm_cfg": BN, "align_corners": False}
    return {"type": kind, "loss_decode": LOSS, **common, **fields}


UNET_HEAD = head("FCNHead", in_channels=4, in_index=2, num_convs=1, concat_input=False)
MIT_HEAD = head("SegformerHead", in_channels=[8, 16, 16, 16], in_index=[0, 1, 2, 3])
RESNET_HEAD = head("PSPHead", in_channels=32, in_index=3, align_corners=True)


def config(backbone, decode_head, *, scale=None, test=None, pad=None):
    resize = [{"type": "Resize", "scale": scale, "keep_ratio": True}] if scale else []
    return {
        "default_scope": "mmseg",
        "model": {
            "type": "EncoderDecoder",
            "data_preprocessor": {
                "type": "SegDataPreProcessor",
                "mean": [123.675, 116.28, 103.53],
                "std": [58.395, 57.12, 57.375],
                "bgr_to_rgb": True,
                "size": (64, 64),
                "test_cfg": pad,
            },
            "backbone": backbone,
            "decode_head": decode_head,
            "train_cfg": {},
            "test_cfg": test or {"mode": "whole"},
        },
        "test_pipeline": [
            {"type": "LoadImageFromFile"},
            *resize,
            {"type": "LoadAnnotations"},
            {"type": "PackSegInputs"},
        ],
    }


SLIDE = {"mode": "slide", "crop_size": (48, 64), "stride": (32, 43)}
CONFIGS: dict[str, dict[str, Any]] = {
    "whole": config(MIT, MIT_HEAD, scale=(256, 128)),
    "aligned": config(RESNET, RESNET_HEAD),
    "slide": config(UNET, UNET_HEAD, test=SLIDE, scale=(200, 150)),
    "padded": config(UNET, UNET_HEAD, pad={"size_divisor": 16}),
    "fixed": config(MIT, MIT_HEAD, pad={"size": (256, 256)}),
    "binary": config(
        UNET,
        {**UNET_HEAD, "num_classes": 2, "out_channels": 1, "loss_decode": SIGMOID},
        pad={"size_divisor": 4},
        scale=(96, 96),
    ),
    "sigmoids": config(RESNET, {**RESNET_HEAD, "loss_decode": SIGMOID}),
    "random": config(
        RESNET,
        head(
            "LightHamHead",
            in_channels=[8, 16, 32],
            in_index=[1, 2, 3],
            ham_channels=8,
            ham_kwargs={"MD_R": 4},
            norm_cfg={"type": "GN", "num_groups": 4},
        ),
    ),
    "unpadded": config(UNET, UNET_HEAD),
    "PIDNet": config(PIDNET, head("PIDHead", in_channels=16, channels=16)),
}


def picture(height, width, seed=0):
    """An RGB image with structure at all scales."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (5, 7, 3)).astype(np.uint8)
    image = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(image + rng.normal(0, 10, image.shape), 0, 255).astype(np.uint8)


@dataclass
class Pair:
    """SegDesk's predictor and MMSegmentation's model with the same weights."""

    predictor: Predictor
    peer: torch.nn.Module
    checkpoint: Path

    def theirs(self, image):
        """What `mmseg.apis.inference_model` says; it takes BGR."""
        from mmseg.apis import inference_model

        # The call leaves its mark in the model's config.
        self.peer.cfg = copy.deepcopy(self.peer.cfg)
        return inference_model(self.peer, image[:, :, ::-1].copy())

    def labels(self, image):
        return self.theirs(image).pred_sem_seg.data[0].numpy().astype(np.uint8)


def spread(model):
    """Give random weights statistics and a last layer whose classes all win."""
    image = torch.from_numpy(picture(96, 128)).permute(2, 0, 1)[None].float()
    image = (image - 120) / 58
    meta = [dict.fromkeys(("img_shape", "ori_shape", "pad_shape"), (96, 128))]
    for norm in model.modules():
        if isinstance(norm, torch.nn.modules.batchnorm._BatchNorm):
            norm.momentum = None
            norm.train()
    with torch.no_grad():
        model.encode_decode(torch.cat((image, image.flip(3))), meta * 2)
        model.eval()
        logits = model.encode_decode(image, meta)
        last = model.decode_head
        last = getattr(last, "conv_seg", last)
        if not isinstance(last, torch.nn.Conv2d):
            return
        gain = 3 / logits.std((0, 2, 3))
        last.weight.mul_(gain.view(-1, 1, 1, 1))
        last.bias.copy_((last.bias - logits.mean((0, 2, 3))) * gain)


def make_pair(settings, folder):
    from mmengine.config import Config
    from mmseg.apis import init_model

    from segdesk.engine.config.text import write_config

    torch.manual_seed(0)
    peer = init_model(Config(copy.deepcopy(settings)), None, "cpu")
    spread(peer)
    labels = 2 if peer.out_channels == 1 else peer.num_classes
    classes = ClassList.from_names(tuple("abcdefg"[:labels]))
    path = folder / "model.pth"
    meta = {
        "cfg": write_config(settings),
        "dataset_meta": {"classes": classes.names, "palette": list(classes.rgb)},
    }
    torch.save({"state_dict": peer.state_dict(), "meta": meta}, path)
    source = ModelSource(id="tiny", checkpoint=path)
    return Pair(Predictor(source, device="cpu", note=print), peer, path)
