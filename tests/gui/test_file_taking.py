"""A second start hands its files to the window that runs."""

import os
import socket
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QWidget

from segdesk.gui.file_taking import FileTaking
from segdesk.gui.hand_over import address, hand_over

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="looks at sockets")


@pytest.fixture
def where(tmp_path):
    return str(tmp_path / "s")


@pytest.fixture
def taken():
    return []


@pytest.fixture
def taking(qtbot, where, taken):
    window = QWidget()
    qtbot.addWidget(window)
    made = FileTaking(window, taken.append, where)
    made.start()
    qtbot.waitUntil(lambda: made.is_listening)
    yield made
    made.close()


def second_start(qtbot, paths, where):
    """Hand over on a thread, as another process would, and return what it was told."""
    told = []
    thread = threading.Thread(target=lambda: told.append(hand_over(paths, where)))
    thread.start()
    qtbot.waitUntil(lambda: bool(told))
    thread.join()
    return told[0]


def test_file_taking_opens_files_when_second_start_hands_them_over(
    qtbot, taking, taken, where
):
    paths = [Path(f"/data/图像 {at}.png") for at in range(2000)]
    assert second_start(qtbot, paths, where)
    qtbot.waitUntil(lambda: bool(taken))
    assert taken == [paths]
    assert taking.parent().isVisible()


def test_file_taking_only_comes_to_front_when_nothing_is_handed_over(
    qtbot, taking, taken, where
):
    taking.parent().showMinimized()
    assert second_start(qtbot, [], where)
    qtbot.waitUntil(lambda: not taking.parent().isMinimized())
    assert taken == []


def test_file_taking_waits_when_dialog_holds_the_window(qtbot, taking, taken, where):
    dialog = QDialog(taking.parent())
    dialog.setModal(True)
    dialog.show()
    assert second_start(qtbot, [Path("/a.png")], where)
    assert second_start(qtbot, [Path("/b.png")], where)
    assert taken == []
    dialog.close()
    qtbot.waitUntil(lambda: bool(taken))
    assert taken == [[Path("/a.png"), Path("/b.png")]]


def test_file_taking_listens_when_killed_window_left_its_socket(
    qtbot, where, taken, request
):
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(where)
    assert not hand_over([Path("/a.png")], where)
    taking = request.getfixturevalue("taking")
    assert taking.is_listening
    assert second_start(qtbot, [Path("/a.png")], where)


def test_file_taking_does_not_take_the_place_when_another_window_listens(
    qtbot, taking, where
):
    other = FileTaking(taking.parent(), lambda _: None, where)
    other.start()
    qtbot.wait(200)
    assert not other.is_listening
    assert second_start(qtbot, [], where)
    other.close()
    assert taking.is_listening


@pytest.mark.parametrize(
    "line", [b"GET / HTTP/1.1\n", b'{"paths": ["../x.png"]}\n', b"[]\n"]
)
def test_file_taking_drops_caller_when_it_is_not_segdesk(
    qtbot, taking, taken, where, line
):
    said = []

    def call():
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(where)
            caller.sendall(line)
            said.append(caller.recv(16))

    thread = threading.Thread(target=call)
    thread.start()
    qtbot.waitUntil(lambda: bool(said))
    thread.join()
    assert said == [b""]
    assert taken == []


def test_file_taking_leaves_nothing_when_closed(taking, where):
    assert Path(where).exists()
    taking.close()
    assert not Path(where).exists()
    assert not hand_over([], where)


def test_address_differs_when_display_or_home_differ(monkeypatch, tmp_path):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":1")
    first = address()
    monkeypatch.setenv("DISPLAY", ":2")
    second = address()
    monkeypatch.setenv("SEGDESK_HOME", str(tmp_path / "other"))
    assert len({first, second, address()}) == 3


def test_address_fits_a_socket_when_folders_are_long(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("SEGDESK_HOME", str(tmp_path / ("long" * 40)))
    assert len(os.fsencode(address())) <= 100
