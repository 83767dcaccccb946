"""Nuclei and aerial images in mmseg's layout, made from the real data.

    python benchmarks/course_sets.py DATA OUT

DATA holds `nuclei_merged/{images,masks}` (masks of 0 and 1) and `aerial_dubai/Tile N/
{images,masks}` (masks of colours). OUT gets `nuclei` and `aerial`, each with
`img_dir` and `ann_dir` of train, val and test, and `classes.json`. Nothing is scaled.
"""

import json
import random
import shutil
import sys
from pathlib import Path

import numpy as np
from PIL import Image

_AERIAL = {
    "Building": "3C1098",
    "Land": "8429F6",
    "Road": "6EC1E4",
    "Vegetation": "FEDD3A",
    "Water": "E2A929",
    "Unlabeled": "9B9B9B",
}
_IGNORE = 255
_NUCLEI_PARTS = (("val", 40), ("test", 60))  # the rest is trained on
_AERIAL_PARTS = {"008": "test", "009": "val"}  # by the part of each tile


def make_sets(data: Path, out: Path) -> tuple[Path, Path]:
    """Make both sets; returns their folders, the nuclei first."""
    return make_nuclei(data, out / "nuclei"), make_aerial(data, out / "aerial")


def make_nuclei(data: Path, out: Path) -> Path:
    """Split the images by chance, always the same way."""
    names = sorted(path.name for path in (data / "nuclei_merged/images").iterdir())
    random.Random(0).shuffle(names)  # noqa: S311 - a split, not a secret
    splits = []
    for split, count in _NUCLEI_PARTS:
        splits += [split] * count
    splits += ["train"] * (len(names) - len(splits))
    for name, split in zip(names, splits, strict=True):
        for kind, folder in (("img_dir", "images"), ("ann_dir", "masks")):
            target = out / kind / split / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(data / "nuclei_merged" / folder / name, target)
    return _named(out, ["background", "nucleus"])


def make_aerial(data: Path, out: Path) -> Path:
    """Turn colours into indices; a colour that is no class is ignored."""
    codes = np.full(1 << 24, _IGNORE, np.uint8)
    for index, colour in enumerate(_AERIAL.values()):
        codes[int(colour, 16)] = index
    for image in sorted((data / "aerial_dubai").glob("Tile */images/*.jpg")):
        number, name = image.stem.rpartition("_")[2], image.parent.parent.name
        split = _AERIAL_PARTS.get(number, "train")
        stem = f"{name.replace(' ', '-').lower()}-{number}"
        rgb = np.asarray(
            Image.open(image.parent.parent / "masks" / f"{image.stem}.png").convert(
                "RGB"
            )
        ).astype(np.uint32)
        packed = rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]
        for kind in ("img_dir", "ann_dir"):
            (out / kind / split).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(image, out / "img_dir" / split / f"{stem}.jpg")
        labels = Image.fromarray(codes[packed])
        labels.save(out / "ann_dir" / split / f"{stem}.png")
    return _named(out, list(_AERIAL))


def _named(out: Path, names: list[str]) -> Path:
    classes = {"classes": [{"name": name} for name in names]}
    (out / "classes.json").write_text(json.dumps(classes))
    return out


if __name__ == "__main__":
    for made in make_sets(Path(sys.argv[1]), Path(sys.argv[2])):
        sys.stdout.write(f"{made}\n")
