"""Labels and confidence on a GPU: the same resize as on the CPU, class by class.

A GPU interpolates all classes faster than the CPU finds out which can win, so nothing
is pruned; bands of rows and groups of classes keep the memory constant.
"""

from collections.abc import Callable

import torch

from segdesk.engine.paint.band_painter import BandPainter
from segdesk.engine.paint.confidence import STEPS
from segdesk.engine.paint.device_axis import DeviceAxis
from segdesk.engine.paint.postprocess import Scores, not_a_number
from segdesk.engine.paint.resample import Axis

_BAND_PX = 4 * 1024 * 1024
_GROUP_PX = 16 * 1024 * 1024
_TINY = 1e-12
_NEARLY = 1e-7


class DevicePainter(BandPainter):
    """Paints labels and confidence on the device where the scores are.

    Parameters
    ----------
    axes
        The rows' and the columns' resize from the source to the image.
    scores
        How the channels become a class.
    channels
        Number of channels of the head.
    device
        Where the scores are.
    confidence
        Whether to paint the confidence too.
    wide
        In 16 bits.
    """

    def __init__(
        self,
        axes: tuple[Axis, Axis],
        scores: Scores,
        channels: int,
        *,
        device: torch.device,
        confidence: bool,
        wide: bool = False,
    ) -> None:
        self._rows, self._columns = axes
        shape = (len(self._rows), len(self._columns))
        self._scores = scores
        self._binary = scores.kind == "sigmoid" and channels == 1
        self._inverse = 1 / torch.tensor(scores.temperature or (1.0,), device=device)
        self._is_cooled = bool(scores.temperature)
        self._band = max(1, _BAND_PX // shape[1])
        self._taps = [DeviceAxis(axis, device) for axis in axes]
        begins = range(0, shape[0], self._band)
        spans = [self._sources(y) for y in begins]
        ends = [min(y + self._band, shape[0]) for y in begins]
        source = self._rows.n_source
        super().__init__(spans, ends, source, shape, confidence=confidence, wide=wide)

    def paint(
        self, source: torch.Tensor, first_row: int, check: Callable[[], None]
    ) -> None:
        """Paint all bands whose sources are there.

        Parameters
        ----------
        source
            (C, rows, w) float32 scores of the head, on the device.
        first_row
            Which row of the whole source its first one is.
        check
            Called before every band; raises to cancel.

        Raises
        ------
        ModelError
            When the scores are not numbers.
        """
        if source.isnan().any():
            raise not_a_number()
        stack = self._scores.as_classes(source)
        for index, rows in self._ready(first_row, stack.shape[1]):
            check()
            top = index * self._band
            band = slice(top, min(top + self._band, len(self._rows)))
            self._paint_band(band, stack[:, rows], self._spans[index].start)

    def _sources(self, begin: int) -> slice:
        first = self._rows.first[begin : begin + self._band]
        last = min(int(first[-1]) + self._rows.taps, self._rows.n_source)
        return slice(int(first[0]), last)

    def _paint_band(self, band: slice, part: torch.Tensor, first: int) -> None:
        shape = (band.stop - band.start, len(self._columns))
        best = part.new_full(shape, -torch.inf)
        labels = torch.zeros(shape, dtype=torch.uint8, device=part.device)
        total = part.new_zeros(shape)
        group = max(1, _GROUP_PX // (shape[0] * shape[1]))
        for begin in range(0, len(part), group):
            tall = self._taps[0].resized(part[begin : begin + group], 1, band, first)
            planes = self._taps[1].resized(tall, 2, slice(0, shape[1]), 0)
            highest, place = planes.max(dim=0)
            place += begin
            labels = torch.where(highest > best, place.to(torch.uint8), labels)
            higher = torch.maximum(highest, best)
            total = self._added(total, planes, best, higher)
            best = higher
        self.labels[band] = labels.cpu().numpy()
        if self.confidence is not None:
            if self._is_cooled and self._scores.kind == "softmax":
                total = self._cooled_total(part, band, first, best, labels)
            share = self._share(best, total, labels)
            kind = torch.uint8 if self.steps == STEPS else torch.int32
            scaled = share.mul_(self.steps).round_().to(kind)
            self.confidence[band] = scaled.cpu().numpy()

    def _added(
        self,
        total: torch.Tensor,
        planes: torch.Tensor,
        best: torch.Tensor,
        higher: torch.Tensor,
    ) -> torch.Tensor:
        """Return the running sum that the confidence needs, with a group added."""
        if self.confidence is None:
            return total
        if self._binary:
            return planes[-1]
        if self._scores.kind == "mask":
            return total + planes.sum(dim=0)
        if self._scores.kind == "sigmoid":
            return total
        scaled = total * torch.exp(best - higher)
        return scaled + (planes - higher).exp_().sum(dim=0)

    def _cooled_total(
        self,
        part: torch.Tensor,
        band: slice,
        first: int,
        best: torch.Tensor,
        labels: torch.Tensor,
    ) -> torch.Tensor:
        """Return the sum of a softmax whose temperature the winner decides."""
        total = torch.zeros_like(best)
        inverse = self._cold(labels)
        group = max(1, _GROUP_PX // best.numel())
        for begin in range(0, len(part), group):
            tall = self._taps[0].resized(part[begin : begin + group], 1, band, first)
            planes = self._taps[1].resized(tall, 2, slice(0, best.shape[1]), 0)
            total += ((planes - best) * inverse).exp_().sum(dim=0)
        return total

    def _cold(self, labels: torch.Tensor) -> torch.Tensor:
        """Return 1 / temperature of the winners; one number where all share it."""
        return self._inverse[labels.long()] if len(self._inverse) > 1 else self._inverse

    def _share(
        self, best: torch.Tensor, total: torch.Tensor, labels: torch.Tensor
    ) -> torch.Tensor:
        """Return the confidence 0-1; see `confidence` for the rules."""
        if self._binary:
            sure = torch.where(labels.bool(), total, -total)
            return (sure * self._cold(labels)).sigmoid()
        if self._scores.kind == "mask":
            share = (best / total.clamp(min=_TINY)).clamp_(0, 1)
            return cooled_share(share, self._cold(labels)) if self._is_cooled else share
        if self._scores.kind == "sigmoid":
            return (best * self._cold(labels)).sigmoid()
        return total.reciprocal()


def cooled_share(share: torch.Tensor, inverse: torch.Tensor) -> torch.Tensor:
    """Return shares whose logits are multiplied with 1 / temperature."""
    return (share.clamp(_NEARLY, 1 - _NEARLY).logit() * inverse).sigmoid()
