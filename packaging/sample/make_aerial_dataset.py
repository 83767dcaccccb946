"""Lay out the aerial tiles (Humans in the Loop, CC0) for `segdesk train`.

The source folder holds `Tile N/{images,masks}`. Masks are colours, partly in palette
files whose order differs from one to the next, so every mask is read as RGB and each
pixel gets the class of the nearest colour; what is far from all of them is reported
and ignored. Tile 7 is held out; of the others, the last image of each tile validates.

    python packaging/sample/make_aerial_dataset.py SOURCE DESTINATION
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

HELD_OUT = "Tile 7"
VALIDATION = "image_part_009"
IGNORED = 255
# A colour this far from a class's, summed over channels, is none of them.
FAR = 60
LONGEST_PX = 1200
CLASSES = (
    ("Building", "3C1098"),
    ("Land", "8429F6"),
    ("Road", "6EC1E4"),
    ("Vegetation", "FEDD3A"),
    ("Water", "E2A929"),
    ("Unlabeled", "9B9B9B"),
)
PALETTE = np.array([tuple(bytes.fromhex(code)) for _, code in CLASSES], np.int16)


def class_indices(mask: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int, int]:
    """Return the index mask of an RGB mask.

    Returns
    -------
    indices
        (H, W) uint8, 255 where no class is near.
    moved
        Pixels of another colour that got the nearest class.
    unmatched
        Pixels that are far from every class.
    """
    codes = mask.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], np.int32)
    found, places = np.unique(codes, return_inverse=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], 1)
    far = np.abs(colours[:, None] - PALETTE).sum(2)
    nearest, distance = far.argmin(1).astype(np.uint8), far.min(1)
    nearest[distance > FAR] = IGNORED
    counts = np.bincount(places.ravel(), minlength=len(found))
    moved = int(counts[(distance > 0) & (distance <= FAR)].sum())
    unmatched = int(counts[distance > FAR].sum())
    return nearest[places].reshape(mask.shape[:2]), moved, unmatched


def fitted(size: tuple[int, int]) -> tuple[int, int]:
    """Return a size whose longer side is at most `LONGEST_PX`."""
    scale = min(1.0, LONGEST_PX / max(size))
    return round(size[0] * scale), round(size[1] * scale)


def main() -> None:
    """Write the layout and report strays and the share of each class."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("destination", type=Path)
    options = parser.parse_args()
    destination: Path = options.destination
    for split in ("train", "val", "held_out"):
        for kind in ("img_dir", "ann_dir"):
            (destination / kind / split).mkdir(parents=True, exist_ok=True)
    listed = [{"name": name, "color": f"#{code}"} for name, code in CLASSES]
    (destination / "classes.json").write_text(
        json.dumps({"classes": listed}, indent=2) + "\n", encoding="utf-8"
    )
    for tile in sorted(options.source.glob("Tile *")):
        counts = np.zeros(len(CLASSES), np.int64)
        for path in sorted((tile / "images").glob("*.jpg")):
            with Image.open(tile / "masks" / f"{path.stem}.png") as mask:
                indices, moved, unmatched = class_indices(
                    np.asarray(mask.convert("RGB"))
                )
            if moved or unmatched:
                print(f"{tile.name} {path.stem}: {moved} moved, {unmatched} ignored")
            counts += np.bincount(indices.ravel(), minlength=256)[: len(CLASSES)]
            split = "val" if path.stem == VALIDATION else "train"
            split = "held_out" if tile.name == HELD_OUT else split
            name = f"{tile.name.lower().replace(' ', '')}_{path.stem[-3:]}"
            target = destination / "ann_dir" / split / f"{name}.png"
            with Image.open(path) as image:
                picture, labels = image.convert("RGB"), Image.fromarray(indices)
                if split != "held_out":
                    size = fitted(picture.size)
                    picture = picture.resize(size, Image.Resampling.LANCZOS)
                    labels = labels.resize(size, Image.Resampling.NEAREST)
                picture.save(destination / "img_dir" / split / f"{name}.png")
                labels.save(target)
        shares = counts / counts.sum()
        words = [f"{name} {shares[i]:.1%}" for i, (name, _) in enumerate(CLASSES)]
        print(f"{tile.name}: {', '.join(words)}")


if __name__ == "__main__":
    main()
