"""Frames as images of a project, and labels that follow the picture."""

from types import SimpleNamespace

import numpy as np
import pytest
from clips import even_times, make_clip, number_of
from fake_videos import make_annotating, make_videos
from fake_workers import ImmediateExecutor, ManualTimer
from PIL import Image

from segdesk.app.desk import Desk
from segdesk.app.job_center import JobCenter
from segdesk.app.notices import Notices
from segdesk.app.proposals.proposals import unpack
from segdesk.app.session import FileList, Session
from segdesk.app.settings.settings import Settings
from segdesk.app.signal import Signal
from segdesk.app.video.frame_files import FLOW_ID
from segdesk.core.classes import ClassList
from segdesk.core.project import Project
from segdesk.formats.png_mask import write_mask
from segdesk.formats.project_file import write_project

CLASSES = ClassList.from_names(("background", "red"))


class Showing:
    """Notes what it opens."""

    def __init__(self) -> None:
        self.opened, self.packed = [], None

    def open(self, path, layout, folder=None) -> None:
        self.folder = folder
        self.opened.append((path.name, layout))

    def show_proposal(self, path, packed, layout, folder=None) -> None:
        self.packed = packed
        self.open(path, layout, folder)


@pytest.fixture
def house(tmp_path, segdesk_home):
    desk = Desk(Session(), Settings(segdesk_home / "s.toml"), Notices(), JobCenter())
    predicting = SimpleNamespace(model=None, changed=Signal())
    executor = ImmediateExecutor()
    videos = make_videos(desk, executor, ManualTimer(), predicting)
    showing = Showing()
    annotating = make_annotating(desk, videos, executor, showing, segdesk_home)
    make_clip(tmp_path / "drive.mp4", even_times(20))
    videos.open(tmp_path / "drive.mp4")
    yield SimpleNamespace(**locals())
    videos.close()


def test_frame_becomes_an_image_beside_the_video_when_annotated(house, tmp_path):
    house.videos.player.seek(7)
    house.annotating.annotate()
    assert house.showing.opened == [("drive_000007.png", "annotate")]
    path = tmp_path / "drive_frames" / "drive_000007.png"
    assert number_of(np.asarray(Image.open(path))) == 7
    house.annotating.refresh()
    assert house.videos.film.marks == {7: False}
    why = house.annotating.why_not_carried(is_video=True)
    assert why == "Annotate this frame first"


def test_labels_follow_to_the_next_frame_when_carried(house, tmp_path):
    house.videos.player.seek(7)
    house.annotating.annotate()
    folder = tmp_path / "drive_frames"
    labels = np.zeros((48, 64), np.uint8)
    labels[8:, :16] = 1
    (folder / "annotations").mkdir()
    write_mask(folder / "annotations" / "drive_000007.png", labels, CLASSES)
    write_project(Project(folder, CLASSES))
    house.annotating.refresh()
    assert house.annotating.why_not_carried(is_video=True) is None
    house.annotating.carry(is_video=True)
    assert house.showing.opened[-1] == ("drive_000008.png", "annotate")
    found = unpack(house.showing.packed).prediction
    assert found.model_id == FLOW_ID
    assert found.classes == CLASSES
    known = found.labels != 255
    assert known.mean() > 0.5
    assert (found.labels == labels)[known].mean() > 0.97
    assert house.videos.player.number == 8
    house.annotating.refresh()
    assert house.videos.film.marks == {7: True, 8: False}


def test_error_tells_what_to_do_when_folder_takes_no_file(house, tmp_path):
    (tmp_path / "drive_frames").write_text("in the way")
    house.annotating.annotate()
    notice = house.desk.notices.history[-1]
    assert notice.message == "Frame 1 was not saved as an image."
    assert house.showing.opened == []


def test_frames_go_where_the_user_said_once(house, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    write_project(Project(project, CLASSES))
    shelf = SimpleNamespace(project=Project(project, CLASSES))
    house.desk.session.set_files(FileList(project, (), None))
    places, asked = house.annotating.places, []
    places.attach(shelf)

    def ask(question):
        asked.append(question)
        return question.choices[0].folder

    places.ask = ask
    house.videos.player.seek(3)
    house.annotating.annotate()
    house.annotating.annotate()
    path = project / "drive_frames" / "drive_000003.png"
    assert house.showing.opened == [(path.name, "annotate")] * 2
    assert house.showing.folder == project
    assert path.is_file()
    assert [one.folder for one in asked[0].choices] == [
        project / "drive_frames",
        tmp_path / "drive_frames",
    ]
    assert len(asked) == 1
    house.annotating.refresh()
    assert house.videos.film.marks == {3: False}
    places.ask = lambda _: None
    house.annotating.move_frames()
    assert places.known == project / "drive_frames"
