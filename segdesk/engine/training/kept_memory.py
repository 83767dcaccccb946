"""Memory that a training frees stays with the process, as the next batch takes it.

An iteration takes and frees the same buffers as the one before. glibc gives the large
ones back to the system each time, which hands them out again page by page, filled with
zeros: thousands of faults in an iteration, on a processor up to a fifth of its time.
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Names that mallopt(3) knows them by.
_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
_MOST_MMAP_THRESHOLD = 32 << 20  # glibc takes no higher one
_KEPT_BYTES = (1 << 31) - 1
# As far as glibc's own rule may raise it; that rule ends where a limit is set.
_USUAL_BYTES = 2 * _MOST_MMAP_THRESHOLD


@contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Keep freed memory of the process inside, and give it back to the system after.

    Blocks of 32 MB and more come from the system and go back to it as ever. Does
    nothing where the memory is not glibc's.
    """
    lib = ctypes.CDLL(None) if sys.platform == "linux" else None
    with suppress(AttributeError):  # another C library
        if lib is not None:
            lib.mallopt(_MMAP_THRESHOLD, _MOST_MMAP_THRESHOLD)
            lib.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
    try:
        yield
    finally:
        with suppress(AttributeError):
            if lib is not None:
                lib.mallopt(_TRIM_THRESHOLD, _USUAL_BYTES)
                lib.malloc_trim(0)
