"""Big arrays between processes: a file in shared memory where there is one."""

import tempfile
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import StorageError
from segdesk.core.language import tr
from segdesk.core.scores import ScoreMap
from segdesk.jobs.array_ref import ArrayRef, ScoresRef


def scratch_root() -> Path:
    """Return the fastest folder for short-lived arrays."""
    shared = Path("/dev/shm")  # noqa: S108 - private folders are made inside it
    return shared if shared.is_dir() else Path(tempfile.gettempdir())


def make_scratch_dir() -> Path:
    """Make a private folder for arrays; its maker deletes it."""
    return Path(tempfile.mkdtemp(prefix="segdesk-", dir=scratch_root()))


def put(array: NDArray[np.uint8], folder: Path) -> ArrayRef:
    """Write an array into `folder`.

    Parameters
    ----------
    array
        Any shape, uint8.
    folder
        A folder made by `make_scratch_dir`.

    Raises
    ------
    StorageError
        When the folder is gone or full.
    """
    path = folder / f"{uuid4().hex}.raw"
    try:
        np.ascontiguousarray(array).tofile(path)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise StorageError(
            tr("The prediction was not handed over."),
            cause=tr(
                "{folder} does not take {size:,} bytes.",
                folder=path.parent,
                size=array.nbytes,
            ),
            hint=tr("Free some memory or disk space, then predict again."),
            detail=str(error),
        ) from error
    return ArrayRef(path, tuple(array.shape))


def take(ref: ArrayRef) -> NDArray[np.uint8]:
    """Read an array and delete its file."""
    array = np.fromfile(ref.path, dtype=np.uint8).reshape(ref.shape)
    ref.path.unlink(missing_ok=True)
    return array


def put_scores(scores: ScoreMap, folder: Path) -> ScoresRef:
    """Write a score map into `folder`; see `put`."""
    layout, data = scores.to_bytes()
    return ScoresRef(put(data, folder), layout)


def take_scores(ref: ScoresRef) -> ScoreMap:
    """Read a score map and delete its file."""
    return ScoreMap.from_bytes(ref.layout, take(ref.array))
