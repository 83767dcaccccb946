"""The page of a video: its keys, the time line, what plays it."""

from collections.abc import Iterator

import pytest
from clips import even_times, make_clip, number_of
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from segdesk.core.classes import ClassList
from segdesk.gui.actions import Actions
from segdesk.gui.idle_work import do_all
from segdesk.gui.page_words import filmed
from segdesk.gui.pages.video import VideoPage
from segdesk.gui.timeline.painter import rows


@pytest.fixture
def page(qtbot, context, tmp_path) -> Iterator[VideoPage]:
    window = QWidget()
    qtbot.addWidget(window)
    made = VideoPage(context, Actions(context, window))
    do_all(made.steps)
    qtbot.addWidget(made)
    made.resize(1400, 800)
    with qtbot.waitExposed(made):
        made.show()
    made.canvas.setFocus()
    clip = make_clip(tmp_path / "drive.mp4", even_times(50))
    context.videos.open(tmp_path / clip)
    yield made
    made.hide()
    context.videos.close()


def shown(page: VideoPage) -> int:
    return number_of(page._videos.player.shot.image.pixels)


def test_page_shows_first_frame_when_video_is_opened(page):
    assert shown(page) == 0
    assert page.canvas.stage.scene is not None
    assert page.transport.frame.text() == "frame 1 of 50"
    assert filmed(page._film).split("    ")[1:] == [
        "64 × 48",
        "25 fps",
        "50 frames",
        "H.264",
    ]


def test_keys_step_play_and_mark_when_canvas_has_the_keyboard(page, context):
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(page.canvas, Qt.Key.Key_Right)
    QTest.keyClick(page.canvas, Qt.Key.Key_Right, shift)
    assert shown(page) == 11
    QTest.keyClick(page.canvas, Qt.Key.Key_Left)
    assert page.transport.time.text() == "00:00.400"
    QTest.keyClick(page.canvas, Qt.Key.Key_I, shift)
    assert context.ran == ["video.mark_in"]
    page._videos.mark_in()
    QTest.keyClick(page.canvas, Qt.Key.Key_End)
    QTest.keyClick(page.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert shown(page) == 49
    QTest.keyClick(page.canvas, Qt.Key.Key_Space)
    assert page._videos.player.is_playing
    QTest.keyClick(page.canvas, Qt.Key.Key_Space)
    assert not page._videos.player.is_playing


def test_timeline_seeks_and_moves_the_range_when_pulled(page):
    line, film = page.timeline, page._film
    middle = round(line.span.x_of(1.01))
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(middle, 8))
    assert shown(page) == 25
    row = rows(line.height())["Frames"].center().y()
    start = QPoint(round(line.span.x_of(0)), round(row))
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(line, QPoint(round(line.span.x_of(0.41)), round(row)))
    QTest.mouseRelease(line, Qt.MouseButton.LeftButton, pos=start)
    assert film.mark_in == 10
    line.set_zoom(4)
    assert line.span.zoom == pytest.approx(4)
    assert line.span.begin_s <= 1.0 <= line.span.end_s


def test_shares_are_drawn_where_they_are_known(page):
    film, line = page._film, page.timeline
    classes = ClassList.from_names(("sky", "road", "car", "tree"))
    film.shares.note(0, (0.0, 0.25, 0.0, 0.75), classes)
    page.side.show_shot(page._videos.player.shot)
    line._shares = None
    picture = line._picture(film)
    wide, high = picture.width(), picture.height()

    def colour(x: int, y: int) -> int:
        return picture.pixel(x, y) & 0xFFFFFF

    red, green, blue = classes.rgb[1]
    assert colour(2, high - 2) == red << 16 | green << 8 | blue
    red, green, blue = classes.rgb[3]
    assert colour(2, 2) == red << 16 | green << 8 | blue
    assert picture.pixel(wide - 2, 2) == 0
    assert page.side.classes.row_at(3).share == 0.75


def test_page_rests_when_it_is_left(page):
    page._videos.toggle()
    page.hide()
    assert not page._videos.player.is_playing
    assert page._film._reader is None
    page.show()
    QTest.keyClick(page.canvas, Qt.Key.Key_Right)
    assert shown(page) == 1


def test_stroke_on_a_still_frame_is_painted_and_opens_it(page, context, tmp_path):
    QTest.keyClick(page.canvas, Qt.Key.Key_Right)
    context.session.set_model_classes(ClassList.from_names(("road", "tree")))
    opened = context.batch_showing.calls
    middle = page.canvas.rect().center()
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(page.canvas, left, pos=middle)
    QTest.mouseMove(page.canvas, middle + QPoint(60, 0))
    leaf = page.canvas.stage.scene.labels
    assert (leaf.values == 0).any()  # it is seen while the hand moves
    QTest.mouseRelease(page.canvas, left, pos=middle + QPoint(60, 0))
    path = tmp_path / "drive_frames" / "drive_000001.png"
    assert path.is_file()
    assert opened[-1][0] == "open"
    assert opened[-1][1][0] == path
    assert page.canvas.stage.scene.labels is None  # it is painted there now


def test_hand_moves_the_picture_when_the_video_plays(page):
    page._videos.toggle()
    middle = page.canvas.rect().center()
    QTest.mousePress(page.canvas, Qt.MouseButton.LeftButton, pos=middle)
    assert page.canvas.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    QTest.mouseRelease(page.canvas, Qt.MouseButton.LeftButton, pos=middle)


def test_zoom_is_told_when_the_picture_is_zoomed(page, qtbot):
    with qtbot.waitSignal(page.zoom_changed) as told:
        page.actual_size()
    assert told.args == [page.canvas.devicePixelRatioF()]
