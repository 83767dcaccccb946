"""What the rules look at, and what they say."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.data_check import Finding, FindingFile, Level
from segdesk.core.language import joined, tr
from segdesk.formats.doctor.facts import MaskFacts, PairFacts
from segdesk.formats.doctor.survey import Survey
from segdesk.formats.palette_check import MaskMeaning, Verdict, judge

_MOST_FILES = 100
_A_TENTH = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTraining:
    """What is known of the training that the data are for.

    Parameters
    ----------
    crop, batch
        Side of the training crop in pixels, pictures in a batch; None: not known.
    architecture
        Its name; "": none was chosen.
    pooling
        Name of a part that cannot learn from a batch of one; "": there is none.
    head_classes
        `num_classes` of each head of a config of the user's own.
    palette
        Number of colours in that config's `metainfo`; None: not said.
    sigmoid
        (out_channels, use_sigmoid, threshold) of its heads with one channel.
    zero_label
        `reduce_zero_label` of its data sets and of its LoadAnnotations.
    ignored
        (place, number) of everything that says which label is ignored.
    train_scale, test_scale
        Longest sides to which pictures are resized in training and test.
    """

    crop: int | None = None
    batch: int | None = None
    architecture: str = ""
    pooling: str = ""
    head_classes: tuple[int, ...] = ()
    palette: int | None = None
    sigmoid: tuple[tuple[int, bool, float | None], ...] = ()
    zero_label: tuple[tuple[str, bool], ...] = ()
    ignored: tuple[tuple[str, int], ...] = ()
    train_scale: int | None = None
    test_scale: int | None = None


@dataclass(frozen=True)
class Case:
    """A data set with the facts of all its pairs."""

    survey: Survey
    pairs: tuple[PairFacts, ...]
    plan: PlannedTraining = field(default_factory=PlannedTraining)

    @property
    def class_count(self) -> int | None:
        """Number of classes; None where nothing names them."""
        return len(self.survey.classes) if self.survey.classes else None

    @cached_property
    def masks(self) -> tuple[MaskFacts, ...]:
        """The masks that can be read, each once."""
        found = {pair.mask.path: pair.mask for pair in self.pairs}
        return tuple(mask for mask in found.values() if not mask.problem)

    @cached_property
    def good(self) -> tuple[PairFacts, ...]:
        """The pairs of which both files can be read."""
        return tuple(pair for pair in self.pairs if pair.is_good)

    @cached_property
    def verdict(self) -> Verdict:
        """Whether index or colour is the class."""
        return judge(mask.values for mask in self.masks if mask.values)

    @property
    def means_colours(self) -> bool:
        """Whether the numbers of palette masks say nothing of the class."""
        return self.verdict.meaning is MaskMeaning.COLOUR

    @cached_property
    def totals(self) -> Counter[int]:
        """Pixels of each number in all masks that hold numbers."""
        found: Counter[int] = Counter()
        for mask in self.masks:
            found.update(mask.labels)
        return found

    @cached_property
    def black_and_white(self) -> tuple[MaskFacts, ...]:
        """The masks that hold both 0 and 255, and nothing else."""
        return tuple(m for m in self.masks if _is_black_and_white(m))

    @cached_property
    def is_binary(self) -> bool:
        """Whether 255 stands for an object, so it cannot mean "ignored".

        That is so where masks hold 0 and 255 alone, or at least a tenth of them do
        and the others hold 0 and 1 alone: then 255 never lies beside an object.
        """
        classes = self.survey.classes
        if self.survey.kind == "project" and (
            classes is None or classes.background_index is None
        ):
            return False  # 255 is what nobody has labelled yet
        if not self.black_and_white:
            return False
        others = [m for m in self.masks if not _says_nothing(m)]
        if not others:
            return True
        share = len(self.black_and_white) / (len(others) + len(self.black_and_white))
        return self.is_mixed and share >= _A_TENTH

    @cached_property
    def is_mixed(self) -> bool:
        """Whether some masks hold 0 and 255 alone and all others 0 and 1 alone."""
        others = [m for m in self.masks if not _says_nothing(m)]
        return (
            self.survey.kind != "project"
            and self.class_count in {None, 2}
            and bool(self.black_and_white)
            and all(m.labels and set(m.labels) <= {0, 1} for m in others)
        )


def _is_black_and_white(mask: MaskFacts) -> bool:
    return mask.format != "JPEG" and set(mask.labels) == {0, IGNORE_INDEX}


def _says_nothing(mask: MaskFacts) -> bool:
    """Tell whether a mask does not say what 255 means in the others."""
    return (
        set(mask.labels) in ({0}, {IGNORE_INDEX})
        or _is_black_and_white(mask)
        or mask.is_two_toned
        or (mask.is_coloured and not mask.is_alike)
    )


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a rule found, with all its files.

    Parameters
    ----------
    files
        (file, value) of each.
    targets
        What the fix changes; empty: the files.
    """

    rule: str
    level: Level
    title: str
    why: str
    cure: str
    files: Sequence[tuple[Path, str]] = ()
    fix: str = ""
    targets: Sequence[Path] = ()

    def finding(self) -> Finding:
        """Return it as it is told."""
        return Finding(
            rule=self.rule,
            level=self.level,
            title=self.title,
            why=self.why,
            cure=self.cure,
            files=tuple(
                FindingFile(path, value) for path, value in self.files[:_MOST_FILES]
            ),
            count=len(self.files),
            fix=self.fix,
        )

    def to_fix(self) -> tuple[Path, ...]:
        """Return the files that the fix changes."""
        return tuple(self.targets) or tuple(path for path, _ in self.files)


def many(count: int, one: str, more: str) -> str:
    """Return "1 mask holds" or "12 masks hold"."""
    return tr("{count:,} {form}", count=count, form=one if count == 1 else more)


def numbers(values: Iterable[int], most: int = 8) -> str:
    """Return numbers as a short list."""
    found = sorted(values)
    named = joined(", ", (str(value) for value in found[:most]))
    return f"{named}, …" if len(found) > most else named


def dimensions(size: tuple[int, int]) -> str:
    """Return a size in words: "640 × 480"."""
    return f"{size[0]:,} × {size[1]:,}"
