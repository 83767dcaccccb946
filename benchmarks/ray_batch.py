"""Kill a worker of a local Ray cluster half way through a batch, and compare.

Usage: python benchmarks/ray_batch.py [--images N]

`segdesk predict --ray local` predicts images made here with the sample model, one of
them damaged. When half of them are done, one worker is killed with SIGKILL. All files
must be the same bytes as those of a batch on this machine alone, and the ledger must
hold each image once. Needs `pip install 'segdesk[cluster]'` and psutil.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from kill_batch import differences, make_images, names_of

_SAVE = "mask,overlay,labelme,coco,cvat,measurements"
_MODEL = "nuclei-unet"


def main() -> int:
    """Run both batches and print what was found."""
    parser = argparse.ArgumentParser(description="a batch on Ray, a worker killed")
    parser.add_argument("--images", type=int, default=200)
    count = parser.parse_args().images
    with tempfile.TemporaryDirectory(prefix="segdesk-ray-") as scratch:
        images, ray, one = (Path(scratch) / name for name in ("images", "ray", "one"))
        make_images(images, count, 0)
        (images / "damaged.png").write_bytes(b"no image")
        began_s = time.monotonic()
        child = _run(images, ray, "--ray", "local")
        done = _killed_half_way(child, ray, count)
        child.wait()
        print(f"Ray, a worker killed after {done}: {time.monotonic() - began_s:.0f} s")
        began_s = time.monotonic()
        _run(images, one).wait()
        print(f"this machine alone: {time.monotonic() - began_s:.0f} s")
        names = names_of(ray)
        problems = [f"{name}: {n} times" for name, n in names.items() if n > 1]
        if len(names) != count:
            problems.append(f"{len(names)} of {count} images are done")
        problems += differences(ray, one)
    for problem in problems:
        print(problem)
    print("every image once, the same bytes" if not problems else "FAILED")
    return 1 if problems else 0


def _run(images: Path, out: Path, *more: str) -> "subprocess.Popen[bytes]":
    words = ["predict", images, "--out", out, "--model", _MODEL, "--device", "cpu"]
    command = [sys.executable, "-m", "segdesk", *map(str, words), "--save", _SAVE]
    return subprocess.Popen(
        [*command, *more], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _killed_half_way(child: "subprocess.Popen[bytes]", out: Path, count: int) -> int:
    """Kill one worker when half of the images are done; return how many are."""
    while len(names_of(out)) < count // 2:
        if child.poll() is not None:
            raise SystemExit("the batch ended before a worker was killed")
        time.sleep(0.02)
    below = psutil.Process(child.pid).children(recursive=True)
    victim = next(one for one in below if "ray::Worker" in " ".join(one.cmdline()))
    victim.kill()
    return len(names_of(out))


if __name__ == "__main__":
    sys.exit(main())
