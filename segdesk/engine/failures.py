"""What torch's errors mean for the user, in one place."""

import errno

import torch

from segdesk.core.errors import (
    GpuLostError,
    MemoryShortError,
    ModelError,
    OpsMissingError,
    SegDeskError,
    StorageError,
)
from segdesk.core.language import tr
from segdesk.engine.bootstrap import CompiledOpError

# What the stack raises on its own account; a SegDeskError is never among them.
RAISED = (RuntimeError, ValueError, MemoryError, OSError)

_ASSERTED = (
    "device-side assert",
    "CUDA error",
    "CUBLAS_STATUS",
    "cuDNN error",
)
_CPU_FULL = (
    "DefaultCPUAllocator",
    "can't allocate memory",
    "not enough memory",
    "std::bad_alloc",
    "could not create a memory",  # oneDNN's
)


def explained(error: BaseException) -> SegDeskError | None:
    """Return an error of torch as one with a cure; None: nothing is known of it.

    Parameters
    ----------
    error
        One of `RAISED`.
    """
    text = str(error)
    if isinstance(error, CompiledOpError):
        return _without_op(error)
    if isinstance(error, torch.OutOfMemoryError):
        return _gpu_full(text)
    if lacks_memory(error):
        return MemoryShortError(
            tr("The job ran out of memory."),
            cause=tr("This machine has no more memory to give."),
            hint=tr("Close other programs, or use a smaller image, crop or model."),
            detail=text,
        )
    if isinstance(error, OSError):
        return _disk_full(error) if error.errno == errno.ENOSPC else None
    if breaks_process(error):
        return GpuLostError(
            tr("The GPU stopped working on this job."),
            cause=tr(
                "A value the network could not handle, such as a label that is not "
                "one of the classes, or the driver. The engine starts anew; your "
                "work is not affected."
            ),
            hint=tr("Go on with the CPU; where a value is to blame, it names it."),
            detail=text,
        )
    if "Expected more than 1 value per channel" in text:
        return ModelError(
            tr("The training was not run."),
            cause=tr("Batch normalisation needs two pictures in a batch."),
            hint=tr("Use a batch size of at least 2."),
            detail=text,
        )
    return None


def lacks_memory(error: BaseException) -> bool:
    """Tell whether an error means that the memory did not suffice, of any device.

    On a processor torch raises a plain `RuntimeError` for it.
    """
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and any(sign in text for sign in _CPU_FULL)


def told_of_item(error: BaseException, message: str, hint: str = "") -> SegDeskError:
    """Return what to say of one item that failed, while the others go on.

    Parameters
    ----------
    error
        A SegDeskError or one of `RAISED`.
    message, hint
        What happened and what to do, where nothing better is known.

    Raises
    ------
    BaseException
        The error itself, when the process cannot do the next item.
    """
    if breaks_process(error):
        raise error
    told = error if isinstance(error, SegDeskError) else explained(error)
    cause = f"{type(error).__name__}: {error}"
    return told or SegDeskError(message, cause=cause, hint=hint)


def breaks_process(error: BaseException) -> bool:
    """Tell whether CUDA is unusable in this process from now on."""
    if isinstance(error, torch.OutOfMemoryError):
        return False
    return isinstance(error, RuntimeError) and any(s in str(error) for s in _ASSERTED)


def _without_op(error: CompiledOpError) -> SegDeskError:
    return OpsMissingError(
        tr("The model cannot run here."),
        cause=tr(
            "It needs the compiled mmcv operator {op}, and this mmcv "
            "was installed without operators.",
            op=error.op,
        ),
        hint=tr(
            "Install a wheel of onedl-mmcv that matches your torch from "
            "https://mmwheels.onedl.ai, or choose another architecture."
        ),
    )


def _gpu_full(text: str) -> SegDeskError:
    used = ""
    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        used = tr(
            " {used:.1f} of {whole:.1f} GB are in use.",
            used=(total - free) / 1000000000.0,
            whole=total / 1000000000.0,
        )
        torch.cuda.empty_cache()
    return MemoryShortError(
        tr("The GPU ran out of memory."),
        cause=tr("The job needs more than is free.{used}", used=used),
        hint=tr("Use a smaller image, crop or batch, a smaller model, or the CPU."),
        detail=text,
    )


def _disk_full(error: OSError) -> SegDeskError:
    name = error.filename or tr("A file")
    return StorageError(
        tr("{name} was not written.", name=name),
        cause=tr("The disk is full."),
        hint=tr("Free some space or choose another folder, then try again."),
        detail=str(error),
    )
