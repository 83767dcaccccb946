"""Test-time augmentation: the mean of what a model says of an image seen several ways.

The scores of every look are kept at the network's own size, in memory or, where they
are large, in a file. The mean is then taken in bands of rows, so that the probabilities
of all classes are never there at the image's size.
"""

import math
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.errors import StorageError
from segdesk.core.language import tr
from segdesk.core.mapped import reserve
from segdesk.engine.looks import Look
from segdesk.engine.paint.confidence import STEPS, WIDE_STEPS
from segdesk.engine.paint.device_axis import DeviceAxis
from segdesk.engine.paint.device_painter import cooled_share
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


@dataclass(frozen=True, slots=True)
class Doubts:
    """How unsure a model is, beyond its confidence.

    Parameters
    ----------
    entropy
        (H, W) uint8, 0-255 for 0-1: 0 where one class has it all, 1 where every class
        is as likely as any other.
    margin
        (H, W) uint8, 0-255 for 0-1: how far the likeliest class is above the second.
    """

    entropy: NDArray[np.uint8]
    margin: NDArray[np.uint8]


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

    Attributes
    ----------
    kept
        The scores of each look.
    """

    def __init__(
        self, scores: Scores, channels: int, looks: int, device: torch.device
    ) -> None:
        self._rule = scores
        self._channels = channels
        self._looks = looks
        self._device = device
        self.kept: list[KeptScores] = []
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
        self.kept.clear()
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
        self.kept.append(kept)
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
        axes = self._axes()
        for band in self._bands(size):
            check()
            mean = self._mean(band, size[1], axes)
            labels, share = self._winners(mean)
            found.labels[band] = labels.cpu().numpy()
            if found.confidence is not None:
                if self._rule.temperature:
                    mean = self._mean(band, size[1], axes, self._cold(labels))
                    share = self._share_of(labels, mean)
                scaled = share.clamp(0, 1).mul_(steps).round_().to(of_torch)
                found.confidence[band] = scaled.cpu().numpy()
        return found

    def doubts(self, size: Size, *, check: Callable[[], None]) -> Doubts:
        """Return entropy and margin of an image of (height, width).

        Parameters
        ----------
        check
            Called before every band; raises to cancel.
        """
        found = Doubts(np.empty(size, np.uint8), np.empty(size, np.uint8))
        axes = self._axes()
        for band in self._bands(size):
            check()
            mean = self._mean(band, size[1], axes)
            if self._rule.temperature:
                cold = self._cold(self._winners(mean)[0])
                mean = self._mean(band, size[1], axes, cold)
                if self._rule.kind == "mask":
                    mean = mean.clamp_(min=_TINY).pow_(cold)
            if len(mean) == 1:
                mean = torch.cat((1 - mean, mean))
            mean /= mean.sum(dim=0).clamp(min=_TINY)
            entropy = torch.special.entr(mean).sum(dim=0) / math.log(len(mean))
            first, second = mean.topk(2, dim=0).values
            for where, values in (
                (found.entropy, entropy),
                (found.margin, first - second),
            ):
                scaled = values.clamp(0, 1).mul_(STEPS).round_().to(torch.uint8)
                where[band] = scaled.cpu().numpy()
        return found

    def _axes(self) -> list[tuple[DeviceAxis, DeviceAxis]]:
        return [
            (
                DeviceAxis(kept.rows, self._device),
                DeviceAxis(kept.columns, self._device),
            )
            for kept in self.kept
        ]

    def _bands(self, size: Size) -> Iterator[slice]:
        room = _BAND.get(self._device.type, _BAND_ON_CPU)
        height = max(1, room // (self._channels * size[1]))
        for top in range(0, size[0], height):
            yield slice(top, min(top + height, size[0]))

    def _cold(self, labels: torch.Tensor) -> torch.Tensor:
        """Return 1 / temperature of each pixel's winner."""
        inverse = 1 / torch.tensor(self._rule.temperature, device=labels.device)
        return inverse if len(inverse) == 1 else inverse[labels.long()]

    def _share_of(self, labels: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:
        """Return the share of the winners in chances that were cooled."""
        if self._rule.kind == "mask":
            share = mean.max(dim=0).values / mean.sum(dim=0).clamp(min=_TINY)
            return cooled_share(share, self._cold(labels))
        if len(mean) == 1:
            return torch.where(labels.bool(), mean[0], 1 - mean[0])
        return mean.gather(0, labels.long()[None])[0]

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
        path = Path(self._folder.name) / f"{len(self.kept)}.f32"
        try:
            with path.open("wb") as file:
                reserve(file.fileno(), 4 * values)
        except OSError as error:
            raise StorageError(
                tr("The image was not predicted."),
                cause=tr(
                    "What its looks say takes {megabytes:,.0f} MB each on the disk "
                    "of {folder}, and the system says: {reason}.",
                    megabytes=4 * values / 1000000.0,
                    folder=path.parent.parent,
                    reason=error.strerror or error,
                ),
                hint=tr("Free some room there, or predict it with fewer looks."),
                detail=str(error),
            ) from error
        return torch.from_file(str(path), shared=True, size=values).view(shape)

    def _mean(
        self,
        band: slice,
        width: int,
        axes: list[tuple[DeviceAxis, DeviceAxis]],
        cold: torch.Tensor | None = None,
    ) -> torch.Tensor:
        total: torch.Tensor | None = None
        for kept, (rows, columns) in zip(self.kept, axes, strict=True):
            first = kept.rows.first[band]
            last = min(int(first[-1]) + kept.rows.taps, kept.rows.n_source)
            part = kept.scores[:, int(first[0]) : last].to(self._device)
            tall = rows.resized(part, 1, band, int(first[0]))
            scores = columns.resized(tall, 2, slice(0, width), 0)
            if cold is not None and self._rule.kind != "mask":
                scores = scores * cold
            chances = self._chances(scores)
            total = chances if total is None else total.add_(chances)
        assert total is not None  # noqa: S101 - there is at least one look
        return total.div_(len(self.kept))

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
