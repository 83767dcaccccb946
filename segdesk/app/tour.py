"""The guided tour: once round the loop, in five steps, on the sample."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from segdesk.app.signal import Signal
from segdesk.core.language import tr
from segdesk.jobs.events import Report, TrainStep

if TYPE_CHECKING:
    from pathlib import Path

    from segdesk.app.annotate.deeds import Deeds
    from segdesk.app.models.export import ModelExporting
    from segdesk.app.proposals.accepting import Accepting
    from segdesk.app.session import Session
    from segdesk.app.training.training import Training

PICTURES = 4  # the least that a training and its validation can share


class TourStep(StrEnum):
    """The steps of the loop, in their order."""

    LABEL = "label"
    TRAIN = "train"
    PREDICT = "predict"
    CORRECT = "correct"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Station:
    """What one step says.

    Parameters
    ----------
    text
        What to do, two or three sentences.
    commands
        Commands that do it, the most useful first.
    place
        The part of the window that it happens in: "canvas", "tools" or a dock's id.
    done
        What is said once it is done.
    """

    step: TourStep
    title: str
    text: str
    commands: tuple[str, ...]
    place: str
    done: str


STATIONS = (
    Station(
        TourStep.LABEL,
        tr("Label some pictures"),
        tr(
            "The sample model has an opinion on each picture: the dashed outlines. "
            "Accept it, go to the next picture, and do so for four of them."
        ),
        ("model.accept_all", "file.next"),
        "canvas",
        tr("Four pictures have labels. That is enough to train on."),
    ),
    Station(
        TourStep.TRAIN,
        tr("Train a model of your own"),
        tr(
            "The form checks your labels and proposes the rest. Divide the pictures "
            "with Split; the length is set to 40 small iterations here. Press Start "
            "on the page Run, and watch the curves; they are counted above."
        ),
        ("tour.train",),
        "canvas",
        tr("Your model is trained. It lies among the models."),
    ),
    Station(
        TourStep.PREDICT,
        tr("Let your model predict"),
        tr(
            "Load your model, and go to a picture that has no labels yet. The model "
            "predicts it as soon as it is open."
        ),
        ("tour.use_model", "file.next_unlabelled"),
        "models",
        tr("That is what your model learned from four pictures."),
    ),
    Station(
        TourStep.CORRECT,
        tr("Correct it"),
        tr(
            "Accept what is right. Then choose the class nucleus, take the brush, and "
            "paint what it missed; the right button erases. All of it can be undone."
        ),
        ("model.accept_all", "tool.brush", "edit.undo"),
        "tools",
        tr("Corrected, and saved already. Each correction teaches the next training."),
    ),
    Station(
        TourStep.AGAIN,
        tr("Train again, or take it with you"),
        tr(
            "Train once more, from where your model is now and with the "
            "corrections. Or export it as one ONNX file that runs without SegDesk."
        ),
        ("tour.train", "model.export"),
        "canvas",
        tr("That is the loop. Open images of your own and go round it with them."),
    ),
)


class Tour:
    """Knows which step is on, and sees by itself when it is done.

    Nothing is asked of the user: each step can be passed, and the tour be left.

    Attributes
    ----------
    changed
        Fires when a step begins, comes further or is done, and when the tour ends.
    progressed
        Fires when `progress` says something else and all the rest is as it was.
    """

    def __init__(
        self,
        session: "Session",
        deeds: "Deeds",
        accepting: "Accepting",
        training: "Training",
        exporting: "ModelExporting",
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.progressed: Signal[()] = Signal()
        self._session = session
        self._deeds = deeds
        self._at: int | None = None
        self._done: set[TourStep] = set()
        self._labelled: set[Path] = set()
        self._deeds_before = 0
        self._step: TrainStep | None = None
        self.model_id: str | None = None
        accepting.accepted.connect(self._on_accepted)
        deeds.changed.connect(self._on_deed)
        session.proposal_changed.connect(lambda _: self._on_proposal())
        training.registered.connect(lambda _, model_id: self._on_trained(model_id))
        training.reported.connect(lambda _, report: self._on_reported(report))
        exporting.exported.connect(lambda _: self._finish(TourStep.AGAIN))

    @property
    def station(self) -> Station | None:
        """The step that is on; None: no tour is taken."""
        return None if self._at is None else STATIONS[self._at]

    @property
    def number(self) -> int:
        """Number of the step that is on, from 1; 0: no tour is taken."""
        return 0 if self._at is None else self._at + 1

    @property
    def is_done(self) -> bool:
        """Whether the step that is on is done."""
        station = self.station
        return station is not None and station.step in self._done

    @property
    def progress(self) -> str:
        """How far the step that is on has come, in words; "": nothing to count."""
        station = self.station
        if station is None or self.is_done:
            return ""
        if station.step in (TourStep.TRAIN, TourStep.AGAIN) and self._step:
            return tr(
                "{iteration} of {total} iterations",
                iteration=self._step.iteration,
                total=self._step.total,
            )
        if station.step is not TourStep.LABEL:
            return ""
        return tr(
            "{labelled} of {pictures} pictures",
            labelled=len(self._labelled),
            pictures=PICTURES,
        )

    def start(self) -> None:
        """Begin with the first step."""
        self._done.clear()
        self._labelled.clear()
        self._step = None
        self.model_id = None
        self._go(0)

    def next(self) -> None:
        """Go to the next step, done or not; after the last one the tour is over."""
        if self._at is not None:
            self._go(self._at + 1)

    def back(self) -> None:
        """Go to the step before."""
        if self._at:
            self._go(self._at - 1)

    def leave(self) -> None:
        """End the tour."""
        self._at = None
        self.changed.emit()

    def _go(self, at: int) -> None:
        self._at = at if at < len(STATIONS) else None
        self._deeds_before = self._deeds.position
        self.changed.emit()
        self._on_proposal()

    def _finish(self, step: TourStep) -> None:
        station = self.station
        if station is not None and station.step is step and step not in self._done:
            self._done.add(step)
            self.changed.emit()

    def _is_on(self, step: TourStep) -> bool:
        station = self.station
        return station is not None and station.step is step

    def _on_accepted(self) -> None:
        image = self._session.image
        if not self._is_on(TourStep.LABEL) or image is None:
            return
        self._labelled.add(image.path)
        if len(self._labelled) >= PICTURES:
            self._done.add(TourStep.LABEL)
        self.changed.emit()

    def _on_reported(self, report: Report) -> None:
        if isinstance(report, TrainStep):
            self._step = report
            self.progressed.emit()

    def _on_trained(self, model_id: str) -> None:
        self._step = None
        self.model_id = model_id
        self._finish(TourStep.AGAIN)
        self._finish(TourStep.TRAIN)

    def _on_proposal(self) -> None:
        proposal = self._session.proposal
        if proposal is not None and proposal.prediction.model_id == self.model_id:
            self._finish(TourStep.PREDICT)

    def _on_deed(self) -> None:
        if not self._is_on(TourStep.CORRECT):
            return
        if self._deeds.position > self._deeds_before:
            self._finish(TourStep.CORRECT)
        self._deeds_before = min(self._deeds_before, self._deeds.position)
