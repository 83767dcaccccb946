from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from segdesk.app.files.opening import Opening
from segdesk.app.files.recent import RecentPlaces
from segdesk.app.files.thumbnails import Thumbnails
from segdesk.core.image_view import ImageView


@pytest.fixture
def opening(desk, executor, tmp_path) -> Opening:
    recent = RecentPlaces(tmp_path / "recent.json")
    return Opening(desk, executor, Thumbnails(executor), recent)


def make_folder(folder: Path, names: list[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        pixels = np.full((8, 10 + number, 3), number, np.uint8)
        Image.fromarray(pixels).save(folder / name)
    return folder


def test_opening_shows_the_first_image_when_a_folder_is_opened(
    opening, desk, executor, tmp_path
):
    folder = make_folder(tmp_path / "my images", ["b10.png", "b2.png", "a.png"])
    opening.open_paths([folder])
    executor.run_all()
    assert [path.name for path in desk.session.files.paths] == [
        "a.png",
        "b2.png",
        "b10.png",
    ]
    assert desk.session.image.path.name == "a.png"
    assert opening.recent.places[0].images == 3


def test_opening_opens_the_folder_round_it_when_one_file_is_opened(
    opening, desk, executor, tmp_path
):
    folder = make_folder(tmp_path / "x", ["a.png", "b.png", "c.png"])
    opening.open_paths([folder / "b.png"])
    executor.run_all()
    assert desk.session.image.path.name == "b.png"
    opening.previous()
    executor.run_all()
    assert desk.session.image.path.name == "a.png"


def test_opening_begins_at_the_last_image_when_a_folder_is_opened_again(
    opening, desk, executor, tmp_path
):
    folder = make_folder(tmp_path / "x", ["a.png", "b.png", "c.png"])
    opening.open_paths([folder])
    executor.run_all()
    opening.show(2)
    executor.run_all()
    opening.recent.writer()()
    kept = RecentPlaces(opening.recent.path)
    kept.load()
    opening = Opening(desk, executor, Thumbnails(executor), kept)
    opening.open_paths([folder])
    executor.run_all()
    assert desk.session.files.current_path.name == "c.png"
    (folder / "c.png").unlink()
    opening.open_paths([folder])
    executor.run_all()
    assert desk.session.files.current_path.name == "a.png", "it is gone"


def test_opening_keeps_the_picture_and_goes_on_when_a_file_is_broken(
    opening, desk, executor, tmp_path
):
    folder = make_folder(tmp_path / "x", ["a.png", "b.png", "c.png"])
    (folder / "b.png").write_bytes(b"not an image at all")
    opening.open_paths([folder])
    executor.run_all()
    opening.next()
    executor.run_all()
    assert desk.session.image.path.name == "a.png"
    assert "b.png" in desk.notices.history[-1].message
    opening.next()
    executor.run_all()
    assert desk.session.image.path.name == "c.png"


def test_opening_goes_on_from_the_row_of_a_file_that_cannot_be_read(
    opening, desk, executor, tmp_path
):
    folder = make_folder(tmp_path / "x", ["a.png", "b.png", "c.png"])
    for name in ("b.png", "c.png"):
        (folder / name).write_bytes(b"not an image at all")
    opening.open_paths([folder])
    executor.run_all()
    rows = []
    for step in (opening.next, opening.next, opening.next, opening.previous):
        step()
        executor.run_all()
        rows.append(desk.session.files.row)
        assert desk.session.files.current_path.name == "a.png", "what is on screen"
    assert rows == [1, 2, 2, 1]
    opening.previous()
    executor.run_all()
    assert desk.session.files.row == 0


def test_opening_tells_once_of_each_file_when_it_is_tried_again(
    opening, desk, executor, tmp_path
):
    folder = make_folder(tmp_path / "x", ["a.png", "b.png"])
    whole = (folder / "b.png").read_bytes()
    (folder / "b.png").write_bytes(b"not an image at all")
    shown: set[int] = set()
    desk.notices.posted.connect(lambda notice: shown.add(notice.id))
    desk.notices.withdrawn.connect(shown.discard)
    opening.open_paths([folder])
    executor.run_all()
    for _ in range(2):
        opening.show(1)
        executor.run_all()
        assert len(shown) == 1
    assert opening.why_failed(folder / "b.png").startswith("b.png was not opened.")
    (folder / "b.png").write_bytes(whole)
    opening.show(1)
    executor.run_all()
    assert not shown
    assert opening.why_failed(folder / "b.png") == ""
    assert desk.session.image.path.name == "b.png"


def test_opening_drops_an_image_when_a_later_one_was_asked_for(
    opening, desk, executor, tmp_path
):
    folder = make_folder(tmp_path / "x", ["a.png", "b.png", "c.png"])
    opening.open_paths([folder])
    executor.run_all()
    shown = []
    desk.session.image_changed.connect(lambda image: shown.append(image.path.name))
    opening.show(2)
    opening.show(0)
    executor.run_all()
    assert shown == ["a.png"]


def test_opening_says_why_when_a_folder_holds_no_images(
    opening, desk, executor, tmp_path
):
    (tmp_path / "empty").mkdir()
    opening.open_paths([tmp_path / "empty"])
    executor.run_all()
    assert "no images" in desk.notices.history[-1].cause
    assert not opening.is_busy


def test_opening_remembers_the_bands_of_a_folder_when_it_is_opened_again(
    opening, desk, executor, tmp_path
):
    folder, bands = tmp_path / "x", np.zeros((9, 12, 5), np.uint8)
    layout = {"photometric": "minisblack", "planarconfig": "contig"}
    folder.mkdir()
    bands[:, :, 4] = 70
    for name in ("a.tif", "b.tif"):
        tifffile.imwrite(folder / name, bands, **layout)
    opening.open_paths([folder])
    executor.run_all()
    assert desk.session.image.has_views
    assert not desk.session.image.pixels.any()
    opening.set_view(ImageView(bands=(4,)))
    executor.run_all()
    assert (desk.session.image.pixels == 70).all()
    opening.next()
    executor.run_all()
    assert (desk.session.image.pixels == 70).all(), "what was read ahead is read anew"
    small: list[np.ndarray] = []
    opening.thumbnails.request(folder / "a.tif", small.append)
    executor.run_all()
    assert (small[0] == 70).all()
    opening.recent.writer()()
    kept = RecentPlaces(opening.recent.path)
    kept.load()
    again = Opening(desk, executor, Thumbnails(executor), kept)
    again.open_paths([make_folder(tmp_path / "y", ["c.png"])])
    executor.run_all()
    assert desk.session.image_view == ImageView()
    again.open_paths([folder])
    executor.run_all()
    assert (desk.session.image.pixels == 70).all()


def test_opening_hands_videos_on_when_they_are_among_the_files(
    opening, desk, executor, tmp_path
):
    folder = make_folder(tmp_path / "clips.mp4", ["a.png"])
    (folder / "drive.mp4").touch()
    videos = []
    opening.open_video = videos.append
    opening.open_paths([folder / "drive.mp4"])
    executor.run_all()
    assert videos == [folder / "drive.mp4"]
    assert desk.session.image is None
    opening.open_paths([folder])  # a folder may be called what it likes
    executor.run_all()
    assert desk.session.image.path.name == "a.png"
    assert len(videos) == 1


def test_opening_keeps_the_image_on_screen_when_a_reading_is_stopped(
    opening, desk, executor, tmp_path
):
    folder = tmp_path / "scenes"
    folder.mkdir()
    kind = {"photometric": "minisblack", "planarconfig": "contig", "tile": (16, 16)}
    for name in ("a.tif", "b.tif"):
        values = np.zeros((64, 64, 5), np.uint16)
        tifffile.imwrite(folder / name, values, **kind)
    opening.open_paths([folder])
    executor.run_all()
    opening.close()
    opening.open_paths([folder])
    executor.run_one(0)
    assert (opening.is_busy, opening.share) == (True, None)
    opening.stop()
    assert not opening.is_busy
    executor.run_all()
    assert desk.session.image is None
    opening.show(0)
    executor.run_all()
    opening.set_view(ImageView((4,)))
    opening.stop()
    executor.run_all()
    assert desk.session.image.path.name == "a.tif"
    assert desk.session.image.view == ImageView()
    assert opening.wanted == 0
    assert desk.session.image_view == ImageView()
