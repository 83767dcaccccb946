"""All types of Qt, made on the window's thread before a worker asks for any of them.

PySide6 makes a type when it is first asked for. Two threads that do so at once can end
the program by a fault, and an import on a worker asks for many: pyqtgraph for all.
"""

import time
from collections.abc import Iterator

from PySide6 import QtCore, QtGui, QtWidgets

_STEP_S = 0.004

_left = [
    (module, name) for module in (QtCore, QtGui, QtWidgets) for name in dir(module)
]


def are_made() -> bool:
    """Tell whether a worker may import what uses Qt."""
    return not _left


def make() -> Iterator[None]:
    """Make what is not made yet, some milliseconds at a time."""
    while _left:
        end = time.perf_counter() + _STEP_S
        while _left and time.perf_counter() < end:
            module, name = _left.pop()
            getattr(module, name)
        yield
