"""The journey of training: runs that wait, run, pause, stop and become models."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count

from segdesk.app.desk import Desk
from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.ports import TrainerPort, TrainHandle
from segdesk.app.signal import Signal
from segdesk.app.training.live import Live, TakesTrained
from segdesk.app.training.memory_cures import (
    Cure,
    cured,
    left_checkpoint,
    memory_cures,
)
from segdesk.app.training.queue import QueueFile, TrainingLine, Waiting
from segdesk.app.training.training_run import (
    RunState,
    TrainingRun,
    adapted,
    better,
    resumed,
    share_device,
    told_of,
)
from segdesk.core.errors import InputError
from segdesk.core.language import joined, plural, tr
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

_CURES_ON_A_CARD = 2

Milestone = (
    Noted | Validated | PreviewsSaved | TrainPaused | MemoryAdapted | CheckpointSaved
)
"""What is said of a run and remembered; steps and lines of the log are passed on."""


class Training:
    """Starts trainings; those that want the same device run one after the other.

    Parameters
    ----------
    trainer
        Runs each in an engine process of its own, so that predicting goes on.
    library
        Takes the models that come of them.
    kept
        Keeps what waits from one sitting to the next; None: it is not kept.

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

    def __init__(
        self,
        desk: Desk,
        trainer: TrainerPort,
        library: TakesTrained,
        kept: QueueFile | None = None,
    ) -> None:
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
        self._live: dict[int, Live] = {}
        self._events: dict[int, list[Milestone]] = {}
        self._line = TrainingLine(kept)
        self._is_over = False

    # ------------------------------------------------------------ what is so

    @property
    def runs(self) -> tuple[TrainingRun, ...]:
        """All runs of this sitting, oldest first."""
        return tuple(self._runs.values())

    @property
    def queue(self) -> tuple[TrainingRun, ...]:
        """The runs that wait for their device, next first."""
        return tuple(self._runs[key] for key in self._line.keys)

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
                tr("The training was not started."),
                cause=tr(
                    "Another run uses {work_dir} already.", work_dir=spec.work_dir
                ),
                hint=tr("Wait for its end, or give this run another name."),
            )
        key = self._wait(Waiting(spec, classes))
        self._start_next()
        self._settle()
        return key

    def take_up(self) -> None:
        """Let what waited in an earlier sitting wait again, until the user says go."""
        self._line.read(self._on_kept_read)

    def let_go(self, key: int) -> None:
        """Let a run of an earlier sitting begin once its device is free."""
        run = self._runs.get(key)
        if run is not None and run.is_held:
            self._runs[key] = replace(run, is_held=False)
            self._start_next()
            self._settle()

    def move(self, key: int, by: int) -> None:
        """Move a run that waits `by` places towards the end; negative: forward."""
        if self._line.move(key, by):
            self._start_next()
            self._settle()

    def close(self) -> None:
        """Begin no more; what waits is there again in the next sitting."""
        self._is_over = True

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
            self._line.remove(key)
            self._runs[key] = replace(run, state=RunState.STOPPED, place=0)
            self._settle()
            self.ended.emit(key, Cancelled())
        elif run.is_live and run.job is not None:
            self._jobs.cancel(run.job)

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

    def _wait(self, waiting: Waiting, *, is_held: bool = False) -> int:
        key = next(self._keys)
        self._events[key] = []
        self._line.append(key)
        self._runs[key] = TrainingRun(
            key=key,
            spec=waiting.spec,
            total=waiting.spec.max_iters,
            classes=waiting.classes,
            is_held=is_held,
        )
        return key

    def _on_kept_read(self, waiting: tuple[Waiting, ...]) -> None:
        known = {run.spec.work_dir for run in self.runs}
        new = [one for one in waiting if one.spec.work_dir not in known]
        keys = [self._wait(one, is_held=True) for one in new]
        if not keys:
            return
        self._settle()
        names = joined(", ", (self._runs[key].name for key in keys))
        verbs = (
            Verb(tr("Start"), partial(self._each, keys, self.let_go)),
            Verb(tr("Remove"), partial(self._each, keys, self.stop)),
        )
        count = plural(len(keys), "A training waits", "{n} trainings wait")
        cause = tr("In the queue when SegDesk was closed: {names}.", names=names)
        self._notices.post(Notice(Level.INFO, count, cause, verbs=verbs))

    def _each(self, keys: list[int], call: Callable[[int], object]) -> None:
        for key in keys:
            run = self._runs.get(key)
            if run is not None and run.state is RunState.QUEUED:
                call(key)

    def _settle(self) -> None:
        """Tell those that wait their places, and keep them."""
        for place, key in enumerate(self._line.keys, 1):
            self._runs[key] = replace(self._runs[key], place=place)
        if not self._is_over:
            self._line.keep(self.queue)
        self.changed.emit()

    def _start_next(self) -> None:
        if self._is_over:
            return
        for run in self.queue:
            taken = any(share_device(run.spec, one.spec) for one in self.live)
            if not taken and not run.is_held:
                self._begin(run)

    def _begin(self, run: TrainingRun) -> None:
        key = run.key
        job = self._jobs.open(
            tr("Train {name}", name=run.name),
            "chart-line-up",
            lambda: self._on_stop_asked(key),
        )
        live = self._live[key] = Live()
        self._line.remove(key)
        self._runs[key] = replace(run, state=RunState.RUNNING, job=job, place=0)
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
                self._runs[key] = replace(run, best=better(run, event))
                self.changed.emit()
            case MemoryAdapted(changes=changes):
                self._put(replace(run, spec=adapted(run.spec, changes)))
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
                failure = told_of(run, terminal)
                run = replace(run, state=RunState.FAILED, failure=failure)
            case Cancelled(kept):
                run = replace(run, state=RunState.STOPPED, kept=kept)
            case _:
                run = replace(run, state=RunState.STOPPED)
        self._put(run)
        self._tell(run)
        self._start_next()
        self._settle()
        self.ended.emit(key, terminal)

    def _tell(self, run: TrainingRun) -> None:
        if run.result is not None:
            key = run.key
            self._library.take(
                run.spec, run.result, lambda model_id: self._on_taken(key, model_id)
            )
        elif run.failure is not None:
            self._notices.error(run.failure, self._ways_on(run, run.failure))
        elif run.kept:
            self._notices.remark(
                tr("{name} stopped: {kept} is kept", name=run.name, kept=run.kept)
            )

    def _ways_on(self, run: TrainingRun, failure: Failed) -> tuple[Verb, ...]:
        """Return what a failed run can do next, what helps most first."""
        cures = memory_cures(run.spec, failure)[:_CURES_ON_A_CARD]
        verbs = [Verb(cure.title, partial(self.cure, run, cure)) for cure in cures]
        if run.iteration and not verbs:
            verbs.append(
                Verb(tr("Resume"), lambda: self._start_told(run, resumed(run.spec)))
            )
        return tuple(verbs)

    def cure(self, run: TrainingRun, cure: Cure) -> None:
        """Start a run that ran out of memory again, with less."""
        taken = {one.spec.work_dir for one in self.runs}
        done = run.iteration if left_checkpoint(run, self.events(run.key)) else None
        self._start_told(run, cured(run.spec, cure, done, taken))

    def _start_told(self, run: TrainingRun, spec: TrainSpec) -> None:
        try:
            self.start(spec, run.classes)
        except InputError as error:
            self._notices.error(error)

    def _on_taken(self, key: int, model_id: str) -> None:
        run = self._runs.get(key)
        if run is not None:
            self._put(replace(run, model_id=model_id))
            self.registered.emit(key, model_id)
