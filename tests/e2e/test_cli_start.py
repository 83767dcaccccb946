"""One program, three doors: window, command line, engine."""

import json
import subprocess
import sys

import pytest

from segdesk import __version__
from segdesk.__main__ import COMMANDS, run

# Runs SegDesk's door in a process where the window is a stand-in, and prints which
# of the slow packages were imported on the way to it.
AT_THE_WINDOW = """
import json, sys, types
shown = []
window = types.ModuleType("segdesk.gui.application")
window.main = lambda paths, is_safe: shown.extend(map(str, paths)) or 0
sys.modules["segdesk.gui.application"] = window
from segdesk.__main__ import run
code = run(sys.argv[1:])
slow = ["typer", "click", "rich", "torch", "mmseg", "cv2", "PIL", "numpy"]
print(json.dumps([code, shown, [name for name in slow if name in sys.modules]]))
"""


def at_the_window(*words, cwd):
    said = subprocess.run(
        [sys.executable, "-P", "-c", AT_THE_WINDOW, *words],
        cwd=cwd,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return json.loads(said)


def test_run_opens_window_without_slow_imports_when_given_paths(tmp_path):
    (tmp_path / "predict").touch()
    words = ["some image.png", "./predict"]
    code, shown, slow = at_the_window(*words, cwd=tmp_path)
    assert code == 0
    assert shown == [str(tmp_path / "some image.png"), str(tmp_path / "predict")]
    assert slow == []


@pytest.mark.parametrize("words", [[], ["--"]])
def test_run_opens_empty_window_when_given_nothing(tmp_path, words):
    assert at_the_window(*words, cwd=tmp_path) == [0, [], []]


def test_run_opens_path_when_it_begins_with_a_dash(tmp_path):
    code, shown, _ = at_the_window("--", "-1.png", cwd=tmp_path)
    assert (code, shown) == (0, [str(tmp_path / "-1.png")])


def test_run_opens_folder_when_it_has_a_plain_name(tmp_path):
    (tmp_path / "images").mkdir()
    code, shown, _ = at_the_window("images", cwd=tmp_path)
    assert (code, shown) == (0, [str(tmp_path / "images")])


def test_run_prints_version_when_asked(capfd):
    assert run(["--version"]) == 0
    assert capfd.readouterr().out == f"segdesk {__version__}\n"


def test_run_names_command_that_was_meant_when_misspelt(capfd, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert run(["predit"]) == 2
    assert "predict" in capfd.readouterr().err


def test_run_lists_every_command_when_asked_for_help(capfd):
    assert run(["--help"]) == 0
    said = capfd.readouterr().out
    assert all(command in said for command in COMMANDS)
    assert "segdesk [PATH...]" in said


def test_run_says_so_when_there_is_no_display(capfd, monkeypatch):
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert run([]) == 2
    assert "There is no display here" in capfd.readouterr().err
