"""One training as the page of runs shows it: live, of this sitting, or of the past."""

import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from segdesk.app.models.architectures import architecture_words
from segdesk.app.training.memory_cures import Cure, memory_cures
from segdesk.app.training.metric_log import seconds_per_iteration
from segdesk.app.training.training_run import RunState, TrainingRun
from segdesk.core.classes import ClassList
from segdesk.core.language import joined, tr
from segdesk.jobs.events import (
    CheckpointSaved,
    Failed,
    LogLine,
    Noted,
    Progress,
    Report,
    TrainStep,
    Validated,
)
from segdesk.jobs.specs import TrainSpec
from segdesk.jobs.training_events import MemoryAdapted, PreviewsSaved
from segdesk.library.run_curves import RunCurves
from segdesk.library.runs import RunEnd, RunRecord

_LOG_LINES = 1000
_STATES = {
    RunEnd.RUNNING: RunState.RUNNING,
    RunEnd.FINISHED: RunState.DONE,
    RunEnd.STOPPED: RunState.STOPPED,
    RunEnd.FAILED: RunState.FAILED,
}
_CRASHED = Failed(
    kind="EngineDiedError",
    message=tr("The training ended without a word."),
    cause=tr(
        "Its process was killed, or the machine went off. What it had written "
        "by then is whole."
    ),
    hint=tr("Resume it: it goes on from its last checkpoint."),
)
LIVE = frozenset({RunState.RUNNING, RunState.PAUSED, RunState.STOPPING})


