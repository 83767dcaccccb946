"""From a model that PyTorch runs to what its exported graph does."""

from typing import Any

import numpy as np
import torch

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.engine.export.onnx_facts import OnnxFacts, Padding, WindowFacts
from segdesk.engine.export.onnx_graph import GraphPlan
from segdesk.engine.preprocess import Size
from segdesk.engine.torch_model import TorchModel
from segdesk.jobs.export_specs import ExportSpec

_OPSETS = (17, 23)
_SIDES = (32, 8192)
# Neighbouring windows share a third of a side, as mmseg's own slide configs do.
_SHARED = 3


def check_spec(spec: ExportSpec) -> None:
    """Refuse numbers that make no sense.

    Raises
    ------
    InputError
        The opset or the size is out of range.
    """
    low, high = _OPSETS
    if not low <= spec.opset <= high:
        raise InputError(
            tr("The model was not exported."),
            cause=tr("The opset is {opset}.", opset=spec.opset),
            hint=tr(
                "It goes from {low} to {high}; 18 runs everywhere.", low=low, high=high
            ),
        )
    least, most = _SIDES
    if spec.size and not all(least <= side <= most for side in spec.size):
        raise InputError(
            tr("The model was not exported."),
            cause=tr(
                "The size is {size} × {size2} pixels.",
                size=spec.size[1],
                size2=spec.size[0],
            ),
            hint=tr(
                "Each side goes from {least} to {most:,} pixels.",
                least=least,
                most=most,
            ),
        )


def size_of(spec: ExportSpec, model: TorchModel) -> Size | None:
    """Return the (height, width) that the graph will take; None: any.

    It is what the network sees, so that the graph has nothing to pad.
    """
    size = model.fit.least if model.fit.only else spec.size
    if size is None:
        return None
    for padding in _paddings(model):
        size = padding.target(size)
    return size


def plan_of(spec: ExportSpec, model: TorchModel) -> GraphPlan:
    """Return what the graph does around the network."""
    source = model.preprocess
    channels = 1 if source.grey else 3
    nothing = torch.zeros(channels, 1, 1)
    return GraphPlan(
        mean=nothing if source.mean is None else source.mean.cpu(),
        std=nothing + 1 if source.std is None else source.std.cpu(),
        bgr=source.bgr,
        grey=source.grey,
        paddings=_paddings(model),
        pad_value=source.pad_value,
        head=model.head,
        threshold=model.threshold,
        align_corners=model.align_corners,
        half=spec.half,
        confidence=spec.confidence,
        size=size_of(spec, model),
    )


def facts_for(spec: ExportSpec, model: TorchModel, plan: GraphPlan) -> OnnxFacts:
    """Return what the file will say of itself."""
    return OnnxFacts(
        name=spec.name,
        architecture=model.architecture,
        classes=model.classes,
        opset=spec.opset,
        out_channels=model.out_channels,
        head=plan.head,
        fill=_fill(plan),
        size=plan.size,
        precision="fp16" if plan.half else "fp32",
        threshold=plan.threshold,
        align_corners=plan.align_corners,
        paddings=plan.paddings,
        resize=tuple(dict(step) for step in model.preprocess.steps),
        windows=_windows(model, plan.size),
        has_confidence=plan.confidence,
        parameters=sum(part.numel() for part in model.module.parameters()),
    )


def _paddings(model: TorchModel) -> tuple[Padding, ...]:
    asked: Any = model.preprocess.padding
    own = Padding()
    if size := asked.get("size"):
        own = Padding(1, (int(size[-2]), int(size[-1])))
    elif divisor := asked.get("size_divisor"):
        own = Padding(int(divisor))
    needed = Padding(model.fit.divisor, model.fit.least)
    if model.fit.only:
        return (own, needed)
    covered = own.divisor % needed.divisor == 0 and all(
        side <= max(own.divisor, least)
        for side, least in zip(needed.least, own.least, strict=True)
    )
    return (own,) if covered else (own, needed)


def _windows(model: TorchModel, size: Size | None) -> WindowFacts | None:
    if model.slide and size in {None, model.slide.crop}:
        return WindowFacts(model.slide.crop, model.slide.stride)
    if size is None:
        return None
    height, width = (side - side // _SHARED for side in size)
    return WindowFacts(size, (height, width))


def _fill(plan: GraphPlan) -> tuple[int, int, int]:
    mean = plan.mean.flatten().tolist()
    if plan.grey:
        mean = mean * 3
    if plan.bgr:
        mean = mean[::-1]
    red, green, blue = (int(np.clip(round(value), 0, 255)) for value in mean)
    return red, green, blue
