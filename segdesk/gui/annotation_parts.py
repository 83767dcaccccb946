"""Putting the journeys of annotation together."""

from dataclasses import dataclass

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.deeds import Deeds
from segdesk.app.annotate.label_shares import LabelShares
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.annotate.refining import Refining
from segdesk.app.annotate.shape_list import ShapeList
from segdesk.app.classes.editing import ClassEditing
from segdesk.app.classes.history import ClassHistory
from segdesk.app.classes.indexing import ClassIndexing
from segdesk.app.classes.remapping import ClassRemapping
from segdesk.app.desk import Desk
from segdesk.app.exchange.exporting import Exporting
from segdesk.app.exchange.importing import Importing
from segdesk.app.ports import EnginePort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.proposals.accepting import Accepting
from segdesk.app.proposals.doubting import Doubting
from segdesk.app.proposals.facts import ProposalFacts
from segdesk.app.proposals.predicting import Predicting
from segdesk.app.session import FileList
from segdesk.app.tools.on_demand import ToolsOnDemand, import_tools
from segdesk.gui.workers.executor import Executor
from segdesk.gui.workers.timers import Timers


@dataclass(frozen=True, slots=True)
class Workers:
    """Where the work of annotation is done.

    Parameters
    ----------
    keeper
        One thread: reads and writes annotations, in order.
    painter
        One thread: what tools and proposals ask for.
    engine
        Threads of their own for long jobs.
    """

    keeper: Executor
    painter: Executor
    timers: Timers
    engine: EnginePort

    def finish(self) -> None:
        """Write what waits to be written, drop the rest."""
        self.keeper.finish()
        self.timers.close()
        self.painter.close()


class AnnotationParts:
    """The journeys of annotation, made for one desk.

    Attributes
    ----------
    projects, autosave, annotations, annotating, shapes, accepting
        Files, writing, reading, painting, shapes, proposals.
    classes, remapping, refining, indexing
        What classes are called, which pixels they have, in which files they are.
    class_history, deeds
        Changes of classes; these and the steps of the open annotation, by time.
    importing, exporting
        Annotations of other programs, in and out.
    shares, proposal_facts
        Numbers that panels show.
    doubting
        Entropy and margin, when somebody looks at them.
    """

    def __init__(self, desk: Desk, workers: Workers) -> None:
        keeper, painter = workers.keeper, workers.painter
        self._desk, self._painter = desk, painter
        self.tools = ToolsOnDemand()
        self.projects = ProjectShelf(keeper, desk.notices)
        self.autosave = Autosave(keeper, workers.timers, desk.notices)
        self.annotations = OpenAnnotations(desk, keeper, self.autosave, self.projects)
        self.annotating = Annotating(
            desk, painter, self.annotations, self.autosave, self.projects, self.tools
        )
        self.shapes = ShapeList(self.annotating, self.tools)
        self.accepting = Accepting(
            desk, painter, self.annotations, self.annotating, self.projects
        )
        self.class_history = ClassHistory(self.projects)
        self.classes = ClassEditing(
            desk, self.projects, self.annotations, self.annotating, self.class_history
        )
        self.remapping = ClassRemapping(
            desk,
            workers.engine,
            self.annotations,
            self.autosave,
            self.projects,
            self.class_history,
        )
        self.deeds = Deeds(
            self.annotations,
            self.annotating,
            self.classes,
            self.remapping,
            self.class_history,
            desk.notices,
        )
        self.refining = Refining(desk, painter, self.annotations, self.annotating)
        self.indexing = ClassIndexing(desk, workers.engine, self.projects)
        self.importing = Importing(
            desk, workers.engine, self.annotations, self.autosave, self.projects
        )
        self.exporting = Exporting(
            desk, workers.engine, self.annotations, self.autosave, self.projects
        )
        self.shares = LabelShares(
            self.annotations, self.annotating, painter, workers.timers
        )
        self.proposal_facts = ProposalFacts(desk.session, painter)
        desk.session.files_changed.connect(self._on_files)

    def follow(
        self, predicting: Predicting, engine: EnginePort, reader: Executor
    ) -> None:
        """Know what is predicted: what is kept, and where the model is unsure."""
        self.accepting.kept = predicting.kept
        self.doubting = Doubting(self._desk, engine, reader, predicting)

    def start(self) -> None:
        """Do what may come after the window is on screen."""
        self.annotations.recover()
        self._painter.submit(import_tools, lambda _: None, lambda _error: None)

    def close(self) -> None:
        """Bring everything that is not safe yet on its way to the disk."""
        self.annotations.leave()
        self.autosave.flush_all()
        self.projects.close()

    def _on_files(self, files: FileList) -> None:
        if files.root is not None:
            self.projects.open(files.root)
        elif not files.paths:
            self.projects.close()
