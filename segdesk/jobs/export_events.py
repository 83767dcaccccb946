"""What comes of exporting a model."""

from pathlib import Path

import msgspec

from segdesk.core.language import Words


class Parity(msgspec.Struct, frozen=True, kw_only=True):
    """An exported file against PyTorch, on real images.

    Parameters
    ----------
    images, pixels
        How many were compared.
    equal
        Share of pixels with the same label, 0-1.
    max_difference
        Largest difference of a score; None where scores could not be compared.
    torch_s, onnx_s
        Median seconds for one image on the CPU.
    """

    images: int
    pixels: int
    equal: float
    max_difference: float | None
    torch_s: float
    onnx_s: float


class ExportDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A model is written as a file of another program.

    Parameters
    ----------
    model, sidecar, script
        The three files.
    size
        (height, width) that it takes; None: any.
    notes
        What is other than was asked for, as sentences.
    """

    model: Path
    sidecar: Path
    script: Path
    size_bytes: int
    opset: int
    parity: Parity
    seconds: float
    size: tuple[int, int] | None = None
    half: bool = False
    notes: tuple[Words, ...] = ()
