"""A run's fixed validation images, with a slider through its validations."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QHideEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from segdesk.app.files.image_names import names_apart
from segdesk.app.training.run_previews import Preview, PreviewRequest
from segdesk.core.classes import hex_to_rgb, proposed_palette
from segdesk.core.language import plural, shown, tr
from segdesk.gui import theme
from segdesk.gui.components import IconButton, Label, Slider, Tip
from segdesk.gui.components.choices import Segment, Segmented
from segdesk.gui.components.painting import (
    RADIUS_CARD,
    RADIUS_SMALL,
    draw_elided,
    rounded,
    rounded_path,
)
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.training.run import Run
    from segdesk.app.training.run_previews import RunPreviews
    from segdesk.jobs.training_events import PreviewsSaved

_SHOWN = 3
_FRAME_MS = 500
_EDGE_PX = 560
_BETWEEN, _APART = 4, 17
_CAPTION = 22
_TAG_SHARE = 0.84


class ValidationImages(QWidget):
    """Three of the images at a time, truth beside prediction or errors.

    Parameters
    ----------
    previews
        Makes the pictures.
    """

    def __init__(self, previews: "RunPreviews") -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Validation images"))
        self._previews = previews
        self._run: Run | None = None
        self._iterations: tuple[int, ...] = ()
        self._first = 0
        self._follows = True
        self.note = Label("", "small", "text2")
        self.when = Label("", "smallStrong", "text2", tabular=True)
        self.slider = Slider(tr("Iteration of the validation images"), 0, 0)
        self.slider.setFixedWidth(212)
        self.play = IconButton(
            "play", Tip(tr("Play"), "", tr("Show one after another."))
        )
        self.mode = Segmented(
            (Segment("labels", tr("Prediction")), Segment("errors", tr("Errors"))),
            tr("What is shown"),
        )
        self.mode.choose("labels")
        self.back = IconButton("caret-left", Tip(tr("Images before")))
        self.forth = IconButton("caret-right", Tip(tr("More images")))
        self.pairs = tuple(_Pair() for _ in range(_SHOWN))
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Label(tr("Validation images"), "section"))
        head.addSpacing(12)
        head.addWidget(self.note)
        head.addWidget(self.back)
        head.addWidget(self.forth)
        head.addStretch(1)
        head.addWidget(self.when)
        head.addSpacing(4)
        head.addWidget(self.slider)
        head.addSpacing(8)
        head.addWidget(self.play)
        head.addWidget(self.mode)
        row = QHBoxLayout()
        row.setSpacing(_APART)
        for pair in self.pairs:
            row.addWidget(pair, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(15, 5, 12, 6)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(row, 1)
        self.slider.valueChanged.connect(self._on_slider_value_changed)
        self.slider.moved.connect(self._on_slider_moved)
        self.play.clicked.connect(self._on_play_clicked)
        self.mode.chosen.connect(self._on_mode_chosen)
        self.back.clicked.connect(partial(self._turn, -_SHOWN))
        self.forth.clicked.connect(partial(self._turn, _SHOWN))

    def sizeHint(self) -> QSize:
        """Return the design's size."""
        return QSize(900, 213)

    # ------------------------------------------------------------ what is shown

    def show_run(self, run: "Run") -> None:
        """Show a run's images; the newest, unless the user went back."""
        is_other = run is not self._run
        iterations = tuple(sorted(run.previews))
        if not is_other and iterations == self._iterations:
            return
        self._run, self._iterations = run, iterations
        if is_other:
            self._first, self._follows = 0, True
            self._timer.stop()
        self.setVisible(bool(iterations))
        if not iterations:
            return
        self.slider.blockSignals(True)
        self.slider.setRange(0, len(iterations) - 1)
        if self._follows or is_other:
            self.slider.setValue(len(iterations) - 1)
        self.slider.blockSignals(False)
        self.slider.setEnabled(len(iterations) > 1)
        self.play.setEnabled(len(iterations) > 1)
        self._show()

    def _saved(self) -> "PreviewsSaved | None":
        at = self.slider.value()
        if self._run is None or not 0 <= at < len(self._iterations):
            return None
        return self._run.previews.get(self._iterations[at])

    def _show(self) -> None:
        saved, run = self._saved(), self._run
        if saved is None or run is None:
            return
        count = len(saved.images)
        words = plural(
            count,
            "{n} fixed image, after each validation",
            "{n} fixed images, after each validation",
        )
        if count > _SHOWN:
            last = min(count, self._first + _SHOWN)
            words = tr(
                "{first}–{last} of {words}",
                first=self._first + 1,
                last=last,
                words=words,
            )
        put(self.note.setText, words)
        self.back.setVisible(count > _SHOWN)
        self.forth.setVisible(count > _SHOWN)
        self.back.setEnabled(self._first > 0)
        self.forth.setEnabled(self._first + _SHOWN < count)
        put(
            self.when.setText,
            tr("Iteration {iteration}", iteration=figures.number(saved.iteration)),
        )
        self._previews.begin()
        for place, pair in enumerate(self.pairs):
            at = self._first + place
            pair.setVisible(at < count)
            if at < count:
                self._ask(pair, saved, at)

    def _ask(self, pair: "_Pair", saved: "PreviewsSaved", at: int) -> None:
        run = self._run
        names = run.classes.names if run and run.classes else None
        colours = run.classes.palette if run and run.classes else None
        if colours is None:
            colours = proposed_palette(names or tuple(str(i) for i in range(20)))
        errors = self.mode.choice() == "errors"
        name = names_apart(saved.images)[saved.images[at]]
        pair.name(name, tr("Errors") if errors else tr("Prediction"))
        request = PreviewRequest(
            saved.images[at],
            saved.truths[at],
            saved.labels[at],
            tuple(hex_to_rgb(colour) for colour in colours),
            errors,
            round(_EDGE_PX * self.devicePixelRatioF()),
        )
        self._previews.request(request, pair.show_preview)

    # ------------------------------------------------------------ what is done

    def _on_slider_value_changed(self, _value: int) -> None:
        self._show()

    def _on_slider_moved(self, value: int) -> None:
        self._follows = value == self.slider.maximum()
        self._stop()

    def _on_mode_chosen(self, _mode: str) -> None:
        self._show()

    def _turn(self, by: int, _checked: bool = False) -> None:
        self._first = max(0, self._first + by)
        self._show()

    def _on_play_clicked(self) -> None:
        if self._timer.isActive():
            self._stop()
            return
        if self.slider.value() == self.slider.maximum():
            self.slider.setValue(0)
        self._timer.start()
        self.play.set_icon("pause")

    def _on_timer_timeout(self) -> None:
        if self.slider.value() >= self.slider.maximum():
            self._follows = True
            self._stop()
            return
        self.slider.setValue(self.slider.value() + 1)

    def _stop(self) -> None:
        self._timer.stop()
        self.play.set_icon("play")

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while out of sight."""
        super().hideEvent(event)
        self._stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        fill, edge = theme.color("panel"), theme.color("line")
        rounded(QPainter(self), QRectF(self.rect()), RADIUS_CARD, fill, edge)


class _Pair(QWidget):
    """Truth and prediction of one image, its name and mIoU below."""

    def __init__(self) -> None:
        super().__init__()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setRetainSizeWhenHidden(True)  # one image is no wider than three
        self.setSizePolicy(policy)
        self._pictures: tuple[QPixmap, ...] = ()
        self._name, self._tag = "", tr("Prediction")
        self._miou: float | None = None
        self._problem = ""

    def name(self, name: str, tag: str) -> None:
        """Say which image comes."""
        if name != self._name:
            self._pictures = ()
        self._name, self._tag, self._problem = name, tag, ""
        put(
            self.setAccessibleName,
            tr("{name}: truth and {other}", name=name, other=tag.lower()),
        )
        self.update()

    def show_preview(self, preview: Preview | None) -> None:
        """Show the pictures; None: a file is gone."""
        if preview is None:
            self._pictures, self._problem = (), tr("The picture cannot be read")
        else:
            self._pictures = _pixmap(preview.truth), _pixmap(preview.prediction)
            self._miou = preview.miou
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size that shows something."""
        return QSize(410, 165)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw anew."""
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the two pictures with their tags, and the words."""
        del event
        painter = QPainter(self)
        height = self.height() - _CAPTION
        width = (self.width() - _BETWEEN) / 2
        for index, tag in enumerate((tr("Truth"), self._tag)):
            box = QRectF(index * (width + _BETWEEN), 0, width, height)
            self._paint_picture(painter, box, index)
            self._paint_tag(painter, box, tag)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text2"))
        line = QRectF(0, height + 3, self.width() - 90, _CAPTION - 3)
        draw_elided(painter, line, self._problem or self._name)
        if self._miou is not None and self._pictures:
            painter.setFont(theme.font("smallStrong", tabular=True))
            painter.setPen(theme.color("text"))
            line = QRectF(self.width() - 90, height + 3, 90, _CAPTION - 3)
            text = f"mIoU {figures.decimal(self._miou, 2)}"
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(line, flags, shown(text))

    def _paint_picture(self, painter: QPainter, box: QRectF, index: int) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(rounded_path(box, RADIUS_SMALL))
        painter.fillRect(box, theme.color("canvas"))
        if index < len(self._pictures):
            picture = self._pictures[index]
            source = QRectF(picture.rect())
            shape = box.size().scaled(source.size(), Qt.AspectRatioMode.KeepAspectRatio)
            part = QRectF(0, 0, shape.width(), shape.height())
            part.moveCenter(source.center())
            painter.drawPixmap(box, picture, part)
        painter.restore()

    def _paint_tag(self, painter: QPainter, box: QRectF, text: str) -> None:
        painter.setFont(theme.font("smallStrong"))
        width = painter.fontMetrics().horizontalAdvance(shown(text)) + 14
        tag = QRectF(box.left() + 6, box.top() + 6, width, 20)
        rounded(painter, tag, RADIUS_SMALL, theme.veiled("hud", _TAG_SHARE))
        painter.setPen(theme.color("hudText"))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, shown(text))


def _pixmap(pixels: "object") -> QPixmap:
    import numpy as np

    rows = np.ascontiguousarray(pixels)
    height, width = rows.shape[:2]
    image = QImage(
        rows.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888
    )
    return QPixmap.fromImage(image)
