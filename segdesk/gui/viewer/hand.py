"""The active tool on the canvas: what it is told of, what it shows, what it painted."""

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from segdesk.app.tools.preview import CursorKind, Preview
from segdesk.core.history import SourceKind, Step
from segdesk.gui.viewer.backdrop import Backdrop
from segdesk.gui.viewer.device_px import to_logical
from segdesk.gui.viewer.fade import Fade
from segdesk.gui.viewer.ink_layer import InkLayer
from segdesk.gui.viewer.pen import Pen
from segdesk.gui.viewer.stage import Stage
from segdesk.gui.viewer.tool_cursors import DRAWN
from segdesk.gui.viewer.tool_layer import ToolLayer

if TYPE_CHECKING:
    from segdesk.app.scribble.book import ScribbleBook
    from segdesk.app.tools.preview import MaskPreview
    from segdesk.app.window_ports import AnnotatingPort
    from segdesk.core.document import AnnotationDocument
    from segdesk.core.geometry import Rect
    from segdesk.core.shapes import Point

_SPARE_S = 0.0015  # at a time: whatever happens meanwhile waits so long
_SHAPES = {
    CursorKind.PAN: Qt.CursorShape.OpenHandCursor,
    CursorKind.PANNING: Qt.CursorShape.ClosedHandCursor,
    CursorKind.MOVE: Qt.CursorShape.SizeAllCursor,
    CursorKind.BUSY: Qt.CursorShape.BusyCursor,
}


