"""Why does the model say that: its heat over the image, beside its doubts."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from segdesk.app.proposals.explaining import METHODS, ExplainQuestion, shown_layers
from segdesk.core.language import joined, shown, tr
from segdesk.gui import theme
from segdesk.gui.components import Button, Kind, Label, Select, ThinProgress
from segdesk.gui.components.painting import RADIUS_SMALL, rounded
from segdesk.gui.dialogs.explain_picture import MapPicture
from segdesk.gui.dialogs.frame import FOOT_BUTTON, DialogFrame, labelled_row
from segdesk.gui.item_models.row_delegate import draw_number, draw_text, ink
from segdesk.gui.qimage import ArrayImage, rgb_image
from segdesk.jobs.explain_specs import LAYER_METHODS, SLOW_METHODS

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.proposals.explaining import Answer
    from segdesk.core.explanation import Explained

_SIZE = QSize(1120, 720)
_LEAST = QSize(880, 600)
_SIDE_PX = 316
_SMALL_PX = 128
_BIG_PX = 300
_LARGEST = -1
_UNBOUND = 16_777_215


class ExplainDialog(DialogFrame):
    """Asks the loaded model about the open image, and shows its answer.

    It follows the window: another image or model empties it.
    """

    def __init__(self, context: "AppContext", parent: QWidget | None) -> None:
        super().__init__(parent, tr("Explain"), width=_SIZE.width())
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.setMinimumSize(_LEAST)
        self.setMaximumWidth(_UNBOUND)
        self.resize(_SIZE)
        self._context = context
        self._explaining = context.explaining
        self._answer: Answer | None = None
        self._images: tuple[ArrayImage, ...] = ()
        self._is_filling = False
        self.heat = MapPicture(tr("Where it looks"), is_asked=True)
        self.confidence = MapPicture(tr("Unsure (1 − confidence)"), is_asked=True)
        self.entropy = MapPicture(tr("Entropy"), is_asked=True)
        self.classes = Select(tr("Class"))
        self.method = Select(tr("How"))
        self.layer = Select(tr("Layer"))
        self.pixel = Label("", "small", "text", tabular=True)
        self.all_pixels = Button(tr("All its pixels"), Kind.GHOST)
        self.words = Label("", "small", "text3", wrap=True)
        self.note = Label("", "small", "warn", wrap=True)
        self.chances = _Chances()
        self._lay_out()
        self._lay_foot()
        self._wire()
        self._show()

    # ------------------------------------------------------------ putting together

    def _lay_out(self) -> None:
        self.body.setContentsMargins(16, 16, 16, 16)
        row = QHBoxLayout()
        row.setSpacing(16)
        self.heat.setMinimumSize(_BIG_PX, _BIG_PX)
        row.addWidget(self.heat, 1)
        side = QWidget()
        side.setFixedWidth(_SIDE_PX)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(labelled_row(tr("Class"), self.classes))
        place = QHBoxLayout()
        place.addWidget(self.pixel, 1)
        place.addWidget(self.all_pixels)
        holder = QWidget()
        place.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(place)
        column.addLayout(labelled_row(tr("Pixel"), holder))
        column.addLayout(labelled_row(tr("How"), self.method))
        column.addLayout(labelled_row(tr("Layer"), self.layer))
        column.addWidget(self.words)
        column.addWidget(self.chances)
        column.addWidget(self.note)
        for small in (self.confidence, self.entropy):
            small.setMinimumHeight(_SMALL_PX)
            column.addWidget(small, 1)
        row.addWidget(side)
        self.body.addLayout(row, 1)

    def _lay_foot(self) -> None:
        self.progress = ThinProgress(tr("Progress"), by_model=True)
        self.progress.setFixedWidth(180)
        self.passes = Label("", "small", "text2", tabular=True)
        self.stop = Button(tr("Stop"), Kind.GHOST, height=FOOT_BUTTON)
        self.save = Button(
            tr("Save"), Kind.DEFAULT, icon="floppy-disk", height=FOOT_BUTTON
        )
        for part in (self.passes, self.progress, self.stop, self.save):
            self.add_foot(part)
        self.add_verb(tr("Close"), Kind.DEFAULT)

    def _wire(self) -> None:
        for picture in (self.heat, self.confidence, self.entropy):
            picture.clicked.connect(self._on_clicked)
            picture.hovered.connect(self._on_hovered)
        self.classes.activated.connect(self._on_class)
        self.method.activated.connect(lambda _: self._ask(method=self._method()))
        self.layer.activated.connect(lambda _: self._ask(layer=self._layer()))
        self.all_pixels.clicked.connect(lambda _=False: self._on_all_pixels())
        self.stop.clicked.connect(lambda _=False: self._explaining.cancel())
        self.save.clicked.connect(lambda _=False: self._save())
        self._drop = self._explaining.changed.connect(self._show)
        self.destroyed.connect(lambda _gone=None, drop=self._drop: drop())

    # ------------------------------------------------------------ asking

    def ask_first(self) -> None:
        """Ask about the largest class, unless something was asked already."""
        explaining = self._explaining
        if explaining.answer is None and not explaining.is_running:
            explaining.ask(explaining.question)

    def _ask(self, **change: object) -> None:
        if not self._is_filling:
            self._explaining.ask(replace(self._explaining.question, **change))  # type: ignore[arg-type]

    def _on_clicked(self, x: int, y: int) -> None:
        self._ask(at=(x, y), class_index=None)

    def _on_class(self, _place: int) -> None:
        index = int(self.classes.currentData())
        self._ask(class_index=None if index == _LARGEST else index)

    def _on_all_pixels(self) -> None:
        answer = self._answer
        index = answer.explained.class_index if answer else None
        self._ask(at=None, class_index=index)

    def _method(self) -> str:
        return str(self.method.currentData())

    def _layer(self) -> str:
        return str(self.layer.currentData() or "")

    def _save(self) -> None:
        folder = self._context.dialogs.choose_folder(tr("Folder for the explanation"))
        if folder is not None:
            self._explaining.save(folder, self._on_saved)

    def _on_saved(self, paths: tuple[Path, ...]) -> None:
        name = paths[0].name
        self._context.notices.toast(tr("Saved {name}", name=name))

    # ------------------------------------------------------------ showing

    def _show(self) -> None:
        self._is_filling = True
        explaining = self._explaining
        self._fill_choices(explaining.question)
        self._fill_progress()
        answer = explaining.answer
        if answer is not self._answer or answer is None:
            self._answer = answer
            self._fill_pictures()
        self._fill_words()
        self._is_filling = False

    def _fill_choices(self, question: ExplainQuestion) -> None:
        classes, answer = self._explaining.classes, self._explaining.answer
        names = classes.names if classes else ()
        there = tr("That of the pixel") if question.at else tr("The largest")
        rows = [(there, _LARGEST), *((name, n) for n, name in enumerate(names))]
        chosen = question.class_index
        if chosen is None and answer is not None and not self._explaining.is_running:
            chosen = answer.explained.class_index
        _refill(self.classes, rows, _LARGEST if chosen is None else chosen)
        known = self._explaining.methods()
        ways = [(name, way) for way, name, _ in METHODS if way in known]
        _refill(self.method, ways, question.method)
        layer = answer.explained.layer if answer else question.layer
        layers = [
            (one.name, one.name)
            for one in shown_layers(self._explaining.layers, question.layer or layer)
        ]
        _refill(self.layer, layers, question.layer or layer)
        self.layer.setEnabled(question.method in LAYER_METHODS and bool(layers))
        place = question.at
        self.pixel.setText(
            tr("{x}, {y}", x=place[0], y=place[1]) if place else tr("Click one")
        )
        self.all_pixels.setVisible(place is not None)
        self.words.setText(next(w for way, _, w in METHODS if way == question.method))

    def _fill_progress(self) -> None:
        progress = self._explaining.progress
        done, count = progress or (0, 0)
        for part in (self.progress, self.stop, self.passes):
            part.setVisible(progress is not None)
        self.progress.set_value(done / count if count > 1 else None)
        slow = self._explaining.question.method in SLOW_METHODS
        self.passes.setText(
            tr("{done} of {count} passes", done=done, count=count)
            if slow and count
            else tr("Asking the model")
        )
        self.save.setEnabled(self._explaining.answer is not None)

    def _fill_pictures(self) -> None:
        answer, image = self._answer, self._explaining.image
        pictures = (self.heat, self.confidence, self.entropy)
        if answer is None:
            self._images = ()
            for picture in pictures:
                picture.show_map(None, (1, 1), None)
            title = (
                tr("Explain {name}", name=image.path.name) if image else tr("Explain")
            )
            self.setWindowTitle(shown(title))
            return
        self._images = tuple(rgb_image(one) for one in answer.pictures)
        size = (answer.image.width, answer.image.height)
        at = answer.explained.at
        for picture, drawn in zip(pictures, self._images, strict=True):
            picture.show_map(drawn.image, size, at)
        self.chances.show_chances(answer.explained)
        title = tr(
            "Why {name}? {image}",
            name=answer.explained.class_name,
            image=answer.image.path.name,
        )
        self.setWindowTitle(shown(title))

    def _fill_words(self) -> None:
        failure, answer = self._explaining.failure, self._answer
        self.chances.setVisible(answer is not None)
        words: list[str] = []
        if failure is not None:
            words = [failure.message, failure.cause, failure.hint]
        elif answer is not None:
            for note in answer.notes:
                words += [note.message, note.cause, note.hint]
        self.note.set_role("bad" if failure is not None else "warn")
        self.note.setText(shown(joined(" ", filter(None, words))))
        self.note.setVisible(bool(self.note.text()))
        why = self._explaining.why_not()
        empty = why or (tr("Asking the model") if self._explaining.is_running else "")
        for picture in (self.heat, self.confidence, self.entropy):
            picture.say(empty or tr("Choose a class"))

    def _on_hovered(self, pixel: tuple[int, int] | None) -> None:
        answer = self._answer
        if answer is None:
            return
        readings = ("", "", "")
        if pixel is not None:
            x, y = pixel
            found = answer.explained
            readings = (
                f"{x}, {y}   {found.heat.at(x, y):.2f}",
                f"{1 - found.confidence[y, x] / 255:.2f}",
                f"{found.entropy[y, x] / 255:.2f}",
            )
        pictures = (self.heat, self.confidence, self.entropy)
        for picture, reading in zip(pictures, readings, strict=True):
            picture.read(pixel, reading)

    def done(self, result: int) -> None:
        """Stop asking: nobody looks any more."""
        self._explaining.cancel()
        super().done(result)


class _Chances(QWidget):
    """The most probable classes, each with its bar."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[tuple[str, QColor, float], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(shown(tr("Probabilities")))

    def show_chances(self, explained: "Explained") -> None:
        """Show those of another answer."""
        classes = explained.classes
        self._rows = tuple(
            (classes.names[index], QColor(classes.palette[index]), chance)
            for index, chance in explained.strongest()
        )
        self.setAccessibleDescription(
            ", ".join(f"{name} {chance:.2f}" for name, _, chance in self._rows)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        return QSize(200, len(self._rows) * theme.row_px(24) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw swatch, name, bar and number of each."""
        del event
        painter = QPainter(self)
        height = theme.row_px(24)
        for place, (name, colour, chance) in enumerate(self._rows):
            row = QRectF(0, 2 + place * height, self.width(), height)
            swatch = QRectF(0, row.center().y() - 7, 14, 14)
            rounded(painter, swatch, RADIUS_SMALL, colour)
            draw_text(
                painter,
                row.adjusted(22, 0, -132, 0).toRect(),
                name,
                ink("small", "text"),
            )
            bar = QRectF(row.right() - 122, row.center().y() - 2, 80, 4)
            rounded(painter, bar, 2, theme.color("line2"))
            filled = QRectF(bar)
            filled.setWidth(max(2.0, bar.width() * chance))
            rounded(painter, filled, 2, theme.color("modelFill"))
            number = row.adjusted(row.width() - 36, 0, 0, 0).toRect()
            draw_number(
                painter, number, f"{chance:.2f}", ink("small", "text2", tabular=True)
            )


def _refill(select: Select, rows: Sequence[tuple[str, object]], chosen: object) -> None:
    """Give a choice other rows, if they are others, and take one of them."""
    now = [(select.itemText(n), select.itemData(n)) for n in range(select.count())]
    wanted = [(shown(text), data) for text, data in rows]
    if now != wanted:
        select.clear()
        for text, data in wanted:
            select.addItem(text, data)
    select.setCurrentIndex(next((n for n, x in enumerate(rows) if x[1] == chosen), -1))
    select.update()
