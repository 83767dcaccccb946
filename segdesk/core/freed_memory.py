"""What becomes of memory that is free again: given back, or ready for the next use."""

import sys
from contextlib import suppress

_LARGE_BYTES = 32_000_000
_KEPT_BYTES = 64 << 20
_OWN_BYTES = 32 << 20  # larger pieces the allocator gives back at once
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_ARENAS = 2  # one of the window's thread, one of all workers


def hand_back(freed_bytes: int) -> None:
    """Let the system have again what was freed, after work on something large.

    The allocator of Linux keeps freed memory of a worker's thread for ever: after a
    picture of 100 MP was decoded, more than 100 MB. Elsewhere there is nothing to do.
    Takes a few milliseconds: call it on a worker.

    Parameters
    ----------
    freed_bytes
        About how much the work needed; for little, nothing is done.
    """
    if freed_bytes < _LARGE_BYTES or sys.platform != "linux":
        return
    import ctypes

    with suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


def share_freed() -> None:
    """Let all workers get their memory from one place: one uses what another freed.

    The allocator of Linux gives each thread a place of its own, up to eight for each
    processor, and each keeps what was freed at its end. After an hour that was more
    than a hundred megabytes of nothing. Call it before there are threads.
    """
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def reuse_freed() -> None:
    """Let what is freed be used again, up to 64 MB, instead of the system taking it.

    Drawing an overlay needs a dozen arrays of the size of the view for some
    milliseconds. The allocator of Linux gives them back each time, and getting the
    pages again, empty, takes longer than the drawing. Elsewhere there is nothing to do.
    """
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(AttributeError, OSError):  # only glibc has it
        allocator = ctypes.CDLL(None)
        allocator.mallopt(_M_MMAP_THRESHOLD, _OWN_BYTES)
        allocator.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
