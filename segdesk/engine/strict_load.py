"""The strict loader: opens what torch saved and executes nothing in it.

torch's `weights_only` unpickler builds tensors and plain values; what mmengine adds
(numpy scalars, histories of the losses) is mapped by name to inert stand-ins. There is
no second, unsafe attempt.
"""

import os
import pickle
import pickletools
import re
import struct
import warnings
import zipfile
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch

from segdesk.core.errors import CheckpointError, SegDeskError, UnsafeFileError
from segdesk.core.language import tr
from segdesk.engine.file_kind import check_kind, cut_off_words

# What a damaged file makes the unpickler raise, apart from its own error.
_DAMAGE = (
    RuntimeError,
    EOFError,
    LookupError,
    ValueError,
    AttributeError,
    TypeError,
    AssertionError,
    ArithmeticError,
    struct.error,
    zipfile.BadZipFile,
    OSError,
)


class History:
    """A loss history of mmengine as it lies in the file: its numbers, no functions.

    Attributes
    ----------
    log
        Values in order.
    counts
        Weight of each value.
    """

    min = max = mean = current = None

    def __setstate__(self, state: object) -> None:
        state = state if isinstance(state, dict) else {}
        self.log = state.get("_log_history", ())
        self.counts = state.get("_count_history", ())


def strict_torch_load(
    file: str | os.PathLike[str] | BinaryIO,
    map_location: Any = None,  # noqa: ANN401 - torch.load's own
    weights_only: bool | None = None,
) -> Any:  # noqa: ANN401 - what the file holds
    """Load a file as mmengine's own loader does, but never execute anything in it.

    Loss histories come back as mmengine's own objects, so a training can be resumed.
    Text that mmengine would execute as a config when it resumes is left out.

    Raises
    ------
    UnsafeFileError
        The file would run code.
    """
    del weights_only
    try:
        with torch.serialization.safe_globals(_ALLOWED):
            content = torch.load(file, map_location=map_location, weights_only=True)
    except pickle.UnpicklingError as error:
        name = (
            str(file) if isinstance(file, str | os.PathLike) else tr("The checkpoint")
        )
        raise _refusal(Path(name), error) from error
    if isinstance(content, dict):
        if isinstance(content.get("meta"), dict):
            content["meta"].pop("config", None)
        hub = content.get("message_hub")
        if isinstance(hub, dict):
            hub["log_scalars"] = _with_histories(hub.get("log_scalars"))
    return content


def _only_history_methods(owner: object, name: str) -> str:
    """Stand in for `getattr`, with which methods of a HistoryBuffer are pickled."""
    if owner is History and name in {"min", "max", "mean", "current"}:
        return name
    msg = "Unsupported global: GLOBAL builtins.getattr was not an allowed global"
    raise pickle.UnpicklingError(msg)


def _allowed() -> list[Any]:
    core: Any = getattr(np, "_core").multiarray  # noqa: B009 - pickles name it
    numbers = (
        "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64"
    )
    return [
        (History, "mmengine.logging.history_buffer.HistoryBuffer"),
        (_only_history_methods, "builtins.getattr"),
        (core._reconstruct, "numpy._core.multiarray._reconstruct"),  # noqa: SLF001
        (core._reconstruct, "numpy.core.multiarray._reconstruct"),  # noqa: SLF001
        (core.scalar, "numpy._core.multiarray.scalar"),
        (core.scalar, "numpy.core.multiarray.scalar"),
        np.ndarray,
        np.dtype,
        *(type(np.dtype(name)) for name in numbers.split()),
    ]


_ALLOWED = _allowed()


def read_strictly(path: Path) -> dict[str, Any]:
    """Read a checkpoint file into tensors, on the CPU, and plain values.

    Raises
    ------
    UnsafeFileError
        The file would run code.
    CheckpointError
        The file is missing, damaged or something else.
    """
    check_kind(path)
    try:
        with warnings.catch_warnings(), torch.serialization.safe_globals(_ALLOWED):
            warnings.simplefilter("ignore")
            content = torch.load(
                path,
                map_location="cpu",
                weights_only=True,
                mmap=zipfile.is_zipfile(path),
            )
    except pickle.UnpicklingError as error:
        raise _refusal(path, error) from error
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    if not isinstance(content, dict):
        raise CheckpointError(
            tr("{name} was not opened.", name=path.name),
            cause=tr(
                "It holds {kind}, not a model's weights.",
                kind=_a(type(content).__name__),
            ),
            hint=tr("Choose a .pth that MMSegmentation or SegDesk wrote."),
        )
    return content


def _a(noun: str) -> str:
    return tr("an {noun}", noun=noun) if noun[:1].lower() in "aeiou" else f"a {noun}"


def _damaged(path: Path, error: BaseException) -> SegDeskError:
    if "TorchScript" in str(error):
        return UnsafeFileError(
            tr("{name} was not opened.", name=path.name),
            cause=tr("It is a TorchScript program, which would run when opened."),
            hint=tr("Export its weights as a state dict, or ask its maker for one."),
            detail=str(error),
        )
    return CheckpointError(
        tr("{name} was not opened.", name=path.name),
        cause=_damage_words(path, error),
        hint=tr("Copy or download it again."),
        detail=str(error),
    )


def _damage_words(path: Path, error: BaseException) -> str:
    if isinstance(error, EOFError) or "EOF" in str(error):
        return cut_off_words(path)
    return tr("The file is damaged or not a checkpoint.")


def _refusal(path: Path, error: pickle.UnpicklingError) -> SegDeskError:
    found = re.search(r"GLOBAL ([\w.]+)", str(error))
    asked_for = found.group(1) if found else _first_global(path)
    if not asked_for:
        return CheckpointError(
            tr("{name} was not opened.", name=path.name),
            cause=tr("It is not a checkpoint, or it is damaged."),
            hint=tr("Choose a .pth that MMSegmentation or SegDesk wrote."),
            detail=str(error),
        )
    return UnsafeFileError(
        tr("{name} was not opened.", name=path.name),
        cause=tr(
            "It is a pickle of another program, not an MMSegmentation "
            "checkpoint. Such files can run code, so nothing in it was "
            "executed: it asks for {asked_for}.",
            asked_for=asked_for,
        ),
        hint=tr("Export its weights as a state dict, or ask its maker for one."),
        detail=str(error),
    )


def _first_global(path: Path) -> str:
    """Return what a pickle of a newer protocol calls first, without calling it."""
    texts: deque[str] = deque(maxlen=2)
    with suppress(ValueError, OSError, struct.error), path.open("rb") as file:
        for code, value, _ in pickletools.genops(file):
            if code.name in {"GLOBAL", "INST"}:
                return str(value).replace(" ", ".")
            if code.name == "STACK_GLOBAL":
                return ".".join(texts)
            if isinstance(value, str):
                texts.append(value)
    return ""


def _with_histories(scalars: object) -> dict[str, object]:
    from mmengine.logging import HistoryBuffer

    rebuilt: dict[str, object] = {}
    for name, value in scalars.items() if isinstance(scalars, dict) else ():
        if isinstance(value, History):
            value = HistoryBuffer(value.log, value.counts)  # noqa: PLW2901
        rebuilt[name] = value
    return rebuilt
