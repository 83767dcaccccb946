"""One training as the window knows it, and what its spec means for its neighbours."""

from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from segdesk.core.errors import InputError
from segdesk.jobs.events import Failed, TrainDone, Validated
from segdesk.jobs.specs import TrainSpec

_ANY = "auto"


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
            f"{spec.name or spec.work_dir.name} was not extended.",
            cause=f"It has {spec.max_iters:,} iterations; {max_iters:,} is not more.",
            hint=f"Give more than {spec.max_iters:,}.",
        )
    return msgspec.structs.replace(spec, max_iters=max_iters, epochs=None, resume=True)


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
