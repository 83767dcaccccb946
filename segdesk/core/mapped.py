"""Arrays that lie in a file of their own, so that memory can let go of them."""

import ctypes
import mmap
import os
import tempfile
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import StorageError
from segdesk.core.language import tr

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


def let_go(array: NDArray[np.uint8]) -> None:
    """Take a mapped array's pixels out of this process's memory, not out of the file.

    They come back when they are looked at. Any other array is left alone.
    """
    base: object = array
    start = 0
    while isinstance(base, np.ndarray | memoryview):
        if isinstance(base, np.ndarray):
            start = base.ctypes.data
        base = base.base if isinstance(base, np.ndarray) else base.obj
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        # Python's own `madvise` holds all threads meanwhile: 40 ms for 100 MB.
        system = ctypes.CDLL(None)
        size = ctypes.c_size_t(len(base))
        system.madvise(ctypes.c_void_p(start), size, mmap.MADV_DONTNEED)


def _mapped(shape: tuple[int, ...], folder: Path) -> NDArray[np.uint8]:
    size = int(np.prod(shape))
    _sweep(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="image-", suffix=".raw", dir=folder)
    except OSError as error:
        raise _no_room(folder, size, error) from error
    path = Path(name)
    try:
        reserve(handle, size)
        flat = np.frombuffer(mmap.mmap(handle, size), np.uint8)
    except OSError as error:
        _remove(path)  # Windows keeps what is open; the next sweep takes it
        raise _no_room(folder, size, error) from error
    finally:
        os.close(handle)
    if os.name == "posix":
        path.unlink()
    else:
        weakref.finalize(flat, _remove, path)
    return flat.reshape(shape)


def reserve(handle: int, size: int) -> None:
    """Take the room on disk now: a full disk would end the process later.

    Parameters
    ----------
    handle
        Of a file that is open for writing.
    size
        In bytes.

    Raises
    ------
    OSError
        When there is not enough.
    """
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, size)
    else:
        os.truncate(handle, size)


def _sweep(folder: Path) -> None:
    """Remove what earlier processes could not; what is in use stays."""
    if os.name != "posix":
        for path in folder.glob("image-*.raw"):
            _remove(path)


def _remove(path: Path) -> None:
    # Where the system lets nobody remove a file in use, the next sweep does.
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _no_room(folder: Path, size: int, error: OSError) -> StorageError:
    return StorageError(
        tr("The image was not opened."),
        cause=tr(
            "It takes {size:,.0f} MB on the disk of {folder}, and the "
            "system says: {reason}.",
            size=size / 1000000.0,
            folder=folder,
            reason=error.strerror or error,
        ),
        hint=tr("Free some room there, then open it again."),
        detail=str(error),
    )
