"""The foot of the review queue: verbs, how far the ten are, what they were worth."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from segdesk.app.keys.names import shown
from segdesk.app.review.queue import GOAL
from segdesk.core.language import joined, tr
from segdesk.gui import theme
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import Button, Hairline, Kind, Label
from segdesk.gui.components.painting import rounded
from segdesk.gui.item_models import figures
from segdesk.gui.key_following import follow_keys
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.review.gain import Gain

_EDGE = 12
_STEP_GAP, _STEP_PX = 4, 5
_MOST_CLASSES = 8


class ReviewFoot(QWidget):
    """What stands below the list.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._review = context.review
        self.accept = self._button("review.accept", tr("Accept"), Kind.PRIMARY)
        self.correct = self._button("review.correct", tr("Correct"))
        self.skip = self._button("review.skip", tr("Skip"))
        self.train = command_button(context, "review.train", Kind.DEFAULT)
        self.steps = TenSteps()
        self.gain = GainCard()
        self._keys = Label("", "caption", "text3", wrap=True)
        self._count = Label("", "smallStrong", "text", tabular=True)
        self._then = Label("", "small", "text2")
        self._build()
        follow_keys(context, self, self._show_keys)

    def refresh(self) -> None:
        """Show how far it is now."""
        queue, working = self._review.queue, self._review.working
        worked = queue.worked
        can_decide = working.on_screen is not None
        self.accept.setEnabled(working.why_not_accept() is None)
        self.correct.setEnabled(can_decide)
        self.skip.setEnabled(can_decide)
        put(
            self._count.setText,
            tr(
                "{worked} of {goal} reviewed",
                worked=figures.number(worked),
                goal=figures.number(GOAL),
            ),
        )
        is_full = worked >= GOAL
        put(
            self._then.setText,
            tr("train again now") if is_full else tr("then train again"),
        )
        self._then.setHidden(self._review.gain.is_busy)
        self.steps.show_steps(worked)
        self.train.setVisible(worked > 0)
        self.train.set_kind(Kind.PRIMARY if is_full else Kind.DEFAULT)
        self.accept.set_kind(Kind.DEFAULT if is_full else Kind.PRIMARY)
        self.gain.show_gain(self._review.gain.found, is_busy=self._review.gain.is_busy)

    def _button(self, command_id: str, text: str, kind: Kind = Kind.DEFAULT) -> Button:
        return command_button(
            self._context, command_id, kind, text=text, shows_key=False
        )

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, _EDGE)
        column.setSpacing(8)
        column.addWidget(self.gain)
        column.addWidget(Hairline())
        verbs = QHBoxLayout()
        verbs.setContentsMargins(_EDGE, 0, _EDGE, 0)
        verbs.setSpacing(6)
        for button in (self.accept, self.correct, self.skip):
            button.set_icon("")
            verbs.addWidget(button, 1)
        column.addLayout(verbs)
        self._keys.setContentsMargins(_EDGE, 0, _EDGE, 0)
        column.addWidget(self._keys)
        words = QHBoxLayout()
        words.setContentsMargins(_EDGE, 0, _EDGE, 0)
        words.addWidget(self._count)
        words.addStretch(1)
        words.addWidget(self._then)
        column.addLayout(words)
        for widget in (self.steps, self.train):
            line = QHBoxLayout()
            line.setContentsMargins(_EDGE, 0, _EDGE, 0)
            line.addWidget(widget)
            column.addLayout(line)

    def _show_keys(self) -> None:
        keymap = self._context.keymap
        put(
            self._keys.setText,
            tr(
                "{accept} accepts, {skip} skips. {correct} corrects, {done} goes on.",
                accept=shown(keymap.shown("model.accept_all")),
                correct=shown(keymap.shown("review.correct")),
                done=shown(keymap.shown("file.done")),
                skip=shown(keymap.shown("file.next")),
            ),
        )


class TenSteps(QWidget):
    """A bar of ten steps, those that are done in violet."""

    def __init__(self) -> None:
        super().__init__()
        self._done = 0
        self.setFixedHeight(_STEP_PX)

    def show_steps(self, done: int) -> None:
        """Show how many are done."""
        if done != self._done:
            self._done = done
            self.update()
        put(
            self.setAccessibleName,
            tr("{done} of {goal} reviewed", done=min(done, GOAL), goal=GOAL),
        )

    def sizeHint(self) -> QSize:
        """Return a width to start from."""
        return QSize(200, _STEP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the steps."""
        del event
        painter = QPainter(self)
        width = (self.width() - (GOAL - 1) * _STEP_GAP) / GOAL
        for step in range(GOAL):
            box = QRectF(step * (width + _STEP_GAP), 0, width, _STEP_PX)
            role = "modelFill" if step < self._done else "line2"
            rounded(painter, box, _STEP_PX / 2, theme.color(role))


class GainCard(QWidget):
    """Mean IoU and IoU of each class, before and after the last training."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Gain | None = None
        self._busy = Label(tr("Measuring what it was worth"), "small", "text2")
        self._title = Label("", "smallStrong", "text", wrap=True)
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_EDGE, 0, _EDGE, 0)
        column.setSpacing(4)
        column.addWidget(Hairline())
        column.addSpacing(4)
        column.addWidget(self._busy)
        column.addWidget(self._title)
        column.addWidget(self._rows)
        self.hide()

    @property
    def text(self) -> str:
        """All its words, line by line."""
        labels = self._rows.findChildren(Label)
        return joined("\n", (self._title.text(), *(label.text() for label in labels)))

    def show_gain(self, gain: "Gain | None", *, is_busy: bool) -> None:
        """Show what was measured; None: nothing is."""
        self.setVisible(gain is not None or is_busy)
        self._busy.setVisible(is_busy)
        self._title.setVisible(gain is not None and not is_busy)
        self._rows.setVisible(gain is not None and not is_busy)
        if gain is None or gain is self._shown:
            return
        self._shown = gain
        put(self._title.setText, tr("On the validation images: {name}", name=gain.name))
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._add(tr("Mean IoU"), *gain.miou, "smallStrong")
        for name, before, after in gain.classes[:_MOST_CLASSES]:
            self._add(name, before, after, "caption")

    def _add(
        self, name: str, before: float | None, after: float | None, style: str
    ) -> None:
        row = self._grid.rowCount()
        change, role = figures.NONE, "text3"
        if before is not None and after is not None:
            gained = after - before
            sign = "+" if gained >= 0 else "−"
            change = f"{sign}{figures.decimal(abs(gained), 1)}"
            role = "ok" if gained > 0 else "bad" if gained < 0 else "text3"
        self._grid.addWidget(Label(name, style, "text2"), row, 0)
        words = tr("{before} → {after}", before=_percent(before), after=_percent(after))
        self._grid.addWidget(Label(words, style, "text", tabular=True), row, 1)
        self._grid.addWidget(Label(change, style, role, tabular=True), row, 2)


def _percent(value: float | None) -> str:
    return figures.NONE if value is None else figures.decimal(value, 1)
