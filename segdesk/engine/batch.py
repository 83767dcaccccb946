"""Predict many images into a folder: decoding, network and encoding overlapped.

Three threads work on three images: one decodes the next, the job's own runs the
network, one encodes and writes the last. No more than that is in memory. One bad file
is one failed row of the summary and nothing else.
"""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError, JobCancelledError, SegDeskError
from segdesk.core.imaging import LoadedImage, read_image
from segdesk.core.label_map import ClassStats, class_stats
from segdesk.engine.failures import RAISED, told_of_item
from segdesk.formats.classes_file import ModelMark, read_model_mark, write_classes
from segdesk.formats.outputs import CLASSES_FILE, SUMMARY_FILE, output_path
from segdesk.formats.png_mask import read_mask
from segdesk.formats.prediction_files import PredictionWriter
from segdesk.formats.summary import SummaryRow, read_summary, write_summary
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import (
    BatchDone,
    ItemDone,
    ItemFailed,
    LogLine,
    Progress,
)
from segdesk.jobs.specs import BatchItem, BatchSpec

if TYPE_CHECKING:
    from segdesk.engine.predictor import Predictor, RawPrediction


def run_batch(
    spec: BatchSpec, context: JobContext, predictor: "Predictor"
) -> BatchDone:
    """Predict the items of a batch and write their results.

    Reports one ItemDone or ItemFailed for each item, and Progress after each.

    Raises
    ------
    InputError
        When the folder holds results of another model and may not be overwritten.
    StorageError
        When `classes.json` or the summary cannot be written.
    JobCancelledError
        When the user stopped it. What was predicted is written, and the summary lists
        every item.
    """
    _mark_folder(spec, predictor.built.classes)
    batch = _Batch(spec, context, predictor)
    try:
        batch.run()
    except JobCancelledError as stopped:
        batch.write_summary()
        raise JobCancelledError(batch.kept()) from stopped
    batch.write_summary()
    return batch.result()


def _mark_folder(spec: BatchSpec, classes: ClassList) -> None:
    path = spec.out_dir / CLASSES_FILE
    mark = ModelMark.of(spec.model.id, spec.model.checkpoint)
    earlier = read_model_mark(path)
    if earlier not in {None, mark} and not spec.overwrite:
        assert earlier is not None  # noqa: S101 - None is in the set above
        what = f"model {earlier.id}"
        if earlier.id == mark.id:
            what = f"an earlier training of {mark.id}"
        raise InputError(
            "The images were not predicted.",
            cause=f"{spec.out_dir} holds results of {what}; mixing the two would "
            "leave no way to tell them apart.",
            hint="Choose another folder, or allow results to be overwritten.",
        )
    write_classes(path, classes, mark)


@dataclass(frozen=True, slots=True)
class _Task:
    """One item on its way through the batch."""

    index: int
    item: BatchItem
    loading: "Future[_Loaded]"


@dataclass(frozen=True, slots=True)
class _Loaded:
    image: LoadedImage
    seconds: float


@dataclass(frozen=True, slots=True)
class _Writing:
    task: _Task
    image: LoadedImage
    seconds: float
    result: "Future[_Written]"


@dataclass(frozen=True, slots=True)
class _Written:
    stats: ClassStats
    seconds: float


