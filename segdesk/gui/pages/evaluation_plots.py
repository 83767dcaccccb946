"""The plot below the classes: confidence against accuracy, or the spread of images."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components import Segment, Segmented
from segdesk.gui.components.labels import Label
from segdesk.gui.pages.evaluation_reliability import Compared, ReliabilityPlot
from segdesk.gui.pages.evaluation_spread import SpreadPlot
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.evaluation.evaluating import Evaluating
    from segdesk.core.temperature import FittedTemperature

RELIABILITY, SPREAD = "reliability", "spread"
_TITLES = {RELIABILITY: tr("Reliability"), SPREAD: tr("Images by mIoU")}


class EvaluationPlots(QWidget):
    """A title with a switch over the plot that is chosen.

    Parameters
    ----------
    evaluating
        What was measured.
    calibrate
        The button that makes the confidence true.
    """

    def __init__(self, evaluating: "Evaluating", calibrate: QWidget) -> None:
        super().__init__()
        self._evaluating = evaluating
        self.reliability, self.spread = ReliabilityPlot(), SpreadPlot()
        self.choice = Segmented(
            [Segment(RELIABILITY, tr("Confidence")), Segment(SPREAD, tr("Images"))],
            tr("Plot below the classes"),
            height=24,
        )
        self.choice.choose(RELIABILITY)
        self._title = Label("", "section")
        self._title.setFixedHeight(theme.row_px(24))
        self._note = Label("", "small", "text2", tabular=True)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._title)
        head.addSpacing(6)
        head.addWidget(self._note, 1)
        head.addWidget(calibrate)
        head.addSpacing(6)
        self._calibrate = calibrate
        self._calibration: FittedTemperature | None = None
        head.addWidget(self.choice)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.reliability)
        self._stack.addWidget(self.spread)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addLayout(self._stack, 1)
        self.choice.chosen.connect(self._on_chosen)
        self._on_chosen(RELIABILITY)

    def show_result(self) -> None:
        """Show the result that is looked at, beside the latest other one."""
        done = self._evaluating.shown
        other = next((one for one in self._evaluating.others if one.calibration), None)
        compared = None
        if other is not None and other.calibration is not None:
            name = self._evaluating.name_of(other.model_id)
            compared = Compared(name, other.calibration)
        known = self._calibration = self._known()
        if compared is None and known is not None and known.temperature:
            compared = Compared(tr("before calibration"), known.before)
        self.reliability.show_result(done.calibration if done else None, compared)
        self.spread.show_result(done)
        put(self._note.setText, self._words())

    def refresh(self) -> None:
        """Show a calibration that was made meanwhile."""
        if self._known() != self._calibration:
            self.show_result()

    def _words(self) -> str:
        if self.choice.choice() == SPREAD:
            return self.spread.words
        return tr("calibrated") if self._known() else tr("not calibrated")

    def _known(self) -> "FittedTemperature | None":
        done, calibrating = self._evaluating.shown, self._evaluating.calibrating
        if done is None or calibrating is None:
            return None
        return calibrating.known(done.model_id)

    def _on_chosen(self, name: str) -> None:
        shown = self.reliability if name == RELIABILITY else self.spread
        self._stack.setCurrentWidget(shown)
        self._calibrate.setVisible(name == RELIABILITY)
        put(self._title.setText, _TITLES[name])
        put(self._note.setText, self._words())
