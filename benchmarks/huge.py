"""An image of 200 megapixels in blended windows, beside the bare network.

Usage: python benchmarks/huge.py [--size 16000x12500] [--classes 19 150]
                                 [--arch NAME…] [--window 1024] [--no-seams]

A tiled TIFF of a scene is predicted from file to written mask, on the CPU, in a process
of its own. Beside its time stands the network's alone: the number of windows times the
median of one window's pass, with all threads, nothing else at work and nothing prepared
for it: before the prediction, which keeps freed memory for the passes to come. The same
passes after it, with that memory, are the last but one column. The slide mode
of mmseg keeps the logits of all classes at the image's size; the memory of those alone
stands in the last column.

Then the seams: 12 megapixels of the sample images in windows against the same in one
piece, by the model that comes with the program, away from the border.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tifffile
import torch

_ARCH = "segformer_mit-b0_8xb2-160k_ade20k-512x512"
_TILE = 512
_SCENE = (2000, 2500)
_SEAMS = (3000, 4000)
_RIM = 64
_PASSES = 9
_LEAST_SAME = 0.995
_ROW = "{:>10}{:>9}{:>11}{:>12}{:>15}{:>9}{:>12}{:>12}{:>14}"
_HEADINGS = (
    "classes",
    "windows",
    "seconds",
    "network s",
    "times network",
    "peak MB",
    "model MB",
    "network s'",
    "mmseg MB",
)


def main() -> None:
    """Run all cases and print the tables."""
    arguments = _arguments()
    if arguments.seams_child:
        _seams(arguments)
        return
    if arguments.child:
        _child(arguments)
        return
    width, height = map(int, arguments.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="segdesk-bench-") as scratch:
        folder = Path(scratch)
        image = folder / "huge.tif"
        _write_image(image, width, height)
        for arch in arguments.arch:
            print(f"{width} × {height}, windows of {arguments.window}, {arch}")
            print(_ROW.format(*_HEADINGS), flush=True)
            for classes in arguments.classes:
                command = [sys.executable, __file__, "--child", str(folder)]
                command += ["--classes", str(classes), "--size", arguments.size]
                command += ["--arch", arch, "--window", str(arguments.window)]
                subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    if not arguments.no_seams:
        subprocess.run([sys.executable, __file__, "--seams-child"], check=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="a huge image in blended windows")
    parser.add_argument("--size", default="16000x12500", metavar="WxH")
    parser.add_argument("--classes", nargs="+", type=int, default=(19, 150))
    parser.add_argument(
        "--arch", nargs="+", default=[_ARCH], help="names of configs of mmseg"
    )
    parser.add_argument("--no-seams", action="store_true")
    parser.add_argument("--window", type=int, default=1024, help="side in pixels")
    parser.add_argument("--seams-child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _write_image(path: Path, width: int, height: int) -> None:
    """Write a scene, repeated and mirrored, tile by tile."""
    from synthetic import scene

    pixels, _ = scene(_SCENE, 19, 3)

    def tiles() -> "object":
        for top in range(0, height, _TILE):
            rows = _mirrored(np.arange(top, top + _TILE), _SCENE[0])
            for left in range(0, width, _TILE):
                columns = _mirrored(np.arange(left, left + _TILE), _SCENE[1])
                yield pixels[np.ix_(rows, columns)]

    tifffile.imwrite(
        path,
        tiles(),
        shape=(height, width, 3),
        dtype=np.uint8,
        photometric="rgb",
        tile=(_TILE, _TILE),
        compression="zlib",
    )


def _mirrored(index: np.ndarray, length: int) -> np.ndarray:
    index = index % (2 * length)
    return np.minimum(index, 2 * length - 1 - index)


def _child(arguments: argparse.Namespace) -> None:
    """Predict the image once and print a line."""
    from synthetic import model_of

    from segdesk.core.imaging import read_image
    from segdesk.engine.predictor import Predictor
    from segdesk.formats.png_mask import write_mask
    from segdesk.jobs.specs import ModelSource, Windows

    (classes,) = arguments.classes
    (arch,) = arguments.arch
    folder = arguments.child / f"{arch}-{classes}"
    model = model_of(folder, arch, classes)
    predictor = Predictor(
        ModelSource(id="bench", checkpoint=model[1], config=model[0]),
        device="cpu",
        note=lambda _note: None,
    )
    windows = Windows(size=arguments.window)
    scores = predictor.built.scores
    window = torch.rand(1, 3, arguments.window, arguments.window)
    alone_s = _pass_s(scores, window)
    small = read_image(arguments.child / "huge.tif", mapped_in=folder).pixels
    predictor.predict(small[:1100, :1100], confidence=False, windows=windows)
    loaded = _rss_mb()
    del small
    passes: list[int] = []

    def counted(tensor: torch.Tensor) -> object:
        passes.append(len(tensor))
        return scores(tensor)

    predictor.built.scores = counted
    began = time.perf_counter()
    image = read_image(arguments.child / "huge.tif", mapped_in=folder)
    found = predictor.predict(image.pixels, confidence=False, windows=windows)
    write_mask(folder / "huge.png", found.labels, predictor.built.classes)
    seconds, peak = time.perf_counter() - began, _peak_mb()
    network = len(passes) * alone_s
    height, width = image.pixels.shape[:2]
    print(
        _ROW.format(
            classes,
            len(passes),
            f"{seconds:.1f}",
            f"{network:.1f}",
            f"{seconds / network:.3f}",
            f"{peak:.0f}",
            f"{loaded:.0f}",
            f"{len(passes) * _pass_s(scores, window):.1f}",
            f"{classes * height * width * 4 / 1e6:,.0f}",
        ),
        flush=True,
    )


def _pass_s(scores: Callable[[torch.Tensor], object], window: torch.Tensor) -> float:
    """Return the median time of one window's pass through the network."""
    passes = []
    for _ in range(_PASSES):
        began = time.perf_counter()
        scores(window)
        passes.append(time.perf_counter() - began)
    return statistics.median(passes)


def _seams(arguments: argparse.Namespace) -> None:
    """Compare labels made in windows with those of one piece."""
    from segdesk.core.imaging import read_image
    from segdesk.core.paths import resource_path
    from segdesk.engine.predictor import Predictor
    from segdesk.jobs.specs import ModelSource, Windows

    height, width = _SEAMS
    pictures = sorted(resource_path("sample/images").glob("*.png"))
    tiles = [read_image(path).pixels for path in pictures]
    side = min(min(tile.shape[:2]) for tile in tiles)
    whole = np.empty((height, width, 3), np.uint8)
    for number, top in enumerate(range(0, height, side)):
        for place, left in enumerate(range(0, width, side)):
            tile = tiles[(number * 7 + place) % len(tiles)]
            part = whole[top : top + side, left : left + side]
            part[:] = tile[: part.shape[0], : part.shape[1]]
    (model,) = resource_path("models/nuclei-unet").glob("*.pth")
    predictor = Predictor(
        ModelSource(id="bench", checkpoint=model),
        device="cpu",
        note=lambda _note: None,
    )
    found = [
        predictor.predict(whole, confidence=False, windows=Windows(size=size)).labels
        for size in (arguments.window, max(_SEAMS))
    ]
    inner = np.s_[_RIM:-_RIM, _RIM:-_RIM]
    same = float((found[0][inner] == found[1][inner]).mean())
    verdict = "ok" if same >= _LEAST_SAME else "under"
    print(f"seams: {same:.4%} of the labels of one piece, {verdict}", flush=True)


def _rss_mb() -> float:
    import psutil

    return psutil.Process().memory_info().rss / 1e6


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    main()
