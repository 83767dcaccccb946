"""What is wrong with a planned training, field by field, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from segdesk.app.models.architectures import architecture_words, fixed_fields, missing
from segdesk.core.data_check import Diagnosis
from segdesk.core.training_defaults import MachineFacts
from segdesk.jobs.specs import TrainSpec

_STEP = 32
_CLASS_SCORE = "IoU:"
_HIGHEST_RATE, _HIGH_RATE = 1.0, 0.1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or unusual.

    Parameters
    ----------
    field
        Of the spec.
    level
        "bad" stops the training, "warn" is only said.
    words
        One sentence, to be read beside the field.
    """

    field: str
    level: Literal["bad", "warn"]
    words: str


def find_problems(
    spec: TrainSpec, diagnosis: Diagnosis | None, machine: MachineFacts
) -> tuple[Problem, ...]:
    """Return what is wrong with a spec, what stops the training first."""
    found = [
        *_architecture(spec),
        *_length(spec),
        *_batch(spec, diagnosis),
        *_crop(spec, diagnosis),
        *_learning(spec, diagnosis),
        *_machine(spec, machine),
    ]
    return tuple(sorted(found, key=lambda one: one.level != "bad"))


def _architecture(spec: TrainSpec) -> Iterator[Problem]:
    if spec.config is not None or spec.config_text is not None:
        return
    name = architecture_words(spec.architecture)
    if need := missing(spec.architecture):
        yield Problem("architecture", "bad", need.why.rstrip("."))
    fixed = fixed_fields(spec.architecture)
    if "loss" in fixed and spec.loss != fixed["loss"]:
        words = f"{name} has losses of its own: choose the recipe's"
        yield Problem("loss", "bad", words)
    if "class_weights" in fixed and spec.class_weights != fixed["class_weights"]:
        words = f"{name} classifies whole masks: choose no class weights"
        yield Problem("class_weights", "bad", words)


def _length(spec: TrainSpec) -> Iterator[Problem]:
    if spec.epochs is not None and spec.epochs <= 0:
        yield Problem("epochs", "bad", "More than 0 is needed")
    if spec.epochs is None and spec.val_interval > spec.max_iters:
        words = f"Longer than the run: at most {spec.max_iters:,}"
        yield Problem("val_interval", "bad", words)
    validations = spec.max_iters // max(1, spec.val_interval)
    patience = spec.early_stopping
    if patience is not None and spec.epochs is None and patience >= validations > 0:
        words = f"Only {validations:,} validations"
        yield Problem("early_stopping", "warn", words)


def _batch(spec: TrainSpec, diagnosis: Diagnosis | None) -> Iterator[Problem]:
    if spec.batch_size == 1:
        words = "Batch normalisation learns badly from one image"
        yield Problem("batch_size", "warn", words)
    pairs = train_pairs(diagnosis)
    if pairs is not None and spec.batch_size > pairs > 0:
        words = f"There are only {pairs:,} training images"
        yield Problem("batch_size", "warn", words)


def _crop(spec: TrainSpec, diagnosis: Diagnosis | None) -> Iterator[Problem]:
    crop = spec.crop_size
    if crop is None:
        return
    print_ = diagnosis.fingerprint if diagnosis else None
    if crop % _STEP:
        words = f"A multiple of {_STEP} suits every network: {_near(crop):,}"
        yield Problem("crop_size", "warn", words)
    elif print_ is not None and crop > min(print_.widths[0], print_.heights[0]):
        size = f"{print_.widths[0]:,} × {print_.heights[0]:,}"
        words = f"Some images are smaller ({size}): they are filled up"
        yield Problem("crop_size", "warn", words)


def _learning(spec: TrainSpec, diagnosis: Diagnosis | None) -> Iterator[Problem]:
    if spec.lr is not None and not 0 < spec.lr <= _HIGHEST_RATE:
        yield Problem("lr", "bad", "Between 0 and 1")
    elif spec.lr is not None and spec.lr > _HIGH_RATE:
        yield Problem("lr", "warn", "So large a rate seldom learns")
    classes = diagnosis.classes if diagnosis else None
    name = spec.keep_best.removeprefix(_CLASS_SCORE)
    if (
        classes is not None
        and spec.keep_best.startswith(_CLASS_SCORE)
        and name not in classes.names
    ):
        words = f"The data have no class {name!r}"
        yield Problem("keep_best", "bad", words)
    weights = spec.class_weights
    if (
        classes is not None
        and not isinstance(weights, str)
        and len(weights) != len(classes)
    ):
        words = f"{len(weights)} weights for {len(classes)} classes"
        yield Problem("class_weights", "bad", words)


def _machine(spec: TrainSpec, machine: MachineFacts) -> Iterator[Problem]:
    if spec.amp and machine.kind != "cuda":
        yield Problem("amp", "bad", "Mixed precision needs a GPU of NVIDIA")
    if spec.num_workers > machine.threads:
        words = f"The machine has {machine.threads} threads"
        yield Problem("num_workers", "warn", words)
    if spec.load_from is not None and not spec.load_from.is_file():
        words = f"{spec.load_from.name} is not there any more"
        yield Problem("load_from", "bad", words)
    if spec.config is not None and not spec.config.is_file():
        words = f"{spec.config.name} is not there any more"
        yield Problem("config", "bad", words)


def train_pairs(diagnosis: Diagnosis | None) -> int | None:
    """Return how many images there are to train on; None: not known yet."""
    if diagnosis is None:
        return None
    return next((one.pairs for one in diagnosis.splits if one.name == "train"), 0)


def _near(crop: int) -> int:
    return max(_STEP, round(crop / _STEP) * _STEP)
