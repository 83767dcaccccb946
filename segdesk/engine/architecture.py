"""What the network of a model config is called."""

from collections.abc import Mapping
from typing import Any

from segdesk.core.language import tr

Config = Mapping[str, Any]

_HEADS = {
    "ANNHead": "ANN",
    "APCHead": "APCNet",
    "ASPPHead": "DeepLabV3",
    "CCHead": "CCNet",
    "DAHead": "DANet",
    "DDRHead": "DDRNet",
    "DMHead": "DMNet",
    "DNLHead": "DNLNet",
    "DPTHead": "DPT",
    "DepthwiseSeparableASPPHead": "DeepLabV3+",
    "DepthwiseSeparableFCNHead": "Fast-SCNN",
    "EMAHead": "EMANet",
    "EncHead": "EncNet",
    "FCNHead": "FCN",
    "FPNHead": tr("Semantic FPN"),
    "GCHead": "GCNet",
    "ISAHead": "ISANet",
    "IterativeDecodeHead": "K-Net",
    "LRASPPHead": "LR-ASPP",
    "LightHamHead": "SegNeXt",
    "Mask2FormerHead": "Mask2Former",
    "MaskFormerHead": "MaskFormer",
    "NLHead": "NonLocal",
    "OCRHead": "OCRNet",
    "PIDHead": "PIDNet",
    "PSAHead": "PSANet",
    "PSPHead": "PSPNet",
    "PointHead": "PointRend",
    "SETRMLAHead": "SETR-MLA",
    "SETRUPHead": "SETR",
    "SegformerHead": "SegFormer",
    "SegmenterMaskTransformerHead": "Segmenter",
    "SideAdapterCLIPHead": "SAN",
    "UPerHead": "UPerNet",
}

# Backbones that give a whole network its name when an FCN or its own head follows.
_NETWORKS = {
    "BiSeNetV1": "BiSeNetV1",
    "BiSeNetV2": "BiSeNetV2",
    "CGNet": "CGNet",
    "DDRNet": "DDRNet",
    "ERFNet": "ERFNet",
    "FastSCNN": "Fast-SCNN",
    "ICNet": "ICNet",
    "MSCAN": "SegNeXt",
    "MixVisionTransformer": "SegFormer",
    "PIDNet": "PIDNet",
    "STDCContextPathNet": "STDC",
    "UNet": "U-Net",
}

_BACKBONES = {
    "BEiT": "BEiT",
    "HRNet": "HRNet",
    "MAE": "MAE",
    "MobileNetV2": "MobileNetV2",
    "MobileNetV3": "MobileNetV3",
    "PCPVT": "Twins-PCPVT",
    "SVT": "Twins-SVT",
    "VisionTransformer": "ViT",
}
_RESNETS = {"ResNeXt": "X", "ResNeSt": "S"}

_MIT_SIZES: dict[tuple[int, ...], str] = {
    (2, 2, 2, 2): "B1",
    (3, 4, 6, 3): "B2",
    (3, 4, 18, 3): "B3",
    (3, 8, 27, 3): "B4",
    (3, 6, 40, 3): "B5",
}
_MSCAN_SIZES: dict[tuple[int, ...], str] = {
    (3, 3, 5, 2): "T",
    (2, 2, 4, 2): "S",
    (3, 3, 12, 3): "B",
    (3, 5, 27, 3): "L",
}
_PIDNET_SIZES: dict[tuple[int, ...], str] = {(32, 2): "S", (64, 2): "M", (64, 3): "L"}
_ARCHS = {"tiny": "T", "small": "S", "base": "B", "large": "L", "xlarge": "XL"}
_WIDTHS = {96: "T", 128: "B", 192: "L", 384: "S", 768: "B", 1024: "L"}


def architecture_name(model: Config) -> str:
    """Return what people call the network, such as "SegFormer-B0" or "PSPNet R50".

    Parameters
    ----------
    model
        The `model` of a config.
    """
    backbone = _part(model.get("backbone"))
    backbone_type = _type(backbone)
    head_type = _type(last_head(model))
    head = _HEADS.get(head_type, head_type.removesuffix("Head") or "Network")
    network = _NETWORKS.get(backbone_type)
    if network and head in {"FCN", network}:
        return f"{network}{_size_suffix(backbone_type, backbone)}"
    if head == "FCN" and backbone_type == "HRNet":
        return _backbone_name(backbone_type, backbone)
    if head == "SETR":
        return "SETR"
    name = network or _backbone_name(backbone_type, backbone)
    return f"{head} {name}".strip()


def last_head(model: Config) -> Config:
    """Return the head that gives the prediction: the last one of a cascade."""
    head = model.get("decode_head")
    if isinstance(head, list | tuple):
        return _part(head[-1]) if head else {}
    return _part(head)


def _part(value: object) -> Config:
    return value if isinstance(value, Mapping) else {}


def _type(part: Config) -> str:
    return str(part.get("type", "")).rpartition(".")[2]


def _backbone_name(kind: str, backbone: Config) -> str:
    depth = backbone.get("depth")
    if kind.startswith("Res") and depth:
        letter = next((v for k, v in _RESNETS.items() if kind.startswith(k)), "R")
        return f"{letter}{depth}"
    if kind == "HRNet":
        return f"HRNet{_hrnet_width(backbone)}"
    if kind in {"SwinTransformer", "ConvNeXt", "PoolFormer"}:
        return f"{kind.removesuffix('Transformer')}{_size_suffix(kind, backbone)}"
    return f"{_BACKBONES.get(kind, kind)}{_size_suffix(kind, backbone)}"


def _hrnet_width(backbone: Config) -> str:
    stage = _part(_part(backbone.get("extra")).get("stage2"))
    channels = stage.get("num_channels")
    return f" W{channels[0]}" if isinstance(channels, list | tuple) else ""


def _size_suffix(kind: str, backbone: Config) -> str:
    letter = ""
    if kind == "MixVisionTransformer":
        layers = _numbers(backbone.get("num_layers"))
        letter = (
            "B0" if backbone.get("embed_dims") == 32 else _MIT_SIZES.get(layers, "")
        )
    elif kind == "PIDNet":
        width = backbone.get("channels"), backbone.get("num_stem_blocks")
        letter = _PIDNET_SIZES.get(_numbers(width), "")
    elif kind == "MSCAN":
        letter = _MSCAN_SIZES.get(_numbers(backbone.get("depths")), "")
    elif kind == "SwinTransformer":
        small = _numbers(backbone.get("depths")) == (2, 2, 18, 2)
        letter = _WIDTHS.get(backbone.get("embed_dims", 0), "")
        letter = "S" if letter == "T" and small else letter
    elif kind in {"VisionTransformer", "BEiT", "MAE"}:
        letter = _WIDTHS.get(backbone.get("embed_dims", 0), "")
    elif isinstance(backbone.get("arch"), str):
        letter = _ARCHS.get(backbone["arch"], backbone["arch"].upper())
    return f"-{letter}" if letter else ""


def _numbers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        return ()
    return tuple(item for item in value if isinstance(item, int))
