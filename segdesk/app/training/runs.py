"""The journey of runs: those of this sitting and of the past, one of them in sight."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from segdesk.app.desk import Desk
from segdesk.app.ports import ExecutorPort
from segdesk.app.signal import Signal
from segdesk.app.training.memory_cures import Cure, cured
from segdesk.app.training.run import Run
from segdesk.app.training.run_places import RunPlaces
from segdesk.app.training.run_previews import RunPreviews
from segdesk.app.training.training_run import RunState
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.jobs.events import Report
from segdesk.library.runs import RunRecord, find_runs, read_run

if TYPE_CHECKING:
    from segdesk.app.training.training import Training
    from segdesk.core.classes import ClassList
    from segdesk.core.errors import SegDeskError
    from segdesk.jobs.specs import TrainSpec

T = TypeVar("T")
_KEPT = 200


class Runs:
    """The list of runs, newest first.

    Parameters
    ----------
    training
        Starts, pauses and stops them.
    executor
        Reads run folders.
    painter
        Makes pictures and whatever else the page of runs asks for.

    Attributes
    ----------
    changed
        Fires when the list, a state, the selection or the comparison is another one.
    advanced
        Fires with a run that has said something, five times a second at most.
    previews
        Makes pictures of validation images.
    picture_wanted
        Fires with the file that a picture of the plots shall be written to.
    """

    def __init__(
        self,
        desk: Desk,
        training: "Training",
        executor: ExecutorPort,
        painter: ExecutorPort,
        places: RunPlaces,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.advanced: Signal[Run] = Signal()
        self.picture_wanted: Signal[Path] = Signal()
        self.selected: Run | None = None
        self.compared: Run | None = None
        self.is_reading = False
        self._notices = desk.notices
        self._training = training
        self._executor = executor
        self._places = places
        self._runs: dict[Path, Run] = {}
        self._keys: dict[int, Path] = {}
        self._early: dict[Path, list[Report]] = {}
        self._is_taken_up = False
        self._painter = painter
        self.previews = RunPreviews(painter)
        training.changed.connect(self._on_training_changed)
        training.reported.connect(self._on_training_reported)

    # ------------------------------------------------------------ what is so

    @property
    def all(self) -> tuple[Run, ...]:
        """All runs: those at work, those that wait, then the newest first."""
        return tuple(sorted(self._runs.values(), key=_place))

    def run(self, folder: Path) -> Run | None:
        """Return the run of a folder, if it is known."""
        return self._runs.get(folder)

    @property
    def comparable(self) -> tuple[Run, ...]:
        """The runs that can lie beside the selected one: others with curves."""
        return tuple(
            run for run in self.all if run is not self.selected and run.iteration
        )

    # ------------------------------------------------------------ what to do

    def take_up(self) -> None:
        """Read the runs that are remembered; only the first call does anything."""
        if self._is_taken_up:
            return
        self._is_taken_up = self.is_reading = True
        self._executor.submit(self._places.read, self._on_read, self._on_unread)
        self.changed.emit()

    def select(self, run: Run | None) -> None:
        """Show a run."""
        if run is not self.selected:
            self.selected = run
            if self.compared is run:
                self.compared = None
            self.changed.emit()

    def compare(self, run: Run | None) -> None:
        """Show another run's curves dashed beside the selected one's; None: none."""
        self.compared = run if run is not self.selected else None
        self.changed.emit()

    def open(self, path: Path) -> None:
        """Read a run folder, a work_dir of mmseg, or all runs in a folder."""
        self.is_reading = True
        self.changed.emit()

        def work() -> tuple[RunRecord, ...]:
            found = find_runs(path)
            if not found:
                read_run(path)  # says what a run folder is
            return tuple(read_run(each) for each in found)

        self._executor.submit(work, self._on_opened, self._on_unread)

    def note(self, folder: Path) -> None:
        """List a folder too if it holds a run; one that does not is no error."""

        def work() -> tuple[RunRecord, ...]:
            return (read_run(folder),)

        self._executor.submit(work, self._on_opened, lambda _: None)

    def forget(self, run: Run) -> None:
        """Take a run off the list; its folder stays."""
        if run.is_here:
            raise InputError(
                tr("{title} was not taken off the list.", title=run.title),
                cause=tr("It is at work, or waits to be."),
                hint=tr("Stop it first."),
            )
        self._runs.pop(run.folder, None)
        if run.key is not None:
            self._training.forget(run.key)
        self.selected = None if self.selected is run else self.selected
        self.compared = None if self.compared is run else self.compared
        self._settle()
        self._remember()

    def resume(self, run: Run) -> None:
        """Go on from a run's last checkpoint.

        Raises
        ------
        InputError
            It cannot go on, or another run works in its folder.
        """
        from segdesk.app.training.training_run import resumed

        self._start(resumed(self._own_spec(run)))

    def extend(self, run: Run, max_iters: int) -> None:
        """Make a run longer; its schedule really goes on.

        Raises
        ------
        InputError
            As `resume`, and when it would not be longer.
        """
        from segdesk.app.training.training_run import extended

        self._start(extended(self._own_spec(run), max_iters))

    def toggle_pause(self, run: Run) -> None:
        """Let a run wait after its iteration, or go on."""
        if run.key is not None:
            paused = run.state is RunState.PAUSED
            (self._training.go_on if paused else self._training.pause)(run.key)

    def stop(self, run: Run) -> None:
        """Stop a run; a checkpoint is kept."""
        if run.key is not None:
            self._training.stop(run.key)

    def move(self, run: Run, by: int) -> None:
        """Move a run that waits `by` places towards the end; negative: forward."""
        if run.key is not None:
            self._training.move(run.key, by)

    def let_go(self, run: Run) -> None:
        """Let a run of an earlier sitting's queue begin once its device is free."""
        if run.key is not None:
            self._training.let_go(run.key)

    def cure(self, run: Run, cure: Cure) -> None:
        """Start a run that ran out of memory again, with less.

        Raises
        ------
        InputError
            As `resume`.
        """
        done = run.iteration if run.has_checkpoint else None
        self._start(cured(self._own_spec(run), cure, done, self._runs.keys()))

    def export_csv(self, run: Run, path: Path, done: Callable[[], object]) -> None:
        """Write a run's curves as a table, on a worker."""
        from segdesk.library.run_table import write_curves_csv

        names = run.classes.names if run.classes else ()
        work = partial(write_curves_csv, path, run.curves, names)
        self._executor.submit(work, lambda _: done(), self._notices.error)

    def do(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Do something slow for the page of runs on its worker."""
        self._painter.submit(work, done, self._notices.error)

    # ------------------------------------------------------------ inside

    def _own_spec(self, run: Run) -> "TrainSpec":
        if run.spec is None:
            raise InputError(
                tr("{title} was not resumed.", title=run.title),
                cause=tr(
                    "It was trained by mmseg itself: what was asked is not known."
                ),
                hint=tr("Train from its best checkpoint: Fine-tune from it."),
            )
        return run.spec

    def _start(self, spec: "TrainSpec") -> None:
        run = self._runs.get(spec.work_dir)
        names = run.classes.names if run and run.classes else ()
        self._training.start(spec, names)

    def _on_training_changed(self) -> None:
        is_new = False
        for each in self._training.runs:
            folder = each.spec.work_dir
            if each.is_over and self._keys.get(each.key) is None:
                continue
            run = self._runs.get(folder)
            if run is None:
                run = self._add(Run(folder=folder))
                is_new = True
                if each.spec.resume:
                    self._read_before(run)
            is_new = is_new or each.key not in self._keys
            if run.key is None or run.key <= each.key:
                was_live = run.is_live
                run.follow(each)
                if was_live and each.is_over:
                    self._read_left(run)
            if each.key not in self._keys:
                self._keys[each.key] = folder
                self.selected = run
                self._read_classes(run)
        if is_new:
            self._remember()
        self.changed.emit()

    def _on_training_reported(self, key: int, event: Report) -> None:
        folder = self._keys.get(key)
        run = self._runs.get(folder) if folder else None
        if run is None or folder is None:
            return
        run.take(event)
        if folder in self._early:
            self._early[folder].append(event)
        self.advanced.emit(run)

    def _read_before(self, run: Run) -> None:
        """Read what a run said before it was taken up again in this sitting."""
        self._early[run.folder] = []

        def done(record: RunRecord) -> None:
            key, state, spec = run.key, run.state, run.spec
            run.read(record)
            run.key, run.state, run.spec, run.failure = key, state, spec, None
            run.curves.total = spec.max_iters if spec else run.curves.total
            for event in self._early.pop(run.folder, []):
                run.take(event)
            self.changed.emit()

        self._executor.submit(
            lambda: read_run(run.folder),
            done,
            lambda _: self._early.pop(run.folder, None),
        )

    def _read_left(self, run: Run) -> None:
        """Look which checkpoints a run left that ended now, however it ended."""

        def done(record: RunRecord) -> None:
            if not run.is_live:
                run.find_checkpoints(record)
                self.changed.emit()

        # A run that ended before it made its folder left nothing.
        self._executor.submit(lambda: read_run(run.folder), done, lambda _: None)

    def _read_classes(self, run: Run) -> None:
        """Read what the classes are called, and how many images there are."""
        if run.spec is None:
            return
        data_dir = run.spec.data_dir

        def work() -> "tuple[ClassList, int]":
            from segdesk.formats.training_set import read_training_set

            data = read_training_set(data_dir)
            return data.classes, len(data.splits["train"])

        def done(found: "tuple[ClassList, int]") -> None:
            classes, run.images = found
            run.classes = run.classes or classes
            self.changed.emit()

        # The training itself says what is wrong with its data.
        self._executor.submit(work, done, lambda _: None)

    def _add(self, run: Run) -> Run:
        run.number = max((each.number for each in self._runs.values()), default=0) + 1
        self._runs[run.folder] = run
        return run

    def _on_read(self, records: tuple[RunRecord, ...]) -> None:
        self.is_reading = False
        for record in sorted(records, key=lambda record: record.ended_s):
            if record.folder not in self._runs:
                self._add(Run(folder=record.folder)).read(record)
        self._renumber()
        self._settle()

    def _on_opened(self, records: tuple[RunRecord, ...]) -> None:
        self.is_reading = False
        for record in records:
            run = self._runs.get(record.folder) or self._add(Run(folder=record.folder))
            if not run.is_here:
                run.read(record)
            self.selected = run
        self._settle()
        self._remember()

    def _on_unread(self, error: "SegDeskError") -> None:
        self.is_reading = False
        self._notices.error(error)
        self.changed.emit()

    def _renumber(self) -> None:
        """Count the runs by their age; those of this sitting are the youngest."""
        ages = sorted(self._runs.values(), key=lambda run: (run.key or 0, run.ended_s))
        for number, run in enumerate(ages, 1):
            run.number = number

    def _settle(self) -> None:
        if self.selected is None:
            self.selected = next(iter(self.all), None)
        self.changed.emit()

    def _remember(self) -> None:
        newest = [run.folder for run in self.all[:_KEPT]]
        self._executor.submit(
            partial(self._places.write, newest),
            lambda _none: None,
            self._notices.error,
        )


def _place(run: Run) -> tuple[int, float, int]:
    rank = 0 if run.is_live else 1 if run.state is RunState.QUEUED else 2
    return rank, run.place or -run.ended_s, -run.number
