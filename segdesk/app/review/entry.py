"""One thing of the review queue: an image, or a part of one, and why it is there."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from segdesk.core.classes import ClassList
from segdesk.core.geometry import Rect
from segdesk.core.language import joined, tr
from segdesk.core.review_measure import Part
from segdesk.core.review_ranking import Rank

_FIRST = {
    "unsure": tr("Uncertain"),
    "rare": tr("Rare class"),
    "differs": tr("Differs when flipped"),
    "of two": tr("Two models disagree"),
}
_MORE = {
    "unsure": tr("uncertain"),
    "rare": tr("rare class"),
    "differs": tr("differs when flipped"),
    "of two": tr("two models disagree"),
}
_CLEAR = 0.75  # of what is in question is one class
_COVERED = 0.3  # of a part that was decided on: it is not asked about again


class QueueKind(StrEnum):
    """What the queue is made of."""

    REGIONS = "regions"
    IMAGES = "images"


class Decision(StrEnum):
    """What became of an entry."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    SKIPPED = "skipped"


Key = tuple[str, tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """One thing to look at.

    Parameters
    ----------
    path
        The image file.
    name
        Of its results in the folder of the queue.
    part
        What of it is in question.
    is_whole
        It is the whole image.
    rank
        Where it stands, and why.
    """

    path: Path
    name: str
    part: Part
    is_whole: bool
    rank: Rank

    @property
    def box(self) -> Rect:
        """Where it lies in the image."""
        return self.part.box

    @property
    def key(self) -> Key:
        """What tells it from all others."""
        return str(self.path), tuple(self.box)  # type: ignore[return-value]

    def title(self, classes: ClassList | None) -> str:
        """Return what is in question: "Road or Land?", "Building"."""
        if self.is_whole:
            return self.path.name
        names = classes.names if classes else ()
        pair = self.part.pair
        shares = [(i, s) for i, s in self.part.shares if i < len(names)]
        if not shares:
            return self.path.name
        if shares[0][1] >= _CLEAR:
            return names[shares[0][0]]
        if pair is not None and max(pair) < len(names):
            one, two = sorted(pair, key=lambda i: -dict(shares).get(i, 0.0))
            return tr("{one} or {two}?", one=names[one], two=names[two])
        return tr("{name} edge", name=names[shares[0][0]])

    def why(self, is_of_two: bool) -> str:
        """Return why it is there: "Uncertain · rare class".

        Parameters
        ----------
        is_of_two
            Another model was asked, not the same one of the mirrored image.
        """
        names = [
            "of two" if name == "differs" and is_of_two else name
            for name in self.rank.reasons[:2]
        ]
        first, *more = names
        return joined(" · ", (_FIRST[first], *(_MORE[name] for name in more)))


def is_covered(part: Rect, decided: Rect) -> bool:
    """Tell whether a good part of a place was decided on with another."""
    width = min(decided.right, part.right) - max(decided.x, part.x)
    height = min(decided.bottom, part.bottom) - max(decided.y, part.y)
    shared = max(0, width) * max(0, height)
    return shared >= _COVERED * part.width * part.height
