from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from segdesk.app.ports import TrainHandle
from segdesk.app.training.form import FormDoors, TrainingForm, TrainingTarget
from segdesk.app.training.memory import TrainingMemory
from segdesk.app.training.training_run import TrainingRun
from segdesk.core.classes import ClassList
from segdesk.core.data_check import Diagnosis, Finding, Fingerprint, SplitFacts
from segdesk.core.errors import InputError
from segdesk.core.training_defaults import MachineFacts
from segdesk.jobs.arrays import put
from segdesk.jobs.events import Failed, Succeeded
from segdesk.jobs.specs import CheckSpec, ConfigSpec, ProbeSpec, SamplesSpec
from segdesk.jobs.training_events import CheckDone, ProbeDone, Sample, SamplesDone
from segdesk.library import zoo_package

DATA = Path("/data/road")


@dataclass
class Asked:
    spec: object
    report: object
    ended: object
    stopped: bool = False


@dataclass
class Jobs:
    """Trainer and bench in one: keeps jobs until the test ends them."""

    asked: list[Asked] = field(default_factory=list)
    rests: int = 0

    def start(self, spec, report, ended):
        job = Asked(spec, report, ended)
        self.asked.append(job)

        def stop() -> None:
            job.stopped = True

        return stop

    def train(self, spec, report, ended) -> TrainHandle:
        return TrainHandle(self.start(spec, report, ended), print, print)

    def rest(self) -> None:
        self.rests += 1

    def last(self, kind: type) -> Asked:
        return next(one for one in reversed(self.asked) if isinstance(one.spec, kind))

    def end(self, kind: type, result) -> None:
        ended = result if isinstance(result, Failed) else Succeeded(result)
        self.last(kind).ended(ended)


class Runs:
    def __init__(self) -> None:
        self.started = []
        self.live = ()
        self.runs = ()

    def start(self, spec, classes=()) -> int:
        self.started.append((spec, classes))
        self.runs = (*self.runs, TrainingRun(key=7, spec=spec))
        return 7


class AtOnce:
    def submit(self, work, done, failed) -> None:
        done(work())


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def doors(tmp_path, jobs) -> FormDoors:
    machine = MachineFacts(kind="cpu", memory_mb=8000, threads=4)
    return FormDoors(
        training=Runs(),
        trainer=jobs,
        bench=jobs,
        executor=AtOnce(),
        memory=TrainingMemory(tmp_path / "training.json"),
        runs_dir=tmp_path / "runs",
        scratch_dir=tmp_path,
        machine=lambda _device: (machine, "cpu"),
        devices=lambda _wanted: (("auto", "CPU"),),
        told=print,
    )


@pytest.fixture
def form(doors) -> TrainingForm:
    form = TrainingForm(doors, TrainingTarget(data_dir=DATA, name="Road"))
    form.open()
    return form


def diagnosis(*findings: Finding, pixels=(900, 100)) -> CheckDone:
    splits = tuple(
        SplitFacts(name=name, pairs=pairs, pixels=pixels, images_with=(4, 3))
        for name, pairs in (("train", 80), ("val", 20))
    )
    return CheckDone(
        Diagnosis(
            data_dir=DATA,
            classes=ClassList.from_names(("ground", "road")),
            findings=findings,
            splits=splits,
            fingerprint=Fingerprint(
                pairs=100,
                widths=(200, 500, 512, 512, 600),
                heights=(200, 500, 512, 512, 600),
                object_sides=(200.0, 60.0),
                megapixels=26.0,
            ),
            seconds=0.5,
        )
    )


RED = Finding(rule="r", level="red", title="Bad", why="w", cure="c", fix="mend")


def cost(form: TrainingForm, **fields) -> ProbeDone:
    spec = form.spec
    known = {
        "architecture": spec.architecture,
        "parameters": 2_000_000,
        "train_s": 0.5,
        "val_s": 0.1,
        "memory_mb": 1500.0,
        "device": "cpu",
        "batch_size": spec.batch_size,
        "crop_size": spec.crop_size,
    }
    return ProbeDone(**{**known, **fields})


def test_form_takes_the_proposal_when_data_are_checked(form, jobs):
    assert form.blocker == "The data are still being checked"
    form.set(batch_size=2)
    jobs.end(CheckSpec, diagnosis())
    assert form.blocker == ""
    proposal = form.proposal
    assert form.spec.architecture == proposal.architecture
    assert (form.spec.crop_size, form.spec.max_iters) == (
        proposal.crop_size,
        proposal.max_iters,
    )
    assert form.spec.batch_size == 2  # what the user set stays
    form.reset()
    assert form.spec.batch_size == proposal.batch_size


def test_red_finding_stops_the_start_when_not_fixed(form, jobs):
    jobs.end(CheckSpec, diagnosis(RED))
    assert form.blocker == "1 finding in Data must be fixed before training"
    assert not any(isinstance(one.spec, SamplesSpec) for one in jobs.asked)
    with pytest.raises(InputError, match="not started"):
        form.start()
    form.check("mend")
    assert jobs.last(CheckSpec).spec.fixes == ("mend",)
    jobs.end(CheckSpec, diagnosis())
    assert form.start() == 7


