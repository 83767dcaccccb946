"""ONNX Runtime: opening a file, and running it on the device that was asked for."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.errors import CheckpointError, ModelError, OpsMissingError
from segdesk.core.language import joined, tr
from segdesk.engine.file_kind import check_onnx
from segdesk.engine.preprocess import Size
from segdesk.jobs.events import Noted

_CURE = tr("Run `pip install 'segdesk[onnx]'` in SegDesk's environment.")
_QUIET = 3  # ONNX Runtime's own words: errors only
_CUDA = "CUDAExecutionProvider"
_CPU = "CPUExecutionProvider"


class OnnxSession:
    """An ONNX file, ready to run.

    Parameters
    ----------
    path
        The file.
    device
        Where it shall run.
    note
        Takes the warning when ONNX Runtime cannot use that device.

    Attributes
    ----------
    device
        Where it runs.
    metadata
        What its maker wrote into it.

    Raises
    ------
    OpsMissingError
        ONNX Runtime is not installed, or the file needs operators it does not have.
    CheckpointError
        The file is missing, empty, damaged or not an ONNX file.
    """

    def __init__(
        self, path: Path, device: torch.device, note: Callable[[Noted], None]
    ) -> None:
        check_onnx(path)
        runtime = load_runtime(path.name)
        options = runtime.SessionOptions()
        options.log_severity_level = _QUIET
        options.intra_op_num_threads = torch.get_num_threads()
        providers, self.device = _providers(runtime, device, note)
        try:
            self._session = runtime.InferenceSession(
                str(path), options, providers=providers
            )
        # ONNX Runtime's errors share no class but this with Python's own.
        except RuntimeError as error:
            raise _refused(path, error) from error
        except _errors(runtime) as error:
            raise _refused(path, error) from error
        self.name = path.name
        self.metadata: dict[str, str] = dict(
            self._session.get_modelmeta().custom_metadata_map
        )

    @property
    def inputs(self) -> Sequence[Any]:
        """Name, shape and type of each input."""
        found: Sequence[Any] = self._session.get_inputs()
        return found

    @property
    def outputs(self) -> Sequence[Any]:
        """Name, shape and type of each output."""
        found: Sequence[Any] = self._session.get_outputs()
        return found

    def run(self, output: str, image: NDArray[Any]) -> NDArray[Any]:
        """Return one output for one input.

        Raises
        ------
        ModelError
            When it fails, or memory runs out.
        """
        name = self.inputs[0].name
        try:
            (result,) = self._session.run([output], {name: image})
        except _errors(load_runtime(self.name)) as error:
            raise ModelError(
                tr("The image was not predicted."),
                cause=tr(
                    "ONNX Runtime failed at {size}.",
                    size=_size_words(image.shape),
                ),
                hint=tr(
                    "Use a smaller image, or the model's .pth file; the details say "
                    "what failed."
                ),
                detail=str(error),
            ) from error
        return np.asarray(result)


def load_runtime(name: str) -> Any:  # noqa: ANN401 - onnxruntime carries no types
    """Import ONNX Runtime.

    Raises
    ------
    OpsMissingError
        It is not installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise OpsMissingError(
            tr("{name} was not loaded.", name=name),
            cause=tr("It needs ONNX Runtime, which is not installed."),
            hint=_CURE,
            detail=str(error),
        ) from error
    return onnxruntime


def described(session: OnnxSession) -> str:
    """Return what goes in and out of a file, for a sentence."""

    def words(value: Any) -> str:  # noqa: ANN401
        kind = str(value.type).removeprefix("tensor(").removesuffix(")")
        shape = joined(" × ", (str(side) for side in value.shape))
        return f"{value.name} ({kind}, {shape})"

    ins = joined(", ", (words(value) for value in session.inputs))
    outs = joined(", ", (words(value) for value in session.outputs))
    return tr("it takes {ins} and gives {outs}", ins=ins, outs=outs)


def fixed_size(shape: Sequence[object]) -> Size | None:
    """Return (height, width) from the last two sides where both are numbers."""
    height, width = shape[-2:]
    if isinstance(height, int) and isinstance(width, int):
        return height, width
    return None


def _size_words(shape: tuple[int, ...]) -> str:
    height, width = shape[1:3] if shape[-1] in {1, 3} else shape[2:4]
    return tr("{width} × {height} pixels", width=width, height=height)


def _providers(
    runtime: Any,  # noqa: ANN401
    device: torch.device,
    note: Callable[[Noted], None],
) -> tuple[list[Any], torch.device]:
    if device.type == "cpu":
        return [_CPU], device
    if device.type == "cuda" and _CUDA in runtime.get_available_providers():
        return [(_CUDA, {"device_id": device.index or 0}), _CPU], device
    note(
        Noted(
            "warning",
            tr("Running on the CPU instead of {device}.", device=device),
            cause=tr("This ONNX Runtime was built for the CPU alone."),
            hint=tr(
                "Install onnxruntime-gpu in place of onnxruntime, or use the .pth."
            ),
        )
    )
    return [_CPU], torch.device("cpu")


def _errors(runtime: Any) -> tuple[type[Exception], ...]:  # noqa: ANN401
    state = runtime.capi.onnxruntime_pybind11_state
    names = (
        "Fail",
        "InvalidArgument",
        "InvalidGraph",
        "InvalidProtobuf",
        "NoSuchFile",
        "NotImplemented",
        "RuntimeException",
    )
    return tuple(getattr(state, name) for name in names if hasattr(state, name))


def _refused(path: Path, error: Exception) -> CheckpointError | OpsMissingError:
    text = str(error)
    if "is not a registered function/op" in text or "NOT_IMPLEMENTED" in text:
        return OpsMissingError(
            tr("{name} was not loaded.", name=path.name),
            cause=tr("It needs operators that this ONNX Runtime does not have."),
            hint=tr("Update ONNX Runtime, or export the model with a lower opset."),
            detail=text,
        )
    return CheckpointError(
        tr("{name} was not opened.", name=path.name),
        cause=tr(
            "ONNX Runtime cannot read it: it is damaged, or files that belong to it "
            "are missing."
        ),
        hint=tr("Copy it again, with what lay beside it, or export the model anew."),
        detail=text,
    )
