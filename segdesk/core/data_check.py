"""What a check of training data finds, and what it proposes.

A finding is red when a training on the data fails or learns something wrong without
saying so, amber when it learns less than it could, blue when it is only worth knowing.
"""

from pathlib import Path
from typing import Literal

import msgspec

from segdesk.core.classes import ClassList
from segdesk.core.language import Words

Level = Literal["red", "amber", "blue"]


class FindingFile(msgspec.Struct, frozen=True):
    """One file of a finding, with the value that was found in it."""

    path: Path
    value: Words = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the check found.

    Parameters
    ----------
    rule
        Stable name of the rule, such as "label-beyond-classes".
    title
        What was found, with the count: "12 masks hold labels beyond the classes".
    why
        What a training would make of it.
    cure
        What to do; says what `--fix` would do where there is a fix.
    files
        The first hundred files, with their values.
    count
        How many files there are in all.
    fix
        Name of the fix that can be applied; "": there is none.
    """

    rule: str
    level: Level
    title: Words
    why: Words
    cure: Words
    files: tuple[FindingFile, ...] = ()
    count: int = 0
    fix: str = ""


class SplitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What one split holds.

    Parameters
    ----------
    pixels
        Labelled pixels of each class, in class order.
    images_with
        Images that hold each class, in class order.
    ignored
        Pixels with the ignore index.
    """

    name: str
    pairs: int
    pixels: tuple[int, ...]
    images_with: tuple[int, ...]
    ignored: int = 0


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """What the defaults are proposed from.

    Parameters
    ----------
    widths, heights
        Smallest, lower quartile, median, upper quartile and largest, in pixels.
    object_sides
        For each class the median side of its connected regions, the square root of
        their area, in pixels, without the specks that hold 5 % of an image's area of
        it; None where the class is absent.
    megapixels
        Of all images together.
    """

    pairs: int
    widths: tuple[int, int, int, int, int]
    heights: tuple[int, int, int, int, int]
    object_sides: tuple[float | None, ...]
    megapixels: float
    channels: int = 3
    bit_depth: int = 8


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """The whole result of a check.

    Parameters
    ----------
    findings
        Red before amber before blue.
    fixed
        One sentence for each fix that was applied.
    backup
        Where the files lie as they were before the fixes; None: nothing was changed.
    """

    data_dir: Path
    classes: ClassList | None
    findings: tuple[Finding, ...]
    splits: tuple[SplitFacts, ...]
    fingerprint: Fingerprint | None
    seconds: float
    fixed: tuple[str, ...] = ()
    backup: Path | None = None

    def count(self, level: Level) -> int:
        """Return how many findings are of a level."""
        return sum(finding.level == level for finding in self.findings)
