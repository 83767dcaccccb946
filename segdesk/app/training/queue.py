"""The runs that wait for their device: their order, and the file that keeps them."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from segdesk.app.ports import ExecutorPort
from segdesk.core.errors import SegDeskError
from segdesk.formats.atomic import write_atomic
from segdesk.jobs.codec import decode_spec, encode
from segdesk.jobs.specs import TrainSpec

if TYPE_CHECKING:
    from segdesk.app.training.training_run import TrainingRun


class Waiting(msgspec.Struct, frozen=True):
    """A training that waits.

    Parameters
    ----------
    classes
        Their names, where they are known.
    """

    spec: TrainSpec
    classes: tuple[str, ...] = ()


class QueueFile:
    """Keeps what waits from one sitting to the next.

    Parameters
    ----------
    path
        `queue.json`; one that cannot be read counts as empty.
    executor
        Reads and writes it.
    told
        Gets what went wrong.
    """

    def __init__(
        self,
        path: Path,
        executor: ExecutorPort,
        told: Callable[[SegDeskError], object],
    ) -> None:
        self._path = path
        self._executor = executor
        self._told = told
        self._kept: tuple[Waiting, ...] = ()

    def read(self, done: Callable[[tuple[Waiting, ...]], object]) -> None:
        """Read what waited when the last sitting ended."""

        def taken(found: tuple[Waiting, ...]) -> None:
            self._kept = found
            done(found)

        self._executor.submit(lambda: _read(self._path), taken, self._told)

    def keep(self, waiting: Sequence["TrainingRun"]) -> None:
        """Write what waits now, where that is something else."""
        now = tuple(Waiting(run.spec, run.classes) for run in waiting)
        if now != self._kept:
            self._kept = now
            self._executor.submit(
                lambda: _write(self._path, now), lambda _none: None, self._told
            )


class TrainingLine:
    """Who gets the device next.

    Parameters
    ----------
    kept
        Keeps it; None: it ends with the sitting.

    Attributes
    ----------
    keys
        Of the runs that wait, next first.
    """

    def __init__(self, kept: QueueFile | None = None) -> None:
        self.keys: list[int] = []
        self._file = kept

    def append(self, key: int) -> None:
        """Let a run wait behind all others."""
        self.keys.append(key)

    def remove(self, key: int) -> None:
        """Let a run wait no more."""
        self.keys.remove(key)

    def move(self, key: int, by: int) -> bool:
        """Move a run towards the end, or forward; False: it does not wait."""
        if key not in self.keys:
            return False
        place = max(0, self.keys.index(key) + by)
        self.keys.remove(key)
        self.keys.insert(place, key)
        return True

    def read(self, done: Callable[[tuple[Waiting, ...]], object]) -> None:
        """Read what waited when the last sitting ended."""
        if self._file is not None:
            self._file.read(done)

    def keep(self, waiting: Sequence["TrainingRun"]) -> None:
        """Write what waits now."""
        if self._file is not None:
            self._file.keep(waiting)


def _read(path: Path) -> tuple[Waiting, ...]:
    try:
        rows = msgspec.json.decode(
            path.read_bytes(), type=list[tuple[msgspec.Raw, tuple[str, ...]]]
        )
    except (OSError, msgspec.MsgspecError):
        return ()
    found = []
    for raw, classes in rows:
        with suppress(msgspec.MsgspecError):  # of a later version
            spec = decode_spec(bytes(raw))
            if isinstance(spec, TrainSpec):
                found.append(Waiting(spec, classes))
    return tuple(found)


def _write(path: Path, waiting: tuple[Waiting, ...]) -> None:
    rows = [(msgspec.Raw(encode(one.spec)), one.classes) for one in waiting]
    write_atomic(path, msgspec.json.format(msgspec.json.encode(rows, enc_hook=str)))
