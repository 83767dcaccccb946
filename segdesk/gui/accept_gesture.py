"""Clicks and lassos on the canvas that take parts of a proposal over."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QApplication, QWidget

from segdesk.core.shapes import Point
from segdesk.gui import theme

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.tools.preview import MaskPreview

_STEP_PX = 2
_LEAST_POINTS = 3
_SHIFT_IS_FREE = frozenset({"pan", "superpixels", "fill", "wand", "pick"})
_HALO_PX, _LINE_PX = 3.5, 1.6

ToImage = Callable[[QPointF], Point | None]
Outline = Callable[["MaskPreview | None"], None]


class Gesture(StrEnum):
    """What the next press on the canvas means."""

    NONE = "none"
    REGION = "region"
    LASSO = "lasso"


class AcceptGesture(QObject):
    """Stands before the canvas: a click takes a region, a drag what it goes round.

    It is armed from the bar of the proposal until something was taken over, or Escape.
    With the panning hand, and with tools for which Shift means nothing, Shift+click and
    Shift+drag do the same at any time.

    Parameters
    ----------
    canvas
        What is clicked.
    to_image
        Returns the place in the image under a place of the canvas; None: there is none.
    outline
        Draws a line round the region that a click would take; None: round nothing.
    """

    armed_changed = Signal(str)

    def __init__(
        self,
        context: "AppContext",
        canvas: QWidget,
        to_image: ToImage,
        outline: Outline,
    ) -> None:
        super().__init__(canvas)
        self._context = context
        self._canvas = canvas
        self._to_image = to_image
        self._outline = outline
        self._armed = Gesture.NONE
        self._way: list[QPointF] = []
        self._line = _LassoLine(canvas)
        canvas.installEventFilter(self)
        context.session.proposal_changed.connect(self._on_proposal_changed)
        context.accepting.accepted.connect(self._end)
        context.accepting.hover.changed.connect(self._on_hover_changed)

    @property
    def armed(self) -> Gesture:
        """What the next press means."""
        return self._armed

    def arm(self, gesture: Gesture) -> None:
        """Let the next press mean something; the same once more lets it be."""
        wanted = Gesture.NONE if gesture is self._armed else gesture
        if wanted is not self._armed:
            self._armed = wanted
            self._hover_at(None)
            self.armed_changed.emit(wanted)
        if wanted is not Gesture.NONE:
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take presses that accept, and what follows them."""
        kind = event.type()
        if watched is not self._canvas:
            return False
        if isinstance(event, QMouseEvent):
            return self._take_mouse(kind, event)
        if kind is QEvent.Type.Leave:
            self._hover_at(None)
        is_armed = self._armed is not Gesture.NONE
        if is_armed and isinstance(event, QKeyEvent) and kind is QEvent.Type.KeyPress:
            is_escape = event.key() == Qt.Key.Key_Escape
            if is_escape:
                self._end()
            return is_escape
        return False

    def _take_mouse(self, kind: QEvent.Type, event: QMouseEvent) -> bool:
        if self._way:
            if kind is QEvent.Type.MouseMove:
                self._follow(event.position())
            elif kind is QEvent.Type.MouseButtonRelease:
                self._accept()
            return True
        if kind is QEvent.Type.MouseMove:
            self._hover_at(event.position())
        if kind is not QEvent.Type.MouseButtonPress or not self._is_meant(event):
            return False
        self._way = [event.position()]
        return True

    def _is_meant(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        if self._context.session.proposal is None:
            return False
        if self._armed is not Gesture.NONE:
            return True
        shift = Qt.KeyboardModifier.ShiftModifier
        free = self._context.annotating.choices.tool in _SHIFT_IS_FREE
        return free and event.modifiers() == shift

    def _hover_at(self, at: QPointF | None) -> None:
        shows = at is not None and self._armed is Gesture.REGION
        place = self._to_image(at) if shows and at is not None else None
        self._context.accepting.hover.point_at(place)

    def _on_hover_changed(self) -> None:
        self._outline(self._context.accepting.hover.region)

    def _follow(self, at: QPointF) -> None:
        if (at - self._way[-1]).manhattanLength() < _STEP_PX:
            return
        self._way.append(at)
        far = (at - self._way[0]).manhattanLength() > QApplication.startDragDistance()
        if self._line.isVisible() or (far and self._armed is not Gesture.REGION):
            self._line.draw(self._way)

    def _accept(self) -> None:
        way, drawn = self._way, self._line.isVisible()
        points = [place for at in way if (place := self._to_image(at)) is not None]
        self._drop_way()
        if drawn and len(points) >= _LEAST_POINTS:
            self._context.accepting.accept_lasso(tuple(points))
        elif not drawn and points:
            self._context.accepting.accept_region(points[0])

    def _drop_way(self) -> None:
        self._way = []
        self._line.hide()

    def _end(self) -> None:
        self._drop_way()
        if self._armed is not Gesture.NONE:
            self.arm(self._armed)

    def _on_proposal_changed(self, proposal: object) -> None:
        if proposal is None:
            self._end()


class _LassoLine(QWidget):
    """The way of a lasso, white on a dark halo, its last point joined to its first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._way = QPolygonF()
        self.hide()

    def draw(self, way: list[QPointF]) -> None:
        """Show a way."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self._way = QPolygonF(way)
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        halo = QColor(theme.color("hud"))
        halo.setAlphaF(0.6)
        for colour, width in ((halo, _HALO_PX), (theme.color("onFill"), _LINE_PX)):
            pen = QPen(colour, width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(self._way)
            pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawLine(self._way.last(), self._way.first())
