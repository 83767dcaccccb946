"""From a training's spec, its data set and a recipe to one flat mmengine config.

The recipe (a file in `configs/`) gives network, augmentation, optimizer and schedule.
Everything that depends on the data set or on the spec is filled in here: classes in
every head, crop, folders, the length of the schedule. `build_config` is pure; nothing
in its result needs more than mmseg itself.
"""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from segdesk.core.errors import ConfigError
from segdesk.core.paths import config_path
from segdesk.engine.config_text import read_trusted
from segdesk.engine.schedule import fit_schedule
from segdesk.formats.mmseg_dataset import MASK_SUFFIX, MmsegDataset, Split
from segdesk.jobs.specs import TrainSpec

Config = dict[str, Any]

_SUFFIX = ".py"
_HEADS = ("decode_head", "auxiliary_head")
# Heads that predict something else than the classes, such as a boundary.
_OTHER_HEADS = frozenset({"STDCHead"})
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
        "UPerHead",
    }
)


def architectures() -> tuple[str, ...]:
    """Return the names of the shipped recipes, sorted."""
    return tuple(sorted(path.stem for path in config_path().glob(f"*{_SUFFIX}")))


def check_architecture(architecture: str) -> None:
    """Refuse a name that no shipped recipe has, without importing anything.

    Raises
    ------
    ConfigError
        There is no recipe of that name.
    """
    known = architectures()
    if architecture not in known:
        raise ConfigError(
            "The training was not started.",
            cause=f"There is no architecture {architecture!r}.",
            hint=f"Choose one of: {', '.join(known)}.",
        )


def load_recipe(architecture: str) -> Config:
    """Read a shipped recipe with what it builds on.

    Raises
    ------
    ConfigError
        There is no recipe of that name.
    """
    check_architecture(architecture)
    return read_trusted(config_path(architecture + _SUFFIX))


def build_config(spec: TrainSpec, dataset: MmsegDataset, recipe: Config) -> Config:
    """Return the flat config of one training; `recipe` is left as it is.

    Parameters
    ----------
    spec
        What the user asked for.
    dataset
        Its paired data set.
    recipe
        What `load_recipe` returned, or a flat config of the model zoo.

    Raises
    ------
    ConfigError
        A number of the spec is out of range, or the network cannot train with it.
    """
    check_numbers(spec)
    recipe = copy.deepcopy(recipe)
    model = _model(spec, dataset, recipe)
    test_pipeline = [{"type": "LoadImageFromFile"}, {"type": "PackSegInputs"}]
    val_pipeline = [
        {"type": "LoadImageFromFile"},
        {"type": "LoadAnnotations"},
        {"type": "PackSegInputs"},
    ]
    crop = _crop_size(spec, recipe)
    train_pipeline = _train_pipeline(recipe, crop)
    val_loader = _loader(spec, _data(dataset, "val", val_pipeline), training=False)
    evaluator = {"type": "IoUMetric", "iou_metrics": ["mIoU", "mDice", "mFscore"]}
    return {
        "default_scope": "mmseg",
        "crop_size": crop,
        "model": model,
        "train_pipeline": train_pipeline,
        "val_pipeline": val_pipeline,
        "test_pipeline": test_pipeline,
        "train_dataloader": _loader(
            spec, _data(dataset, "train", train_pipeline), training=True
        ),
        "val_dataloader": val_loader,
        "test_dataloader": copy.deepcopy(val_loader),
        "val_evaluator": evaluator,
        "test_evaluator": dict(evaluator),
        "optim_wrapper": _optim_wrapper(spec, recipe),
        "param_scheduler": _schedule(spec, recipe),
        "train_cfg": {
            "type": "IterBasedTrainLoop",
            "max_iters": spec.max_iters,
            "val_interval": spec.val_interval,
        },
        "val_cfg": {"type": "ValLoop"},
        "test_cfg": {"type": "TestLoop"},
        "default_hooks": _hooks(spec),
        "env_cfg": {
            "cudnn_benchmark": True,
            "mp_cfg": {"mp_start_method": "spawn", "opencv_num_threads": 0},
            "dist_cfg": {"backend": "gloo"},
        },
        "log_processor": {"by_epoch": False, "window_size": 20},
        "log_level": "INFO",
        "load_from": str(spec.load_from) if spec.load_from else None,
        "resume": False,
        "randomness": {"seed": spec.seed},
        "work_dir": str(spec.work_dir),
    }


def check_numbers(spec: TrainSpec) -> None:
    """Refuse numbers with which no training works.

    Raises
    ------
    ConfigError
        A number of the spec is out of range; the error says the bound.
    """
    least = {
        "max_iters": 1,
        "val_interval": 1,
        "checkpoint_interval": 1,
        "log_interval": 1,
        "batch_size": 1,
        "crop_size": 32,
        "num_workers": 0,
    }
    for name, bound in least.items():
        value = getattr(spec, name)
        if value is not None and value < bound:
            raise ConfigError(
                "The training was not started.",
                cause=f"{name} is {value}; the least that works is {bound}.",
                hint=f"Give {bound} or more.",
            )
    if spec.lr is not None and not 0 < spec.lr < float("inf"):
        raise ConfigError(
            "The training was not started.",
            cause=f"The learning rate is {spec.lr}.",
            hint="Give a number above 0, such as 0.001.",
        )


# ---------------------------------------------------------------- network


