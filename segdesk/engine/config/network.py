"""The network's part of a training's config: classes, losses, norms and the crop."""

from collections.abc import Iterator, Sequence
from typing import Any

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import ConfigError
from segdesk.core.language import tr
from segdesk.jobs.specs import TrainSpec

Config = dict[str, Any]

_HEADS = ("decode_head", "auxiliary_head")
# Heads that predict something else than the classes, such as a boundary.
_OTHER_HEADS = frozenset({"STDCHead"})
# They say whose a whole mask is, and pair masks with classes while they learn.
_MASK_HEADS = frozenset({"Mask2FormerHead", "MaskFormerHead"})
# Their losses stand in fixed places and cannot be chosen.
_OWN_LOSSES = _MASK_HEADS | {"DDRHead", "PIDHead", "SideAdapterCLIPHead"}
# What they call `out_channels` is not a number of classes.
_OWN_CHANNELS = _MASK_HEADS | {"KernelUpdateHead"}
_WEIGHTED = frozenset(
    {"CrossEntropyLoss", "FocalLoss", "LovaszLoss", "OhemCrossEntropy"}
)
# Pools the whole picture to one value for each channel: batch normalisation of that
# needs two pictures.
_POOLING = frozenset(
    {
        "ASPPHead",
        "BiSeNetV1",
        "BiSeNetV2",
        "DDRNet",
        "DepthwiseSeparableASPPHead",
        "FastSCNN",
        "PIDNet",
        "PSPHead",
        "STDCContextPathNet",
        "UPerHead",
    }
)
# What is computed twice instead of kept, by the backbone's type.
_STAGES = {
    "ResNet": tuple(f"backbone.layer{number}" for number in range(1, 5)),
    "ResNetV1c": tuple(f"backbone.layer{number}" for number in range(1, 5)),
    "ResNetV1d": tuple(f"backbone.layer{number}" for number in range(1, 5)),
}
_WEIGHT_BOUNDS = 0.1, 10.0


