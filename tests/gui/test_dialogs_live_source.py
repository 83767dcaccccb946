"""The dialogs of videos that ask for a source, and for a folder."""

from pathlib import Path

import pytest
from fake_workers import ImmediateExecutor

from segdesk.app.desk import Desk
from segdesk.app.video.memory import VideoMemory
from segdesk.app.video.places import FramesChoice, FramesQuestion
from segdesk.app.video.sources import LiveSources
from segdesk.core.cameras import Camera
from segdesk.gui.dialogs.frames_place import FramesPlaceDialog
from segdesk.gui.dialogs.live_source import LiveSourceDialog

CAMERAS = (
    Camera("camera:0", "Built-in"),
    Camera("camera:2", "USB", "You may not use /dev/video2."),
)


@pytest.fixture
def sources(context, tmp_path) -> LiveSources:
    desk = Desk(context.session, context.settings, context.notices, context.jobs)
    memory = VideoMemory(tmp_path / "videos.json")
    return LiveSources(desk, memory, ImmediateExecutor(), lambda: CAMERAS)


def test_dialog_offers_cameras_and_says_what_is_wrong(qtbot, sources):
    dialog = LiveSourceDialog(None, sources)
    qtbot.addWidget(dialog)
    assert dialog.source == "camera:0"
    assert dialog.verb.isEnabled()
    dialog.list.select_row(1)
    assert dialog.source == "camera:2"
    assert dialog.status.text() == "You may not use /dev/video2."
    assert not dialog.verb.isEnabled()
    dialog.address.setText("door.local")
    assert dialog.status.text().startswith("An address begins with rtsp://")
    dialog.address.setText("rtsp://me:secret@door.local/1")
    assert dialog.verb.isEnabled()
    assert dialog.status.text() == "The password is not remembered."


def test_addresses_are_remembered_without_password_when_opened(tmp_path, sources):
    sources.keep("rtsp://me:secret@door/1")
    sources.keep("camera:0")
    sources.set_recordings(tmp_path)
    again = VideoMemory(tmp_path / "videos.json")
    assert again.sources == ("camera:0", "rtsp://me@door/1")
    assert again.recordings == tmp_path
    assert "secret" not in (tmp_path / "videos.json").read_text()
    assert sources.lately == ("rtsp://me@door/1",)
    sources.forget("rtsp://me@door/1")
    assert sources.lately == ()


def test_folder_of_frames_is_the_chosen_one(qtbot):
    choices = tuple(
        FramesChoice(title, f"/{title}", Path(f"/{title}")) for title in ("a", "b")
    )
    dialog = FramesPlaceDialog(None, FramesQuestion("drive.mp4", choices))
    qtbot.addWidget(dialog)
    assert dialog.folder == Path("/a")
    dialog.list.select_row(1)
    assert dialog.folder == Path("/b")
