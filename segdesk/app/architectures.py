"""The architectures that can be trained without looking for a config."""

from segdesk.core.paths import config_path

_ARCHITECTURES = {
    "bisenetv2": "BiSeNetV2",
    "ddrnet-23-slim": "DDRNet-23 slim",
    "deeplabv3plus-r18": "DeepLabV3+ R18",
    "fast-scnn": "Fast-SCNN",
    "fcn-r18": "FCN R18",
    "knet-r18": "K-Net R18",
    "mask2former-r50": "Mask2Former R50",
    "pidnet-s": "PIDNet-S",
    "pspnet-r18": "PSPNet R18",
    "pspnet-r50": "PSPNet R50",
    "segformer-b0": "SegFormer-B0",
    "segmenter-ti": "Segmenter-Ti",
    "segnext-t": "SegNeXt-T",
    "stdc1": "STDC1",
    "unet-small": "U-Net small",
    "upernet-swin": "UPerNet Swin",
}


def architectures() -> tuple[str, ...]:
    """Return the names of the shipped recipes, sorted."""
    return tuple(sorted(path.stem for path in config_path().glob("*.py")))


def architecture_words(name: str) -> str:
    """Return an architecture as the window says it: "PIDNet-S"."""
    return _ARCHITECTURES.get(name, name.removeprefix("zoo:"))
