"""The bar at the bottom: cursor, class, size; engine, device, zoom."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from segdesk.core.language import joined, shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.actions import Actions
from segdesk.gui.components.buttons import IconButton
from segdesk.gui.components.labels import Label
from segdesk.gui.components.painting import rounded
from segdesk.gui.components.panels import Hairline
from segdesk.gui.components.tips import Tip
from segdesk.gui.image_notes import ImageNotes
from segdesk.gui.page_words import page_words
from segdesk.gui.reading_state import ReadingState
from segdesk.gui.save_state import KeptState
from segdesk.gui.status_part import StatusPart
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.viewer.reading import PixelReading

HEIGHT = 28
_SWATCH = 10
_GAP = 12
_SENTENCE_MS = 6000
_LEAST_SENTENCE = 80


class CursorFacts(QWidget):
    """Position, class and confidence under the cursor, and the image's size.

    Every part keeps its place while the numbers change.
    """

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._under: PixelReading | None = None
        self._sentence = ""
        self._forget = QTimer(self, singleShot=True, interval=_SENTENCE_MS)
        self._forget.timeout.connect(lambda: self.say(""))
        put(self.setAccessibleName, tr("Under the cursor"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_reading(self, reading: "PixelReading | None") -> None:
        """Show what is under the cursor; None: it is outside of the image."""
        if reading != self._under:
            self._under = reading
            self.update()

    def say(self, sentence: str) -> None:
        """Show a sentence of a tool for a while."""
        self._sentence = sentence
        if sentence:
            self._forget.start()
        self.update()

    def words(self) -> str:
        """Return what is shown, as one line."""
        if words := page_words(self._context):
            return words
        image = self._context.session.image
        if image is None:
            return tr("No image")
        parts = []
        if self._under is not None:
            parts.append(tr("x {x} y {y}", x=self._under.x, y=self._under.y))
            parts.extend(filter(None, self._class_words(self._under)))
        parts.append(
            tr("{width} × {height} px", width=image.width, height=image.height)
        )
        parts.extend(filter(None, (self._sentence,)))
        return joined(" ", parts)

    def sizeHint(self) -> QSize:
        """Return a width for all parts."""
        return QSize(420, theme.row_px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Return room for the position."""
        return QSize(120, theme.row_px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the parts."""
        del event
        painter = QPainter(self)
        image = self._context.session.image
        small = theme.font("small", tabular=True)
        painter.setFont(small)
        painter.setPen(theme.color("text2"))
        if words := page_words(self._context):
            self._words(painter, _GAP, words, round(self.width() - 2 * _GAP))
            return
        if image is None:
            self._words(painter, _GAP, tr("No image"))
            return
        metrics = QFontMetrics(small)
        x = float(_GAP)
        wide_x = metrics.horizontalAdvance(shown(tr("x {width} ", width=image.width)))
        wide_y = metrics.horizontalAdvance(
            shown(tr("y {height} ", height=image.height))
        )
        if self._under is not None:
            self._words(painter, x, tr("x {x}", x=self._under.x))
            self._words(painter, x + wide_x + 6, tr("y {y}", y=self._under.y))
        x += wide_x + wide_y + 6 + _GAP
        if self._context.session.classes is not None:
            x = self._line(painter, x)
            if self._under is not None:
                self._class_part(painter, x, self._under)
            x += self._class_width() + _GAP
        x = self._line(painter, x)
        x += (
            self._words(
                painter,
                x,
                tr("{width} × {height} px", width=image.width, height=image.height),
            )
            + _GAP
        )
        if self._sentence and self.width() - x > _LEAST_SENTENCE:
            x = self._line(painter, x)
            painter.setPen(theme.color("text"))
            self._words(painter, x, self._sentence, round(self.width() - x))

    def _class_words(self, under: "PixelReading") -> tuple[str, str, str]:
        classes = self._context.session.classes
        if under.class_index is None or classes is None:
            return "", "", ""
        if under.class_index >= len(classes):
            return (
                tr("Ignore"),
                tr("class {class_index}", class_index=under.class_index),
                "",
            )
        sure = "" if under.confidence is None else f"{under.confidence:.2f}"
        return (
            classes.names[under.class_index],
            tr("class {class_index}", class_index=under.class_index),
            sure,
        )

    def _class_width(self) -> int:
        classes = self._context.session.classes
        if classes is None:
            return 0
        strong = QFontMetrics(theme.font("smallStrong"))
        widest = max(strong.horizontalAdvance(shown(name)) for name in classes.names)
        number = QFontMetrics(theme.font("small", tabular=True))
        tail = (
            number.horizontalAdvance(
                shown(tr("class {classes}00.00", classes=len(classes)))
            )
            + 2 * _GAP
        )
        return min(widest, 180) + tail + _SWATCH + 6

    def _class_part(self, painter: QPainter, x: float, under: "PixelReading") -> None:
        classes = self._context.session.classes
        name, number, sure = self._class_words(under)
        if not name or classes is None or under.class_index is None:
            return
        swatch = QRectF(x, (self.height() - _SWATCH) / 2, _SWATCH, _SWATCH)
        known = under.class_index < len(classes)
        fill = (
            QColor(classes.palette[under.class_index])
            if known
            else theme.color("text3")
        )
        rounded(painter, swatch, 3, fill)
        x += _SWATCH + 6
        painter.setFont(theme.font("smallStrong"))
        painter.setPen(theme.color("text"))
        x += self._words(painter, x, name, 180) + _GAP
        painter.setFont(theme.font("small", tabular=True))
        painter.setPen(theme.color("text2"))
        x += self._words(painter, x, number) + _GAP
        painter.setPen(theme.color("model"))
        self._words(painter, x, sure)
        painter.setPen(theme.color("text2"))

    def _words(
        self, painter: QPainter, x: float, text: str, limit: int = 1000
    ) -> float:
        metrics = QFontMetrics(painter.font())
        short = metrics.elidedText(shown(text), Qt.TextElideMode.ElideRight, limit)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(x, 0, self.width(), self.height()), flags, short)
        return metrics.horizontalAdvance(short)

    def _line(self, painter: QPainter, x: float) -> float:
        middle = self.height() / 2
        painter.fillRect(QRectF(x, middle - 7, 1, 14), theme.color("line2"))
        return x + _GAP


class EngineState(StatusPart):
    """What the engine does, in words with an icon."""

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        context.predicting.changed.connect(self.refresh)
        context.annotations.opened.connect(lambda _: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Say what the engine does now."""
        icon, role, words = self._state()
        if self.show_words(icon, role, words):
            put(self.setAccessibleName, words or tr("Engine is idle"))

    def _state(self) -> tuple[str, str, str]:
        predicting = self._context.predicting
        if predicting.is_loading:
            return (
                "cube",
                "model",
                tr("Loading {model_name}", model_name=predicting.model_name),
            )
        if predicting.is_predicting:
            return "cube-fill", "model", tr("Predicting")
        if predicting.is_ready and self._context.annotations.current is None:
            return (
                "check",
                "text3",
                tr("{model_name} is ready", model_name=predicting.model_name),
            )
        return "check", "text3", ""


class StatusBar(QWidget):
    """The bar at the bottom of the window.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    def __init__(self, context: "AppContext", actions: Actions) -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Status bar"))
        self.setFixedHeight(theme.row_px(HEIGHT))
        self._context = context
        self._cursor = CursorFacts(context)
        self._engine = EngineState(context)
        self.kept = KeptState(context)
        self.notes = ImageNotes(context)
        self._device = Label("–", "small", "text2")
        self._zoom = Label("– %", "small", "text2", tabular=True)
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        put(self._zoom.setAccessibleName, tr("Zoom"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 1, 6, 0)
        row.setSpacing(0)
        row.addWidget(self._cursor, 1)
        row.addWidget(self.notes)
        row.addWidget(ReadingState(context, actions))
        row.addWidget(self._engine)
        row.addWidget(self.kept)
        row.addWidget(_Mark("cpu"))
        row.addSpacing(6)
        row.addWidget(self._device)
        row.addSpacing(_GAP)
        row.addWidget(Hairline(vertical=True, length=14, role="line2"))
        row.addSpacing(6)
        for command_id, icon in (("view.zoom_out", "minus"), ("view.zoom_in", "plus")):
            button = IconButton(icon, Tip(context.commands[command_id].title), edge=24)
            actions.bind(button, command_id)
            row.addWidget(button)
            if icon == "minus":
                row.addWidget(self._zoom)
        context.annotating.status_said.connect(self._cursor.say)
        for page in (context.runs, context.evaluating, context.batches, context.videos):
            page.changed.connect(self._cursor.update)
        context.commands.ran.connect(lambda _: self._cursor.update())
        context.predicting.changed.connect(self._show_device)
        context.settings.changed.connect(self._show_device)
        for signal in (
            context.session.image_changed,
            context.session.proposal_changed,
            context.session.classes_changed,
        ):
            signal.connect(self._on_session_changed)
        theme.active().changed.connect(self._dress)
        self._dress()
        self._show_device()

    def show_reading(self, reading: "PixelReading | None") -> None:
        """Show what is under the cursor; None: it is outside of the image."""
        self._cursor.show_reading(reading)

    def show_zoom(self, zoom: float | None) -> None:
        """Show the zoom, 1.0 = one image pixel on one screen pixel; None: no image."""
        put(self._zoom.setText, "– %" if zoom is None else zoom_words(zoom))

    def words(self) -> str:
        """Return what the left end says, as one line."""
        return self._cursor.words()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar and the line over it."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("window"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), theme.color("line"))

    def _show_device(self, _preferences: object = None) -> None:
        put(self._device.setText, self._context.predicting.device_text)

    def _on_session_changed(self, _value: object) -> None:
        self._cursor.update()
        is_video = self._context.window.layout_id == "video"
        if self._context.session.image is None and not is_video:
            self.show_zoom(None)

    def _dress(self) -> None:
        widest = QFontMetrics(self._zoom.font()).horizontalAdvance("6,400%")
        self._zoom.setFixedWidth(widest + 4)


class _Mark(QWidget):
    """A small icon between words."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(14, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        icons.paint(
            QPainter(self), QRectF(self.rect()), self._name, theme.color("text3")
        )


def zoom_words(zoom: float) -> str:
    """Return a zoom in percent: "102%", "3.1%"."""
    percent = zoom * 100
    return f"{percent:.1f}%" if percent < 10 else f"{percent:,.0f}%"
