"""The form of a training: one immutable spec, edited field by field.

It knows what the check of the data found, what is proposed and why, what a step costs,
and the first thing that stops the start.
"""

from pathlib import Path
from typing import Any

import msgspec

from segdesk.app.models.architectures import (
    architecture_words,
    architectures,
    fixed_fields,
    missing,
)
from segdesk.app.signal import Signal
from segdesk.app.training.bench import Bench
from segdesk.app.training.check import DataChecking
from segdesk.app.training.costs import TrainingCosts
from segdesk.app.training.doors import FormDoors, TrainingTarget
from segdesk.app.training.estimate import Estimate, estimate, same_step
from segdesk.app.training.field_words import FIELD_WORDS
from segdesk.app.training.problems import Problem, find_problems, train_pairs
from segdesk.app.training.run_folders import free_folder, plain_name
from segdesk.app.training.self_training import (
    SelfTraining,
    without_labels_of_a_model,
)
from segdesk.app.training.training_run import share_device
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.language import plural, tr
from segdesk.core.training_defaults import (
    MachineFacts,
    TrainingDefaults,
    propose_training,
)
from segdesk.jobs.specs import TrainSpec
from segdesk.jobs.training_events import ProbeDone

__all__ = ["FIELD_WORDS", "FormDoors", "TrainingForm", "TrainingTarget"]

_PROPOSED = (
    "architecture",
    "crop_size",
    "batch_size",
    "accumulate",
    "max_iters",
    "val_interval",
    "checkpoint_interval",
    "log_interval",
    "augmentation",
    "loss",
    "class_weights",
    "keep_best",
    "amp",
    "num_workers",
    "lr",
)


