"""Entropy and margin of the proposal on screen, made when somebody looks at them."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segdesk.app.desk import Desk
from segdesk.app.engine_jobs import JobDoors, JobTitle
from segdesk.app.ports import EnginePort, ExecutorPort
from segdesk.app.proposals.predicting import Predicting
from segdesk.app.proposals.prediction_order import doubt_spec
from segdesk.app.view_state import DOUBTS, Compare
from segdesk.core.doubt import DoubtMaps
from segdesk.core.language import tr
from segdesk.jobs.confidence_events import DoubtDone
from segdesk.jobs.events import Failed, Succeeded, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

_Key = tuple[Path, str]


class Doubting:
    """Asks the engine for entropy and margin while a side of the viewer shows one.

    They are not made with every prediction, for they cost as much again. Those of the
    proposal on screen are held; another image or model drops them.

    Parameters
    ----------
    engine
        Makes them, with the model that is resident.
    executor
        Reads them off the window's thread.
    """

    def __init__(
        self,
        desk: Desk,
        engine: EnginePort,
        executor: ExecutorPort,
        predicting: Predicting,
    ) -> None:
        self._session = desk.session
        self._settings = desk.settings
        self._notices = desk.notices
        self._executor = executor
        self._predicting = predicting
        self._doors = JobDoors(engine, desk.jobs, desk.notices)
        self._asked: _Key | None = None
        self._cancel: Callable[[], None] = lambda: None
        desk.session.view_changed.connect(lambda _: self._look())
        desk.session.proposal_changed.connect(lambda _: self._on_proposal())
        predicting.changed.connect(self._look)

    def _on_proposal(self) -> None:
        """Drop what belongs to another proposal."""
        self._forget()
        self._look()

    def _forget(self) -> None:
        self._cancel()
        self._asked, self._cancel = None, lambda: None
        self._session.set_doubts(None)

    def _look(self) -> None:
        """Ask for them when they are looked at and neither there nor on their way."""
        view, predicting = self._session.view, self._predicting
        seen = (view.main,) if view.compare is Compare.ONE else (view.main, view.other)
        image, model = self._session.image, predicting.model
        if not DOUBTS.intersection(seen) or image is None or model is None:
            return
        proposal = self._session.proposal
        if proposal is None or not predicting.is_ready:
            return
        key = image.path, model.source.id
        if key == self._asked or proposal.prediction.model_id != key[1]:
            return
        self._forget()
        self._asked = key
        spec = doubt_spec(
            model.source,
            image.path,
            predicting.scratch_dir,
            self._settings.preferences,
            image.view,
        )
        title = tr("Look where {name} is unsure", name=image.path.name)
        self._cancel = self._doors.start(
            spec,
            JobTitle(title, "thermometer-simple", fleeting=True),
            lambda terminal: self._on_ended(key, terminal),
        )

    def _on_ended(self, key: _Key, terminal: Terminal) -> None:
        match terminal:
            case Succeeded(DoubtDone() as done):
                self._executor.submit(
                    lambda: _taken(done),
                    lambda maps: self._on_taken(key, maps),
                    self._notices.error,
                )
            case Failed() if key == self._asked:
                self._notices.error(terminal)
            case _:
                pass

    def _on_taken(self, key: _Key, maps: DoubtMaps) -> None:
        if key == self._asked:
            self._session.set_doubts(maps)


def _taken(done: DoubtDone) -> DoubtMaps:
    """Read the engine's arrays. Runs on a worker."""
    from segdesk.jobs.arrays import take

    entropy, margin = take(done.entropy), take(done.margin)
    return DoubtMaps(np.subtract(255, entropy, out=entropy), margin, done.model_id)
