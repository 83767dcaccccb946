"""Predict many images into a folder: decoding, network and encoding overlapped.

What is done is in a ledger, by content and model, so a batch can be killed, changed and
given again: an image is predicted once. One bad file is one failed row of the summary
and nothing else. The memory holds the images at work and a word for each of the others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain, count
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError, JobCancelledError, SegDeskError
from segdesk.core.language import tr
from segdesk.engine.batch.flow import Flow, Needs, flow_of
from segdesk.engine.batch.item import ItemMaker, made_by, wants_confidence
from segdesk.engine.batch.watch import Arrived, Watcher
from segdesk.engine.batch.work import Finished, ItemWork, Started, Task
from segdesk.engine.failures import RAISED, told_of_item
from segdesk.formats import yolo
from segdesk.formats.atomic import write_atomic
from segdesk.formats.batch_files import write_batch_file
from segdesk.formats.classes_file import (
    ModelMark,
    is_same_model,
    read_model_mark,
    sha256_of,
    write_classes,
)
from segdesk.formats.outputs import (
    BATCH_FILES,
    CLASSES_FILE,
    SUMMARY_FILE,
    TOTALS_FILE,
    output_path,
)
from segdesk.formats.prediction_ledger import Entry, Ledger
from segdesk.formats.summary import SummaryRow, Totals, write_summary
from segdesk.jobs.batch_record import write_record
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import (
    BatchDone,
    ItemDone,
    ItemFailed,
    ItemStarted,
    LogLine,
    Progress,
)
from segdesk.jobs.specs import BatchItem, BatchSpec

if TYPE_CHECKING:
    from segdesk.engine.predictor import Predictor

_WAIT_S = 0.1
_TABLES_S = 5.0
_STOPPED, _DONE, _REMADE, _SKIPPED, _FAILED = range(5)
_THERE = frozenset({_DONE, _REMADE, _SKIPPED})


class _End:
    """No more images come."""


_END = _End()


def run_batch(
    spec: BatchSpec, context: JobContext, predictor: "Predictor"
) -> BatchDone:
    """Predict the items of a batch and write their results.

    Reports ItemStarted where the network begins, one ItemDone or ItemFailed for each
    item as they end, and Progress after each.

    Raises
    ------
    InputError
        When the folder holds results of another model and may not be overwritten, or
        the model does not tell the confidence that is to be written.
    StorageError
        When another batch writes there, or tables cannot be written.
    JobCancelledError
        When the user stopped it. What was predicted is written, and the summary lists
        every item.
    """
    classes = predictor.built.classes
    _check_confidence(spec, predictor)
    with Ledger(spec.out_dir, anew=spec.overwrite) as ledger:
        _mark_folder(spec, classes)
        batch = _Batch(spec, context, predictor, ledger)
        try:
            batch.run()
        except JobCancelledError as stopped:
            batch.write_tables()
            raise JobCancelledError(batch.kept()) from stopped
        batch.write_tables()
        ledger.settle()
        return batch.result()


def _check_confidence(spec: BatchSpec, predictor: "Predictor") -> None:
    asked = [kind for kind in spec.save if kind in {"confidence", "confidence16"}]
    if asked and not predictor.built.tells_confidence:
        raise InputError(
            tr("The images were not predicted."),
            cause=tr(
                "{asked} is to be written, and {id} does not tell how sure it is.",
                asked=asked[0],
                id=spec.model.id,
            ),
            hint=tr("Leave it out of what is saved, or choose another model."),
        )


def _mark_folder(spec: BatchSpec, classes: ClassList) -> None:
    path = spec.out_dir / CLASSES_FILE
    model_id, checkpoint = spec.model.id, spec.model.checkpoint
    earlier = read_model_mark(path)
    if (
        earlier is not None
        and not spec.overwrite
        and not is_same_model(earlier, model_id, checkpoint)
    ):
        what = tr("model {id}", id=earlier.id)
        if earlier.id == model_id:
            what = tr("an earlier training of {model_id}", model_id=model_id)
        raise InputError(
            tr("The images were not predicted."),
            cause=tr(
                "{out_dir} holds results of {what}; mixing the two would "
                "leave no way to tell them apart.",
                out_dir=spec.out_dir,
                what=what,
            ),
            hint=tr("Choose another folder, or allow results to be overwritten."),
        )
    mark = ModelMark.of(model_id, checkpoint)
    write_classes(path, classes, replace(mark, sha256=sha256_of(checkpoint)))


class _Batch:
    def __init__(
        self,
        spec: BatchSpec,
        context: JobContext,
        predictor: "Predictor",
        ledger: Ledger,
    ) -> None:
        self._spec = spec
        self._context = context
        self._predictor = predictor
        self._ledger = ledger
        self._classes = predictor.built.classes
        self._sure = wants_confidence(spec) and predictor.built.tells_confidence
        self._items = list(spec.items)
        self._states = bytearray(len(spec.items))
        self._errors: dict[int, str] = {}
        self._finished = 0
        self._at_work: set[int] = set()
        self._is_dirty = False
        self._written_s = monotonic()
        self._way = made_by(spec, self._classes)
        write_record(spec, self._way)
        maker = ItemMaker(spec, predictor, self._way, ledger.scratch)
        self._work = ItemWork(spec, maker, ledger, self._way)
        self._needs = Needs(spec, predictor)

    # -------------------------------------------------------------- the course

    def run(self) -> None:
        spec = self._spec
        items: Iterable[Arrived | None] = map(Arrived, count(), spec.items)
        if spec.watch:
            items = chain(items, Watcher(spec, self._ledger))
        with self._flow() as flow:
            try:
                self._drive(flow, self._in_turn(items))
            except JobCancelledError:
                self._take_all(flow.rest())  # what is predicted is kept
                raise

    def _flow(self) -> Flow:
        if self._spec.ray:
            from segdesk.engine.batch.ray import RayFlow

            return RayFlow(self._spec, self._work, self._way)
        return flow_of(self._predictor, self._work, self._context.check)

    def _in_turn(self, items: Iterable[Arrived | None]) -> Iterator[Arrived | None]:
        """Give items; one that changed while it is at work waits until that is over."""
        for given in items:
            while given is not None and given.index in self._at_work:
                yield None
            yield given

    def _drive(self, flow: Flow, items: Iterator[Arrived | None]) -> None:
        """Hand out images while there is room, and take what became of others."""
        waiting: Task | None = None
        more = True
        while more or waiting or flow.busy:
            self._context.check()
            idle = True
            if not self._context.stop.is_paused():
                if waiting is None and more:
                    given = next(items, _END)
                    more = not isinstance(given, _End)
                    if isinstance(given, Arrived):
                        waiting = self._task(given)
                        idle = False
                if waiting is not None and flow.fits(waiting):
                    self._at_work.add(waiting.index)
                    flow.submit(waiting)
                    waiting = None
                    idle = False
            self._take_all(flow.said(_WAIT_S if idle else 0))
            if idle and self._spec.watch and not flow.busy:
                self._write_now_and_then()

    def _write_now_and_then(self) -> None:
        """Bring the tables up to date while nothing arrives."""
        now_s = monotonic()
        if self._is_dirty and now_s - self._written_s > _TABLES_S:
            self.write_tables()
            self._written_s = now_s
            self._is_dirty = False

    def _task(self, given: Arrived) -> Task | None:
        """Return what is to be done for an item; None: it is done already."""
        index, item = given.index, given.item
        if index == len(self._items):
            self._items.append(item)
            self._states.append(_STOPPED)
        elif self._states[index] != _STOPPED:  # it arrived anew
            self._states[index] = _STOPPED
            self._finished -= 1
        task = Task(index, item, self._ledger.get(item.name))
        entry = self._work.settled(task)
        if entry is not None:
            self._take(Finished(task, entry, skipped=True))
            return None
        return replace(task, need_bytes=self._needs.of(item.source))

    def _take_all(self, said: Iterable[Started | Finished]) -> None:
        for word in said:
            if isinstance(word, Started):
                task = word.task
                arrived = task.index >= len(self._spec.items)
                source = task.item.source if arrived else None
                self._context.report(ItemStarted(task.index, source))
            else:
                self._at_work.discard(word.task.index)
                self._take(word)

    def _take(self, word: Finished) -> None:
        if isinstance(word.error, JobCancelledError):
            return
        index, item = word.task.index, word.task.item
        if word.entry is None:
            assert word.error is not None  # noqa: S101 - one of the two is there
            self._fail(index, item, word.error)
        else:
            kind = _REMADE if word.remade else _DONE
            self._states[index] = _SKIPPED if word.skipped else kind
            for note in word.notes:
                self._context.report(LogLine(f"{item.source.name}: {note}"))
            self._context.report(self._done(word, word.entry))
        self._finished += 1
        self._is_dirty = True
        total = len(self._states)
        self._context.report(
            Progress(self._finished, total, "images", item.source.name)
        )

    def _done(self, word: Finished, entry: Entry) -> ItemDone:
        item, out_dir = word.task.item, self._spec.out_dir
        return ItemDone(
            index=word.task.index,
            source=item.source,
            outputs=tuple(
                output_path(out_dir, kind, item.name) for kind in self._spec.save
            ),
            size=entry.size,
            seconds=0.0 if word.skipped else entry.seconds,
            shares=entry.shares,
            mean_confidence=entry.mean_confidence,
            confidences=entry.confidences,
            skipped=word.skipped,
            remade=word.remade,
        )

    def _fail(self, index: int, item: BatchItem, error: BaseException) -> None:
        if not isinstance(error, (SegDeskError, *RAISED)):
            raise error
        told = told_of_item(
            error,
            tr("{name} was not predicted.", name=item.source.name),
            tr("Open it in the window to see whether it can be predicted alone."),
        )
        self._states[index] = _FAILED
        self._errors[index] = str(told)
        self._context.report(
            ItemFailed(
                index=index,
                source=item.source,
                message=told.message,
                cause=told.cause,
                hint=told.hint,
            )
        )

    # -------------------------------------------------------------- the end

    def write_tables(self) -> None:
        """Write the summary, the totals and the files of the whole batch."""
        out_dir, scratch = self._spec.out_dir, self._ledger.scratch
        totals = Totals(self._classes)
        write_summary(
            out_dir / SUMMARY_FILE,
            self._rows(totals),
            self._classes,
            confidences=self._sure,
            scratch=scratch,
        )
        totals.write(out_dir / TOTALS_FILE, scratch)
        for kind in self._spec.save:
            if kind in BATCH_FILES:
                path = out_dir / BATCH_FILES[kind]
                write_batch_file(
                    kind, path, partial(self._pieces, kind), self._classes, scratch
                )
        if "yolo" in self._spec.save:
            folders = dict.fromkeys(("train", "val"), "images")
            text = yolo.data_yaml(self._classes, folders)
            write_atomic(out_dir / "yolo" / "data.yaml", text.encode(), scratch)

    def _rows(self, totals: Totals) -> Iterator[SummaryRow]:
        for index, item in enumerate(self._items):
            entry = self._entry(index)
            if entry is not None:
                totals.add(entry.size, entry.counts, entry.confidences)
                yield SummaryRow(
                    item.source,
                    *entry.size,
                    status="done",
                    shares=entry.shares,
                    mean_confidence=entry.mean_confidence,
                    confidences=entry.confidences,
                )
            elif self._states[index] == _FAILED:
                error = self._errors[index]
                yield SummaryRow(item.source, status="failed", error=error)
            else:
                yield SummaryRow(item.source)

    def _pieces(self, kind: str) -> Iterator[tuple[Path, bytes]]:
        for index, item in enumerate(self._items):
            entry = self._entry(index)
            piece = self._ledger.piece(entry, kind) if entry else None
            if piece is not None:
                yield item.source, piece

    def _entry(self, index: int) -> Entry | None:
        if self._states[index] not in _THERE:
            return None
        return self._ledger.get(self._items[index].name)

    def result(self) -> BatchDone:
        return BatchDone(
            done=self._states.count(_DONE),
            failed=self._states.count(_FAILED),
            skipped=self._states.count(_SKIPPED),
            remade=self._states.count(_REMADE),
            summary=self._spec.out_dir / SUMMARY_FILE,
        )

    def kept(self) -> str:
        there = sum(map(self._states.count, _THERE))
        return tr(
            "{there:,} of {states:,} images are predicted; {out_dir} lists them.",
            there=there,
            states=len(self._states),
            out_dir=self._spec.out_dir / SUMMARY_FILE,
        )