class _Batch:
    def __init__(
        self, spec: BatchSpec, context: JobContext, predictor: "Predictor"
    ) -> None:
        self._spec = spec
        self._context = context
        self._predictor = predictor
        self._classes = predictor.built.classes
        self._summary = spec.out_dir / SUMMARY_FILE
        self._earlier = read_summary(self._summary, self._classes)
        self._rows = [SummaryRow(item.source) for item in spec.items]
        self._finished = 0
        self._writer = PredictionWriter(
            spec.out_dir, self._classes, spec.save, spec.opacity
        )
        self._writing: _Writing | None = None

    # -------------------------------------------------------------- the course

    def run(self) -> None:
        with (
            ThreadPoolExecutor(1, "decode") as decoder,
            ThreadPoolExecutor(1, "encode") as encoder,
        ):
            try:
                for task in self._decoded_ahead(decoder):
                    self._predict(task, encoder)
            finally:
                # Also when cancelled: what is predicted is kept.
                self._collect()

    def _decoded_ahead(self, decoder: ThreadPoolExecutor) -> Iterator[_Task]:
        """Hand out an item while the next one is being decoded."""
        waiting: _Task | None = None
        for index, item in enumerate(self._spec.items):
            self._context.check()
            if self._skip(index, item):
                continue
            following = _Task(index, item, decoder.submit(_load, item.source))
            if waiting:
                yield waiting
            waiting = following
        if waiting:
            yield waiting

    def _predict(self, task: _Task, encoder: ThreadPoolExecutor) -> None:
        try:
            loaded = task.loading.result()
            self._context.check()
            began_s = time.perf_counter()
            raw = self._predictor.predict(
                loaded.image.pixels,
                confidence="confidence" in self._spec.save,
                check=self._context.check,
            )
        except (SegDeskError, *RAISED) as error:
            self._fail(task, error)
            return
        seconds = loaded.seconds + time.perf_counter() - began_s
        self._collect()
        for note in loaded.image.notes:
            self._context.report(LogLine(f"{task.item.source.name}: {note}"))
        result = encoder.submit(self._write, task.item.name, loaded.image, raw)
        self._writing = _Writing(task, loaded.image, seconds, result)

    def _write(self, name: str, image: LoadedImage, raw: "RawPrediction") -> _Written:
        began_s = time.perf_counter()
        self._writer.write(name, image.pixels, raw.labels, raw.confidence)
        stats = class_stats(raw.labels, len(self._classes), raw.confidence)
        return _Written(stats, time.perf_counter() - began_s)

    def _collect(self) -> None:
        """Wait for the item that is being written, and report it."""
        if self._writing is None:
            return
        writing, self._writing = self._writing, None
        task, source = writing.task, writing.task.item.source
        try:
            written = writing.result.result()
        except (SegDeskError, *RAISED) as error:
            self._fail(task, error)
            return
        seconds = writing.seconds + written.seconds
        shares = tuple(written.stats.shares.tolist())
        confidence = written.stats.mean_confidence
        self._rows[task.index] = SummaryRow(
            source, *writing.image.size, seconds, "done", "", shares, confidence
        )
        self._context.report(
            ItemDone(
                index=task.index,
                source=source,
                outputs=self._writer.paths(task.item.name),
                size=writing.image.size,
                seconds=seconds,
                shares=shares,
                mean_confidence=confidence,
            )
        )
        self._advance(task.item)

    def _fail(self, task: _Task, error: BaseException) -> None:
        told = told_of_item(
            error,
            f"{task.item.source.name} was not predicted.",
            "Open it in the window to see whether it can be predicted alone.",
        )
        self._rows[task.index] = SummaryRow(
            task.item.source, status="failed", error=str(told)
        )
        self._context.report(
            ItemFailed(
                index=task.index,
                source=task.item.source,
                message=told.message,
                cause=told.cause,
                hint=told.hint,
            )
        )
        self._advance(task.item)

    def _advance(self, item: BatchItem) -> None:
        self._finished += 1
        self._context.report(
            Progress(self._finished, len(self._spec.items), "images", item.source.name)
        )

    # -------------------------------------------------------------- skipping

    def _skip(self, index: int, item: BatchItem) -> bool:
        """Report an item whose results are there already; tell whether they are."""
        outputs = self._writer.paths(item.name)
        if self._spec.overwrite or not _newer(outputs, item.source):
            return False
        row = self._earlier.get(item.source) or self._counted_again(item)
        if row is None or not row.shares:
            return False
        self._rows[index] = replace(row, seconds=0.0, status="skipped", error="")
        self._context.report(
            ItemDone(
                index=index,
                source=item.source,
                outputs=outputs,
                size=(row.width, row.height),
                seconds=0.0,
                shares=row.shares,
                mean_confidence=row.mean_confidence,
                skipped=True,
            )
        )
        self._advance(item)
        return True

    def _counted_again(self, item: BatchItem) -> SummaryRow | None:
        """Return the row of an item whose mask is there, without a summary."""
        with suppress(InputError):
            labels = read_mask(output_path(self._spec.out_dir, "mask", item.name))
            shares = class_stats(labels, len(self._classes)).shares
            height, width = labels.shape
            return SummaryRow(item.source, width, height, shares=tuple(shares.tolist()))
        return None

    # -------------------------------------------------------------- the end

    def write_summary(self) -> None:
        write_summary(self._summary, self._rows, self._classes)

    def result(self) -> BatchDone:
        return BatchDone(
            done=self._count("done"),
            failed=self._count("failed"),
            skipped=self._count("skipped"),
            summary=self._summary,
        )

    def kept(self) -> str:
        there = self._count("done") + self._count("skipped")
        return (
            f"{there:,} of {len(self._rows):,} images are predicted; "
            f"{self._summary} lists them."
        )

    def _count(self, status: str) -> int:
        return sum(row.status == status for row in self._rows)


def _load(path: Path) -> _Loaded:
    began_s = time.perf_counter()
    image = read_image(path)
    return _Loaded(image, time.perf_counter() - began_s)


def _newer(outputs: tuple[Path, ...], source: Path) -> bool:
    try:
        made = min(path.stat().st_mtime_ns for path in outputs)
        return made >= source.stat().st_mtime_ns
    except (OSError, ValueError):
        return False
