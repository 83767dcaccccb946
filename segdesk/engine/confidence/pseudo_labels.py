"""Labels for images that nobody labelled, from a model, where it is sure enough.

Self-training in its plain form (Lee, *Pseudo-Label*, 2013; Xie et al., *Self-training
with Noisy Student*, 2020): the model's own word, above a confidence that was made true
before, is learnt from; everything else is ignored.
"""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import ConfigError, InputError, SegDeskError
from segdesk.core.imaging import read_image
from segdesk.core.language import tr
from segdesk.engine.failures import RAISED, told_of_item
from segdesk.engine.order import drop_unsure
from segdesk.formats.png_mask import write_mask
from segdesk.formats.prediction_ledger import digest_of_file
from segdesk.formats.pseudo_labels import (
    MASK_FOLDER,
    PseudoLabel,
    PseudoLabelSet,
    other_classes,
    remove_pseudo_labels,
    write_pseudo_labels,
)
from segdesk.formats.training_set import read_training_set
from segdesk.jobs.confidence_events import PseudoLabelsDone
from segdesk.jobs.confidence_specs import PseudoLabelItem, PseudoLabelSpec
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import ItemFailed, Progress

if TYPE_CHECKING:
    from segdesk.engine.predictor import Predictor


@dataclass(slots=True)
class _Found:
    images: list[PseudoLabel] = field(default_factory=list)
    pixels: int = 0
    labelled: int = 0
    failed: int = 0
    empty: int = 0


def label_images(
    spec: PseudoLabelSpec, context: JobContext, predictor: "Predictor"
) -> PseudoLabelsDone:
    """Let a model label images where it is sure enough.

    What is not finished is deleted again.

    Raises
    ------
    InputError
        The model has other classes than the data or tells no confidence, or it is not
        sure enough of a single image.
    ConfigError
        The threshold is not a share.
    StorageError
        The disk does not take a mask.
    JobCancelledError
        The user stopped it.
    """
    began_s = time.monotonic()
    classes = read_training_set(spec.data_dir, needed=("train",)).classes
    table = _table(spec, predictor, classes)
    _make_room(spec.out_dir)
    counts = np.zeros(len(classes), np.int64)
    found = _Found()
    try:
        for item, labels in _labelled(spec, context, predictor, found):
            _keep(spec, classes, item, table[labels], found, counts)
        _check_any(spec, found)
    except BaseException:
        shutil.rmtree(spec.out_dir, ignore_errors=True)
        raise
    share = found.labelled / max(1, found.pixels)
    shares = tuple((counts / max(1, found.labelled)).round(6).tolist())
    write_pseudo_labels(
        spec.out_dir,
        PseudoLabelSet(
            classes=classes.names,
            model_id=spec.model.id,
            model_digest=digest_of_file(spec.model.checkpoint),
            temperature=spec.model.temperature,
            threshold=spec.threshold,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            share=round(share, 6),
            shares=shares,
            images=tuple(found.images),
        ),
    )
    return PseudoLabelsDone(
        model_id=spec.model.id,
        folder=spec.out_dir,
        images=len(found.images),
        share=round(share, 6),
        shares=shares,
        failed=found.failed,
        empty=found.empty,
        seconds=round(time.monotonic() - began_s, 2),
    )


def _table(
    spec: PseudoLabelSpec, predictor: "Predictor", classes: ClassList
) -> NDArray[np.uint8]:
    """Return the data's index of each of the model's labels."""
    if not 0 <= spec.threshold <= 1:
        raise ConfigError(
            tr("The images were not labelled."),
            cause=tr("The confidence is {confidence}.", confidence=spec.threshold),
            hint=tr("Give a number from 0 to 1, such as 0.9."),
        )
    if not predictor.built.tells_confidence:
        raise InputError(
            tr("The images were not labelled."),
            cause=tr("The model names a class for each pixel and not how sure it is."),
            hint=tr("Choose the model that it was exported from."),
        )
    known = [name.casefold() for name in predictor.built.classes.names]
    wanted = [name.casefold() for name in classes.names]
    if sorted(known) != sorted(wanted):
        raise other_classes(spec.model.id, predictor.built.classes.names, classes.names)
    table = np.full(256, IGNORE_INDEX, np.uint8)
    for index, name in enumerate(known):
        table[index] = wanted.index(name)
    return table


def _make_room(folder: Path) -> None:
    """Take away what a model labelled before; nothing else is touched."""
    if folder.is_dir() and any(folder.iterdir()):
        remove_pseudo_labels(folder)
    (folder / MASK_FOLDER).mkdir(parents=True, exist_ok=True)


def _labelled(
    spec: PseudoLabelSpec,
    context: JobContext,
    predictor: "Predictor",
    found: _Found,
) -> Iterator[tuple[PseudoLabelItem, NDArray[np.uint8]]]:
    """Yield the model's labels of each image, 255 where it is not sure enough."""
    for index, item in enumerate(spec.items):
        context.check()
        try:
            pixels = read_image(item.source).pixels
            raw = predictor.predict(pixels, confidence=True, check=context.check)
        except (SegDeskError, *RAISED) as error:
            name = item.source.name
            told = told_of_item(error, tr("{name} was not labelled.", name=name))
            found.failed += 1
            context.report(
                ItemFailed(
                    index=index,
                    source=item.source,
                    message=told.message,
                    cause=told.cause,
                    hint=told.hint,
                )
            )
        else:
            drop_unsure(raw, spec.threshold)
            yield item, raw.labels
        context.report(Progress(index + 1, len(spec.items), "images", item.source.name))


def _keep(
    spec: PseudoLabelSpec,
    classes: ClassList,
    item: PseudoLabelItem,
    labels: NDArray[np.uint8],
    found: _Found,
    counts: NDArray[np.int64],
) -> None:
    of_class = np.bincount(labels.reshape(-1), minlength=256)[: len(classes)]
    labelled = int(of_class.sum())
    if not labelled:
        found.empty += 1
        return
    name = f"{MASK_FOLDER}/{item.name}.png"
    path = spec.out_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_mask(path, labels, classes)
    counts += of_class
    found.pixels += labels.size
    found.labelled += labelled
    share = round(labelled / labels.size, 6)
    found.images.append(PseudoLabel(str(item.source), name, share))


def _check_any(spec: PseudoLabelSpec, found: _Found) -> None:
    if found.images:
        return
    raise InputError(
        tr("The images were not labelled."),
        cause=tr(
            "Of {count} images, the model is {threshold:.0%} sure of not a single "
            "pixel, and {failed} could not be predicted.",
            count=len(spec.items),
            threshold=spec.threshold,
            failed=found.failed,
        ),
        hint=tr("Choose a lower confidence, or a better model."),
    )
