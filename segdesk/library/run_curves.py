"""The curves of a training as arrays that grow while it runs."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from segdesk.jobs.events import Report, TrainStep, Validated

_FIRST_ROOM = 256

Iterations = NDArray[np.int64]
Values = NDArray[np.float64]


class Series:
    """Numbers over iterations; what is not known is NaN."""

    def __init__(self) -> None:
        self._x: Iterations = np.empty(_FIRST_ROOM, np.int64)
        self._y: Values = np.empty(_FIRST_ROOM, np.float64)
        self._count = 0

    def __len__(self) -> int:
        """Return the number of points."""
        return self._count

    @property
    def x(self) -> Iterations:
        """Iterations, rising: (N,) int64, a view."""
        return self._x[: self._count]

    @property
    def y(self) -> Values:
        """Values: (N,) float64, a view."""
        return self._y[: self._count]

    @property
    def last(self) -> float | None:
        """The newest value that is known."""
        for value in self.y[::-1]:
            if not math.isnan(value):
                return float(value)
        return None

    def append(self, iteration: int, value: float | None) -> None:
        """Add a point; a point of the same or a later iteration goes."""
        if self._count and self._x[self._count - 1] >= iteration:
            self.cut(iteration)
        if self._count == len(self._x):
            self._x = np.concatenate((self._x, np.empty_like(self._x)))
            self._y = np.concatenate((self._y, np.empty_like(self._y)))
        self._x[self._count] = iteration
        self._y[self._count] = math.nan if value is None else value
        self._count += 1

    def cut(self, iteration: int) -> None:
        """Drop the points at an iteration and after it: a run went back to there."""
        self._count = int(np.searchsorted(self.x, iteration))


_NONE = Series()


class RunCurves:
    """Everything that a training says of itself in numbers.

    Attributes
    ----------
    losses
        The loss ("loss") and its parts by name.
    lr, iter_time_s, data_time_s, memory_mb
        Of each step that was told.
    metrics
        aAcc, mIoU, … of each validation, in percent.
    val_loss
        Loss on the validation images.
    per_class
        For each metric one series a class, in class order, in percent.
    total
        Iterations that the run shall have; 0: not known.
    """

    def __init__(self) -> None:
        self.losses: dict[str, Series] = {}
        self.lr = Series()
        self.iter_time_s = Series()
        self.data_time_s = Series()
        self.memory_mb = Series()
        self.metrics: dict[str, Series] = {}
        self.val_loss = Series()
        self.per_class: dict[str, tuple[Series, ...]] = {}
        self.total = 0

    @property
    def iteration(self) -> int:
        """The newest iteration that anything is known of."""
        rows = (self.lr, self.val_loss, *self.metrics.values())
        return max((int(row.x[-1]) for row in rows if len(row)), default=0)

    @property
    def loss(self) -> Series:
        """The whole loss of the training."""
        return self.losses.get("loss", _NONE)

    def metric(self, name: str) -> Series:
        """Return a metric's series, empty if there is none of that name."""
        return self.metrics.get(name, _NONE)

    def take(self, event: Report) -> bool:
        """Add what a report says; tells whether it said anything in numbers."""
        match event:
            case TrainStep():
                self._step(event)
            case Validated():
                self.validated(event)
            case _:
                return False
        return True

    def _step(self, step: TrainStep) -> None:
        if len(self.lr) and self.lr.x[-1] >= step.iteration:
            self.go_back(step.iteration)
        self.total = step.total
        for name, value in step.losses.items():
            self.losses.setdefault(name, Series()).append(step.iteration, value)
        self.lr.append(step.iteration, step.lr)
        self.iter_time_s.append(step.iteration, step.iter_time_s)
        self.data_time_s.append(step.iteration, step.data_time_s)
        if step.memory_mb is not None:
            self.memory_mb.append(step.iteration, step.memory_mb)

    def validated(self, event: Validated) -> None:
        """Add what a validation measured."""
        for name, value in event.metrics.items():
            self.metrics.setdefault(name, Series()).append(event.iteration, value)
        self.val_loss.append(event.iteration, event.val_loss)
        for name, values in event.per_class.items():
            rows = self.per_class.setdefault(name, tuple(Series() for _ in values))
            for row, value in zip(rows, values, strict=False):
                row.append(event.iteration, value)

    def go_back(self, iteration: int) -> None:
        """Drop what is at an iteration and after it: the run was taken up there."""
        for row in self._rows():
            row.cut(iteration)

    def _rows(self) -> tuple[Series, ...]:
        inside = (row for rows in self.per_class.values() for row in rows)
        steps = (self.lr, self.iter_time_s, self.data_time_s, self.memory_mb)
        return (
            *self.losses.values(),
            *steps,
            *self.metrics.values(),
            self.val_loss,
            *inside,
        )

    def best(self, name: str = "mIoU") -> tuple[int, float] | None:
        """Return iteration and value of the highest point of a metric."""
        return _highest(self.metric(name))

    def best_kept(
        self, keep_best: str, names: tuple[str, ...] = ()
    ) -> tuple[int, float] | None:
        """Return iteration and mIoU of the validation whose weights were kept.

        Parameters
        ----------
        keep_best
            What they are kept by, as in `TrainSpec`.
        names
            The classes, for "IoU:" and a name.
        """
        name = keep_best.removeprefix("IoU:")
        if name == keep_best:
            kept = self.best(keep_best)
        else:
            rows = self.per_class.get("IoU", ())
            at = names.index(name) if name in names[: len(rows)] else None
            kept = None if at is None else _highest(rows[at])
        miou = self.metric("mIoU")
        found = np.flatnonzero(miou.x == kept[0]).tolist() if kept else []
        if kept is None or not found or np.isnan(miou.y[found[0]]):
            return self.best()
        return kept[0], float(miou.y[found[0]])

    def columns(self) -> Mapping[str, Series]:
        """Return every series by the name of its column in a table."""
        named = {f"train/{name}": row for name, row in self.losses.items()}
        named |= {
            "train/lr": self.lr,
            "train/iter_time_s": self.iter_time_s,
            "train/data_time_s": self.data_time_s,
            "train/memory_mb": self.memory_mb,
            "val/loss": self.val_loss,
        }
        named |= {f"val/{name}": row for name, row in self.metrics.items()}
        for metric, rows in self.per_class.items():
            named |= {f"val/{metric}/{at}": row for at, row in enumerate(rows)}
        return {name: row for name, row in named.items() if len(row)}


def _highest(row: Series) -> tuple[int, float] | None:
    if not len(row) or np.isnan(row.y).all():
        return None
    at = int(np.nanargmax(row.y))
    return int(row.x[at]), float(row.y[at])
