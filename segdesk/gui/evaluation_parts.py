"""Putting the journey of evaluation together."""

from typing import TYPE_CHECKING

from segdesk.app.evaluation.calibrating import Calibrating
from segdesk.app.evaluation.deeds import EvaluationDeeds
from segdesk.app.evaluation.evaluating import Evaluating
from segdesk.core.paths import user_cache_dir
from segdesk.gui.workers.executor import Executor

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.desk import Desk
    from segdesk.app.ports import EnginePort
    from segdesk.gui.annotation_parts import AnnotationParts
    from segdesk.library.model_library import ModelLibrary


class EvaluationParts:
    """The journey of evaluation with its worker, made for one desk.

    Attributes
    ----------
    evaluating
        The journey.
    """

    def __init__(
        self,
        desk: "Desk",
        engine: "EnginePort",
        library: "ModelLibrary",
        parts: "AnnotationParts",
    ) -> None:
        self._executor = Executor("evaluation", 1)
        folder = user_cache_dir() / "evaluations"
        self.evaluating = Evaluating(desk, engine, self._executor, library, folder)
        self._deeds = EvaluationDeeds(
            desk, self._executor, parts.annotations, parts.annotating, parts.projects
        )
        self.evaluating.attach(parts.projects, parts.autosave, self._deeds)
        self._calibrating = Calibrating(
            desk, engine, self._executor, library, self.evaluating
        )
        self.evaluating.calibrating = self._calibrating

    def attach(self, context: "AppContext") -> None:
        """Tell where images are opened and shown."""
        self._deeds.attach(context.opening, context.window, context.viewer)
        self._calibrating.attach(context.shelf, context.projects, context.predicting)

    def close(self) -> None:
        """Drop what waits to be read."""
        self._executor.close()
