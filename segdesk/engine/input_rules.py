"""How an image becomes a network's input, as a config says it.

mmseg spreads this over the test pipeline, the data preprocessor and `test_cfg`; older
configs (0.x) keep the normalisation in the pipeline. Here it is one value.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from segdesk.core.errors import ConfigError
from segdesk.engine.architecture import size_divisor, smallest_side

# Backbones whose position embedding is made for one size of input.
_ONE_SIZE = frozenset(["BEiT", "MAE"])


@dataclass(frozen=True, slots=True)
class ResizeStep:
    """One resize of the test pipeline.

    Parameters
    ----------
    kind
        "scale": to `size`, or within it where `keep_ratio`, as `mmcv.imrescale` does;
        "factor": by `factor`; "shortest": the shorter side becomes the smaller number
        of `size`, the longer one at most `longest`; "multiple": both sides up to the
        next multiple of `divisor`.
    size
        (width, height) in pixels.
    """

    kind: Literal["scale", "factor", "shortest", "multiple"]
    size: tuple[int, int] | None = None
    keep_ratio: bool = False
    factor: tuple[float, float] | None = None
    longest: int | None = None
    divisor: int | None = None


@dataclass(frozen=True, slots=True)
class Sliding:
    """Windows of slide mode, (height, width) in pixels each."""

    crop: tuple[int, int]
    stride: tuple[int, int]


@dataclass(frozen=True, slots=True)
class InputRules:
    """How an image becomes the input of a network.

    Parameters
    ----------
    mean, std
        One value for each band in the network's order, in units of 0-255; None: the
        image is not normalised.
    rgb
        The network takes RGB; else BGR.
    bands
        Number of bands it takes.
    resizes
        Steps in order.
    divisor
        Width and height have to be multiples of this; pad right and below.
    smallest
        Width and height have to be at least this; pad right and below.
    pad_size
        (height, width) to which smaller inputs are padded; None: not at all.
    pad_value
        Value of padding, after normalisation.
    sliding
        None: the whole image at once.
    one_size
        Windows must have exactly the size of `sliding.crop`.
    """

    mean: tuple[float, ...] | None
    std: tuple[float, ...] | None
    rgb: bool
    bands: int
    resizes: tuple[ResizeStep, ...]
    divisor: int
    smallest: int
    pad_size: tuple[int, int] | None
    pad_value: float
    sliding: Sliding | None
    one_size: bool


def input_rules(config: Mapping[str, Any]) -> InputRules:
    """Read the rules from a flattened config.

    Raises
    ------
    ConfigError
        A part has a form that no version of mmseg writes.
    """
    try:
        return _rules(config)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise ConfigError(
            "The model was not built.",
            cause=f"Its config describes the input in an unknown form: {error}",
            hint="Mend test_pipeline, data_preprocessor and test_cfg of the config.",
        ) from error


def _rules(config: Mapping[str, Any]) -> InputRules:
    model = config["model"]
    pipeline = list(_flattened(_test_pipeline(config)))
    normalise = model.get("data_preprocessor") or _normalise_step(pipeline)
    mean = normalise.get("mean")
    padding = (model.get("data_preprocessor") or {}).get("test_cfg") or {}
    sliding = _sliding(model.get("test_cfg") or {})
    backbone = model.get("backbone") or {}
    return InputRules(
        mean=_floats(mean),
        std=_floats(normalise.get("std")),
        rgb=bool(normalise.get("bgr_to_rgb") or normalise.get("to_rgb")),
        bands=int(backbone.get("in_channels") or (len(mean) if mean else 3)),
        resizes=tuple(step for item in pipeline for step in _resize_steps(item)),
        divisor=size_divisor(model),
        smallest=smallest_side(model),
        pad_size=_pair(padding.get("size")),
        pad_value=float(normalise.get("pad_val") or 0.0),
        sliding=sliding,
        one_size=sliding is not None and backbone.get("type") in _ONE_SIZE,
    )


def _test_pipeline(config: Mapping[str, Any]) -> Sequence[Any]:
    """Look where 1.x and 0.x configs keep it; none means: the image as it is."""
    loader = config.get("test_dataloader") or {}
    data = (config.get("data") or {}).get("test") or {}
    found = (
        config.get("test_pipeline")
        or (loader.get("dataset") or {}).get("pipeline")
        or data.get("pipeline")
    )
    return found if isinstance(found, list | tuple) else ()


def _flattened(pipeline: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """Open the nested pipelines of test-time augmentation of 0.x configs."""
    for step in pipeline:
        if step.get("type") == "MultiScaleFlipAug":
            for inner in _flattened(step.get("transforms", ())):
                if inner.get("type") == "Resize":
                    yield {**inner, "scale": step.get("img_scale")}
                else:
                    yield inner
        else:
            yield step


def _normalise_step(pipeline: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next((step for step in pipeline if step.get("type") == "Normalize"), {})


def _resize_steps(step: Mapping[str, Any]) -> Iterator[ResizeStep]:
    kind = step.get("type")
    if kind == "Resize":
        size = _pair(step.get("scale") or step.get("img_scale"))
        factor = step.get("scale_factor")
        keep_ratio = bool(step.get("keep_ratio", False))
        if size:
            yield ResizeStep("scale", size=size, keep_ratio=keep_ratio)
        elif factor:
            both = (factor, factor) if isinstance(factor, int | float) else factor
            yield ResizeStep("factor", factor=(float(both[0]), float(both[1])))
    elif kind == "ResizeShortestEdge":
        size = _pair(step["scale"])
        longest = step.get("max_size")
        yield ResizeStep("shortest", size=size, keep_ratio=True, longest=longest)
    elif kind == "ResizeToMultiple":
        yield ResizeStep("multiple", divisor=int(step.get("size_divisor", 32)))


def _sliding(test_cfg: Mapping[str, Any]) -> Sliding | None:
    if test_cfg.get("mode") != "slide":
        return None
    crop, stride = _pair(test_cfg["crop_size"]), _pair(test_cfg["stride"])
    if crop is None or stride is None:
        msg = "slide mode without crop_size or stride"
        raise ValueError(msg)
    return Sliding(crop, stride)


def _pair(value: object) -> tuple[int, int] | None:
    if isinstance(value, int):
        return value, value
    if isinstance(value, list | tuple) and len(value) == 2:
        return int(value[0]), int(value[1])
    return None


def _floats(value: object) -> tuple[float, ...] | None:
    if value is None:
        return None
    if isinstance(value, int | float):
        return (float(value),)
    if isinstance(value, list | tuple):
        return tuple(float(item) for item in value)
    msg = f"{value!r} is not a list of numbers"
    raise TypeError(msg)
