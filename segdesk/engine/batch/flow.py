"""How the images of a batch overlap: lanes on a CPU, stages in front of a GPU.

On a CPU each lane is a thread that does whole images, one thread of torch in each: the
threads of one network spend a good part of their time waiting for each other, whole
images never do. In front of a GPU some threads decode ahead, one runs the network, some
encode and write. In both, no more images are at work than the memory takes.
"""

import os
import queue
import sys
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import lru_cache, partial
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
import torch

from segdesk.core.errors import JobCancelledError, SegDeskError
from segdesk.core.imaging import read_size
from segdesk.engine.batch.lanes import draws
from segdesk.engine.batch.work import Finished, ItemWork, Ready, Started, Task
from segdesk.engine.failures import RAISED
from segdesk.engine.training.kept_memory import freed_memory_kept

if TYPE_CHECKING:
    from segdesk.engine.order import RawPrediction
    from segdesk.engine.predictor import Predictor
    from segdesk.jobs.specs import BatchSpec

Said = Started | Finished
Work = Future[Finished | None]

_MOST_LANES = 6
_TURN_S = 0.0002
_DECODERS, _ENCODERS = 8, 4
_AHEAD = 16
# Images of one size that a GPU does at once.
_TOGETHER = 8
# Memory for a pixel of the image: itself, labels, pictures in the making.
_IMAGE_BYTES = 24
# Memory for a pixel of the network's input, about: that of a ResNet-50 with a head.
_NETWORK_BYTES = 1200
_LEAST_BYTES = 2_000_000_000


class Flow(ABC):
    """Takes tasks and says what became of them; one thread drives it.

    Parameters
    ----------
    most
        How many tasks may be at work.
    """

    def __init__(self, most: int) -> None:
        self.busy = 0
        self._most = most
        self._bytes = 0
        self._room = _free_bytes() * 0.6
        self._said: queue.SimpleQueue[Said] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def fits(self, task: Task) -> bool:
        """Tell whether a task can be taken now."""
        if self.busy == 0:
            return True
        return self.busy < self._most and self._bytes + task.need_bytes <= self._room

    def submit(self, task: Task) -> None:
        """Take a task."""
        self.busy += 1
        self._bytes += task.need_bytes
        self._start(task)

    def said(self, timeout_s: float) -> Iterator[Said]:
        """Return what was said by now; wait for the first word."""
        try:
            word = self._said.get(timeout=timeout_s) if timeout_s else None
        except queue.Empty:
            return
        while True:
            if word is not None:
                if isinstance(word, Finished):
                    self.busy -= 1
                    self._bytes -= word.task.need_bytes
                yield word
            try:
                word = self._said.get_nowait()
            except queue.Empty:
                return

    def rest(self) -> Iterator[Said]:
        """Return what is still said until nothing is at work."""
        while self.busy:
            yield from self.said(1.0)

    @abstractmethod
    def _start(self, task: Task) -> None:
        """Begin with a task in another thread."""

    @abstractmethod
    def _close(self) -> None:
        """End the threads; what they have not begun with is left."""

    def _tell(self, task: Task, work: "Future[Finished] | Work") -> None:
        """Say what became of a task when its work is over; None: more is to come."""

        def told(over: "Future[Finished] | Work") -> None:
            error = JobCancelledError() if over.cancelled() else over.exception()
            word = Finished(task, error=error) if error else over.result()
            if word is not None:
                self._said.put(word)

        work.add_done_callback(told)


