"""The form of an export of a video."""

from types import SimpleNamespace

from clips import even_times, make_clip

from segdesk.app.video.export import VideoExporting
from segdesk.gui.dialogs.video_export import VideoExportDialog


def test_dialog_follows_kind_and_range_when_chosen(qtbot, context, tmp_path):
    make_clip(tmp_path / "drive.mp4", even_times(50))
    videos = context.videos
    videos.open(tmp_path / "drive.mp4")
    videos.mark_in(10)
    desk = SimpleNamespace(jobs=context.jobs, notices=context.notices)
    exporting = VideoExporting(desk, videos, context.predicting, SimpleNamespace())
    dialog = VideoExportDialog(None, exporting)
    qtbot.addWidget(dialog)
    assert dialog.verb.text() == "Export 40 frames"
    assert not dialog.audio.isEnabled()
    dialog._on_kind("frames")
    dialog._on_part("whole")
    dialog.stride.setCurrentIndex(dialog.stride.findData(5))
    assert dialog.verb.text() == "Export 10 frames"
    assert dialog.choice.out == tmp_path / "drive frames"
    dialog.target.setText(str(tmp_path))
    assert not dialog.verb.isEnabled()
    assert dialog.status.text() == "Choose an empty or a new folder."
    videos.close()
