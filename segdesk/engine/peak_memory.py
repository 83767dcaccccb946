"""The most memory that was taken: of a GPU, or by this process."""

import sys
from pathlib import Path

import torch

_MB = 2**20
_MAXRSS_PER_MB = 2**20 if sys.platform == "darwin" else 2**10
# Linux forgets its peak when 5 is written here (man 5 proc).
_RESET = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


def reset_peak(device: torch.device) -> None:
    """Count from now on, where the system lets one."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    elif _RESET.exists():
        _RESET.write_text("5")


def peak_mb(device: torch.device) -> float:
    """Return the peak memory of the GPU, or of this process; 0.0: not known."""
    if device.type == "cuda":
        return float(torch.cuda.max_memory_allocated(device)) / _MB
    if _STATUS.exists():
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    try:
        import resource
    except ImportError:  # not on this system
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MAXRSS_PER_MB
