"""A half of a promptable model, encoder or decoder, ready to run.

ONNX files run by ONNX Runtime; torch is imported only for TorchScript, and that only
with the user's consent, because opening it executes what is in it.
"""

import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import (
    CheckpointError,
    JobCancelledError,
    ModelError,
    OpsMissingError,
    UnsafeFileError,
)
from segdesk.core.language import tr
from segdesk.engine.file_kind import check_onnx
from segdesk.jobs.control import StopFlag
from segdesk.jobs.model_source import Device

_QUIET = 3  # ONNX Runtime's own words: errors only
_CUDA, _CPU = "CUDAExecutionProvider", "CPUExecutionProvider"
_WEIGHTS = frozenset((".pth", ".safetensors", ".ckpt", ".bin"))
_TYPES: dict[str, np.dtype[Any]] = {
    "tensor(float)": np.dtype(np.float32),
    "tensor(float16)": np.dtype(np.float16),
    "tensor(double)": np.dtype(np.float64),
    "tensor(uint8)": np.dtype(np.uint8),
    "tensor(int32)": np.dtype(np.int32),
    "tensor(int64)": np.dtype(np.int64),
}
_FLOAT: Final = np.dtype(np.float32)
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output.

    Parameters
    ----------
    shape
        Sides; None where any fits. Empty: not known.
    """

    name: str
    shape: tuple[int | None, ...] = ()
    dtype: np.dtype[Any] = _FLOAT

    @property
    def words(self) -> str:
        """Return it for a sentence: "point_coords (1 × ? × 2)"."""
        if not self.shape:
            return self.name
        sides = " × ".join("?" if side is None else str(side) for side in self.shape)
        return f"{self.name} ({sides})"


class Part(Protocol):
    """An encoder or a decoder."""

    @property
    def name(self) -> str:
        """Name of its file."""

    @property
    def device(self) -> str:
        """Where it runs."""

    @property
    def inputs(self) -> tuple[Port, ...]:
        """What goes in."""

    @property
    def outputs(self) -> tuple[Port, ...]:
        """What comes out; empty: that shows when it runs."""

    def run(self, values: Arrays, stop: StopFlag) -> list[NDArray[Any]]:
        """Run it; the outputs come in their order."""


def open_part(path: Path, device: Device, *, trusted: bool) -> Part:
    """Open a file by what it is.

    Raises
    ------
    CheckpointError
        It is missing, damaged, or holds weights alone.
    UnsafeFileError
        It is TorchScript, and the user did not consent.
    OpsMissingError
        ONNX Runtime is not installed.
    """
    if path.suffix.casefold() == ".onnx":
        return _OnnxPart(path, device)
    if _is_torchscript(path):
        if not trusted:
            raise UnsafeFileError(
                tr("{name} was not opened.", name=path.name),
                cause=tr("It is TorchScript: opening it executes code that is in it."),
                hint=tr("Use an ONNX file, or consent if you trust where it is from."),
            )
        return _TorchPart(path, device)
    if path.suffix.casefold() in _WEIGHTS:
        raise CheckpointError(
            tr("{name} was not opened.", name=path.name),
            cause=tr(
                "It holds weights alone; the network that they belong to is not in it."
            ),
            hint=tr("Export encoder and decoder to ONNX with the program it is from."),
        )
    check_onnx(path)
    return _OnnxPart(path, device)


def _is_torchscript(path: Path) -> bool:
    """Tell by the names in the archive; nothing of it is executed."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any("/code/" in name for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


