"""Arrays that lie in a file of their own, so that memory can let go of them."""

import os
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import StorageError

# From here on an image takes no memory of its own: 64 MP are 192 MB.
MAPPED_PIXELS = 64_000_000

Room = Callable[[tuple[int, ...]], NDArray[np.uint8]]


def in_memory(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return an array whose content is not set."""
    return np.empty(shape, np.uint8)


def room_in(folder: Path) -> Room:
    """Return what makes arrays: large ones in a file, the others in memory.

    The file goes when the array does. On Linux and macOS it has no name from the
    beginning, so a killed process leaves none behind.

    Parameters
    ----------
    folder
        On a disk with room; made if missing.
    """

    def room(shape: tuple[int, ...]) -> NDArray[np.uint8]:
        if shape[0] * shape[1] < MAPPED_PIXELS:
            return in_memory(shape)
        return _mapped(shape, folder)

    return room


def _mapped(shape: tuple[int, ...], folder: Path) -> NDArray[np.uint8]:
    size = int(np.prod(shape))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="image-", suffix=".raw", dir=folder)
    except OSError as error:
        raise _no_room(folder, size, error) from error
    path = Path(name)
    try:
        _reserve(handle, size)
        array: NDArray[np.uint8] = np.memmap(path, np.uint8, "r+", shape=shape)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _no_room(folder, size, error) from error
    finally:
        os.close(handle)
    if os.name == "posix":
        path.unlink()
    else:
        weakref.finalize(array, _remove, path)
    return array


def _reserve(handle: int, size: int) -> None:
    """Take the room on disk now: a full disk would end the process later."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, size)
    else:
        os.truncate(handle, size)


def _remove(path: Path) -> None:
    # The system still holds the file where another view of the array is alive; the
    # folder is a cache and is swept at the next start.
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _no_room(folder: Path, size: int, error: OSError) -> StorageError:
    return StorageError(
        "The image was not opened.",
        cause=f"It takes {size / 1e6:,.0f} MB on the disk of {folder}, and the system "
        f"says: {error.strerror or error}.",
        hint="Free some room there, then open it again.",
        detail=str(error),
    )
