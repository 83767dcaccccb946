"""Code that only the start needed: taken out of the process's memory on Linux.

To start, torch runs through its tables of operators, most of which no network calls.
The pages of that code stay with the process although the file behind them is all that
they are: a third of the memory of a small prediction. Given back, the few that the
network does use come again from the system's cache.
"""

import ctypes
import functools
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

_SMAPS = Path("/proc/self/smaps")
_HEAD = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ \d+ +(/.+)")
# Packages with the folder beside them for the libraries that their wheels bring.
_PACKAGES = {
    "torch": "torch.libs",
    "numpy": "numpy.libs",
    "cv2": "opencv_python.libs",
}
_DONTNEED = 4  # madvise(2)
_LEAST_BYTES = 1 << 20


@functools.cache
def give_back_idle_code() -> None:
    """Give back the pages of libraries that are only copies of their files.

    The first call does it, for large libraries that are loaded as a whole by now; the
    others and those on another system do nothing. Takes some ten milliseconds.
    """
    if sys.platform != "linux":
        return
    with suppress(OSError, AttributeError):
        advise = ctypes.CDLL(None).madvise
        advise.argtypes = (ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int)
        for begin, end in list(_pages(_SMAPS.read_text())):
            advise(begin, end - begin, _DONTNEED)


def _pages(smaps: str) -> Iterator[tuple[int, int]]:
    """Yield begin and end of mappings that no process wrote to and none can.

    Pages that were written to, as a library's relocations are, exist nowhere else.
    """
    folders = tuple(_folders())
    found: tuple[int, int] | None = None
    for line in smaps.splitlines():
        if head := _HEAD.fullmatch(line):
            begin, end = int(head[1], 16), int(head[2], 16)
            wanted = end - begin >= _LEAST_BYTES and head[3].startswith(folders)
            found = (begin, end) if wanted else None
        elif line.startswith("Anonymous:") and found:
            if int(line.split()[1]) == 0:
                yield found
            found = None


def _folders() -> Iterator[str]:
    """Yield where the libraries of the packages that are loaded lie."""
    for name, libraries in _PACKAGES.items():
        spec = find_spec(name) if name in sys.modules else None
        if spec is not None and spec.origin:
            folder = Path(spec.origin).resolve().parent
            yield f"{folder}/"
            yield f"{folder.parent / libraries}/"
