"""Putting the journeys of batches together."""

from typing import TYPE_CHECKING

from segdesk.app.batch.batches import Batches
from segdesk.app.batch.choice import BatchMemory
from segdesk.app.batch.drafting import BatchDrafting
from segdesk.app.batch.forms import BatchForms, FormFacts
from segdesk.app.batch.showing import BatchShowing
from segdesk.app.files.thumbnails import Thumbnails
from segdesk.core.paths import user_cache_dir, user_config_dir
from segdesk.gui.workers.executor import Executor
from segdesk.gui.workers.timers import Timers
from segdesk.gui.workers.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segdesk.app.batch.run import BatchRun
    from segdesk.app.context import AppContext
    from segdesk.app.desk import Desk
    from segdesk.gui.annotation_parts import AnnotationParts
    from segdesk.gui.workers.engine import Engine


class BatchParts:
    """The journeys of batches with their workers, made for one desk.

    Parameters
    ----------
    engine
        Drives the threads of the batch.
    facts
        What a batch can be made of.
    command
        What starts an engine process; None: SegDesk's own.

    Attributes
    ----------
    runner
        Starts engine processes.
    """

    def __init__(
        self,
        desk: "Desk",
        engine: "Engine",
        parts: "AnnotationParts",
        facts: FormFacts,
        command: "Sequence[str] | None" = None,
    ) -> None:
        self._executor = Executor("batch", 2)
        self._painter = Executor("batch pictures", 1)
        self._timers = Timers()
        self.runner = Trainer(engine, command)
        self.batches = Batches(
            desk,
            self.runner,
            self._executor,
            self._timers,
            BatchMemory(user_config_dir() / "batch.json"),
            Thumbnails(self._painter),
        )
        drafts_folder = user_cache_dir() / "batches"
        self.forms = BatchForms(
            desk, self.batches, self._executor, facts, drafts_folder
        )
        self.showing = BatchShowing(
            desk, self._executor, facts.predicting, parts.annotations
        )
        self.drafting = BatchDrafting(
            desk, engine, parts.annotations, parts.autosave, parts.projects
        )
        self.batches.ended.connect(self._on_ended)

    def attach(self, context: "AppContext") -> None:
        """Tell where images, pages and folders are shown."""
        self.showing.attach(context.opening, context.window)
        self.drafting.opening = context.opening
        self.batches.show_page = lambda: context.window.set_layout("batch")
        self.batches.is_in_sight = lambda: context.window.layout_id == "batch"
        self.batches.reveal = context.dialogs.reveal

    def close(self) -> None:
        """Drop what waits to be read."""
        self._timers.close()
        self._executor.finish()
        self._painter.close()

    def _on_ended(self, run: "BatchRun") -> None:
        if run.plan is not None and run.plan.makes_drafts:
            self.drafting.make(run, range(len(run.rows)))
