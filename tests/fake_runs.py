"""A journey of training without trainings, and the real list of runs over it."""

from pathlib import Path
from tempfile import gettempdir
from types import SimpleNamespace

from segdesk.app.notices import Notices
from segdesk.app.signal import Signal
from segdesk.app.training.run_places import RunPlaces
from segdesk.app.training.runs import Runs


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s


class AtOnce:
    """An executor that works at once and never fails."""

    def submit(self, work, done, failed):
        del failed
        done(work())


class FakeTraining:
    """Holds the runs that a test put into it; notes what it is asked."""

    def __init__(self):
        self.changed = Signal()
        self.reported = Signal()
        self.runs = ()
        self.asked = []

    def start(self, spec, classes=()):
        self.asked.append(("start", spec))

    def pause(self, key):
        self.asked.append(("pause", key))

    def go_on(self, key):
        self.asked.append(("go_on", key))

    def stop(self, key):
        self.asked.append(("stop", key))

    def move(self, key, by):
        self.asked.append(("move", key, by))

    def forget(self, key):
        self.runs = tuple(run for run in self.runs if run.key != key)
        self.changed.emit()


def make_runs(folder=None, executor=None, training=None):
    """Return a list of runs that reads and writes in a folder of the test's."""
    home = folder or Path(gettempdir()) / "no-such-folder"
    desk = SimpleNamespace(notices=Notices())
    places = RunPlaces(home / "runs.json", home / "runs")
    worker = executor or AtOnce()
    return Runs(desk, training or FakeTraining(), worker, worker, places)
