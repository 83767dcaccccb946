"""The journey of training: runs that wait, run, pause, stop and become models."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

import msgspec

from segdesk.app.desk import Desk
from segdesk.app.notices import Verb
from segdesk.app.ports import TrainerPort, TrainHandle
from segdesk.app.signal import Signal
from segdesk.app.training_run import (
    RunState,
    TrainingRun,
    extended,
    resumed,
    score_of,
    share_device,
)
from segdesk.core.errors import EngineDiedError, InputError
from segdesk.jobs.events import (
    Cancelled,
    CheckpointSaved,
    Failed,
    Noted,
    Report,
    Succeeded,
    Terminal,
    TrainDone,
    TrainStep,
    Validated,
)
from segdesk.jobs.specs import TrainSpec
from segdesk.jobs.training_events import MemoryAdapted, PreviewsSaved, TrainPaused

Milestone = (
    Noted | Validated | PreviewsSaved | TrainPaused | MemoryAdapted | CheckpointSaved
)
"""What is said of a run and remembered; steps and lines of the log are passed on."""


class TakesTrained(Protocol):
    """Takes what a training made into the library of models."""

    def take(
        self, spec: TrainSpec, done: TrainDone, taken: Callable[[str], object]
    ) -> None:
        """Take the best of a run in; `taken` gets the id of the model."""
        ...


@dataclass(slots=True)
class _Live:
    """What only a run at work has."""

    handle: TrainHandle | None = None
    is_stopped: bool = False


class Training:
    """Starts trainings; those that want the same device run one after the other.

    Parameters
    ----------
    trainer
        Runs each in an engine process of its own, so that predicting goes on.
    library
        Takes the models that come of them.

    Attributes
    ----------
    changed
        Fires when a run is there, waits, runs, pauses or ends; not with its steps.
    reported
        Fires with a run's key and each of its reports, steps included.
    ended
        Fires with a run's key and how it ended.
    registered
        Fires with a run's key and the id of its model in the library.
    """

    def __init__(self, desk: Desk, trainer: TrainerPort, library: TakesTrained) -> None:
        self.changed: Signal[()] = Signal()
        self.reported: Signal[int, Report] = Signal()
        self.ended: Signal[int, Terminal] = Signal()
        self.registered: Signal[int, str] = Signal()
        self._jobs = desk.jobs
        self._notices = desk.notices
        self._trainer = trainer
        self._library = library
        self._keys = count(1)
        self._runs: dict[int, TrainingRun] = {}
        self._live: dict[int, _Live] = {}
        self._events: dict[int, list[Milestone]] = {}

    # ------------------------------------------------------------ what is so

    @property
    def runs(self) -> tuple[TrainingRun, ...]:
        """All runs of this sitting, oldest first."""
        return tuple(self._runs.values())

    @property
    def queue(self) -> tuple[TrainingRun, ...]:
        """The runs that wait for their device, next first."""
        return tuple(run for run in self.runs if run.state is RunState.QUEUED)

    @property
    def live(self) -> tuple[TrainingRun, ...]:
        """The runs at work, oldest first."""
        return tuple(run for run in self.runs if run.is_live)

    def run(self, key: int) -> TrainingRun | None:
        """Return one run, or None if there is none of this key."""
        return self._runs.get(key)

    def events(self, key: int) -> tuple[Milestone, ...]:
        """Return what was said of a run, without steps and lines of the log."""
        return tuple(self._events.get(key, ()))

    # ------------------------------------------------------------ what to do

    def start(self, spec: TrainSpec, classes: tuple[str, ...] = ()) -> int:
        """Start a training, or let it wait until its device is free.

        Parameters
        ----------
        classes
            Their names, where the best is kept by one of them.

        Returns
        -------
        int
            The run's key.

        Raises
        ------
        InputError
            Another run works in the same folder, or waits to.
        """
        busy = [run for run in self.runs if not run.is_over]
        if any(run.spec.work_dir == spec.work_dir for run in busy):
            raise InputError(
                "The training was not started.",
                cause=f"Another run uses {spec.work_dir} already.",
                hint="Wait for its end, or give this run another name.",
            )
        key = next(self._keys)
        self._events[key] = []
        self._runs[key] = TrainingRun(
            key=key, spec=spec, total=spec.max_iters, classes=classes
        )
        self._start_next()
        self.changed.emit()
        return key

    def pause(self, key: int) -> None:
        """Let a run wait after its iteration; its memory stays taken."""
        if self._state(key) is RunState.RUNNING and (handle := self._handle(key)):
            handle.pause()

    def go_on(self, key: int) -> None:
        """Let a paused run go on."""
        if self._state(key) is RunState.PAUSED and (handle := self._handle(key)):
            handle.go_on()

    def stop(self, key: int) -> None:
        """Stop a run, a checkpoint is kept; one that waits leaves the queue."""
        run = self._runs.get(key)
        if run is None:
            return
        if run.state is RunState.QUEUED:
            self._put(replace(run, state=RunState.STOPPED))
            self.ended.emit(key, Cancelled())
        elif run.is_live and run.job is not None:
            self._jobs.cancel(run.job)

    def resume(self, key: int) -> int:
        """Go on from a run's last checkpoint; returns the key of the new run.

        Raises
        ------
        InputError
            As `start`.
        """
        run = self._runs[key]
        return self.start(resumed(run.spec), run.classes)

    def extend(self, key: int, max_iters: int) -> int:
        """Make a run longer; its schedule really goes on.

        Raises
        ------
        InputError
            As `start`, and when the length is not longer than it was.
        """
        run = self._runs[key]
        return self.start(extended(run.spec, max_iters), run.classes)

    def forget(self, key: int) -> None:
        """Drop a run that is over from the list; its folder stays."""
        run = self._runs.get(key)
        if run is not None and run.is_over:
            del self._runs[key], self._events[key]
            self.changed.emit()

    # ------------------------------------------------------------ inside

    def _state(self, key: int) -> RunState | None:
        run = self._runs.get(key)
        return run.state if run else None

    def _handle(self, key: int) -> TrainHandle | None:
        live = self._live.get(key)
        return live.handle if live else None

    def _put(self, run: TrainingRun) -> None:
        self._runs[run.key] = run
        self.changed.emit()

    def _start_next(self) -> None:
        for run in self.queue:
            if not any(share_device(run.spec, one.spec) for one in self.live):
                self._begin(run)

    def _begin(self, run: TrainingRun) -> None:
        key = run.key
        job = self._jobs.open(
            f"Train {run.name}", "chart-line-up", lambda: self._on_stop_asked(key)
        )
        live = self._live[key] = _Live()
        self._runs[key] = replace(run, state=RunState.RUNNING, job=job)
        live.handle = self._trainer.train(
            run.spec,
            lambda event: self._on_reported(key, event),
            lambda terminal: self._on_ended(key, terminal),
        )
        if live.is_stopped:
            live.handle.stop()

    def _on_stop_asked(self, key: int) -> None:
        live = self._live[key]
        live.is_stopped = True
        if live.handle is not None:
            live.handle.stop()
        self._put(replace(self._runs[key], state=RunState.STOPPING))

    def _on_reported(self, key: int, event: Report) -> None:
        run = self._runs[key]
        if run.job is not None:
            self._jobs.report(run.job, event)
        if isinstance(event, Milestone):
            self._events[key].append(event)
        match event:
            case TrainStep(iteration=iteration, total=total):
                self._runs[key] = replace(run, iteration=iteration, total=total)
            case Validated():
                self._runs[key] = replace(run, best=_better(run, event))
                self.changed.emit()
            case TrainPaused(paused=paused) if run.state is not RunState.STOPPING:
                state = RunState.PAUSED if paused else RunState.RUNNING
                self._put(replace(run, state=state))
            case _:
                pass
        self.reported.emit(key, event)

    def _on_ended(self, key: int, terminal: Terminal) -> None:
        run = self._runs[key]
        self._live.pop(key, None)
        if run.job is not None:
            self._jobs.close(run.job, terminal)
        match terminal:
            case Succeeded(TrainDone() as done):
                run = replace(
                    run,
                    state=RunState.DONE,
                    result=done,
                    iteration=done.iterations,
                )
            case Failed():
                failure = _told_of(run, terminal)
                run = replace(run, state=RunState.FAILED, failure=failure)
            case Cancelled(kept):
                run = replace(run, state=RunState.STOPPED, kept=kept)
            case _:
                run = replace(run, state=RunState.STOPPED)
        self._put(run)
        self._tell(run)
        self._start_next()
        self.changed.emit()
        self.ended.emit(key, terminal)

    def _tell(self, run: TrainingRun) -> None:
        if run.result is not None:
            key = run.key
            self._library.take(
                run.spec, run.result, lambda model_id: self._on_taken(key, model_id)
            )
        elif run.failure is not None:
            verbs = (
                (Verb("Resume", lambda: self._resume_told(run)),)
                if run.iteration
                else ()
            )
            self._notices.error(run.failure, verbs)
        elif run.kept:
            self._notices.remark(f"{run.name} stopped: {run.kept} is kept")

    def _resume_told(self, run: TrainingRun) -> None:
        try:
            self.start(resumed(run.spec), run.classes)
        except InputError as error:
            self._notices.error(error)

    def _on_taken(self, key: int, model_id: str) -> None:
        run = self._runs.get(key)
        if run is not None:
            self._put(replace(run, model_id=model_id))
            self.registered.emit(key, model_id)


def _told_of(run: TrainingRun, failure: Failed) -> Failed:
    """Return why a run failed, with the cure for a run whose process was killed."""
    if failure.kind != EngineDiedError.__name__ or not run.iteration:
        return failure
    return msgspec.structs.replace(
        failure,
        message=f"{run.name} broke off.",
        hint="Resume it: it goes on from its last checkpoint. If the memory ran "
        "out, a smaller batch or crop helps.",
    )


def _better(run: TrainingRun, event: Validated) -> Validated:
    keep, names = run.spec.keep_best, run.classes
    if run.best is None:
        return event
    gained = score_of(event, keep, names) > score_of(run.best, keep, names)
    return event if gained else run.best
