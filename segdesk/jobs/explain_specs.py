"""What can be asked of the engine about the reasons of a model."""

from pathlib import Path
from typing import Literal

import msgspec

from segdesk.core.image_view import AS_STORED, ImageView
from segdesk.jobs.model_source import Device, ModelSource

ExplainMethod = Literal[
    "hires-cam", "grad-cam", "eigen-cam", "ablation-cam", "saliency", "occlusion"
]
# Those that run the network many times.
SLOW_METHODS: frozenset[ExplainMethod] = frozenset(
    ("ablation-cam", "saliency", "occlusion")
)
# Those that look at a layer of the network, and those that look at its input.
LAYER_METHODS: frozenset[ExplainMethod] = frozenset(
    ("hires-cam", "grad-cam", "eigen-cam", "ablation-cam")
)


class ExplainSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Ask where a model looks when it says a class.

    Parameters
    ----------
    scratch_dir
        Folder into which the arrays of the result are written. The reader deletes them.
    class_index
        The class; None: the one that the model gives the pixel at `at`, or the largest.
    at
        (x, y) of a pixel of the image whose class is explained; None: all pixels that
        the model gives the class.
    layer
        Name of a module in the network, as `named_modules` gives it; empty: the last
        and coarsest map of the backbone.
    view
        Which of its bands, and how wide numbers become 8 bits.
    """

    model: ModelSource
    image: Path
    scratch_dir: Path
    method: ExplainMethod = "hires-cam"
    class_index: int | None = None
    at: tuple[int, int] | None = None
    layer: str = ""
    device: Device = "auto"
    view: ImageView = AS_STORED
