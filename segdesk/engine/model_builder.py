"""From a model's source to a network that predicts."""

import importlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from segdesk.core.classes import ClassList
from segdesk.core.errors import (
    ConfigError,
    ModelError,
    OpsMissingError,
)
from segdesk.core.frozen import install_hint
from segdesk.core.language import joined, tr
from segdesk.engine.architecture import architecture_name, last_head
from segdesk.engine.bootstrap import CompiledOpError, has_compiled_ops, prepare
from segdesk.engine.checkpoint import Checkpoint, load_checkpoint
from segdesk.engine.config.legacy_config import modernised
from segdesk.engine.config.text import read_config, read_trusted
from segdesk.engine.config.types import imports_of
from segdesk.engine.head import HeadKind, classes_of, head_facts
from segdesk.engine.training.weights import load_weights
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import ModelSource
from segdesk.library.zoo_package import MMDET_HINT

log = logging.getLogger(__name__)

# Operators of mmcv with a form in pure PyTorch; every other module of `mmcv.ops`
# calls compiled code.
_PURE_OPS = frozenset(
    [
        "CrissCrossAttention",
        "MultiScaleDeformableAttention",
        "SimpleRoIAlign",
        "SAConv2d",
        "Conv2d",
        "ConvTranspose2d",
        "Linear",
        "MaxPool2d",
    ]
)
# mmseg wraps these heads of mmdetection and imports nothing itself.
_HEADS_OF_MMDET = frozenset(["MaskFormerHead", "Mask2FormerHead"])
_BUILD_ERRORS = (
    RuntimeError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    AssertionError,
    ImportError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class BuiltModel:
    """A network with its weights, ready to predict.

    Parameters
    ----------
    module
        mmseg's segmentor in eval mode, on `device`.
    classes
        One for each label it gives; two for a head with one channel.
    config
        Flattened config in the form of mmseg 1.x, plain values.
    architecture
        "SegFormer-B0".
    num_classes
        What the head was made for.
    out_channels
        Channels of the head's output; 1: a sigmoid with a threshold.
    head
        "softmax": one logit for each class; "sigmoid": one channel, foreground above
        `threshold`; "mask": sums of class probability times mask probability.
    threshold
        Probability from which a "sigmoid" head says foreground.
    align_corners
        How the head's output is resized.
    checkpoint
        Where the weights came from; its own weights are let go.
    """

    module: torch.nn.Module
    device: torch.device
    classes: ClassList
    config: dict[str, Any]
    architecture: str
    num_classes: int
    out_channels: int
    head: HeadKind
    threshold: float
    align_corners: bool
    checkpoint: Checkpoint


def build_model(
    source: ModelSource, device: torch.device, note: Callable[[Noted], None]
) -> BuiltModel:
    """Build a network, load its weights and find out what its labels mean.

    Parameters
    ----------
    source
        Checkpoint, config and, where the checkpoint does not say, the classes.
    device
        Where it will run.
    note
        Takes what the user must know although the model works.

    Raises
    ------
    UnsafeFileError
        Checkpoint or config would run code, and the user did not trust the config.
    CheckpointError, ConfigError
        A file cannot be read, or weights and config do not belong together.
    ClassesUnknownError
        Nobody says what the labels mean.
    OpsMissingError
        The network needs compiled operators.
    ModelError
        The network cannot be built.
    """
    prepare()
    checkpoint = load_checkpoint(source.checkpoint)
    config = config_of(source, checkpoint)
    module = build_network(config, source)
    if missing := missing_ops(module):
        raise ops_missing(source, missing)
    facts = head_facts(module, config["model"])
    classes = classes_of(source, checkpoint, facts)
    load_weights(module, checkpoint, note)
    checkpoint.state_dict.clear()
    return BuiltModel(
        module=module.to(device).eval(),
        device=device,
        classes=classes,
        config=config,
        architecture=architecture_name(config["model"]),
        num_classes=facts.num_classes,
        out_channels=facts.out_channels,
        head=facts.kind,
        threshold=facts.threshold,
        align_corners=facts.align_corners,
        checkpoint=checkpoint,
    )


def config_of(source: ModelSource, checkpoint: Checkpoint) -> dict[str, Any]:
    """Return the flattened config of a model: its own file, else the checkpoint's text.

    Configs of mmseg 0.x are brought into the form of 1.x.

    Raises
    ------
    UnsafeFileError
        Reading it would run code, and the user did not trust it.
    ConfigError
        There is none, or it describes no model.
    """
    if source.config is not None and source.trusted:
        config = read_trusted(source.config)
    elif source.config is not None:
        config = read_config(source.config)
    elif checkpoint.config_text:
        config = read_config(checkpoint.config_text)
    else:
        raise ConfigError(
            tr("{name} was not loaded.", name=source.checkpoint.name),
            cause=tr("The checkpoint carries no config, so its network is unknown."),
            hint=tr("Add it together with the config it was trained with."),
        )
    if not isinstance(config.get("model"), Mapping):
        raise ConfigError(
            tr("{name} was not loaded.", name=source.checkpoint.name),
            cause=tr("Its config describes no model."),
            hint=tr("Add it together with the config it was trained with."),
        )
    return modernised(config)


def build_network(config: Mapping[str, Any], source: ModelSource) -> torch.nn.Module:
    """Build mmseg's segmentor without weights, for prediction only.

    Nothing is downloaded, synchronised batch norm becomes plain, and the auxiliary
    heads, which only training uses, are left out.

    Raises
    ------
    OpsMissingError
        It needs operators or packages that are not installed.
    ModelError
        It cannot be built.
    """
    prepare()
    from mmengine.config import ConfigDict
    from mmengine.model import revert_sync_batchnorm
    from mmengine.registry import init_default_scope
    from mmseg.registry import MODELS

    if config["model"].get("type") == "DepthEstimator":
        raise _not_built(source, tr("It predicts depth, not classes."))
    import_packages(config, tr("{id} was not loaded.", id=source.id))
    model = ConfigDict(_without_pretrained(config["model"]))
    model.pop("auxiliary_head", None)
    model["train_cfg"] = None
    init_default_scope(config.get("default_scope", "mmseg"))
    try:
        module: torch.nn.Module = revert_sync_batchnorm(MODELS.build(model))
    except CompiledOpError as error:
        raise ops_missing(source, (error.op,)) from error
    except _BUILD_ERRORS as error:
        raise _not_built(source, f"{type(error).__name__}: {error}") from error
    return module


def missing_ops(module: torch.nn.Module) -> tuple[str, ...]:
    """Return the operators that a network needs and this mmcv does not have."""
    if has_compiled_ops():
        return ()
    names = {
        type(part).__name__
        for part in module.modules()
        if type(part).__module__.startswith("mmcv.ops.")
    }
    return tuple(sorted(names - _PURE_OPS))


# ---------------------------------------------------------------- building


def ops_missing(source: ModelSource, names: tuple[str, ...]) -> OpsMissingError:
    """Return the error for a network that needs compiled operators."""
    return OpsMissingError(
        tr("{id} was not loaded.", id=source.id),
        cause=tr(
            "It needs compiled mmcv operators ({operators}), and this mmcv "
            "was installed without them.",
            operators=joined(", ", names),
        ),
        hint=tr(
            "Install a wheel of onedl-mmcv that matches your torch from "
            "https://mmwheels.onedl.ai, or choose another architecture."
        ),
    )


def _not_built(source: ModelSource, cause: str) -> ModelError:
    return ModelError(
        tr("{id} was not loaded.", id=source.id),
        cause=cause,
        hint=tr("Check that config and checkpoint belong together."),
    )


def import_packages(config: Mapping[str, Any], refused: str) -> None:
    """Import what a config needs; the reader let only known packages through.

    Parameters
    ----------
    refused
        What is said to have happened when a package is not there.

    Raises
    ------
    OpsMissingError
        A package is not installed; the error says how it is.
    """
    needed = list(imports_of(config))
    if last_head(config["model"]).get("type") in _HEADS_OF_MMDET:
        needed.append("mmdet.models")
    for name in needed:
        try:
            importlib.import_module(name)
        except ImportError as error:
            package = name.partition(".")[0].replace("mmdet", "mmdetection")
            hint = install_hint(
                tr("Install it: pip install onedl-{package}", package=package)
            )
            raise OpsMissingError(
                refused,
                cause=tr(
                    "It needs the package onedl-{package}, which is not "
                    "installed whole.",
                    package=package,
                ),
                hint=MMDET_HINT if package == "mmdetection" else hint,
                detail=str(error),
            ) from error


def _without_pretrained(value: Any) -> Any:  # noqa: ANN401 - configs are untyped
    """Drop every order to fetch weights; they all come from the checkpoint."""
    if isinstance(value, Mapping):
        return {
            key: _without_pretrained(item)
            for key, item in value.items()
            if key not in {"pretrained", "init_cfg", "checkpoint_path"}
        }
    if isinstance(value, list):
        return [_without_pretrained(item) for item in value]
    if isinstance(value, tuple):
        return tuple(_without_pretrained(item) for item in value)
    return value
