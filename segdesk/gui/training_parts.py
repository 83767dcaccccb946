"""Putting the journeys of training together."""

from collections.abc import Sequence
from pathlib import Path

from segdesk.app.desk import Desk
from segdesk.app.models.shelf import ModelShelf
from segdesk.app.models.trained_models import TrainedModels
from segdesk.app.proposals.predicting import Predicting
from segdesk.app.training.forms import (
    TrainingFolders,
    TrainingForms,
    TrainingWorkers,
)
from segdesk.app.training.memory import TrainingMemory
from segdesk.app.training.queue import QueueFile
from segdesk.app.training.training import Training
from segdesk.core.paths import user_config_dir, user_data_dir
from segdesk.gui.workers.engine import Engine
from segdesk.gui.workers.executor import Executor
from segdesk.gui.workers.trainer import Trainer
from segdesk.jobs.process import EngineProcess
from segdesk.library.model_card import ModelEntry
from segdesk.library.model_library import ModelLibrary


class TrainingParts:
    """The runs, and the forms that start them.

    Parameters
    ----------
    engine
        The engine that predicts; it drives the threads of the trainings, too.
    executor
        Writes small files.
    scratch_dir
        For arrays that pass from the engine.
    command
        What starts an engine process; None: SegDesk's own.
    """

    def __init__(
        self,
        desk: Desk,
        engine: Engine,
        executor: Executor,
        scratch_dir: Path,
        command: Sequence[str] | None = None,
    ) -> None:
        self._desk = desk
        self._engine = engine
        self._executor = executor
        self._scratch_dir = scratch_dir
        self._trainer = Trainer(engine, command)
        self._keeper = Executor("queue", 1)
        self._bench = Engine(EngineProcess(command))

    def connect(
        self, library: ModelLibrary, shelf: ModelShelf, predicting: Predicting
    ) -> None:
        """Make `training` and `forms`."""
        taker = TrainedModels(self._desk, library, self._engine, shelf)
        self.training = Training(
            self._desk,
            self._trainer,
            taker,
            QueueFile(
                user_config_dir() / "queue.json",
                self._keeper,
                self._desk.notices.error,
            ),
        )
        self.forms = TrainingForms(
            self._desk,
            self.training,
            TrainingWorkers(
                trainer=self._trainer,
                bench=self._bench,
                executor=self._executor,
                models=lambda: _known(shelf),
            ),
            TrainingMemory(user_config_dir() / "training.json"),
            TrainingFolders(
                runs_dir=user_data_dir() / "runs", scratch_dir=self._scratch_dir
            ),
            predicting,
        )

    def close(self) -> None:
        """Stop what is made for a form, and end its process."""
        self._keeper.finish()
        self._bench.close()


def _known(shelf: ModelShelf) -> tuple[ModelEntry, ...]:
    """Return the models of the library as they were read last."""
    found = (shelf.entry(row.id) for row in shelf.entries)
    return tuple(entry for entry in found if entry is not None)
