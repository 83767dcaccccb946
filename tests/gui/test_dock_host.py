"""Docks round the canvas: how wide they are in windows of all sizes."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from segdesk.gui.dock_frame import Dock
from segdesk.gui.dock_host import DockHost
from segdesk.gui.dock_places import Area, DockPlace, DockState
from segdesk.gui.window_state import least_size

FIRST = (DockPlace("files", Area.LEFT), DockPlace("classes", Area.RIGHT))


class Panel(QWidget):
    """A panel with nothing in it."""

    count_changed = Signal(str)
    header_actions = ()
    count_text = ""

    def __init__(self, dock_id: str) -> None:
        super().__init__()
        self.dock_id = dock_id
        self.title = dock_id.capitalize()


class Needing(Panel):
    """A panel that knows how high it must be."""

    wanted_changed = Signal()

    def __init__(self, dock_id: str) -> None:
        super().__init__(dock_id)
        self._px = 300

    def wanted_px(self) -> int:
        return self._px

    def need(self, px: int) -> None:
        self._px = px
        self.wanted_changed.emit()


@pytest.fixture
def make_host(qtbot, context):
    def make(state: DockState, width: int) -> DockHost:
        panels = [Panel(place.id) for place in FIRST]
        docks = [Dock(panel, context, SimpleNamespace()) for panel in panels]
        host = DockHost(QWidget(), docks)
        qtbot.addWidget(host)
        host.restore(state, FIRST, width)
        host.resize(width, 700)
        with qtbot.waitExposed(host):
            host.show()
        return host

    return make


def widths(host: DockHost) -> tuple[int, int]:
    left, right = host.areas[Area.LEFT], host.areas[Area.RIGHT]
    return left.width(), right.width()


def test_sides_narrow_with_the_window_and_widen_again_with_it(make_host):
    host = make_host(DockState(), 1600)
    assert widths(host) == (272, 308)
    host.resize(1300, 700)
    assert widths(host) == (232, 280)
    kept = host.state()
    assert (kept.left, kept.right) == (272, 308), "what is wanted where there is room"
    host.resize(1500, 700)
    assert widths(host) == (272, 308)
    assert widths(make_host(kept, 1200)) == (232, 280)


def test_sides_stay_as_they_are_pulled_when_the_window_narrows(make_host):
    host = make_host(DockState(left=225, right=400), 1600)
    assert widths(host) == (225, 400)
    host.resize(1300, 700)
    assert widths(host) == (225, 280)
    splitter = host.findChild(QSplitter)
    splitter.setSizes([240, 760, 300])
    host.resize(1600, 700)
    assert widths(host) == (240, 300), "pulled in the narrow window"


def test_panel_has_the_height_it_needs_while_the_others_keep_theirs(qtbot, context):
    first = (
        DockPlace("classes", Area.RIGHT, 308),
        DockPlace("image", Area.RIGHT, 168),
        DockPlace("history", Area.RIGHT, 452),
    )

    def made(state: DockState) -> tuple[DockHost, Panel]:
        panels = [Needing("classes"), Panel("image"), Panel("history")]
        docks = [Dock(panel, context, SimpleNamespace()) for panel in panels]
        host = DockHost(QWidget(), docks)
        qtbot.addWidget(host)
        host.restore(state, first, 1600)
        host.resize(1600, 900)
        host.show()
        return host, panels[0]

    def heights(host: DockHost) -> list[int]:
        return [host.dock(place.id).height() for place in first]

    host, panel = made(DockState())
    header = host.dock("classes").header.height()
    assert heights(host) == [header + 300, 168, 900 - 2 - 168 - 300 - header]
    panel.need(2000)
    assert heights(host) == [900 - 2 - 168 - 250, 168, 250]
    host.dock("image").set_folded(True)
    assert heights(host)[2] == 250
    host.dock("image").set_folded(False)
    again, _ = made(host.state())
    assert heights(again)[0] == header + 300, "nothing was pulled"

    splitter = host.areas[Area.RIGHT].findChild(QSplitter)
    splitter.moveSplitter(400, 1)
    panel.need(700)
    assert heights(host)[0] == 400
    again, other = made(host.state())
    other.need(100)
    assert heights(again)[0] == 400


def test_window_may_be_smaller_where_the_screen_is():
    large, small = QRect(0, 0, 1920, 1080), QRect(0, 0, 1024, 768)
    assert least_size([large, small]) == QSize(1180, 720)
    assert least_size([small]) == QSize(1024, 720)
    assert least_size([QRect(0, 0, 800, 600)]) == QSize(1024, 700)
