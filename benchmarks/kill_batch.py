"""Kill a batch of 500 images again and again, and look at what it leaves.

Usage: python benchmarks/kill_batch.py [--images N] [--kills N] [--seed N]

`segdesk predict` writes masks, overlays, labelme, COCO and measurements of images made
here, with the sample model. It is killed with SIGKILL at a random moment of its work
and started again, N times; the last one comes to its end. Then: the ledger must hold
each image once, every file must be whole, nothing unfinished may lie about, and all
files must be the same bytes as those of a batch that nobody killed.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from segdesk.formats.prediction_ledger import read_entries

_SAVE = "mask,overlay,labelme,coco,measurements"
_MODEL = "nuclei-unet"


def main() -> int:
    """Run the batches and print what was found."""
    parser = argparse.ArgumentParser(description="kill a batch and go on")
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)  # noqa: S311 - a seed
    with tempfile.TemporaryDirectory(prefix="segdesk-kill-") as scratch:
        images, out = Path(scratch) / "images", Path(scratch) / "out"
        make_images(images, arguments.images, arguments.seed)
        for turn in range(arguments.kills):
            done = _killed(images, out, chance, arguments.images // arguments.kills)
            print(f"kill {turn + 1}: {done} of {arguments.images} were done")
        _run(images, out).communicate()
        problems = _problems(out, arguments.images)
        whole = Path(scratch) / "whole"
        _run(images, whole).communicate()
        problems += differences(out, whole)
    for problem in problems:
        print(problem)
    print("every image once, no half file" if not problems else "FAILED")
    return 1 if problems else 0


def make_images(folder: Path, count: int, seed: int) -> None:
    """Write small colourful images into ten folders."""
    rng = np.random.default_rng(seed)
    for index in range(count):
        noise = rng.integers(0, 256, (9, 12, 3), np.uint8)
        path = folder / f"tile {index % 10}" / f"{index:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise).resize((128, 96), Image.Resampling.BICUBIC).save(path)


def _run(images: Path, out: Path) -> "subprocess.Popen[bytes]":
    words = ["predict", images, "--out", out, "--model", _MODEL, "--device", "cpu"]
    command = [sys.executable, "-m", "segdesk", *map(str, words), "--save", _SAVE]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _killed(images: Path, out: Path, chance: random.Random, most: int) -> int:
    """Kill a batch when some more images are done; return how many are."""
    child = _run(images, out)
    wanted = len(names_of(out)) + chance.randrange(1, max(2, most))
    while len(names_of(out)) < wanted and child.poll() is None:
        time.sleep(0.005)
    time.sleep(chance.uniform(0, 0.05))
    child.send_signal(signal.SIGKILL)
    child.wait()
    return len(names_of(out))


def names_of(out: Path) -> Counter[str]:
    """Return how often each image is in the ledger of a folder."""
    return Counter(entry.name for entry in read_entries(out))


def _problems(out: Path, count: int) -> list[str]:
    found = []
    names = names_of(out)
    if len(names) != count:
        found.append(f"{len(names)} of {count} images are done")
    found += [f"{name} was done {n} times" for name, n in names.items() if n > 1]
    found += [f"left over: {path}" for path in out.rglob("*.tmp")]
    for folder in ("masks", "overlays"):
        paths = [path for path in (out / folder).rglob("*") if path.is_file()]
        if len(paths) != count:
            found.append(f"{len(paths)} files in {folder}")
        for path in paths:
            try:
                with Image.open(path) as image:
                    image.load()
            except (OSError, SyntaxError) as error:
                found.append(f"{path} is damaged: {error}")
    return found


def differences(out: Path, whole: Path) -> list[str]:
    """Return what is not the same in two folders of results, the ledger left out."""
    both = [
        {
            path.relative_to(root).as_posix(): path
            for path in root.rglob("*")
            if path.is_file() and ".segdesk-batch" not in path.parts
        }
        for root in (out, whole)
    ]
    ours, theirs = both
    found = [f"only in one of the two: {name}" for name in ours.keys() ^ theirs.keys()]
    found += [
        f"not the same bytes: {name}"
        for name in ours.keys() & theirs.keys()
        if ours[name].read_bytes() != theirs[name].read_bytes()
    ]
    return found


if __name__ == "__main__":
    sys.exit(main())
