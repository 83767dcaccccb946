"""Rules on the numbers in the masks."""

from collections.abc import Iterator

from segdesk.core.classes import IGNORE_INDEX, is_background_name
from segdesk.core.language import tr
from segdesk.formats.doctor.case import Case, Found, many, numbers
from segdesk.formats.doctor.facts import MaskFacts

LOSSY = frozenset({"JPEG"})
_ALMOST_NOTHING = 0.1
_MOSTLY = 0.5


def beyond_classes(case: Case) -> Iterator[Found]:
    """Rule 1: labels that no class has."""
    count = case.class_count
    if count is None or case.means_colours or case.is_binary:
        return
    files = []
    for mask in case.masks:
        if mask.format in LOSSY or mask.is_blurred(count):
            continue
        above = [v for v in mask.labels if count <= v < IGNORE_INDEX]
        if above:
            files.append((mask.path, numbers(above)))
    if files:
        yield Found(
            rule="label-beyond-classes",
            level="red",
            title=tr(
                "{many} labels beyond the {count} classes",
                many=many(len(files), tr("mask holds"), tr("masks hold")),
                count=count,
            ),
            why=tr(
                "The classes are 0 to {count}. On a CPU the training stops "
                "with an index error, on a GPU the process dies; in "
                "validation the pixels are left out without a word.",
                count=count - 1,
            ),
            cure=tr("Name every class, or give these pixels 255, which is ignored."),
            files=files,
        )


def binary_255(case: Case) -> Iterator[Found]:
    """Rule 2: masks of 0 and 255, where 255 should be class 1."""
    if not case.is_binary:
        if case.is_mixed:
            yield _few_black_and_white(case)
        return
    files = [
        (mask.path, tr("0 and 255") if mask.labels.get(0) else "255")
        for mask in case.masks
        if mask.format not in LOSSY
        and IGNORE_INDEX in mask.labels
        and set(mask.labels) <= {0, IGNORE_INDEX}
    ]
    can_mend = (case.class_count or 2) <= 2
    yield Found(
        rule="binary-255",
        level="red",
        title=tr(
            "{many} 0 and 255 alone",
            many=many(len(files), tr("mask holds"), tr("masks hold")),
        ),
        why=tr(
            "255 means ignored: the object would never be learned, and the loss falls "
            "to 0 at once because background is all that is left."
        ),
        cure=tr("The fix writes 1 for 255.")
        if can_mend
        else tr("Give these pixels the number of their class."),
        files=files,
        fix="binary-to-index" if can_mend else "",
    )


def _few_black_and_white(case: Case) -> Found:
    found = case.black_and_white
    return Found(
        rule="binary-255",
        level="amber",
        title=tr(
            "{many} 0 and 255 alone, and the others 0 and 1",
            many=many(len(found), tr("mask holds"), tr("masks hold")),
        ),
        why=tr(
            "255 means ignored. Where it was meant as the object, it is not learned "
            "in these pictures."
        ),
        cure=tr("Look at one of them in SegDesk; give the object 1 if it is one."),
        files=[(mask.path, tr("0 and 255")) for mask in found],
    )


def nothing_labelled(case: Case) -> Iterator[Found]:
    """Rule 9: masks that are ignored or background from edge to edge."""
    if case.means_colours or case.is_binary or not case.masks:
        return
    masks = [mask for mask in case.masks if mask.labels]
    ignored = [m for m in masks if set(m.labels) == {IGNORE_INDEX}]
    if ignored:
        alone = len(ignored) == len(masks)
        yield Found(
            rule="nothing-labelled",
            level="red" if alone else "amber",
            title=tr(
                "{many} ignored altogether",
                many=many(len(ignored), tr("mask is"), tr("masks are")),
            ),
            why=tr(
                "Every pixel is 255. A picture without a label teaches nothing: its "
                "loss is 0, and its scores are not numbers."
            ),
            cure=tr("Label these pictures, or take them out of the split."),
            files=[(mask.path, "255") for mask in ignored],
        )
    yield from _background_alone(case, masks)


def _background_alone(case: Case, masks: list[MaskFacts]) -> Iterator[Found]:
    classes = case.survey.classes
    if classes is None or classes.background_index is None:
        return
    empty = [m for m in masks if set(m.labels) - {IGNORE_INDEX} == {0}]
    share = len(empty) / len(masks) if masks else 0.0
    if share < _ALMOST_NOTHING:
        return
    every = len(empty) == len(masks)
    yield Found(
        rule="background-alone",
        level="red" if every else "amber" if share > _MOSTLY else "blue",
        title=tr(
            "{many} background alone ({share:.0%})",
            many=many(len(empty), tr("mask holds"), tr("masks hold")),
            share=share,
        ),
        why=tr("No object occurs in any mask: there is nothing to learn.")
        if every
        else tr(
            "A few such pictures teach what is no object; where they are most, the "
            "network may settle on background everywhere."
        ),
        cure=tr("Label the objects.")
        if every
        else tr(
            "Take some of them out, or train with weights of the classes or a Dice "
            "loss."
        ),
        files=[(mask.path, "") for mask in empty],
    )


