"""The right of a video: classes with their shares, how fast it is predicted."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from segdesk.app.run_choices import device_words
from segdesk.gui import theme
from segdesk.gui.components import DockHeader, Hairline, Label
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.class_rows import (
    ROW_PX,
    ClassColumns,
    PictureClass,
    PictureClassesDelegate,
    PictureClassesHead,
    PictureClassesModel,
)
from segdesk.gui.item_models.row_delegate import Role
from segdesk.gui.item_models.row_view import RowView
from segdesk.gui.overlay_bar import OverlayBar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segdesk.app.context import AppContext
    from segdesk.app.video_film import Shot
    from segdesk.core.classes import ClassList

WIDTH = 304
_MARGIN = 12
_COLUMNS = ClassColumns(has_number=True)
_SPARK_PX = 30
_NOTHING, _NEARLY = "–", 0.05


class Sparkline(QWidget):
    """A small curve of the last frames a second."""

    def __init__(self) -> None:
        super().__init__()
        self._values: tuple[float, ...] = ()
        self.setFixedHeight(_SPARK_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_values(self, values: "Sequence[float]") -> None:
        """Show other values, the newest at the right."""
        if tuple(values) != self._values:
            self._values = tuple(values)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the curve, or a line where there is none."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        values, height = self._values, self.height()
        top = max(values, default=0.0) * 1.1
        if len(values) < 2 or top <= 0:
            line = QRectF(0, height / 2, self.width(), 1)
            painter.fillRect(line, theme.color("line2"))
            return
        step = self.width() / (len(values) - 1)
        points = [
            QPointF(at * step, height - 3 - value / top * (height - 6))
            for at, value in enumerate(values)
        ]
        painter.setPen(QPen(theme.color("model"), 1.4))
        painter.drawPolyline(QPolygonF(points))


class VideoSide(QWidget):
    """Classes of the frame, and the figures of the live prediction.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Classes and live prediction")
        self.classes = PictureClassesModel()
        self.view = RowView(PictureClassesDelegate(_COLUMNS), "Classes of the frame")
        self.view.setSelectionMode(RowView.SelectionMode.NoSelection)
        self.view.setModel(self.classes)
        self.classes.modelReset.connect(self._fit_classes)
        self.view.part_clicked.connect(self._on_part_clicked)
        self.overlay = OverlayBar(context)
        self.spark = Sparkline()
        self._values: dict[str, Label] = {}
        self._build()
        viewed = context.session.view_changed
        end = viewed.connect(lambda _: self.overlay.show_view())
        self.destroyed.connect(end)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        self._head = DockHeader("Classes")
        column.addWidget(self._head)
        column.addWidget(self.overlay)
        column.addWidget(Hairline())
        column.addWidget(PictureClassesHead(_COLUMNS))
        column.addWidget(self.view, 100)
        column.addWidget(Hairline())
        column.addWidget(DockHeader("Live"))
        inside = QVBoxLayout()
        inside.setContentsMargins(_MARGIN, 2, _MARGIN, 14)
        inside.setSpacing(6)
        self._add_row(inside, "Frames per second", "strong")
        inside.addWidget(self.spark)
        inside.addWidget(Hairline())
        for name in ("Decode", "Network", "Overlay", "Device"):
            self._add_row(inside, name)
        column.addLayout(inside)
        column.addStretch(1)
        self.overlay.show_view()
        self._fit_classes()

    def _add_row(self, column: QVBoxLayout, name: str, style: str = "small") -> None:
        row = QHBoxLayout()
        value = Label(_NOTHING, style, "text", tabular=True)
        row.addWidget(Label(name, "small", "text2"))
        row.addStretch(1)
        row.addWidget(value)
        column.addLayout(row)
        self._values[name] = value

    def sizeHint(self) -> QSize:
        """Return the designed width."""
        return QSize(WIDTH, 600)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the line at its left."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("panel"))
        painter.fillRect(QRectF(0, 0, 1, self.height()), theme.color("line"))

    def show_shot(self, shot: "Shot") -> None:
        """Show the shares of a frame, as far as they are known."""
        film, said = self._context.videos.film, shot.prediction
        classes = said.classes if said is not None else self.classes.classes
        shares: Sequence[float] | None = shot.shares
        if film is not None:
            classes = film.shares.classes
            shares = film.shares.of(shot.number) if classes else None
        self.classes.show_classes(classes, _rows_of(classes, shares))
        self._head.set_count(figures.number(len(classes)) if classes else "")

    def show_live(self, overlay_s: float) -> None:
        """Show how fast frames come.

        Parameters
        ----------
        overlay_s
            How long the last frame took to draw.
        """
        videos = self._context.videos
        watch, shot = videos.watch, videos.shot
        if watch.is_open:
            live, fps, of, decode_s = (
                watch.live,
                watch.fps,
                watch.source_fps,
                watch.take_s,
            )
        else:
            player, film = videos.player, videos.film
            live, fps, decode_s = videos.live, player.fps, player.decode_s
            of = film.index.facts.fps * player.speed if film else 0.0
        digits = 0 if abs(of - round(of)) < _NEARLY else 1
        rate = f"{figures.decimal(fps, 1)} of {figures.decimal(of, digits)}"
        self._say("Frames per second", rate if fps else _NOTHING)
        self.spark.show_values(live.rates)
        self._say("Decode", _ms(decode_s) if shot else _NOTHING)
        said = shot.prediction if shot and shot.prediction else None
        network = said.seconds.get("network", 0.0) if said else 0.0
        self._say("Network", _ms(network) if said else _NOTHING)
        self._say("Overlay", _ms(overlay_s) if said else _NOTHING)
        device = device_words(said.device) if said else ""
        self._say("Device", device or self._context.predicting.device_text)

    def _fit_classes(self) -> None:
        count = max(4, self.classes.rowCount())
        self.view.setMaximumHeight(count * theme.row_px(ROW_PX) + 6)

    def _say(self, name: str, words: str) -> None:
        if self._values[name].text() != words:
            self._values[name].setText(words)

    def _on_part_clicked(self, index: QModelIndex, part: str, _keys: object) -> None:
        row = index.data(Role.ROW)
        if part == "eye" and isinstance(row, PictureClass):
            self.classes.toggle(row.index)


def _ms(seconds: float) -> str:
    return f"{figures.decimal(seconds * 1000, 1)} ms"


def _rows_of(
    classes: "ClassList | None", shares: "Sequence[float] | None"
) -> "Iterator[PictureClass]":
    """Yield all classes of the model, in the order of their indices."""
    if classes is None:
        return
    known = shares or (0.0,) * len(classes)
    named = zip(classes.names, classes.palette, known, strict=False)
    for index, (name, colour, share) in enumerate(named):
        yield PictureClass(index, name, colour, share)
