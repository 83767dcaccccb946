"""From a training's spec, its data set and a recipe to one flat mmengine config.

The recipe (a file in `configs/`, a config of the zoo or the user's own) gives network,
augmentation, optimizer and schedule. Everything that depends on the data set or on the
spec is filled in here: classes in every head, crop, files, the length of the schedule.
`build_config` is pure; nothing in its result needs more than mmseg itself.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any

from segdesk.core.errors import ConfigError
from segdesk.core.language import joined, tr
from segdesk.engine.config.network import balanced_weights, fit_model
from segdesk.engine.config.pictures import (
    crop_of,
    loader,
    test_pipelines,
    train_pipeline,
    with_lists_in,
)
from segdesk.engine.config.training import (
    custom_hooks,
    default_hooks,
    iterations,
    optim_wrapper,
    schedule,
)
from segdesk.engine.training.launching import check_launch
from segdesk.formats.training_set import TrainingSet
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import TrainSpec

Config = dict[str, Any]

SCORES = ("mIoU", "fgIoU", "mDice")
CLASS_SCORE = "IoU:"


def build_config(
    spec: TrainSpec,
    data: TrainingSet,
    recipe: Config,
    *,
    pixels: Sequence[int] | None = None,
    note: Callable[[Noted], None] = lambda _note: None,
) -> Config:
    """Return the flat config of one training; `recipe` is left as it is.

    Parameters
    ----------
    spec
        What the user asked for. Of a spec with a `config_text` only the folder of the
        run counts, and `recipe` is that text, read.
    data
        Its data set.
    recipe
        What `load_base` returned.
    pixels
        Pixels of each class in the training masks; needed for balanced weights.
    note
        Takes what was decided and should be said.

    Raises
    ------
    ConfigError
        A number of the spec is out of range, or the network cannot train with it.
    """
    check_numbers(spec)
    if spec.config_text is not None:
        found = with_lists_in(copy.deepcopy(recipe), spec.work_dir)
        return {**found, "work_dir": str(spec.work_dir), "resume": spec.resume}
    check_score(spec, data)
    recipe = copy.deepcopy(recipe)
    crop = crop_of(spec, recipe)
    length = iterations(spec, len(data.splits["train"]))
    train_steps = train_pipeline(spec, recipe, crop)
    val_steps, test_steps = test_pipelines(spec, recipe)
    val_loader = loader(spec, data, "val", val_steps)
    wrapper = optim_wrapper(spec, recipe, note)
    rate = wrapper["optimizer"]["lr"]
    evaluator = {"type": "IoUMetric", "iou_metrics": ["mIoU", "mDice", "mFscore"]}
    weights = _weights(spec, data, pixels)
    model = fit_model(spec, data.classes, recipe, crop, weights)
    config = {
        "default_scope": "mmseg",
        "crop_size": crop,
        "model": model,
        "train_pipeline": train_steps,
        "val_pipeline": val_steps,
        "test_pipeline": test_steps,
        "train_dataloader": loader(spec, data, "train", train_steps),
        "val_dataloader": val_loader,
        "test_dataloader": copy.deepcopy(val_loader),
        "val_evaluator": evaluator,
        "test_evaluator": dict(evaluator),
        "optim_wrapper": wrapper,
        "param_scheduler": schedule(spec, recipe, length, rate),
        "train_cfg": {
            "type": "IterBasedTrainLoop",
            "max_iters": length,
            "val_interval": spec.val_interval,
        },
        "val_cfg": {"type": "ValLoop"},
        "test_cfg": {"type": "TestLoop"},
        "default_hooks": default_hooks(spec),
        "custom_hooks": custom_hooks(spec),
        "env_cfg": {
            "cudnn_benchmark": not spec.deterministic,
            "mp_cfg": {"mp_start_method": "spawn", "opencv_num_threads": 0},
            "dist_cfg": {"backend": "gloo"},
        },
        "log_processor": {"by_epoch": False, "window_size": 20},
        "log_level": "INFO",
        "load_from": str(spec.load_from) if spec.load_from else None,
        "resume": False,
        "randomness": {"seed": spec.seed, "deterministic": spec.deterministic},
        "work_dir": str(spec.work_dir),
    }
    if recipe.get("custom_imports"):
        config["custom_imports"] = recipe["custom_imports"]
    return config


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
        "accumulate": 1,
        "crop_size": 32,
        "early_stopping": 1,
        "previews": 0,
        "num_workers": 0,
    }
    for name, bound in least.items():
        value = getattr(spec, name)
        if value is not None and value < bound:
            raise ConfigError(
                tr("The training was not started."),
                cause=tr(
                    "{name} is {value}; the least that works is {bound}.",
                    name=name,
                    value=value,
                    bound=bound,
                ),
                hint=tr("Give {bound} or more.", bound=bound),
            )
    if spec.lr is not None and not 0 < spec.lr < float("inf"):
        raise ConfigError(
            tr("The training was not started."),
            cause=tr("The learning rate is {lr}.", lr=spec.lr),
            hint=tr("Give a number above 0, such as 0.001."),
        )
    if spec.epochs is not None and not 0 < spec.epochs < float("inf"):
        raise ConfigError(
            tr("The training was not started."),
            cause=tr("epochs is {epochs}.", epochs=spec.epochs),
            hint=tr("Give a number above 0, such as 10 or 0.5."),
        )
    if not 0.05 <= spec.pseudo_weight <= 1:
        raise ConfigError(
            tr("The training was not started."),
            cause=tr("pseudo_weight is {weight}.", weight=spec.pseudo_weight),
            hint=tr("Give a number from 0.05 to 1; 0.5 lets labels by hand lead."),
        )
    check_launch(spec)
    if spec.amp and (spec.device == "cpu" or spec.device.startswith("mps")):
        raise amp_refused(spec.device)


def amp_refused(device: str) -> ConfigError:
    """Return the error that says why a device does not train in mixed precision."""
    return ConfigError(
        tr("The training was not started."),
        cause=tr(
            "Mixed precision (amp) needs a GPU of NVIDIA; this would run on {device}.",
            device=device,
        ),
        hint=tr("Switch it off, or choose such a GPU."),
    )


def check_score(spec: TrainSpec, data: TrainingSet) -> None:
    """Refuse a score to keep the best by that no validation measures.

    Raises
    ------
    ConfigError
        It is not known, or names a class that the data set does not have.
    """
    name = spec.keep_best
    if name in SCORES or name.removeprefix(CLASS_SCORE) in data.classes.names:
        return
    raise ConfigError(
        tr("The training was not started."),
        cause=tr(
            "keep_best is {name!r}, which no validation measures here.", name=name
        ),
        hint=tr(
            "Choose {scores}, or {class_score} and one of: {classes}.",
            scores=joined(", ", SCORES),
            class_score=CLASS_SCORE,
            classes=joined(", ", data.classes.names),
        ),
    )


def _weights(
    spec: TrainSpec, data: TrainingSet, pixels: Sequence[int] | None
) -> tuple[float, ...] | None:
    if spec.class_weights == "none":
        return None
    if spec.class_weights == "balanced":
        return balanced_weights(pixels) if pixels is not None else None
    if len(spec.class_weights) != len(data.classes):
        raise ConfigError(
            tr("The training was not started."),
            cause=tr(
                "There are {class_weights} class weights and {classes} classes.",
                class_weights=len(spec.class_weights),
                classes=len(data.classes),
            ),
            hint=tr("Give one weight for each class, in their order."),
        )
    if not all(0 <= weight < float("inf") for weight in spec.class_weights):
        raise ConfigError(
            tr("The training was not started."),
            cause=tr("A class weight is below 0 or not a number."),
            hint=tr("Give weights from 0 up; 1 leaves a class as it is."),
        )
    return spec.class_weights
