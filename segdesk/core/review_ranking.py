"""In which order a person should look at what nobody has labelled.

A candidate tells much where the model is unsure, where the classes in question are
rare, and where another opinion differs. The three are multiplied. What looks like
something in front of it, or like what is labelled, is worth less, in proportion to the
distance; so the next is the one whose use times its novelty is largest: farthest first,
as in Gonzalez, *Clustering to minimize the maximum intercluster distance*, 1985,
weighted with the use, but nobody gains by being farther off than is usual.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.descriptor import stacked
from segdesk.core.review_measure import Part

# Beyond so many nobody reads; they follow by their use alone.
_SPREAD = 400
_POOL = 2000
_FLOOR = 0.15  # what the least of a factor still counts
_RARE = 4.0  # times rarer than even: no class counts as rarer
_REASON = 0.6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rank:
    """Where a candidate stands.

    Parameters
    ----------
    index
        Of the candidate.
    worth
        Its use times its novelty beside those in front, 0-1: it falls from first to
        last.
    unsure, rare, differs
        Its three factors, 0-1.
    """

    index: int
    worth: float
    unsure: float
    rare: float
    differs: float

    @property
    def reasons(self) -> tuple[str, ...]:
        """What speaks for it: "unsure", "rare", "differs"; the strongest first."""
        found = {"unsure": self.unsure, "rare": self.rare, "differs": self.differs}
        order = sorted(found, key=lambda name: -found[name])
        named = [name for name in order if found[name] >= _REASON]
        return tuple(named or order[:1])


def rarity_of(shares: Mapping[int, float], num_classes: int) -> Floats:
    """Return how rare each class is, 0-1, from how much of the pixels it takes.

    Parameters
    ----------
    shares
        Share of all pixels by class index; a class that is missing takes none.
    num_classes
        C.

    Returns
    -------
    rarity
        (C,): 0 for a class that takes all, 0.5 for an even share, 1 for one that takes
        a quarter of that or less.
    """
    even = 1.0 / max(1, num_classes)
    taken = np.array([max(0.0, shares.get(i, 0.0)) for i in range(num_classes)])
    times = even / np.maximum(taken, even / _RARE)
    rare = np.log(np.maximum(times, 1.0 / num_classes)) / np.log(_RARE)
    common = np.log(num_classes) / np.log(_RARE) if num_classes > 1 else 1.0
    found: Floats = np.where(rare >= 0, 0.5 + rare / 2, 0.5 + rare / (2 * common))
    return found.clip(0.0, 1.0)


def rank(
    parts: Sequence[Part],
    rarity: Floats,
    known: Sequence[Sequence[float]] = (),
    most: int | None = None,
) -> tuple[Rank, ...]:
    """Order candidates by how much a look at each would tell.

    Parameters
    ----------
    parts
        The candidates.
    rarity
        (C,), from `rarity_of`.
    known
        What is labelled already looks like; who is like it comes later.
    most
        How many are wanted; None: all.

    Returns
    -------
    ranks
        Best first; candidates of the same use keep their order.
    """
    if not parts:
        return ()
    unsure = _place([part.unsure for part in parts])
    differs = _place([part.differs for part in parts])
    rare = np.array([_rare(part, rarity) for part in parts])
    score = (_lifted(unsure) * _lifted(rare) * _lifted(differs)) ** (1 / 3)
    order = _spread(score, parts, stacked(list(known)), most)
    return tuple(
        Rank(
            index,
            round(worth, 4),
            round(float(unsure[index]), 4),
            round(float(rare[index]), 4),
            round(float(differs[index]), 4),
        )
        for index, worth in order
    )


def _rare(part: Part, rarity: Floats) -> float:
    """Return the mean rarity of what is unsure or differs."""
    if not part.shares:
        return 0.0
    known = [(i, s) for i, s in part.shares if i < len(rarity)]
    total = sum(share for _, share in known)
    return sum(rarity[i] * share for i, share in known) / total if total else 0.0


def _place(values: Sequence[float]) -> Floats:
    """Return the place of each value among all, 0-1; equal values share one."""
    found = np.asarray(values, float)
    if found.size == 1 or np.ptp(found) == 0:
        return np.full(found.size, 0.5 if found.any() else 0.0)
    ordered = np.sort(found)
    left = np.searchsorted(ordered, found, "left")
    right = np.searchsorted(ordered, found, "right") - 1
    places: Floats = (left + right) / (2 * (found.size - 1))
    return places


def _lifted(factor: Floats) -> Floats:
    return _FLOOR + (1 - _FLOOR) * factor


def _spread(
    score: Floats,
    parts: Sequence[Part],
    known: NDArray[np.float32],
    most: int | None,
) -> list[tuple[int, float]]:
    """Return the order, each with its worth beside those in front of it."""
    by_use = [int(i) for i in np.argsort(-score, kind="stable")]
    wanted = len(by_use) if most is None else min(most, len(by_use))
    front = min(wanted, _SPREAD)
    # Only the more useful ones are told apart: it costs a row for each that is chosen.
    pool = np.asarray(by_use[: max(4 * front, _POOL)])
    looks = stacked([parts[index].looks for index in pool])
    usual = max(float(np.median(np.linalg.norm(looks - looks.mean(0), axis=1))), 1e-6)
    novelty = np.minimum(1.0, _to_nearest(looks, known) / usual)
    left = np.ones(len(pool), np.bool_)
    chosen: list[tuple[int, float]] = []
    for _ in range(front):
        worth = score[pool] * novelty
        place = int(np.where(left, worth, -1.0).argmax())
        left[place] = False
        chosen.append((int(pool[place]), float(worth[place])))
        away = np.linalg.norm(looks - looks[place], axis=1)
        np.minimum(novelty, away / usual, out=novelty)
    there = {index for index, _ in chosen}
    least = chosen[-1][1] if chosen else 0.0
    rest = [(i, min(least, float(score[i]))) for i in by_use if i not in there]
    return [*chosen, *rest][:wanted]


def _to_nearest(
    looks: NDArray[np.float32], known: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the distance of each row to the nearest that is known; inf without any."""
    nearest = np.full(len(looks), np.inf, np.float32)
    for one in known:
        np.minimum(nearest, np.linalg.norm(looks - one, axis=1), out=nearest)
    return nearest
