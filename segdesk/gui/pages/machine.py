"""One sentence on what this machine can do."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segdesk.app.notices import Level, Notice
from segdesk.core.language import joined, plural, tr
from segdesk.gui import icons, theme
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.components.labels import ElidedLabel
from segdesk.gui.pages.welcome_parts import Card

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.jobs.events import EnvironmentReport

_PATIENCE_MS = 90_000
_CHECKING = ("activity", "text3", tr("Checking this machine…"), "")
_UNKNOWN = ("question", "warn", tr("This machine was not checked"), "")
_Sentence = tuple[str, str, str, str]


class MachineState(Card):
    """Says whether models run on a GPU.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._checking = True
        self._mark = _Mark()
        self._words = ElidedLabel("", "section")
        self._facts = ElidedLabel("", "small", "text3", tabular=True)
        self._meaning = Button(tr("What this means"), Kind.GHOST)
        self._meaning.clicked.connect(self._on_meaning_clicked)
        self._again = Button(tr("Check again"), Kind.GHOST, icon="arrow-clockwise")
        self._again.clicked.connect(self._on_again_clicked)
        self.setFixedHeight(theme.row_px(51))
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 0, 10, 0)
        row.setSpacing(12)
        row.addWidget(self._mark)
        row.addWidget(self._words)
        row.addWidget(self._facts, 1)
        row.addWidget(self._meaning)
        row.addWidget(self._again)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._on_patience_timeout)
        self._patience.start()
        context.predicting.changed.connect(self._on_predicting_changed)
        self._on_predicting_changed()

    @property
    def words(self) -> str:
        """The sentence."""
        return self._words.text

    def _on_predicting_changed(self) -> None:
        if self._context.predicting.environment is not None:
            self._checking = False
            self._patience.stop()
        self._refresh()

    def _on_again_clicked(self) -> None:
        self._checking = True
        self._refresh()
        self._patience.start()
        self._context.predicting.check_machine()

    def _on_patience_timeout(self) -> None:
        self._checking = False
        self._refresh()

    def _on_meaning_clicked(self) -> None:
        self._context.notices.post(no_gpu_notice())

    def _refresh(self) -> None:
        report = self._context.predicting.environment
        if self._checking:
            sentence = _CHECKING
        else:
            sentence = machine_sentence(report) if report else _UNKNOWN
        icon, role, words, facts = sentence
        self._mark.show_icon(icon, role)
        self._words.set_text(words)
        self._facts.set_text(facts)
        self._again.setVisible(not self._checking)
        on_cpu = not self._checking and report is not None and role == "warn"
        self._meaning.setVisible(on_cpu)


class _Mark(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._icon, self._role = "activity", "text3"
        self.setFixedSize(16, 16)

    def show_icon(self, icon: str, role: str) -> None:
        self._icon, self._role = icon, role
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        box = QRectF(self.rect())
        icons.paint(QPainter(self), box, self._icon, theme.color(self._role))


def machine_sentence(report: "EnvironmentReport") -> _Sentence:
    """Return icon, colour role, sentence and facts for a machine."""
    torch = report.versions.get("torch", "").split("+")[0]
    pytorch = tr("PyTorch {torch}", torch=torch) if torch else ""
    gpus = [device for device in report.devices if device.id != "cpu"]
    if gpus:
        gpu = gpus[0]
        memory = f"{gpu.memory_bytes / 2**30:.0f} GB" if gpu.memory_bytes else ""
        facts = joined(" · ", filter(None, (pytorch, memory)))
        return (
            "check-circle-fill",
            "ok",
            tr("{name}: models run on the GPU", name=gpu.name),
            facts,
        )
    threads = plural(report.cpu_threads, "{n} thread", "{n} threads")
    facts = joined(" · ", filter(None, (pytorch, threads)))
    words = tr("No GPU found: models run on the processor")
    return "warning-fill", "warn", words, facts


def no_gpu_notice() -> Notice:
    """Return what running on the processor means."""
    return Notice(
        Level.INFO,
        tr("Models run on the processor."),
        tr(
            "PyTorch found no GPU it can use. Predictions are the same, but a large "
            "model takes seconds for an image where a GPU takes a fraction of one."
        ),
        tr(
            "With an NVIDIA card: install its driver and the CUDA build of PyTorch, "
            "then check again."
        ),
    )
