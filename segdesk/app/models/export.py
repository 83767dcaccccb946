"""The journey from a loaded model to a file that other programs run."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segdesk.app.desk import Desk
from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.ports import TrainerPort, TrainHandle
from segdesk.app.proposals.predicting import ChosenModel, Predicting
from segdesk.app.signal import Signal
from segdesk.core.language import joined, tr
from segdesk.jobs.events import Failed, Report, Succeeded, Terminal
from segdesk.jobs.export_events import ExportDone
from segdesk.jobs.specs import ExportSpec
from segdesk.library.model_card import size_words
from segdesk.library.model_files import is_onnx

_IMAGES = 4
SIDES = (256, 512, 768, 1024)


@dataclass(frozen=True, slots=True)
class ModelExportChoice:
    """What the user chose.

    Parameters
    ----------
    folder
        Gets the files.
    side
        Height and width that the file takes, in pixels; 0: any.
    half
        Compute in 16 bits.
    confidence
        The file gives it too.
    """

    folder: Path
    side: int = 0
    half: bool = False
    confidence: bool = False


class ModelExporting:
    """Exports the loaded model, and says how its labels compare with PyTorch's.

    One at a time, in an engine process of its own: an export takes minutes and much
    memory, and predictions go on meanwhile.

    Parameters
    ----------
    runner
        Starts the process.
    predicting
        Knows which model is loaded.

    Attributes
    ----------
    exported
        Fires with the file that was written.
    """

    def __init__(self, desk: Desk, runner: TrainerPort, predicting: Predicting) -> None:
        self.exported: Signal[Path] = Signal()
        self._desk = desk
        self._runner = runner
        self._predicting = predicting
        self._is_busy = False

    @property
    def model(self) -> ChosenModel | None:
        """The model that would be exported."""
        return self._predicting.model

    def why_not(self) -> str | None:
        """Return why nothing can be exported now."""
        model = self.model
        if self._is_busy:
            return tr("A model is being exported")
        if model is None:
            return tr("Load a model first")
        if is_onnx(model.source.checkpoint):
            return tr("It is an ONNX model already")
        return None

    def proposed_folder(self) -> Path:
        """Return a folder of its own beside what is open, else at home."""
        model = self.model
        paths = self._desk.session.files.paths
        place = paths[0].parent.parent if paths else Path.home()
        stem = tr("{name} onnx", name=model.source.id if model else "model")
        number, folder = 1, place / stem
        while folder.exists():
            number += 1
            folder = place / tr("{stem} {number}", stem=stem, number=number)
        return folder

    def run(self, choice: ModelExportChoice, reveal: Callable[[Path], None]) -> None:
        """Export the loaded model; the labels are compared on the images at hand.

        Parameters
        ----------
        reveal
            Shows a folder in the system's own window.
        """
        model = self.model
        if model is None or self._is_busy:
            return
        self._is_busy = True
        paths = self._desk.session.files.paths
        spec = ExportSpec(
            model=model.source,
            out_dir=choice.folder,
            size=(choice.side, choice.side) if choice.side else None,
            half=choice.half,
            confidence=choice.confidence,
            images=tuple(paths[:: max(1, len(paths) // _IMAGES)][:_IMAGES]),
        )
        handles: list[TrainHandle] = []

        def cancel() -> None:
            for each in handles:
                each.stop()

        row = self._desk.jobs.open(
            tr("Export {name}", name=model.name), "export", cancel
        )

        def report(event: Report) -> None:
            self._desk.jobs.report(row, event)

        def ended(terminal: Terminal) -> None:
            self._is_busy = False
            self._desk.jobs.close(row, terminal)
            self._tell(model.name, terminal, reveal)

        handles.append(self._runner.train(spec, report, ended))

    def _tell(
        self, name: str, terminal: Terminal, reveal: Callable[[Path], None]
    ) -> None:
        if isinstance(terminal, Failed):
            self._desk.notices.error(terminal)
        if not isinstance(terminal, Succeeded):
            return
        done = terminal.result
        if not isinstance(done, ExportDone):
            return
        self.exported.emit(done.model)
        self._desk.notices.post(
            Notice(
                Level.DONE,
                tr("{name} was exported.", name=name),
                parity_words(done),
                joined(" ", done.notes),
                verbs=(Verb(tr("Show in folder"), lambda: reveal(done.model.parent)),),
            )
        )


def parity_words(done: ExportDone) -> str:
    """Return what an exported file is worth, as two sentences."""
    parity = done.parity
    return tr(
        "{size}; {equal:.3%} of the labels are those of "
        "PyTorch on {images} images. One takes {onnx_s:,.0f} ms on "
        "this CPU, with PyTorch {torch_s:,.0f} ms.",
        size=size_words(done.size_bytes),
        equal=parity.equal,
        images=parity.images,
        onnx_s=parity.onnx_s * 1000,
        torch_s=parity.torch_s * 1000,
    )
