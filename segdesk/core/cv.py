"""The one door through which OpenCV is imported.

On Linux `import cv2` points Qt at the plugins that its wheel carries for its own Qt 5,
with which PySide6 cannot start. This door puts the environment back.
"""

import os
from functools import cache
from typing import Any

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


@cache
def load_cv2() -> Any:  # noqa: ANN401 - a module; cv2's own stubs type its functions
    """Import `cv2` and leave the Qt environment as it was.

    Returns
    -------
    module
        `cv2`.
    """
    before = {name: os.environ.get(name) for name in _QT_VARIABLES}
    import cv2

    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return cv2
