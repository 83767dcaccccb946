"""Memory that an iteration or an image frees stays with the process for the next one.

Each takes and frees the same buffers as the one before. glibc gives the large
ones back to the system each time, which hands them out again page by page, filled with
zeros: thousands of faults in an iteration, on a processor up to a fifth of its time.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Names that mallopt(3) knows them by.
_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
_ARENA_MAX = -8
_MOST_MMAP_THRESHOLD = 32 << 20  # some versions of glibc take no higher one
_KEPT_BYTES = (1 << 31) - 1
# As far as glibc's own rule may raise it; that rule ends where a limit is set.
_USUAL_BYTES = 2 * _MOST_MMAP_THRESHOLD
_USUAL_ARENAS = 8  # for each processor


@contextmanager
def freed_memory_kept(*, by_threads: bool = False) -> Iterator[None]:
    """Keep freed memory of the process inside, and give it back to the system after.

    Does nothing where the memory is not glibc's.

    Parameters
    ----------
    by_threads
        Threads that start within this take large blocks, too: one of them then takes
        what another one freed, and blocks of 32 MB and more are kept as well.
        Otherwise these come from the system and go back to it as ever.
    """
    lib = ctypes.CDLL(None) if sys.platform == "linux" else None
    with suppress(AttributeError):  # another C library
        if lib is not None:
            lib.mallopt(_MMAP_THRESHOLD, _MOST_MMAP_THRESHOLD)
            lib.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
            if by_threads:
                lib.mallopt(_MMAP_THRESHOLD, _KEPT_BYTES)
                lib.mallopt(_ARENA_MAX, 1)
    try:
        yield
    finally:
        with suppress(AttributeError):
            if lib is not None:
                lib.mallopt(_MMAP_THRESHOLD, _MOST_MMAP_THRESHOLD)
                lib.mallopt(_TRIM_THRESHOLD, _USUAL_BYTES)
                lib.mallopt(_ARENA_MAX, _USUAL_ARENAS * (os.cpu_count() or 1))
                lib.malloc_trim(0)
