"""What is different where SegDesk runs from a bundle instead of a Python environment.

PyInstaller's starter is the executable of a bundle. It is given flags instead of
`-m`, sets variables for itself that other programs must not see, and no package can
be added to what it holds.
"""

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

from segdesk.core.language import tr

_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH")
_STARTERS_OWN = "_PYI_"
_CONSOLE_NAME = "segdesk-cli.exe"
_NO_PACKAGES = tr(
    "A bundle takes no further packages: install SegDesk with pip for this one."
)


def is_frozen() -> bool:
    """Tell whether this process runs from a bundle."""
    return bool(getattr(sys, "frozen", False))


def own_program() -> str:
    """Return the executable that serves the engine and the command line.

    On Windows a program either has a window or a console, so a bundle has two. The one
    with a console has the standard streams that the engine speaks through.
    """
    console = Path(sys.executable).with_name(_CONSOLE_NAME)
    if sys.platform == "win32" and is_frozen() and console.is_file():
        return str(console)
    return sys.executable


def give_back_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Undo what the bundle's starter has set, so that no child inherits it.

    The starter points the loader of libraries at the bundle. This process has read that
    when it began; `xdg-open` or `nvidia-smi`, started from it, would load the bundle's
    libraries instead of the system's. The starter's notes to itself go too: a child
    that is the bundle again then sets up its own.

    Parameters
    ----------
    environment
        The process's own variables, changed in place.
    """
    for name in _LIBRARY_PATHS:
        before = environment.pop(f"{name}_ORIG", "")
        if before:
            environment[name] = before
        else:
            environment.pop(name, None)
    for name in [key for key in environment if key.startswith(_STARTERS_OWN)]:
        del environment[name]


def install_hint(words: str) -> str:
    """Return how a package that is missing is added.

    Parameters
    ----------
    words
        What helps in a Python environment: "Install it: pip install …".

    Returns
    -------
    hint
        The words, or in a bundle that it cannot be helped there.
    """
    return _NO_PACKAGES if is_frozen() else words
