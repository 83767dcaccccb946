"""Rules on the kind of the mask files and on how they fit their images."""

from collections.abc import Iterator

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.language import capitalised, joined, plural, tr
from segdesk.formats.doctor.case import Case, Found, dimensions, many
from segdesk.formats.doctor.facts import MaskFacts, PairFacts
from segdesk.formats.doctor.rules_values import LOSSY
from segdesk.formats.palette_check import MaskMeaning
from segdesk.formats.raster_file import packed_colour, unpack_rgb

# Farthest distance in RGB at which a colour counts as that of a class, and how much
# of a mask must be explained then.
TOLERANCE = 40.0
_EXPLAINED = 0.98
_ASPECT = 0.01
_BLENDED = 64
# Nobody paints classes in greys darker than this: they are numbers.
_DARKEST = 32


def not_indexed(case: Case) -> Iterator[Found]:
    """Rules 5 and 26: masks of several bands."""
    coloured = [m for m in case.masks if m.is_coloured and m.format not in LOSSY]
    numbered = _are_numbers(coloured, case.class_count)
    alike, rest = (coloured, []) if numbered else ([], coloured)
    if alike:
        yield Found(
            rule="mask-not-indexed",
            level="red",
            title=tr(
                "{many} three equal bands",
                many=many(len(alike), tr("mask has"), tr("masks have")),
            ),
            why=tr(
                "A training wants one band; with three it stops in the loss with an "
                "error about shapes."
            ),
            cure=tr("The fix keeps one of the three; no number changes."),
            files=[(m.path, m.mode) for m in alike],
            fix="mask-one-band",
        )
    if not rest:
        return
    known = case.survey.classes
    plain = [m for m in rest if m.distinct <= _BLENDED]
    for group, rule in ((plain, "mask-not-indexed"), (rest, "mask-colours-blended")):
        group = [m for m in group if rule == "mask-not-indexed" or m not in plain]  # noqa: PLW2901
        if group:
            yield _coloured(group, rule, known)


def _are_numbers(masks: list[MaskFacts], classes: int | None) -> bool:
    """Tell equal bands of numbers from colour masks that happen to be grey.

    One mask of colours speaks for all, and black alone says nothing.
    """
    if not all(mask.is_alike for mask in masks):
        return False
    used = {value for mask in masks for value in mask.labels}
    return used != {0} and used - {IGNORE_INDEX} <= {*range(classes or _DARKEST)}


def _coloured(masks: list[MaskFacts], rule: str, classes: ClassList | None) -> Found:
    shares = [colour_share(m, classes) if classes else 0.0 for m in masks]
    can_mend = classes is not None and min(shares) >= _EXPLAINED
    blended = rule == "mask-colours-blended"
    what = tr("blended colours") if blended else tr("colours instead of numbers")
    cure = (
        tr(
            "The fix writes the number of the nearest class colour; pixels far from "
            "all of them become 255, ignored."
        )
        if can_mend
        else tr(
            "Import the set with segdesk convert and a table of its colours: "
            "--classes FILE, and --tolerance for those nearby."
        )
    )
    return Found(
        rule=rule,
        level="red",
        title=joined(" ", (many(len(masks), tr("mask holds"), tr("masks hold")), what)),
        why=tr(
            "A training reads numbers. Edges were smoothed, so that colours stand "
            "between those of the classes; a plain conversion gives them to class 0."
        )
        if blended
        else tr("A training reads numbers, one for each class, and stops at colours."),
        cure=cure,
        files=[
            (
                m.path,
                tr(
                    "{distinct} colours, {share:.1%} are of classes",
                    distinct=m.distinct,
                    share=share,
                ),
            )
            if classes
            else (m.path, tr("{distinct} colours", distinct=m.distinct))
            for m, share in zip(masks, shares, strict=True)
        ],
        fix="mask-from-colours" if can_mend else "",
    )


def colour_share(mask: MaskFacts, classes: ClassList) -> float:
    """Return the share of a mask's pixels whose colours are near one of a class."""
    counts = mask.values.counts if mask.values else ()
    table = dict(mask.values.colours) if mask.values else {}
    near = total = 0
    for value, pixels in counts:
        total += pixels
        if nearest_class(table.get(value, value), classes) is not None:
            near += pixels
    return near / total if total else 0.0


