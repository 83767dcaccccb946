"""Rules on the image files and on the names of all files."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from segdesk.core.language import joined, tr
from segdesk.formats.doctor.case import Case, Found, dimensions, many
from segdesk.formats.doctor.facts import ImageFacts
from segdesk.formats.doctor.rules_damage import damage

_HUGE_MP = 16.0
_HALF = 0.5
_RESERVED = frozenset('<>:"|?*')


def _images(case: Case) -> list[ImageFacts]:
    found = {pair.image.path: pair.image for pair in case.pairs}
    return [image for image in found.values() if not image.problem]


def damaged_images(case: Case) -> Iterator[Found]:
    """Rule 14: images that cannot be decoded."""
    files = [(p.image.path, p.image.problem) for p in case.pairs if p.image.problem]
    if files:
        both = [
            path
            for pair in case.pairs
            if pair.image.problem
            for path in (pair.image.path, pair.mask.path)
        ]
        yield damage("image", files, both, case.survey.kind)


def deep(case: Case) -> Iterator[Found]:
    """Rule 22, depth: more than 8 bits in a channel."""
    found = [image for image in _images(case) if image.bit_depth > 8]
    if found:
        yield Found(
            rule="image-deep",
            level="amber",
            title=tr(
                "{many} more than 8 bits",
                many=many(len(found), tr("image has"), tr("images have")),
            ),
            why=tr(
                "A training keeps the upper 8 bits: 12-bit data in 16-bit files come "
                "out nearly black, while SegDesk's prediction stretches them."
            ),
            cure=tr("The fix stretches each image to 8 bits, as a prediction does."),
            files=[(image.path, image.mode) for image in found],
            fix="image-to-8-bit",
        )


def bands(case: Case) -> Iterator[Found]:
    """Rule 22, bands: other than grey and RGB."""
    images = _images(case)
    odd = [image for image in images if image.bands not in {1, 3}]
    alpha = [i for i in odd if i.mode in {"RGBA", "LA"}]
    more = [i for i in odd if i not in alpha]
    for found, level, why, cure in (
        (
            more,
            "amber",
            tr("A training reads three bands; the others are dropped without a word."),
            tr("Export the three bands that tell most as RGB."),
        ),
        (
            alpha,
            "blue",
            tr(
                "Transparency is dropped; hidden pixels show what the file holds there."
            ),
            tr("Nothing, where the pictures look right without it."),
        ),
    ):
        if found:
            yield Found(
                rule="image-bands",
                level="amber" if level == "amber" else "blue",
                title=tr(
                    "{images} {what}",
                    images=many(len(found), tr("image has"), tr("images have")),
                    what=tr("more bands than three")
                    if found is more
                    else tr("transparency"),
                ),
                why=why,
                cure=cure,
                files=[(image.path, image.mode) for image in found],
            )


def small(case: Case) -> Iterator[Found]:
    """Rule 23: images smaller than the crop, or very large."""
    images, crop = _images(case), case.plan.crop
    if crop:
        less = [i for i in images if min(i.shown) < crop]
        if less:
            share = len(less) / len(images)
            yield Found(
                rule="smaller-than-crop",
                level="amber" if share > _HALF else "blue",
                title=tr(
                    "{many} smaller than the crop of {crop}",
                    many=many(len(less), tr("image is"), tr("images are")),
                    crop=crop,
                ),
                why=tr(
                    "What is missing is filled up and ignored: time spent on nothing."
                ),
                cure=tr("Choose a smaller crop")
                + (tr(", such as the usual shorter side.") if share > _HALF else "."),
                files=[(i.path, dimensions(i.shown)) for i in less],
            )
    huge = [i for i in images if i.shown[0] * i.shown[1] > _HUGE_MP * 1e6]
    if huge:
        yield Found(
            rule="very-large",
            level="amber",
            title=tr(
                "{many} more than {huge_mp:.0f} megapixels",
                many=many(len(huge), tr("image has"), tr("images have")),
                huge_mp=_HUGE_MP,
            ),
            why=tr(
                "A training crops them, but validation takes them whole, and may run "
                "out of memory; each crop costs decoding the whole file."
            ),
            cure=tr("Cut them into tiles, or validate in sliding windows."),
            files=[(i.path, dimensions(i.shown)) for i in huge],
        )


def suffixes(case: Case) -> Iterator[Found]:
    """Rule 10: images of several suffixes, or of kinds that are not read."""
    survey = case.survey
    if survey.unread:
        yield Found(
            rule="suffix-not-read",
            level="amber" if case.pairs else "red",
            title=tr(
                "{many} of a kind that no training reads",
                many=many(len(survey.unread), tr("image is"), tr("images are")),
            ),
            why=tr(
                "Only .jpg, .jpeg, .png, .bmp, .tif, .tiff and .webp are looked at."
            ),
            cure=tr("Save them as PNG."),
            files=[(path, path.suffix) for path in survey.unread],
        )
    counts = Counter(pair.image.suffix for pair in case.pairs)
    upper = [i.path for i in _images(case) if i.suffix != i.suffix.lower()]
    upper += [m.path for m in case.masks if m.path.suffix != m.path.suffix.lower()]
    if len(counts) > 1 or upper:
        named = joined(
            ", ", (f"{count:,} {end}" for end, count in counts.most_common())
        )
        can_mend = bool(upper) and survey.kind == "layout"
        yield Found(
            rule="suffix-mixed",
            level="blue",
            title=tr("The images end in {named}", named=named),
            why=tr(
                "A training here reads all of them. A plain mmseg config reads one "
                "suffix, in one case of letters, and finds no others."
            ),
            cure=tr("The fix writes the suffixes in lower case.")
            if can_mend
            else tr("Nothing is needed here."),
            files=[(path, path.suffix) for path in upper],
            fix="suffix-case" if can_mend else "",
        )


def names(case: Case) -> Iterator[Found]:
    """Rule 20: names that other systems or mmseg's lists do not take."""
    edged, odd, foreign = [], [], []
    for pair in case.pairs:
        for path in {pair.image.path, pair.mask.path}:
            inside = _below(path, case.survey.root)
            if path.stem != path.stem.rstrip():
                edged.append((path, tr("space at its end")))
            elif "\\" in inside or _RESERVED & set(inside) or path.stem.endswith("."):
                odd.append((path, tr("reserved on Windows")))
            elif not inside.isascii():
                foreign.append((path, tr("letters beyond ASCII")))
    if edged:
        yield Found(
            rule="file-names",
            level="red",
            title=tr(
                "{many} a space at the end",
                many=many(len(edged), tr("file name has"), tr("file names have")),
            ),
            why=tr(
                "Lists of names are read without spaces at their ends, so the file is "
                "not found."
            ),
            cure=tr("Rename the files."),
            files=edged,
        )
    if odd:
        yield Found(
            rule="file-names",
            level="amber",
            title=tr(
                "{many} be used on Windows",
                many=many(len(odd), tr("file name cannot"), tr("file names cannot")),
            ),
            why=tr("The set can be trained on here, but not be copied to Windows."),
            cure=tr("Rename the files if they shall go there."),
            files=odd,
        )
    if foreign:
        yield Found(
            rule="file-names",
            level="blue",
            title=tr(
                "{many} letters beyond ASCII",
                many=many(len(foreign), tr("file name holds"), tr("file names hold")),
            ),
            why=tr(
                "SegDesk reads them. Other programs on Windows that open images with "
                "OpenCV by name do not."
            ),
            cure=tr("Nothing is needed here."),
            files=foreign,
        )


def junk(case: Case) -> Iterator[Found]:
    """Rule 21: litter of systems and archives."""
    if case.survey.junk:
        yield Found(
            rule="junk",
            level="blue",
            title=tr(
                "{many} litter",
                many=many(len(case.survey.junk), tr("file is"), tr("files are")),
            ),
            why=tr(
                "Systems and archives leave such files behind. SegDesk passes them "
                "over; a plain mmseg training takes them for images and stops."
            ),
            cure=tr("The fix moves them into the backup."),
            files=[(path, "") for path in case.survey.junk],
            fix="junk-away",
        )


def _below(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
