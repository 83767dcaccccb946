"""An evaluation in numbers as its page shows them: classes, confusions, the worst."""

from dataclasses import dataclass
from enum import StrEnum

from segdesk.app.evaluation.look import Cell
from segdesk.core.language import tr
from segdesk.jobs.training_events import EvaluationDone, ItemEvaluated

SPLIT_WORDS = {"train": tr("Training"), "val": tr("Validation"), "test": tr("Test")}


class Scale(StrEnum):
    """What the numbers of the confusion matrix are shares of."""

    ROWS = "rows"  # of the pixels that are truly of the class
    COLUMNS = "columns"  # of the pixels that are taken for the class
    PIXELS = "pixels"  # counts


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class in numbers, in percent; None where the split lacks it.

    Parameters
    ----------
    share
        Of the labelled pixels, in percent.
    """

    index: int
    name: str
    colour: str
    iou: float | None
    dice: float | None
    precision: float | None
    recall: float | None
    share: float

    @property
    def is_absent(self) -> bool:
        """Whether neither truth nor prediction has it."""
        return self.iou is None


def class_rows(done: EvaluationDone) -> tuple[ClassRow, ...]:
    """Return every class, in the order of the class list."""
    total = sum(map(sum, done.confusion)) or 1

    def value(metric: str, index: int) -> float | None:
        values = done.per_class.get(metric)
        return values[index] if values else None

    return tuple(
        ClassRow(
            index,
            name,
            colour,
            value("IoU", index),
            value(tr("Dice"), index),
            value(tr("Precision"), index),
            value(tr("Recall"), index),
            100 * sum(done.confusion[index]) / total,
        )
        for index, (name, colour) in enumerate(
            zip(done.classes.names, done.classes.palette, strict=True)
        )
    )


def shares(done: EvaluationDone, scale: Scale) -> tuple[tuple[float | None, ...], ...]:
    """Return the confusion matrix in percent, or as counts.

    Returns
    -------
    shares
        Rows of the truth, columns of the prediction; None where there is no pixel to
        take a share of. A last column, of classes that the data lack, is left out
        while it is empty.
    """
    counts = [list(row) for row in done.confusion]
    classes = len(done.classes)
    if counts and len(counts[0]) > classes and not any(row[-1] for row in counts):
        counts = [row[:-1] for row in counts]
    if scale is Scale.PIXELS:
        return tuple(tuple(float(n) for n in row) for row in counts)
    if scale is Scale.ROWS:
        return tuple(
            tuple(100 * n / sum(row) if sum(row) else None for n in row)
            for row in counts
        )
    sums = [sum(column) for column in zip(*counts, strict=True)]
    return tuple(
        tuple(100 * n / of if of else None for n, of in zip(row, sums, strict=True))
        for row in counts
    )


def present_classes(done: EvaluationDone) -> tuple[int, ...]:
    """Return the classes that are in the truth or in a prediction."""
    said = [sum(column) for column in zip(*done.confusion, strict=True)]
    return tuple(
        index
        for index in range(len(done.classes))
        if said[index] or sum(done.confusion[index])
    )


def largest_errors(
    done: EvaluationDone, most: int = 50
) -> tuple[tuple[Cell, int, float], ...]:
    """Return the confusions with most pixels: cell, pixels, percent of what is true."""
    found = []
    for truth, row in enumerate(done.confusion):
        total = sum(row)
        for said, count in enumerate(row[: len(done.classes)]):
            if count and said != truth:
                found.append((Cell(truth, said), count, 100 * count / total))
    found.sort(key=lambda error: -error[1])
    return tuple(found[:most])


def worst_class(item: ItemEvaluated) -> tuple[int, float] | None:
    """Return the class of an image with the lowest IoU, and that IoU in percent."""
    known = [(iou, index) for index, iou in enumerate(item.iou) if iou is not None]
    if not known:
        return None
    iou, index = min(known)
    return index, iou


def headline(done: EvaluationDone, name: str) -> float | None:
    """Return one of the mean metrics in percent."""
    return done.metrics.get(name)


def images_per_second(done: EvaluationDone) -> float | None:
    """Return how fast images went through, end to end."""
    total_s = done.times.total_s
    return 1 / total_s if total_s > 0 else None
