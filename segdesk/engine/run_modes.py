"""Which ways to run a network a device has, and which one a job gets."""

import os
import platform
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import msgspec
import torch

from segdesk import __version__
from segdesk.core.language import tr
from segdesk.engine.devices import usable_precision
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import ModelSource, Precision
from segdesk.jobs.tune_specs import RunMode
from segdesk.library.model_files import is_onnx
from segdesk.library.tuned_modes import TunedModes, digest_of_source

_CPU_INFO = Path("/proc/cpuinfo")


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a device and the machine around it can do.

    Parameters
    ----------
    kind
        "cpu", "cuda" or "mps".
    bf16
        The GPU computes in bf16.
    compiler
        Why nothing can be compiled; empty: it can.
    """

    kind: str
    bf16: bool = True
    compiler: str = ""


def untuned(device: torch.device, precision: Precision = "fp32") -> RunMode:
    """Return how a model runs where nobody measured.

    On a CPU channels_last is a fifth to a third faster for most networks and slower
    for none.
    """
    return RunMode(precision=precision, channels_last=device.type == "cpu")


def mode_for(
    source: ModelSource,
    device: torch.device,
    precision: Precision,
    note: Callable[[Noted], None],
) -> RunMode:
    """Return how a job runs a model.

    Parameters
    ----------
    precision
        "auto": as measured here, else fp32. What the device cannot do is said and done
        in fp32.
    note
        Takes what is done otherwise than asked for.
    """
    if precision != "auto":
        return untuned(device, usable_precision(precision, device, note))
    if is_onnx(source.checkpoint):
        return untuned(device)
    with suppress(OSError):  # the load says what is wrong with the file
        found = TunedModes()
        if found.all():
            tuned = found.find(
                _digest(source, _stamp(source)), device_name(device), versions(device)
            )
            if tuned is not None:
                return tuned.chosen
    return untuned(device)


def eager_modes(able: Abilities) -> tuple[RunMode, ...]:
    """Return the ways that run operator by operator; the first is the untuned one."""
    precisions: list[Precision] = ["fp32"]
    if able.kind == "cpu":
        precisions += ["bf16"]
    else:
        precisions += (
            ["fp16", "bf16"] if able.kind == "cuda" and able.bf16 else ["fp16"]
        )
    if able.kind == "mps":
        return tuple(RunMode(precision=precision) for precision in precisions)
    layouts = (True, False) if able.kind == "cpu" else (False, True)
    return tuple(
        RunMode(precision=precision, channels_last=last)
        for precision in precisions
        for last in layouts
    )


def fixed_modes(
    able: Abilities, best: RunMode, size: tuple[int, int], *, with_compile: bool
) -> tuple[RunMode, ...]:
    """Return the ways for one size of input, made of the best of the others."""
    graph = msgspec.structs.replace(best, way="graph", size=size)
    compiled = msgspec.structs.replace(best, way="compile", size=size)
    modes = [graph] if able.kind == "cuda" else []
    return (*modes, compiled) if with_compile and able.kind != "mps" else tuple(modes)


def abilities(device: torch.device) -> Abilities:
    """Look at what a device and the machine around it can do."""
    bf16 = device.type != "cuda" or torch.cuda.is_bf16_supported()
    return Abilities(kind=device.type, bf16=bf16, compiler=_no_compiler(device))


def versions(device: torch.device) -> str:
    """Return the versions on which the speed of a way depends."""
    parts = [f"torch {torch.__version__}", f"segdesk {__version__}"]
    if device.type == "cuda":
        cudnn = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
        parts += [f"cuda {torch.version.cuda}", f"cudnn {cudnn}"]
    return ", ".join(parts)


@cache
def device_name(device: torch.device) -> str:
    """Return what a device is: "NVIDIA A100", "AMD EPYC 7B13, 2 threads"."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU"
    return f"{_processor()}, {torch.get_num_threads()} threads"


def _processor() -> str:
    with suppress(OSError):
        for line in _CPU_INFO.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _no_compiler(device: torch.device) -> str:
    if device.type == "cuda":
        return "" if find_spec("triton") else tr("Triton is not installed.")
    named = os.environ.get("CXX", "")
    names = ("cl",) if sys.platform == "win32" else ("g++", "clang++", "c++")
    if any(shutil.which(name) for name in (named, *names) if name):
        return ""
    return tr("No C++ compiler was found.")


Stamp = tuple[int, int]


def _stamp(source: ModelSource) -> tuple[Stamp, ...]:
    paths = (source.checkpoint, source.config)
    facts = [path.stat() for path in paths if path is not None]
    return tuple((one.st_mtime_ns, one.st_size) for one in facts)


@lru_cache(maxsize=8)
def _digest(source: ModelSource, stamp: tuple[Stamp, ...]) -> str:
    """Return a model's digest; its files are read again when they change."""
    del stamp
    return digest_of_source(source)
