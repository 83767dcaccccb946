"""Open a folder of 100,000 images: the list, and the first image, beside a plain way.

Usage: python benchmarks/open_folder.py [--images N] [--repeat N] [--frames N]
       [--folder DIR]

Each way runs in a process of its own, after one run that warms the disk cache; the
clock starts behind the imports. SegDesk's way is the program's own: it finds the
project, lists its images in natural order, notices two images of one name, looks which
have annotations, and decodes the first one with the smaller copies that the viewer
draws. The plain way is sorted(Path.rglob("*")) with the suffixes filtered, and Pillow.
Then the list is scrolled in a real window, see `scroll_files.py`: without a display,
run it under xvfb-run.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

_SCROLLED = (
    ("SegDesk, thumbnails", "segdesk"),
    ("SegDesk, grid of thumbnails", "grid"),
    ("QListView, icons by Pillow", "thumbnails"),
    ("QListWidget, names alone", "names"),
)
_WAY_S = 180  # of one way to scroll, opening it included
_OURS = """
import sys, time
from pathlib import Path
import numpy, cv2, PIL.Image
from segdesk.app.project.reading import open_folder
from segdesk.app.files.opened_image import open_image
began = time.perf_counter()
found = open_folder(Path(sys.argv[1]))
listed = time.perf_counter() - began
open_image(found.items.paths[0])
print(len(found.items.paths), listed, time.perf_counter() - began)
"""
_PLAIN = """
import sys, time
from pathlib import Path
import numpy, PIL.Image
began = time.perf_counter()
ends = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp"}
root = Path(sys.argv[1])
paths = sorted(path for path in root.rglob("*") if path.suffix.lower() in ends)
listed = time.perf_counter() - began
numpy.asarray(PIL.Image.open(paths[0]).convert("RGB"))
print(len(paths), listed, time.perf_counter() - began)
"""


def measure(code: str, folder: Path, repeat: int) -> tuple[int, float, float]:
    """Return number of files, median seconds to the list and to the first image."""
    runs = []
    for _ in range(repeat + 1):
        command = [sys.executable, "-c", code, str(folder)]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
        count, listed, shown = told.stdout.split()
        runs.append((int(count), float(listed), float(shown)))
    warm = runs[1:]
    return (
        warm[0][0],
        statistics.median(run[1] for run in warm),
        statistics.median(run[2] for run in warm),
    )


def scrolled(way: str, folder: Path, frames: int) -> list[str]:
    """Return two lines of figures, by pixels and by pages; needs a display."""
    script = Path(__file__).with_name("scroll_files.py")
    command = [sys.executable, str(script), way, str(folder)]
    command += ["--frames", str(frames)]
    told = subprocess.run(
        command, capture_output=True, text=True, timeout=_WAY_S, check=False
    )
    if told.returncode:
        raise RuntimeError(told.stderr)
    return told.stdout.splitlines()[-2:]


def make_folder(folder: Path, count: int) -> None:
    """Make many names of a few images, in folders of 1,000."""
    picture = Image.effect_noise((1920, 1080), 60).convert("RGB")
    for number in range(count):
        place = folder / "images" / f"part {number // 1000}"
        first = place / f"frame_{number // 1000 * 1000}.jpg"
        if number % 1000 == 0:
            place.mkdir(parents=True)
            picture.save(first)
        else:
            os.link(first, place / f"frame_{number}.jpg")


def main() -> int:
    """Measure both ways and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--frames", type=int, default=900)
    parser.add_argument("--folder", type=Path, help="images that are there already")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = arguments.folder
        if folder is None:
            folder = Path(made) / "many"
            folder.mkdir()
            make_folder(folder, arguments.images)
        print(f"{'way':34} {'images':>8} {'list s':>8} {'first image s':>14}")
        for name, code in (("SegDesk", _OURS), ("rglob, sorted, Pillow", _PLAIN)):
            count, listed, shown = measure(code, folder, arguments.repeat)
            print(f"{name:34} {count:8} {listed:8.2f} {shown:14.2f}")
        print(f"\n{'scrolling, ms':34} {'frames':>8} {'p50':>8} {'p99':>8} {'max':>8}")
        for name, way in _SCROLLED:
            try:
                told = scrolled(way, folder, arguments.frames)
            except subprocess.TimeoutExpired:
                print(f"{name:34} not ready within {_WAY_S} s", flush=True)
                continue
            for kind, figures in zip(("px", "pages"), told, strict=True):
                frames, p50, p99, longest, late = figures.split()
                words = f"{name}, by {kind}"
                print(f"{words:34} {frames:>8} {p50:>8} {p99:>8} {longest:>8}", end="")
                print(f"  {late} over 1/60 s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
