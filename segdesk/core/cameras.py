"""The cameras of this machine: what they are called, and how each is asked for.

On Linux the kernel tells them (Video4Linux); elsewhere numbers are tried, which is slow
and lights the camera's lamp for a moment.
"""

import os
import re
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.cv import load_cv2
from segdesk.core.language import tr
from segdesk.core.video_source import CAMERA

_TRIED = 4
# VIDIOC_QUERYCAP of linux/videodev2.h: what a node can do.
_QUERYCAP, _CAPS_BYTES = 0x80685600, 104
_CAPS_AT = 84  # capabilities, then device_caps, 4 bytes each
_CAPTURES = 0x1 | 0x1000
_HAS_DEVICE_CAPS = 0x80000000


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera that was found.

    Parameters
    ----------
    source
        As `LiveSource` takes it: "camera:0".
    name
        What the system calls it.
    problem
        Why it cannot be opened; "": nothing is known against it.
    """

    source: str
    name: str
    problem: str = ""


def find_cameras(
    root: Path = Path("/"),
    system: str = sys.platform,
    opens: Callable[[int], bool] | None = None,
) -> tuple[Camera, ...]:
    """Find the cameras of this machine. Slow: call it on a worker.

    Parameters
    ----------
    root
        Where `sys` and `dev` lie.
    system
        As `sys.platform` names it.
    opens
        Tells whether a number is a camera, where the system does not.
    """
    if system.startswith("linux"):
        nodes = root / "sys/class/video4linux"
        found = sorted(_nodes(nodes), key=lambda node: node[0])
        return tuple(_camera(number, node, root) for number, node in found)
    tried = opens or _opens
    return tuple(
        Camera(f"{CAMERA}{number}", tr("Camera {number}", number=number))
        for number in range(_TRIED)
        if tried(number)
    )


def _nodes(folder: Path) -> Iterator[tuple[int, Path]]:
    """Yield number and place of each node that gives pictures."""
    for node in folder.glob("video*"):
        number = re.fullmatch(r"video(\d+)", node.name)
        if number is not None and _captures(node, folder.parents[2]):
            yield int(number.group(1)), node


def _captures(node: Path, root: Path) -> bool:
    """Tell whether a node gives pictures; a camera has others beside it."""
    known = _capabilities(root / "dev" / node.name)
    if known is not None:
        return bool(known & _CAPTURES)
    return _line(node / "index") in ("", "0")  # the first node is the camera itself


def _capabilities(device: Path) -> int | None:
    """Ask a device what it can do; None: it cannot be asked."""
    try:
        import fcntl

        handle = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except (ImportError, OSError):
        return None
    try:
        answer = fcntl.ioctl(handle, _QUERYCAP, bytes(_CAPS_BYTES))
    except OSError:
        return None
    finally:
        os.close(handle)
    whole, own = struct.unpack_from("=II", answer, _CAPS_AT)
    return int(own if whole & _HAS_DEVICE_CAPS else whole)


def _camera(number: int, node: Path, root: Path) -> Camera:
    name = _line(node / "name") or tr("Camera {number}", number=number)
    return Camera(f"{CAMERA}{number}", name, camera_problem(number, root))


def camera_problem(number: int, root: Path = Path("/")) -> str:
    """Return what the system has against opening a camera; "": nothing is known."""
    device = root / "dev" / f"video{number}"
    if not (root / "sys/class/video4linux").is_dir() and not device.exists():
        return ""
    if not device.exists():
        return tr("There is no {name} on this machine.", name=device.name)
    if not os.access(device, os.R_OK | os.W_OK):
        return tr(
            "You may not use {device}: add yourself to the group “video”.",
            device=device,
        )
    return ""


def _line(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace").strip()
    return ""


def _opens(number: int) -> bool:
    capture = load_cv2().VideoCapture(number)
    try:
        return bool(capture.isOpened())
    finally:
        capture.release()
