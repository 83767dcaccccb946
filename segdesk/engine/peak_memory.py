"""The most memory that work needs, where the system tells it."""

from contextlib import suppress
from pathlib import Path

import torch

_RESET = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


class PeakMemory:
    """Counts from when it is made.

    Parameters
    ----------
    device
        A GPU: what its allocator gave out. The CPU: what the whole process holds.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._counts = device.type == "cuda"
        if self._counts:
            torch.cuda.reset_peak_memory_stats(device)
        elif device.type == "cpu":
            with suppress(OSError):
                _RESET.write_text("5")  # proc(5): forget the peak so far
                self._counts = True

    def bytes(self) -> int | None:
        """Return the peak so far; None: it is not told."""
        if not self._counts:
            return None
        if self._device.type == "cuda":
            return int(torch.cuda.max_memory_allocated(self._device))
        with suppress(OSError):
            for line in _STATUS.read_text().splitlines():
                if line.startswith("VmHWM"):
                    return int(line.split()[1]) * 1024
        return None
