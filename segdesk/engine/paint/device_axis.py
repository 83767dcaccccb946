"""One axis of a resize, ready on the device where the scores are."""

import numpy as np
import torch

from segdesk.engine.paint.resample import Axis


class DeviceAxis:
    """An axis on a device; its first indices may come in any order."""

    def __init__(self, axis: Axis, device: torch.device) -> None:
        reach = axis.first[:, None] + np.arange(axis.taps)
        indices = np.minimum(reach, axis.n_source - 1)
        self._indices = torch.from_numpy(indices).to(device)
        self._weights = torch.from_numpy(axis.weights).to(device)

    def resized(
        self, planes: torch.Tensor, dim: int, out: slice, first: int
    ) -> torch.Tensor:
        """Return the output positions `out` of planes whose sources begin at `first`.

        Parameters
        ----------
        planes
            (n, h, w).
        dim
            1: rows, 2: columns.
        """
        shape = [1, 1, 1]
        shape[dim] = -1
        indices = self._indices[out] - first
        weights = self._weights[out]
        result = planes.index_select(dim, indices[:, 0]) * weights[:, 0].view(shape)
        for tap in range(1, weights.shape[1]):
            chosen = planes.index_select(dim, indices[:, tap])
            result.addcmul_(chosen, weights[:, tap].view(shape))
        return result
