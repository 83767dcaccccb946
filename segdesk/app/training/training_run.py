"""One training as the window knows it, and what its spec means for its neighbours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from segdesk.core.errors import EngineDiedError, InputError
from segdesk.core.language import tr
from segdesk.jobs.events import Failed, TrainDone, Validated
from segdesk.jobs.specs import TrainSpec

_ANY = "auto"
# What a training gives up when the memory runs out, and how its text is read.
_GIVEN_UP: dict[str, Callable[[str], object]] = {
    "accumulate": int,
    "activation_checkpointing": str(True).__eq__,
    "amp": str(True).__eq__,
    "batch_size": int,
    "checkpoint_interval": int,
    "crop_size": int,
    "epochs": float,
    "lr": float,
    "max_iters": int,
    "val_interval": int,
}


class RunState(StrEnum):
    """Where a training is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


_LIVE = frozenset({RunState.RUNNING, RunState.PAUSED, RunState.STOPPING})


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRun:
    """One training of this sitting.

    Parameters
    ----------
    key
        Its number; it stays the same as long as the program runs.
    job
        Its row in the book of jobs; None while it waits.
    iteration, total
        How far it is.
    best
        The best validation so far by `spec.keep_best`; None before the first.
    result
        What came of it, once it is done.
    failure
        Why it failed.
    kept
        What a stopped run left: "checkpoint at iteration 400".
    model_id
        Its model in the library; "" until it is there.
    classes
        Names of the classes, where they are known.
    place
        Its place among those that wait, from 1; 0: it does not wait.
    is_held
        Whether it waits for the user, too: it was in the queue of an earlier sitting.
    """

    key: int
    spec: TrainSpec
    state: RunState = RunState.QUEUED
    job: int | None = None
    iteration: int = 0
    total: int = 0
    best: Validated | None = None
    result: TrainDone | None = field(default=None, repr=False)
    failure: Failed | None = None
    kept: str = ""
    model_id: str = ""
    classes: tuple[str, ...] = ()
    place: int = 0
    is_held: bool = False

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.spec.name or self.spec.work_dir.name

    @property
    def is_live(self) -> bool:
        """Whether a process works for it."""
        return self.state in _LIVE

    @property
    def is_over(self) -> bool:
        """Whether it came to its end, good or bad."""
        return not self.is_live and self.state is not RunState.QUEUED


def devices_of(spec: TrainSpec) -> frozenset[str]:
    """Return the devices that a training takes for itself."""
    if spec.devices:
        return frozenset(f"cuda:{number}" for number in spec.devices)
    return frozenset({spec.device})


def share_device(one: TrainSpec, other: TrainSpec) -> bool:
    """Tell whether two trainings want the same device, or may."""
    mine, theirs = devices_of(one), devices_of(other)
    return bool(mine & theirs) or _ANY in mine | theirs


def resumed(spec: TrainSpec) -> TrainSpec:
    """Return the spec that goes on from the last checkpoint of a run."""
    return msgspec.structs.replace(spec, resume=True)


def extended(spec: TrainSpec, max_iters: int) -> TrainSpec:
    """Return the spec that makes a run longer.

    Raises
    ------
    InputError
        The new length is not longer than the old one.
    """
    if spec.epochs is None and max_iters <= spec.max_iters:
        raise InputError(
            tr("{name} was not extended.", name=spec.name or spec.work_dir.name),
            cause=tr(
                "It has {max_iters:,} iterations; {max_iters2:,} is not more.",
                max_iters=spec.max_iters,
                max_iters2=max_iters,
            ),
            hint=tr("Give more than {max_iters:,}.", max_iters=spec.max_iters),
        )
    return msgspec.structs.replace(spec, max_iters=max_iters, epochs=None, resume=True)


def adapted(spec: TrainSpec, changes: Mapping[str, str]) -> TrainSpec:
    """Return the spec of a run that gave something up by itself.

    Parameters
    ----------
    changes
        As in `MemoryAdapted`: fields with their new values as text.
    """
    known = {
        name: value for name, value in changes.items() if name in _GIVEN_UP and value
    }
    told = {
        name: None if value == str(None) else _GIVEN_UP[name](value)
        for name, value in known.items()
    }
    return msgspec.structs.replace(spec, **told)


def score_of(
    validated: Validated, keep_best: str, names: tuple[str, ...] = ()
) -> float:
    """Return the number that a run is kept by, in percent; -1 where it is unknown.

    Parameters
    ----------
    keep_best
        As in `TrainSpec`.
    names
        The classes, for "IoU:" and a name.
    """
    if keep_best.startswith("IoU:"):
        name = keep_best.removeprefix("IoU:")
        values = validated.per_class.get("IoU", ())
        value = values[names.index(name)] if name in names[: len(values)] else None
    else:
        value = validated.metrics.get(keep_best)
    return -1.0 if value is None else value


def told_of(run: TrainingRun, failure: Failed) -> Failed:
    """Return why a run failed, with the cure for a run whose process was killed."""
    if failure.kind != EngineDiedError.__name__ or not run.iteration:
        return failure
    return msgspec.structs.replace(
        failure,
        message=tr("{name} broke off.", name=run.name),
        hint=tr(
            "Resume it: it goes on from its last checkpoint. If the memory ran "
            "out, a smaller batch or crop helps."
        ),
    )


def better(run: TrainingRun, event: Validated) -> Validated:
    """Return the better of a validation and the best of a run so far."""
    keep, names = run.spec.keep_best, run.classes
    if run.best is None:
        return event
    gained = score_of(event, keep, names) > score_of(run.best, keep, names)
    return event if gained else run.best
