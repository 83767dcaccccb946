"""Going on with a run: its last whole checkpoint, and the state of chance in it."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from segdesk.core.classes import ClassList
from segdesk.core.errors import CheckpointError, ConfigError
from segdesk.core.language import joined, tr
from segdesk.engine.strict_load import read_strictly
from segdesk.engine.training.run_folder import INTERRUPTED_FILE, MODEL_FILE
from segdesk.jobs.events import Noted, Report

RNG_KEY = "segdesk_rng"


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """Where a run goes on.

    Parameters
    ----------
    iteration
        Training iterations that are done.
    """

    path: Path
    iteration: int


def find_resume_point(
    folder: Path, classes: ClassList, length: int, report: Callable[[Report], None]
) -> ResumePoint:
    """Return the checkpoint of a run folder with the most iterations that is whole.

    Parameters
    ----------
    classes
        Of the data set now.
    length
        Iterations that the run is to have.

    Raises
    ------
    CheckpointError
        There is no whole checkpoint with the state of a training.
    ConfigError
        The run is complete, or its classes are others than the data set's.
    """
    found: ResumePoint | None = None
    names: tuple[str, ...] = ()
    for path in (*folder.glob("iter_*.pth"), folder / INTERRUPTED_FILE):
        if not path.is_file():
            continue
        try:
            content = read_strictly(path)
        except CheckpointError as error:
            report(
                Noted(
                    "warning",
                    tr("{name} was passed over.", name=path.name),
                    cause=tr("It is not whole: {cause}", cause=error.cause),
                )
            )
            continue
        meta = content.get("meta") or {}
        iteration = meta.get("iter")
        if not isinstance(iteration, int) or "optimizer" not in content:
            continue
        if found is None or iteration > found.iteration:
            found = ResumePoint(path, iteration)
            names = tuple((meta.get("dataset_meta") or {}).get("classes") or ())
    if found is None:
        raise CheckpointError(
            tr("The run was not resumed."),
            cause=tr(
                "{folder} holds no whole checkpoint to go on from.", folder=folder
            ),
            hint=tr(
                "Train in another folder, from a model if there is one (load_from)."
            ),
        )
    _check_classes(names, classes)
    is_whole = (folder / MODEL_FILE).is_file()
    if found.iteration > length or (found.iteration == length and is_whole):
        raise ConfigError(
            tr("The run was not resumed."),
            cause=tr(
                "It has done {iteration:,} of {length:,} iterations.",
                iteration=found.iteration,
                length=length,
            ),
            hint=tr(
                "Give more than {iteration:,} iterations to extend it.",
                iteration=found.iteration,
            ),
        )
    return found


def rng_state() -> dict[str, Any]:
    """Return the state of every generator that a training draws from."""
    state: dict[str, Any] = {
        "python": random.getstate(),
        "numpy": np.random.get_state(),  # noqa: NPY002 - mmcv's steps draw from it
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state_all()
    return state


def restore_rng(state: dict[str, Any]) -> None:
    """Set the generators as they were."""
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    np.random.set_state(state["numpy"])  # noqa: NPY002 - mmcv's steps draw from it
    torch.set_rng_state(state["torch"].cpu())
    cuda = state.get("cuda") or []
    if torch.cuda.is_available() and len(cuda) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all([one.cpu() for one in cuda])


class ChanceRestored:
    """mmengine's endless iterator that sets the generators before its first batch.

    Making the iterator draws a number; the run that is resumed drew it at its start.
    """

    def __init__(self, inner: Any, state: dict[str, Any]) -> None:  # noqa: ANN401
        self._inner = inner
        self._state: dict[str, Any] | None = state

    def skip_iter(self, count: int) -> None:
        """Pass over the batches that were trained on."""
        self._inner.skip_iter(count)

    def __iter__(self) -> Iterator[Any]:
        """Return itself."""
        return self

    def __next__(self) -> Any:  # noqa: ANN401 - a batch
        """Return the next batch."""
        if self._state is not None:
            self._inner._ensure_iterator()  # noqa: SLF001 - nothing else makes it
            restore_rng(self._state)
            self._state = None
        return next(self._inner)


def _check_classes(names: tuple[str, ...], classes: ClassList) -> None:
    if names and names != classes.names:
        raise ConfigError(
            tr("The run was not resumed."),
            cause=tr(
                "It knows the classes {before}; the data set now has {now}.",
                before=joined(", ", names),
                now=joined(", ", classes.names),
            ),
            hint=tr("Start a new run from its model (load_from): what fits is taken."),
        )
