"""What comes of asking a model for its reasons."""

from pathlib import Path

import msgspec

from segdesk.core.classes import ClassList
from segdesk.jobs.array_ref import ArrayRef
from segdesk.jobs.explain_specs import ExplainMethod


class MapLayer(msgspec.Struct, frozen=True):
    """A module of a network whose output is a map of the image.

    Parameters
    ----------
    name
        As `named_modules` gives it: "backbone.layer4.1".
    kind
        Its class: "BasicBlock".
    channels
        Values at each place of the map.
    size
        (height, width) of the map.
    tokens
        The map comes as a row of tokens, as transformers write it.
    """

    name: str
    kind: str
    channels: int
    size: tuple[int, int]
    tokens: bool = False


class ExplainDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Where a model looks when it says a class.

    Parameters
    ----------
    heat
        (H, W, 2): little-endian uint16, 0-65535 for 0 to `peak`: how much a place
        speaks for the class.
    peak
        The highest value, in the method's own unit; 0: nothing speaks for it.
    confidence, entropy
        (H, W), 0-255 for 0-1; entropy as a share of that of pure guessing.
    chance
        Probability of the class at the pixel, or its mean over the pixels that have
        it, 0-1.
    chances
        The same of every class, in class order.
    at
        The pixel that was asked for.
    layer
        The layer that was looked at; empty for methods that look at the input.
    layers
        All that could be looked at, in the order in which they run.
    """

    model_id: str
    image: Path
    method: ExplainMethod
    class_index: int
    classes: ClassList
    heat: ArrayRef
    peak: float
    chance: float
    chances: tuple[float, ...]
    confidence: ArrayRef
    entropy: ArrayRef
    device: str
    seconds: float
    at: tuple[int, int] | None = None
    layer: str = ""
    layers: tuple[MapLayer, ...] = ()
