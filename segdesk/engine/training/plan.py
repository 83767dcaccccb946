"""What a training will do, before it does it: its data set and its config."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from segdesk.core.language import tr
from segdesk.engine.config.builder import build_config
from segdesk.engine.config.check import read_edited
from segdesk.engine.config.pictures import PSEUDO_SPLIT
from segdesk.engine.config.recipes import load_base
from segdesk.engine.config.text import write_config
from segdesk.formats.mmseg_dataset import MmsegDataset, check_masks
from segdesk.formats.pseudo_labels import pairs_of
from segdesk.formats.training_set import Pair, TrainingSet, read_training_set
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Noted, Progress
from segdesk.jobs.specs import ConfigSpec, TrainSpec
from segdesk.jobs.training_events import ConfigBuilt

_CHECK_STEP = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """A training as it will be: its spec, its data set and its flat config."""

    spec: TrainSpec
    data: TrainingSet
    config: dict[str, Any]
    base: dict[str, Any]
    pixels: tuple[int, ...] | None = None

    @property
    def length(self) -> int:
        """Return the iterations of the whole training."""
        return int(self.config["train_cfg"]["max_iters"])

    def changed(self, spec: TrainSpec) -> "Plan":
        """Return the same training with another spec."""
        config = build_config(spec, self.data, self.base, pixels=self.pixels)
        return replace(self, spec=spec, config=config)


def plan_training(
    spec: TrainSpec,
    context: JobContext,
    note: Callable[[Noted], None] | None = None,
) -> Plan:
    """Read the data set's files and build the config; the masks are not checked.

    Parameters
    ----------
    note
        Takes what was decided; None: the context's report.

    Raises
    ------
    InputError
        The data set, the architecture or a number of the spec cannot be used.
    JobCancelledError
        The user stopped it.
    """
    data = with_pseudo_labels(spec, read_training_set(spec.data_dir))
    context.check()
    if spec.config_text is not None:
        base = read_edited(spec.config_text)
    else:
        base = load_base(spec)
    pixels = None
    if spec.class_weights == "balanced" and spec.config_text is None:
        pixels = class_pixels(data.splits["train"], len(data.classes), context)
    config = build_config(spec, data, base, pixels=pixels, note=note or context.report)
    return Plan(spec, data, config, base, pixels)


def with_pseudo_labels(spec: TrainSpec, data: TrainingSet) -> TrainingSet:
    """Return a data set with what a model labelled, as a split of its own.

    Raises
    ------
    InputError
        The model has other classes, or its labels are gone.
    """
    if spec.pseudo_labels is None:
        return data
    labelled = tuple(pair for pairs in data.splits.values() for pair in pairs)
    pairs = pairs_of(spec.pseudo_labels, data.classes, labelled)
    return replace(data, splits={**data.splits, PSEUDO_SPLIT: pairs})


def build_text(spec: ConfigSpec, context: JobContext) -> ConfigBuilt:
    """Build a training's config as text, beside the one that it is made from.

    Raises
    ------
    InputError
        As `plan_training`.
    """
    plan = plan_training(spec.train, context)
    base = load_base(spec.train)
    return ConfigBuilt(
        text=write_config(plan.config),
        base_text=write_config(
            {name: value for name, value in base.items() if name.isidentifier()}
        ),
    )


def check_data(data: TrainingSet, context: JobContext) -> None:
    """Compare every mask with its picture and the classes, and say how far it is.

    Raises
    ------
    InputError
        A mask cannot be trained on.
    JobCancelledError
        The user stopped it.
    """

    def looked_at(done: int, total: int) -> None:
        context.check()
        if done % _CHECK_STEP == 0 or done == total:
            context.report(Progress(done, total, "masks", tr("Checking the data set")))

    train, val = data.splits["train"], data.splits["val"]
    check_masks(MmsegDataset(data.root, data.classes, train, val), looked_at)


def class_pixels(
    pairs: tuple[Pair, ...], classes: int, context: JobContext
) -> tuple[int, ...]:
    """Count the pixels of each class in the masks of a split."""
    total = np.zeros(256, np.int64)
    for number, pair in enumerate(pairs, 1):
        context.check()
        total += np.bincount(_labels(pair.mask), minlength=256)[:256]
        if number % _CHECK_STEP == 0:
            text = tr("Counting the classes' pixels")
            context.report(Progress(number, len(pairs), "masks", text))
    return tuple(int(count) for count in total[:classes])


def _labels(path: Path) -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    with Image.open(path) as mask:
        return np.asarray(mask, dtype=np.uint8).reshape(-1)
