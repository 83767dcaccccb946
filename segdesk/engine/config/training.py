"""The training's part of its config: optimizer, schedule, hooks and length."""

import copy
import math
from collections.abc import Callable
from typing import Any

from segdesk.core.language import tr
from segdesk.engine.config.schedule import fit_schedule, shaped_schedule
from segdesk.engine.training.launching import process_count
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import TrainSpec

Config = dict[str, Any]

PLAIN_SCORES = frozenset({"mIoU", "mDice", "aAcc", "mAcc"})
_OPTIMIZERS: dict[str, Config] = {
    "sgd": {"type": "SGD", "lr": 0.01, "momentum": 0.9, "weight_decay": 0.0005},
    "adamw": {
        "type": "AdamW",
        "lr": 0.0005,
        "betas": (0.9, 0.999),
        "weight_decay": 0.01,
    },
}
_KEPT_CHECKPOINTS = 2


def iterations(spec: TrainSpec, pictures: int) -> int:
    """Return the length of a training in iterations.

    Parameters
    ----------
    pictures
        In the training split; an epoch sees each of them once.
    """
    if spec.epochs is None:
        return spec.max_iters
    batch = spec.batch_size * process_count(spec)
    return max(1, math.ceil(spec.epochs * pictures / batch))


def optim_wrapper(
    spec: TrainSpec, recipe: Config, note: Callable[[Noted], None]
) -> Config:
    """Return optimizer, accumulation and precision of a training."""
    wrapper: Config = copy.deepcopy(recipe["optim_wrapper"])
    own = wrapper["optimizer"]
    if spec.optimizer != "recipe":
        chosen = _OPTIMIZERS[spec.optimizer]
        if own["type"] != chosen["type"]:
            wrapper["optimizer"] = dict(chosen)
    wrapper["optimizer"]["lr"] = learning_rate(spec, recipe, note)
    if spec.accumulate > 1:
        wrapper["accumulative_counts"] = spec.accumulate
    if spec.amp:
        wrapper |= {"type": "AmpOptimWrapper", "loss_scale": "dynamic"}
    return wrapper


def learning_rate(
    spec: TrainSpec, recipe: Config, note: Callable[[Noted], None]
) -> float:
    """Return the learning rate: the spec's, or the recipe's for this batch.

    A published rate belongs to its batch. For another one it is scaled: with the batch
    for SGD (Goyal et al. 2017), with its square root for Adam and its kin.
    """
    if spec.lr is not None:
        return spec.lr
    own = recipe["optim_wrapper"]["optimizer"]
    if spec.optimizer != "recipe":
        chosen = _OPTIMIZERS[spec.optimizer]
        if own["type"] != chosen["type"]:
            return float(chosen["lr"])
    rate = float(own["lr"])
    planned = (recipe.get("auto_scale_lr") or {}).get("base_batch_size")
    batch = spec.batch_size * spec.accumulate * process_count(spec)
    if not planned or planned == batch:
        return rate
    ratio = batch / planned
    scaled = rate * (ratio if own["type"] == "SGD" else math.sqrt(ratio))
    scaled = float(f"{scaled:.3g}")
    note(
        Noted(
            "info",
            tr(
                "The learning rate is {scaled:g} instead of {rate:g}.",
                scaled=scaled,
                rate=rate,
            ),
            cause=tr(
                "The published one is for batches of {planned}; these have {batch}.",
                planned=planned,
                batch=batch,
            ),
        )
    )
    return scaled


def schedule(spec: TrainSpec, recipe: Config, length: int, rate: float) -> list[Config]:
    """Return the learning rate's course, as long as the training."""
    if spec.schedule != "recipe":
        return shaped_schedule(spec.schedule, length)
    own = recipe["optim_wrapper"]["optimizer"]["lr"]
    found = recipe.get("param_scheduler") or []
    found = list(found) if isinstance(found, list | tuple) else [found]
    planned = recipe["train_cfg"]["max_iters"]
    return fit_schedule(found, planned, length, rate / own)


def default_hooks(spec: TrainSpec) -> Config:
    """Return timer, logger, schedule and checkpoints."""
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
            "max_keep_ckpts": _KEPT_CHECKPOINTS,
            "save_best": _plain_score(spec),
            "rule": "greater",
        },
        "sampler_seed": {"type": "DistSamplerSeedHook"},
    }


def custom_hooks(spec: TrainSpec) -> list[Config]:
    """Return the hooks that average weights and stop early."""
    hooks: list[Config] = []
    if spec.ema:
        hooks.append(
            {
                "type": "EMAHook",
                # Follows closely at first, so a short training profits too.
                "ema_type": "MomentumAnnealingEMA",
                "momentum": 0.0002,
                "gamma": 100,
                "update_buffers": True,
            }
        )
    if spec.early_stopping is not None:
        hooks.append(
            {
                "type": "EarlyStoppingHook",
                "monitor": _plain_score(spec),
                "rule": "greater",
                "min_delta": 0.01,
                "patience": spec.early_stopping,
                "check_finite": False,
            }
        )
    return hooks


def _plain_score(spec: TrainSpec) -> str:
    """Return the score to keep the best by, as far as plain mmseg knows it."""
    return spec.keep_best if spec.keep_best in PLAIN_SCORES else "mIoU"
