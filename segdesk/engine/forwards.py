"""The ways to run a network's forward pass: as it is, as one CUDA graph, compiled."""

from collections.abc import Callable
from typing import Any, Protocol

import torch

from segdesk.engine.devices import autocast
from segdesk.engine.preprocess import Size
from segdesk.jobs.specs import Precision
from segdesk.jobs.tune_specs import RunMode

Metas = list[dict[str, Any]]
# Batches of one size that are recorded; each holds memory of its own.
_MOST_GRAPHS = 4
_WARM_UPS = 3


class Forward(Protocol):
    """Gives a head's logits for (N, C, H, W) images."""

    def __call__(self, images: torch.Tensor, metas: Metas) -> torch.Tensor:
        """Run the network; `metas` is what mmseg wants to know of each image."""
        ...


def forward_of(model: torch.nn.Module, device: torch.device, mode: RunMode) -> Forward:
    """Return what runs a segmentor in a mode."""
    eager = Eager(model, device, mode.precision)
    if mode.size is None or mode.way == "eager":
        return eager
    if mode.way == "graph":
        return FixedSize(mode.size, Graphs(eager, _CudaGraph), eager)
    return FixedSize(mode.size, Compiled(eager), eager)


class Eager:
    """Runs operator by operator."""

    def __init__(
        self, model: torch.nn.Module, device: torch.device, precision: Precision
    ) -> None:
        self._model: Any = model
        self._device = device
        self._precision = precision

    def __call__(self, images: torch.Tensor, metas: Metas) -> torch.Tensor:
        """Run the network."""
        with autocast(self._device, self._precision):
            logits: torch.Tensor = self._model.encode_decode(images, metas)
            return logits


class FixedSize:
    """Runs one size of input in a faster way, every other as it is.

    Parameters
    ----------
    size
        (height, width).
    fast
        For inputs of that size.
    other
        For all others.
    """

    def __init__(self, size: Size, fast: Forward, other: Forward) -> None:
        self._size = tuple(size)
        self._fast = fast
        self._other = other

    def __call__(self, images: torch.Tensor, metas: Metas) -> torch.Tensor:
        """Run the network."""
        fits = tuple(images.shape[2:]) == self._size
        return (self._fast if fits else self._other)(images, metas)


class Compiled:
    """Runs what `torch.compile` makes of the network; made at its first call."""

    def __init__(self, eager: Forward) -> None:
        self._eager = eager
        self._compiled: Callable[..., torch.Tensor] | None = None

    def __call__(self, images: torch.Tensor, metas: Metas) -> torch.Tensor:
        """Run the network."""
        if self._compiled is None:
            self._compiled = torch.compile(self._eager.__call__, dynamic=False)
        return self._compiled(images, metas)


class Recording(Protocol):
    """A forward pass that was recorded for one shape of input."""

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        """Play it again on other images."""
        ...


class Graphs:
    """Plays recorded forward passes, one for each shape of the input.

    Parameters
    ----------
    eager
        What is recorded; also runs what has no recording.
    record
        Records it for images and metas.
    """

    def __init__(
        self,
        eager: Forward,
        record: Callable[[Forward, torch.Tensor, Metas], Recording],
    ) -> None:
        self._eager = eager
        self._record = record
        self._graphs: dict[tuple[int, ...], Recording] = {}

    def __call__(self, images: torch.Tensor, metas: Metas) -> torch.Tensor:
        """Run the network."""
        shape = tuple(images.shape)
        if shape not in self._graphs:
            if len(self._graphs) == _MOST_GRAPHS:
                return self._eager(images, metas)
            self._graphs[shape] = self._record(self._eager, images, metas)
        return self._graphs[shape](images)


class _CudaGraph:
    """A forward pass as one CUDA graph: the CPU launches it once, not each kernel.

    The way of PyTorch's notes on CUDA graphs: some runs on a stream of its own, so that
    libraries choose their kernels, then the capture, with an input and an output that
    stay where they are.
    """

    def __init__(self, eager: Forward, images: torch.Tensor, metas: Metas) -> None:
        self._input = images.clone()
        aside: Any = torch.cuda.Stream(images.device)  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream(images.device))
        with torch.cuda.stream(aside):
            for _ in range(_WARM_UPS):
                eager(self._input, metas)
        torch.cuda.current_stream(images.device).wait_stream(aside)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._output = eager(self._input, metas)

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        self._input.copy_(images)
        self._graph.replay()
        return self._output.clone()
