"""From pixels to the network's input, as the test pipeline of the config does it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.errors import ConfigError, ModelError
from segdesk.core.language import tr
from segdesk.engine.looks import PLAIN, Look

Size = tuple[int, int]
Step = Mapping[str, Any]
Image = NDArray[Any]
# Takes an image and by what its new size is multiplied.
Resize = Callable[[Image, float], Image]

# What these do concerns labels or packing, not pixels.
_IGNORED = frozenset({"LoadAnnotations", "PackSegInputs"})
_LOADERS = frozenset({"LoadImageFromFile", "LoadImageFromNDArray"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """The network's input for one image.

    Parameters
    ----------
    tensor
        (1, C, H, W) float32, normalised, on the model's device.
    content
        (height, width) of the image in it; the rest, right and below, is padding that
        the config asks for.
    """

    tensor: torch.Tensor
    content: Size


class Preprocessor:
    """Does to an image what a model's config asks for.

    Parameters
    ----------
    config
        Flattened config of the model.
    module
        The segmentor: its data preprocessor knows channel order, mean, std and padding.
    device
        Where the network runs.

    Attributes
    ----------
    steps
        Those of the test pipeline that change the size.
    grey, bgr
        The network reads one channel; it reads blue first.
    mean, std
        (C, 1, 1), subtracted and divided by; None: nothing is.
    padding, pad_value
        The config's own test padding.

    Raises
    ------
    ConfigError
        When the test pipeline does something to the pixels that is not a resize.
    ModelError
        When the network takes neither colour nor grey images.
    """

    def __init__(
        self, config: Mapping[str, Any], module: torch.nn.Module, device: torch.device
    ) -> None:
        steps = _test_pipeline(config)
        self._resizes = resizes_of(steps)
        self.steps = [step for step in steps if _kind(step) in _SIZES]
        loader = next((step for step in steps if step.get("type") in _LOADERS), {})
        self._wide = bool(loader.get("to_float32", False))
        self.grey = input_channels(module) == 1
        inner: Any = getattr(module, "data_preprocessor", None)
        # The pipeline reads BGR; the preprocessor swaps it for networks that want RGB.
        self.bgr = not getattr(inner, "_channel_conversion", False)
        normalises = bool(getattr(inner, "_enable_normalize", False))
        self.mean = inner.mean.to(device) if normalises else None
        self.std = inner.std.to(device) if normalises else None
        self.padding: Mapping[str, Any] = getattr(inner, "test_cfg", None) or {}
        self.pad_value = float(getattr(inner, "pad_val", 0))
        self._device = device

    def __call__(
        self,
        pixels: NDArray[np.uint8],
        look: Look = PLAIN,
        *,
        as_it_is: bool = False,
    ) -> Prepared:
        """Resize, order, normalise and pad one image.

        Parameters
        ----------
        pixels
            (H, W, 3), RGB.
        look
            Whether to scale and mirror it too.
        as_it_is
            Leave the size as it is: a window of an image whose size means something.
        """
        image: Image = pixels
        if self.grey:
            cv2 = load_cv2()
            image = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        if self._wide:
            image = image.astype(np.float32)
        image = resized(image, resizes_of(()) if as_it_is else self._resizes, look)
        tensor = _sent(torch.from_numpy(self._planes(image)), self._device)
        # Float32 in mmseg's order of operations, so the values are the same bits.
        tensor = tensor[None].float()
        if self.mean is not None and self.std is not None:
            tensor = tensor.sub_(self.mean).div_(self.std)
        content = (image.shape[0], image.shape[1])
        return Prepared(padded(tensor, self._target(content), self.pad_value), content)

    def _planes(self, image: Image) -> Image:
        """Return the (C, H, W) bands of an image, in the network's order."""
        if image.ndim == 2:
            return np.ascontiguousarray(image)[None]
        order = slice(None, None, -1 if self.bgr else 1)
        return np.stack(load_cv2().split(image)[order])

    def _target(self, content: Size) -> Size:
        """Return the size that the config's own test padding gives."""
        height, width = content
        if size := self.padding.get("size"):
            return max(height, size[-2]), max(width, size[-1])
        divisor = self.padding.get("size_divisor") or 1
        return round_up(height, divisor), round_up(width, divisor)