def wide_numbers(case: Case) -> Iterator[Found]:
    """Rule 8: masks of 16 bits."""
    wide = [m for m in case.masks if m.mode.startswith("I") and not m.is_coloured]
    wrapped = [m for m in wide if max(m.labels, default=0) > IGNORE_INDEX]
    fitting = [m for m in wide if max(m.labels, default=0) <= IGNORE_INDEX]
    if wrapped:
        yield Found(
            rule="mask-16-bit",
            level="red",
            title=tr(
                "{many} numbers above 255",
                many=many(len(wrapped), tr("mask holds"), tr("masks hold")),
            ),
            why=tr(
                "A training keeps the lowest 8 bits and does not say so: 300 becomes "
                "44, another class."
            ),
            cure=tr(
                "These may be ids of instances, or depths. Export class numbers, or "
                "import the set with segdesk convert, which numbers ids anew."
            ),
            files=[
                (m.path, tr("up to {labels:,}", labels=max(m.labels))) for m in wrapped
            ],
        )
    if fitting:
        yield Found(
            rule="mask-16-bit",
            level="red",
            title=tr(
                "{many} more than 8 bits",
                many=many(len(fitting), tr("mask has"), tr("masks have")),
            ),
            why=tr(
                "Their numbers fit into 8 bits, but masks of this kind are refused."
            ),
            cure=tr("The fix writes them with 8 bits; no number changes."),
            files=[(m.path, m.mode) for m in fitting],
            fix="mask-to-8-bit",
        )


def blurred(case: Case) -> Iterator[Found]:
    """Rule 7, second half: numbers that compression or smoothing left behind."""
    found = [
        mask
        for mask in case.masks
        if mask.format not in LOSSY and mask.is_blurred(case.class_count)
    ]
    if found:
        yield Found(
            rule="mask-noise",
            level="red",
            title=tr(
                "{many} grey noise around two values",
                many=many(len(found), tr("mask has"), tr("masks have")),
            ),
            why=tr(
                "Almost all pixels are near 0 or near 255, and a few lie between: the "
                "mask was once a JPEG or was smoothed. Each grey counts as a class."
            ),
            cure=tr("The fix takes the darker half as 0 and the brighter half as 1."),
            files=[
                (m.path, tr("{distinct} values", distinct=m.distinct)) for m in found
            ],
            fix="clean-noise",
        )


def missing_background(case: Case) -> Iterator[Found]:
    """Rule 18: 0 occurs, but the first class is no background."""
    classes = case.survey.classes
    if classes is None or case.means_colours or case.is_binary:
        return
    if not case.totals.get(0) or is_background_name(classes.names[0]):
        return
    first = classes.names[0]
    used = [value for value in case.totals if value < IGNORE_INDEX]
    shifted = max(used, default=0) == len(classes)
    files = [(m.path, "") for m in case.masks if m.labels.get(len(classes))]
    yield Found(
        rule="background-missing",
        level="amber" if shifted else "blue",
        title=tr("0 means {first!r}", first=first),
        why=tr(
            "The masks count to {classes}, one more than there are "
            "classes: 0 seems to be a background that the list lacks, "
            "and then {first!r} would be 1.",
            classes=len(classes),
            first=first,
        )
        if shifted
        else tr(
            "0 occurs in the masks, and the first class is {first!r}. "
            "Where 0 was meant as background, all classes would be "
            "shifted by one.",
            first=first,
        ),
        cure=tr("Put background first in the list of classes, if 0 means that.")
        if shifted
        else tr(
            "Nothing, where 0 is {first!r}: a set needs no background. "
            "Else put background first in the list of classes.",
            first=first,
        ),
        files=files if shifted else [],
    )


def one_class(case: Case) -> Iterator[Found]:
    """Rule 15: a single class."""
    names = case.survey.classes.names if case.survey.classes else ()
    problem = case.survey.classes_problem
    alone = len(names) == 1
    if not alone:
        if problem:
            yield _unreadable(case)
        return
    used = {value for value in case.totals if value < IGNORE_INDEX}
    binary = case.is_binary or used == {0, 1}
    can_mend = (
        binary and case.survey.kind == "layout" and not is_background_name(names[0])
    )
    yield Found(
        rule="one-class",
        level="red",
        title=tr("There is one class, {names!r}", names=names[0]),
        why=tr(
            "With one class every pixel is right from the start: the loss is exactly "
            "0 for ever, and nothing is learned."
        ),
        cure=tr("The fix adds background as class 0.")
        if can_mend
        else tr("Name background as class 0 and what is looked for as class 1."),
        files=[(case.survey.table_file, names[0])],
        fix="add-background" if can_mend else "",
    )


def _unreadable(case: Case) -> Found:
    return Found(
        rule="classes-unreadable",
        level="red",
        title=tr("{name} cannot be used", name=case.survey.table_file.name),
        why=case.survey.classes_problem.removesuffix(".") + ".",
        cure=tr(
            'Write {"classes": [{"name": "background"}, {"name": "road"}]}, one entry '
            "for each mask value from 0."
        ),
        files=[(case.survey.table_file, "")],
    )


def no_classes(case: Case) -> Iterator[Found]:
    """Rule 17, first half: nothing names the classes."""
    if case.survey.classes is None and not case.survey.classes_problem:
        used = numbers(value for value in case.totals if value < IGNORE_INDEX)
        yield Found(
            rule="classes-missing",
            level="amber" if case.survey.kind == "folders" else "red",
            title=tr("Nothing names the classes"),
            why=tr("A training needs a name for each number in the masks")
            + (
                tr("; they hold {used}.", used=used)
                if used and not case.means_colours
                else "."
            ),
            cure=tr(
                "Write {name}, or open the folder in SegDesk and name the "
                "classes there.",
                name=case.survey.table_file.name,
            ),
            files=[(case.survey.table_file, "missing")],
        )
