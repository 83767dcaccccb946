"""The hook through which a running training speaks, and is stopped."""

import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segdesk.core.language import tr
from segdesk.engine.bootstrap import prepare

prepare()

import torch  # noqa: E402 - after the adapter
from mmengine.hooks import Hook, IterTimerHook  # noqa: E402

from segdesk.core.errors import JobCancelledError, ModelError  # noqa: E402
from segdesk.core.segmentation_metrics import PerClass  # noqa: E402
from segdesk.engine.peak_memory import PeakMemory  # noqa: E402
from segdesk.engine.training.metric import CLASS_KEY, PerClassIoUMetric  # noqa: E402
from segdesk.engine.training.processes import Processes, Wish  # noqa: E402
from segdesk.engine.training.resuming import RNG_KEY, rng_state  # noqa: E402
from segdesk.jobs.control import JobContext  # noqa: E402
from segdesk.jobs.events import (  # noqa: E402
    CheckpointSaved,
    Progress,
    TrainStep,
    Validated,
)
from segdesk.jobs.training_events import TrainPaused  # noqa: E402

if TYPE_CHECKING:
    from segdesk.engine.training.validation_hook import ValidationHook

STEP_INTERVAL_S = 0.2
_PAUSE_POLL_S = 0.1

Metrics = dict[str, float | None]
Score = Callable[[Metrics, PerClass], float | None]


