"""How long the stages of a prediction take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch


class StageClock:
    """Wall time of stages; an inner stage does not count for the outer one.

    Parameters
    ----------
    device
        Where the work is done; a stage lasts until the device is done with it.

    Attributes
    ----------
    seconds
        By the stage's name; what comes twice is added up.
    """

    def __init__(self, device: torch.device) -> None:
        self.seconds: dict[str, float] = {}
        self._device = device
        self._inner = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time within for a stage."""
        outer, self._inner = self._inner, 0.0
        begin = time.perf_counter()
        try:
            yield
            if self._device.type == "cuda":
                torch.cuda.synchronize(self._device)
        finally:
            took = time.perf_counter() - begin
            self.seconds[name] = self.seconds.get(name, 0.0) + took - self._inner
            self._inner = outer + took
