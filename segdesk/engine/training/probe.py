"""One training step and one validation image, to learn what a training costs."""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import torch

from segdesk.core.errors import MemoryShortError
from segdesk.core.language import tr
from segdesk.engine.config.builder import amp_refused
from segdesk.engine.config.live_config import live_config
from segdesk.engine.config.pictures import crop_of
from segdesk.engine.devices import resolve_device
from segdesk.engine.failures import lacks_memory
from segdesk.engine.peak_memory import PeakMemory
from segdesk.engine.training.kept_memory import freed_memory_kept
from segdesk.engine.training.plan import Plan, plan_training
from segdesk.engine.training.run_folder import write_lists
from segdesk.engine.training.train_runner import TrainRunner, build_runner, close_runner
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import LogLine, Progress, Report
from segdesk.jobs.specs import ProbeSpec
from segdesk.jobs.training_events import ProbeDone

_WARM_UP = 1
_STEPS = 3
_ENOUGH_S = 2.0


def run_probe(spec: ProbeSpec, context: JobContext) -> ProbeDone:
    """Train a few batches and predict one validation image; nothing is kept.

    The first step is a warm-up and not counted; then at most three are timed.

    Raises
    ------
    InputError
        The training cannot be planned.
    ModelError
        The network cannot be built.
    MemoryShortError
        One step needs more memory than there is.
    JobCancelledError
        The user stopped it.
    """
    with tempfile.TemporaryDirectory(prefix="segdesk-probe-") as folder:
        train = msgspec.structs.replace(
            spec.train,
            work_dir=Path(folder),
            resume=False,
            load_from=None,
            launcher="none",
        )
        context.report(Progress(0, 3, "steps", tr("Building the network")))
        plan = plan_training(train, context, note=lambda _note: None)
        chosen = f"cuda:{train.devices[0]}" if train.devices else train.device
        device = resolve_device(chosen, context.report)
        if train.amp and device.type != "cuda":
            raise amp_refused(str(device))
        write_lists(train, plan.data)
        try:
            with freed_memory_kept():
                return _probe(plan, device, context)
        except (RuntimeError, MemoryError) as error:
            if not lacks_memory(error):
                raise
            raise MemoryShortError(
                tr("The probe ran out of memory."),
                cause=tr(
                    "A batch of {batch_size} does not fit on {device}.",
                    batch_size=train.batch_size,
                    device=device,
                ),
                hint=tr("Choose a smaller batch, crop or architecture."),
                detail=str(error),
            ) from error


def _probe(plan: Plan, device: torch.device, context: JobContext) -> ProbeDone:
    def report(event: Report) -> None:
        if not isinstance(event, LogLine):
            context.report(event)

    live = live_config(plan.spec, plan.config, plan.data.classes)
    memory = PeakMemory(device)
    runner = build_runner(live, device, report)
    try:
        context.check()
        context.report(Progress(1, 3, "steps", tr("Training a batch")))
        train_s, parameters = _train_steps(runner, device, context.check)
        context.check()
        context.report(Progress(2, 3, "steps", tr("Predicting an image")))
        val_s = _val_step(runner, device)
    finally:
        close_runner(runner)
    base = plan.base if plan.spec.config_text is None else plan.config
    return ProbeDone(
        architecture=plan.spec.architecture,
        parameters=parameters,
        train_s=train_s,
        val_s=val_s,
        memory_mb=(memory.bytes() or 0) / 2**20,
        device=str(device),
        batch_size=int(plan.config["train_dataloader"]["batch_size"]),
        crop_size=max(crop_of(plan.spec, base)),
    )


def _train_steps(
    runner: TrainRunner, device: torch.device, check: Callable[[], None]
) -> tuple[float, int]:
    """Return the seconds of an iteration, data included, and the number of weights."""
    loader = runner.build_dataloader(runner.cfg.train_dataloader)
    wrapper = runner.build_optim_wrapper(runner.cfg.optim_wrapper)
    wrapper.initialize_count_status(runner.model, 0, _WARM_UP + _STEPS)
    runner.model.train()
    batches: Iterator[Any] = iter(loader)
    taken: list[float] = []
    for number in range(_WARM_UP + _STEPS):
        check()
        started_s = time.perf_counter()
        runner.model.train_step(next(batches), optim_wrapper=wrapper)
        _wait(device)
        if number >= _WARM_UP:
            taken.append(time.perf_counter() - started_s)
        if sum(taken) > _ENOUGH_S:
            break
    parameters = sum(one.numel() for one in runner.model.parameters())
    return sorted(taken)[len(taken) // 2], parameters


def _val_step(runner: TrainRunner, device: torch.device) -> float:
    loader = runner.build_dataloader(runner.cfg.val_dataloader)
    runner.model.eval()
    batch = next(iter(loader))
    started_s = time.perf_counter()
    with torch.no_grad():
        runner.model.val_step(batch)
    _wait(device)
    return time.perf_counter() - started_s


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