class JobEventHook(Hook):  # type: ignore[misc, unused-ignore]
    """Reports steps, validations and checkpoints, and raises when asked to stop.

    Parameters
    ----------
    context
        Where reports go and stops come from.
    validation
        What a validation gives beside its metrics.
    score
        Picks from metrics and per-class values what the best weights are kept by.
    processes
        That train together: the first reports, all stop together.

    Attributes
    ----------
    iteration
        Training iterations that are done.
    best_iteration
        The iteration whose weights have the best validation so far; None before one.
    best_metrics, best_per_class
        What that validation measured.
    best_checkpoint
        File with those weights; None before one.
    """

    priority = "VERY_LOW"

    def __init__(
        self,
        context: JobContext,
        validation: "ValidationHook | None" = None,
        score: "Score | None" = None,
        processes: Processes | None = None,
    ) -> None:
        self._processes = processes or Processes()
        self._owes_validation = False
        self.iteration = 0
        self._validation = validation
        self._score = score or _mean_iou
        self._best = -math.inf
        self.best_iteration: int | None = None
        self.best_metrics: Metrics = {}
        self.best_per_class: PerClass = {}
        self.best_checkpoint: str | None = None
        self._context = context
        self._last_step_s = -math.inf
        self._memory: PeakMemory | None = None
        self._checkpoint: str | None = None

    def after_train_iter(
        self,
        runner: Any,  # noqa: ANN401 - mmengine's Runner
        batch_idx: int,
        data_batch: object = None,
        outputs: dict[str, torch.Tensor] | None = None,
    ) -> None:
        """Report the step, at most five times a second.

        Raises
        ------
        JobCancelledError
            When a stop was asked for.
        ModelError
            When the loss is not a number any more.
        """
        self.iteration = batch_idx + 1
        outputs = outputs or {}
        if (now := time.monotonic()) - self._last_step_s >= STEP_INTERVAL_S or (
            self.iteration == runner.max_iters
        ):
            self._last_step_s = now
            self._context.report(self._step(runner, _losses(outputs)))
        has_diverged = "loss" in outputs and not math.isfinite(
            float(outputs["loss"].detach())
        )
        if not has_diverged:
            self._report_checkpoint(runner)
        wish = self._processes.agree(Wish.GIVE_UP if has_diverged else self._wish())
        if wish is Wish.GIVE_UP:
            raise self._diverged()
        if wish is Wish.WAIT:
            wish = self._wait(runner)
        if wish is Wish.STOP:
            raise JobCancelledError

    def before_train(self, runner: Any) -> None:  # noqa: ANN401 - mmengine's
        """Count the memory that the training takes, not what came before it."""
        self._memory = PeakMemory(runner.device)

    def before_train_epoch(self, runner: Any) -> None:  # noqa: ANN401 - mmengine's
        """Make up for a validation that the stop before this run cut off."""
        if self._owes_validation and runner.val_loop is not None:
            runner.val_loop.run()

    def before_save_checkpoint(
        self,
        runner: Any,  # noqa: ANN401 - mmengine's Runner
        checkpoint: dict[str, Any],
    ) -> None:
        """Put the state of chance into a checkpoint, to go on exactly from it."""
        del runner
        before = self._validation.chance if self._validation else None
        checkpoint[RNG_KEY] = before or rng_state()

    def after_load_checkpoint(
        self,
        runner: Any,  # noqa: ANN401 - our TrainRunner
        checkpoint: dict[str, Any],
    ) -> None:
        """Take it from there again, and where the run stands."""
        runner.chance = checkpoint.get(RNG_KEY)
        self.iteration = int(checkpoint["meta"]["iter"])
        info = (checkpoint.get("message_hub") or {}).get("runtime_info") or {}
        if (best := info.get("best_ckpt")) and Path(best).is_file():
            self.best_checkpoint = best
        self._checkpoint = info.get("last_ckpt")

    def remember(
        self, earlier: Iterable[Validated], iteration: int, *, is_due: bool
    ) -> None:
        """Take validations of an earlier part of the run into account.

        Parameters
        ----------
        iteration
            Where that part ended.
        is_due
            A validation belongs there; it is made up for where it is missing.
        """
        done = set()
        for event in earlier:
            done.add(event.iteration)
            self._compare(event.iteration, event.metrics, event.per_class)
        self._owes_validation = is_due and iteration not in done

    def after_val_iter(
        self,
        runner: Any,  # noqa: ANN401 - mmengine's Runner
        batch_idx: int,
        data_batch: object = None,
        outputs: object = None,
    ) -> None:
        """Report how far the validation is.

        Raises
        ------
        JobCancelledError
            When a stop was asked for.
        """
        total = len(runner.val_dataloader)
        if (now := time.monotonic()) - self._last_step_s >= STEP_INTERVAL_S:
            self._last_step_s = now
            self._context.report(Progress(batch_idx + 1, total, "images", "Validating"))
        if self._processes.agree(self._wish()) is Wish.STOP:
            raise JobCancelledError

    def after_val_epoch(
        self,
        runner: Any,  # noqa: ANN401 - mmengine's Runner
        metrics: dict[str, float] | None = None,
    ) -> None:
        """Report what the validation measured and the best checkpoint so far."""
        found = {name: _finite(value) for name, value in (metrics or {}).items()}
        found.pop(CLASS_KEY, None)
        per_class: PerClass = {}
        for metric in runner.val_evaluator.metrics:
            if isinstance(metric, PerClassIoUMetric):
                per_class |= metric.per_class
        self._compare(self.iteration, found, per_class)
        extra = self._validation
        self._context.report(
            Validated(
                iteration=self.iteration,
                metrics=found,
                per_class=per_class,
                val_loss=extra.loss if extra else None,
                seconds=extra.seconds if extra else 0.0,
            )
        )
        _restart_clock(runner)
        if extra and (previews := extra.previews(self.iteration)):
            self._context.report(previews)
        self._report_checkpoint(runner)
        path = runner.message_hub.runtime_info.get("best_ckpt")
        if path and path != self.best_checkpoint:
            self.best_checkpoint = path
            self._context.report(CheckpointSaved(Path(path), self.iteration, best=True))

    def _compare(self, iteration: int, found: Metrics, per_class: PerClass) -> None:
        if not self._processes.is_first:
            return  # the values of the classes are the first's
        now = self._score(found, per_class)
        if self.best_iteration is None or (now is not None and now > self._best):
            self._best = -math.inf if now is None else now
            self.best_iteration = iteration
            self.best_metrics, self.best_per_class = found, per_class

    def _wish(self) -> Wish:
        stop = self._context.stop
        if stop.is_set():
            return Wish.STOP
        return Wish.WAIT if stop.is_paused() else Wish.GO_ON

    def _wait(self, runner: Any) -> Wish:  # noqa: ANN401 - mmengine's Runner
        """Wait until the pause ends or a stop is asked for; returns which."""
        self._context.report(TrainPaused(self.iteration, paused=True))
        while (wish := self._processes.agree(self._wish())) is Wish.WAIT:
            self._context.stop.wait(_PAUSE_POLL_S)
        self._context.report(TrainPaused(self.iteration, paused=False))
        _restart_clock(runner)
        return wish

    def _step(self, runner: Any, losses: Metrics) -> TrainStep:  # noqa: ANN401
        hub, used = runner.message_hub, self._memory and self._memory.bytes()
        return TrainStep(
            iteration=self.iteration,
            total=runner.max_iters,
            losses=losses,
            lr=float(hub.get_scalar("train/lr").current()),
            iter_time_s=float(hub.get_scalar("train/time").current()),
            data_time_s=float(hub.get_scalar("train/data_time").current()),
            memory_mb=used / 2**20 if used else None,
        )

    def _report_checkpoint(self, runner: Any) -> None:  # noqa: ANN401
        path = runner.message_hub.runtime_info.get("last_ckpt")
        if path and path != self._checkpoint:
            self._checkpoint = path
            self._context.report(CheckpointSaved(Path(path), self.iteration))

    def _diverged(self) -> ModelError:
        kept = (
            tr(
                "The checkpoint {name} is from before that.",
                name=Path(self._checkpoint).name,
            )
            if self._checkpoint
            else tr("No checkpoint was written before that.")
        )
        return ModelError(
            tr("The training was stopped."),
            cause=tr(
                "The loss is not a number at iteration {iteration}: the "
                "weights have run away. {kept}",
                iteration=self.iteration,
                kept=kept,
            ),
            hint=tr("Train again with a tenth of the learning rate."),
        )


def _restart_clock(runner: Any) -> None:  # noqa: ANN401 - mmengine's Runner
    """Keep a pause or a validation out of the time of the next iteration."""
    for hook in runner.hooks:
        if isinstance(hook, IterTimerHook):
            hook.t = time.time()


def _mean_iou(metrics: Metrics, _per_class: PerClass) -> float | None:
    return metrics.get("mIoU")


def _losses(outputs: dict[str, torch.Tensor]) -> Metrics:
    return {
        name: _finite(float(value.detach()))
        for name, value in outputs.items()
        if "loss" in name
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