class _OnnxPart:
    """An ONNX file."""

    def __init__(self, path: Path, device: Device) -> None:
        check_onnx(path)
        self.name = path.name
        try:
            import onnxruntime
        except ImportError as error:
            raise OpsMissingError(
                tr("{name} was not opened.", name=path.name),
                cause=tr("It needs ONNX Runtime, which is not installed."),
                hint=tr("Run `pip install 'segdesk[onnx]'` in SegDesk's environment."),
                detail=str(error),
            ) from error
        self._runtime: Any = onnxruntime
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _QUIET
        options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS") or 0)
        wanted = [_CPU]
        if device != "cpu" and _CUDA in onnxruntime.get_available_providers():
            wanted = [_CUDA, _CPU]
        with self._errors_named():
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=wanted
            )
        on_gpu = self._session.get_providers()[0] == _CUDA
        self.device = "cuda:0" if on_gpu else "cpu"
        self.inputs = tuple(map(_port, self._session.get_inputs()))
        self.outputs = tuple(map(_port, self._session.get_outputs()))

    def run(self, values: Arrays, stop: StopFlag) -> list[NDArray[Any]]:
        """Run it; a stop ends it in the middle.

        Raises
        ------
        ModelError
            It fails.
        JobCancelledError
            It was stopped.
        """
        order = self._runtime.RunOptions()

        def end() -> None:
            order.terminate = stop.is_set()

        with self._errors_named(stop), stop.watched(end):
            end()
            return list(self._session.run(None, dict(values), order))

    @contextmanager
    def _errors_named(self, stop: StopFlag | None = None) -> Iterator[None]:
        try:
            yield
        except _errors_of(self._runtime) as error:
            if stop is not None and stop.is_set():
                raise JobCancelledError from error
            if stop is None:
                raise CheckpointError(
                    tr("{name} was not opened.", name=self.name),
                    cause=tr(
                        "ONNX Runtime cannot read it: it is damaged, or files "
                        "that belong to it are missing."
                    ),
                    hint=tr(
                        "Copy it again, with what lay beside it, or export it anew."
                    ),
                    detail=str(error),
                ) from error
            raise ModelError(
                tr("The prompt was not answered."),
                cause=tr("ONNX Runtime failed in {name}.", name=self.name),
                hint=tr("The details say what failed."),
                detail=str(error),
            ) from error


def _errors_of(runtime: Any) -> tuple[type[Exception], ...]:  # noqa: ANN401
    """Return what ONNX Runtime raises: its errors share no class of their own."""
    state = runtime.capi.onnxruntime_pybind11_state
    known = [one for one in vars(state).values() if isinstance(one, type)]
    return (RuntimeError, *(one for one in known if issubclass(one, Exception)))


def _port(found: Any) -> Port:  # noqa: ANN401 - onnxruntime carries no types
    shape = tuple(side if isinstance(side, int) else None for side in found.shape)
    return Port(found.name, shape, _TYPES.get(found.type, _FLOAT))


class _TorchPart:
    """A TorchScript file; its consent was asked."""

    outputs: tuple[Port, ...] = ()

    def __init__(self, path: Path, device: Device) -> None:
        import torch

        self.name = path.name
        self.device = (
            "cuda:0" if device != "cpu" and torch.cuda.is_available() else "cpu"
        )
        try:
            self._module: Any = torch.jit.load(str(path), map_location=self.device)  # type: ignore[no-untyped-call]
            arguments = self._module.forward.schema.arguments[1:]
        except (RuntimeError, OSError, AttributeError) as error:
            raise CheckpointError(
                tr("{name} was not opened.", name=path.name),
                cause=tr("PyTorch cannot read it as TorchScript."),
                hint=tr("Export it anew, as ONNX if you can."),
                detail=str(error),
            ) from error
        self.inputs = tuple(Port(argument.name) for argument in arguments)

    def run(self, values: Arrays, stop: StopFlag) -> list[NDArray[Any]]:
        """Run it.

        Raises
        ------
        ModelError
            It fails.
        """
        import torch

        if stop.is_set():
            raise JobCancelledError
        ordered = [
            torch.from_numpy(np.ascontiguousarray(values[port.name])).to(self.device)
            for port in self.inputs
        ]
        try:
            with torch.inference_mode():
                found = self._module(*ordered)
        except RuntimeError as error:
            raise ModelError(
                tr("The prompt was not answered."),
                cause=tr("PyTorch failed in {name}.", name=self.name),
                hint=tr("The details say what failed."),
                detail=str(error),
            ) from error
        several = found if isinstance(found, tuple | list) else (found,)
        return [one.float().cpu().numpy() for one in several]