def nearest_class(colour: int, classes: ClassList) -> int | None:
    """Return the class whose colour is nearest; None when all are far away."""
    red, green, blue = unpack_rgb(colour)
    best, label = TOLERANCE**2, None
    for index, (r, g, b) in enumerate(classes.rgb):
        away = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2
        if away <= best:
            best, label = away, index
    return label


def unsteady_palette(case: Case) -> Iterator[Found]:
    """Rule 6: palette masks whose index is, or is not, the class."""
    palettes = [m for m in case.masks if m.mode == "P"]
    if not palettes:
        return
    verdict = case.verdict
    if verdict.meaning is MaskMeaning.INDEX:
        return
    classes = case.survey.classes
    exact = {packed_colour(rgb) for rgb in classes.rgb} if classes else set()
    can_mend = verdict.meaning is MaskMeaning.COLOUR and all(
        colour in exact for m in palettes if m.values for _, colour in m.values.colours
    )
    yield Found(
        rule="palette-unsteady",
        level="red",
        title=tr(
            "{many} numbered differently from file to file",
            many=many(len(palettes), tr("palette mask is"), tr("palette masks are")),
        ),
        why=tr(
            "{why}. A training reads the index, and would learn another class "
            "from each file.",
            why=capitalised(verdict.why),
        ),
        cure=tr("The fix numbers them by their colours.")
        if can_mend
        else tr(
            "Import the set with segdesk convert --meaning colour, and a table of "
            "its colours: --classes FILE."
        ),
        files=[
            (m.path, tr("{distinct} indices", distinct=m.distinct)) for m in palettes
        ],
        fix="mask-from-colours" if can_mend else "",
    )


def lossy(case: Case) -> Iterator[Found]:
    """Rule 7: masks stored as JPEG."""
    count = case.class_count
    binary, clean, noisy = [], [], []
    for mask in (m for m in case.masks if m.format in LOSSY):
        if mask.is_two_toned:
            binary.append(mask)
        elif count and mask.labels and max(mask.labels) < count:
            clean.append(mask)
        else:
            noisy.append(mask)
    why = tr(
        "JPEG changes numbers a little, and each changed number is another class. "
        "A training here reads PNG alone."
    )
    for masks, cure, fix in (
        (
            binary,
            tr("The fix writes PNG, the darker half as 0, the brighter as 1."),
            True,
        ),
        (clean, tr("The fix writes PNG; all numbers are those of classes."), True),
        (noisy, tr("Export the masks again as PNG: what JPEG changed is lost."), False),
    ):
        if masks:
            yield Found(
                rule="mask-jpeg",
                level="red",
                title=tr(
                    "{masks} JPEG",
                    masks=many(len(masks), tr("mask is a"), tr("masks are")),
                ),
                why=why,
                cure=cure,
                files=[
                    (m.path, tr("{distinct} values", distinct=m.distinct))
                    for m in masks
                ],
                fix="jpeg-to-png" if fix else "",
            )


def other_suffix(case: Case) -> Iterator[Found]:
    """Rule 10, masks: files that are not named .png."""
    if case.survey.kind == "folders":
        return
    files = [
        (m.path, m.format)
        for m in case.masks
        if m.path.suffix.lower() != ".png" and m.format not in LOSSY
    ]
    if files:
        yield Found(
            rule="mask-suffix",
            level="red",
            title=tr(
                "{many} not PNG", many=many(len(files), tr("mask is"), tr("masks are"))
            ),
            why=tr(
                "A training looks for masks that end in .png and does not find these."
            ),
            cure=tr("The fix writes them as PNG; no number changes."),
            files=files,
            fix="mask-to-png",
        )


