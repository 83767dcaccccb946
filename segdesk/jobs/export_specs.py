"""What can be asked of the engine about running a model elsewhere."""

from pathlib import Path

import msgspec

from segdesk.jobs.model_source import ModelSource


class ExportSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Write a model as a file that runs without SegDesk and PyTorch.

    Parameters
    ----------
    out_dir
        Gets `NAME.onnx`, `NAME.json` and `run_NAME.py`; made if missing.
    name
        Of the files, without suffix; empty: the model's id.
    size
        (height, width) that the graph takes; None: any, where the network allows it.
    opset
        Version of ONNX's operators.
    half
        Compute in 16 bits: half the size, faster on GPUs.
    confidence
        Let the graph give the confidence too.
    images
        Real images on which its labels are compared with PyTorch's; empty: those that
        came with SegDesk.
    """

    model: ModelSource
    out_dir: Path
    name: str = ""
    size: tuple[int, int] | None = None
    opset: int = 18
    half: bool = False
    confidence: bool = False
    images: tuple[Path, ...] = ()
