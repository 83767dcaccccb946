"""What a running training has beside its `config.py`: SegDesk's own metric.

The file in the run folder names nothing but mmseg's parts, so plain mmengine trains
from it. Here the metric is put in that knows each class, with it the scores that only
it measures, and what is computed twice to save memory: mmengine's own way to that
would leave a backbone without gradients.
"""

import copy
from typing import Any

from segdesk.core.classes import ClassList
from segdesk.engine.config.builder import CLASS_SCORE
from segdesk.engine.config.network import (
    checkpointed_parts,
    class_heads,
    losses_of,
)
from segdesk.engine.config.training import PLAIN_SCORES
from segdesk.engine.training.checkpoint_hook import SafeCheckpointHook
from segdesk.engine.training.metric import CLASS_KEY
from segdesk.jobs.specs import TrainSpec

Config = dict[str, Any]


# Optimizers that torch can run as one operator on a processor.
_FUSED_OPTIMIZERS = frozenset({"Adam", "AdamW", "SGD"})


def score_key(spec: TrainSpec, config: Config) -> str:
    """Return the name of the score by which the best weights are kept."""
    if spec.config_text is not None:
        hooks = config.get("default_hooks") or {}
        kept = (hooks.get("checkpoint") or {}).get("save_best")
        return kept if kept in PLAIN_SCORES | {"fgIoU"} else "mIoU"
    return CLASS_KEY if spec.keep_best.startswith(CLASS_SCORE) else spec.keep_best


def live_config(spec: TrainSpec, config: Config, classes: ClassList) -> Config:
    """Return a config with SegDesk's metric and the score to keep the best by."""
    live = copy.deepcopy(config)
    key = score_key(spec, config)
    metric = live.get("val_evaluator") or {}
    metric = metric if isinstance(metric, dict) else metric[0]
    live["val_evaluator"] = {**metric, "type": "PerClassIoUMetric"}
    if key == CLASS_KEY:
        name = spec.keep_best.removeprefix(CLASS_SCORE)
        live["val_evaluator"]["scored_class"] = classes.names.index(name)
    checkpoint = live.setdefault("default_hooks", {}).setdefault("checkpoint", {})
    checkpoint |= {"save_best": key, "rule": "greater"}
    if checkpoint.setdefault("type", "CheckpointHook") == "CheckpointHook":
        checkpoint["type"] = SafeCheckpointHook.__name__
    checkpoint.setdefault("by_epoch", False)
    for hook in live.get("custom_hooks") or []:
        if hook.get("type") == "EarlyStoppingHook":
            hook["monitor"] = key
    if spec.config_text is None:
        for head in class_heads(live["model"]):
            for loss in losses_of(head):
                if loss["type"] == "CrossEntropyLoss":
                    loss["avg_non_ignore"] = True
    live["load_from"] = str(spec.load_from) if spec.load_from else None
    live["resume"] = False
    if spec.activation_checkpointing:
        live["activation_checkpointing"] = checkpointed_parts(config["model"])
    live["launcher"] = spec.launcher
    return live


def fuse_optimizer(live: Config) -> None:
    """Let the optimizer step as one operator, where torch has that.

    Otherwise it calls a dozen operators for each of some hundred tensors: a tenth of
    an iteration of a small network. The steps are the same to rounding.
    """
    optimizer = (live.get("optim_wrapper") or {}).get("optimizer") or {}
    if optimizer.get("type") in _FUSED_OPTIMIZERS and "foreach" not in optimizer:
        optimizer.setdefault("fused", True)