def _sent(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Return a tensor on the device; a GPU takes it while this thread goes on."""
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


def input_channels(module: torch.nn.Module) -> int:
    """Return how many bands a network takes.

    Raises
    ------
    ModelError
        When these are neither three nor one.
    """
    first = next((m for m in module.modules() if isinstance(m, torch.nn.Conv2d)), None)
    channels = first.in_channels if first else 3
    if channels in {1, 3}:
        return channels
    raise ModelError(
        tr("The model was not loaded."),
        cause=tr(
            "It takes images of {channels} bands; SegDesk reads colour and grey.",
            channels=channels,
        ),
        hint=tr("Use a model that was trained on RGB images."),
    )


def round_up(length: int, divisor: int) -> int:
    """Return the smallest multiple of `divisor` that is not below `length`."""
    return -(-length // divisor) * divisor


def padded(tensor: torch.Tensor, size: Size, value: float = 0.0) -> torch.Tensor:
    """Pad (N, C, H, W) on the right and below to (height, width)."""
    below, right = size[0] - tensor.shape[2], size[1] - tensor.shape[3]
    if not below and not right:
        return tensor
    return F.pad(tensor, (0, right, 0, below), value=value)


def _test_pipeline(config: Mapping[str, Any]) -> Sequence[Step]:
    if pipeline := config.get("test_pipeline"):
        return list(pipeline)
    for loader in ("test_dataloader", "val_dataloader"):
        dataset = (config.get(loader) or {}).get("dataset") or {}
        if pipeline := dataset.get("pipeline"):
            return list(pipeline)
    return []


def resizes_of(steps: Sequence[Step]) -> list[Resize]:
    """Return what the steps of a test pipeline do to the pixels.

    Raises
    ------
    ConfigError
        A step is none of mmcv's that only change the size.
    """
    return list(_resizes(steps)) or [_resize({}, _resized)]


def resized(image: Image, resizes: Sequence[Resize], look: Look = PLAIN) -> Image:
    """Return an image resized, and scaled and mirrored where a look asks for it."""
    for resize in resizes[:-1]:
        image = resize(image, 1.0)
    image = resizes[-1](image, look.scale)
    return image[:, ::-1] if look.mirrored else image


def _resizes(steps: Sequence[Step]) -> Iterator[Resize]:
    for step in steps:
        kind = _kind(step)
        if kind in _IGNORED or kind in _LOADERS:
            continue
        if kind not in _SIZES:
            raise ConfigError(
                tr("The model was not loaded."),
                cause=tr(
                    "Its test pipeline has the step {kind}, which SegDesk does "
                    "not know.",
                    kind=kind,
                ),
                hint=tr("Replace the step by a Resize, or use another model."),
            )
        yield _resize(step, _SIZES[kind])


def _kind(step: Step) -> str:
    return str(step.get("type")).rpartition(".")[2]


def _resize(step: Step, size_of: Callable[[Step, Size], Size]) -> Resize:
    # A step may say "interpolation=None".
    interpolation = step.get("interpolation") or "bilinear"
    scale = _by_pillow if step.get("backend") == "pillow" else _by_cv2

    def resize(image: Image, factor: float) -> Image:
        current = (image.shape[1], image.shape[0])
        width, height = size_of(step, current)
        if factor != 1:
            width, height = _rounded(width * factor), _rounded(height * factor)
        # A line of pixels must not vanish, though the ratio may ask for it.
        size = (max(1, width), max(1, height))
        return image if size == current else scale(image, size, interpolation)

    return resize


def _by_cv2(image: Image, size: Size, interpolation: str) -> Image:
    cv2 = load_cv2()
    code = {
        "nearest": cv2.INTER_NEAREST,
        "bilinear": cv2.INTER_LINEAR,
        "bicubic": cv2.INTER_CUBIC,
        "area": cv2.INTER_AREA,
        "lanczos": cv2.INTER_LANCZOS4,
    }[interpolation]
    scaled: Image = cv2.resize(image, size, interpolation=code)
    return scaled


def _by_pillow(image: Image, size: Size, interpolation: str) -> Image:
    from PIL import Image as Pillow

    code = Pillow.Resampling[interpolation.upper()]
    return np.array(Pillow.fromarray(image).resize(size, code))


# ------------------------------------------- sizes below are (width, height), as mmcv's


def _resized(step: Step, current: Size) -> Size:
    scale = step.get("scale")
    if scale is None:
        across, down = _pair(step.get("scale_factor", 1.0))
        scale = (_rounded(current[0] * across), _rounded(current[1] * down))
    scale = _pair(scale)
    return _within(scale, current) if step.get("keep_ratio", False) else scale


def _short_edge(step: Step, current: Size) -> Size:
    ratio = min(_pair(step["scale"])) / min(current)
    sides = [side * ratio for side in current]
    if max(sides) > step["max_size"]:
        shrink = step["max_size"] / max(sides)
        sides = [side * shrink for side in sides]
    # mmseg hands this size to a Resize that keeps the ratio.
    return _within((_rounded(sides[0]), _rounded(sides[1])), current)


def _multiple(step: Step, current: Size) -> Size:
    divisor = step.get("size_divisor", 32)
    return round_up(current[0], divisor), round_up(current[1], divisor)


def _within(scale: Size, current: Size) -> Size:
    """Return the largest size of the current ratio within `scale`, turned to fit."""
    ratio = min(max(scale) / max(current), min(scale) / min(current))
    return _rounded(current[0] * ratio), _rounded(current[1] * ratio)


def _rounded(length: float) -> int:
    return int(length + 0.5)


def _pair(value: Any) -> tuple[Any, Any]:  # noqa: ANN401 - configs are untyped
    return tuple(value) if isinstance(value, list | tuple) else (value, value)


_SIZES: dict[str, Callable[[Step, Size], Size]] = {
    "Resize": _resized,
    "ResizeShortestEdge": _short_edge,
    "ResizeToMultiple": _multiple,
}