@dataclass(slots=True, kw_only=True)
class Run:
    """Everything that is known of one training.

    Parameters
    ----------
    folder
        Its run folder, which tells it from all others.
    key
        Its key in `Training`; None: it is not of this sitting.
    checkpoint
        The file with its best weights so far.
    model_id
        Its model in the library; "": none yet.
    began_s
        When its part of this sitting began, monotonic; None: it did not.
    first
        Its iteration then.
    ended_s
        When it was last written, in seconds since 1970.
    number
        Its place by age, from 1.
    images
        How many images it trains on; 0: not known.
    stage
        What it does besides iterations: "Validating, 3 of 14"; "": nothing.
    place
        Its place among those that wait, from 1; 0: it does not wait.
    is_held
        Whether it waits until the user lets it go.
    is_starting
        Whether it has not come to an iteration since it began.
    rate_from
        Points of the curves before its part of now: their rate counts no more.
    """

    folder: Path
    spec: TrainSpec | None = None
    state: RunState = RunState.STOPPED
    key: int | None = None
    curves: RunCurves = field(default_factory=RunCurves, repr=False)
    classes: ClassList | None = None
    previews: dict[int, PreviewsSaved] = field(default_factory=dict, repr=False)
    adapted: list[MemoryAdapted] = field(default_factory=list)
    log: "deque[str]" = field(
        default_factory=lambda: deque(maxlen=_LOG_LINES), repr=False
    )
    said: int = 0
    failure: Failed | None = None
    kept: str = ""
    checkpoint: Path | None = None
    has_checkpoint: bool = False
    model_id: str = ""
    began_s: float | None = None
    first: int = 0
    ended_s: float = 0.0
    number: int = 0
    images: int = 0
    stage: str = ""
    is_starting: bool = False
    place: int = 0
    is_held: bool = False
    rate_from: int = 0

    # ------------------------------------------------------------ what is so

    @property
    def is_live(self) -> bool:
        """Whether it works now, here or in another process."""
        return self.state in LIVE

    @property
    def is_here(self) -> bool:
        """Whether this program can pause and stop it."""
        return self.key is not None and (self.is_live or self.state is RunState.QUEUED)

    @property
    def is_foreign(self) -> bool:
        """Whether it is a work_dir of mmseg's own."""
        return self.spec is None

    @property
    def can_resume(self) -> bool:
        """Whether it ended early and left a checkpoint."""
        early = (RunState.STOPPED, RunState.FAILED)
        return bool(self.spec and self.has_checkpoint and self.state in early)

    @property
    def cures(self) -> tuple[Cure, ...]:
        """What may help it where it ran out of memory."""
        if self.spec is None or self.state is not RunState.FAILED:
            return ()
        return memory_cures(self.spec, self.failure)

    @property
    def title(self) -> str:
        """What it is called: "Run 8 · SegFormer-B0", its own name, or its folder's."""
        if self.spec is None:
            return self.folder.name
        return self.spec.name or tr(
            "Run {number} · {architecture}",
            number=self.number,
            architecture=self.architecture,
        )

    @property
    def short_title(self) -> str:
        """What a legend calls it: "run 7"."""
        if self.spec is None or self.spec.name:
            return self.title
        return tr("run {number}", number=self.number)

    @property
    def architecture(self) -> str:
        """Name of its architecture; "mmseg" where it is not known."""
        if self.spec is None:
            return "mmseg"
        return architecture_words(self.spec.architecture)

    @property
    def iteration(self) -> int:
        """How far it is."""
        return self.curves.iteration

    @property
    def total(self) -> int:
        """How far it shall go."""
        asked = self.spec.max_iters if self.spec else 0
        return self.curves.total or asked or self.iteration

    @property
    def best(self) -> tuple[int, float] | None:
        """Iteration and mIoU in percent of the weights that it keeps as the best."""
        keep = self.spec.keep_best if self.spec else "mIoU"
        names = self.classes.names if self.classes else ()
        return self.curves.best_kept(keep, names)

    @property
    def score(self) -> float | None:
        """The mIoU of its best weights, 0-1."""
        best = self.best
        return best[1] / 100 if best else None

    @property
    def seconds_each(self) -> float | None:
        """Seconds of an iteration, as it goes since it was last begun."""
        return seconds_per_iteration(self.curves.iter_time_s.y[self.rate_from :])

    @property
    def seconds_left(self) -> float | None:
        """Seconds to its end at the rate of now, validations not counted."""
        if self.is_starting:
            return None
        each = self.seconds_each
        return None if each is None else each * max(0, self.total - self.iteration)

    def seconds_so_far(self, now_s: float | None = None) -> float | None:
        """Return how long it has worked in this sitting; None: it has not."""
        if self.began_s is None:
            return None
        return (time.monotonic() if now_s is None else now_s) - self.began_s

    # ------------------------------------------------------------ what changes it

    def take(self, event: Report) -> None:
        """Take a report of its own training in."""
        match event:
            case TrainStep() | Validated():
                self._count(event)
                self._tell(event)
            case Progress(done, total, _, text) if text:
                self.stage = (
                    tr(
                        "{text}, {done:,} of {total:,}",
                        text=text,
                        done=done,
                        total=total,
                    )
                    if total
                    else text
                )
            case PreviewsSaved():
                self.previews[event.iteration] = event
            case MemoryAdapted():
                self.adapted.append(event)
                self.say(tr("memory: {step}", step=event.step))
            case CheckpointSaved(path, _, best):
                self.has_checkpoint = True
                if best or self.checkpoint is None:
                    self.checkpoint = path
                self.say(tr("saved {name}", name=path.name))
            case LogLine(text):
                self.say(text)
            case Noted():
                self.say(joined(" ", filter(None, (event.message, event.cause))))
            case _:
                pass

    def _count(self, event: TrainStep | Validated) -> None:
        """Take numbers into the curves, and note where its part of now begins."""
        if not len(self.curves.lr):
            self.first = event.iteration - 1
        self.curves.take(event)
        if self.is_starting:
            self.rate_from = max(0, len(self.curves.iter_time_s) - 1)
        self.stage, self.is_starting = "", False

    def follow(self, run: TrainingRun) -> None:
        """Take over how the journey of training sees it."""
        if run.state is RunState.RUNNING and self.state not in LIVE:
            self.began_s, self.failure, self.kept = time.monotonic(), None, ""
            self.stage, self.is_starting, self.ended_s = tr("Starting"), True, 0.0
            self.curves.total = run.total  # an extended run is longer than it was
        self.key, self.spec, self.state = run.key, run.spec, run.state
        self.failure, self.kept = run.failure, run.kept
        self.place, self.is_held = run.place, run.is_held
        self.model_id = run.model_id or self.model_id
        if run.result is not None:
            self.checkpoint, self.classes = run.result.checkpoint, run.result.classes
            self.has_checkpoint = True
        if run.is_over:
            self.ended_s = self.ended_s or time.time()

    def read(self, record: RunRecord) -> None:
        """Take over what its folder says; what is told live goes on top of it."""
        self.spec, self.curves, self.rate_from = record.spec, record.curves, 0
        self.curves.total = record.total
        self.state = _STATES.get(record.end, RunState.FAILED)
        self.failure = _CRASHED if record.end is RunEnd.CRASHED else record.failure
        self.kept, self.ended_s = record.kept, record.ended_s
        self.classes = record.classes or self.classes
        self.previews = {one.iteration: one for one in record.previews}
        self.adapted = list(record.adapted)
        self.find_checkpoints(record)
        self.log.clear()
        self.log.extend(record.log)
        self.said += 1

    def find_checkpoints(self, record: RunRecord) -> None:
        """Take over which checkpoints lie in its folder."""
        self.checkpoint = record.best_checkpoint
        self.has_checkpoint = bool(record.checkpoints)

    def say(self, line: str) -> None:
        """Add a line to its log."""
        self.log.append(line)
        self.said += 1

    def _tell(self, event: TrainStep | Validated) -> None:
        stamp = time.strftime("%H:%M:%S")
        if isinstance(event, Validated):
            parts = [
                tr("{name} {value:.1f}", name=k, value=v)
                for k, v in event.metrics.items()
                if v is not None
            ]
            self.say(
                tr(
                    "{stamp}  validated {iteration}  ",
                    stamp=stamp,
                    iteration=event.iteration,
                )
                + joined("  ", parts)
            )
            return
        losses = [
            tr("{name} {value:.3f}", name=k, value=v)
            for k, v in event.losses.items()
            if v is not None
        ]
        line = (
            tr("{stamp}  iter {iteration}", stamp=stamp, iteration=event.iteration),
            tr("lr {lr:.1e}", lr=event.lr),
            *losses,
        )
        self.say(joined("  ", line))
