"""The ways to ask a network where it looks, by the library Captum.

Each gives a map of values from 0 on: how much a place speaks for the class.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name

from segdesk.engine.explain.layers import Form
from segdesk.engine.explain.undrawn import without_drawing

with without_drawing():
    from captum.attr import (
        LayerActivation,
        LayerFeatureAblation,
        LayerGradientXActivation,
        NoiseTunnel,
        Occlusion,
        Saliency,
    )

# Takes (N, C, H, W), gives (N,): the number that is explained.
Score = Callable[[torch.Tensor], torch.Tensor]

_GROUPS = 48
_NOISY = 12
_NOISE = 0.15
# Windows that cover the image one after the other, along its longer side.
_WINDOWS = 10
_LOUDEST = 0.998
_POWER_STEPS = 40


def hires_cam(
    score: Score, image: torch.Tensor, layer: torch.nn.Module, form: Form
) -> torch.Tensor:
    """Return gradient times activation of a layer, summed over its channels.

    Source: Draelos and Carin, "Use HiResCAM instead of Grad-CAM for faithful
    explanations of convolutional neural networks", 2020.
    """
    with torch.enable_grad(), _leaf_at(layer):
        found = LayerGradientXActivation(score, layer).attribute(image)
    return form.as_map(found.detach())[0].sum(dim=0).relu()


def grad_cam(
    score: Score, image: torch.Tensor, layer: torch.nn.Module, form: Form
) -> torch.Tensor:
    """Return a layer's channels, weighted by their mean gradient.

    Source: Vinogradova, Dibrov and Myers, "Towards interpretable semantic segmentation
    via gradient-weighted class activation mapping", AAAI 2020.
    """
    with torch.enable_grad(), _leaf_at(layer):
        slopes = LayerGradientXActivation(
            score, layer, multiply_by_inputs=False
        ).attribute(image)
    weights = form.as_map(slopes.detach())[0].mean(dim=(1, 2), keepdim=True)
    return (weights * activation(score, image, layer, form)).sum(dim=0).relu()


def eigen_cam(
    score: Score,
    image: torch.Tensor,
    layer: torch.nn.Module,
    form: Form,
    inside: torch.Tensor,
) -> torch.Tensor:
    """Return the first principal component of a layer, turned towards the class.

    It needs no gradient and knows the class only by its sign: what stands out in the
    layer, bright where the class is.

    Parameters
    ----------
    inside
        (h, w) of any size: where the class is, as weights.

    Source: Muhammad and Yeasin, "Eigen-CAM: class activation map using principal
    components", IJCNN 2020.
    """
    values = activation(score, image, layer, form)
    flat = values.flatten(1).T
    flat = flat - flat.mean(dim=0, keepdim=True)
    component = (flat @ _first_component(flat)).reshape(values.shape[1:])
    there = F.adaptive_avg_pool2d(
        inside[None, None], (values.shape[1], values.shape[2])
    )[0, 0]
    # Its mean is 0: a positive sum says that it is brighter there.
    return component.relu() if (component * there).sum() >= 0 else (-component).relu()


def ablation_cam(
    score: Score, image: torch.Tensor, layer: torch.nn.Module, form: Form
) -> torch.Tensor:
    """Return a layer's channels, weighted by what is lost without them.

    Channels that go together are silenced together, in at most 48 groups.

    Source: Desai and Ramaswamy, "Ablation-CAM: visual explanations for deep
    convolutional network via gradient-free localization", WACV 2020.
    """
    values = activation(score, image, layer, form)
    groups = _groups(values)
    shape = (1, -1, 1, 1) if form.kind == "map" else (1,) * (_rank(form) - 1) + (-1,)
    lost = LayerFeatureAblation(score, layer).attribute(
        image, layer_mask=groups.reshape(shape)
    )
    weights = form.as_map(lost.detach().expand(*_shape(values, form)))[0]
    return (weights.mean(dim=(1, 2), keepdim=True) * values).sum(dim=0).relu()


def saliency(score: Score, image: torch.Tensor) -> torch.Tensor:
    """Return how much each pixel's own value matters, the mean of noisy passes.

    Source: Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks", 2013;
    Smilkov et al., "SmoothGrad", 2017.
    """
    spread = float(image.std()) * _NOISE
    with torch.enable_grad():
        found = NoiseTunnel(Saliency(score)).attribute(
            image,
            nt_type="smoothgrad",
            nt_samples=_NOISY,
            nt_samples_batch_size=1,
            stdevs=spread,
        )
    heat = found.detach()[0].amax(dim=0)
    return heat.clamp(max=float(heat.flatten().quantile(_LOUDEST)))


def saliency_passes() -> int:
    """Return how often `saliency` runs the network."""
    return _NOISY


def ablation_passes(channels: int) -> int:
    """Return how often `ablation_cam` runs the network."""
    return min(_GROUPS, channels) + 2


def occlusion(score: Score, image: torch.Tensor) -> torch.Tensor:
    """Return by how much the class's probability drops where the image is covered.

    Source: Zeiler and Fergus, "Visualizing and understanding convolutional networks",
    ECCV 2014. The cover is grey: the mean colour of the network's training.
    """
    window, step = _cover(image)
    found = Occlusion(score).attribute(
        image,
        sliding_window_shapes=(image.shape[1], *window),
        strides=(image.shape[1], *step),
        baselines=0,
    )
    return found.detach()[0].mean(dim=0).relu()


def occlusion_passes(image: torch.Tensor) -> int:
    """Return how often `occlusion` runs the network."""
    window, step = _cover(image)
    counts = [
        1 + -(-(length - side) // gap)
        for length, side, gap in zip(image.shape[2:], window, step, strict=True)
    ]
    return 1 + counts[0] * counts[1]


def activation(
    score: Score, image: torch.Tensor, layer: torch.nn.Module, form: Form
) -> torch.Tensor:
    """Return (C, h, w): what a layer gives."""
    with torch.no_grad():
        return form.as_map(LayerActivation(score, layer).attribute(image))[0]


def _cover(image: torch.Tensor) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return (height, width) of the cover and its steps."""
    height, width = image.shape[2], image.shape[3]
    side = max(2, round(max(height, width) / _WINDOWS))
    window = (min(side, height), min(side, width))
    return window, (max(1, window[0] // 2), max(1, window[1] // 2))


def _groups(values: torch.Tensor) -> torch.Tensor:
    """Return (C,): the group of each channel; those that look alike are together."""
    flat = values.flatten(1)
    flat = flat - flat.mean(dim=1, keepdim=True)
    order = (flat @ _first_component(flat)).argsort()
    places = torch.arange(len(values), device=values.device)
    groups = torch.empty_like(places)
    groups[order] = places * min(_GROUPS, len(values)) // len(values)
    return groups


def _rank(form: Form) -> int:
    return 3 if form.kind == "tokens" else 4


def _shape(values: torch.Tensor, form: Form) -> tuple[int, ...]:
    channels, height, width = values.shape
    if form.kind == "map":
        return (1, channels, height, width)
    if form.kind == "last":
        return (1, height, width, channels)
    return (1, form.lead + height * width, channels)


@contextmanager
def _leaf_at(layer: torch.nn.Module) -> Iterator[None]:
    """Let the graph of gradients begin at a layer: what is before it is not kept."""

    def begin(_module: object, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        return output.detach().requires_grad_()

    hook = layer.register_forward_hook(begin)
    try:
        yield
    finally:
        hook.remove()


def _first_component(rows: torch.Tensor) -> torch.Tensor:
    """Return (columns,): the direction in which centred rows differ most.

    Source: power iteration; it begins at the longest row, so it is always the same.
    """
    vector = rows[rows.square().sum(dim=1).argmax()].clone()
    for _ in range(_POWER_STEPS):
        vector = rows.T @ (rows @ vector)
        vector = vector / vector.norm().clamp(min=1e-20)
    return vector