class LaneFlow(Flow):
    """Threads that do whole images each.

    Parameters
    ----------
    work
        Does the images.
    check
        Raises to cancel.
    lanes
        How many threads.
    """

    def __init__(self, work: ItemWork, check: Callable[[], None], lanes: int) -> None:
        super().__init__(lanes)
        self._work = work
        self._check = check
        self._end = ExitStack()
        self._end.enter_context(freed_memory_kept(by_threads=True))
        self._threads = torch.get_num_threads()
        # Lanes call into numpy for moments only: they must not wait long for a turn.
        self._turn_s = sys.getswitchinterval()
        sys.setswitchinterval(_TURN_S)
        share = max(1, self._threads // lanes)
        self._pool = ThreadPoolExecutor(lanes, "lane", torch.set_num_threads, (share,))

    def _close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        torch.set_num_threads(self._threads)
        sys.setswitchinterval(self._turn_s)
        self._end.close()

    def _start(self, task: Task) -> None:
        began = partial(self._said.put, Started(task))
        work = self._pool.submit(self._work.whole, task, self._check, began)
        self._tell(task, work)


class StageFlow(Flow):
    """Threads that decode, one that runs the network, threads that write.

    Parameters
    ----------
    work
        Does the images.
    check
        Raises to cancel.
    cores
        How many there are for decoding and encoding.
    """

    def __init__(self, work: ItemWork, check: Callable[[], None], cores: int) -> None:
        decoders = max(1, min(_DECODERS, cores // 2))
        encoders = max(1, min(_ENCODERS, cores // 4))
        super().__init__(decoders + encoders + _AHEAD)
        self._work = work
        self._check = check
        self._decoders = ThreadPoolExecutor(decoders, "decode")
        self._network = ThreadPoolExecutor(1, "network")
        self._loads: deque[tuple[Task, Future[Ready | Finished]]] = deque()
        self._encoders = ThreadPoolExecutor(encoders, "encode")

    def _close(self) -> None:
        for pool in (self._decoders, self._network, self._encoders):
            pool.shutdown(cancel_futures=True)

    def _start(self, task: Task) -> None:
        self._loads.append((task, self._decoders.submit(self._work.load, task)))
        taken: list[Task] = []
        step = self._network.submit(self._step, taken)
        step.add_done_callback(partial(self._blame, taken))

    def _blame(self, taken: list[Task], step: "Future[None]") -> None:
        """Say of the images of a step that failed why."""
        error = JobCancelledError() if step.cancelled() else step.exception()
        if error is not None:
            for task in taken:
                self._said.put(Finished(task, error=error))

    def _step(self, taken: list[Task]) -> None:
        """Predict the next image, and with it those of its size that are loaded.

        Parameters
        ----------
        taken
            Gets the images that nothing was said of yet.
        """
        several: list[Ready] = []
        while self._loads and self._goes_with(several):
            task, loading = self._loads.popleft()
            taken.append(task)
            ready = loading.result()
            if isinstance(ready, Finished):
                taken.remove(task)
                self._said.put(ready)
                return
            several.append(ready)
        if not several:  # an earlier step took them
            return
        self._check()
        for one in several:
            self._said.put(Started(one.task))
        began_s = perf_counter()
        raws = self._work.predict_together(several, self._check)
        seconds = (perf_counter() - began_s) / len(several)
        for index, one in enumerate(several):
            if raws is None:
                self._alone(one)
            else:
                self._write(one, raws[index], seconds)
            taken.remove(one.task)

    def _alone(self, one: Ready) -> None:
        """Predict an image that does not go together with others."""
        began_s = perf_counter()
        try:
            raw = self._work.predict(one, self._check)
        except (SegDeskError, *RAISED) as error:
            self._said.put(Finished(one.task, error=error))
        else:
            self._write(one, raw, perf_counter() - began_s)

    def _write(self, one: Ready, raw: "RawPrediction | None", seconds: float) -> None:
        writing = self._encoders.submit(self._work.write, one, raw, seconds)
        self._tell(one.task, writing)

    def _goes_with(self, several: list[Ready]) -> bool:
        """Tell whether the next image can be predicted with those that are taken."""
        if not several:
            return True
        _, loading = self._loads[0]
        if len(several) >= _TOGETHER or not loading.done() or loading.exception():
            return False
        ready = loading.result()
        size = several[0].loaded.image.size
        return isinstance(ready, Ready) and ready.loaded.image.size == size


def flow_of(predictor: "Predictor", work: ItemWork, check: Callable[[], None]) -> Flow:
    """Return the flow that suits where a model runs."""
    if predictor.device.type == "cpu":
        return LaneFlow(work, check, _lanes(predictor))
    return StageFlow(work, check, os.cpu_count() or 1)


class Needs:
    """Tells how much memory an image takes, from its header.

    Parameters
    ----------
    spec
        The batch.
    predictor
        The model.
    """

    def __init__(self, spec: "BatchSpec", predictor: "Predictor") -> None:
        self._windows = spec.windows
        self._runnable = predictor.built
        self._on_cpu = predictor.device.type == "cpu"
        self._input = lru_cache(maxsize=512)(self._input_px)

    def of(self, source: Path) -> int:
        """Return bytes; 0 for a file that cannot be read."""
        try:
            width, height = read_size(source)
        except (SegDeskError, *RAISED):
            return 0
        image = width * height * _IMAGE_BYTES
        network = self._input(width, height) if self._on_cpu else 0
        return image + network * _NETWORK_BYTES

    def _input_px(self, width: int, height: int) -> int:
        windows = self._windows
        if windows is not None and width * height >= windows.from_pixels:
            return windows.size**2
        if (slide := self._runnable.slide) is not None:
            return int(np.prod(slide.crop))
        blank = np.zeros((height, width, 3), np.uint8)
        try:
            return int(np.prod(self._runnable.prepare(blank).tensor.shape[2:]))
        except (SegDeskError, *RAISED):  # said when the image itself is predicted
            return 0


def _lanes(predictor: "Predictor") -> int:
    """Return how many images a CPU does at once."""
    module = getattr(predictor.built, "module", None)
    if module is not None and draws(module):
        return 1
    # One more than threads: each waits for the disk or a turn now and then.
    return min(_MOST_LANES, torch.get_num_threads() + 1)


def _free_bytes() -> int:
    """Return the memory that is free, where the system says it."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return _LEAST_BYTES
