"""Putting the list of runs together."""

from segdesk.app.desk import Desk
from segdesk.app.training.run_places import RunPlaces
from segdesk.app.training.runs import Runs
from segdesk.app.training.training import Training
from segdesk.core.paths import user_config_dir, user_data_dir
from segdesk.gui.workers.executor import Executor


class RunParts:
    """The list of runs and the workers that read and draw them.

    Parameters
    ----------
    training
        Starts them.
    """

    def __init__(self, desk: Desk, training: Training) -> None:
        self._executor = Executor("runs", 1)
        places = RunPlaces(user_config_dir() / "runs.json", user_data_dir() / "runs")
        self._painter = Executor("run pictures", 1)
        self.runs = Runs(desk, training, self._executor, self._painter, places)

    def close(self) -> None:
        """Write what waits to be written."""
        self._executor.finish()
        self._painter.close()
