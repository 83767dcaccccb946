"""Under a camera or a stream: what it does, holding it, recording it, its shares."""

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from segdesk.app.video.link import LinkState
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.command_buttons import bound_button
from segdesk.gui.components import ElidedLabel, Kind, Label, Select
from segdesk.gui.components.painting import rounded, rounded_path
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import draw_text, ink
from segdesk.gui.overflow_row import OverflowRow, RowItem
from segdesk.gui.timeline.span import clock
from segdesk.gui.timeline.transport import HEIGHT, PlayButton
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segdesk.app.context import AppContext
    from segdesk.app.video.film import Shot
    from segdesk.core.classes import ClassList
    from segdesk.gui.actions import Actions

_STRIP_PX = 96
_SECONDS = 60.0
_LEFT_PX, _RIGHT_PX, _TOP_PX, _FOOT_PX = 96, 14, 26, 12
_ALPHA = 0.86
_KEPT = 400
_HELD_S = 3.0  # what was predicted stands for the frames behind it that were dropped
_MODES = ((tr("Picture"), False), (tr("With classes"), True))


class _Dot(QWidget):
    """A round mark in the colour of a state."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(10, 10)
        self._role = "text3"

    def sizeHint(self) -> QSize:
        return self.size()

    def show_role(self, role: str) -> None:
        if role != self._role:
            self._role = role
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        rounded(QPainter(self), QRectF(self.rect()), 5, theme.color(self._role))


class SharesStrip(QWidget):
    """The shares of all classes over the last minute; now is at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_STRIP_PX)
        put(self.setAccessibleName, tr("Shares of the last minute"))
        self._classes: ClassList | None = None
        self._seen: deque[tuple[float, tuple[float, ...]]] = deque(maxlen=_KEPT)
        self._now_s = 0.0
        self._columns = np.zeros((0, 0), np.uint32)

    def clear(self) -> None:
        """Forget what was seen."""
        self._seen.clear()
        self._columns = np.zeros((0, 0), np.uint32)
        self.update()

    def add(
        self, now_s: float, shares: tuple[float, ...], classes: "ClassList"
    ) -> None:
        """Take the shares of a frame that came on screen."""
        if classes != self._classes:
            self._classes = classes
            self.clear()
        self._seen.append((now_s, shares))

    def go_to(self, now_s: float) -> None:
        """Let the time go on."""
        wide = max(1, self.width() - _LEFT_PX - _RIGHT_PX)
        high = self.height() - _TOP_PX - _FOOT_PX
        fresh = wide
        if self._columns.shape == (high, wide):
            fresh = min(wide, int((now_s - self._now_s) / _SECONDS * wide))
        else:
            self._columns = np.zeros((high, wide), np.uint32)
            self._now_s = now_s
        if fresh <= 0:
            return
        if fresh < wide:  # a whole column is the least that the time goes on
            self._now_s += fresh * _SECONDS / wide
            self._columns[:, :-fresh] = self._columns[:, fresh:].copy()
        else:
            self._now_s = now_s
        self._columns[:, wide - fresh :] = self._made(fresh, wide, high)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the seconds, and the shares over each other."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        wide = self.width() - _LEFT_PX - _RIGHT_PX
        high = self.height() - _TOP_PX - _FOOT_PX
        track = QRectF(_LEFT_PX, _TOP_PX, wide, high)
        pen = ink("small", "text2")
        draw_text(painter, QRect(12, _TOP_PX, _LEFT_PX - 16, 18), tr("Shares"), pen)
        for ago in range(0, round(_SECONDS) + 1, 10):
            x = track.right() - ago / _SECONDS * wide
            painter.fillRect(QRectF(x, _TOP_PX - 6, 1, 6), theme.color("line2"))
            words = "now" if not ago else tr("−{ago} s", ago=ago)
            box = QRect(round(x) - 44, 2, 40, _TOP_PX - 8)
            if x - 44 > _LEFT_PX - 12:
                draw_text(painter, box, words, ink("caption", "text3"), 0x82)
        rounded(painter, track, 4, theme.mix("text3", "panel", 0.10))
        painter.setClipPath(rounded_path(track, 4))
        if not self._seen or not self._columns.size:
            box = track.toRect().adjusted(12, 0, -12, 0)
            draw_text(
                painter, box, tr("Nothing predicted yet"), ink("caption", "text2")
            )
            return
        painter.setOpacity(_ALPHA)
        rows, columns = self._columns.shape
        image = QImage(
            self._columns.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32
        )
        painter.drawImage(track, image)

    def _made(self, fresh: int, wide: int, high: int) -> "NDArray[np.uint32]":
        """Return the newest columns, in 0xAARRGGBB."""
        classes = self._classes
        if classes is None or not self._seen:
            return np.zeros((high, fresh), np.uint32)
        times = np.array([at for at, _ in self._seen])
        shares = np.array([values for _, values in self._seen], np.float32)
        before = np.arange(fresh - 1, -1, -1) + 0.5
        wanted = self._now_s - _SECONDS * before / wide
        place = np.searchsorted(times, wanted, side="right") - 1
        last = np.maximum(place, 0)
        known = (place >= 0) & (wanted - times[last] < _HELD_S)
        edges = np.cumsum(shares[last], axis=1)[:, :-1] * high
        from_foot = np.arange(high, 0, -1)[:, None] - 0.5
        which = (from_foot[None] > edges.T[:, None, :]).sum(axis=0)
        rgb = np.array(classes.rgb, np.uint32)
        colours = (rgb[:, 0] << 16) | (rgb[:, 1] << 8) | rgb[:, 2] | 0xFF000000
        return np.where(known[None], colours[which], 0).astype(np.uint32)


