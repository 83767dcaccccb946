"""Cheaper ways to the same output where a network's own way is wasteful."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name

from segdesk.engine.paint.resample import Segment, resize_axis, segments

# Values in a band of a map; a quarter of them lies in a core's cache.
_BAND = 1 << 20


def take_shortcuts(model: torch.nn.Module) -> None:
    """Replace the forward pass of the parts that have a cheaper one.

    Parameters
    ----------
    model
        A segmentor in eval mode, with its weights. Its prediction stays the same up to
        the rounding of float32; it is not for training afterwards.
    """
    from mmcv.cnn.bricks.transformer import MultiheadAttention
    from mmseg.models.decode_heads import SegformerHead

    for module in model.modules():
        if isinstance(module, MultiheadAttention):
            _drop_attention_weights(module)
        elif type(module) is SegformerHead and _is_plain(module):
            _replace_forward(module, partial(_segformer, module, _folded_head(module)))


def _replace_forward(module: Any, function: Any) -> None:  # noqa: ANN401 - untyped
    module.forward = function


def _drop_attention_weights(wrapper: Any) -> None:  # noqa: ANN401
    """Let torch choose its fused attention.

    mmcv's wrapper asks for the attention weights, queries × keys for every head, and
    throws them away. Without them torch never writes that matrix down.
    """
    attention = wrapper.attn
    if isinstance(attention, torch.nn.MultiheadAttention):
        _replace_forward(attention, partial(attention.forward, need_weights=False))


# ---------------------------------------------------------------- SegFormer's head


@dataclass(frozen=True, slots=True)
class _Mixer:
    """A 1 × 1 convolution with the batch norm after it folded in."""

    weight: torch.Tensor
    bias: torch.Tensor

    def __call__(self, features: torch.Tensor) -> torch.Tensor:
        return F.conv2d(features, self.weight, self.bias)


@dataclass(frozen=True, slots=True)
class _Level:
    """What the head does to one level: its own convolution, its part of the fusion."""

    own: _Mixer
    fusion: _Mixer

    def __call__(self, features: torch.Tensor) -> torch.Tensor:
        return self.fusion(self.own(features).relu_())


def _is_plain(head: Any) -> bool:  # noqa: ANN401 - mmseg carries no types
    return head.interpolate_mode == "bilinear" and all(
        tuple(block.order) == ("conv", "norm", "act")
        and block.conv.kernel_size == (1, 1)
        and block.conv.groups == 1
        and isinstance(block.norm, torch.nn.BatchNorm2d)
        and isinstance(block.activate, torch.nn.ReLU)
        for block in (*head.convs, head.fusion_conv)
    )


def _folded_head(head: Any) -> list[_Level]:  # noqa: ANN401
    fusion = _folded(head.fusion_conv)
    levels = []
    slices = torch.split(fusion.weight, head.channels, dim=1)
    for index, (block, part) in enumerate(zip(head.convs, slices, strict=True)):
        bias = fusion.bias if index == 0 else torch.zeros_like(fusion.bias)
        levels.append(_Level(_folded(block), _Mixer(part.contiguous(), bias)))
    return levels


def _folded(block: Any) -> _Mixer:  # noqa: ANN401
    with torch.no_grad():
        norm = block.norm
        gain = norm.weight / (norm.running_var + norm.eps).sqrt()
        shift = norm.bias - norm.running_mean * gain
        if block.conv.bias is not None:
            shift = shift + block.conv.bias * gain
        return _Mixer(block.conv.weight * gain.view(-1, 1, 1, 1), shift)


def _segformer(
    head: Any,  # noqa: ANN401
    levels: list[_Level],
    inputs: Sequence[torch.Tensor],
) -> torch.Tensor:
    """Mix each level at its own size, then enlarge and add up, in bands of rows.

    The head enlarges four levels to the size of the first, concatenates them and mixes
    1024 channels to 256 with a 1 × 1 convolution. That convolution is a sum over
    levels, and mixing channels commutes with interpolating pixels. So it is done on
    the levels as they come, with a third of the multiplications. Nothing but the
    interpolation looks at other rows, so maps of 256 channels are never there at the
    full height.
    """
    features = head._transform_inputs(inputs)  # noqa: SLF001 - the head's first step
    finest = features[0]
    height, width = finest.shape[2:]
    band = height if finest.is_cuda else max(1, _BAND // (width * head.channels))
    align = {"align_corners": head.align_corners}
    coarse = [
        (level(x), segments(resize_axis(x.shape[2], height, **align), band))
        for level, x in zip(levels[1:], features[1:], strict=True)
    ]
    scores = []
    for index, top in enumerate(range(0, height, band)):
        total = levels[0](finest[:, :, top : top + band])
        for x, bands in coarse:
            tall = _enlarged_rows(x, bands[index])
            total += F.interpolate(tall, total.shape[2:], mode="bilinear", **align)
        scores.append(head.cls_seg(total.relu_()))
    return torch.cat(scores, dim=2)


def _enlarged_rows(x: torch.Tensor, band: Segment) -> torch.Tensor:
    """Return (N, C, h, w) enlarged to the rows of a band, channels last."""
    last = x.permute(0, 2, 3, 1)[:, band.source]
    count, rows, width, channels = last.shape
    matrix = torch.from_numpy(band.matrix).to(x)
    tall = matrix @ last.reshape(count, rows, width * channels)
    return tall.view(count, -1, width, channels).permute(0, 3, 1, 2)
