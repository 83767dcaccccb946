"""One training: from its spec to a checkpoint that the predictor loads."""

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch

from segdesk.core.errors import JobCancelledError, MemoryShortError, SegDeskError
from segdesk.core.language import tr
from segdesk.core.segmentation_metrics import PerClass
from segdesk.engine.checkpoint import load_checkpoint, save_for_inference
from segdesk.engine.confidence.after_training import calibrate_trained
from segdesk.engine.config.builder import CLASS_SCORE, amp_refused
from segdesk.engine.config.live_config import live_config, score_key
from segdesk.engine.failures import lacks_memory
from segdesk.engine.training.event_hook import JobEventHook, Metrics, Score
from segdesk.engine.training.kept_memory import freed_memory_kept
from segdesk.engine.training.memory_ladder import step_down
from segdesk.engine.training.metric import CLASS_KEY
from segdesk.engine.training.plan import Plan, check_data, plan_training
from segdesk.engine.training.processes import Processes, joining
from segdesk.engine.training.resuming import ResumePoint, find_resume_point
from segdesk.engine.training.run_folder import (
    CONFIG_FILE,
    EVENTS_FILE,
    INTERRUPTED_FILE,
    MODEL_FILE,
    check_run_folder,
    held_run_folder,
    part_name,
    recorded,
    write_plan,
)
from segdesk.engine.training.train_runner import (
    TrainRunner,
    build_runner,
    close_runner,
    told,
    whole_weights,
)
from segdesk.engine.training.validation_hook import ValidationHook
from segdesk.jobs.codec import decode_event
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import CheckpointSaved, Noted, TrainDone, Validated
from segdesk.jobs.specs import TrainSpec
from segdesk.jobs.training_events import MemoryAdapted


@dataclass(frozen=True, slots=True)
class _Shortage:
    """The memory ran out.

    Parameters
    ----------
    said
        By torch.
    is_kept
        Whether the training can go on from where it was.
    """

    said: str
    is_kept: bool


def run_training(spec: TrainSpec, context: JobContext) -> TrainDone:
    """Train a model and leave the best of it in the run folder.

    `model.pth` holds the weights of the best validation, stripped to what prediction
    needs. When the memory runs out, the training goes on with less, and says so.

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
        The loss is not a number any more, or the memory does not suffice.
    StorageError
        The run folder cannot be written.
    JobCancelledError
        The user stopped it; `kept` names the checkpoint.
    """
    with joining(spec, context.report) as processes:
        if not processes.is_first:
            return _follow(context, processes)
        try:
            return _lead(spec, context, processes)
        finally:
            processes.release()


def _lead(spec: TrainSpec, context: JobContext, processes: Processes) -> TrainDone:
    """Train as the process that decides, reports and writes."""
    started_s = time.monotonic()
    plan = plan_training(spec, context)
    if spec.amp and processes.device.type != "cuda":
        raise amp_refused(str(processes.device))
    if not spec.resume:
        check_run_folder(spec.work_dir)
    check_data(plan.data, context)
    with held_run_folder(spec.work_dir):
        point = _resume_point(plan, context)
        write_plan(spec, plan.data, plan.config)
        with recorded(spec.work_dir, context, append=spec.resume) as (inner, finish):
            processes.share((plan, point))
            hook = _train_within_memory(plan, processes, inner, point)
            model = _write_model(plan, hook)
            seconds = time.monotonic() - started_s
            fitted = calibrate_trained(spec, plan.data, model, inner)
            done = _done(plan, hook, model, seconds)
            done = msgspec.structs.replace(done, calibration=fitted)
            finish(done)
    return done


