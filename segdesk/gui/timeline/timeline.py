"""The time line: a click goes to a frame, handles set the range, the wheel zooms."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from segdesk.app.video.film import Film
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.timeline import painter as drawing
from segdesk.gui.timeline.filmstrip import Filmstrip
from segdesk.gui.timeline.span import Span, clock
from segdesk.gui.wording import put

_NOTCH = 120
_WHEEL = 1.25
_GRIP_PX = 7
_SOON_MS = 250
_MOVE_SHARE = 0.1


class Timeline(QWidget):
    """Shows where in a video one is.

    `sought` carries a frame to show; `in_moved` and `out_moved` the first and the last
    of the range; `zoomed` how close it is now.

    Parameters
    ----------
    strip
        Has the thumbnails.
    """

    sought = Signal(int)
    in_moved = Signal(int)
    out_moved = Signal(int)
    zoomed = Signal(float)

    def __init__(self, strip: Filmstrip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strip = strip
        self._film: Film | None = None
        self._span = Span(1.0, 0.0, 1.0, drawing.LEFT_PX, 100)
        self._number = 0
        self._pulled = ""
        self._shares: QImage | None = None
        self._kept: QPixmap | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._take_shares)
        self._ask_soon = QTimer(self, singleShot=True, interval=0)
        self._ask_soon.timeout.connect(self._ask)
        put(self.setAccessibleName, tr("Time line"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        strip.arrived.connect(self.renew)
        theme.active().changed.connect(self.renew)

    # ------------------------------------------------------------ what is shown

    @property
    def span(self) -> Span:
        """The part of the video that is shown."""
        return self._span

    def show_film(self, film: Film | None) -> None:
        """Show another video, all of it; or the same one with another range."""
        if film is not self._film:
            self._film, self._number = film, 0
            self._strip.show_film(film)
            whole = film.index.duration_s if film is not None else 1.0
            self._span = replace(
                self._span, whole_s=whole, begin_s=0.0, end_s=max(1e-3, whole)
            )
            self._on_span()
        self.renew()

    def show_frame(self, number: int) -> None:
        """Move the line to a frame; the part that is shown follows it."""
        film = self._film
        if film is None or number == self._number:
            return
        before = self._head_x()
        self._number = number
        span = self._span
        if not self._pulled:
            span = span.showing(film.time_of(number))
        if span != self._span:
            self._span = span
            self._on_span()
            return
        for x in (before, self._head_x()):
            self.update(round(x) - 8, 0, 16, self.height())

    def show_shares(self) -> None:
        """Draw the shares anew, soon."""
        if not self._soon.isActive():
            self._soon.start()

    def set_zoom(self, zoom: float) -> None:
        """Show so many times less than the whole, about the frame that is shown."""
        film = self._film
        if film is not None:
            at = film.time_of(self._number)
            span = self._span.showing(at)
            self._set_span(span.zoomed(zoom, at))

    def sizeHint(self) -> QSize:
        """Return the designed height."""
        return QSize(800, 204)

    def minimumSizeHint(self) -> QSize:
        """Return room for every row."""
        return QSize(300, 150)

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, then the line at the frame."""
        del event  # Qt draws no more than what is exposed
        painter, film, span = QPainter(self), self._film, self._span
        painter.drawPixmap(0, 0, self._rows())
        x = self._head_x()
        if film is not None and span.left - 1 <= x <= span.left + span.width + 1:
            drawing.paint_head(painter, x, self.height())

    def _rows(self) -> QPixmap:
        """Return all but the line at the frame; it is drawn when it is another one."""
        ratio = self.devicePixelRatioF()
        kept = self._kept
        if kept is not None and kept.deviceIndependentSize().toSize() == self.size():
            return kept
        kept = self._kept = QPixmap(self.size() * ratio)
        kept.setDevicePixelRatio(ratio)
        kept.fill(theme.color("panel"))
        painter, film, span = QPainter(kept), self._film, self._span
        drawing.paint_names(painter, self.height())
        if film is not None:
            room = QRectF(span.left - 8, 0, span.width + 16, self.height())
            painter.setClipRect(room)
            drawing.paint_ruler(painter, span)
            drawing.paint_frames(painter, span, film, self._strip)
            drawing.paint_marks(painter, span, film)
            drawing.paint_shares(painter, span, self._share_row(), self._picture(film))
        painter.end()
        return kept

    def renew(self) -> None:
        """Draw all rows anew."""
        self._kept = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the line the room that there is."""
        super().resizeEvent(event)
        room = self.width() - drawing.LEFT_PX - drawing.RIGHT_PX
        self._span = replace(self._span, width=max(40.0, room))
        self._on_span()

    def _head_x(self) -> float:
        film = self._film
        return self._span.x_of(film.time_of(self._number)) if film else 0.0

    def _share_row(self) -> QRectF:
        return drawing.rows(self.height())["Shares"]

    def _picture(self, film: Film) -> QImage:
        if self._shares is None:
            self._shares = drawing.share_picture(
                self._span,
                film,
                round(self._share_row().height()),
                self.devicePixelRatioF(),
            )
        return self._shares

    def _take_shares(self) -> None:
        self._shares = None
        self.renew()

    def _on_span(self) -> None:
        self._shares = None
        self._ask_soon.start()
        self.renew()

    def _ask(self) -> None:
        if self._film is not None and self.isVisible():
            self._strip.want([at for at, _ in drawing.tiles(self._span, self._film)])

    def _set_span(self, span: Span) -> None:
        if span != self._span:
            self._span = span
            self._on_span()
            self.zoomed.emit(span.zoom)

    # ------------------------------------------------------------ the hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a handle, or go to a frame."""
        if self._film is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._pulled = self._part_at(event.position().toPoint())
        self._pull(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the hand."""
        if self._pulled:
            self._pull(event.position().x())
            return
        part = self._part_at(event.position().toPoint())
        if part in ("in", "out"):
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        else:
            self.unsetCursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        del event
        self._pulled = ""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor; with Shift, or across, move along."""
        event.accept()
        turn, across = event.angleDelta().y(), event.angleDelta().x()
        span = self._span
        if across or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            length = span.end_s - span.begin_s
            self._set_span(
                span.moved(-(across or turn) / _NOTCH * _MOVE_SHARE * length)
            )
        elif turn:
            about = span.time_at(event.position().x())
            self._set_span(span.zoomed(span.zoom * _WHEEL ** (turn / _NOTCH), about))

    def event(self, event: QEvent) -> bool:
        """Tell the time under the cursor."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip_at(event.pos()), self)
            return True
        return super().event(event)

    def _tip_at(self, at: QPoint) -> str:
        film = self._film
        if film is None or at.x() < self._span.left:
            return ""
        number = film.index.at(self._span.time_at(at.x()))
        return tr(
            "{clock}  frame {number:,}",
            clock=clock(film.time_of(number), 3),
            number=number + 1,
        )

    def _part_at(self, at: QPoint) -> str:
        film = self._film
        row = drawing.rows(self.height())["Frames"]
        if film is not None and row.top() <= at.y() <= row.bottom():
            begin, end = drawing.range_on(self._span, film)
            if abs(at.x() - begin) <= _GRIP_PX:
                return "in"
            if abs(at.x() - end) <= _GRIP_PX:
                return "out"
        return "head"

    def _pull(self, x: float) -> None:
        film = self._film
        if film is None:
            return
        number = film.index.at(self._span.time_at(x))
        if self._pulled == "in":
            self.in_moved.emit(min(number, film.mark_out))
        elif self._pulled == "out":
            self.out_moved.emit(max(number, film.mark_in))
        else:
            self.sought.emit(number)
