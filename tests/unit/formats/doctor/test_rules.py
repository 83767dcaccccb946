"""Each rule on a small data set that is broken in its way."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.formats.doctor.case import PlannedTraining
from segdesk.formats.doctor.catalogue import RULE_NAMES, RULES
from segdesk.formats.doctor.fixes import FIX_NAMES


def recoded(function, *names):
    """Return a breaker that changes the numbers of masks."""

    def change(data):
        paths = [data.mask(name) for name in names] if names else data.masks()
        for path in paths:
            data.save(path, np.ascontiguousarray(function(data.read(path))))

    return change


def labelled(labels, value):
    out = labels.copy()
    out[0:2, 0:2] = value
    return out


def palettes_that_move(data):
    colours = ([200, 0, 0], [0, 0, 200])
    for place, path in enumerate(data.masks()):
        labels = data.read(path)
        picture = Image.fromarray(labels if place % 2 else 1 - labels)
        order = colours if place % 2 else colours[::-1]
        picture.putpalette([band for colour in order for band in colour])
        data.save(path, picture)


def coloured(data, blur=0):
    from PIL import ImageFilter

    data.name_classes(
        {"name": "background", "color": "#C80000"}, {"name": "t", "color": "#0000C8"}
    )
    table = np.array([[200, 0, 0], [0, 0, 200]], np.uint8)
    for path in data.masks():
        picture = Image.fromarray(table[data.read(path)])
        if blur:
            picture = picture.filter(ImageFilter.GaussianBlur(blur))
            rng = np.random.default_rng(0)
            noise = rng.integers(0, 9, (*picture.size[::-1], 3))
            picture = Image.fromarray((np.asarray(picture) + noise).astype(np.uint8))
        data.save(path, picture)


def as_jpeg(data, factor=255):
    path = data.mask("a")
    picture = Image.fromarray((data.read(path) * factor).astype(np.uint8))
    path.unlink()
    data.save(path.with_suffix(".jpg"), picture, quality=60)


def noisy(data):
    rng = np.random.default_rng(1)
    for path in data.masks():
        labels = data.read(path).astype(int) * 255
        wrong = labels + rng.integers(-6, 7, labels.shape)
        data.save(path, wrong.clip(0, 255).astype(np.uint8))


def resaved(data, name, size=None, **options):
    picture = Image.open(data.image(name))
    data.image(name).unlink()
    data.save(data.image(name, end=".jpg"), picture.resize(size or (48, 40)), **options)


def turned(data, mask_too=False):
    exif = Image.Exif()
    exif[0x0112] = 6 if not mask_too else 3
    resaved(data, "a", exif=exif)


def scaled(data, size):
    path = data.mask("a")
    data.save(path, Image.open(path).resize(size, Image.Resampling.NEAREST))


def emptied(data):
    for folder in ("img_dir", "ann_dir"):
        shutil.rmtree(data.root / folder / "val")


def leaked(data):
    shutil.copy(data.image("a"), data.image("d"))


def alike(data):
    pixels = data.read(data.image("a")).copy()
    pixels[0, 0] = 0
    data.save(data.image("d"), pixels)


def renamed(data, name):
    data.image("a").rename(data.image(name, "train"))
    data.mask("a").rename(data.mask(name, "train"))


def deep(data):
    pixels = np.asarray(Image.open(data.image("a")).convert("L")).astype(np.uint16)
    data.save(data.image("a"), pixels * 40)


def large(data):
    size = (4100, 4000)
    data.save(data.image("a"), Image.new("L", size, 80))
    data.save(data.mask("a"), Image.new("L", size, 1))


def plan(**options):
    return {"plan": PlannedTraining(**options)}


def nothing(data):
    """Change nothing: the plan is what is wrong."""


# number, rule, level, fix, breaker, options of the check
CASES = [
    (1, "label-beyond-classes", "red", "", recoded(lambda m: labelled(m, 7), "a"), {}),
    (2, "binary-255", "red", "binary-to-index", recoded(lambda m: m * 255), {}),
    (3, "zero-reduced", "red", "", nothing, plan(zero_label=(("train", True),))),
    (
        4,
        "zero-differs",
        "red",
        "",
        nothing,
        plan(zero_label=(("train", True), ("LoadAnnotations", False))),
    ),
    (
        5,
        "mask-not-indexed",
        "red",
        "mask-one-band",
        recoded(lambda m: np.stack([m] * 3, 2), "a"),
        {},
    ),
    (5, "mask-not-indexed", "red", "mask-from-colours", coloured, {}),
    (6, "palette-unsteady", "red", "", palettes_that_move, {}),
    (7, "mask-jpeg", "red", "jpeg-to-png", as_jpeg, {}),
    (7, "mask-jpeg", "red", "", lambda d: as_jpeg(d, 30), {}),
    (7, "mask-noise", "red", "clean-noise", noisy, {}),
    (
        8,
        "mask-16-bit",
        "red",
        "",
        recoded(lambda m: m.astype(np.uint16) * 300, "a"),
        {},
    ),
    (
        8,
        "mask-16-bit",
        "red",
        "mask-to-8-bit",
        recoded(lambda m: m.astype(np.uint16), "a"),
        {},
    ),
    (
        9,
        "nothing-labelled",
        "amber",
        "",
        recoded(lambda m: np.full_like(m, 255), "a"),
        {},
    ),
    (9, "nothing-labelled", "red", "", recoded(lambda m: np.full_like(m, 255)), {}),
    (9, "background-alone", "red", "", recoded(np.zeros_like), {}),
    (9, "background-alone", "blue", "", recoded(np.zeros_like, "a"), {}),
    (
        9,
        "ignored-much",
        "amber",
        "",
        recoded(lambda m: np.where(np.arange(48) > 22, 255, m).astype(np.uint8)),
        {},
    ),
    (
        10,
        "suffix-mixed",
        "blue",
        "suffix-case",
        lambda d: d.image("a").rename(d.image("a", end=".PNG")),
        {},
    ),
    (
        10,
        "suffix-not-read",
        "amber",
        "",
        lambda d: d.save(d.image("x", "train", ".gif"), Image.new("L", (4, 4))),
        {},
    ),
    (
        10,
        "mask-suffix",
        "red",
        "mask-to-png",
        lambda d: (
            d.save(d.mask("a", end=".bmp"), Image.open(d.mask("a"))),
            d.mask("a").unlink(),
        ),
        {},
    ),
    (
        11,
        "mask-missing",
        "red",
        "set-unpaired-aside",
        lambda d: d.mask("a").unlink(),
        {},
    ),
    (
        11,
        "image-missing",
        "red",
        "set-unpaired-aside",
        lambda d: d.image("a").unlink(),
        {},
    ),
    (12, "size-mismatch", "red", "resize-mask", lambda d: scaled(d, (24, 20)), {}),
    (12, "size-mismatch", "red", "", lambda d: scaled(d, (24, 24)), {}),
    (13, "exif-turned", "red", "turn-mask", turned, {}),
    (13, "exif-turned", "amber", "", lambda d: turned(d, mask_too=True), {}),
    (
        14,
        "image-damaged",
        "red",
        "set-damaged-aside",
        lambda d: d.image("a").write_bytes(d.image("a").read_bytes()[:400]),
        {},
    ),
    (
        14,
        "mask-damaged",
        "red",
        "set-damaged-aside",
        lambda d: d.mask("a").write_bytes(b""),
        {},
    ),
    (15, "one-class", "red", "add-background", lambda d: d.name_classes("thing"), {}),
    (16, "single-channel", "red", "", nothing, plan(sigmoid=((1, False, None),))),
    (16, "single-channel", "amber", "", nothing, plan(sigmoid=((1, True, None),))),
    (17, "heads-differ", "amber", "", nothing, plan(head_classes=(19,), palette=2)),
    (
        17,
        "classes-missing",
        "red",
        "",
        lambda d: (d.root / "classes.json").unlink(),
        {},
    ),
    (
        17,
        "classes-unreadable",
        "red",
        "",
        lambda d: (d.root / "classes.json").write_text("{"),
        {},
    ),
    (
        18,
        "background-missing",
        "amber",
        "",
        lambda d: (
            d.name_classes("cat", "dog"),
            recoded(lambda m: labelled(m, 2), "a")(d),
        ),
        {},
    ),
    (19, "split-empty", "red", "", emptied, {}),
    (
        19,
        "one-image",
        "amber",
        "",
        lambda d: [f(n).unlink() for n in "bc" for f in (d.image, d.mask)],
        {},
    ),
    (
        19,
        "stem-clash",
        "red",
        "",
        lambda d: d.save(d.image("a", end=".jpg"), Image.new("RGB", (48, 40))),
        {},
    ),
    (19, "split-leak", "red", "drop-leaks", leaked, {}),
    (19, "near-copies", "amber", "", alike, {}),
    (
        19,
        "copies",
        "blue",
        "",
        lambda d: shutil.copy(d.image("a"), d.image("b")),
        {},
    ),
    (20, "file-names", "red", "", lambda d: renamed(d, "a "), {}),
    (20, "file-names", "blue", "", lambda d: renamed(d, "ü"), {}),
    (
        21,
        "junk",
        "blue",
        "junk-away",
        lambda d: d.image("._a", "train").write_bytes(b"litter"),
        {},
    ),
    (22, "image-deep", "amber", "image-to-8-bit", deep, {}),
    (
        22,
        "image-bands",
        "blue",
        "",
        lambda d: d.save(d.image("a"), Image.open(d.image("a")).convert("RGBA")),
        {},
    ),
    (23, "smaller-than-crop", "amber", "", nothing, plan(crop=64)),
    (23, "very-large", "amber", "", large, {}),
    (24, "scales-differ", "amber", "", nothing, plan(train_scale=2048, test_scale=512)),
    (25, "class-absent", "amber", "", recoded(np.zeros_like, "d", "e"), {}),
    (
        25,
        "class-rare",
        "blue",
        "",
        recoded(
            lambda m: (
                np.where(np.arange(m.size) == 9, 1, 0).reshape(m.shape).astype(np.uint8)
            )
        ),
        {},
    ),
    (26, "mask-colours-blended", "red", "", lambda d: coloured(d, 3), {}),
    (27, "batch-of-one", "red", "", nothing, plan(batch=1, pooling="PSPHead")),
    (28, "ignore-differs", "red", "", nothing, plan(ignored=(("the loss", 0),))),
]


@pytest.mark.parametrize(
    ("rule", "level", "fix", "spoil", "options"),
    [case[1:] for case in CASES],
    ids=[f"{case[0]}-{case[1]}-{case[2]}-{case[3] or 'told'}" for case in CASES],
)
def test_rule_finds_its_fault_when_data_are_broken(
    dataset, rule, level, fix, spoil, options
):
    assert [one for one in dataset.check().findings if one.level != "blue"] == []
    spoil(dataset)

    found = dataset.found(rule, **options)

    assert (level, fix) in [(one.level, one.fix) for one in found]
    for one in found:
        assert one.title
        assert one.why.endswith(".")
        assert one.cure.endswith(".")


def test_every_pitfall_has_a_broken_data_set():
    told = {name for rule in RULES for name in rule.names}
    assert {case[1] for case in CASES} | {"not-a-training-set"} == told
    assert {case[0] for case in CASES} == set(range(1, 29))


def test_every_rule_and_fix_stands_in_the_reference():
    page = Path(__file__).parents[4] / "docs" / "reference" / "data-rules.md"
    text = page.read_text(encoding="utf-8")

    assert [name for name in (*RULE_NAMES, *FIX_NAMES) if f"`{name}`" not in text] == []


def test_check_says_files_and_values_when_labels_lie_beyond(dataset):
    recoded(lambda mask: labelled(mask, 7), "b")(dataset)

    (found,) = dataset.found("label-beyond-classes")

    assert [(one.path, one.value) for one in found.files] == [(dataset.mask("b"), "7")]
    assert found.title == "1 mask holds labels beyond the 2 classes"
    assert found.count == 1
