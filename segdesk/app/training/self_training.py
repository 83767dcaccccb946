"""Learning from images without labels: a model labels them where it is sure."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from segdesk.app.signal import Signal
from segdesk.app.training.lone_job import LoneJob
from segdesk.core.language import tr
from segdesk.formats.pseudo_labels import PSEUDO_FOLDER
from segdesk.jobs.confidence_events import PseudoLabelsDone
from segdesk.jobs.confidence_specs import PseudoLabelItem
from segdesk.jobs.events import Failed, Progress, Succeeded, Terminal
from segdesk.jobs.specs import PseudoLabelSpec, TrainSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from segdesk.app.training.doors import FormDoors, TrainingTarget
    from segdesk.app.training.run import Run
    from segdesk.core.classes import ClassList
    from segdesk.library.model_card import ModelEntry

_WEIGHT, _THRESHOLD = 0.5, 0.9
_NOTHING: dict[str, object] = {"pseudo_labels": None, "pseudo_weight": _WEIGHT}
_APART: dict[str, object] = {**_NOTHING, "resume": False, "name": ""}


@dataclass(frozen=True, slots=True)
class Choice:
    """How images are labelled by a model.

    Parameters
    ----------
    threshold
        Confidence, 0-1, from which on a pixel is labelled.
    weight
        How often such an image is seen for each time that a labelled one is.
    compared
        Train without them too, to see what they gain.
    """

    model_id: str = ""
    threshold: float = _THRESHOLD
    weight: float = _WEIGHT
    compared: bool = True


class SelfTraining:
    """What a form knows of images without labels, and has them labelled when asked.

    Nothing is labelled before the user asks for it, and a training reads the labels
    only while they are switched on.

    Parameters
    ----------
    take
        Takes the fields of the training's spec that change.

    Attributes
    ----------
    changed
        Fires when anything here is another.
    images
        Images without labels, with their names; None: not known yet.
    done
        What was labelled; None: nothing, or with other choices.
    """

    def __init__(
        self,
        doors: "FormDoors",
        target: "TrainingTarget",
        take: "Callable[[Path | None, float], object]",
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.images: tuple[tuple[Path, str], ...] | None = None
        self.choice = Choice()
        self.done: PseudoLabelsDone | None = None
        self.failure: Failed | None = None
        self._doors = doors
        self._target = target
        self._take = take
        self._job = LoneJob(doors.trainer, self.changed.emit, self._on_ended)

    @property
    def is_busy(self) -> bool:
        """Whether images are being labelled."""
        return self._job.is_busy

    @property
    def progress(self) -> Progress | None:
        """How far the labelling is; None: nothing is being labelled, or not said."""
        return self._job.progress

    @property
    def is_on(self) -> bool:
        """Whether the training learns from them."""
        return self.done is not None

    def models(self, classes: "ClassList | None") -> "tuple[ModelEntry, ...]":
        """Return the models that know the classes of the data, and no others."""
        if classes is None:
            return ()
        wanted = sorted(name.casefold() for name in classes.names)
        return tuple(
            entry
            for entry in self._doors.models()
            if entry.state == "ready"
            and entry.card is not None
            and entry.card.classes is not None
            and sorted(one.casefold() for one in entry.card.classes.names) == wanted
        )

    def look(self) -> None:
        """Find out which images have no labels."""
        if not self._target.is_project:
            return
        root = self._target.data_dir

        def find() -> tuple[tuple[Path, str], ...]:
            from segdesk.formats.unlabelled import unlabelled_images

            return unlabelled_images(root)

        self._doors.executor.submit(find, self._on_found, self._doors.told)

    def choose(self, choice: Choice) -> None:
        """Label in another way; labels that were made otherwise are switched off."""
        before, self.choice = self.choice, choice
        if (before.model_id, before.threshold) != (choice.model_id, choice.threshold):
            self.switch_off()
        elif self.done is not None:
            self._take(self.done.folder, choice.weight)
        self.changed.emit()

    def label(self, entry: "ModelEntry") -> None:
        """Let a model label the images where it is sure, in a process of its own."""
        from segdesk.library.model_state import source_of

        self.switch_off()
        root = self._target.data_dir
        spec = PseudoLabelSpec(
            model=source_of(entry),
            data_dir=root,
            items=tuple(PseudoLabelItem(*one) for one in self.images or ()),
            out_dir=root / PSEUDO_FOLDER / entry.id,
            threshold=self.choice.threshold,
        )
        self._job.start(spec)
        self.changed.emit()

    def switch_off(self) -> None:
        """Train without them; what was labelled stays until it is removed."""
        self._job.stop()
        self.failure = None
        if self.done is not None:
            self.done = None
            self._take(None, self.choice.weight)
        self.changed.emit()

    def remove(self) -> None:
        """Delete what was labelled; the images and all other labels stay."""
        done = self.done
        if done is None:
            return
        self.switch_off()

        def remove() -> None:
            from segdesk.formats.pseudo_labels import remove_pseudo_labels

            remove_pseudo_labels(done.folder)

        self._doors.executor.submit(remove, lambda _: None, self._doors.told)

    def _on_found(self, images: tuple[tuple[Path, str], ...]) -> None:
        self.images = images
        self.changed.emit()

    def _on_ended(self, terminal: Terminal) -> None:
        match terminal:
            case Succeeded(PseudoLabelsDone() as done):
                self.done = done
                self._take(done.folder, self.choice.weight)
            case Failed():
                self.failure = terminal
            case _:
                pass
        self.changed.emit()


def without_labels_of_a_model(spec: TrainSpec) -> TrainSpec:
    """Return the same training, without the images that a model labelled."""
    return msgspec.structs.replace(spec, **_NOTHING)


def is_same_but_for_labels(spec: TrainSpec, other: TrainSpec) -> bool:
    """Tell whether two trainings differ in nothing but labels of a model."""
    folder = spec.work_dir
    return msgspec.structs.replace(spec, **_APART) == msgspec.structs.replace(
        other, **_APART, work_dir=folder
    )


def gain_of(run: "Run", runs: "Iterable[Run]") -> str:
    """Return what labels of a model gained a run; "" where it has none."""
    if run.spec is None or run.spec.pseudo_labels is None:
        return ""
    others = (
        (one.spec, one.title, one.score)
        for one in runs
        if one.spec is not None and one is not run and not one.is_live
    )
    return gain_words(run.spec, run.score, others)


def gain_words(
    spec: TrainSpec,
    score: float | None,
    others: "Iterable[tuple[TrainSpec, str, float | None]]",
) -> str:
    """Return what labels of a model gained, against a run without them.

    Parameters
    ----------
    score
        mIoU of its best weights, 0-1.
    others
        Spec, name and mIoU of the other runs.
    """
    if spec.pseudo_labels is None:
        return ""
    model = spec.pseudo_labels.name
    told = tr("learns from labels of {model} too", model=model)
    if score is None:
        return told
    for other, name, known in others:
        alike = other.pseudo_labels is None and is_same_but_for_labels(spec, other)
        if alike and known is not None:
            return tr(
                "{gain:+.3f} mIoU by labels of {model}, against the run {name}",
                gain=score - known,
                model=model,
                name=name,
            )
    return tr("{told}, no run without them to compare with", told=told)
