"""Putting the program together: state, journeys, workers, window."""

import logging
import shutil
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from segdesk import __version__
from segdesk.app.annotate.label_tints import LabelTints
from segdesk.app.batch.forms import FormFacts
from segdesk.app.catalog import all_commands
from segdesk.app.context import AppContext
from segdesk.app.desk import Desk
from segdesk.app.files.dropped import open_dropped, tell_masks
from segdesk.app.files.opening import Opening
from segdesk.app.files.order import FileOrdering
from segdesk.app.files.recent import RecentPlaces
from segdesk.app.files.thumbnails import Thumbnails
from segdesk.app.job_center import JobCenter
from segdesk.app.keys.keymap import Keymap
from segdesk.app.leaving import may_leave
from segdesk.app.models.export import ModelExporting
from segdesk.app.models.shelf import ModelShelf
from segdesk.app.models.tuning import ModelTuning
from segdesk.app.notices import Notices
from segdesk.app.proposals.explaining import Explaining
from segdesk.app.proposals.predicting import Predicting
from segdesk.app.proposals.preparing import Preparing
from segdesk.app.session import Session
from segdesk.app.tour import Tour
from segdesk.core.errors import SegDeskError
from segdesk.core.language import tr
from segdesk.core.paths import (
    LOG_NAME,
    models_dir,
    resource_path,
    user_config_dir,
    user_log_dir,
)
from segdesk.gui import crash
from segdesk.gui.annotation_parts import AnnotationParts, Workers
from segdesk.gui.batch_parts import BatchParts
from segdesk.gui.delayed import Delayed
from segdesk.gui.dialogs_port import Dialogs
from segdesk.gui.dock_frame import Dock
from segdesk.gui.dock_list import make_docks
from segdesk.gui.evaluation_parts import EvaluationParts
from segdesk.gui.faults import FaultWatch
from segdesk.gui.file_taking import FileTaking
from segdesk.gui.first_window import first_window
from segdesk.gui.idle_work import IdleWork
from segdesk.gui.picture_first import PictureFirst
from segdesk.gui.prompt_parts import PromptParts
from segdesk.gui.review_parts import ReviewParts
from segdesk.gui.run_parts import RunParts
from segdesk.gui.safe_start import StartWatch, offered, tell_safe
from segdesk.gui.scribble_parts import ScribbleParts
from segdesk.gui.settings_parts import SettingsParts
from segdesk.gui.start_settings import (
    StartSettings,
    prepare_environment,
    read_settings,
)
from segdesk.gui.starting import settle, settle_pages
from segdesk.gui.tour_card import TourCard
from segdesk.gui.training_parts import TrainingParts
from segdesk.gui.video_parts import VideoParts
from segdesk.gui.viewer.viewer import Viewer
from segdesk.gui.warm_up import WarmUp
from segdesk.gui.workers.engine import Engine
from segdesk.gui.workers.executor import Executor
from segdesk.gui.workers.timers import Timers
from segdesk.jobs.arrays import make_scratch_dir
from segdesk.jobs.process import EngineProcess
from segdesk.library.model_library import ModelLibrary

log = logging.getLogger(__name__)

_SAVE_DELAY_MS = 500
_WARM_DELAY_MS = 2000  # the first image is on screen by then
_LOG_BYTES = 1_000_000


