"""Some of an image's pixels in all its bands, to try how it is best shown."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.image_decode import chosen_bands, shown_as, upright, wide_values
from segdesk.core.image_source import ImageSource, opened
from segdesk.core.image_view import ImageView


@dataclass(frozen=True, slots=True, eq=False)
class BandSample:
    """A small copy of an image with its numbers as they are stored.

    Parameters
    ----------
    values
        (h, w, n), upright; any kind of number.
    has_choice
        Its file is one whose bands can be chosen.
    """

    values: NDArray[np.generic]
    has_choice: bool

    @property
    def bands(self) -> int:
        """Number of bands."""
        return int(self.values.shape[2])

    def shown(self, view: ImageView) -> NDArray[np.uint8]:
        """Return (h, w, 3) RGB as the image would look, near enough.

        The stretch is measured on the copy alone.
        """
        chosen = chosen_bands(self.bands, view if self.has_choice else ImageView())
        return shown_as(self.values[:, :, list(chosen)], view)


def read_band_sample(path: Path, side_px: int) -> BandSample:
    """Read a small copy of an image. Slow: call it on a worker.

    Parameters
    ----------
    side_px
        About how long its longer side becomes.

    Raises
    ------
    ImageReadError
        As `read_image`.
    """
    with opened(path, by_bands=True) as source:
        tiff = source.tiff
        if tiff is not None:
            values = tiff.small(range(tiff.bands), side_px)
            return BandSample(_upright(values, tiff.orientation), has_choice=True)
        values = _values(source)
        step = max(1, max(values.shape[:2]) // side_px)
        small = _upright(values[::step, ::step], source.orientation)
        return BandSample(small, has_choice=False)


def _values(source: ImageSource) -> NDArray[np.generic]:
    values = wide_values(source) if source.deep else np.asarray(source.image)
    return values if values.ndim == 3 else values[:, :, None]


def _upright(values: NDArray[np.generic], orientation: int) -> NDArray[np.generic]:
    return upright(values, orientation)  # type: ignore[arg-type]
