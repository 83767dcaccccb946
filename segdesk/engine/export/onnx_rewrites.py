"""Parts of networks said in a way that ONNX can say for images of any size.

The exporter follows the sizes of the image as unknowns. Where mmseg turns one into a
plain number, the graph would be right for the example's size alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name

_NO_WARNING = False


def free_sizes(network: torch.nn.Module) -> None:
    """Replace what ties a network to one size; what it computes stays the same."""
    from mmseg.models.backbones.swin import ShiftWindowMSA
    from mmseg.models.utils import Upsample

    for part in list(network.modules()):
        for name, child in part.named_children():
            if isinstance(child, torch.nn.AdaptiveAvgPool2d):
                _replace_pool(part, name, child)
        if isinstance(part, Upsample):
            _replace(part, "forward", partial(_enlarged, part))
        elif isinstance(part, ShiftWindowMSA):
            _replace(part, "window_reverse", partial(_joined_windows, part))


@contextmanager
def sizes_unasked() -> Iterator[None]:
    """Keep mmseg's `resize` from looking at sizes only to warn about them."""
    from mmseg.models.utils.wrappers import resize

    before = resize.__defaults__
    resize.__defaults__ = (*before[:-1], _NO_WARNING)
    try:
        yield
    finally:
        resize.__defaults__ = before


# ---------------------------------------------------------------- random numbers


def random_parts(network: torch.nn.Module) -> list[torch.nn.Module]:
    """Return the parts that draw random numbers while they predict."""
    return [part for part in network.modules() if hasattr(part, "_build_bases")]


@contextmanager
def recorded(parts: Sequence[torch.nn.Module]) -> Iterator[None]:
    """Keep what parts draw now; from then on they use that instead of drawing."""
    drawn: dict[int, torch.Tensor] = {}
    draws = {id(part): _drawing(part) for part in parts}

    def record(key: int, *sizes: Any, **more: Any) -> torch.Tensor:  # noqa: ANN401
        drawn[key] = draws[key](*sizes, **more)
        return drawn[key]

    for part in parts:
        _replace(part, "_build_bases", partial(record, id(part)))
    yield
    for part in parts:
        _replace(part, "_build_bases", partial(_given, drawn[id(part)]))


def _drawing(part: Any) -> Any:  # noqa: ANN401 - mmseg carries no types
    return part._build_bases  # noqa: SLF001 - what has no other door


def _given(bases: torch.Tensor, *_: object, **__: object) -> torch.Tensor:
    return bases


# ---------------------------------------------------------------- sizes


def _replace(part: Any, name: str, function: Any) -> None:  # noqa: ANN401
    setattr(part, name, function)


def _enlarged(part: Any, x: torch.Tensor) -> torch.Tensor:  # noqa: ANN401
    size = part.size
    if not size:
        factor = part.scale_factor
        whole = int(factor) if factor == int(factor) else factor
        size = [side * whole for side in x.shape[-2:]]
    return F.interpolate(x, size, None, part.mode, part.align_corners)


def _joined_windows(
    part: Any,  # noqa: ANN401
    windows: torch.Tensor,
    height: int,
    width: int,
) -> torch.Tensor:
    """Return the image of one picture's windows."""
    side = part.window_size
    rows, columns = height // side, width // side
    x = windows.view(1, rows, columns, side, side, -1).permute(0, 1, 3, 2, 4, 5)
    return x.contiguous().view(1, height, width, -1)


def _replace_pool(
    parent: torch.nn.Module, name: str, pool: torch.nn.AdaptiveAvgPool2d
) -> None:
    size = pool.output_size
    rows, columns = size if isinstance(size, tuple) else (size, size)
    if rows and columns:
        setattr(parent, name, _MatrixPool(rows, columns))


class _MatrixPool(torch.nn.Module):
    """Adaptive average pooling as two products with matrices made of the size."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.rows, self.columns = rows, columns

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (N, C, rows, columns) means."""
        if self.rows == self.columns == 1:
            return x.mean(dim=(2, 3), keepdim=True)
        down = _pooling(x.shape[2], self.rows).to(x.dtype)
        across = _pooling(x.shape[3], self.columns).to(x.dtype)
        return down @ x @ across.transpose(0, 1)


def _pooling(length: int, count: int) -> torch.Tensor:
    """Return the (count, length) matrix of the means over `count` parts."""
    part = torch.arange(count)[:, None]
    place = torch.arange(length)[None, :]
    first = part * length // count
    after = ((part + 1) * length + count - 1) // count
    inside = ((place >= first) & (place < after)).float()
    return inside / (after - first).float()
