"""Giving files to the window that runs already, instead of opening a second one.

Nothing of Qt is imported for it: where a window runs, the second start is over in an
instant, and where none runs, it costs the first one a look at the disk.
"""

import hashlib
import json
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

from segdesk.core.paths import user_cache_dir, user_config_dir

TAKEN = b"taken\n"

_ANSWER_S = 3.0
_MOST_BYTES = 100  # of a socket's path; systems allow 104 to 108
_ACTIVATION = "XDG_ACTIVATION_TOKEN"
_DISPLAYS = ("WAYLAND_DISPLAY", "DISPLAY")


def address() -> str:
    """Return where the window of this user, home folder and display listens.

    Returns
    -------
    address
        The path of a socket; on Windows the name of a pipe.
    """
    display = next((os.environ[name] for name in _DISPLAYS if os.environ.get(name)), "")
    told = f"{user_config_dir().absolute()}\n{display}"
    name = f"segdesk-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    if sys.platform == "win32":
        return rf"\\.\pipe\{name}"
    running = os.environ.get("XDG_RUNTIME_DIR", "")
    place = running if running and os.access(running, os.W_OK) else user_cache_dir()
    path = str(Path(place) / name)
    if len(os.fsencode(path)) <= _MOST_BYTES:
        return path
    return f"/tmp/{name}-{os.getuid()}"  # noqa: S108 - only its owner's is spoken to


def hand_over(paths: Sequence[Path], where: str | None = None) -> bool:
    """Let the window that runs open files, and come to the front.

    Parameters
    ----------
    paths
        Absolute. None: the window only comes to the front.
    where
        Its address; None: that of this user.

    Returns
    -------
    taken
        False when no window runs, or it does not answer within seconds.
    """
    where = address() if where is None else where
    if sys.platform != "win32" and not _is_own(where):
        return False
    words = {
        "paths": [str(path) for path in paths],
        "token": os.environ.get(_ACTIVATION),
    }
    message = json.dumps(words).encode() + b"\n"
    answers: list[bytes] = []
    # A window that hangs would never answer, and not every system has a time limit.
    asking = threading.Thread(
        target=_ask, args=(where, message, answers), name="hand over", daemon=True
    )
    asking.start()
    asking.join(_ANSWER_S)
    return answers == [TAKEN]


def is_taken(where: str) -> bool:
    """Tell whether a window listens at an address; what a killed one left does not.

    Parameters
    ----------
    where
        As `address` gives it.
    """
    try:
        _opened(where).close()
    except OSError:
        return False
    return True


def _is_own(path: str) -> bool:
    """Tell whether there is a socket of this user; another's would read the paths."""
    try:
        return Path(path).stat().st_uid == os.getuid()
    except OSError:
        return False


def _ask(where: str, message: bytes, answers: list[bytes]) -> None:
    try:
        with _opened(where) as window:
            window.write(message)
            window.flush()
            answers.append(window.readline())
    except OSError:
        return  # nobody is there: what a killed window has left


def _opened(where: str) -> BinaryIO:
    if sys.platform == "win32":
        return cast(BinaryIO, Path(where).open("r+b", buffering=0))
    import socket

    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(where)
        return cast(BinaryIO, caller.makefile("rwb"))
