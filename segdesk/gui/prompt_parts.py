"""Putting the journey of promptable models together."""

from typing import TYPE_CHECKING

from segdesk.app.promptable.prompting import PromptDoors, Prompting
from segdesk.gui.workers.engine import Engine
from segdesk.gui.workers.timers import Timers
from segdesk.jobs.process import EngineProcess
from segdesk.library.promptable_models import PromptableModels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segdesk.app.annotate.annotating import Annotating
    from segdesk.app.context import AppContext
    from segdesk.app.desk import Desk
    from segdesk.gui.workers.executor import Executor


class PromptParts:
    """The journey of promptable models with an engine of its own.

    Parameters
    ----------
    reader
        Looks for models on disk.
    scratch_dir
        Folder through which the engine hands masks over.
    command
        What starts an engine process; None: SegDesk's own.

    Attributes
    ----------
    prompting
        The journey.
    """

    def __init__(
        self,
        desk: "Desk",
        reader: "Executor",
        annotating: "Annotating",
        scratch_dir: "Path",
        command: "Sequence[str] | None" = None,
    ) -> None:
        self._engine = Engine(EngineProcess(command))
        self._timers = Timers()
        doors = PromptDoors(self._engine, reader, self._timers, scratch_dir)
        self.prompting = Prompting(desk, doors, annotating, PromptableModels())

    def attach(self, context: "AppContext") -> None:
        """Say which files fit when somebody prompts without a model."""
        self.prompting.model_wanted.connect(context.window.show_promptable)

    def close(self) -> None:
        """Drop what is under way and end the engine."""
        self.prompting.close()
        self._timers.close()
        self._engine.close()