def _follow(context: JobContext, processes: Processes) -> TrainDone:
    """Train beside the first process, and say nothing of it.

    Raises
    ------
    JobCancelledError
        Also when the first process did not start the training; it says why.
    """
    started_s = time.monotonic()
    found = processes.share()
    if found is None:
        raise JobCancelledError
    plan, point = found
    quiet = JobContext(lambda _report: None, context.stop)
    hook = _train_within_memory(plan, processes, quiet, point)
    path = plan.spec.work_dir / MODEL_FILE
    return _done(plan, hook, path, time.monotonic() - started_s)


def _done(plan: Plan, hook: JobEventHook, model: Path, seconds: float) -> TrainDone:
    return TrainDone(
        work_dir=plan.spec.work_dir,
        checkpoint=model,
        config=plan.spec.work_dir / CONFIG_FILE,
        iterations=hook.iteration,
        metrics=hook.best_metrics,
        per_class=hook.best_per_class,
        classes=plan.data.classes,
        seconds=seconds,
    )


def free_memory() -> None:
    """Give back what nothing refers to any more, of the GPU too."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _resume_point(plan: Plan, context: JobContext) -> ResumePoint | None:
    if not plan.spec.resume:
        return None
    return find_resume_point(
        plan.spec.work_dir, plan.data.classes, plan.length, context.report
    )


def _train_within_memory(
    plan: Plan, processes: Processes, context: JobContext, point: ResumePoint | None
) -> JobEventHook:
    """Train, and go on with less where the memory does not suffice.

    Raises
    ------
    MemoryShortError
        Nothing is left to give up, or the user forbade it, or several processes
        train together: the others wait for the one that failed.
    """
    while True:
        with freed_memory_kept():
            try:
                hook, shortage = _train(plan, processes, context, point)
            finally:
                free_memory()
        if shortage is None:
            return hook
        step = None
        goes_on = shortage.is_kept and processes.count == 1
        if plan.spec.adapt_memory and goes_on:
            step = step_down(plan, hook.iteration, processes.device.type)
        if step is None:
            raise _short_of_memory(plan, processes, shortage.said)
        plan = plan.changed(step.spec)
        context.report(
            MemoryAdapted(
                iteration=hook.iteration, step=step.words, changes=step.changes
            )
        )
        write_plan(plan.spec, plan.data, plan.config)
        if hook.iteration:
            path = plan.spec.work_dir / INTERRUPTED_FILE
            point = ResumePoint(path, hook.iteration)


def _train(
    plan: Plan, processes: Processes, context: JobContext, point: ResumePoint | None
) -> tuple[JobEventHook, _Shortage | None]:
    """Train to the end, or until the memory runs out."""
    spec = plan.spec
    validation = ValidationHook(spec, processes)
    hook = JobEventHook(context, validation, _score(plan), processes)
    if point is not None:
        _remember(hook, plan, point)
    live = live_config(spec, plan.config, plan.data.classes)
    runner = build_runner(live, processes.device, context.report, point)
    runner.register_hook(validation, validation.priority)
    runner.register_hook(hook, JobEventHook.priority)
    try:
        with told(spec.work_dir):
            runner.train()
    except JobCancelledError as error:
        raise JobCancelledError(_keep(spec, runner, hook, validation)) from error
    except (RuntimeError, MemoryError) as error:
        if not lacks_memory(error):
            raise
        said = str(error) or tr("out of memory")
    else:
        return hook, None
    finally:
        close_runner(runner)
    # Here, as the error held on to what the network had computed.
    is_kept = processes.count == 1 and _kept_though_short(
        spec, context, runner, hook, validation
    )
    return hook, _Shortage(said, is_kept=is_kept)


def _kept_though_short(
    spec: TrainSpec,
    context: JobContext,
    runner: TrainRunner,
    hook: JobEventHook,
    validation: ValidationHook,
) -> bool:
    """Save where a training is that ran out of memory, if that works at all."""
    runner.model.zero_grad(set_to_none=True)
    try:
        _keep(spec, runner, hook, validation)
    except (SegDeskError, RuntimeError, MemoryError):
        (spec.work_dir / part_name(INTERRUPTED_FILE)).unlink(missing_ok=True)
        words = tr("The state of the training was not saved.")
        cause = tr("The memory did not suffice for that either.")
        context.report(Noted("warning", words, cause=cause))
        return False
    if hook.iteration:
        path = spec.work_dir / INTERRUPTED_FILE
        context.report(CheckpointSaved(path, hook.iteration))
    return True


def _keep(
    spec: TrainSpec, runner: TrainRunner, hook: JobEventHook, validation: ValidationHook
) -> str:
    """Save the weights of a training that was stopped, ready to go on from."""
    if not hook.iteration:
        return ""
    if validation.running:
        whole_weights(runner)
    with told(spec.work_dir):
        runner.save_checkpoint(
            str(spec.work_dir),
            INTERRUPTED_FILE,
            by_epoch=False,
            meta={"iter": hook.iteration},
        )
    return tr("checkpoint at iteration {iteration}", iteration=hook.iteration)


def _write_model(plan: Plan, hook: JobEventHook) -> Path:
    folder = plan.spec.work_dir
    best = Path(hook.best_checkpoint or folder / f"iter_{hook.iteration}.pth")
    if not best.is_file():
        best = folder / INTERRUPTED_FILE  # stopped at the very end
    path = folder / MODEL_FILE
    save_for_inference(
        path,
        state_dict=load_checkpoint(best).state_dict,
        config=plan.config,
        classes=plan.data.classes,
        iteration=hook.best_iteration or hook.iteration,
    )
    return path


def _score(plan: Plan) -> Score:
    """Return what picks the score from a validation."""
    key = score_key(plan.spec, plan.config)
    if key != CLASS_KEY:
        return lambda metrics, _per_class: metrics.get(key)
    name = plan.spec.keep_best.removeprefix(CLASS_SCORE)
    index = plan.data.classes.names.index(name)

    def of_class(_metrics: Metrics, per_class: PerClass) -> float | None:
        return per_class["IoU"][index]

    return of_class


def _remember(hook: JobEventHook, plan: Plan, point: ResumePoint) -> None:
    """Tell a hook what the run measured, and whether a validation is missing."""
    path = plan.spec.work_dir / EVENTS_FILE
    is_due = point.iteration >= plan.length or (
        point.iteration % plan.config["train_cfg"].get("val_interval", 1000) == 0
    )
    hook.remember(_earlier(path, point.iteration), point.iteration, is_due=is_due)


def _earlier(path: Path, until: int) -> Iterator[Validated]:
    """Yield the validations of an earlier part of a run."""
    if not path.is_file():
        return
    for line in path.read_bytes().splitlines():
        try:
            event = decode_event(line)
        except msgspec.MsgspecError:
            continue  # a crash cut it short
        if isinstance(event, Validated) and event.iteration <= until:
            yield event


def _device_words(device: torch.device) -> str:
    if device.type == "cpu":
        return tr("this machine")
    return f"GPU {device.index or 0}" if device.type == "cuda" else tr("the GPU")


def _short_of_memory(plan: Plan, processes: Processes, said: str) -> MemoryShortError:
    spec = plan.spec
    tried = ""
    if processes.count > 1:
        tried = tr("Several processes that train together do not adapt themselves. ")
    elif spec.adapt_memory:
        tried = tr("It was tried with less, step by step. ")
    return MemoryShortError(
        tr("The training ran out of memory."),
        cause=tr(
            "{tried}A batch of {batch_size} does not fit into the "
            "memory of {device}. Checkpoints that were written "
            "before stay.",
            tried=tried,
            batch_size=spec.batch_size,
            device=_device_words(processes.device),
        ),
        hint=tr(
            "Choose a smaller batch, crop or architecture, or let the training adapt "
            "itself on one device."
        )
        if processes.count > 1 or not spec.adapt_memory
        else tr(
            "Choose a smaller architecture or another device, or close what else "
            "uses the memory."
        ),
        detail=said,
    )