def fit_model(
    spec: TrainSpec,
    classes: ClassList,
    recipe: Config,
    crop: tuple[int, int],
    weights: Sequence[float] | None,
) -> Config:
    """Return the recipe's network for a data set's classes and a training's crop.

    Parameters
    ----------
    weights
        One for each class, for the loss; None: all alike.

    Raises
    ------
    ConfigError
        The network cannot train with what the spec asks for.
    """
    model: Config = _without_remote_weights(_with_plain_norm(recipe["model"]))
    if "data_preprocessor" in recipe:
        model.setdefault("data_preprocessor", recipe["data_preprocessor"])
    _fit_heads(model, spec, classes, weights)
    _fit_mask_classifier(model, spec, len(classes))
    pictures = model.setdefault("data_preprocessor", _preprocessor())
    pictures["size"] = crop
    pictures.pop("size_divisor", None)
    if spec.batch_size < 2 and (pooling := pooling_part(model)):
        raise ConfigError(
            tr("The training was not started."),
            cause=tr(
                "{pooling} cannot learn from one picture at a time: it "
                "normalises over the pictures of a batch.",
                pooling=pooling,
            ),
            hint=tr("Choose a batch size of 2 or more."),
        )
    test_cfg = model.setdefault("test_cfg", {"mode": "whole"})
    if test_cfg.get("mode") == "slide":
        test_cfg["crop_size"] = crop
        test_cfg["stride"] = tuple(side * 2 // 3 for side in crop)
    if not pictures.get("test_cfg"):
        pictures["test_cfg"] = {"size_divisor": 32}
    return model


def pooling_part(model: Config) -> str | None:
    """Return the part of a network that needs two pictures in a batch, or None."""
    parts = [model.get("backbone") or {}, *class_heads(model)]
    parts.append((parts[0].get("backbone_cfg")) or {})
    return next((p["type"] for p in parts if p.get("type") in _POOLING), None)


def checkpointed_parts(model: Config) -> list[str]:
    """Return the parts whose activations are computed again instead of kept."""
    kind = (model.get("backbone") or {}).get("type", "")
    return list(_STAGES.get(kind, ("backbone",)))


def balanced_weights(pixels: Sequence[int]) -> tuple[float, ...]:
    """Return a weight for each class by inverse frequency, with a mean of 1.

    A weight lies between 0.1 and 10, so that no rare class drowns the others. A class
    without pixels gets 1.

    Parameters
    ----------
    pixels
        Of each class in the training masks.
    """
    there = [count for count in pixels if count]
    mean = sum(there) / max(1, len(there))
    low, high = _WEIGHT_BOUNDS
    raw = [min(high, max(low, mean / count)) if count else 0.0 for count in pixels]
    scale = max(1, len(there)) / (sum(raw) or 1.0)
    return tuple(
        round(min(high, max(low, weight * scale)), 4) if weight else 1.0
        for weight in raw
    )


# ---------------------------------------------------------------- heads


def _fit_heads(
    model: Config,
    spec: TrainSpec,
    classes: ClassList,
    weights: Sequence[float] | None,
) -> None:
    for head in class_heads(model):
        head["num_classes"] = len(classes)
        if head.get("out_channels") != 1 or len(classes) != 2:
            if head.get("out_channels") == 1:
                _as_softmax(head)
            if head["type"] not in _OWN_CHANNELS:
                head.pop("out_channels", None)
        has_losses = "loss_decode" in head or head["type"] in _OWN_LOSSES
        if spec.loss != "recipe" and has_losses:
            head["loss_decode"] = _chosen_loss(spec, head, classes)
        for loss in losses_of(head):
            # Weights were made for other classes; the mean is over labelled pixels.
            loss.pop("class_weight", None)
            weighted = weights is not None and _takes_weights(loss)
            if loss["type"] == "CrossEntropyLoss":
                # mmseg 1.4 fails on this with weights; `live_config` sets it again.
                loss["avg_non_ignore"] = not weighted
            if weights is not None and weighted:
                loss["class_weight"] = list(weights)


def _takes_weights(loss: Config) -> bool:
    return loss["type"] in _WEIGHTED and not (
        loss["type"] == "CrossEntropyLoss" and loss.get("use_sigmoid")
    )


def _as_softmax(head: Config) -> None:
    """Give a head of one channel, which knows two classes only, one for each class."""
    head.pop("threshold", None)
    for loss in losses_of(head):
        if loss.get("use_sigmoid"):
            loss["use_sigmoid"] = False


def _chosen_loss(spec: TrainSpec, head: Config, classes: ClassList) -> Any:  # noqa: ANN401
    if head["type"] in _OWN_LOSSES:
        raise ConfigError(
            tr("The training was not started."),
            cause=tr(
                "{head} has losses of its own for each of its outputs; "
                "{loss} cannot take their place.",
                head=head["type"],
                loss=spec.loss,
            ),
            hint=tr("Choose the recipe's loss, or another architecture."),
        )
    own = losses_of(head)
    share = float(own[0].get("loss_weight", 1.0)) if own else 1.0
    if head.get("out_channels") == 1:
        _as_softmax(head)
        head.pop("out_channels")
    found = [{**part, "loss_weight": share} for part in _loss_parts(spec.loss, classes)]
    return found[0] if len(found) == 1 else found


def _loss_parts(name: str, classes: ClassList) -> list[Config]:
    entropy = {"type": "CrossEntropyLoss", "loss_name": "loss_ce"}
    background = classes.background_index
    dice = {
        "type": "DiceLoss",
        "loss_name": "loss_dice",
        "use_sigmoid": False,
        # The class that is left out of the overlap: it would outweigh the others.
        "ignore_index": IGNORE_INDEX if background is None else background,
    }
    match name:
        case "cross-entropy":
            return [entropy]
        case "dice":
            return [dice]
        case "ce+dice":
            return [entropy, dice]
        case "focal":
            return [{"type": "FocalLoss", "loss_name": "loss_focal"}]
        case _:
            return [
                {
                    "type": "LovaszLoss",
                    "loss_name": "loss_lovasz",
                    "per_image": False,
                    "reduction": "none",
                }
            ]


def _fit_mask_classifier(model: Config, spec: TrainSpec, count: int) -> None:
    """Set what a head that classifies masks counts its classes by."""
    head = model.get("decode_head")
    if not isinstance(head, dict):
        return
    if spec.class_weights != "none" and head.get("type") in _MASK_HEADS:
        raise ConfigError(
            tr("The training was not started."),
            cause=tr(
                "{head} classifies whole masks, not pixels: weights of "
                "classes have no place in it.",
                head=head["type"],
            ),
            hint=tr("Choose no class weights, or another architecture."),
        )
    loss = head.get("loss_cls")
    if isinstance(loss, dict) and "class_weight" in loss:
        loss["class_weight"] = [1.0] * count + [0.1]
    for name in ("num_things_classes", "num_stuff_classes"):
        head.pop(name, None)


def class_heads(model: Config) -> Iterator[Config]:
    """Yield the parts of a network that predict the classes."""
    for name in _HEADS:
        found = model.get(name) or []
        for head in found if isinstance(found, list | tuple) else [found]:
            kernels = [head.get("kernel_generate_head") or {}]
            kernels += head.get("kernel_update_head") or []
            for part in (head, *kernels):
                if "num_classes" in part and part["type"] not in _OTHER_HEADS:
                    yield part


def losses_of(head: Config) -> list[Config]:
    """Return the losses of a head."""
    found = head.get("loss_decode") or []
    return list(found) if isinstance(found, list | tuple) else [found]


# ---------------------------------------------------------------- norms, weights


def _preprocessor() -> Config:
    return {
        "type": "SegDataPreProcessor",
        "mean": [123.675, 116.28, 103.53],
        "std": [58.395, 57.12, 57.375],
        "bgr_to_rgb": True,
        "pad_val": 0,
        "seg_pad_val": IGNORE_INDEX,
    }


def _with_plain_norm(value: Any) -> Any:  # noqa: ANN401 - configs are untyped
    """Return a config whose SyncBN, which needs several GPUs, is BN."""
    if isinstance(value, dict):
        plain = {name: _with_plain_norm(part) for name, part in value.items()}
        if plain.get("type") == "SyncBN":
            plain["type"] = "BN"
        return plain
    if isinstance(value, list | tuple):
        return type(value)(_with_plain_norm(part) for part in value)
    return value


def _without_remote_weights(value: Any) -> Any:  # noqa: ANN401 - configs are untyped
    """Return a config that starts from random weights, so nothing is downloaded."""
    if isinstance(value, dict):
        kept = {}
        for name, part in value.items():
            if name == "init_cfg" and _names_weights(part):
                continue
            if name == "pretrained":
                part = None  # noqa: PLW2901
            kept[name] = _without_remote_weights(part)
        return kept
    if isinstance(value, list | tuple):
        return type(value)(_without_remote_weights(part) for part in value)
    return value


def _names_weights(init_cfg: Any) -> bool:  # noqa: ANN401 - configs are untyped
    parts = init_cfg if isinstance(init_cfg, list | tuple) else [init_cfg]
    return any(part and part.get("type") == "Pretrained" for part in parts)