class ToolHand(QObject):
    """Stands between the canvas and the journey that annotates.

    `opened` says that the annotation is another one, or gone, `restyled` that another
    cursor is wanted, `panned` by how many image pixels
    the picture shall follow, `painted` which parts of the label map (a tuple of
    `Rect`) are others, `worked` what a worker does for the tool.

    Parameters
    ----------
    refresh
        Paints a part of the canvas again.

    Attributes
    ----------
    is_animated
        Accepted regions turn solid in 120 ms instead of at once.
    backdrop
        What it works on, as it was painted last.
    """

    opened = Signal()
    restyled = Signal()
    panned = Signal(float, float)
    painted = Signal(object)
    worked = Signal(str)

    def __init__(
        self, canvas: QWidget, stage: Stage, refresh: Callable[[QRegion], None]
    ) -> None:
        super().__init__(canvas)
        self._refresh = refresh
        self.pen = Pen(stage)
        self.is_animated = True
        self._stage = stage
        self._layer = ToolLayer(stage)
        self._ink = InkLayer(stage)
        self._fade = Fade(canvas)
        self.backdrop = Backdrop(stage)
        self._at: QPointF | None = None
        self._shown = QRegion()
        self._shown_cells = QRegion()
        self._annotating: AnnotatingPort | None = None
        self._document: AnnotationDocument | None = None
        self._newest: Step | None = None
        self._spare = QTimer(self, interval=0)
        self._spare.timeout.connect(self._on_spare_timeout)

    def attach(self, annotating: "AnnotatingPort") -> None:
        """Follow a journey from now on."""
        self._annotating = annotating
        self.pen.attach(annotating)
        annotating.history_changed.connect(self._on_history_changed)
        annotating.painted.connect(self._on_painted)
        annotating.previewed.connect(self._on_previewed)
        annotating.panned.connect(self._on_panned)
        annotating.chosen.connect(self._on_chosen)
        annotating.worked.connect(self._on_worked)
        self._on_history_changed()

    def follow_scribbles(self, book: "ScribbleBook") -> None:
        """Draw scribbles from now on, while their tool is in the hand."""
        self._ink.book = book
        book.inked.connect(lambda part: self._refresh(self._ink.region(part)))

    @property
    def shape(self) -> Qt.CursorShape | None:
        """The cursor that the canvas shall have; None: what it has without a tool."""
        annotating = self._annotating
        if self._layer.outlined is not None:
            return Qt.CursorShape.ArrowCursor
        if not self.pen.is_active:
            pans = annotating is not None and annotating.document is not None
            return Qt.CursorShape.OpenHandCursor if pans else None
        kind = self._layer.preview.cursor.kind
        if kind in DRAWN:
            return Qt.CursorShape.BlankCursor
        return _SHAPES.get(kind, Qt.CursorShape.ArrowCursor)

    def point_at(self, at: QPointF | None) -> None:
        """Draw the cursor somewhere else; None: it is elsewhere, or a hand pans."""
        if at != self._at:
            self._at = at
            self._show()

    def outline(self, mask: "MaskPreview | None") -> None:
        """Draw a line round a region that one click takes; None: round nothing.

        Meanwhile an arrow points, for the tool does not get that click.
        """
        if mask is not self._layer.outlined:
            before = self._layer.outline_region()
            self._layer.outlined = mask
            self._refresh(before + self._layer.outline_region())
            self._show()
            self.restyled.emit()

    def moved(self) -> None:
        """Note that another part of the image is in view."""
        self._fade.stop()
        self._shown = self._layer.region(self._spot)
        self._shown_cells = self._layer.cells_region()

    def paint(self, painter: QPainter, exposed: QRegion) -> None:
        """Draw what the tool shows, in logical px."""
        self._ink.paint(painter, exposed)
        self._layer.paint_outline(painter)
        shown = self._shown + self._shown_cells
        if self._shows and exposed.intersects(shown):
            self._layer.paint(painter, self._spot, exposed)

    def paint_fade(self, painter: QPainter) -> None:
        """Draw what is left of what was shown before, in device pixels."""
        self._fade.paint(painter)

    @property
    def _spot(self) -> QPointF | None:
        points = self._layer.outlined is not None
        return self._at if self.pen.is_active and not points else None

    @property
    def _shows(self) -> bool:
        return self.pen.is_active or self._layer.preview.mask is not None

    def _show(self) -> None:
        region = QRegion()
        if self._shows:
            region = self._layer.region(self._spot)
        self._refresh(region + self._shown)
        self._shown = region

    def _show_cells(self) -> None:
        """Draw other borders of cells; they seldom change, so the pen never does it."""
        region = self._layer.cells_region() if self.pen.is_active else QRegion()
        self._refresh(region + self._shown_cells)
        self._shown_cells = region

    def _on_history_changed(self) -> None:
        document = self._annotating.document if self._annotating else None
        if document is not self._document:
            self._document = document
            self._newest = document.history.undoable if document else None
            self.pen.lift()
            self._fade.stop()
            self._on_previewed(Preview())
            self.opened.emit()
            self.restyled.emit()

    def _on_chosen(self, _choices: object) -> None:
        if self._at is not None and self.pen.is_active:
            self.pen.hover_at(self._at, QGuiApplication.keyboardModifiers())
        else:
            self._on_previewed(Preview())
            self.pen.look_round()
        self.restyled.emit()

    def _on_previewed(self, preview: Preview) -> None:
        before = self._layer.preview
        self._layer.preview = preview
        self._show()
        if preview.cells != before.cells:
            self._show_cells()
        if preview.cursor.kind is not before.cursor.kind:
            self.restyled.emit()

    def _on_painted(self, parts: "tuple[Rect, ...]") -> None:
        exposed = self._stage.exposed_by(parts)
        if self._was_accepted() and exposed:
            around = reduce(QRect.united, exposed)
            self._fade.begin(self._pictured(around), around)
        self._stage.touch(parts)
        self.backdrop.touch(exposed)
        region = QRegion()
        for part in exposed:
            region += to_logical(part, self._stage.ratio)
        self._refresh(region)
        self.painted.emit(parts)
        if self.pen.is_down:
            self._spare.start()

    def _on_spare_timeout(self) -> None:
        """Let the tool do what can wait: the screen shows all, and nothing happens."""
        tool = self._annotating.tool if self._annotating else None
        if tool is None or not self.pen.is_down or not tool.spare(_SPARE_S):
            self._spare.stop()

    def _was_accepted(self) -> bool:
        """Tell whether what was painted last came from a proposal just now."""
        document = self._annotating.document if self._annotating else None
        if document is None:
            return False
        history = document.history
        before, self._newest = self._newest, history.undoable
        newest = self._newest
        return (
            self.is_animated
            and newest is not None
            and newest is not before
            and history.redoable is None
            and newest.source.kind is SourceKind.MODEL
        )

    def _pictured(self, area: QRect) -> QImage:
        image = QImage(area.size(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.translate(-area.topLeft())
        self._stage.paint(painter, area)
        painter.end()
        return image

    def _on_panned(self, way: "Point") -> None:
        self.panned.emit(way.x, way.y)

    def _on_worked(self, title: str) -> None:
        self.pen.is_busy = bool(title)
        self.worked.emit(title)
