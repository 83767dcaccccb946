"""Measuring a model on labelled images: predicted, compared, kept for a look.

Three threads work on three images, as in a batch: one decodes the next, the job's own
runs the network, one compares and writes the last. A pair that cannot be read or
predicted is reported and left out of the measure.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from segdesk.core.calibration import LEVELS, calibration_counts, calibration_of
from segdesk.core.classes import ClassList
from segdesk.core.confusion import RegionMeasure, confusion_counts, region_measures
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.imaging import read_image
from segdesk.core.language import joined, tr
from segdesk.core.region_sizes import SizeTally
from segdesk.core.segmentation_metrics import measured_by_confusion
from segdesk.engine.failures import RAISED, told_of_item
from segdesk.formats.atomic import write_atomic
from segdesk.formats.evaluation_files import (
    EVALUATION_FILE,
    RegionFile,
    prediction_path,
)
from segdesk.formats.mmseg_dataset import Pair
from segdesk.formats.png_mask import read_mask, write_mask
from segdesk.formats.training_set import read_training_set
from segdesk.jobs.codec import encode
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import ItemFailed, Progress
from segdesk.jobs.specs import EvaluateSpec
from segdesk.jobs.training_events import EvaluationDone, ItemEvaluated, StageTimes
from segdesk.library.evaluation_report import write_report

if TYPE_CHECKING:
    from segdesk.engine.order import RawPrediction
    from segdesk.engine.predictor import Predictor

Labels = NDArray[np.uint8]


def run_evaluation(
    spec: EvaluateSpec, context: JobContext, predictor: "Predictor"
) -> EvaluationDone:
    """Predict every image of a split and measure the predictions against its masks.

    Reports one ItemEvaluated or ItemFailed for each image, and Progress after each.

    Raises
    ------
    InputError
        The split is missing, the classes of model and data do not go together, or
        not one image could be measured.
    StorageError
        The folder of the evaluation cannot be written.
    JobCancelledError
        The user stopped it.
    """
    began_s = time.monotonic()
    data = read_training_set(spec.data_dir, needed=(spec.split,))
    pairs = data.splits[spec.split]
    table = label_table(predictor.built.classes, data.classes)
    work = _Evaluation(spec, context, predictor, data.classes, table)
    with RegionFile(spec.out_dir, data.classes) as regions:
        work.run(pairs, regions)
    done = work.result(time.monotonic() - began_s)
    write_atomic(spec.out_dir / EVALUATION_FILE, encode(done) + b"\n")
    if spec.report:
        done = msgspec.structs.replace(done, report=write_report(done))
    return done


def label_table(model: ClassList, data: ClassList) -> Labels:
    """Return the data's index of each of the model's labels, matched by name.

    Returns
    -------
    table
        (256,): the data's index; one beyond its classes where it lacks the model's
        class.

    Raises
    ------
    InputError
        The data name a class that the model does not know.
    """
    wanted = {name.casefold(): index for index, name in enumerate(data.names)}
    known = {name.casefold() for name in model.names}
    if missing := [name for name in data.names if name.casefold() not in known]:
        raise InputError(
            tr("The model was not evaluated."),
            cause=tr(
                "It does not know {missing}, which the data name; it knows {known}.",
                missing=joined(", ", missing),
                known=joined(", ", model.names),
            ),
            hint=tr(
                "Choose a model that was trained on these classes, or rename the "
                "classes so that the names agree."
            ),
        )
    table = np.full(256, len(data), np.uint8)
    for index, name in enumerate(model.names):
        table[index] = wanted.get(name.casefold(), len(data))
    return table


@dataclass(frozen=True, slots=True)
class _Read:
    pixels: NDArray[np.uint8]
    truth: Labels
    seconds: float


@dataclass(frozen=True, slots=True)
class _Task:
    index: int
    pair: Pair
    reading: "Future[_Read]"


@dataclass(frozen=True, slots=True)
class _Compared:
    item: ItemEvaluated
    counts: NDArray[np.int64]
    sureness: NDArray[np.int64]
    regions: tuple[tuple[str, RegionMeasure], ...]


@dataclass(slots=True)
class _Times:
    decode: list[float] = field(default_factory=list)
    predict: list[float] = field(default_factory=list)

    def summary(self) -> StageTimes:
        decode, predict = np.array(self.decode), np.array(self.predict)
        total = decode + predict
        return StageTimes(
            decode_s=float(np.median(decode)),
            predict_s=float(np.median(predict)),
            total_s=float(np.median(total)),
            p95_s=float(np.quantile(total, 0.95)),
        )


class _Evaluation:
    def __init__(
        self,
        spec: EvaluateSpec,
        context: JobContext,
        predictor: "Predictor",
        classes: ClassList,
        table: Labels,
    ) -> None:
        self._spec = spec
        self._context = context
        self._predictor = predictor
        self._classes = classes
        self._table = table
        self._confusion = np.zeros((len(classes), len(classes) + 1), np.int64)
        self._sureness = np.zeros((2, LEVELS), np.int64)
        self._sizes = SizeTally(len(classes))
        self._items: list[ItemEvaluated] = []
        self._failed = 0
        self._total = 0
        self._times = _Times()
        self._comparing: tuple[_Task, Future[_Compared]] | None = None

    def run(self, pairs: Sequence[Pair], regions: RegionFile) -> None:
        self._total = len(pairs)
        with (
            ThreadPoolExecutor(1, "decode") as decoder,
            ThreadPoolExecutor(1, "compare") as comparer,
        ):
            for task in self._read_ahead(pairs, decoder):
                self._predict(task, comparer, regions)
            self._collect(regions)

    def _read_ahead(
        self, pairs: Sequence[Pair], decoder: ThreadPoolExecutor
    ) -> Iterator[_Task]:
        waiting: _Task | None = None
        for index, pair in enumerate(pairs):
            following = _Task(index, pair, decoder.submit(_read, pair))
            if waiting:
                yield waiting
            waiting = following
        if waiting:
            yield waiting

    def _predict(
        self, task: _Task, comparer: ThreadPoolExecutor, regions: RegionFile
    ) -> None:
        self._context.check()
        try:
            read = task.reading.result()
            began_s = time.perf_counter()
            raw = self._predictor.predict(
                read.pixels,
                confidence=True,
                tta=self._spec.tta,
                check=self._context.check,
            )
        except (SegDeskError, *RAISED) as error:
            self._fail(task, error)
            return
        predict_s = time.perf_counter() - began_s
        self._times.decode.append(read.seconds)
        self._times.predict.append(predict_s)
        self._collect(regions)
        future = comparer.submit(
            self._compare, task, read.truth, raw, read.seconds + predict_s
        )
        self._comparing = task, future

    def _compare(
        self, task: _Task, truth: Labels, raw: "RawPrediction", seconds: float
    ) -> _Compared:
        said = self._table[raw.labels]
        path = prediction_path(self._spec.out_dir, task.index, task.pair.image)
        write_mask(path, said, self._classes)
        classes = len(self._classes)
        counts = confusion_counts(truth, said, classes)
        sureness = np.zeros_like(self._sureness)
        if raw.confidence is not None:
            sureness = calibration_counts(truth, said, raw.confidence, classes)
        per_class, means = measured_by_confusion(counts, self._classes.names)
        labelled = bool(counts.any())
        item = ItemEvaluated(
            index=task.index,
            image=task.pair.image,
            truth=task.pair.mask,
            prediction=path,
            miou=means["mIoU"] if labelled else None,
            iou=per_class["IoU"],
            seconds=seconds,
        )
        left_out = self._classes.background_index
        found = (
            (side, region)
            for side, values in (("truth", truth), ("prediction", said))
            for region in region_measures(values, classes, left_out)
        )
        return _Compared(item, counts, sureness, tuple(found))

    def _collect(self, regions: RegionFile) -> None:
        """Wait for the image that is being compared, and count it."""
        if self._comparing is None:
            return
        (task, future), self._comparing = self._comparing, None
        try:
            compared = future.result()
        except (SegDeskError, *RAISED) as error:
            self._fail(task, error)
            return
        self._confusion += compared.counts
        self._sureness += compared.sureness
        self._sizes.add(compared.regions)
        self._items.append(compared.item)
        regions.add(task.pair.image, compared.regions)
        self._context.report(compared.item)
        self._advance(task)

    def _fail(self, task: _Task, error: BaseException) -> None:
        told = told_of_item(
            error, tr("{name} was not measured.", name=task.pair.image.name)
        )
        self._failed += 1
        self._context.report(
            ItemFailed(
                index=task.index,
                source=task.pair.image,
                message=told.message,
                cause=told.cause,
                hint=told.hint,
            )
        )
        self._advance(task)

    def _advance(self, task: _Task) -> None:
        done = len(self._items) + self._failed
        self._context.report(
            Progress(done, self._total, "images", task.pair.image.name)
        )

    def result(self, seconds: float) -> EvaluationDone:
        if not self._items:
            raise InputError(
                tr("The model was not evaluated."),
                cause=tr(
                    "Not one of the {total} images of {split} could be measured.",
                    total=self._total,
                    split=self._spec.split,
                ),
                hint=tr(
                    "The log says why for each; `segdesk check` looks at all of them."
                ),
            )
        per_class, means = measured_by_confusion(self._confusion, self._classes.names)
        return EvaluationDone(
            model_id=self._spec.model.id,
            data_dir=self._spec.data_dir,
            split=self._spec.split,
            out_dir=self._spec.out_dir,
            classes=self._classes,
            metrics={
                name: None if np.isnan(value) else value
                for name, value in means.items()
            },
            per_class=per_class,
            confusion=tuple(tuple(int(n) for n in row) for row in self._confusion),
            images=tuple(sorted(self._items, key=_worst_first)),
            failed=self._failed,
            times=self._times.summary(),
            device=str(self._predictor.device),
            seconds=round(seconds, 2),
            calibration=calibration_of(self._sureness),
            sizes=self._sizes.sizes(),
            ended_at=time.time(),
        )


def _worst_first(item: ItemEvaluated) -> tuple[bool, float, int]:
    return item.miou is None, item.miou or 0.0, item.index


def _read(pair: Pair) -> _Read:
    began_s = time.perf_counter()
    image = read_image(pair.image)
    seconds = time.perf_counter() - began_s
    truth = read_mask(pair.mask)
    if truth.shape != image.pixels.shape[:2]:
        raise InputError(
            tr("{name} was not measured.", name=pair.image.name),
            cause=tr(
                "Its mask is {shape}×{shape2} px, the image {shape3}×{shape4} px.",
                shape=truth.shape[1],
                shape2=truth.shape[0],
                shape3=image.pixels.shape[1],
                shape4=image.pixels.shape[0],
            ),
            hint=tr("Export the mask again at the image's size."),
        )
    return _Read(image.pixels, truth, seconds)
