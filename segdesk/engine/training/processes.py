"""The processes that train together: one speaks for all, all stop at one iteration."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import torch
from torch import distributed

from segdesk.core.errors import ConfigError
from segdesk.core.language import joined, tr
from segdesk.engine.devices import resolve_device
from segdesk.engine.training.launching import (
    local_rank,
    process_count,
    process_rank,
    tell_torch,
)
from segdesk.jobs.events import Report
from segdesk.jobs.specs import TrainSpec


class Wish(IntEnum):
    """What a process wants after an iteration; the strongest wish of all counts."""

    GO_ON = 0
    WAIT = 1
    STOP = 2
    GIVE_UP = 3


class Processes:
    """One process among those that train together.

    Parameters
    ----------
    rank, count
        Which one this is, of how many.
    device
        Where it trains.
    """

    def __init__(
        self, device: torch.device | None = None, rank: int = 0, count: int = 1
    ) -> None:
        self.device = device or torch.device("cpu")
        self.rank = rank
        self.count = count
        self._told = False
        # Beside the GPUs' own group: asking there would wait for their work.
        self._group: Any = None
        if count > 1:
            self._group = distributed.new_group(backend="gloo")

    @property
    def is_first(self) -> bool:
        """Tell whether this process reports, writes and decides."""
        return self.rank == 0

    def share(self, value: object = None) -> Any:  # noqa: ANN401 - what the first has
        """Return what the first process gives; the others wait for it."""
        self._told = True
        if self.count == 1:
            return value
        box = [value]
        distributed.broadcast_object_list(box, src=0, group=self._group)
        return box[0]

    def release(self) -> None:
        """Let the others go that still wait for what the first process has to give."""
        if self.is_first and not self._told:
            self.share(None)

    def agree(self, wish: Wish) -> Wish:
        """Return the strongest wish of all processes."""
        if self.count == 1:
            return wish
        found = torch.tensor(int(wish))
        distributed.all_reduce(found, distributed.ReduceOp.MAX, group=self._group)
        return Wish(int(found))

    def total(self, *numbers: float) -> list[float]:
        """Return the sums of numbers over all processes."""
        if self.count == 1:
            return list(numbers)
        found = torch.tensor(numbers, dtype=torch.float64)
        distributed.all_reduce(found, group=self._group)
        return [float(number) for number in found]

    def level(self, model: torch.nn.Module) -> None:
        """Give every process the mean of all running statistics of a model."""
        if self.count == 1:
            return
        for buffer in model.buffers():
            if buffer.is_floating_point():
                distributed.all_reduce(buffer)
                buffer.div_(self.count)


@contextmanager
def joining(spec: TrainSpec, report: Callable[[Report], None]) -> Iterator[Processes]:
    """Join the processes that the launcher started; alone without one.

    gloo connects them on CPUs and nccl on GPUs. mmengine joins by itself only where
    nobody has, and on GPUs alone.

    Parameters
    ----------
    report
        Takes the note when a device is not there.

    Raises
    ------
    InputError
        The device is not known, or a GPU that was named is not there.
    """
    if spec.launcher == "none":
        chosen = f"cuda:{spec.devices[0]}" if spec.devices else spec.device
        yield Processes(resolve_device(chosen, report))
        return
    device = _device(spec)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    tell_torch(spec)
    backend = "nccl" if device.type == "cuda" else "gloo"
    distributed.init_process_group(backend)
    try:
        yield Processes(device, process_rank(spec), process_count(spec))
    finally:
        distributed.destroy_process_group()


def _device(spec: TrainSpec) -> torch.device:
    """Return the device of this process: the CPU, or the GPU of its number."""
    if spec.device == "cpu" or not torch.cuda.is_available():
        if spec.devices and spec.device != "cpu":
            raise _gpus_missing(spec, 0)
        return torch.device("cpu")
    number = local_rank(spec)
    if spec.devices:
        number = spec.devices[number]
    elif "SLURM_PROCID" in os.environ:  # where each task sees a GPU of its own
        number %= torch.cuda.device_count()
    if number >= torch.cuda.device_count():
        raise _gpus_missing(spec, torch.cuda.device_count())
    return torch.device("cuda", number)


def _gpus_missing(spec: TrainSpec, count: int) -> ConfigError:
    wanted = joined(", ", (f"cuda:{number}" for number in spec.devices))
    return ConfigError(
        tr("The training was not started."),
        cause=tr(
            "It asks for {wanted}; there are {count} that torch can use here.",
            wanted=wanted or tr("a GPU for each process"),
            count=count,
        ),
        hint=tr("Name GPUs that `segdesk doctor` lists, or choose the device cpu."),
    )