class Desktop:
    """The running program: one window and what stands behind it.

    Parameters
    ----------
    engine_command
        What starts the engine; None: SegDesk's own.
    start
        Settings that were read already; None: read them.
    """

    def __init__(
        self,
        engine_command: Sequence[str] | None = None,
        start: StartSettings | None = None,
    ) -> None:
        self.settings, problem = start or read_settings()
        recent = RecentPlaces(user_config_dir() / "recent.json")
        recent.load()
        session, notices, jobs = Session(), Notices(), JobCenter()
        desk = Desk(session, self.settings, notices, jobs)
        self._scratch_dir = make_scratch_dir()
        self._reader, self._painter, self._saver = (
            Executor("read", 2),
            Executor("thumbnails", 1, yields=True),
            Executor("save", 1),
        )
        self.engine = Engine(EngineProcess(engine_command))
        self._workers = Workers(
            Executor("annotations", 1), Executor("tools", 1), Timers(), self.engine
        )

        preferences = self.settings.preferences
        self.window = first_window(self.settings)
        commands = all_commands()
        keymap = Keymap(commands, preferences.keys, preferences.keymap)
        viewer = Viewer(session, commands)
        dialogs = Dialogs(self.window)
        predicting = Predicting(desk, self.engine, self._reader, self._scratch_dir)
        parts = self._parts = AnnotationParts(desk, self._workers)
        parts.follow(predicting, self.engine, self._reader)
        parts.accepting.mapping.dialogs = dialogs
        library = ModelLibrary(models_dir(), resource_path("models"))
        self._evaluation = EvaluationParts(desk, self.engine, library, parts)
        shelf = ModelShelf(
            desk, library, self.engine, self._reader, predicting, dialogs
        )
        self._training = TrainingParts(
            desk, self.engine, self._reader, self._scratch_dir, engine_command
        )
        self._training.connect(library, shelf, predicting)
        self._run_parts = RunParts(desk, self._training.training)
        facts = FormFacts(
            library=library, shelf=shelf, predicting=predicting, projects=parts.projects
        )
        self._batch = BatchParts(desk, self.engine, parts, facts, engine_command)
        self._video = VideoParts(
            desk, self.engine, predicting, self._batch.showing, engine_command
        )
        self._scribbles = ScribbleParts(
            desk, self._workers, parts, self._scratch_dir, engine_command
        )
        self._prompts = PromptParts(
            desk, self._reader, parts.annotating, self._scratch_dir, engine_command
        )
        self._review = ReviewParts(desk, self._batch.runner, parts, predicting, library)
        exporting = ModelExporting(desk, self._batch.runner, predicting)
        self.context = AppContext(
            session=session,
            settings=self.settings,
            keymap=keymap,
            notices=notices,
            jobs=jobs,
            commands=commands,
            opening=Opening(desk, self._reader, Thumbnails(self._painter), recent),
            predicting=predicting,
            preparing=Preparing(
                desk, self.engine, self._reader, predicting, parts.projects
            ),
            prompting=self._prompts.prompting,
            explaining=Explaining(desk, self.engine, self._reader, predicting),
            shelf=shelf,
            model_export=exporting,
            model_tuning=ModelTuning(desk, self.engine, self._reader, predicting),
            projects=parts.projects,
            annotations=parts.annotations,
            annotating=parts.annotating,
            shapes=parts.shapes,
            accepting=parts.accepting,
            autosave=parts.autosave,
            class_editing=parts.classes,
            class_remapping=parts.remapping,
            deeds=parts.deeds,
            importing=parts.importing,
            exporting=parts.exporting,
            refining=parts.refining,
            evaluating=self._evaluation.evaluating,
            label_shares=parts.shares,
            proposal_facts=parts.proposal_facts,
            training=self._training.training,
            training_forms=self._training.forms,
            runs=self._run_parts.runs,
            batches=self._batch.batches,
            batch_forms=self._batch.forms,
            batch_showing=self._batch.showing,
            batch_drafting=self._batch.drafting,
            videos=self._video.videos,
            video_export=self._video.exporting,
            video_recording=self._video.recording,
            live_sources=self._video.sources,
            video_annotating=self._video.annotating,
            scribbling=self._scribbles.journeys,
            review=self._review.review,
            tour=Tour(
                session,
                parts.deeds,
                parts.accepting,
                self._training.training,
                exporting,
            ),
            window=self.window,
            viewer=viewer,
            dialogs=dialogs,
        )
        self._attach()
        self._tints = LabelTints(
            self.context.opening.thumbnails, parts.projects, session, parts.autosave
        )
        self._preferring = SettingsParts(self.context, self._tints, self._saver)
        self._ordering = FileOrdering(
            desk, self._reader, self.context.opening, parts.projects
        )
        viewer.attach(parts.annotating, self.settings, keymap)
        self.window.assemble(self.context, viewer, make_docks(self.context))
        self._watch(viewer, problem)

    def _attach(self) -> None:
        self._evaluation.attach(self.context)
        self._batch.attach(self.context)
        self._video.attach(self.context)
        self._review.attach(self.context)
        self._scribbles.attach(self.context)
        self._prompts.attach(self.context)
        self.context.commands.bind(self.context)

    def _watch(self, viewer: Viewer, problem: SegDeskError | None) -> None:
        if problem is not None:
            self.context.notices.error(problem)
        host = self.window.dock_host
        self._review.show(self.context, host, viewer.canvas)
        WarmUp(host)
        TourCard(self.context, self.window, viewer)
        docks, centre = host.findChildren(Dock), self.window.centre
        still = (viewer, centre.strip, centre.tool_bar, centre.review_bar)
        first = PictureFirst(self.context.session, host, viewer.canvas, docks, still)
        parts = self._parts
        first.follow(parts.annotations.opened, parts.projects.items_changed)
        first.follow(self.context.session.classes_changed)
        self.window.may_close = lambda: may_leave(self.context)
        self._idle = IdleWork(self.window)
        self._idle.add(self.window.work_pages.preparing)
        self._idle.add(settle_pages)
        self.context.commands.ran.connect(self._idle.wait)
        self.context.session.image_changed.connect(self._idle.wait)
        viewer.files_dropped.connect(self._on_viewer_files_dropped)
        self._parts.annotating.class_wanted.connect(self._on_class_wanted)
        self._parts.projects.opened.connect(lambda _: tell_masks(self.context))
        warm_up = self.context.importing.warm_up
        self._warm_soon = Delayed(_WARM_DELAY_MS, warm_up)
        self._parts.projects.opened.connect(lambda _: self._warm_soon.start())
        self._save_soon = Delayed(_SAVE_DELAY_MS, self._save_recent)
        self.context.opening.recent.noted.connect(self._save_soon.start)

    def start(self, paths: Sequence[Path] = ()) -> None:
        """Do what may come after the window is on screen."""
        self.context.shelf.take_up()
        self._parts.start()
        self._preferring.start()
        paths = paths or self._last_places()
        if self.settings.is_passing:
            tell_safe(self.context)
        else:
            self._take_up()
        if paths:
            self.open(paths)

    def open(self, paths: Sequence[Path]) -> None:
        """Open images, folders or a video, and show the canvas."""
        self.context.window.show_viewer()
        self.context.opening.open_paths(paths)

    def _take_up(self) -> None:
        """Bring up the engine, and what waited when the last sitting ended."""
        if self.settings.preferences.engine_at_start:
            self.context.predicting.check_machine()
        self._training.training.take_up()

    def _last_places(self) -> Sequence[Path]:
        places = self.context.opening.recent.places
        if not self.settings.preferences.open_last or not places:
            return ()
        last = Path(places[0].path)
        return (last,) if last.exists() else ()

    def close(self) -> None:
        """Save what is to be kept, end all workers and the engine."""
        self.window.may_close = lambda: True
        self.context.training.close()
        self._idle.stop()
        self._warm_soon.cancel()
        self._save_soon.cancel()
        self._save_recent()
        self._preferring.close()
        self._parts.close()
        self._saver.finish()
        self._workers.finish()
        self._reader.close()
        self._painter.close()
        self._evaluation.close()
        self._training.close()
        self._run_parts.close()
        self._batch.close()
        self._review.close()
        self._video.close()
        self._scribbles.close()
        self._prompts.close()
        self.engine.close()
        self.context.predicting.kept.close()
        shutil.rmtree(self._scratch_dir, ignore_errors=True)

    def _on_viewer_files_dropped(self, paths: Sequence[Path]) -> None:
        open_dropped(self.context, paths)

    def _on_class_wanted(self) -> None:
        self.context.notices.remark(tr("Name the first class, then paint with it"))
        self.context.commands.run("class.add")

    def _save_recent(self) -> None:
        told = self.context.notices.error
        recent = self.context.opening.recent
        self._saver.submit(recent.writer(), lambda _: None, told)