class LiveDesk(QWidget):
    """What is done with a live source.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        self._context = context
        self._watch = context.videos.watch
        self._recording = context.video_recording
        self._dot = _Dot()
        self.state = Label("", "section", tabular=True)
        self.name = ElidedLabel("", "body", "text2")
        self.name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.play = PlayButton()
        actions.bind(self.play, "video.play")
        self.mode = Select(tr("What is recorded"))
        for words, with_classes in _MODES:
            self.mode.addItem(words, with_classes)
        self.mode.activated.connect(self._on_mode)
        self.length = Label("", "body", "text2", tabular=True)
        self.record = bound_button(context, actions, "video.record")
        self.again = bound_button(context, actions, "video.try_now", Kind.GHOST)
        leave = bound_button(context, actions, "video.disconnect", Kind.GHOST)
        self.strip = SharesStrip()
        self._left = (
            RowItem(self._dot),
            RowItem(self.state, gap=8),
            RowItem(self.name, 3, gap=10, grows=True),
        )
        self._left_when_lost = (
            *self._left,
            RowItem(self.again, 4, ("video.try_now",), 8),
        )
        right = (
            RowItem(self.play, gap=8),
            RowItem(self.length, gap=16),
            RowItem(self.mode, 2, gap=8),
            RowItem(self.record, 1, ("video.record",), 8),
            RowItem(leave, 5, ("video.disconnect",), 4),
        )
        self._row = OverflowRow(self._left_when_lost, right, actions, margin=12)
        bar = QWidget()
        bar.setFixedHeight(theme.row_px(HEIGHT))
        inside = QHBoxLayout(bar)
        inside.setContentsMargins(0, 1, 0, 1)
        inside.addWidget(self._row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.strip)
        end = self._recording.changed.connect(self.show_state)
        self.destroyed.connect(end)
        self.show_state()

    def sizeHint(self) -> QSize:
        """Return the designed size."""
        return QSize(1100, theme.row_px(HEIGHT) + _STRIP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the lines round the bar."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("panel"))
        line = theme.color("line")
        painter.fillRect(QRectF(0, 0, self.width(), 1), line)
        at = theme.row_px(HEIGHT) - 1
        painter.fillRect(QRectF(0, at, self.width(), 1), line)

    def show_state(self) -> None:
        """Show what the source does, and what is on."""
        watch, recording = self._watch, self._recording
        role, words = self._words()
        self._dot.show_role(role)
        problem = watch.link.problem
        is_lost = watch.link.state is LinkState.LOST
        self.name.set_text(problem if is_lost and problem else watch.name)
        self.play.show_playing(is_playing=not watch.is_held)
        self._row.set_left(self._left_when_lost if is_lost else self._left)
        film = recording.film
        put(
            self.record.setText,
            tr("Stop recording") if film is not None else tr("Record"),
        )
        at = [on for _, on in _MODES].index(recording.with_classes)
        self.mode.setCurrentIndex(at)
        self.mode.setEnabled(film is None)
        length = ""
        if film is not None:
            size = figures.megabytes(film.size_bytes)
            length = tr("{clock}   {size}", clock=clock(film.seconds), size=size)
        changed = (self.state.text(), self.length.text()) != (words, length)
        put(self.state.setText, words)
        put(self.length.setText, length)
        if changed:
            self._row.arrange()

    def show_shot(self, shot: "Shot") -> None:
        """Take what a frame on screen holds of each class."""
        said = shot.prediction
        if said is not None and shot.shares:
            self.strip.add(self._context.jobs.now_s(), shot.shares, said.classes)

    def tick(self) -> None:
        """Let the time go on."""
        self.show_state()
        if not self._watch.is_held:
            self.strip.go_to(self._context.jobs.now_s())

    def _words(self) -> tuple[str, str]:
        watch = self._watch
        match watch.link.state:
            case LinkState.CONNECTING:
                return "warn", tr("Connecting")
            case LinkState.LOST:
                count = watch.link.attempt
                tried = (
                    tr(", tried {count} times", count=figures.number(count))
                    if count > 1
                    else ""
                )
                return "bad", tr("Reconnecting{tried}", tried=tried)
            case LinkState.CLOSED:
                return "text3", tr("Disconnected")
        if watch.silent_s:
            return "warn", tr(
                "No picture for {silent_s:.0f} s", silent_s=watch.silent_s
            )
        if watch.is_held:
            return "accent", tr("Held")
        return "ok", tr("Live")

    def _on_mode(self, index: int) -> None:
        self._recording.set_with_classes(on=bool(self.mode.itemData(index)))
