"""What the values of a set's masks mean: class by number, or class by colour."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.class_table import ClassTable
from segdesk.formats.labelled import Finding, ReadOptions, Rgb, class_list
from segdesk.formats.palette_check import MaskFacts, MaskMeaning, Verdict, judge
from segdesk.formats.raster_file import packed_colour, unpack_rgb

_TABLE_FITS = 0.99  # share of the pixels that a table found beside them must explain
_RARE = 0.001
_MOST_NAMED = 300


@dataclass(frozen=True, slots=True)
class MaskRules:
    """How the values of masks become labels.

    Parameters
    ----------
    classes
        The classes.
    table
        Label by value; colours are 0xRRGGBB. A value that it lacks is ignored and told.
    by_colour
        Whether values are colours.
    divide
        Number by which values are divided first.
    findings
        What the set as a whole does not match.
    """

    classes: ClassList
    table: Mapping[int, int]
    by_colour: bool
    divide: int = 1
    findings: tuple[Finding, ...] = field(default=())


def mask_rules(
    facts: list[MaskFacts], table: ClassTable | None, options: ReadOptions
) -> MaskRules:
    """Decide what the masks of a set mean.

    Parameters
    ----------
    facts
        Of all masks that can be read.
    table
        The classes, where a file beside them or the user names them.

    Raises
    ------
    InputError
        When it cannot be told, or there are too many classes.
    """
    verdict = _verdict(facts, table, options)
    if verdict.meaning is MaskMeaning.UNCLEAR:
        raise InputError(
            tr("The masks were not read."),
            cause=tr(
                "Their index or their colour may be the class: {why}.", why=verdict.why
            ),
            hint=tr("Say which with --meaning index or --meaning colour."),
        )
    why = Finding(verdict.why, len(facts), files=len(facts))
    if verdict.meaning is MaskMeaning.COLOUR:
        return _by_colour(facts, table, options, why)
    return _by_index(facts, table, options, why)


def _verdict(
    facts: list[MaskFacts], table: ClassTable | None, options: ReadOptions
) -> Verdict:
    if options.meaning != "auto":
        return Verdict(
            MaskMeaning(options.meaning),
            tr("the {meaning} is the class", meaning=options.meaning),
        )
    verdict = judge(facts)
    if table is None or not table.has_colours or verdict.meaning is MaskMeaning.COLOUR:
        return verdict
    rows = {
        packed_colour(one.rgb): place if one.value is None else one.value
        for place, one in enumerate(table.entries)
        if one.rgb is not None and not one.is_ignored
    }
    used = {pair for one in facts for pair in one.colours if pair[0] != IGNORE_INDEX}
    if used and all(colour in rows for _, colour in used):
        moved = sum(rows[colour] != index for index, colour in used)
        if moved:
            why = tr(
                "{moved} palette colours stand elsewhere in {name}",
                moved=moved,
                name=table.path.name,
            )
            return Verdict(
                MaskMeaning.COLOUR, tr("{why}: only the colour is the class", why=why)
            )
    return verdict


def _by_index(
    facts: list[MaskFacts],
    table: ClassTable | None,
    options: ReadOptions,
    why: Finding,
) -> MaskRules:
    counts = _numbers(facts, options.divide)
    zero = bool(options.reduce_zero_label)
    if table is not None:
        entries = table.classes
        values = [
            one.value if one.value is not None else place + zero
            for place, one in enumerate(entries)
        ]
        labels = {value: place for place, value in enumerate(values)}
        for one in table.entries:
            if one.is_ignored and one.value is not None:
                labels[one.value] = IGNORE_INDEX
        classes = table.class_list()
        names = Finding(
            tr("class names are from {name}", name=table.path.name), len(classes)
        )
        findings: tuple[Finding, ...] = (why, names)
    else:
        values, classes, findings = _found_numbers(counts, facts, zero=zero)
        labels = {value: place for place, value in enumerate(values)}
        findings = (why, *findings)
    if not _is_binary(counts) or IGNORE_INDEX not in labels:
        labels.setdefault(IGNORE_INDEX, IGNORE_INDEX)
    if zero:
        labels[0] = IGNORE_INDEX
    labels[-1] = IGNORE_INDEX
    return MaskRules(classes, labels, False, options.divide, findings)


def _numbers(facts: list[MaskFacts], divide: int) -> Counter[int]:
    counts: Counter[int] = Counter()
    for one in facts:
        for value, pixels in one.counts:
            number = value % 256 if one.kind == "colour" else value
            counts[class_number(number, divide)] += pixels
    return counts


def class_number(value: int, divide: int) -> int:
    """Return the class of an id: 26003 and 26 are both 26 when divided by 1000."""
    return value // divide if divide > 1 and value >= divide else value


def _found_numbers(
    counts: Counter[int], facts: list[MaskFacts], *, zero: bool
) -> tuple[list[int], ClassList, tuple[Finding, ...]]:
    """Return values, classes and findings where no table names the classes."""
    if _is_binary(counts):
        text = tr(
            "every mask holds 0 and 255 alone: 255 is taken as class 1, not ignored"
        )
        classes = class_list(("background", "foreground"))
        return [0, IGNORE_INDEX], classes, (Finding(text, len(facts)),)
    used = sorted(value for value in counts if value not in {-1, IGNORE_INDEX})
    if used and used[-1] > IGNORE_INDEX:
        text = tr("ids beyond 255 are numbered anew, in ascending order")
        names = [tr("id {value}", value=value) for value in used]
        return used, class_list(names), (Finding(text, len(used), "classes"),)
    told: list[Finding] = []
    if used and used[0] == 1 and not zero:
        text = tr("value 0 never occurs: if it means ignored, say --reduce-zero-label")
        told.append(Finding(text, len(facts)))
    values = list(range(int(zero), (used[-1] if used else 0) + 1)) or [0]
    colours = _palette_colours(facts)
    names = [tr("class {place}", place=place) for place in range(len(values))]
    classes = class_list(names, (colours.get(value) for value in values))
    text = tr("no file names the classes: they are numbered")
    return values, classes, (Finding(text, len(values), "classes"), *told)


def _is_binary(counts: Counter[int]) -> bool:
    return set(counts) == {0, IGNORE_INDEX}


def _palette_colours(facts: list[MaskFacts]) -> dict[int, Rgb]:
    """Return the colour of each index on which all palettes agree."""
    found: dict[int, set[int]] = {}
    for one in facts:
        for index, colour in one.colours:
            found.setdefault(index, set()).add(colour)
    agreed = {i: unpack_rgb(next(iter(c))) for i, c in found.items() if len(c) == 1}
    return agreed if len(set(agreed.values())) == len(agreed) else {}


def _by_colour(
    facts: list[MaskFacts],
    table: ClassTable | None,
    options: ReadOptions,
    why: Finding,
) -> MaskRules:
    counts = _colour_counts(facts)
    findings = [why]
    if table is not None and not table.has_colours:
        text = tr(
            "{name} has names without colours and was left aside", name=table.path.name
        )
        findings.append(Finding(text))
        table = None
    if table is not None and options.classes is None:
        fits = _share(counts, table, options.tolerance)
        if fits < _TABLE_FITS:
            text = tr(
                "{name} explains {fits:.1%} of the pixels and was left "
                "aside: its colours are others",
                name=table.path.name,
                fits=fits,
            )
            findings.append(Finding(text))
            table = None
    if table is not None:
        text = tr("class names and colours are from {name}", name=table.path.name)
        findings.append(Finding(text, len(table.classes), "classes"))
        labels = _nearest(counts, table, options.tolerance)
        classes = table.class_list()
    else:
        labels, classes, more = _found_colours(counts)
        findings += more
    return MaskRules(classes, labels, True, findings=tuple(findings))


def _colour_counts(facts: Iterable[MaskFacts]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for one in facts:
        colours = dict(one.colours)
        for value, pixels in one.counts:
            if one.kind == "grey":
                counts[value * 0x010101] += pixels
            else:
                counts[colours.get(value, value)] += pixels
    return counts


def _share(counts: Counter[int], table: ClassTable, tolerance: float) -> float:
    labels = _nearest(counts, table, tolerance)
    explained = sum(pixels for value, pixels in counts.items() if value in labels)
    return explained / max(1, counts.total())


def _nearest(
    counts: Iterable[int], table: ClassTable, tolerance: float
) -> dict[int, int]:
    """Return the label of each colour that is a class's, or close enough to one."""
    labels: dict[int, int] = {}
    place = 0
    for one in table.entries:
        if one.rgb is not None:
            label = IGNORE_INDEX if one.is_ignored else place
            labels.setdefault(packed_colour(one.rgb), label)
        place += not one.is_ignored
    if tolerance <= 0:
        return labels
    known = np.array([unpack_rgb(one) for one in labels], np.float64)
    targets = list(labels.values())
    for colour in counts:
        if colour not in labels:
            away = np.linalg.norm(known - unpack_rgb(colour), axis=1)
            if away.min() <= tolerance:
                labels[colour] = targets[int(away.argmin())]
    return labels


def _found_colours(
    counts: Counter[int],
) -> tuple[dict[int, int], ClassList, list[Finding]]:
    """Return labels, classes and findings where no table names the colours."""
    if len(counts) > _MOST_NAMED:
        raise InputError(
            tr("The colour masks were not read."),
            cause=tr(
                "They hold {counts:,} colours: blended or compressed ones "
                "stand among those of the classes.",
                counts=len(counts),
            ),
            hint=tr(
                "Give a table of the class colours with --classes FILE, and "
                "--tolerance 40 for the ones nearby."
            ),
        )
    colours = sorted(counts)
    names = ["#{:02X}{:02X}{:02X}".format(*unpack_rgb(one)) for one in colours]
    classes = class_list(names, map(unpack_rgb, colours))
    findings = [
        Finding(tr("no table names the colours: they name the classes"), len(colours))
    ]
    total = counts.total()
    for name, colour in zip(names, colours, strict=True):
        if counts[colour] < _RARE * total:
            text = tr("{name} is rare: map it to ignore if it is a stray", name=name)
            findings.append(Finding(text, counts[colour], "px"))
    return {one: place for place, one in enumerate(colours)}, classes, findings
