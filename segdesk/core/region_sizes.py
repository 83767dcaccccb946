"""How many regions a class has, and how large they are: true ones beside found ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from segdesk.core.confusion import RegionMeasure


@dataclass(frozen=True, slots=True)
class Sizes:
    """The connected regions of one class on one side.

    Parameters
    ----------
    count
        Regions.
    pixels
        Of all of them.
    median_px
        Median of their areas; None without any.
    """

    count: int = 0
    pixels: int = 0
    median_px: float | None = None


@dataclass(frozen=True, slots=True)
class ClassSizes:
    """The regions of one class, in truth and prediction."""

    truth: Sizes = Sizes()
    said: Sizes = Sizes()


class SizeTally:
    """Collects the areas of regions, image by image.

    Parameters
    ----------
    num_classes
        Classes that are told apart.
    """

    def __init__(self, num_classes: int) -> None:
        self._areas: dict[str, list[list[int]]] = {
            side: [[] for _ in range(num_classes)] for side in ("truth", "prediction")
        }

    def add(self, regions: Iterable[tuple[str, RegionMeasure]]) -> None:
        """Add the regions of an image, each with its side: truth or prediction."""
        for side, region in regions:
            self._areas[side][region.label].append(region.area)

    def sizes(self) -> tuple[ClassSizes, ...]:
        """Return what was collected, for each class."""
        return tuple(
            ClassSizes(_sizes(truth), _sizes(said))
            for truth, said in zip(*self._areas.values(), strict=True)
        )


def _sizes(areas: list[int]) -> Sizes:
    if not areas:
        return Sizes()
    return Sizes(len(areas), sum(areas), float(median(areas)))
