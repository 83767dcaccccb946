"""`segdesk doctor` finds what is broken, each with its cure."""

import json
import os
import sys

import pytest

from segdesk.cli.display import probe_display

pytestmark = pytest.mark.engine


def test_doctor_names_versions_and_devices_when_all_is_well(segdesk):
    ran = segdesk("doctor", "--json")
    document = json.loads(ran.stdout)
    checks = document["checks"]
    assert ran.returncode == 0, [c for c in checks if c["state"] == "broken"]
    assert {"torch", "onedl-mmsegmentation", "PySide6", "Qt"} <= set(
        document["versions"]
    )
    assert document["devices"][0]["id"]
    assert isinstance(document["compiled_ops"], bool)
    states = {check["topic"]: check["state"] for check in checks}
    assert states["model"] == "ok"
    assert states["folders"] == "ok"
    assert states["fonts"] == "ok"


def test_doctor_exits_1_and_tells_cure_when_folders_cannot_be_written(
    segdesk, tmp_path
):
    blocked = tmp_path / "a file"
    blocked.touch()
    ran = segdesk("doctor", SEGDESK_HOME=str(blocked))
    assert ran.returncode == 1
    assert "BROKEN folders: The folder of settings cannot be written to." in ran.stdout
    assert "is a file, not a folder" in ran.stdout
    assert "Choose another folder." in ran.stdout
    assert f"Python {sys.version.split()[0]}" in ran.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 may be missing")
def test_probe_display_says_why_when_server_does_not_answer(monkeypatch):
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":9876")
    found = probe_display()
    assert not found.visible
    assert found.problem == "The display :9876 does not answer."
    monkeypatch.delenv("DISPLAY")
    found = probe_display()
    assert found.platform == "offscreen"
    assert "DISPLAY and WAYLAND_DISPLAY are not set" in found.problem


def test_probe_display_says_nobody_sees_it_when_platform_is_offscreen():
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    found = probe_display()
    assert found.platform == "offscreen"
    assert "Nobody sees a window" in found.problem
    assert found.fonts > 0
