"""The focal loss of mmseg, mended where it runs without a GPU.

mmseg 1.2 to 1.4 take there one column of the one-hot labels, where all of them but the
last are meant, and then fail on the shapes. Two classes and more are concerned.
"""

import functools
from typing import Any

from segdesk.engine.bootstrap import prepare

prepare()

import torch  # noqa: E402 - after the adapter
from mmseg.models.losses import FocalLoss  # noqa: E402
from torch.nn import functional  # noqa: E402


@functools.cache
def mend_focal_loss() -> None:
    """Give the loss its labels as one plane a class, which it takes rightly."""
    original = FocalLoss.forward

    @functools.wraps(original)
    def forward(  # noqa: PLR0913 - mmseg's own
        self: Any,  # noqa: ANN401 - the loss
        pred: torch.Tensor,
        target: torch.Tensor,
        weight: torch.Tensor | None = None,
        avg_factor: float | None = None,
        reduction_override: str | None = None,
        ignore_index: int = 255,
        **options: object,
    ) -> torch.Tensor:
        classes = pred.shape[1]
        if not (pred.is_cuda or pred.shape == target.shape or classes == 1):
            valid = target != ignore_index
            planes = functional.one_hot(target * valid, classes)
            target = planes.movedim(-1, 1)
            known = valid.reshape(-1).to(pred.dtype)
            weight = known if weight is None else known * weight.reshape(-1)
        found: torch.Tensor = original(
            self,
            pred,
            target,
            weight,
            avg_factor,
            reduction_override,
            ignore_index,
            **options,
        )
        return found

    FocalLoss.forward = forward
