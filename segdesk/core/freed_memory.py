"""Handing freed memory back to the system."""

import sys
from contextlib import suppress

_LARGE_BYTES = 32_000_000


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
