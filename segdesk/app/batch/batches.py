"""The journey of batches: many images predicted into a folder, row by row."""

from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from segdesk.app.batch.again import Means, plan_again
from segdesk.app.batch.choice import BatchMemory
from segdesk.app.batch.labels import labels_over
from segdesk.app.batch.plan import BatchPlan
from segdesk.app.batch.rows import BatchRows, ItemEvent, RowFilter
from segdesk.app.batch.run import BatchRun, BatchStatus, run_of
from segdesk.app.batch.words import told_done, told_stopped
from segdesk.app.desk import Desk
from segdesk.app.files.thumbnails import Thumbnails
from segdesk.app.notices import Level, Verb
from segdesk.app.ports import ExecutorPort, TimerPort, TrainerPort, TrainHandle
from segdesk.app.signal import Signal
from segdesk.core.classes import ClassList
from segdesk.core.language import tr
from segdesk.jobs.events import (
    BatchDone,
    Failed,
    ItemDone,
    ItemFailed,
    ItemStarted,
    LogLine,
    Noted,
    Progress,
    Report,
    Succeeded,
    Terminal,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segdesk.app.batch.preview import BatchPreview

ICON = "stack"
_FLUSH_S = 0.12
_AT_ONCE = 400  # events of one turn: some milliseconds
_LEAST_FOR_COST = 3


class Batches:
    """Runs one batch at a time, each in an engine process of its own.

    What the engine says is taken in several times a second, however fast it comes.

    Parameters
    ----------
    runner
        Starts the engine process, lets it wait and go on.
    executor
        Reads and writes tables.
    timer
        Waits between two looks at what was said.

    Attributes
    ----------
    changed
        Fires when another batch is shown, or its status is another.
    advanced
        Fires with the indices of images of which something else is known.
    ended
        Fires with a batch that came to its end, also when it was stopped.
    shown
        The batch on the page; None: there is none.
    chosen
        Indices of the images that are chosen on the page.
    listed
        Returns the indices of those that the page lists.
    thumbnails
        Makes small pictures of the images, with what was predicted over them.
    means
        With what a batch that was read from its folder can go on; None: it cannot.
    """

    def __init__(
        self,
        desk: Desk,
        runner: TrainerPort,
        executor: ExecutorPort,
        timer: TimerPort,
        memory: BatchMemory,
        thumbnails: Thumbnails,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.advanced: Signal[tuple[int, ...]] = Signal()
        self.ended: Signal[BatchRun] = Signal()
        self.shown: BatchRun | None = None
        self.listed: Callable[[], Sequence[int]] = lambda: ()
        self.chosen: tuple[int, ...] = ()
        self.memory = memory
        self.thumbnails = thumbnails
        thumbnails.labels_of = lambda path: labels_over(self.shown, path)
        self.means: Means | None = None
        self.device_id: Callable[[], str] = lambda: "cpu"
        self.show_page: Callable[[], None] = lambda: None
        self.is_in_sight: Callable[[], bool] = lambda: False
        self.reveal: Callable[[Path], None] = lambda _path: None
        self._jobs = desk.jobs
        self._notices = desk.notices
        self._runner = runner
        self._executor = executor
        self._timer = timer
        self._handle: TrainHandle | None = None
        self._said: deque[Report] = deque()
        self._is_waiting = False
        self._terminal: Terminal | None = None
        self._asks_classes = False

    # ------------------------------------------------------------ what is so

    @property
    def live(self) -> BatchRun | None:
        """The batch at work."""
        return self.shown if self.shown and self.shown.is_live else None

    def why_busy(self) -> str:
        """Return why no other batch can be started or opened now, or ""."""
        live = self.live
        return "" if live is None else tr("The batch {name} is at work", name=live.name)

    def why_not_resumed(self) -> str | None:
        """Return why the batch cannot go on, or None when it can."""
        run = self.shown
        if run is None:
            return tr("There is no batch")
        if run.status is BatchStatus.PAUSED:
            return None
        if run.is_live:
            return tr("It is at work")
        if run.plan is None and (run.record is None or self.means is None):
            return tr("Nothing tells how it was made: predict the folder again")
        counts = run.rows.counts()
        if run.watches or counts[RowFilter.WAITING] or counts[RowFilter.FAILED]:
            return None
        return tr("Every image is done")

    # ------------------------------------------------------------ what to do

    def start(self, plan: BatchPlan) -> None:
        """Start a batch; its rows are made on a worker."""
        if self.live is not None:
            self._notices.remark(self.why_busy())
            return
        items = plan.spec.items
        self._executor.submit(
            lambda: BatchRows(items),
            lambda rows: self._begin(run_of(plan, rows)),
            self._notices.error,
        )

    def toggle_pause(self) -> None:
        """Let the batch wait after the images at work, or go on."""
        run, handle = self.live, self._handle
        if run is None or handle is None:
            return
        if run.status is BatchStatus.RUNNING:
            handle.pause()
            self._note_pace(run)
            self._set_status(run, BatchStatus.PAUSED)
        elif run.status is BatchStatus.PAUSED:
            self._note_pace(run)
            handle.go_on()
            self._set_status(run, BatchStatus.RUNNING)

    def cancel(self) -> None:
        """Stop the batch; what is predicted by then is kept."""
        if self.live is not None and self.live.job is not None:
            self._jobs.cancel(self.live.job)

    def resume(self) -> None:
        """Go on with what is not done; what failed is tried again."""
        run = self.shown
        if run is None or self.why_not_resumed() is not None:
            return
        if run.status is BatchStatus.PAUSED:
            self.toggle_pause()
            return
        plan, means = run.plan, self.means
        if plan is not None:
            # Done ones are skipped, also where they replaced others at first.
            spec = msgspec.structs.replace(
                plan.spec, overwrite=False, items=run.rows.items()
            )
            self._go_on(run, replace(plan, spec=spec))
        elif means is not None:
            self._executor.submit(
                lambda: plan_again(run, means),
                lambda plan: self._go_on(run, plan),
                self._notices.error,
            )

    def _go_on(self, run: BatchRun, plan: BatchPlan) -> None:
        if run is self.shown and self.live is None:
            run.rows.retry()
            self._begin(run_of(plan, run.rows, run.classes))

    def open_results(self, folder: Path) -> None:
        """Show a batch that was written to a folder earlier."""
        from segdesk.app.batch.reading import read_batch

        if why := self.why_busy():
            self._notices.remark(why)
            return
        self._executor.submit(
            lambda: read_batch(folder), self._show, self._notices.error
        )

    def export_csv(self, path: Path, indices: "Sequence[int]") -> None:
        """Write some rows as a table."""
        from segdesk.app.batch.reading import write_rows

        run = self.shown
        if run is None:
            return
        classes = run.classes

        def write() -> None:
            write_rows(path, [run.rows.row(index) for index in indices], classes)

        self._executor.submit(
            write,
            lambda _: self._notices.toast(
                tr(
                    "Wrote {indices:,} rows to {name}",
                    indices=len(indices),
                    name=path.name,
                )
            ),
            self._notices.error,
        )

    def read_preview(
        self, index: int, size_px: int, then: "Callable[[BatchPreview], object]"
    ) -> None:
        """Read a small picture of an image and of what was written, then call."""
        from segdesk.app.batch.preview import read_preview

        run = self.shown
        if run is None:
            return
        row, out_dir, kinds = run.rows.row(index), run.out_dir, run.kinds

        def read() -> "BatchPreview":
            return read_preview(out_dir, row, kinds, size_px)

        self._executor.submit(read, then, self._notices.error)

    # ------------------------------------------------------------ at work

    def _show(self, run: BatchRun) -> None:
        if self.live is not None:
            return
        self.shown = run
        self.changed.emit()
        self.show_page()

    def _begin(self, run: BatchRun) -> None:
        plan = run.plan
        if plan is None or self.live is not None:
            return
        self._said.clear()
        self._terminal = None
        run.job = self._jobs.open(
            tr("Batch {name}", name=run.name), ICON, self._on_stop_asked
        )
        total = len(run.rows)
        self._jobs.report(run.job, Progress(run.done_before, total, "images"))
        run.pace.note(self._jobs.now_s(), run.rows.worked)
        self._asks_classes = False
        self.shown = run
        self._handle = self._runner.train(
            plan.spec,
            lambda event: self._on_said(run, event),
            lambda terminal: self._on_ended(run, terminal),
        )
        self.changed.emit()
        self._timer.after(0.0, self.show_page)  # a turn of its own

    def _on_stop_asked(self) -> None:
        run = self.live
        if run is not None and self._handle is not None:
            self._handle.stop()
            self._set_status(run, BatchStatus.STOPPING)

    def _set_status(self, run: BatchRun, status: BatchStatus) -> None:
        run.status = status
        self.changed.emit()

    def _on_said(self, run: BatchRun, event: Report) -> None:
        if run is self.shown:
            self._said.append(event)
            self._flush_soon(run, _FLUSH_S)

    def _on_ended(self, run: BatchRun, terminal: Terminal) -> None:
        self._terminal = terminal
        self._flush_soon(run, 0.0)

    def _flush_soon(self, run: BatchRun, seconds: float) -> None:
        if not self._is_waiting:
            self._is_waiting = True
            self._timer.after(seconds, lambda: self._flush(run))

    def _flush(self, run: BatchRun) -> None:
        """Take in what was said since, a bounded part of it."""
        self._is_waiting = False
        events: list[ItemEvent] = []
        for _ in range(min(_AT_ONCE, len(self._said))):
            event = self._said.popleft()
            if isinstance(event, ItemStarted | ItemDone | ItemFailed):
                events.append(event)
            elif isinstance(event, LogLine | Noted) and run.job is not None:
                self._jobs.report(run.job, event)
        if events:
            run.rows.take(*events)
            if run.classes is None:
                self._find_classes(run)
            self._tell(run, tuple(dict.fromkeys(event.index for event in events)))
        if self._said:
            self._flush_soon(run, 0.0)
        elif self._terminal is not None:
            self._end(run, self._terminal)

    def _tell(self, run: BatchRun, changed: tuple[int, ...]) -> None:
        self._note_pace(run)
        if run.job is not None:
            done, total = run.rows.finished, len(run.rows)
            self._jobs.report(run.job, Progress(done, total, "images"))
        self.advanced.emit(changed)

    def _note_pace(self, run: BatchRun) -> None:
        paused = run.status is BatchStatus.PAUSED
        run.pace.note(self._jobs.now_s(), run.rows.worked, waits=paused)

    def _find_classes(self, run: BatchRun) -> None:
        """Read the classes that the engine wrote beside the results."""
        from segdesk.app.batch.reading import read_batch_classes

        if self._asks_classes:
            return
        self._asks_classes = True

        def found(classes: ClassList) -> None:
            run.classes = classes
            self.changed.emit()

        self._executor.submit(
            lambda: read_batch_classes(run.out_dir), found, self._notices.error
        )

    # ------------------------------------------------------------ the end

    def _end(self, run: BatchRun, terminal: Terminal) -> None:
        self._handle = self._terminal = None
        self._note_pace(run)
        run.rows.rest()
        if run.job is not None:
            self._jobs.close(run.job, terminal)
        match terminal:
            case Succeeded(BatchDone()):
                run.status = BatchStatus.DONE
                self._tell_done(run)
            case Failed():
                run.status, run.failure = BatchStatus.FAILED, terminal
                self._notices.error(terminal, (Verb(tr("Go on"), self.resume),))
            case _:
                run.status = BatchStatus.STOPPED
                self._notices.remark(told_stopped(run))
        self._keep_cost(run)
        self.changed.emit()
        self.advanced.emit(())
        self.ended.emit(run)

    def _tell_done(self, run: BatchRun) -> None:
        told = told_done(run, self.show_page, self.reveal)
        if self.is_in_sight() and told.level is Level.DONE:
            self._notices.toast(told.message.rstrip("."))
        else:
            self._notices.post(told)

    def _keep_cost(self, run: BatchRun) -> None:
        worked, pixels = run.rows.worked - run.worked_before, run.rows.pixels
        plain = run.plan is not None and run.plan.spec.tta is None
        if not plain or worked < _LEAST_FOR_COST or not pixels:
            return
        each_px = pixels / run.rows.worked
        seconds = run.pace.worked_s / (worked * each_px) * 1e6
        self.memory.keep_cost(self.device_id(), run.model_id, seconds)
        self._executor.submit(
            self.memory.writer(), lambda _none: None, self._notices.error
        )