class TrainingForm:
    """Edits one spec; fires `changed` whenever anything it shows is another.

    What the user set stays; everything else follows what the data propose.
    """

    def __init__(self, doors: FormDoors, target: TrainingTarget) -> None:
        self.changed: Signal[()] = Signal()
        self.target = target
        self.doors = doors
        draft = TrainSpec(
            data_dir=target.data_dir,
            architecture="unet-small",
            work_dir=doors.runs_dir / "draft",
        )
        self._spec = doors.memory.choices(target.data_dir, draft)
        self._own = doors.memory.chosen(target.data_dir)
        self._start_from(target)
        self._proposal: TrainingDefaults | None = None
        self.checking = DataChecking(doors.trainer, target.data_dir)
        self.bench = Bench(doors.bench, doors.scratch_dir)
        self.costs = TrainingCosts(doors.bench, doors.memory)
        self.checking.changed.connect(self._on_checked)
        self.bench.changed.connect(self._on_bench_changed)
        self.costs.changed.connect(self.changed.emit)
        self.self_training = SelfTraining(doors, target, self._learn_from)
        self.self_training.changed.connect(self.changed.emit)
        self._is_over = False

    def _start_from(self, target: TrainingTarget) -> None:
        """Begin with the weights, and for as long, as the target says."""
        fields: dict[str, Any] = {}
        if target.max_iters is not None:
            fields["max_iters"] = target.max_iters
        if target.crop_size is not None:
            fields["crop_size"] = target.crop_size
        if target.load_from is not None:
            fields["load_from"] = target.load_from
        if target.architecture:
            fields["architecture"] = target.architecture
        if fields:
            self._spec = msgspec.structs.replace(self._spec, **fields)
            self._own |= frozenset(fields)

    # ------------------------------------------------------------ what is so

    @property
    def spec(self) -> TrainSpec:
        """The training as it would start now."""
        return self._spec

    @property
    def own(self) -> frozenset[str]:
        """Fields that the user set."""
        return self._own

    @property
    def proposal(self) -> TrainingDefaults | None:
        """What is proposed; None until the data are checked."""
        return self._proposal

    @property
    def classes(self) -> ClassList | None:
        """The classes of the data; None until they are known."""
        diagnosis = self.checking.diagnosis
        return diagnosis.classes if diagnosis else None

    @property
    def machine(self) -> MachineFacts:
        """What the training may use."""
        return self.doors.machine(self._spec.device)[0]

    @property
    def device(self) -> str:
        """Id of the device that it would run on; "auto" is resolved."""
        return self.doors.machine(self._spec.device)[1]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, what stops the training first."""
        found = find_problems(self._spec, self.checking.diagnosis, self.machine)
        failure = self.bench.config_failure
        if failure is not None and self._spec.config_text is not None:
            words = failure.cause or failure.message
            return (Problem("config_text", "bad", words), *found)
        return found

    def problem(self, field: str) -> Problem | None:
        """Return what is wrong with a field, or None."""
        return next((one for one in self.problems if one.field == field), None)

    @property
    def cost(self) -> ProbeDone | None:
        """What a step of this very training costs, if it was measured."""
        known = self.bench.probe or self.costs.cost(
            self.device, self._spec.architecture
        )
        if known is None or not same_step(known, self._spec):
            return None
        return known

    @property
    def estimate(self) -> Estimate | None:
        """How long it takes and what memory, if a step was measured."""
        cost = self.cost
        return estimate(self._spec, cost, self.checking.diagnosis) if cost else None

    @property
    def blocker(self) -> str:
        """The first thing that stops the start, in words; "": nothing does."""
        failure = self.checking.failure
        if failure is not None:
            return tr(
                "The data were not checked: {reason}",
                reason=failure.cause or failure.message,
            )
        if self.checking.diagnosis is None:
            return tr("The data are still being checked")
        if reds := self.checking.diagnosis.count("red"):
            return plural(
                reds,
                "{n} finding in Data must be fixed before training",
                "{n} findings in Data must be fixed before training",
            )
        bad = next((one for one in self.problems if one.level == "bad"), None)
        return (
            tr(
                "{field}: {words}",
                field=FIELD_WORDS.get(bad.field, bad.field),
                words=bad.words,
            )
            if bad
            else ""
        )

    @property
    def waits_for(self) -> str:
        """Name of the run that has the device; "": the training would start at once."""
        live = self.doors.training.live
        busy = (one for one in live if share_device(one.spec, self._spec))
        return next((one.name for one in busy), "")

    # ------------------------------------------------------------ what to do

    def open(self) -> None:
        """Begin: check the data."""
        self.check()
        self.self_training.look()

    def check(self, fix: str = "") -> None:
        """Check the data, after a fix where one is named."""
        self.costs.forget_failures()
        self.checking.start(self._spec, fix)

    def set(self, **changes: Any) -> None:  # noqa: ANN401 - TrainSpec's fields
        """Change fields of the spec; takes the fields of `TrainSpec`."""
        before = self._spec
        self._spec = msgspec.structs.replace(before, **changes)
        self._own |= frozenset(changes)
        if self._spec != before:
            of_proposal = "device", "architecture"
            if any(getattr(self._spec, o) != getattr(before, o) for o in of_proposal):
                self._propose()
            self._follow(before)
            self.changed.emit()

    def reset(self) -> None:
        """Go back to what is proposed, for everything but the data and the device."""
        before = self._spec
        self._own = frozenset()
        self._spec = TrainSpec(
            data_dir=before.data_dir,
            architecture=before.architecture,
            work_dir=before.work_dir,
            device=before.device,
        )
        self._propose()
        self._follow(before)
        self.changed.emit()

    def probe(self) -> None:
        """Measure one training and one validation step of this spec."""
        self.costs.stop()
        self.bench.start_probe(self._spec)

    def measure_all(self) -> None:
        """Measure all architectures in the background, the proposed one first."""
        if not self.can_try:
            return
        first = self._spec.architecture
        names = sorted(architectures(), key=lambda name: name != first)
        names = [name for name in names if missing(name) is None]
        specs = [
            msgspec.structs.replace(
                self._spec, architecture=name, config=None, load_from=None
            )
            for name in names
        ]
        self.costs.measure(specs, self.device)

    @property
    def can_try(self) -> bool:
        """Whether the data are good enough to run a step on."""
        diagnosis = self.checking.diagnosis
        return bool(diagnosis and not diagnosis.count("red"))

    def start(self) -> int:
        """Start the training; returns the key of its run.

        Raises
        ------
        InputError
            Something stops it; the same words as in `blocker`.
        """
        if blocker := self.blocker:
            raise InputError(
                tr("The training was not started."),
                cause=tr("{words}.", words=blocker),
                hint="",
            )
        spec = self._spec
        name = str(spec.name or self.proposed_name)  # of one language from now on
        folder = self._free_folder(name)
        spec = msgspec.structs.replace(spec, name=name, work_dir=folder)
        names = tuple(self.classes.names) if self.classes else ()
        key = self.doors.training.start(spec, names)
        if spec.pseudo_labels is not None and self.self_training.choice.compared:
            self._start_without(spec, names)
        self._keep()
        return key

    def _start_without(self, spec: TrainSpec, names: tuple[str, ...]) -> None:
        """Train the same without labels of a model, to see what they gain."""
        name = str(tr("{name} without", name=spec.name))
        alone = msgspec.structs.replace(
            without_labels_of_a_model(spec),
            name=name,
            work_dir=self._free_folder(name),
        )
        self.doors.training.start(alone, names)

    @property
    def proposed_name(self) -> str:
        """What the run is called when the user does not say: "coast U-Net 2"."""
        name = tr(
            "{name} {architecture_words}",
            name=self.target.name,
            architecture_words=architecture_words(self._spec.architecture),
        )
        first = self._free_folder(name).name
        number = first.removeprefix(plain_name(name)).removeprefix("-")
        return tr("{name} {number}", name=name, number=number) if number else name

    def close(self) -> None:
        """Stop what is made for the form, and remember what the user chose."""
        self._is_over = True
        self.checking.stop()
        if self.self_training.is_busy:
            self.self_training.switch_off()
        self.costs.stop()
        self.bench.stop()
        self.doors.bench.rest()
        self._keep()

    # ------------------------------------------------------------ inside

    def _learn_from(self, folder: Path | None, weight: float) -> None:
        if not self._is_over:
            self.set(pseudo_labels=folder, pseudo_weight=weight)

    def _free_folder(self, name: str) -> Path:
        taken = {run.spec.work_dir for run in self.doors.training.runs}
        return free_folder(self.doors.runs_dir, name, taken)

    def _keep(self) -> None:
        memory = self.doors.memory
        passing = {"name", "pseudo_labels", "pseudo_weight"}
        memory.keep_choices(self._spec, self._own - passing)
        self.doors.executor.submit(memory.writer(), lambda _none: None, self.doors.told)

    def _follow(self, before: TrainSpec) -> None:
        """Let what was made for another spec go."""
        if self._spec.architecture != before.architecture:
            self._own -= {"load_from"} if self._spec.load_from is None else set()
        self.bench.follow(self._spec)

    def _propose(self) -> None:
        diagnosis = self.checking.diagnosis
        if diagnosis is None or diagnosis.fingerprint is None:
            return
        if diagnosis.classes is None:
            return
        self._proposal = propose_training(
            diagnosis.fingerprint, diagnosis.splits, diagnosis.classes, self.machine
        )
        proposal = self._proposal
        values = {
            name: getattr(proposal, name) for name in _PROPOSED if name not in self._own
        }
        fixed = fixed_fields(values.get("architecture", self._spec.architecture))
        values |= {name: fixed[name] for name in fixed if name not in self._own}
        self._spec = msgspec.structs.replace(self._spec, **values)

    def _on_checked(self) -> None:
        if self._is_over:
            return
        before = self._spec
        if self.checking.diagnosis is not None and not self.checking.is_busy:
            self._propose()
            self._follow(before)
            if self.can_try:
                self.bench.start_samples(self._spec)
        self.changed.emit()

    def _on_bench_changed(self) -> None:
        if self.bench.probe is not None:
            device, name = self.device, self._spec.architecture
            if same_step(self.bench.probe, self._spec) and self._spec.config is None:
                self.doors.memory.keep_cost(device, name, self.bench.probe)
        if not self._is_over:
            self.changed.emit()

    @property
    def pairs(self) -> int | None:
        """How many images there are to train on; None: not known yet."""
        return train_pairs(self.checking.diagnosis)
