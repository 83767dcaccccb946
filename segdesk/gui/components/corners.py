"""Round corners of windows without a frame: menus, popups."""

import sys

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QRegion
from PySide6.QtWidgets import QWidget

from segdesk.gui.components.painting import rounded_path


def make_see_through(window: QWidget) -> None:
    """Let the corners of a window show what is behind; call it before it is shown.

    X11 does so only while a compositor runs, which nobody can count on, and draws black
    corners else. There the corners are cut: see `cut_corners`.
    """
    cuts = _cuts_corners()
    window.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint, on=cuts)
    window.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, on=not cuts)


def cut_corners(window: QWidget, radius: float) -> None:
    """Cut the corners where the window system cannot show them through.

    Call it whenever the window has another size.
    """
    if _cuts_corners():
        path = rounded_path(QRectF(window.rect()), radius)
        window.setMask(QRegion(path.toFillPolygon().toPolygon()))


def _cuts_corners() -> bool:
    return sys.platform.startswith("linux") and (
        QGuiApplication.platformName() in ("xcb", "offscreen")
    )