def make_application() -> QApplication:
    """Return the one QApplication, with the program's name on it."""
    running = QCoreApplication.instance()
    if isinstance(running, QApplication):
        return running
    QCoreApplication.setApplicationName("SegDesk")
    QCoreApplication.setApplicationVersion(__version__)
    QCoreApplication.setOrganizationName("SegDesk")
    return QApplication(sys.argv[:1])


def start_log() -> Path:
    """Write the log into a file of the user's log folder; returns its path."""
    folder = user_log_dir()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOG_NAME
    handler = RotatingFileHandler(
        path, maxBytes=_LOG_BYTES, backupCount=3, encoding="utf-8", delay=True
    )
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    logging.getLogger("segdesk").addHandler(handler)
    logging.getLogger("segdesk").setLevel(logging.INFO)
    return path


def main(paths: Sequence[Path] = (), *, is_safe: bool = False) -> int:
    """Run the window until it is closed.

    Parameters
    ----------
    paths
        Images and folders to open.
    is_safe
        Begin with the defaults, without layout, model and engine of the last sitting.

    Returns
    -------
    int
        Exit code of the process.
    """
    start = read_settings(is_safe=is_safe)
    prepare_environment(start)
    application = make_application()
    faults = FaultWatch(start_log().parent)
    watch = StartWatch(user_config_dir())
    desktop = Desktop(start=offered(start, watch, faults.found))
    crash.install(desktop.context, faults)
    if told := faults.notice(desktop.context.dialogs.reveal):
        desktop.context.notices.post(told)
    desktop.window.show()
    taking = FileTaking(desktop.window, desktop.open)
    QTimer.singleShot(0, lambda: desktop.start(paths))
    QTimer.singleShot(0, taking.start)
    QTimer.singleShot(0, watch.settle_soon)
    QTimer.singleShot(0, settle)
    try:
        return application.exec()
    finally:
        watch.settle()
        taking.close()
        desktop.close()
        faults.close()
