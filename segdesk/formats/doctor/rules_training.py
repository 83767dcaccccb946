"""Rules on the training that the data are for."""

from collections.abc import Iterator

from segdesk.core.classes import IGNORE_INDEX, is_background_name
from segdesk.core.language import joined, tr
from segdesk.formats.doctor.case import Case, Found, many

_SCALES_APART = 1.5


def zero_reduced(case: Case) -> Iterator[Found]:
    """Rule 3: `reduce_zero_label` on masks whose 0 is a class."""
    classes = case.survey.classes
    if not any(on for _, on in case.plan.zero_label):
        return
    named = classes is not None and is_background_name(classes.names[0])
    used = [value for value in case.totals if value < IGNORE_INDEX]
    if named or max(used, default=0) == 1:
        yield Found(
            rule="zero-reduced",
            level="red",
            title=tr("The config takes label 0 away"),
            why=tr(
                "With reduce_zero_label, 0 becomes ignored and 1 becomes 0: of two "
                "classes one is left, and the loss falls to 0."
            ),
            cure=tr(
                "Set reduce_zero_label=False in the data sets and LoadAnnotations."
            ),
        )


def zero_differs(case: Case) -> Iterator[Found]:
    """Rule 4: `reduce_zero_label` in one place and not in the other."""
    said = dict(case.plan.zero_label)
    if len(set(said.values())) > 1:
        on = joined(", ", (place for place, value in said.items() if value))
        off = joined(", ", (place for place, value in said.items() if not value))
        yield Found(
            rule="zero-differs",
            level="red",
            title=tr("reduce_zero_label is not the same everywhere"),
            why=tr(
                "It is on in {on} and off in {off}: the training stops at "
                "its first sample.",
                on=on,
                off=off,
            ),
            cure=tr("Set it to the same value in both."),
        )


def single_channel(case: Case) -> Iterator[Found]:
    """Rule 16: a head of one channel."""
    for channels, sigmoid, threshold in case.plan.sigmoid:
        if channels != 1:
            continue
        if not sigmoid:
            yield Found(
                rule="single-channel",
                level="red",
                title=tr("A head of one channel has a loss for several"),
                why=tr(
                    "With out_channels=1 the loss needs use_sigmoid=True; softmax over "
                    "one channel is always 1."
                ),
                cure=tr("Set use_sigmoid=True in its loss, or leave out_channels out."),
            )
        elif threshold is None or threshold < 0.5:
            yield Found(
                rule="single-channel",
                level="amber",
                title=tr(
                    "A head of one channel says yes from {threshold:g} on",
                    threshold=threshold or 0.3,
                ),
                why=tr("mmseg's own threshold is 0.3: masks come out too large."),
                cure=tr("Set threshold=0.5 in the head."),
            )


def heads_differ(case: Case) -> Iterator[Found]:
    """Rule 17: numbers of classes that do not agree."""
    count = case.class_count
    if count is None:
        return
    wrong = sorted({one for one in case.plan.head_classes if one != count})
    if wrong:
        yield Found(
            rule="heads-differ",
            level="amber",
            title=tr(
                "The config's heads have {wrong} classes, the data {count}",
                wrong=wrong[0],
                count=count,
            ),
            why=tr(
                "Trained as it stands, labels would lie beyond the heads, or scores be "
                "counted for classes that are not there."
            ),
            cure=tr(
                "SegDesk writes {count} into every head when it trains.", count=count
            ),
        )
    palette = case.plan.palette
    if palette is not None and palette != count:
        yield Found(
            rule="heads-differ",
            level="amber",
            title=tr(
                "The config's palette has {palette} colours for {count} classes",
                palette=palette,
                count=count,
            ),
            why=tr("Pictures of results fail, or show wrong colours."),
            cure=tr("SegDesk writes the palette of the data when it trains."),
        )


def batch_of_one(case: Case) -> Iterator[Found]:
    """Rule 27: a batch too small for what the network normalises over."""
    plan = case.plan
    if plan.batch is not None and plan.batch < 2 and plan.pooling:
        yield Found(
            rule="batch-of-one",
            level="red",
            title=tr("{pooling} cannot learn from a batch of 1", pooling=plan.pooling),
            why=tr(
                "It pools each picture to one value and normalises over the batch: "
                "of one value nothing is left, and the training stops."
            ),
            cure=tr("Choose a batch of 2 or more."),
        )


def scales_differ(case: Case) -> Iterator[Found]:
    """Rule 24: pictures much smaller in the test than in the training."""
    trained, tested = case.plan.train_scale, case.plan.test_scale
    if trained and tested and trained > _SCALES_APART * tested:
        yield Found(
            rule="scales-differ",
            level="amber",
            title=tr(
                "The config tests at {tested} px and trains at {trained} px",
                tested=tested,
                trained=trained,
            ),
            why=tr(
                "Objects are smaller in the test than they ever were in the training: "
                "scores are low although the model is not bad."
            ),
            cure=tr("SegDesk tests at the pictures' own size when it trains."),
        )


def ignore_differs(case: Case) -> Iterator[Found]:
    """Rule 28: what is ignored, said in several ways."""
    odd = [one for one in case.plan.ignored if one[1] != IGNORE_INDEX]
    if odd:
        named = joined(", ", (f"{place} {value}" for place, value in odd))
        yield Found(
            rule="ignore-differs",
            level="red",
            title=tr(
                "{many} another label",
                many=many(len(odd), tr("place ignores"), tr("places ignore")),
            ),
            why=tr(
                "{named}; the masks use 255. Where they differ, ignored "
                "pixels are learned or classes are left out.",
                named=named,
            ),
            cure=tr("Set all of them to 255."),
        )
