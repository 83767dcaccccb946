"""What an exported model says of itself: in the file, and in the sidecar beside it.

The same JSON is kept as metadata in the ONNX file, so that the file alone is enough.
"""

from typing import Literal

import msgspec

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import CheckpointError
from segdesk.core.language import tr
from segdesk.engine.head import HeadKind
from segdesk.engine.preprocess import Size, round_up

METADATA_KEY = "segdesk"
IMAGE, LABELS, CONFIDENCE, SCORES = "image", "labels", "confidence", "scores"
_LAYOUT = 1


class Padding(msgspec.Struct, frozen=True):
    """What the graph adds on the right and below.

    Parameters
    ----------
    divisor
        Height and width become multiples of it.
    least
        Smallest (height, width).
    """

    divisor: int = 1
    least: Size = (1, 1)

    def target(self, size: Size) -> Size:
        """Return the (height, width) that an image is padded to."""
        height, width = (
            round_up(max(side, least), self.divisor)
            for side, least in zip(size, self.least, strict=True)
        )
        return height, width


class WindowFacts(msgspec.Struct, frozen=True):
    """Windows that an image is cut into, (height, width) each.

    Parameters
    ----------
    size
        Of a window.
    stride
        From one window to the next.
    """

    size: Size
    stride: Size


class OnnxFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is in an exported file.

    Parameters
    ----------
    name, architecture, dataset
        Of the model.
    classes
        Names and colours of the labels.
    size
        (height, width) that the graph takes; None: any.
    opset, precision
        Of the graph.
    head, threshold, out_channels, align_corners
        How its scores become labels; `BuiltModel` has the same.
    paddings
        What the graph pads with, one after the other.
    resize
        Steps of the test pipeline that change the size; they come before the graph.
    windows
        How an image that is larger is predicted; None: as a whole.
    fill
        The colour that stands for nothing: the mean that the graph subtracts, RGB.
    """

    name: str
    architecture: str
    classes: ClassList
    opset: int
    out_channels: int
    head: HeadKind
    fill: tuple[int, int, int]
    dataset: str = ""
    size: Size | None = None
    precision: Literal["fp32", "fp16"] = "fp32"
    threshold: float = 0.3
    align_corners: bool = False
    paddings: tuple[Padding, ...] = ()
    resize: tuple[dict[str, object], ...] = ()
    windows: WindowFacts | None = None
    has_confidence: bool = False
    parameters: int | None = None
    ignore_index: int = IGNORE_INDEX
    layout: int = _LAYOUT

    def seen(self, size: Size) -> Size:
        """Return the (height, width) that the network sees of an image."""
        for padding in self.paddings:
            size = padding.target(size)
        return size


def encode_facts(facts: OnnxFacts) -> bytes:
    """Return facts as JSON."""
    return msgspec.json.encode(facts, enc_hook=str)


def decode_facts(text: str, name: str) -> OnnxFacts:
    """Read facts from the metadata of a file of that name.

    Raises
    ------
    CheckpointError
        They are damaged, or a newer SegDesk wrote them.
    """
    try:
        facts = msgspec.json.decode(text, type=OnnxFacts)
    except (msgspec.MsgspecError, ValueError) as error:
        raise CheckpointError(
            tr("{name} was not opened.", name=name),
            cause=tr("What SegDesk wrote into it is damaged."),
            hint=tr("Export the model again."),
            detail=str(error),
        ) from error
    if facts.layout > _LAYOUT:
        raise CheckpointError(
            tr("{name} was not opened.", name=name),
            cause=tr(
                "It was exported by a newer SegDesk (layout {layout}).",
                layout=facts.layout,
            ),
            hint=tr("Update SegDesk."),
        )
    return facts