def _model(spec: TrainSpec, dataset: MmsegDataset, recipe: Config) -> Config:
    model: Config = _without_remote_weights(_with_plain_norm(recipe["model"]))
    if "data_preprocessor" in recipe:
        model.setdefault("data_preprocessor", recipe["data_preprocessor"])
    for head in _heads(model):
        head["num_classes"] = len(dataset.classes)
        if head.get("out_channels") != 1 or len(dataset.classes) != 2:
            head.pop("out_channels", None)
        for loss in _losses(head):
            # Weights were made for other classes; the mean is over labelled pixels.
            loss.pop("class_weight", None)
            if loss["type"] == "CrossEntropyLoss":
                loss["avg_non_ignore"] = True
    crop = _crop_size(spec, recipe)
    model["data_preprocessor"]["size"] = crop
    model["data_preprocessor"].pop("size_divisor", None)
    if spec.batch_size < 2 and (pooling := pooling_part(model)):
        raise ConfigError(
            "The training was not started.",
            cause=f"{pooling} cannot learn from one picture at a time: it normalises "
            "over the pictures of a batch.",
            hint="Choose a batch size of 2 or more.",
        )
    test_cfg = model.setdefault("test_cfg", {"mode": "whole"})
    if test_cfg.get("mode") == "slide":
        test_cfg["crop_size"] = crop
        test_cfg["stride"] = tuple(side * 2 // 3 for side in crop)
    return model


def _heads(model: Config) -> Iterator[Config]:
    for name in _HEADS:
        found = model.get(name) or []
        for head in found if isinstance(found, list | tuple) else [found]:
            kernels = [head.get("kernel_generate_head") or {}]
            kernels += head.get("kernel_update_head") or []
            for part in (head, *kernels):
                if "num_classes" in part and part["type"] not in _OTHER_HEADS:
                    yield part


def _losses(head: Config) -> list[Config]:
    found = head.get("loss_decode") or []
    return list(found) if isinstance(found, list | tuple) else [found]


def pooling_part(model: Config) -> str | None:
    """Return the part of a network that needs two pictures in a batch, or None."""
    parts = [model.get("backbone") or {}, *_heads(model)]
    parts.append((parts[0].get("backbone_cfg")) or {})
    return next((p["type"] for p in parts if p.get("type") in _POOLING), None)


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


# ---------------------------------------------------------------- pictures


def _crop_size(spec: TrainSpec, recipe: Config) -> tuple[int, int]:
    if spec.crop_size is not None:
        return spec.crop_size, spec.crop_size
    found = recipe.get("crop_size", (512, 512))
    return int(found[0]), int(found[1])


def _train_pipeline(recipe: Config, crop: tuple[int, int]) -> list[Config]:
    steps: list[Config] = []
    for step in recipe["train_pipeline"]:
        if step["type"] == "LoadAnnotations":
            step.pop("reduce_zero_label", None)
        if step["type"] == "RandomCrop":
            step["crop_size"] = crop
        steps.append(step)
    return steps


def _data(dataset: MmsegDataset, split: Split, pipeline: list[Config]) -> Config:
    suffixes = dataset.image_suffixes(split)
    parts = [_folder(dataset, split, suffix, pipeline) for suffix in suffixes]
    if len(parts) == 1:
        return parts[0]
    return {"type": "ConcatDataset", "datasets": parts}


def _folder(
    dataset: MmsegDataset, split: Split, suffix: str, pipeline: list[Config]
) -> Config:
    return {
        "type": "BaseSegDataset",
        "data_root": str(dataset.root),
        "data_prefix": {
            "img_path": str(Path("img_dir", split)),
            "seg_map_path": str(Path("ann_dir", split)),
        },
        "img_suffix": suffix,
        "seg_map_suffix": MASK_SUFFIX,
        "metainfo": {
            "classes": list(dataset.classes.names),
            "palette": [list(colour) for colour in dataset.classes.rgb],
        },
        "reduce_zero_label": False,
        "pipeline": copy.deepcopy(pipeline),
    }


def _loader(spec: TrainSpec, dataset: Config, *, training: bool) -> Config:
    return {
        "batch_size": spec.batch_size if training else 1,
        "num_workers": spec.num_workers,
        "persistent_workers": spec.num_workers > 0,
        "sampler": {
            "type": "InfiniteSampler" if training else "DefaultSampler",
            "shuffle": training,
        },
        "dataset": dataset,
    }


# ---------------------------------------------------------------- training


def _optim_wrapper(spec: TrainSpec, recipe: Config) -> Config:
    wrapper: Config = copy.deepcopy(recipe["optim_wrapper"])
    if spec.lr is not None:
        wrapper["optimizer"]["lr"] = spec.lr
    return wrapper


def _schedule(spec: TrainSpec, recipe: Config) -> list[Config]:
    own = recipe["optim_wrapper"]["optimizer"]["lr"]
    schedule = recipe.get("param_scheduler") or []
    schedule = schedule if isinstance(schedule, list) else [schedule]
    planned = recipe["train_cfg"]["max_iters"]
    scale = 1.0 if spec.lr is None else spec.lr / own
    return fit_schedule(schedule, planned, spec.max_iters, scale)


def _hooks(spec: TrainSpec) -> Config:
    return {
        "timer": {"type": "IterTimerHook"},
        "logger": {
            "type": "LoggerHook",
            "interval": spec.log_interval,
            "log_metric_by_epoch": False,
        },
        "param_scheduler": {"type": "ParamSchedulerHook"},
        "checkpoint": {
            "type": "CheckpointHook",
            "by_epoch": False,
            "interval": spec.checkpoint_interval,
            "max_keep_ckpts": 2,
            "save_best": "mIoU",
            "rule": "greater",
        },
        "sampler_seed": {"type": "DistSamplerSeedHook"},
    }
