"""The right of a video: classes with their shares, how fast it is predicted."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from segdesk.app.training.run_choices import device_words
from segdesk.core.language import shown, tr
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
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segdesk.app.context import AppContext
    from segdesk.app.video.film import Shot
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
        put(self.setAccessibleName, tr("Classes and live prediction"))
        self.classes = PictureClassesModel()
        self.view = RowView(
            PictureClassesDelegate(_COLUMNS), tr("Classes of the frame")
        )
        self.view.setModel(self.classes)
        self.view.clicked.connect(self._on_clicked)
        self.classes.modelReset.connect(self._fit_classes)
        self.view.part_clicked.connect(self._on_part_clicked)
        self.overlay = OverlayBar(context)
        self.spark = Sparkline()
        self._values: dict[str, Label] = {}
        self._build()
        session = context.session
        ends = (
            session.view_changed.connect(lambda _: self._on_view_changed()),
            session.classes_changed.connect(lambda _: self.show_shot(None)),
        )
        self.destroyed.connect(lambda: [end() for end in ends])
        self.show_shot(None)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        self._head = DockHeader(tr("Classes"))
        column.addWidget(self._head)
        column.addWidget(self.overlay)
        column.addWidget(Hairline())
        column.addWidget(PictureClassesHead(_COLUMNS))
        column.addWidget(self.view, 100)
        column.addWidget(Hairline())
        column.addWidget(DockHeader(tr("Live")))
        inside = QVBoxLayout()
        inside.setContentsMargins(_MARGIN, 2, _MARGIN, 14)
        inside.setSpacing(6)
        self._add_row(inside, tr("Frames per second"), "strong")
        inside.addWidget(self.spark)
        inside.addWidget(Hairline())
        for name in (tr("Decode"), tr("Network"), tr("Overlay"), tr("Device")):
            self._add_row(inside, name)
        column.addLayout(inside)
        column.addStretch(1)
        self.overlay.show_view()
        self._fit_classes()

    def _add_row(self, column: QVBoxLayout, name: str, style: str = "small") -> None:
        row = QHBoxLayout()
        value = Label(_NOTHING, style, "text", tabular=True)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
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

    def show_shot(self, shot: "Shot | None") -> None:
        """Show the shares of a frame as far as they are known; None: of that on screen.

        Where nothing was predicted yet, the classes are those that one paints with.
        """
        videos, own = self._context.videos, self._context.session.classes
        film, shot = videos.film, shot or videos.shot
        said = shot.prediction if shot is not None else None
        classes, shares = (said.classes, shot.shares) if said and shot else (None, ())
        if film is not None and shot is not None and film.shares.classes is not None:
            classes, shares = film.shares.classes, film.shares.of(shot.number) or ()
        classes = classes or own
        self.classes.show_classes(classes, _rows_of(classes, shares))
        self._head.set_count(figures.number(len(classes)) if classes else "")
        self._select()

    def _select(self) -> None:
        """Show which class is painted with, where it is one of these."""
        session = self._context.session
        place = session.view.selected_class
        is_own = self.classes.classes == session.classes
        row = place if is_own and place is not None else -1
        row = row if row < self.classes.rowCount() else -1
        if self.view.selected_row() != row:
            self.view.select_row(row)

    def _on_view_changed(self) -> None:
        self.overlay.show_view()
        self._select()

    def _on_clicked(self, index: QModelIndex) -> None:
        row, session = index.data(Role.ROW), self._context.session
        is_own = self.classes.classes == session.classes
        if isinstance(row, PictureClass) and is_own:
            self._context.class_editing.select(row.index)
        self._select()

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
        rate = tr(
            "{number} of {whole}",
            number=figures.decimal(fps, 1),
            whole=figures.decimal(of, digits),
        )
        self._say(tr("Frames per second"), rate if fps else _NOTHING)
        self.spark.show_values(live.rates)
        self._say(tr("Decode"), _ms(decode_s) if shot else _NOTHING)
        said = shot.prediction if shot and shot.prediction else None
        network = said.seconds.get("network", 0.0) if said else 0.0
        self._say(tr("Network"), _ms(network) if said else _NOTHING)
        self._say(tr("Overlay"), _ms(overlay_s) if said else _NOTHING)
        device = device_words(said.device) if said else ""
        self._say(tr("Device"), device or self._context.predicting.device_text)

    def _fit_classes(self) -> None:
        count = max(4, self.classes.rowCount())
        self.view.setMaximumHeight(count * theme.row_px(ROW_PX) + 6)

    def _say(self, name: str, words: str) -> None:
        if self._values[name].text() != shown(words):
            put(self._values[name].setText, words)

    def _on_part_clicked(self, index: QModelIndex, part: str, _keys: object) -> None:
        row = index.data(Role.ROW)
        if part == "eye" and isinstance(row, PictureClass):
            self.classes.toggle(row.index)


def _ms(seconds: float) -> str:
    return tr("{number} ms", number=figures.decimal(seconds * 1000, 1))


def _rows_of(
    classes: "ClassList | None", shares: "Sequence[float]"
) -> "Iterator[PictureClass]":
    """Yield all classes of the model, in the order of their indices."""
    if classes is None:
        return
    known = shares or (None,) * len(classes)
    named = zip(classes.names, classes.palette, known, strict=False)
    for index, (name, colour, share) in enumerate(named):
        yield PictureClass(index, name, colour, share)
