"""Check 10,000 pairs of 512 × 512 by all rules, beside the script of a course.

Usage: python benchmarks/doctor.py [--pairs N] [--side PX] [--keep DIR]

The pairs are made in a temporary folder: JPEG photographs of smooth noise and PNG
masks of some classes, a few hundred of them, each file with a comment of its own so
that no two are equal. SegDesk's way is what `segdesk check` does: every image and mask
decoded once, values, sizes, regions, copies, all rules. The plain way is what a course
does in a notebook: Pillow opens both, numpy makes arrays, `np.unique` names the values,
sizes are compared. Each runs in a process of its own; the clock starts behind the
imports. The promise: 10,000 pairs on 2 cores in 120 s.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

_OURS = """
import sys, time
from pathlib import Path
from segdesk.core.cv import load_cv2
from segdesk.formats.doctor.check import CheckRequest, check_data
load_cv2()
began = time.perf_counter()
request = CheckRequest(data_dir=Path(sys.argv[1]))
found = check_data(request, lambda done, total: None, lambda: None)
pairs = sum(split.pairs for split in found.splits)
print(pairs, found.count("red"), time.perf_counter() - began)
"""
_PLAIN = """
import sys, time
from pathlib import Path
import numpy as np
from PIL import Image
began = time.perf_counter()
pairs, wrong = 0, 0
for image in sorted(Path(sys.argv[1]).glob("img_dir/*/*.jpg")):
    mask = Path(str(image).replace("img_dir", "ann_dir")).with_suffix(".png")
    picture = np.array(Image.open(image))
    labels = np.array(Image.open(mask))
    wrong += picture.shape[:2] != labels.shape or max(np.unique(labels)) > 3
    pairs += 1
print(pairs, wrong, time.perf_counter() - began)
"""
_DIFFERENT = 200
_VAL_EVERY = 5
LIMIT_S = 120.0


def make_set(root: Path, pairs: int, side: int) -> None:
    """Make a good data set in the training layout."""
    rng = np.random.default_rng(0)
    different = min(_DIFFERENT, pairs)
    photos, masks = [], []
    scratch = root / "scratch"
    scratch.mkdir(parents=True)
    for _ in range(different):
        coarse = rng.integers(0, 255, (8, 8, 3), np.uint8)
        photo = Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)
        grain = rng.normal(0, 6, (side, side, 1))
        pixels = (np.asarray(photo) + grain).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(scratch / "a.jpg", quality=90)
        photos.append((scratch / "a.jpg").read_bytes())
        high = np.asarray(photo)[:, :, 0].astype(np.uint8) // 64
        Image.fromarray(high).save(scratch / "a.png")
        masks.append((scratch / "a.png").read_bytes())
    for split in ("train", "val"):
        for side_folder in ("img_dir", "ann_dir"):
            (root / side_folder / split).mkdir(parents=True)
    for number in range(pairs):
        split = "val" if number % _VAL_EVERY == 0 else "train"
        photo_data = photos[number % different]
        comment = f"{number:010}".encode()
        size = (len(comment) + 2).to_bytes(2, "big")
        data = photo_data[:2] + b"\xff\xfe" + size + comment + photo_data[2:]
        (root / "img_dir" / split / f"{number:06}.jpg").write_bytes(data)
        target = root / "ann_dir" / split / f"{number:06}.png"
        target.write_bytes(masks[number % different])
    (root / "classes.json").write_text('["background", "a", "b", "c"]')


def measure(code: str, folder: Path) -> tuple[int, int, float]:
    """Return pairs, findings and seconds of one way."""
    command = [sys.executable, "-c", code, str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    pairs, wrong, seconds = told.stdout.split()
    return int(pairs), int(wrong), float(seconds)


def main() -> int:
    """Measure both ways and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--side", type=int, default=512)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "set"
        make_set(root, given.pairs, given.side)
        plain = measure(_PLAIN, root)
        ours = measure(_OURS, root)
    print(f"{given.pairs:,} pairs of {given.side} × {given.side}")
    for name, (pairs, wrong, seconds) in (("segdesk check", ours), ("plain", plain)):
        each = 1000 * seconds / pairs
        print(f"{name:<14} {seconds:7.1f} s  {each:5.2f} ms a pair  {wrong} wrong")
    print(f"ratio plain / segdesk: {plain[2] / ours[2]:.2f}")
    allowed = LIMIT_S * given.pairs / 10_000
    return 0 if ours[2] <= allowed else 1


if __name__ == "__main__":
    sys.exit(main())
