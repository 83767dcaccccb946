"""Devices: which there are, which one a job gets, and in which precision."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch

from segdesk.core.language import tr
from segdesk.engine.device_names import parse_device
from segdesk.jobs.events import DeviceFacts, Noted
from segdesk.jobs.specs import Device, Precision

_TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


def resolve_device(wanted: Device, note: Callable[[Noted], None]) -> torch.device:
    """Return the device for a job; a fall back to the CPU is said aloud.

    Parameters
    ----------
    wanted
        "auto" (the first GPU, else the CPU), "cpu", "cuda", "cuda:N" or "mps".
    note
        Takes the warning when a device that was asked for is not there.

    Raises
    ------
    InputError
        `wanted` is none of these.
    """
    kind, number = parse_device(wanted)
    if kind == "auto":
        return _best()
    if kind == "cpu":
        return torch.device("cpu")
    missing = _reason_missing(kind, number)
    if not missing:
        return torch.device(kind, number)
    note(
        Noted(
            "warning",
            tr("Running on the CPU instead of {wanted}.", wanted=wanted),
            cause=missing,
            hint=tr(
                "It works, several times slower. `segdesk doctor` lists the devices."
            ),
        )
    )
    return torch.device("cpu")


def list_devices() -> tuple[DeviceFacts, ...]:
    """Return every device that a model can run on, the CPU last."""
    found = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            facts = torch.cuda.get_device_properties(index)
            found.append(DeviceFacts(f"cuda:{index}", facts.name, facts.total_memory))
    if torch.backends.mps.is_available():
        found.append(DeviceFacts("mps", tr("Apple GPU")))
    found.append(DeviceFacts("cpu", "CPU"))
    return tuple(found)


def usable_precision(
    wanted: Precision, device: torch.device, note: Callable[[Noted], None]
) -> Precision:
    """Return the precision a device really computes in.

    16 bits are for GPUs; on a CPU they are slower, so a wish for them is answered with
    32 and said aloud.
    """
    if wanted in {"fp32", "auto"}:
        return "fp32"
    if device.type != "cpu":
        if wanted != "bf16" or device.type != "cuda" or torch.cuda.is_bf16_supported():
            return wanted
        cause = tr(
            "{device} does not know bf16.",
            device=torch.cuda.get_device_name(device),
        )
    else:
        cause = tr("On a CPU 16-bit numbers are slower.")
    note(
        Noted(
            "info",
            tr("Computing in fp32 instead of {wanted}.", wanted=wanted),
            cause=cause,
        )
    )
    return "fp32"


def autocast(
    device: torch.device, precision: Precision
) -> AbstractContextManager[None]:
    """Return the context in which a network runs in `precision`."""
    if precision == "fp32":
        return nullcontext()
    return torch.autocast(device.type, dtype=_TYPES[precision])


def _best() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda", 0)
    if torch.backends.mps.is_available():
        return torch.device("mps", 0)
    return torch.device("cpu")


def _reason_missing(kind: str, index: int) -> str:
    if kind == "mps":
        return (
            ""
            if torch.backends.mps.is_available()
            else tr("There is no Apple GPU here.")
        )
    if not torch.cuda.is_available():
        if torch.version.cuda is None:
            return tr(
                "torch {version} was built without CUDA.", version=torch.__version__
            )
        return tr("There is no NVIDIA GPU here, or its driver does not answer.")
    count = torch.cuda.device_count()
    if index >= count:
        return tr("This machine has {count} GPUs, counted from cuda:0.", count=count)
    return ""
