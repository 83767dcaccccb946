"""What can be asked of the engine about the fastest way to run a model here."""

from pathlib import Path
from typing import Literal

import msgspec

from segdesk.core.language import tr
from segdesk.jobs.model_source import Device, ModelSource, Precision

Way = Literal["eager", "graph", "compile"]

_WAYS: dict[Way, str] = {
    "eager": "",
    "graph": tr("CUDA graph"),
    "compile": "torch.compile",
}


class RunMode(msgspec.Struct, frozen=True, kw_only=True):
    """How a network is run.

    Parameters
    ----------
    precision
        What it computes in; never "auto".
    channels_last
        The channels of a pixel lie side by side in memory.
    way
        Operator by operator; replayed as one CUDA graph; compiled.
    size
        (height, width) of the input that is replayed or compiled. Every other size
        runs operator by operator.
    """

    precision: Precision = "fp32"
    channels_last: bool = False
    way: Way = "eager"
    size: tuple[int, int] | None = None

    @property
    def words(self) -> str:
        """Return it as people write it: "bf16 + channels_last"."""
        layout = "channels_last" if self.channels_last else ""
        parts = (self.precision, layout, _WAYS[self.way])
        return " + ".join(part for part in parts if part)


class TuneSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Measure the ways to run a model on a device, and remember the fastest.

    Parameters
    ----------
    images
        On which it is measured; empty: those that came with SegDesk.
    with_compile
        Try `torch.compile` too, where a compiler is found: that takes minutes.
    """

    model: ModelSource
    device: Device = "auto"
    images: tuple[Path, ...] = ()
    with_compile: bool = False
