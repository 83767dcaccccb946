"""What is wrong with a planned training, field by field, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from segdesk.app.models.architectures import architecture_words, fixed_fields, missing
from segdesk.core.data_check import Diagnosis
from segdesk.core.language import tr
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
        words = tr("{name} has losses of its own: choose the recipe's", name=name)
        yield Problem("loss", "bad", words)
    if "class_weights" in fixed and spec.class_weights != fixed["class_weights"]:
        words = tr("{name} classifies whole masks: choose no class weights", name=name)
        yield Problem("class_weights", "bad", words)


def _length(spec: TrainSpec) -> Iterator[Problem]:
    if spec.epochs is not None and spec.epochs <= 0:
        yield Problem("epochs", "bad", tr("More than 0 is needed"))
    if spec.epochs is None and spec.val_interval > spec.max_iters:
        words = tr(
            "Longer than the run: at most {max_iters:,}", max_iters=spec.max_iters
        )
        yield Problem("val_interval", "bad", words)
    validations = spec.max_iters // max(1, spec.val_interval)
    patience = spec.early_stopping
    if patience is not None and spec.epochs is None and patience >= validations > 0:
        words = tr("Only {validations:,} validations", validations=validations)
        yield Problem("early_stopping", "warn", words)


def _batch(spec: TrainSpec, diagnosis: Diagnosis | None) -> Iterator[Problem]:
    if spec.batch_size == 1:
        words = tr("Batch normalisation learns badly from one image")
        yield Problem("batch_size", "warn", words)
    pairs = train_pairs(diagnosis)
    if pairs is not None and spec.batch_size > pairs > 0:
        words = tr("There are only {pairs:,} training images", pairs=pairs)
        yield Problem("batch_size", "warn", words)


def _crop(spec: TrainSpec, diagnosis: Diagnosis | None) -> Iterator[Problem]:
    crop = spec.crop_size
    if crop is None:
        return
    print_ = diagnosis.fingerprint if diagnosis else None
    if crop % _STEP:
        words = tr(
            "A multiple of {step} suits every network: {near:,}",
            step=_STEP,
            near=_near(crop),
        )
        yield Problem("crop_size", "warn", words)
    elif print_ is not None and crop > min(print_.widths[0], print_.heights[0]):
        size = tr(
            "{widths:,} × {heights:,}",
            widths=print_.widths[0],
            heights=print_.heights[0],
        )
        words = tr("Some images are smaller ({size}): they are filled up", size=size)
        yield Problem("crop_size", "warn", words)


def _learning(spec: TrainSpec, diagnosis: Diagnosis | None) -> Iterator[Problem]:
    if spec.lr is not None and not 0 < spec.lr <= _HIGHEST_RATE:
        yield Problem("lr", "bad", tr("Between 0 and 1"))
    elif spec.lr is not None and spec.lr > _HIGH_RATE:
        yield Problem("lr", "warn", tr("So large a rate seldom learns"))
    classes = diagnosis.classes if diagnosis else None
    name = spec.keep_best.removeprefix(_CLASS_SCORE)
    if (
        classes is not None
        and spec.keep_best.startswith(_CLASS_SCORE)
        and name not in classes.names
    ):
        words = tr("The data have no class {name!r}", name=name)
        yield Problem("keep_best", "bad", words)
    weights = spec.class_weights
    if (
        classes is not None
        and not isinstance(weights, str)
        and len(weights) != len(classes)
    ):
        words = tr(
            "{weights} weights for {classes} classes",
            weights=len(weights),
            classes=len(classes),
        )
        yield Problem("class_weights", "bad", words)


def _machine(spec: TrainSpec, machine: MachineFacts) -> Iterator[Problem]:
    if spec.amp and machine.kind != "cuda":
        yield Problem("amp", "bad", tr("Mixed precision needs a GPU of NVIDIA"))
    if spec.num_workers > machine.threads:
        words = tr("The machine has {threads} threads", threads=machine.threads)
        yield Problem("num_workers", "warn", words)
    if spec.load_from is not None and not spec.load_from.is_file():
        words = tr("{name} is not there any more", name=spec.load_from.name)
        yield Problem("load_from", "bad", words)
    if spec.config is not None and not spec.config.is_file():
        words = tr("{name} is not there any more", name=spec.config.name)
        yield Problem("config", "bad", words)


def train_pairs(diagnosis: Diagnosis | None) -> int | None:
    """Return how many images there are to train on; None: not known yet."""
    if diagnosis is None:
        return None
    return next((one.pairs for one in diagnosis.splits if one.name == "train"), 0)


def _near(crop: int) -> int:
    return max(_STEP, round(crop / _STEP) * _STEP)
