"""The question which bands are shown, with a small picture of the answer."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from segdesk.app.files.view_question import ViewQuestion
from segdesk.core.image_view import AS_STORED, ImageView, Stretching
from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components import Label, Segmented, Select
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.components.choices import Segment
from segdesk.gui.components.painting import RADIUS_CARD, rounded, rounded_path
from segdesk.gui.dialogs.frame import FOOT_BUTTON, DialogFrame
from segdesk.gui.qimage import opaque, rgb_image
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.core.band_sample import BandSample
    from segdesk.core.errors import SegDeskError

_LABEL_PX = 92
_PICTURE_PX = 300
_COLOURS = (tr("Red"), tr("Green"), tr("Blue"))
_STRETCHES = (
    Segment("range", tr("Smallest to largest")),
    Segment("percentiles", tr("2 % to 98 %")),
)
_ALONE = (
    Segment("alike", tr("All bands alike")),
    Segment("each", tr("Each for itself")),
)
_KINDS = (Segment("colour", tr("Three as colours")), Segment("grey", tr("One as grey")))


def ask_image_view(
    parent: QWidget | None, question: ViewQuestion
) -> "ImageView | None":
    """Ask how images are shown; None: the user left it."""
    dialog = ImageViewDialog(parent, question)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.is_over = True
    dialog.deleteLater()
    return dialog.view if accepted else None


class ImageViewDialog(DialogFrame):
    """A picture, the bands behind its colours, and the stretch.

    Attributes
    ----------
    view
        What is chosen.
    is_over
        Nobody waits for the small copy any more.
    """

    def __init__(self, parent: QWidget | None, question: ViewQuestion) -> None:
        super().__init__(parent, tr("Bands and stretch"), width=560)
        self.view = question.view
        self.is_over = False
        self._sample: BandSample | None = None
        self.add_heading(tr("Bands and stretch"))
        self.add_words(
            tr(
                "{name} is stored as {layout}. All images of its folder "
                "are shown and predicted in the way chosen here. Training "
                "and evaluation read the files as they are stored.",
                name=question.image.name,
                layout=question.layout,
            )
        )
        self.picture = _Picture()
        self.body.addSpacing(6)
        self.body.addWidget(self.picture)
        self.body.addSpacing(10)
        self.kind = Segmented(_KINDS, tr("Kind of picture"))
        self.kind.chosen.connect(lambda _: self._on_chosen())
        self._kind_row = self._row(tr("Bands"), self.kind)
        self.bands = tuple(Select(name) for name in _COLOURS)
        self._colour_row = self._row("", *self.bands)
        for select in self.bands:
            select.currentIndexChanged.connect(lambda _: self._on_chosen())
        self.stretch = Segmented(_STRETCHES, tr("Stretch"))
        self.stretch.chosen.connect(lambda _: self._on_chosen())
        self._row(tr("Stretch"), self.stretch)
        self.stretch.choose(self.view.stretch)
        self.alone = Segmented(_ALONE, tr("Stretch of the bands"))
        self.alone.chosen.connect(lambda _: self._on_chosen())
        self._alone_row = self._row("", self.alone)
        reset = Button(tr("As stored"), Kind.GHOST, height=FOOT_BUTTON)
        reset.clicked.connect(self._reset)
        self.add_foot(reset)
        self.add_cancel()
        self.verb = self.add_verb(tr("Show"))
        self._kind_row.hide()
        self._colour_row.hide()
        self._alone_row.hide()
        question.sample(self._on_sampled, self._on_not_sampled)

    def _row(self, text: str, *parts: QWidget) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        label = Label(text, "small", "text2")
        label.setFixedWidth(_LABEL_PX)
        row.addWidget(label)
        for part in parts:
            row.addWidget(part)
        row.addStretch(1)
        self.body.addWidget(holder)
        return holder

    def _on_sampled(self, sample: "BandSample") -> None:
        if self.is_over:
            return
        self._sample = sample
        if sample.has_choice and sample.bands > 1:
            for select in self.bands:
                select.blockSignals(True)
                for band in range(sample.bands):
                    select.addItem(tr("Band {band}", band=band + 1), band)
                select.blockSignals(False)
            self._kind_row.show()
            self._colour_row.show()
        self._take(self.view)
        self.adjustSize()

    def _on_not_sampled(self, error: "SegDeskError") -> None:
        if not self.is_over:
            self.picture.say(
                tr("{message} {cause}", message=error.message, cause=error.cause)
            )

    def _reset(self) -> None:
        self._take(AS_STORED)

    def _take(self, view: ImageView) -> None:
        """Show a choice in all parts."""
        self.view = view
        self.stretch.choose(view.stretch)
        self.alone.choose("each" if view.each else "alike")
        sample = self._sample
        if sample is None:
            return
        usual = (0, 1, 2) if sample.bands >= len(_COLOURS) else (0,)
        bands = view.bands or usual
        self.kind.choose("grey" if len(bands) == 1 else "colour")
        for select, band in zip(self.bands, bands, strict=False):
            select.blockSignals(True)
            select.setCurrentIndex(min(band, sample.bands - 1))
            select.blockSignals(False)
        self._draw()

    def _on_chosen(self) -> None:
        sample = self._sample
        bands: tuple[int, ...] = self.view.bands
        if sample is not None and sample.has_choice and sample.bands > 1:
            count = 1 if self.kind.choice() == "grey" else len(_COLOURS)
            chosen = tuple(int(select.currentData()) for select in self.bands[:count])
            usual = (0, 1, 2) if sample.bands >= len(_COLOURS) else (0,)
            bands = () if chosen == usual else chosen
        wide = self.stretch.choice() == "percentiles"
        stretch: Stretching = "percentiles" if wide else "range"
        self.view = ImageView(bands, stretch, self.alone.choice() == "each")
        self._draw()

    def _draw(self) -> None:
        is_grey = self.kind.choice() == "grey"
        for select in self.bands[1:]:
            select.setVisible(not is_grey)
        many = self._sample is not None and self._sample.bands >= len(_COLOURS)
        self._alone_row.setVisible(many and not is_grey)
        if self._sample is not None:
            self.picture.show_image(opaque(rgb_image(self._sample.shown(self.view))))


class _Picture(QWidget):
    """The small copy as it would be shown."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._words = tr("Reading the bands")
        self.setFixedHeight(_PICTURE_PX)
        put(self.setAccessibleName, tr("Preview"))

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.update()

    def say(self, words: str) -> None:
        self._words = words
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        rounded(painter, box, RADIUS_CARD, theme.color("canvas"))
        if self._image is None:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text2"))
            painter.drawText(
                box.adjusted(12, 12, -12, -12),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                shown(self._words),
            )
            return
        painter.setClipPath(rounded_path(box, RADIUS_CARD))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = QSizeF(self._image.size()).scaled(
            box.size(), Qt.AspectRatioMode.KeepAspectRatio
        )
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(box.center())
        painter.drawImage(place, self._image)
