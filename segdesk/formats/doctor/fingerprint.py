"""What the data are like in numbers: shares, sizes, objects."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.data_check import Fingerprint, SplitFacts
from segdesk.core.splits import SPLIT_NAMES
from segdesk.formats.doctor.case import Case
from segdesk.formats.doctor.facts import PairFacts

_QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


def label_count(case: Case) -> int:
    """Return the number of classes, or of numbers where nothing names them."""
    if case.class_count is not None:
        return case.class_count
    used = [value for value in case.totals if value < IGNORE_INDEX]
    return max(used, default=-1) + 1


def split_facts(case: Case) -> tuple[SplitFacts, ...]:
    """Return what each split holds; pairs without a split are one called ""."""
    count = label_count(case)
    groups: dict[str, list[PairFacts]] = defaultdict(list)
    for pair in case.pairs:
        groups[pair.split].append(pair)
    order = [*SPLIT_NAMES, *sorted(groups)]
    return tuple(
        _split(name, groups[name], count, numbered=not case.means_colours)
        for name in dict.fromkeys(order)
        if name in groups
    )


def _split(
    name: str, pairs: Sequence[PairFacts], count: int, *, numbered: bool
) -> SplitFacts:
    pixels: Counter[int] = Counter()
    images: Counter[int] = Counter()
    for pair in pairs if numbered else ():
        pixels.update(pair.mask.labels)
        images.update(pair.mask.labels.keys())
    return SplitFacts(
        name=name,
        pairs=len(pairs),
        pixels=tuple(pixels[label] for label in range(count)),
        images_with=tuple(images[label] for label in range(count)),
        ignored=pixels[IGNORE_INDEX],
    )


def fingerprint(case: Case) -> Fingerprint | None:
    """Return the data in numbers; None where no pair can be read."""
    good = case.good
    if not good:
        return None
    widths = [pair.image.shown[0] for pair in good]
    heights = [pair.image.shown[1] for pair in good]
    sides: dict[int, list[float]] = defaultdict(list)
    for pair in () if case.means_colours else good:
        for label, found in pair.mask.sides:
            sides[label] += found
    bands = Counter(pair.image.bands for pair in good)
    return Fingerprint(
        pairs=len(good),
        widths=_quantiles(widths),
        heights=_quantiles(heights),
        object_sides=tuple(
            round(statistics.median(sides[label]), 1) if sides[label] else None
            for label in range(label_count(case))
        ),
        megapixels=sum(w * h for w, h in zip(widths, heights, strict=True)) / 1e6,
        channels=bands.most_common(1)[0][0],
        bit_depth=max(pair.image.bit_depth for pair in good),
    )


def _quantiles(values: Sequence[int]) -> tuple[int, int, int, int, int]:
    found = np.quantile(values, _QUANTILES, method="nearest")
    return (int(found[0]), int(found[1]), int(found[2]), int(found[3]), int(found[4]))
