"""All rules, by the pitfall that they look for.

The numbers are those of the table in `docs/reference/data-rules.md`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from segdesk.formats.doctor import (
    rules_damage,
    rules_images,
    rules_masks,
    rules_sets,
    rules_training,
    rules_values,
)
from segdesk.formats.doctor.case import Case, Found

Rule = Callable[[Case], Iterator[Found]]
_ORDER = {"red": 0, "amber": 1, "blue": 2}


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule.

    Parameters
    ----------
    number
        Of the pitfall, 1 to 28.
    names
        Names of the findings that it makes.
    look
        Looks at the facts of a data set.
    """

    number: int
    names: tuple[str, ...]
    look: Rule


RULES = (
    RuleEntry(1, ("label-beyond-classes",), rules_values.beyond_classes),
    RuleEntry(2, ("binary-255",), rules_values.binary_255),
    RuleEntry(3, ("zero-reduced",), rules_training.zero_reduced),
    RuleEntry(4, ("zero-differs",), rules_training.zero_differs),
    RuleEntry(5, ("mask-not-indexed", "mask-colours-blended"), rules_masks.not_indexed),
    RuleEntry(6, ("palette-unsteady",), rules_masks.unsteady_palette),
    RuleEntry(7, ("mask-jpeg",), rules_masks.lossy),
    RuleEntry(7, ("mask-noise",), rules_values.blurred),
    RuleEntry(8, ("mask-16-bit",), rules_values.wide_numbers),
    RuleEntry(
        9, ("nothing-labelled", "background-alone"), rules_values.nothing_labelled
    ),
    RuleEntry(9, ("ignored-much",), rules_sets.ignored_much),
    RuleEntry(10, ("suffix-mixed", "suffix-not-read"), rules_images.suffixes),
    RuleEntry(10, ("mask-suffix",), rules_masks.other_suffix),
    RuleEntry(10, ("not-a-training-set",), rules_sets.not_a_layout),
    RuleEntry(11, ("mask-missing", "image-missing"), rules_masks.unpaired),
    RuleEntry(12, ("size-mismatch",), rules_masks.other_size),
    RuleEntry(13, ("exif-turned",), rules_masks.exif),
    RuleEntry(14, ("image-damaged",), rules_images.damaged_images),
    RuleEntry(14, ("mask-damaged",), rules_damage.damaged_masks),
    RuleEntry(15, ("one-class", "classes-unreadable"), rules_values.one_class),
    RuleEntry(16, ("single-channel",), rules_training.single_channel),
    RuleEntry(17, ("heads-differ",), rules_training.heads_differ),
    RuleEntry(17, ("classes-missing",), rules_values.no_classes),
    RuleEntry(18, ("background-missing",), rules_values.missing_background),
    RuleEntry(19, ("split-empty",), rules_sets.empty_splits),
    RuleEntry(19, ("one-image",), rules_sets.few_pairs),
    RuleEntry(19, ("stem-clash",), rules_sets.clashes),
    RuleEntry(19, ("split-leak", "copies"), rules_sets.copies),
    RuleEntry(19, ("near-copies",), rules_sets.near_copies),
    RuleEntry(20, ("file-names",), rules_images.names),
    RuleEntry(21, ("junk",), rules_images.junk),
    RuleEntry(22, ("image-deep",), rules_images.deep),
    RuleEntry(22, ("image-bands",), rules_images.bands),
    RuleEntry(23, ("smaller-than-crop", "very-large"), rules_images.small),
    RuleEntry(24, ("scales-differ",), rules_training.scales_differ),
    RuleEntry(25, ("class-absent",), rules_sets.absent),
    RuleEntry(25, ("class-rare",), rules_sets.imbalance),
    RuleEntry(27, ("batch-of-one",), rules_training.batch_of_one),
    RuleEntry(28, ("ignore-differs",), rules_training.ignore_differs),
)
RULE_NAMES = tuple(dict.fromkeys(name for rule in RULES for name in rule.names))


def look(case: Case, wanted: Iterable[str] = ()) -> list[Found]:
    """Apply the rules and return what they find, red before amber before blue.

    Parameters
    ----------
    wanted
        Names of findings; empty: all.
    """
    names = frozenset(wanted)
    found = [
        one
        for rule in RULES
        if not names or names & set(rule.names)
        for one in rule.look(case)
        if not names or one.rule in names
    ]
    return sorted(found, key=lambda one: _ORDER[one.level])
