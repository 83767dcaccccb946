"""The one door through which OpenCV is imported.

On Linux `import cv2` points Qt at the plugins that its wheel carries for its own Qt 5,
with which PySide6 cannot start, and the loader of libraries, for programs that are
started later, at a folder of its own. This door puts the environment back.
"""

import ctypes
import os
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")


@cache
def load_cv2() -> Any:  # noqa: ANN401 - a module; cv2's own stubs type its functions
    """Import `cv2` and leave the environment as it was.

    Returns
    -------
    module
        `cv2`.
    """
    before = {name: os.environ.get(name) for name in _VARIABLES}
    _read_library()
    import cv2

    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return cv2


def _read_library() -> None:
    """Load OpenCV's library before its import does.

    An import holds every other thread of the interpreter while the library is loaded,
    some 30 ms; a call of the system's loader does not. Where that cannot be called the
    import does all of it.
    """
    spec = find_spec("cv2")
    if os.name != "posix" or spec is None or spec.origin is None:
        return
    for library in Path(spec.origin).parent.glob("cv2*.so"):
        with suppress(AttributeError, OSError):
            load = ctypes.CDLL(None).dlopen
            load.argtypes, load.restype = (
                (ctypes.c_char_p, ctypes.c_int),
                ctypes.c_void_p,
            )
            load(os.fsencode(library), os.RTLD_NOW)
