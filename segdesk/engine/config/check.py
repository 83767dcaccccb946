"""A config that the user edited as text: read, and its mistakes named with their line.

mmengine ignores a setting that it does not know, so a slip of the finger would change
nothing and nobody would be told.
"""

import ast
import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from segdesk.core.errors import ConfigError
from segdesk.core.language import tr
from segdesk.engine.config.text import read_config

Config = dict[str, Any]

_NAME = tr("The edited config")
_NEEDED = ("model", "train_dataloader", "train_cfg", "optim_wrapper", "work_dir")
# What mmengine's Runner takes, and what mmseg's own configs hold beside it.
_TOP = frozenset(
    [
        "activation_checkpointing",
        "auto_scale_lr",
        "cfg",
        "compile",
        "crop_size",
        "custom_hooks",
        "custom_imports",
        "data_preprocessor",
        "data_root",
        "dataset_type",
        "default_hooks",
        "default_scope",
        "env_cfg",
        "experiment_name",
        "find_unused_parameters",
        "img_ratios",
        "launcher",
        "load_from",
        "log_level",
        "log_processor",
        "model",
        "model_wrapper_cfg",
        "norm_cfg",
        "optim_wrapper",
        "optimizer",
        "param_scheduler",
        "randomness",
        "resume",
        "runner_type",
        "sync_bn",
        "test_cfg",
        "test_dataloader",
        "test_evaluator",
        "test_pipeline",
        "train_cfg",
        "train_dataloader",
        "train_pipeline",
        "tta_model",
        "tta_pipeline",
        "val_cfg",
        "val_dataloader",
        "val_evaluator",
        "val_pipeline",
        "vis_backends",
        "visualizer",
        "work_dir",
    ]
)
_LOADER = frozenset(
    [
        "batch_sampler",
        "batch_size",
        "collate_fn",
        "dataset",
        "drop_last",
        "num_batch_per_epoch",
        "num_workers",
        "persistent_workers",
        "pin_memory",
        "prefetch_factor",
        "sampler",
        "timeout",
        "worker_init_fn",
    ]
)
_INSIDE = {
    "train_dataloader": _LOADER,
    "val_dataloader": _LOADER,
    "test_dataloader": _LOADER,
    "train_cfg": frozenset(
        [
            "type",
            "by_epoch",
            "max_iters",
            "max_epochs",
            "val_begin",
            "val_interval",
            "dynamic_intervals",
            "fast_forward_on_resume",
        ]
    ),
    "val_cfg": frozenset(["type", "fp16"]),
    "randomness": frozenset(["seed", "diff_rank_seed", "deterministic"]),
    "env_cfg": frozenset(
        ["cudnn_benchmark", "mp_cfg", "dist_cfg", "resource_limit"],
    ),
    "optim_wrapper": frozenset(
        [
            "type",
            "optimizer",
            "clip_grad",
            "accumulative_counts",
            "paramwise_cfg",
            "loss_scale",
            "dtype",
            "constructor",
            "use_fp16",
            "cache_enabled",
        ]
    ),
    "default_hooks": frozenset(
        [
            "timer",
            "runtime_info",
            "logger",
            "param_scheduler",
            "checkpoint",
            "sampler_seed",
            "visualization",
        ]
    ),
}


def read_edited(text: str) -> Config:
    """Read a config that was edited as text, and execute nothing in it.

    Raises
    ------
    UnsafeFileError
        It holds code, or names a type outside the mmseg stack.
    ConfigError
        It is not Python, lacks a part, or holds a setting that nothing reads; the
        error names the line and the nearest known setting.
    """
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise ConfigError(
            tr("{name} was not read.", name=_NAME),
            cause=tr(
                "Line {line} is not Python: {reason}.",
                line=line,
                reason=getattr(error, "msg", error),
            ),
            hint=tr("Mend the line, or go back to the built config."),
            detail=str(error),
        ) from error
    lines = dict(_lines(module))
    config = read_config(text, _NAME)
    _check(config, _TOP, "", lines)
    for name, known in _INSIDE.items():
        if isinstance(config.get(name), dict):
            _check(config[name], known, name, lines)
    if missing := [name for name in _NEEDED if name not in config]:
        raise ConfigError(
            tr("{name} cannot be trained with.", name=_NAME),
            cause=tr("It has no {missing}.", missing=missing[0]),
            hint=tr("Put that part back, or go back to the built config."),
        )
    _check_length(config)
    return config


def _check(
    found: Iterable[str], known: frozenset[str], place: str, lines: dict[str, int]
) -> None:
    for name in found:
        if name in known:
            continue
        full = f"{place}.{name}" if place else name
        near = difflib.get_close_matches(name, sorted(known), 1, 0.5)
        raise ConfigError(
            tr("{name} cannot be trained with.", name=_NAME),
            cause=tr(
                "Line {line}: nothing reads {full!r}, so it would change nothing.",
                line=lines.get(full, 1),
                full=full,
            ),
            hint=tr("The nearest known name is {near!r}.", near=near[0])
            if near
            else tr("Take the line out."),
        )


def _check_length(config: Config) -> None:
    length = config["train_cfg"].get("max_iters")
    if not isinstance(length, int) or length < 1:
        raise ConfigError(
            tr("{name} cannot be trained with.", name=_NAME),
            cause=tr("train_cfg has no max_iters; trainings here count iterations."),
            hint=tr(
                'Write train_cfg = dict(type="IterBasedTrainLoop", max_iters=1000).'
            ),
        )


def _lines(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the line of each setting, and of those one level inside."""
    for statement in module.body:
        if not isinstance(statement, ast.Assign):
            continue
        if not isinstance(statement.targets[0], ast.Name):
            continue
        name = statement.targets[0].id
        yield name, statement.lineno
        value = statement.value
        if isinstance(value, ast.Call):
            for word in value.keywords:
                if word.arg:
                    yield f"{name}.{word.arg}", word.value.lineno
        elif isinstance(value, ast.Dict):
            for key in value.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield f"{name}.{key.value}", key.lineno
