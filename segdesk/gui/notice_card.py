"""One notice: what happened, why, what to do, its verbs, its details."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from segdesk.app.notices import Level
from segdesk.core.language import joined, shown, spaced, tr
from segdesk.gui import icons, theme
from segdesk.gui.components.buttons import Button, IconButton, Kind
from segdesk.gui.components.labels import Label
from segdesk.gui.components.painting import RADIUS_NOTICE, draw_shadow, rounded
from segdesk.gui.components.tips import Tip
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segdesk.app.notices import Notice, Verb

WIDTH = 420
SHADOW = 22
_PAD = 16
_ICON = 18
_DETAIL_LINES = 8
_LONG_WORD = 24
_LOOKS = {
    Level.INFO: ("info-fill", "accent"),
    Level.DONE: ("check-circle-fill", "ok"),
    Level.WARNING: ("warning-fill", "warn"),
    Level.ERROR: ("x-circle-fill", "bad"),
}


class _Mark(QWidget):
    def __init__(self, level: Level) -> None:
        super().__init__()
        self._look = _LOOKS[level]
        self.setFixedSize(_ICON, 22)
        put(self.setAccessibleName, level.value)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        name, role = self._look
        box = QRectF(0, 2, _ICON, _ICON)
        icons.paint(QPainter(self), box, name, theme.color(role))


class _Detail(QPlainTextEdit):
    """Technical text that can be selected and copied."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setReadOnly(True)
        self.setProperty("role", "detail")
        put(self.setAccessibleName, tr("Details"))
        self.setFont(theme.font("caption", mono=True))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        lines = sum(1 + len(line) // 42 for line in text.splitlines())
        height = self.fontMetrics().lineSpacing() * min(_DETAIL_LINES, max(1, lines))
        self.setFixedHeight(height + 22)


class NoticeCard(QWidget):
    """A notice as a card.

    `closed` says that the user closed it, `resized` that its details were unfolded.

    Parameters
    ----------
    notice
        What to say.
    floats
        With a shadow and a close button, over the picture; else flat, in a list.
    """

    closed = Signal()
    resized = Signal()

    def __init__(self, notice: "Notice", *, floats: bool = True) -> None:
        super().__init__()
        self.notice = notice
        self._margin = SHADOW if floats else 0
        self._detail: _Detail | None = None
        put(self.setAccessibleName, notice.message)
        put(self.setAccessibleDescription, spaced(notice.cause, notice.hint))
        edge = self._margin
        across = QHBoxLayout(self)
        across.setContentsMargins(edge + _PAD, edge + 14, edge + 10, edge + 14)
        across.setSpacing(11)
        across.addWidget(_Mark(notice.level), 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        across.addLayout(self._column, 1)
        self._add_title(notice.message, closable=floats)
        self._add_words(notice.cause, "text2")
        self._add_words(notice.hint, "text")
        self._detail_row = QHBoxLayout()
        self._column.addLayout(self._detail_row)
        self._add_verbs(notice.verbs)
        self.fit()

    def fit(self) -> None:
        """Take the height that the words need at the card's width."""
        width = WIDTH + 2 * self._margin
        layout = self.layout()
        if layout is None:
            return
        layout.activate()
        self.setFixedSize(width, layout.totalHeightForWidth(width))

    def sizeHint(self) -> QSize:
        """Return the fitted size."""
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card and its shadow."""
        del event
        painter = QPainter(self)
        edge = self._margin
        card = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        if edge:
            draw_shadow(painter, card, RADIUS_NOTICE)
            fill, line = theme.color("raised"), theme.color("line2")
            rounded(painter, card, RADIUS_NOTICE, fill, line)
        else:
            painter.fillRect(
                QRectF(12, self.height() - 1, self.width() - 24, 1),
                theme.color("line"),
            )

    def _add_title(self, text: str, *, closable: bool) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        title = Label(breakable(shown(text).rstrip(".。")), "section", wrap=True)
        title.setContentsMargins(0, 3, 0, 2)
        row.addWidget(title, 1, Qt.AlignmentFlag.AlignTop)
        if closable:
            close = IconButton("x", Tip(tr("Close")), edge=24)
            close.clicked.connect(self.closed)
            row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        else:
            row.addSpacing(24)
        self._column.addLayout(row)

    def _add_words(self, text: str, role: str) -> None:
        if text:
            label = Label(breakable(text), "body", role, wrap=True)
            label.setContentsMargins(0, 2, 8, 2)
            self._column.addWidget(label)

    def _add_verbs(self, verbs: "Sequence[Verb]") -> None:
        if not verbs and not self.notice.detail:
            return
        row = QHBoxLayout()
        row.setContentsMargins(0 if verbs else -12, 10, 0, 0)
        row.setSpacing(8)
        for index, verb in enumerate(verbs):
            button = Button(verb.title, Kind.GHOST if index else Kind.DEFAULT)
            button.clicked.connect(self._running(verb))
            row.addWidget(button)
        if self.notice.detail:
            self._fold = Button(tr("Details"), Kind.GHOST, icon="caret-down")
            self._fold.clicked.connect(self._on_fold_clicked)
            row.addWidget(self._fold)
            self._copy = Button(tr("Copy"), Kind.GHOST, icon="copy")
            self._copy.clicked.connect(self._on_copy_clicked)
            self._copy.hide()
            row.addWidget(self._copy)
        row.addStretch(1)
        self._column.addLayout(row)

    def _running(self, verb: "Verb") -> "_Run":
        return _Run(self, verb)

    def _on_fold_clicked(self) -> None:
        if self._detail is None:
            self._detail = _Detail(self.notice.detail)
            self._detail_row.addWidget(self._detail)
            self._detail_row.setContentsMargins(0, 8, 6, 0)
            self._detail.show()
            self._fold.set_icon("caret-up")
            self._copy.show()
        else:
            self._detail_row.removeWidget(self._detail)
            self._detail_row.setContentsMargins(0, 0, 0, 0)
            self._detail.hide()
            self._detail.deleteLater()
            self._detail = None
            self._fold.set_icon("caret-down")
            self._copy.hide()
        self.fit()
        self.resized.emit()

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(as_text(self.notice))


class _Run:
    """Runs a verb, then closes its card."""

    def __init__(self, card: NoticeCard, verb: "Verb") -> None:
        self._card = card
        self._verb = verb

    def __call__(self) -> None:
        self._card.closed.emit()
        self._verb.run()


def as_text(notice: "Notice") -> str:
    """Return all of a notice as text for a report."""
    parts = (notice.message, notice.cause, notice.hint, notice.detail)
    return joined("\n", (part for part in parts if part))


def breakable(text: str) -> str:
    """Let long words, such as paths, break after their separators."""
    return joined(
        " ",
        (
            _with_breaks(word) if len(word) > _LONG_WORD else word
            for word in text.split(" ")
        ),
    )


def _with_breaks(word: str) -> str:
    for mark in ("/", "\\", "_", "-", "."):
        word = word.replace(mark, f"{mark}​")
    return word
