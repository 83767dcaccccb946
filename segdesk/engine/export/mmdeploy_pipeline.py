"""MMDeploy's pipeline.json, read as literals: how an image becomes the input.

The file is written beside `end2end.onnx`. Its sizes are (height, width); -1 as the
second number means that the first is the length of the shorter side.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ConfigError
from segdesk.core.language import tr
from segdesk.engine.preprocess import Size, round_up

_MAX_BYTES = 4_000_000
_HUGE = 1 << 24
_LOADERS = frozenset({"LoadImageFromFile", "LoadImageFromNDArray"})
_PACKING = frozenset(
    {
        "Collect",
        "DefaultFormatBundle",
        "ImageToTensor",
        "LoadAnnotations",
        "PackSegInputs",
        "ToTensor",
    }
)

Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What is done to an image before the network, in the order of the file.

    Parameters
    ----------
    resizes
        Steps as the test pipeline of an mmseg config says them.
    mean, std
        Of the channels in the network's order; zeros and ones: nothing is done.
    to_rgb
        The network reads red first.
    pad_divisor, pad_size
        What sides become multiples of; the (height, width) that is filled up to.
    pad_value
        Of the padding.
    pads_first
        Padding comes before normalising.
    num_classes, threshold
        Of the network, where the file says them; 0: it does not.
    architecture
        Type of its head; empty: not said.
    """

    resizes: tuple[Step, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    to_rgb: bool
    pad_divisor: int
    pad_size: Size | None
    pad_value: float
    pads_first: bool
    num_classes: int
    threshold: float
    architecture: str

    def normalised(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return RGB pixels (H, W, 3) as the network wants their values."""
        image = pixels if self.to_rgb else pixels[:, :, ::-1]
        mean = np.array(self.mean, np.float32)
        std = np.array(self.std, np.float32)
        return self._padded((self._padded(image, first=True) - mean) / std, first=False)

    def _padded(self, image: NDArray[Any], *, first: bool) -> NDArray[np.float32]:
        found = image.astype(np.float32)
        if first != self.pads_first:
            return found
        height, width = image.shape[:2]
        least = self.pad_size or (0, 0)
        below = round_up(max(height, least[0]), self.pad_divisor) - height
        right = round_up(max(width, least[1]), self.pad_divisor) - width
        sides = ((0, below), (0, right), (0, 0))
        return np.pad(found, sides, constant_values=self.pad_value)


def read_pipeline(path: Path) -> Pipeline:
    """Read MMDeploy's pipeline.json.

    Raises
    ------
    ConfigError
        It is missing, damaged, not of a segmentation, or does what SegDesk cannot do.
    """
    return parse_pipeline(_text(path), path.name)


def parse_pipeline(text: bytes, name: str) -> Pipeline:
    """Read the text of a pipeline.json.

    Raises
    ------
    ConfigError
        As `read_pipeline`.
    """
    try:
        document = msgspec.json.decode(text)
        tasks = list(document["pipeline"]["tasks"])
        steps = next(task for task in tasks if task["module"] == "Transform")
        after = next((task for task in tasks if task["module"] == "mmseg"), None)
        if after is None:
            raise _refusal(name, tr("It is not of a semantic segmentation."))
        return _pipeline(name, steps["transforms"], after.get("params") or {})
    except (msgspec.DecodeError, LookupError, TypeError, StopIteration) as error:
        raise _refusal(name, tr("It is damaged: {error!r}.", error=error)) from error


def _pipeline(name: str, steps: list[Step], after: Step) -> Pipeline:
    kinds = [str(step["type"]).rpartition(".")[2] for step in steps]
    normalise: Step = {}
    pad: Step = {}
    resizes: list[Step] = []
    for kind, step in zip(kinds, steps, strict=True):
        if kind == "Resize":
            resizes.append(_resize(step))
        elif kind == "Normalize":
            normalise = step
        elif kind == "Pad":
            pad = step
        elif kind not in _PACKING | _LOADERS:
            raise _refusal(
                name, tr("It has the step {kind}, which SegDesk cannot do.", kind=kind)
            )
    padded = kinds.index("Pad") if pad else len(kinds)
    normalised = kinds.index("Normalize") if normalise else 0
    size = pad.get("size")
    return Pipeline(
        resizes=tuple(resizes),
        mean=tuple(normalise.get("mean") or (0.0, 0.0, 0.0)),
        std=tuple(normalise.get("std") or (1.0, 1.0, 1.0)),
        to_rgb=bool(normalise.get("to_rgb", False)),
        pad_divisor=int(pad.get("size_divisor") or 1),
        pad_size=(int(size[0]), int(size[1])) if size else None,
        pad_value=_pad_value(pad),
        pads_first=padded < normalised,
        num_classes=int(after.get("num_classes") or 0),
        threshold=float(after.get("threshold") or 0.3),
        architecture=str(after.get("type") or ""),
    )


def _resize(step: Step) -> Step:
    size = step.get("size", step.get("scale"))
    more = {"interpolation": step.get("interpolation") or "bilinear"}
    if size is None:
        return {"type": "Resize", "scale_factor": step.get("scale_factor", 1.0), **more}
    if isinstance(size, int):
        size = [size, size]
    height, width = int(size[0]), int(size[1])
    if width < 0:
        shorter = {"scale": height, "max_size": _HUGE}
        return {"type": "ResizeShortestEdge", **shorter, **more}
    ratio = {"keep_ratio": bool(step.get("keep_ratio", False))}
    return {"type": "Resize", "scale": (width, height), **ratio, **more}


def _pad_value(pad: Step) -> float:
    value = pad.get("pad_val", 0)
    if isinstance(value, Mapping):
        value = value.get("img", 0)
    if isinstance(value, list):
        value = value[0]
    return float(value)


def _text(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise _refusal(path.name, f"{path}: {error.strerror or error}.") from error
    if len(text) > _MAX_BYTES:
        raise _refusal(
            path.name, tr("It has more than {max_bytes:,} bytes.", max_bytes=_MAX_BYTES)
        )
    return text


def _refusal(name: str, cause: str) -> ConfigError:
    return ConfigError(
        tr("{name} was not read.", name=name),
        cause=cause,
        hint=tr(
            "Choose the folder that MMDeploy wrote for an mmseg model: it holds "
            "end2end.onnx, deploy.json and pipeline.json."
        ),
    )
