"""The architectures that can be trained without looking for a config."""

import re
from collections.abc import Mapping

from segdesk.core.language import tr
from segdesk.core.paths import config_path
from segdesk.library.zoo_package import Need, need_of_architecture

_ARCHITECTURES = {
    "bisenetv2": "BiSeNetV2",
    "ddrnet-23-slim": tr("DDRNet-23 slim"),
    "deeplabv3plus-r18": tr("DeepLabV3+ R18"),
    "fast-scnn": "Fast-SCNN",
    "fcn-r18": "FCN R18",
    "knet-r18": tr("K-Net R18"),
    "mask2former-r18": tr("Mask2Former R18"),
    "pidnet-s": "PIDNet-S",
    "pspnet-r18": tr("PSPNet R18"),
    "pspnet-r50": tr("PSPNet R50"),
    "segformer-b0": "SegFormer-B0",
    "segmenter-ti": "Segmenter-Ti",
    "segnext-t": "SegNeXt-T",
    "stdc1": "STDC1",
    "unet-small": tr("U-Net small"),
    "upernet-swin": tr("UPerNet Swin"),
}
# Under which id of the zoo the same network was published; some never were.
_PUBLISHED = {
    "bisenetv2": "bisenetv2_fcn_4xb4-160k_cityscapes-1024x1024",
    "ddrnet-23-slim": "ddrnet_23-slim_in1k-pre_2xb6-120k_cityscapes-1024x1024",
    "deeplabv3plus-r18": "deeplabv3plus_r18-d8_4xb2-80k_cityscapes-512x1024",
    "fast-scnn": "fast_scnn_8xb4-160k_cityscapes-512x1024",
    "fcn-r18": "fcn_r18-d8_4xb2-80k_cityscapes-512x1024",
    "pidnet-s": "pidnet-s_2xb6-120k_1024x1024-cityscapes",
    "pspnet-r18": "pspnet_r18-d8_4xb2-80k_cityscapes-512x1024",
    "pspnet-r50": "pspnet_r50-d8_4xb2-80k_cityscapes-512x1024",
    "segformer-b0": "segformer_mit-b0_8xb1-160k_cityscapes-1024x1024",
    "segmenter-ti": "segmenter_vit-t_mask_8xb1-160k_ade20k-512x512",
    "segnext-t": "segnext_mscan-t_1xb16-adamw-160k_ade20k-512x512",
    "stdc1": "stdc1_4xb12-80k_cityscapes-512x1024",
}
# Families whose losses stand in fixed places, and those that classify whole masks.
_OWN_LOSSES = frozenset({"ddrnet", "mask2former", "maskformer", "pidnet", "san"})
_MASKS = frozenset({"mask2former", "maskformer"})


def architectures() -> tuple[str, ...]:
    """Return the names of the shipped recipes, sorted."""
    return tuple(sorted(path.stem for path in config_path().glob("*.py")))


def architecture_words(name: str) -> str:
    """Return an architecture as the window says it: "PIDNet-S"."""
    return _ARCHITECTURES.get(name, name.removeprefix("zoo:"))


def published_as(name: str) -> str:
    """Return the id under which the zoo published an architecture; "": it did not."""
    return _PUBLISHED.get(name, "")


def missing(name: str) -> Need | None:
    """Return what an architecture needs that is not installed; None: it can train.

    Nothing is imported to find out.
    """
    return need_of_architecture(name)


def fixed_fields(name: str) -> Mapping[str, str]:
    """Return the fields of a spec that an architecture leaves no choice in.

    Returns
    -------
    fields
        With the only value that each may have: {"loss": "recipe"}.
    """
    parts = frozenset(re.split("[-_:]", name))
    fixed = {}
    if parts & _OWN_LOSSES:
        fixed["loss"] = "recipe"
    if parts & _MASKS:
        fixed["class_weights"] = "none"
    return fixed
