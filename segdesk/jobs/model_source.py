"""Which model, where it runs, and how often and in what parts it sees an image."""

from pathlib import Path
from typing import Literal

import msgspec

from segdesk.core.classes import ClassList
from segdesk.core.mapped import MAPPED_PIXELS

Device = str  # "auto", "cpu", "cuda:0", "mps"
# "auto": as measuring the model on its device showed, fp32 where nobody measured.
Precision = Literal["auto", "fp32", "bf16", "fp16"]


class ModelSource(msgspec.Struct, frozen=True, kw_only=True):
    """Where a model comes from.

    Parameters
    ----------
    id
        Id of the model's card, or the checkpoint's file name.
    checkpoint
        The `.pth` file, or an `.onnx` that SegDesk or MMDeploy exported.
    config
        A dumped config; None: the config text that the checkpoint carries is used. With
        MMDeploy's `.onnx` its `pipeline.json`.
    classes
        The user's answer, for checkpoints that do not name their classes.
    trusted
        The user consented to execute `config` as Python.
    temperature
        What its scores are divided by before they become a confidence; see
        `segdesk.core.temperature`.
    """

    id: str
    checkpoint: Path
    config: Path | None = None
    classes: ClassList | None = None
    trusted: bool = False
    temperature: tuple[float, ...] = ()


class Tta(msgspec.Struct, frozen=True, kw_only=True):
    """Test-time augmentation: predict an image changed in several ways, take the mean.

    Parameters
    ----------
    flip
        Mirrored too.
    scales
        At each of these sizes; 1 is the one that the model's own test asks for.
    """

    flip: bool = True
    scales: tuple[float, ...] = (1.0,)


class Windows(msgspec.Struct, frozen=True, kw_only=True):
    """Predict an image in overlapping windows whose scores are blended.

    Parameters
    ----------
    size
        Side of a window in pixels of the network's input.
    overlap
        Share of a window that its neighbour covers too, 0-0.75.
    from_pixels
        Images of fewer pixels are predicted as the model's config says.
    """

    size: int = 1024
    overlap: float = 0.25
    from_pixels: int = 0


# What is done where nobody chose: from here on the whole would hardly fit.
LARGE_IN_WINDOWS = Windows(from_pixels=MAPPED_PIXELS)
