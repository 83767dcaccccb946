"""Lay out the nuclei images (BBBC038 / DSB 2018, CC0) for `segdesk train`.

The source folder holds `nuclei_merged/{images,masks}` (masks 0 and 1) and
`nuclei_dsb2018/<id>/{images,masks}` (one PNG for each nucleus). Of the latter, 30
images are held out: no training or choice of a checkpoint sees them.

    python packaging/sample/make_nuclei_dataset.py SOURCE DESTINATION [--tinted]

With `--tinted` each fluorescence image also appears in a false colour, as microscopes
save their channels.
"""

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SEED = 2018
HELD_OUT = 30
VALIDATION = 40
BRIGHT_MEAN = 110
CLASSES = [
    {"name": "background", "color": "#8A8F98"},
    {"name": "nucleus", "color": "#3D6DFA"},
]

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Sample:
    """One image and a way to read its mask."""

    name: str
    image: Path
    read_mask: Callable[[], Pixels]


def read_image(path: Path) -> Pixels:
    """Return an image as (H, W, 3) RGB, without its alpha channel."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def merged_mask(folder: Path) -> Pixels:
    """Return the union of a folder's instance masks as 0 and 1."""
    merged: Pixels | None = None
    for path in sorted(folder.glob("*.png")):
        with Image.open(path) as image:
            nucleus = np.asarray(image.convert("L")) > 0
        merged = (nucleus if merged is None else merged | nucleus).astype(np.uint8)
    if merged is None:
        sys.exit(f"{folder} holds no masks")
    return merged


def index_mask(path: Path) -> Pixels:
    """Return a mask that is stored as 0 and 1."""
    with Image.open(path) as image:
        return (np.asarray(image) > 0).astype(np.uint8)


def merged_samples(root: Path) -> Iterator[Sample]:
    """List the images whose nuclei are already one mask."""
    for image in sorted((root / "images").glob("*.png")):
        mask = root / "masks" / image.name
        yield Sample(image.stem, image, lambda mask=mask: index_mask(mask))


def raw_samples(root: Path) -> Iterator[Sample]:
    """List the images with one mask file for each nucleus."""
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        masks = folder / "masks"
        image = next((folder / "images").glob("*.png"))
        yield Sample(folder.name, image, lambda masks=masks: merged_mask(masks))


def save(folder: Path, split: str, name: str, image: Pixels, mask: Pixels) -> None:
    """Write one pair of the layout."""
    Image.fromarray(image).save(folder / "img_dir" / split / f"{name}.png")
    Image.fromarray(mask).save(folder / "ann_dir" / split / f"{name}.png")


def brightened(image: Pixels, rng: random.Random) -> Pixels:
    """Return the image as another exposure shows it: its peak at 35-100 %."""
    peak = max(float(np.percentile(image, 99.5)), 1.0)
    shown = (image / peak) ** rng.uniform(0.8, 1.25) * rng.uniform(90, 255)
    return np.clip(shown + rng.uniform(0, 30), 0, 255).astype(np.uint8)


def variants(image: Pixels, rng: random.Random) -> Iterator[tuple[str, Pixels]]:
    """Yield copies that widen the range of exposures and of polarity."""
    if image.mean() > BRIGHT_MEAN:
        # Stained sections are one in six: shown twice, and once as fluorescence.
        yield "again", image
        if rng.random() < 0.5:
            grey = np.asarray(Image.fromarray(image).convert("L"))
            yield "dark", np.repeat((255 - grey)[..., None], 3, axis=2)
        return
    bright = brightened(image, rng)
    yield "bright", bright
    if rng.random() < 0.25:
        yield "inverted", 255 - bright


def tinted(image: Pixels, name: str) -> Pixels:
    """Return a longer exposure in a false colour, often of one channel alone."""
    rng = random.Random(f"{SEED} {name}")  # noqa: S311 - no secret
    colour = [rng.uniform(0, 1) for _ in range(3)]
    leading = rng.randrange(3)
    if rng.random() < 0.4:
        colour = [0.0] * 3
    colour[leading] = 1.0
    return (brightened(image, rng) * np.asarray(colour)).astype(np.uint8)


def main() -> None:
    """Write the layout and `split.json`, which names every image's part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("destination", type=Path)
    parser.add_argument("--tinted", action="store_true")
    options = parser.parse_args()
    source, destination = options.source, options.destination
    rng = random.Random(SEED)  # noqa: S311 - no secret

    raw = list(raw_samples(source / "nuclei_dsb2018"))
    held_out = {sample.name for sample in rng.sample(raw, HELD_OUT)}
    rest = list(merged_samples(source / "nuclei_merged"))
    rest += [sample for sample in raw if sample.name not in held_out]
    validation = {sample.name for sample in rng.sample(rest, VALIDATION)}

    for split in ("train", "val", "held_out"):
        for kind in ("img_dir", "ann_dir"):
            (destination / kind / split).mkdir(parents=True, exist_ok=True)
    (destination / "classes.json").write_text(
        json.dumps({"classes": CLASSES}, indent=2) + "\n", encoding="utf-8"
    )
    parts: dict[str, list[str]] = {"train": [], "val": [], "held_out": []}
    for sample in [*rest, *(sample for sample in raw if sample.name in held_out)]:
        split = "held_out" if sample.name in held_out else "train"
        split = "val" if sample.name in validation else split
        parts[split].append(sample.name)
        image, mask = read_image(sample.image), sample.read_mask()
        save(destination, split, sample.name, image, mask)
        if split == "train":
            for suffix, copy in variants(image, rng):
                save(destination, split, f"{sample.name}-{suffix}", copy, mask)
            if options.tinted and image.mean() <= BRIGHT_MEAN:
                copy = tinted(image, sample.name)
                save(destination, split, f"{sample.name}-tinted", copy, mask)
    (destination / "split.json").write_text(
        json.dumps({"seed": SEED, **parts}, indent=2) + "\n", encoding="utf-8"
    )
    for split, names in parts.items():
        files = len(list((destination / "img_dir" / split).iterdir()))
        print(f"{split}: {len(names)} images, {files} files")


if __name__ == "__main__":
    main()
