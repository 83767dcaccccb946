"""How a model runs on this machine: measured, being measured, or not yet."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from segdesk.core.language import tr
from segdesk.gui.components import Button, Kind, Label
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.dialogs.fact_list import FactList
from segdesk.gui.dialogs.frame import FOOT_BUTTON
from segdesk.gui.wording import put
from segdesk.jobs.tune_events import Tuned
from segdesk.library.model_card import ModelEntry

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_UNKNOWN = tr("Not measured here: it runs in fp32.")
_RUNNING = tr("Measuring. Predictions wait meanwhile; the jobs panel can stop it.")


class TuningSection(QWidget):
    """What was measured of a model, and the button that measures it.

    Parameters
    ----------
    context
        The application.
    entry
        A model of the library.

    Attributes
    ----------
    button
        For the foot of the dialog.
    """

    def __init__(self, context: "AppContext", entry: ModelEntry) -> None:
        super().__init__()
        self._tuning = context.model_tuning
        self._entry = entry
        self._words = Label("", "small", "text2", wrap=True)
        self._facts = FactList()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addWidget(Label(tr("On this machine"), "section"))
        column.addWidget(self._words)
        column.addWidget(self._facts)
        self.button = Button(
            tr("Tune for this machine"), Kind.GHOST, icon="gauge", height=FOOT_BUTTON
        )
        self.button.clicked.connect(lambda _checked=False: self._tuning.start(entry))
        drop = self._tuning.changed.connect(self._on_changed)
        self.destroyed.connect(lambda _gone=None: drop())
        self._show(())
        self._on_changed(entry.id)

    def _on_changed(self, model_id: str) -> None:
        if model_id != self._entry.id:
            return
        why = self._tuning.why_not(self._entry)
        self.button.setEnabled(why is None)
        sentence = tr("Find the fastest way to run this model here; takes seconds.")
        give(self.button, Tip(tr("Tune for this machine"), "", why or sentence))
        if self._tuning.is_running(model_id):
            put(self._words.setText, _RUNNING)
            self._words.show()
            return
        self._tuning.look_up(self._entry, self._show)

    def _show(self, records: tuple[Tuned, ...]) -> None:
        if not isValid(self):  # closed before the answer came
            return
        put(self._words.setText, _UNKNOWN)
        self._words.setVisible(not records)
        self._facts.setVisible(bool(records))
        self._facts.show_facts(
            [
                (_device(one), tr("{words} · {day}", words=one.words, day=one.day))
                for one in records
            ]
        )


def _device(tuned: Tuned) -> str:
    return "CPU" if tuned.device == "cpu" else tuned.device_name
