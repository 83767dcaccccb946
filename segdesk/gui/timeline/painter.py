"""Drawing the rows of the time line."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.painting import rounded, rounded_path
from segdesk.gui.item_models.row_delegate import draw_text, ink
from segdesk.gui.timeline.span import Span, clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segdesk.app.video.film import Film
    from segdesk.gui.timeline.filmstrip import Filmstrip

LEFT_PX, RIGHT_PX = 96, 14
RULER_PX, FRAMES_PX, MARKS_PX, GAP_PX = 26, 54, 18, 8
_FOOT_PX = 10
_HANDLE_PX = 5
_DIAMOND_PX = 7
_HEAD_PX = 6
_OUT_SHARE = 0.62
_SHARE_ALPHA = 0.86


def rows(height: int) -> dict[str, QRectF]:
    """Return top and height of each row by name; the last takes what is left."""
    places, y = {}, 0.0
    for name, size in (
        (tr("Ruler"), RULER_PX),
        (tr("Frames"), FRAMES_PX),
        (tr("Marks"), MARKS_PX),
    ):
        places[name] = QRectF(0, y, 0, size)
        y += size + (0 if name == "Ruler" else GAP_PX)
    places["Shares"] = QRectF(0, y, 0, max(8.0, height - y - _FOOT_PX))
    return places


def tiles(span: Span, film: "Film") -> "Iterator[tuple[float, QRectF]]":
    """Yield time and place of each thumbnail; they stay put while the line moves."""
    width, height = film.thumbnails.size
    wide = width * FRAMES_PX / height
    each_s = (span.end_s - span.begin_s) * wide / max(1.0, span.width)
    if each_s <= 0:
        return
    at = int(span.begin_s / each_s)
    top = rows(0)["Frames"].top()
    while at * each_s < span.end_s:
        yield at * each_s, QRectF(span.x_of(at * each_s), top, wide, FRAMES_PX)
        at += 1


def paint_names(painter: QPainter, height: int) -> None:
    """Draw what the rows are, at the left."""
    for name, row in rows(height).items():
        if name == "Ruler":
            continue
        box = QRect(12, round(row.top()), LEFT_PX - 16, min(round(row.height()), 54))
        if name == "Shares":
            box.setHeight(18)
        draw_text(painter, box, name, ink("small", "text2"))


def paint_ruler(painter: QPainter, span: Span) -> None:
    """Draw the times."""
    step, ticks = span.ticks()
    digits = 0 if step >= 1 else 2
    pen = ink("small", "text2", tabular=True)
    line = theme.color("line2")
    for tick in ticks:
        x = span.x_of(tick)
        painter.fillRect(QRectF(round(x), RULER_PX - 12, 1, 12), line)
        box = QRect(round(x) + 4, 2, 80, RULER_PX - 6)
        draw_text(painter, box, clock(tick, digits), pen)
    small = step / 5
    count = int((span.end_s - span.begin_s) / small) + 2
    first = int(span.begin_s / small)
    for at in range(first, first + count):
        x = span.x_of(at * small)
        if span.left <= x <= span.left + span.width:
            painter.fillRect(QRectF(round(x), RULER_PX - 5, 1, 5), line)


def paint_frames(
    painter: QPainter, span: Span, film: "Film", strip: "Filmstrip"
) -> None:
    """Draw the thumbnails, dark outside of the range, and its handles."""
    row = rows(0)["Frames"]
    track = QRectF(span.left, row.top(), span.width, row.height())
    painter.save()
    painter.setClipPath(rounded_path(track, 4))
    painter.fillRect(track, theme.color("canvas"))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for time_s, place in tiles(span, film):
        image = strip.at(time_s)
        if image is not None:
            painter.drawImage(place, image)
            painter.fillRect(QRectF(place.x(), place.y(), 1, place.height()), _HARD)
    begin, end = range_on(span, film)
    veil = theme.veiled("canvas", _OUT_SHARE)
    painter.fillRect(
        QRectF(span.left, row.top(), begin - span.left, row.height()), veil
    )
    rest = span.left + span.width - end
    painter.fillRect(QRectF(end, row.top(), rest, row.height()), veil)
    if film.has_range:
        accent = theme.color("accent")
        painter.setPen(QPen(accent, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(
            QRectF(begin, row.top() + 1, end - begin, row.height() - 2), 4, 4
        )
    painter.restore()
    for x in (begin, end):
        grip = QRectF(x - _HANDLE_PX / 2, row.center().y() - 14, _HANDLE_PX, 28)
        rounded(painter, grip, 2.5, theme.color("accent"))


def range_on(span: Span, film: "Film") -> tuple[float, float]:
    """Return where the range begins and ends, within the line."""
    low, high = span.left, span.left + span.width
    begin = span.x_of(film.time_of(film.mark_in))
    end = span.x_of(film.end_of(film.mark_out))
    return min(max(begin, low), high), min(max(end, low), high)


def paint_marks(painter: QPainter, span: Span, film: "Film") -> None:
    """Draw the range, and the frames that are images of a project."""
    row = rows(0)["Marks"]
    track = QRectF(span.left, row.center().y() - 4, span.width, 8)
    rounded(painter, track, 3, theme.color("canvas"))
    begin, end = range_on(span, film)
    strip = QRectF(begin, track.y() + 1, max(0.0, end - begin), 6)
    rounded(painter, strip, 3, theme.mix("model", "panel", 0.45))
    for number, by_hand in film.marks.items():
        x = span.x_of(film.time_of(number))
        if span.left <= x <= span.left + span.width:
            _paint_diamond(painter, QPointF(x, row.center().y()), by_hand=by_hand)


def _paint_diamond(painter: QPainter, at: QPointF, *, by_hand: bool) -> None:
    r = _DIAMOND_PX
    offsets = ((0, -r), (r, 0), (0, r), (-r, 0))
    shape = QPolygonF([at + QPointF(x, y) for x, y in offsets])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = QPen(theme.color("text"), 1.2)
    painter.setBrush(theme.color("text" if by_hand else "canvas"))
    if not by_hand:
        edge.setStyle(Qt.PenStyle.DotLine)
    painter.setPen(edge)
    painter.drawPolygon(shape)


def share_picture(span: Span, film: "Film", height: int, ratio: float) -> QImage:
    """Return the shares of all classes over each other, a column for each pixel.

    Parameters
    ----------
    height
        In logical px.
    ratio
        Device pixels for one of them.
    """
    columns = max(1, round(span.width * ratio))
    high = max(1, round(height * ratio))
    middle = (np.arange(columns) + 0.5) / columns
    times = span.begin_s + middle * (span.end_s - span.begin_s)
    numbers = np.searchsorted(film.index.times_s, times + 5e-7, side="right") - 1
    numbers = np.clip(numbers, 0, film.last)
    out = np.zeros((high, columns), np.uint32)
    classes = film.shares.classes
    if classes is not None:
        shares, known = film.shares.at(numbers)
        edges = np.rint(np.cumsum(shares, axis=1) * high)
        # From below: the first class lies at the foot.
        from_foot = np.arange(high, 0, -1)[:, None] - 0.5
        rgb = np.array(classes.rgb, np.uint32)
        colours = (rgb[:, 0] << 16) | (rgb[:, 1] << 8) | rgb[:, 2] | 0xFF000000
        seen = [at for at in range(shares.shape[1]) if shares[:, at].any()] or [0]
        place = np.full((high, columns), seen[0], np.intp)
        for index, above in pairwise(seen):
            place = np.where(from_foot > edges[:, index][None], above, place)
        out = np.where(known[None], colours[place], 0).astype(np.uint32)
    image = QImage(out.data, columns, high, 4 * columns, QImage.Format.Format_ARGB32)
    image = image.copy()  # the array's memory goes
    image.setDevicePixelRatio(ratio)
    return image


def paint_shares(painter: QPainter, span: Span, row: QRectF, picture: QImage) -> None:
    """Draw the shares; where nothing was predicted yet, that is said."""
    track = QRectF(span.left, row.top(), span.width, row.height())
    rounded(painter, track, 4, theme.mix("text3", "panel", 0.10))
    painter.save()
    painter.setClipPath(rounded_path(track, 4))
    painter.setOpacity(_SHARE_ALPHA)
    painter.drawImage(track.topLeft(), picture)
    painter.restore()
    middle = picture.height() // 2
    ratio = picture.devicePixelRatio() or 1.0
    blank = _longest_blank(picture, middle)
    if blank is not None:
        begin, end = blank[0] / ratio, blank[1] / ratio
        box = QRect(round(span.left + begin) + 12, round(row.top()), 0, 20)
        box.setWidth(round(end - begin) - 20)
        if box.width() > 90:
            draw_text(painter, box, tr("not predicted yet"), ink("caption", "text2"))


def _longest_blank(picture: QImage, y: int) -> tuple[int, int] | None:
    width, height = picture.width(), picture.height()
    words = np.frombuffer(picture.constBits(), np.uint32).reshape(height, width)
    blank = np.concatenate(([0], (words[y] == 0).astype(np.int8), [0]))
    edges = np.flatnonzero(np.diff(blank))
    if not edges.size:
        return None
    begins, ends = edges[::2], edges[1::2]
    longest = int(np.argmax(ends - begins))
    return int(begins[longest]), int(ends[longest])


def paint_head(painter: QPainter, x: float, height: int) -> None:
    """Draw the line at the frame that is shown."""
    ground, line = theme.color("canvas"), theme.color("text")
    painter.fillRect(QRectF(x - 2, RULER_PX - 6, 4, height), ground)
    painter.fillRect(QRectF(x - 1, RULER_PX - 10, 2, height), line)
    r = _HEAD_PX
    top = RULER_PX - 22
    grip = QPolygonF(
        [
            QPointF(x - r, top),
            QPointF(x + r, top),
            QPointF(x + r, top + 8),
            QPointF(x, top + 15),
            QPointF(x - r, top + 8),
        ]
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(line)
    painter.drawPolygon(grip)


_HARD = QColor(0, 0, 0, 110)