def unpaired(case: Case) -> Iterator[Found]:
    """Rule 11: an image without a mask, or a mask without an image."""
    strict = case.survey.kind != "folders"
    for paths, rule, lacks, why in (
        (case.survey.without_mask, "mask-missing", tr("no mask"), _NO_MASK),
        (case.survey.without_image, "image-missing", tr("no image"), _NO_IMAGE),
    ):
        if not paths:
            continue
        noun = tr("image has") if rule == "mask-missing" else tr("mask has")
        nouns = tr("images have") if rule == "mask-missing" else tr("masks have")
        stops = strict and (case.survey.kind == "layout" or rule == "mask-missing")
        yield Found(
            rule=rule,
            level="red" if stops else "blue",
            title=joined(" ", (many(len(paths), noun, nouns), lacks)),
            why=why,
            cure=tr(
                "Add what is missing under the same name; the fix moves these files "
                "into the backup."
            )
            if case.survey.kind == "layout"
            else tr(
                "Add what is missing under the same name, or leave it: such files "
                "take no part."
            ),
            files=[(path, "") for path in paths],
            fix="set-unpaired-aside" if case.survey.kind == "layout" else "",
        )


_NO_MASK = tr(
    "A picture without its mask ends a training at a random moment, when it is its "
    "turn."
)
_NO_IMAGE = tr("A mask without its picture is not used, and may be a misspelt name.")


def other_size(case: Case) -> Iterator[Found]:
    """Rule 12: a mask of another size than its image."""
    off = [
        pair
        for pair in case.good
        if pair.mask.size != pair.image.shown and not turned_away(pair)
    ]
    scaled = [pair for pair in off if _same_aspect(pair)]
    other = [pair for pair in off if not _same_aspect(pair)]
    for pairs, cure, fix in (
        (scaled, tr("The fix scales the masks, nearest neighbour."), "resize-mask"),
        (other, tr("Their shapes differ too: export these masks again."), ""),
    ):
        if pairs:
            yield Found(
                rule="size-mismatch",
                level="red",
                title=tr(
                    "{many} another size than the image",
                    many=many(len(pairs), tr("mask has"), tr("masks have")),
                ),
                why=tr(
                    "Crops would be cut from different places: labels and picture do "
                    "not lie over each other."
                ),
                cure=cure,
                files=[(pair.mask.path, _sizes(pair)) for pair in pairs],
                fix=fix,
            )


def exif(case: Case) -> Iterator[Found]:
    """Rule 13: images that a camera marked as turned."""
    wrong = [pair for pair in case.good if turned_away(pair)]
    if wrong:
        yield Found(
            rule="exif-turned",
            level="red",
            title=plural(
                len(wrong),
                "{many} across its image",
                "{n:,} masks lie across their images",
                many=many(len(wrong), tr("mask lies"), tr("masks lie")),
            ),
            why=tr(
                "The image carries a camera's note to turn it, which is followed when "
                "it is read; the mask was drawn on the picture as it is stored."
            ),
            cure=tr("The fix turns the masks as the images are turned."),
            files=[(pair.mask.path, _sizes(pair)) for pair in wrong],
            fix="turn-mask",
        )
    unclear = [
        pair
        for pair in case.good
        if pair.image.orientation > 1
        and pair.mask.size == pair.image.shown
        and (pair.image.orientation < 5 or _is_square(pair))
    ]
    if unclear:
        yield Found(
            rule="exif-turned",
            level="amber",
            title=tr(
                "{many} turned by a camera's note",
                many=many(len(unclear), tr("image is"), tr("images are")),
            ),
            why=tr(
                "The note is followed when the image is read. Sizes do not tell "
                "whether the mask was drawn on the turned picture."
            ),
            cure=tr(
                "Look at one of them in SegDesk; where the mask lies wrong, save the "
                "image without the note."
            ),
            files=[
                (
                    pair.image.path,
                    tr("orientation {orientation}", orientation=pair.image.orientation),
                )
                for pair in unclear
            ],
        )


def turned_away(pair: PairFacts) -> bool:
    """Tell whether a mask fits its image as stored, but not as shown."""
    image = pair.image
    return image.stored != image.shown and pair.mask.size == image.stored


def _same_aspect(pair: PairFacts) -> bool:
    (width, height), (w, h) = pair.image.shown, pair.mask.size
    return min(w, h) > 0 and abs(width * h / (height * w) - 1) <= _ASPECT


def _is_square(pair: PairFacts) -> bool:
    return pair.image.stored[0] == pair.image.stored[1]


def _sizes(pair: PairFacts) -> str:
    return tr(
        "{dimensions}, image {dimensions2}",
        dimensions=dimensions(pair.mask.size),
        dimensions2=dimensions(pair.image.shown),
    )
