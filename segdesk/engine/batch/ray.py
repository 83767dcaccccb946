"""A batch on several machines, through Ray: one model in each actor.

The driver keeps the ledger and the tables and knows what is done; actors predict images
and write their files, into a folder that all machines see under one path. An actor that
dies with its machine is started again elsewhere, and its images are given out again,
but not for ever: one may be too large for every worker.
"""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any

import msgspec

from segdesk.core.errors import ModelError, SegDeskError
from segdesk.core.frozen import install_hint
from segdesk.core.language import tr
from segdesk.engine.batch.flow import Flow
from segdesk.engine.batch.item import ItemMaker, Known, MadeItem
from segdesk.engine.batch.work import Finished, ItemWork, Started, Task
from segdesk.engine.failures import RAISED, told_of_item
from segdesk.formats.outputs import LEDGER_FOLDER
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import BatchItem, BatchSpec

LOCAL = "local"
# Images that wait at an actor while it is at work with another.
_AHEAD = 2
_MOST_LOCAL = 4
_MOST_WAITING = 256
# So often an image is given out again; then it is what ends the workers.
_TRIES = 3
_STORE_BYTES = 100_000_000


class Worker:
    """Predicts images in a process of its own, maybe on another machine.

    Parameters
    ----------
    spec
        The batch, its items left out.
    way
        Which model predicts in which way; see `made_by`.
    """

    def __init__(self, spec: BatchSpec, way: str) -> None:
        import torch

        from segdesk.engine.bootstrap import prepare
        from segdesk.engine.predictor import Predictor

        prepare()
        if spec.device == "cpu" or not torch.cuda.is_available():
            torch.set_num_threads(1)  # as a lane of one machine computes
        predictor = Predictor(
            spec.model, device=spec.device, precision=spec.precision, note=_unsaid
        )
        scratch = spec.out_dir / LEDGER_FOLDER / "tmp"
        self._maker = ItemMaker(spec, predictor, way, scratch)

    def make(
        self, item: BatchItem, known: Known | None, kinds: tuple[str, ...]
    ) -> MadeItem | SegDeskError:
        """Do one image; what is wrong with it is returned."""
        try:
            return self._maker.make(item, known, kinds, lambda: None)
        except (SegDeskError, *RAISED) as error:
            return told_of_item(
                error, tr("{name} was not predicted.", name=item.source.name)
            )


class RayFlow(Flow):
    """Hands images to actors of a Ray cluster and writes down what they did.

    Parameters
    ----------
    spec
        The batch; `ray` is the cluster's address, or "local".
    work
        Knows what is left of an image and keeps the ledger.
    way
        From `made_by`.

    Raises
    ------
    ModelError
        When Ray is not installed, or the cluster does not answer.
    """

    def __init__(self, spec: BatchSpec, work: ItemWork, way: str) -> None:
        self._ray: Any = _connected(spec.ray)
        bare = msgspec.structs.replace(spec, items=())
        gpus = 0 if spec.device == "cpu" else int(self._resources("GPU"))
        count = gpus or max(1, int(self._resources("CPU")))
        if spec.ray == LOCAL and not gpus:
            count = min(count, _MOST_LOCAL)
        options = {
            "num_cpus": 1,
            "num_gpus": 1 if gpus else 0,
            "max_restarts": -1,
            "max_task_retries": _TRIES,
        }
        actor = self._ray.remote(**options)(Worker)
        self._actors = [actor.remote(bare, way) for _ in range(count)]
        self._loads = [0] * count
        self._guard = Lock()
        super().__init__(count * _AHEAD)
        self._work = work
        # One thread waits for each image that is out.
        threads = min(_MOST_WAITING, count * _AHEAD)
        self._pool = ThreadPoolExecutor(threads, "ray")

    def _resources(self, kind: str) -> float:
        return float(self._ray.cluster_resources().get(kind, 0))

    def _start(self, task: Task) -> None:
        with self._guard:
            place = self._loads.index(min(self._loads))
            self._loads[place] += 1
        doing: Future[Finished] = self._pool.submit(self._do, task, place)
        doing.add_done_callback(lambda _: self._leave(place))
        self._tell(task, doing)

    def _leave(self, place: int) -> None:
        with self._guard:
            self._loads[place] -= 1

    def _do(self, task: Task, place: int) -> Finished:
        plan = self._work.plan(task)
        if isinstance(plan, Finished):
            return plan
        self._said.put(Started(task))
        call = self._actors[place].make.remote(task.item, plan.known, plan.kinds)
        try:
            made: MadeItem | SegDeskError = self._ray.get(call)
        except self._ray.exceptions.RayError as error:
            raise ModelError(
                tr("{name} was not predicted.", name=task.item.source.name),
                cause=tr("The worker that had it ended, and so did those after it."),
                hint=tr(
                    "Check that the model and the folders are there on all machines."
                ),
                detail=str(error),
            ) from error
        if isinstance(made, SegDeskError):
            raise made
        return self._work.record(task, made, plan.kept)

    def _close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._ray.shutdown()


def _connected(address: str) -> Any:  # noqa: ANN401 - Ray's module
    try:
        import ray
    except ImportError as error:
        raise ModelError(
            tr("The images were not predicted."),
            cause=tr("Ray, which --ray needs, is not installed."),
            hint=install_hint(
                tr("Run `pip install 'segdesk[cluster]'`, here and on every machine.")
            ),
            detail=str(error),
        ) from error
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if address == LOCAL:
        # Ray's workers give way to all other programs unless told.
        os.environ.setdefault("RAY_worker_niceness", "0")
        options |= {"address": LOCAL, "include_dashboard": False}
        options |= {"object_store_memory": _STORE_BYTES}
    else:
        options["address"] = address
    try:
        ray.init(**options)
    except (ConnectionError, *RAISED) as error:
        raise ModelError(
            tr("The images were not predicted."),
            cause=tr("No Ray cluster answers at {address}.", address=address),
            hint=tr("Start one with `ray start --head`, or give --ray local."),
            detail=str(error),
        ) from error
    return ray


def _unsaid(_note: Noted) -> None:
    """Say nothing: the driver loads the same model and says it."""
