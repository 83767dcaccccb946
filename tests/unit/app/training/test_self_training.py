"""Labels of a model join a training when the user says so, and never by themselves."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import pytest

from segdesk.app.ports import TrainHandle
from segdesk.app.training.doors import FormDoors, TrainingTarget
from segdesk.app.training.memory import TrainingMemory
from segdesk.app.training.self_training import (
    SelfTraining,
    gain_words,
    is_same_but_for_labels,
    without_labels_of_a_model,
)
from segdesk.core.classes import ClassList
from segdesk.core.project import Project
from segdesk.core.training_defaults import MachineFacts
from segdesk.formats.project_file import write_project
from segdesk.formats.pseudo_labels import PSEUDO_FOLDER
from segdesk.jobs.events import Failed, PseudoLabelsDone, Succeeded
from segdesk.jobs.specs import PseudoLabelSpec, TrainSpec
from segdesk.library.model_card import ModelCard, ModelEntry, ModelState

CLASSES = ClassList.from_names(("ground", "road"))


@dataclass
class Trainer:
    asked: list = field(default_factory=list)
    stops: int = 0

    def train(self, spec, report, ended) -> TrainHandle:
        self.asked.append((spec, report, ended))
        return TrainHandle(self._stop, print, print)

    def _stop(self) -> None:
        self.stops += 1


class AtOnce:
    def submit(self, work, done, failed) -> None:
        done(work())


def model(name, *classes):
    card = ModelCard(
        id=name,
        name=name,
        architecture="U-Net",
        classes=ClassList.from_names(classes),
        checkpoint="model.pth",
        sha256="0" * 64,
        size_bytes=1,
    )
    return ModelEntry(id=name, folder=Path("/m"), card=card, state=ModelState.READY)


class Room:
    def __init__(self, folder):
        (folder / "train").mkdir()
        (folder / "val").mkdir()
        for name in ("train/a", "train/b", "val/c"):
            (folder / f"{name}.jpg").touch()
        write_project(Project(folder, CLASSES))
        self.trainer, self.taken = Trainer(), []
        doors = FormDoors(
            training=None,
            trainer=self.trainer,
            bench=None,
            executor=AtOnce(),
            memory=TrainingMemory(folder / "training.json"),
            runs_dir=folder,
            scratch_dir=folder,
            machine=lambda _device: (MachineFacts(), "cpu"),
            devices=lambda _wanted: (),
            told=print,
            models=lambda: (
                model("same", "Road", "ground"),
                model("other", "ground", "water"),
            ),
        )
        target = TrainingTarget(data_dir=folder, name="Road", is_project=True)
        self.folder = folder
        self.self_training = SelfTraining(
            doors, target, lambda *fields: self.taken.append(fields)
        )

    def end(self):
        spec, _, ended = self.trainer.asked[-1]
        done = PseudoLabelsDone(
            model_id=spec.model.id,
            folder=spec.out_dir,
            images=2,
            share=0.6,
            shares=(0.5, 0.5),
            failed=0,
            empty=0,
            seconds=1.0,
        )
        ended(Succeeded(done))


@pytest.fixture
def room(tmp_path):
    return Room(tmp_path)


def test_images_kept_for_measuring_are_not_learnt_from(room):
    state = room.self_training
    state.look()
    assert [name for _, name in state.images] == ["train/a", "train/b"]
    assert not room.trainer.asked  # nothing is labelled by itself


def test_models_with_other_classes_are_not_offered(room):
    found = room.self_training.models(CLASSES)
    assert [entry.id for entry in found] == ["same"]


def test_labels_join_the_training_while_they_are_switched_on(room):
    state = room.self_training
    state.look()
    state.choose(replace(state.choice, model_id="same", threshold=0.8))
    state.label(state.models(CLASSES)[0])
    spec = room.trainer.asked[0][0]
    assert isinstance(spec, PseudoLabelSpec)
    assert (spec.threshold, len(spec.items)) == (0.8, 2)
    assert spec.out_dir == room.folder / PSEUDO_FOLDER / "same"
    assert not room.taken
    room.end()
    assert state.is_on
    assert room.taken == [(spec.out_dir, 0.5)]
    state.choose(replace(state.choice, weight=0.25))
    assert room.taken[-1] == (spec.out_dir, 0.25)
    state.choose(replace(state.choice, threshold=0.95))  # they are of another choice
    assert not state.is_on
    assert room.taken[-1] == (None, 0.25)


def test_labelling_ends_when_it_is_switched_off_meanwhile(room):
    state = room.self_training
    state.look()
    state.label(state.models(CLASSES)[0])
    state.switch_off()
    room.end()  # too late
    assert room.trainer.stops == 1
    assert not state.is_on
    assert not room.taken


def test_failure_is_kept_for_the_card(room):
    state = room.self_training
    state.label(state.models(CLASSES)[0])
    room.trainer.asked[-1][2](Failed(kind="InputError", message="Not labelled."))
    assert state.failure.message == "Not labelled."
    assert not state.is_on


def test_gain_is_told_against_the_same_training_without_labels(tmp_path):
    spec = TrainSpec(
        data_dir=tmp_path,
        architecture="unet-small",
        work_dir=tmp_path / "a",
        name="a",
        pseudo_labels=tmp_path / "pseudo-labels" / "coast",
        pseudo_weight=0.25,
    )
    alone = msgspec.structs.replace(
        without_labels_of_a_model(spec), name="b", work_dir=tmp_path / "b"
    )
    assert is_same_but_for_labels(spec, alone)
    longer = msgspec.structs.replace(alone, max_iters=2000)
    others = [(longer, "longer", 0.9), (alone, "b", 0.44)]
    assert gain_words(spec, 0.465, others) == (
        "+0.025 mIoU by labels of coast, against the run b"
    )
    assert "no run without them" in gain_words(spec, 0.465, others[:1])
    assert gain_words(alone, 0.44, others) == ""
