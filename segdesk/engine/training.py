"""One training: from its spec to a checkpoint that the predictor loads."""

import time
from pathlib import Path
from typing import Any

from segdesk.core.errors import JobCancelledError
from segdesk.engine.checkpoint import load_checkpoint, save_for_inference
from segdesk.engine.config_builder import build_config, load_recipe
from segdesk.engine.devices import resolve_device
from segdesk.engine.event_hook import JobEventHook
from segdesk.engine.run_folder import (
    CONFIG_FILE,
    INTERRUPTED_FILE,
    MODEL_FILE,
    open_run_folder,
    recorded,
)
from segdesk.engine.train_runner import TrainRunner, build_runner, close_runner, told
from segdesk.formats.mmseg_dataset import MmsegDataset, check_masks, read_mmseg_dataset
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Progress, TrainDone
from segdesk.jobs.specs import TrainSpec

_CHECK_STEP = 50


def run_training(spec: TrainSpec, context: JobContext) -> TrainDone:
    """Train a model and leave the best of it in the run folder.

    `model.pth` holds the weights of the best validation, stripped to what prediction
    needs.

    Parameters
    ----------
    spec
        What to train, on what, for how long.
    context
        Gets steps, validations and checkpoints. Its stop ends the training after the
        running iteration, with a checkpoint.

    Raises
    ------
    InputError
        The data set, the architecture or a number of the spec cannot be used. Nothing
        was trained.
    ModelError
        The loss is not a number any more, or the GPU's memory is full.
    StorageError
        The run folder cannot be written.
    JobCancelledError
        The user stopped it; `kept` names the checkpoint.
    """
    started_s = time.monotonic()
    recipe = load_recipe(spec.architecture)
    dataset = read_mmseg_dataset(spec.data_dir)
    config = build_config(spec, dataset, recipe)
    _check(dataset, context)
    open_run_folder(spec, config, context.report)
    with recorded(spec.work_dir, context) as (inner, finish):
        hook = JobEventHook(inner)
        _train(spec, config, hook, inner)
        done = TrainDone(
            work_dir=spec.work_dir,
            checkpoint=_write_model(spec, dataset, config, hook),
            config=spec.work_dir / CONFIG_FILE,
            iterations=hook.iteration,
            metrics=hook.best_metrics,
            per_class=hook.best_per_class,
            classes=dataset.classes,
            seconds=time.monotonic() - started_s,
        )
        finish(done)
    return done


def _check(dataset: MmsegDataset, context: JobContext) -> None:
    def looked_at(done: int, total: int) -> None:
        context.check()
        if done % _CHECK_STEP == 0 or done == total:
            context.report(Progress(done, total, "masks", "Checking the data set"))

    check_masks(dataset, looked_at)


def _train(
    spec: TrainSpec, config: dict[str, Any], hook: JobEventHook, context: JobContext
) -> None:
    device = resolve_device(spec.device, context.report)
    runner = build_runner(config, device, context.report)
    runner.register_hook(hook, JobEventHook.priority)
    try:
        with told(spec.work_dir):
            runner.train()
    except JobCancelledError as error:
        raise JobCancelledError(_keep(spec, runner, hook)) from error
    finally:
        close_runner(runner)


def _keep(spec: TrainSpec, runner: TrainRunner, hook: JobEventHook) -> str:
    """Save the weights of a training that was stopped, ready to go on from."""
    if not hook.iteration:
        return ""
    with told(spec.work_dir):
        runner.save_checkpoint(
            str(spec.work_dir),
            INTERRUPTED_FILE,
            by_epoch=False,
            meta={"iter": hook.iteration},
        )
    return f"checkpoint at iteration {hook.iteration}"


def _write_model(
    spec: TrainSpec, dataset: MmsegDataset, config: dict[str, Any], hook: JobEventHook
) -> Path:
    best = Path(hook.best_checkpoint or spec.work_dir / f"iter_{hook.iteration}.pth")
    path = spec.work_dir / MODEL_FILE
    save_for_inference(
        path,
        state_dict=load_checkpoint(best).state_dict,
        config=config,
        classes=dataset.classes,
        iteration=hook.best_iteration or hook.iteration,
    )
    return path
