"""Running the model ahead: images have their proposals before they are opened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from segdesk.app.desk import Desk
from segdesk.app.notices import Level, Notice
from segdesk.app.number_question import NumberQuestion
from segdesk.app.ports import EnginePort, ExecutorPort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.proposals.losses import is_loss
from segdesk.app.proposals.predicting import ChosenModel, Predicting
from segdesk.app.proposals.prediction_order import predict_spec
from segdesk.app.proposals.proposals import PackedProposal, take_over
from segdesk.app.session import ProposalView
from segdesk.app.signal import Signal
from segdesk.core.errors import SegDeskError
from segdesk.core.item_status import ItemStatus
from segdesk.core.language import joined, plural, tr
from segdesk.jobs.events import (
    Cancelled,
    Failed,
    LogLine,
    PredictionDone,
    Progress,
    Report,
    Succeeded,
    Terminal,
)
from segdesk.jobs.runner import failed_from

HOW_MANY = NumberQuestion(
    "prepare",
    tr("Prepare"),
    "fast-forward",
    tr("Run the loaded model ahead on the next images that are not done."),
    tr("Images"),
    unit="",
    default=20,
    most=100_000,
)


@dataclass(slots=True)
class _Run:
    """One time of preparing.

    Parameters
    ----------
    job
        Its row in the book of jobs.
    stop
        Stops the image that is predicted.
    failed
        Images that could not be predicted, and why.
    """

    model: ChosenModel
    paths: list[Path]
    job: int = 0
    done: int = 0
    stop: Callable[[], None] = lambda: None
    is_stopped: bool = False
    failed: list[tuple[Path, Failed]] = field(default_factory=list)


class Preparing:
    """Predicts images before they are opened, one after the other, as one job.

    What the user asks for meanwhile is done between two of them. It stops when another
    model is loaded or other files are opened; what is prepared by then is kept.

    Parameters
    ----------
    engine
        Runs the predictions.
    executor
        Packs them off the window's thread.

    Attributes
    ----------
    changed
        Fires when it begins and ends.
    """

    def __init__(
        self,
        desk: Desk,
        engine: EnginePort,
        executor: ExecutorPort,
        predicting: Predicting,
        shelf: ProjectShelf,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self._session = desk.session
        self._settings = desk.settings
        self._notices = desk.notices
        self._jobs = desk.jobs
        self._engine = engine
        self._executor = executor
        self._predicting = predicting
        self._shelf = shelf
        self._run: _Run | None = None
        predicting.changed.connect(self._on_predicting_changed)
        desk.session.files_changed.connect(lambda _: self._on_files_changed())

    @property
    def is_busy(self) -> bool:
        """Whether images are being prepared."""
        return self._run is not None

    @property
    def count(self) -> int:
        """How many images are prepared at a time."""
        return self._settings.preferences.prepare_count

    def set_count(self, count: int) -> None:
        """Prepare another number of images at a time."""
        self._settings.update(prepare_count=count)

    def next_images(self) -> tuple[Path, ...]:
        """Return the images that would be prepared: not done, without a proposal."""
        files, model = self._session.files, self._predicting.model
        if model is None:
            return ()
        found: list[Path] = []
        for path in files.paths[(files.row or 0) + 1 :]:
            if len(found) == self.count:
                break
            key = (path, model.source.id)
            is_known = key in self._predicting.kept or self._session.is_decided(*key)
            if not is_known and not self._is_done(path):
                found.append(path)
        return tuple(found)

    def start(self) -> None:
        """Prepare the next images."""
        model, paths = self._predicting.model, self.next_images()
        if model is None or self._run is not None:
            return
        if not paths:
            self._notices.remark(
                tr("Every image after this one is done or has a proposal")
            )
            return
        self._run = run = _Run(model, list(paths))
        count = plural(len(paths), "1 image", "{n:,} images")
        run.job = self._jobs.open(
            tr("Prepare {count}", count=count), HOW_MANY.icon, self._stop
        )
        self.changed.emit()
        self._go_on(run)

    def _is_done(self, path: Path) -> bool:
        project = self._shelf.project
        item = project.item_of(path) if project else None
        if project is None or item is None:
            return False
        return project.facts(item).status is ItemStatus.DONE

    def _go_on(self, run: _Run) -> None:
        """Predict the next image, unless all are done."""
        if run.is_stopped:
            self._end(run)
            return
        self._pass_over(run)
        if run.done == len(run.paths):
            self._end(run)
            return
        path = self._predicting.ahead = run.paths[run.done]
        total = len(run.paths)
        self._jobs.report(run.job, Progress(run.done, total, "images", path.name))
        spec = predict_spec(
            run.model.source,
            path,
            self._predicting.scratch_dir,
            self._settings.preferences,
            self._session.image_view,
        )

        def report(event: Report) -> None:
            if isinstance(event, LogLine):
                self._jobs.report(run.job, event)

        def ended(terminal: Terminal) -> None:
            self._on_predicted(run, path, terminal)

        run.stop = self._engine.start(spec, report, ended)

    def _pass_over(self, run: _Run) -> None:
        """Leave out what was predicted since, as the user opened it."""
        paths, model = run.paths, run.model.source.id
        image = self._session.image
        while run.done < len(paths) and (
            (paths[run.done], model) in self._predicting.kept
            or self._session.is_decided(paths[run.done], model)
        ):
            run.done += 1
        left = paths[run.done : run.done + 2]
        opened = image.path if image and self._predicting.is_predicting else None
        if len(left) > 1 and left[0] == opened:  # the other one first
            paths[run.done : run.done + 2] = left[::-1]

    def _let_go(self, path: Path) -> None:
        """Let the image that was predicted be shown if it was opened meanwhile."""
        self._predicting.ahead = None
        if not self._predicting.is_predicting and self._session.proposal is None:
            self._predicting.take_up(path)

    def _on_predicted(self, run: _Run, path: Path, terminal: Terminal) -> None:
        match terminal:
            case Succeeded(PredictionDone() as done):
                self._executor.submit(
                    lambda: take_over(done),
                    lambda taken: self._on_taken(run, path, taken),
                    lambda error: self._on_not_taken(run, path, error),
                )
            case Failed() if is_loss(terminal):
                self._predicting.ahead = None
                self._finish(run, terminal)
                self._notices.error(terminal)
            case Failed():
                self._on_failed(run, path, terminal)
            case Cancelled() | Succeeded():
                run.is_stopped = True
                self._let_go(path)
                self._end(run)

    def _on_taken(
        self, run: _Run, path: Path, taken: tuple[ProposalView, PackedProposal]
    ) -> None:
        if self._predicting.model is run.model:
            self._predicting.kept.put(path, taken[1])
        self._let_go(path)
        run.done += 1
        self._go_on(run)

    def _on_not_taken(self, run: _Run, path: Path, error: SegDeskError) -> None:
        self._on_failed(run, path, failed_from(error))

    def _on_failed(self, run: _Run, path: Path, failed: Failed) -> None:
        run.failed.append((path, failed))
        line = joined(" ", filter(None, (failed.message, failed.cause)))
        self._jobs.report(run.job, LogLine(line))
        self._let_go(path)
        run.done += 1
        self._go_on(run)

    def _end(self, run: _Run) -> None:
        made = run.done - len(run.failed)
        if run.is_stopped:
            self._finish(
                run,
                Cancelled(
                    tr(
                        "{made:,} of {paths:,} prepared",
                        made=made,
                        paths=len(run.paths),
                    )
                ),
            )
        elif made == 0:
            self._finish(run, run.failed[0][1])
        else:
            self._finish(run, None)
        if run.failed:
            self._tell_failed(run)

    def _finish(self, run: _Run, terminal: Failed | Cancelled | None) -> None:
        if terminal is None:
            total = len(run.paths)
            self._jobs.report(run.job, Progress(total, total, tr("images")))
            self._jobs.finish(run.job)
        else:
            self._jobs.close(run.job, terminal)
        if self._run is run:
            self._run = None
            self.changed.emit()

    def _tell_failed(self, run: _Run) -> None:
        path, first = run.failed[0]
        count = len(run.failed)
        what = path.name if count == 1 else tr("{count:,} images", count=count)
        self._notices.post(
            Notice(
                Level.WARNING,
                tr("{what} was not prepared.", what=what)
                if count == 1
                else tr("{what} were not prepared.", what=what),
                tr(
                    "{name}: {reason}",
                    name=path.name,
                    reason=first.cause or first.message,
                ),
                first.hint,
                joined(
                    "\n",
                    (
                        tr(
                            "{one}: {message} {cause}",
                            one=one,
                            message=why.message,
                            cause=why.cause,
                        )
                        for one, why in run.failed
                    ),
                ),
            )
        )

    def _stop(self) -> None:
        if self._run is not None:
            self._run.is_stopped = True
            self._run.stop()

    def _on_predicting_changed(self) -> None:
        if self._run is not None and self._predicting.model is not self._run.model:
            self._jobs.cancel(self._run.job)

    def _on_files_changed(self) -> None:
        if self._run is not None:
            paths = self._session.files.paths
            if not paths or self._run.paths[0] not in paths:
                self._jobs.cancel(self._run.job)
