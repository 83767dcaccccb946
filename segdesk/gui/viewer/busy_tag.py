"""What a worker does for the tool, once that takes long enough to be asked."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import cap_width, draw_caps
from segdesk.gui.viewer.cards import paint_card
from segdesk.gui.wording import put

_WORDS_AFTER_MS, _CANCEL_AFTER_MS = 300, 1000
_KEY = "Esc"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_TOP_PX = 12


class BusyTag(QWidget):
    """Shows words after 300 ms, and after a second the key that ends the work."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._title = ""
        self._offers_key = False
        self._words_timer = self._timer(_WORDS_AFTER_MS, self._on_words_timer_timeout)
        self._key_timer = self._timer(_CANCEL_AFTER_MS, self._on_key_timer_timeout)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_work(self, title: str) -> None:
        """Say what is being done; "" when it is done.

        Parameters
        ----------
        title
            "Cutting out".
        """
        self._title, self._offers_key = title, False
        if not title:
            self._words_timer.stop()
            self._key_timer.stop()
            self.hide()
        elif not self.isVisible():
            self._words_timer.start()
            self._key_timer.start()

    def place(self) -> None:
        """Go to the top, in the middle of the canvas."""
        metrics = QFontMetrics(theme.font("smallStrong"))
        width = 12 + metrics.horizontalAdvance(shown(self._words)) + 12
        if self._offers_key:
            width += cap_width(_KEY) + 8
        self.resize(width, theme.row_px(30))
        self.move((self._canvas.width() - width) // 2, _TOP_PX)

    @property
    def _words(self) -> str:
        return f"{self._title}\N{HORIZONTAL ELLIPSIS}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw words and key."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        paint_card(painter, box)
        painter.setFont(theme.font("smallStrong"))
        painter.setPen(theme.color("hudText"))
        painter.drawText(box.adjusted(12, 0, 0, 0), _LEFT, shown(self._words))
        if self._offers_key:
            draw_caps(painter, box.right() - 12, box.center().y(), _KEY)

    def _timer(self, after_ms: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after_ms)
        timer.timeout.connect(call)
        return timer

    def _on_words_timer_timeout(self) -> None:
        put(self.setAccessibleName, self._words)
        self.place()
        self.show()

    def _on_key_timer_timeout(self) -> None:
        self._offers_key = True
        put(self.setAccessibleDescription, tr("Escape ends it."))
        self.place()
        self.update()
