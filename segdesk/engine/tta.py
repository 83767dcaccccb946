"""Test-time augmentation: the mean of what a model says of an image seen several ways.

The scores of every look are kept at the network's own size, in memory or, where they
are large, in a file. The mean is then taken in bands of rows, so that the probabilities
of all classes are never there at the image's size.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.errors import StorageError
from segdesk.core.mapped import reserve
from segdesk.engine.looks import Look
from segdesk.engine.paint.confidence import STEPS, WIDE_STEPS
from segdesk.engine.paint.device_axis import DeviceAxis
from segdesk.engine.paint.postprocess import Geometry, Scores, not_a_number
from segdesk.engine.paint.resample import Axis
from segdesk.engine.preprocess import Size

# More than this of scores goes to a file; a band holds this many probabilities.
_KEPT_BYTES = 256_000_000
_BAND = {"cuda": 32_000_000}
_BAND_ON_CPU = 2_000_000
_TINY = 1e-12


class KeptScores:
    """A painter that keeps the scores of one look until all looks are there.

    Parameters
    ----------
    scores
        (C, h, w) float32 to be filled from the top.
    axes
        The rows' and the columns' resize to the image.
    """

    reach = 1

    def __init__(self, scores: torch.Tensor, axes: tuple[Axis, Axis]) -> None:
        self.scores = scores
        self.rows, self.columns = axes
        self._done = 0

    @property
    def first_row_needed(self) -> int:
        """First row that it has not seen."""
        return self._done

    def paint(
        self, source: torch.Tensor, first_row: int, check: Callable[[], None]
    ) -> None:
        """Keep (C, rows, w) scores.

        Raises
        ------
        ModelError
            When they are not numbers.
        """
        check()
        if source.isnan().any():
            raise not_a_number()
        self._done = first_row + source.shape[1]
        self.scores[:, first_row : self._done] = source


@dataclass(frozen=True, slots=True)
class MeanLabels:
    """What all looks say together.

    Parameters
    ----------
    labels
        (H, W) uint8.
    confidence
        (H, W) uint8, 0-255 for 0-1, or uint16 and 0-65535: the mean probability of the
        winner. None when not asked for.
    """

    labels: NDArray[np.uint8]
    confidence: NDArray[np.uint8 | np.uint16] | None


class Mean:
    """Takes the scores of each look and gives the labels of their mean.

    As mmseg's `SegTTAModel`: the mean of softmax probabilities, of sigmoids where the
    head has one channel (mmseg takes that sigmoid twice). A head with a sigmoid for
    each class keeps them here, and the scores of a mask head, which are sums of
    probabilities, are taken as they are.

    Parameters
    ----------
    scores
        How the channels become a class.
    channels
        Of the head.
    looks
        How many there will be.
    device
        Where the scores are painted.
    """

    def __init__(
        self, scores: Scores, channels: int, looks: int, device: torch.device
    ) -> None:
        self._rule = scores
        self._channels = channels
        self._looks = looks
        self._device = device
        self._kept: list[KeptScores] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        """Return itself; what it keeps in files is gone at the exit."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of all scores."""
        self._kept.clear()
        if self._folder:
            self._folder.cleanup()

    def painter(self, geometry: Geometry, head: Size, look: Look) -> KeptScores:
        """Return what takes the scores of one look.

        Parameters
        ----------
        head
            Their (height, width).
        """
        rows, columns = geometry.axes(head)
        if look.mirrored:
            columns = columns.mirrored()
        kept = KeptScores(self._room(head), (rows, columns))
        self._kept.append(kept)
        return kept

    def labels(
        self,
        size: Size,
        *,
        confidence: bool,
        wide: bool = False,
        check: Callable[[], None],
    ) -> MeanLabels:
        """Return the labels of an image of (height, width).

        Parameters
        ----------
        confidence
            Whether it is wanted too.
        wide
            In 16 bits.
        check
            Called before every band; raises to cancel.
        """
        kind, of_torch = (np.uint16, torch.int32) if wide else (np.uint8, torch.uint8)
        found = MeanLabels(
            np.empty(size, np.uint8), np.empty(size, kind) if confidence else None
        )
        steps = WIDE_STEPS if wide else STEPS
        axes = [
            (
                DeviceAxis(kept.rows, self._device),
                DeviceAxis(kept.columns, self._device),
            )
            for kept in self._kept
        ]
        room = _BAND.get(self._device.type, _BAND_ON_CPU)
        height = max(1, room // (self._channels * size[1]))
        for top in range(0, size[0], height):
            check()
            band = slice(top, min(top + height, size[0]))
            mean = self._mean(band, size[1], axes)
            labels, share = self._winners(mean)
            found.labels[band] = labels.cpu().numpy()
            if found.confidence is not None:
                scaled = share.clamp_(0, 1).mul_(steps).round_().to(of_torch)
                found.confidence[band] = scaled.cpu().numpy()
        return found

    def _room(self, head: Size) -> torch.Tensor:
        """Return an empty tensor for the scores of a look.

        Raises
        ------
        StorageError
            When the disk has no room for it.
        """
        shape = (self._channels, *head)
        values = self._channels * head[0] * head[1]
        if 4 * values * self._looks <= _KEPT_BYTES or self._device.type == "cuda":
            return torch.empty(shape, device=self._device)
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(
                prefix="segdesk-looks-", ignore_cleanup_errors=True
            )
        path = Path(self._folder.name) / f"{len(self._kept)}.f32"
        try:
            with path.open("wb") as file:
                reserve(file.fileno(), 4 * values)
        except OSError as error:
            raise StorageError(
                "The image was not predicted.",
                cause=f"What its looks say takes {4 * values / 1e6:,.0f} MB each on "
                f"the disk of {path.parent.parent}, and the system says: "
                f"{error.strerror or error}.",
                hint="Free some room there, or predict it with fewer looks.",
                detail=str(error),
            ) from error
        return torch.from_file(str(path), shared=True, size=values).view(shape)

    def _mean(
        self, band: slice, width: int, axes: list[tuple[DeviceAxis, DeviceAxis]]
    ) -> torch.Tensor:
        total: torch.Tensor | None = None
        for kept, (rows, columns) in zip(self._kept, axes, strict=True):
            first = kept.rows.first[band]
            last = min(int(first[-1]) + kept.rows.taps, kept.rows.n_source)
            part = kept.scores[:, int(first[0]) : last].to(self._device)
            tall = rows.resized(part, 1, band, int(first[0]))
            chances = self._chances(columns.resized(tall, 2, slice(0, width), 0))
            total = chances if total is None else total.add_(chances)
        assert total is not None  # noqa: S101 - there is at least one look
        return total.div_(len(self._kept))

    def _chances(self, scores: torch.Tensor) -> torch.Tensor:
        if self._rule.kind == "mask":
            return scores
        if self._rule.kind == "sigmoid":
            return scores.sigmoid_()
        return scores.softmax(dim=0)

    def _winners(self, mean: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (rows, W) labels and the winners' share."""
        if self._rule.kind == "sigmoid" and self._channels == 1:
            chance = mean[0]
            labels = chance > self._rule.threshold
            return labels.to(torch.uint8), torch.where(labels, chance, 1 - chance)
        best, labels = mean.max(dim=0)
        if self._rule.kind == "mask":
            best = best / mean.sum(dim=0).clamp(min=_TINY)
        return labels.to(torch.uint8), best
