"""Where the window was and how its docks lay, kept between sittings."""

import logging
from collections.abc import Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget

from segdesk.core.errors import SegDeskError
from segdesk.formats.atomic import write_atomic
from segdesk.gui.dock_places import DockState

log = logging.getLogger(__name__)

MINIMUM = QSize(1180, 720)
_LEAST = QSize(1024, 700)  # on a screen that has no room for more
_FRAME_PX = 40  # what the window system draws round the window
_FIRST = QSize(1600, 1000)
_IN_SIGHT_PX = 120  # of the title bar, so the window can be taken hold of


class WindowState(msgspec.Struct, frozen=True):
    """The window's place on the screens, in logical px, and its docks by layout."""

    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    maximized: bool = False
    layout: str = ""
    layouts: dict[str, DockState] = {}


def read_state(path: Path) -> WindowState:
    """Return what was kept; a file that cannot be read counts as none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=WindowState)
    except FileNotFoundError:
        return WindowState()
    except (OSError, msgspec.MsgspecError) as error:
        log.info("the window's state was not read: %s", error)
        return WindowState()


def write_state(path: Path, state: WindowState) -> None:
    """Keep the state; what cannot be written is logged, not told."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, msgspec.json.format(msgspec.json.encode(state)))
    except (OSError, SegDeskError) as error:
        log.warning("the window's state was not written: %s", error)


def state_of(
    window: QWidget, layout: str, layouts: dict[str, DockState]
) -> WindowState:
    """Return how a window is now; a large one is kept with its usual size."""
    is_large = window.isMaximized() or window.isFullScreen()
    usual = window.normalGeometry() if is_large else window.geometry()
    return WindowState(
        usual.x(),
        usual.y(),
        usual.width(),
        usual.height(),
        window.isMaximized(),
        layout,
        layouts,
    )


def least_size(screens: Sequence[QRect]) -> QSize:
    """Return the least size of the window, so that the largest screen takes it."""
    width = max(screen.width() for screen in screens)
    height = max(screen.height() for screen in screens) - _FRAME_PX
    return MINIMUM.boundedTo(QSize(width, height)).expandedTo(_LEAST)


def place_on(
    state: WindowState, screens: Sequence[QRect], minimum: QSize = MINIMUM
) -> QRect:
    """Return where the window goes: as it was, if that is still in sight.

    Parameters
    ----------
    screens
        The free room of every screen, the main one first.
    minimum
        Least size of the window.
    """
    main = screens[0]
    if state.width <= 0 or state.height <= 0:
        size = _FIRST.boundedTo(QSize(main.width() - 40, main.height() - 60))
        first = QRect(main.topLeft(), size.expandedTo(minimum))
        first.moveCenter(main.center())
        return _inside(first, main)
    wanted = QRect(state.x, state.y, state.width, state.height)
    title_bar = QRect(wanted.x(), wanted.y(), wanted.width(), 30)
    for screen in screens:
        seen = screen.intersected(title_bar)
        if seen.width() >= _IN_SIGHT_PX and seen.height() > 0:
            size = wanted.size().boundedTo(screen.size()).expandedTo(minimum)
            return QRect(wanted.topLeft(), size)
    size = wanted.size().boundedTo(main.size()).expandedTo(minimum)
    moved = QRect(main.topLeft(), size)
    moved.moveCenter(main.center())
    return _inside(moved, main)


def _inside(rect: QRect, screen: QRect) -> QRect:
    rect.moveLeft(max(screen.left(), rect.left()))
    rect.moveTop(max(screen.top(), rect.top()))
    return rect
