"""Cheaper ways to the same output where a network's own way is wasteful."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name


def take_shortcuts(model: torch.nn.Module) -> None:
    """Replace the forward pass of the parts that have a cheaper one.

    Parameters
    ----------
    model
        A segmentor in eval mode. Its prediction stays the same up to the rounding of
        float32; it is not for training afterwards.
    """
    from mmcv.cnn.bricks.transformer import MultiheadAttention
    from mmseg.models.decode_heads import SegformerHead

    for module in model.modules():
        if isinstance(module, MultiheadAttention):
            _drop_attention_weights(module)
        elif type(module) is SegformerHead and _fuses_plainly(module):
            _forward(module, partial(_segformer, module))


def _forward(module: Any, function: Any) -> None:  # noqa: ANN401 - mm* has no types
    module.forward = function


def _drop_attention_weights(wrapper: Any) -> None:  # noqa: ANN401
    """Let torch choose its fused attention.

    mmcv's wrapper asks for the attention weights, queries × keys for every head, and
    throws them away. Without them torch never writes that matrix down.
    """
    attention = wrapper.attn
    if isinstance(attention, torch.nn.MultiheadAttention):
        _forward(attention, partial(attention.forward, need_weights=False))


def _fuses_plainly(head: Any) -> bool:  # noqa: ANN401
    fusion = head.fusion_conv
    plain = fusion.conv.kernel_size == (1, 1) and fusion.conv.groups == 1
    return plain and tuple(fusion.order) == ("conv", "norm", "act")


def _segformer(head: Any, inputs: Sequence[torch.Tensor]) -> torch.Tensor:  # noqa: ANN401
    """Mix each level at its own size, then enlarge and add up.

    The head enlarges four levels to the size of the first, concatenates them and mixes
    1024 channels to 256 with a 1 × 1 convolution. That convolution is a sum over
    levels, and mixing channels commutes with interpolating pixels. So it is done on
    the levels as they come, with a third of the multiplications and of the memory.
    """
    levels = head._transform_inputs(inputs)  # noqa: SLF001 - the head's own first step
    fusion = head.fusion_conv
    slices = fusion.conv.weight.split(head.channels, dim=1)
    size = levels[0].shape[2:]
    how = {"mode": head.interpolate_mode}
    if head.interpolate_mode != "nearest":
        how["align_corners"] = head.align_corners
    total = F.conv2d(head.convs[0](levels[0]), slices[0], fusion.conv.bias)
    for level, conv, weight in zip(levels[1:], head.convs[1:], slices[1:], strict=True):
        total += F.interpolate(F.conv2d(conv(level), weight), size, **how)
    if fusion.norm is not None:
        total = fusion.norm(total)
    if fusion.with_activation:
        total = fusion.activate(total)
    scores: torch.Tensor = head.cls_seg(total)
    return scores
