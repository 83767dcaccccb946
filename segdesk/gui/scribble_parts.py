"""Putting the journeys of scribbles together."""

from typing import TYPE_CHECKING

from segdesk.app.scribble.applying import ScribbleApplying
from segdesk.app.scribble.book import ScribbleBook
from segdesk.app.scribble.deep import DeepSight
from segdesk.app.scribble.desk import Scribbling
from segdesk.app.scribble.live import LiveDoors, LiveScribbles
from segdesk.gui.workers.engine import Engine
from segdesk.gui.workers.timers import Timers
from segdesk.jobs.process import EngineProcess

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segdesk.app.context import AppContext
    from segdesk.app.desk import Desk
    from segdesk.gui.annotation_parts import AnnotationParts, Workers

# Threads of our own share the work; those of the library would wait for each other
# while other programs have the processor.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class ScribbleParts:
    """The journeys of scribbles with an engine of their own, made for one desk.

    Parameters
    ----------
    scratch_dir
        Folder through which the engine hands arrays over.
    command
        What starts an engine process; None: SegDesk's own.

    Attributes
    ----------
    journeys
        What there is of scribbles.
    """

    def __init__(
        self,
        desk: "Desk",
        workers: "Workers",
        parts: "AnnotationParts",
        scratch_dir: "Path",
        command: "Sequence[str] | None" = None,
    ) -> None:
        self._engine = Engine(EngineProcess(command, environment=_ENVIRONMENT))
        self._timers = Timers()
        self._desk, self._predicts, self._scratch_dir = (
            desk,
            workers.engine,
            scratch_dir,
        )
        annotations, annotating = parts.annotations, parts.annotating
        book = ScribbleBook(
            desk, workers.keeper, annotations, annotating, parts.projects
        )
        parts.deeds.scribbles = book
        doors = LiveDoors(self._engine, workers.painter, self._timers, scratch_dir)
        live = LiveScribbles(desk, doors, book, annotating, parts.projects)
        applying = ScribbleApplying(
            desk, doors, book, annotations, annotating, parts.projects
        )
        self.journeys = Scribbling(book, live, applying)

    def attach(self, context: "AppContext") -> None:
        """Show scribbles on the canvas, let drafts be made by them, ask the model."""
        context.viewer.show_scribbles(self.journeys.book)
        self.journeys.applying.drafting = context.batch_drafting
        deep = DeepSight(
            self._desk,
            self._predicts,
            context.predicting,
            context.annotating,
            self._scratch_dir,
        )
        self.journeys.live.look_through(deep)
        self.journeys.live.otherwise = context.predicting.take_up
        # Regions are counted when the pen rests: each result would hold the window.
        context.proposal_facts.waits = lambda: not self.journeys.live.is_settled
        self.journeys.live.settled.connect(context.proposal_facts.count)

    def close(self) -> None:
        """Drop what is under way and end the engine."""
        self.journeys.live.close()
        self._timers.close()
        self._engine.close()