def test_problems_stand_beside_their_field_when_numbers_clash(form, jobs):
    jobs.end(CheckSpec, diagnosis())
    form.set(val_interval=form.spec.max_iters + 1, amp=True, lr=2.0, crop_size=256)
    assert {one.field for one in form.problems if one.level == "bad"} == {
        "val_interval",
        "amp",
        "lr",
    }
    assert "200 × 200" in form.problem("crop_size").words
    assert form.blocker.startswith("Validate every: Longer than the run")


def test_architecture_cannot_start_when_its_package_is_missing(form, jobs, monkeypatch):
    monkeypatch.setattr(zoo_package, "_is_installed", lambda name: name != "mmdet")
    jobs.end(CheckSpec, diagnosis())
    form.measure_all()
    waiting = [form.costs.is_waiting(name) for name in ("pidnet-s", "mask2former-r18")]
    assert waiting == [True, False]
    form.set(architecture="mask2former-r18")
    assert form.blocker.startswith("Architecture: Needs onedl-mmdetection")
    monkeypatch.setattr(zoo_package, "_is_installed", lambda _name: True)
    assert form.blocker == ""


def test_field_has_a_problem_when_the_architecture_leaves_no_choice(
    form, jobs, monkeypatch
):
    monkeypatch.setattr(zoo_package, "_is_installed", lambda _name: True)
    jobs.end(CheckSpec, diagnosis(pixels=(990, 10)))
    assert form.spec.loss == "ce+dice"
    form.set(architecture="mask2former-r18")
    assert (form.spec.loss, form.spec.class_weights) == ("recipe", "none")
    assert form.blocker == ""
    form.set(loss="dice", class_weights="balanced")
    assert "losses of its own" in form.problem("loss").words
    assert "whole masks" in form.problem("class_weights").words
    form.set(architecture="pidnet-s")
    assert form.problem("loss") is not None
    assert form.problem("class_weights") is None


def test_start_makes_a_folder_of_its_own_and_remembers_choices(form, jobs, doors):
    jobs.end(CheckSpec, diagnosis())
    taken = doors.runs_dir / "road-trial"
    taken.mkdir(parents=True)
    plain = form.proposed_name
    (doors.runs_dir / plain.lower().replace(" ", "-")).mkdir()
    assert form.proposed_name == f"{plain} 2"
    form.set(name="Road trial", batch_size=3, seed=5)
    form.start()
    spec, classes = doors.training.started[0]
    assert spec.work_dir == doors.runs_dir / "road-trial-2"
    assert classes == ("ground", "road")
    form.start()  # the first waits and has no folder yet
    assert doors.training.started[1][0].work_dir == doors.runs_dir / "road-trial-3"
    form.close()
    memory = TrainingMemory(doors.runs_dir.parent / "training.json")
    assert memory.chosen(DATA) == {"batch_size", "seed"}
    assert jobs.rests == 1


def test_probe_gives_time_and_memory_until_the_step_changes(form, jobs, doors):
    jobs.end(CheckSpec, diagnosis())
    form.probe()
    jobs.end(ProbeSpec, cost(form))
    form.set(max_iters=1000, val_interval=100)
    assert form.estimate.seconds == 1000 * 0.5 + 10 * 20 * 0.1
    assert doors.memory.cost("cpu", form.spec.architecture).memory_mb == 1500.0
    form.set(batch_size=form.spec.batch_size + 1)
    assert form.estimate is None


def test_architectures_are_measured_once_when_looked_at(form, jobs, doors):
    jobs.end(CheckSpec, diagnosis())
    form.measure_all()
    first = form.costs.measuring
    assert first == form.spec.architecture
    jobs.end(ProbeSpec, cost(form))
    second = form.costs.measuring
    jobs.end(ProbeSpec, Failed(kind="ModelError", message="No.", cause="Too small."))
    assert form.costs.why_unknown("cpu", second) == "Too small."
    form.costs.stop()
    assert jobs.last(ProbeSpec).stopped
    form.measure_all()
    assert form.costs.measuring not in {first, second}


def test_samples_are_made_anew_when_what_they_show_changes(form, jobs, tmp_path):
    jobs.end(CheckSpec, diagnosis())
    picture = put(np.zeros((8, 8, 3), np.uint8), tmp_path)
    labels = put(np.zeros((8, 8), np.uint8), tmp_path)
    sample = Sample(image=picture, labels=labels, source=DATA / "a.png")
    jobs.end(SamplesSpec, SamplesDone(samples=(sample,)))
    assert [image.shape for image, _ in form.bench.samples] == [(8, 8, 3)]
    count = len(jobs.asked)
    form.set(lr=0.001)
    assert len(jobs.asked) == count
    form.set(augmentation="none")
    assert isinstance(jobs.asked[-1].spec, SamplesSpec)


def test_edited_config_is_a_problem_when_it_cannot_be_read(form, jobs):
    jobs.end(CheckSpec, diagnosis())
    form.set(config_text="model = dict(")
    form.bench.start_config(form.spec)
    failed = Failed(kind="ConfigError", message="No.", cause="Line 1: not closed.")
    jobs.end(ConfigSpec, failed)
    assert form.blocker == "Config text: Line 1: not closed."


def test_check_that_fails_says_why_when_it_stops_the_start(form, jobs):
    failed = Failed(kind="InputError", message="No.", cause="No such folder.")
    jobs.end(CheckSpec, failed)
    assert form.blocker == "The data were not checked: No such folder."
