"""Try a finished bundle as its user has it: in an empty environment, on a display.

    python packaging/smoke.py dist/segdesk [--facts FACTS.json] [--pictures FOLDER]

Every program is started with nothing in its environment but HOME (an empty folder),
PATH and, for the window, DISPLAY. The first thing that is not as it should be ends it
with an exit code of 1. Needs Xvfb and xdotool; numpy, Pillow and PyAV of the
environment that the bundle was made in.
"""

import argparse
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from virtual_screen import VirtualScreen, virtual_screen

MODEL = "nuclei-unet"
_STARTS = 5
_DRAWN_COLOURS = 60  # an empty window has one
_SIGNAL = (255, 0, 255)  # in the film, and nowhere in the window
_PATH = "/usr/local/bin:/usr/bin:/bin"
_LIMIT_S = 600
_COMPRESSIONS = (
    "deflate",
    "jpeg",
    "jpeg2000",
    "jpegxl",
    "jpegxr",
    "lerc",
    "lzma",
    "lzw",
    "packbits",
    "png",
    "zstd",
)


class Bundle:
    """A bundle, a home folder for it, and the folder that results go into.

    Parameters
    ----------
    folder
        The bundle.
    work
        Empty; everything is written below it.
    """

    def __init__(self, folder: Path, work: Path) -> None:
        self.program = folder / "segdesk"
        self.sample = folder / "_internal" / "segdesk" / "resources" / "sample"
        self.work = work
        self.environment = {"HOME": str(work / "home"), "PATH": _PATH}
        self.log = work / "window.log"
        (work / "home").mkdir()

    def run(self, *words: object) -> dict[str, Any]:
        """Run a command to its end and return the JSON that it printed."""
        command = [str(self.program), *map(str, words), "--json"]
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=self.work,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
        said = f"{' '.join(command)}\n{done.stdout[-6000:]}\n{done.stderr[-1000:]}"
        assert done.returncode == 0, f"exit code {done.returncode}\n{said}"
        try:
            return json.loads(done.stdout)
        except ValueError as error:
            raise AssertionError(f"no JSON\n{said}") from error

    @contextmanager
    def window(self, screen: VirtualScreen, *words: object):  # noqa: ANN201
        """Start the window in a home of its own; at the end it is told to go.

        A home where starts were cut short would be asked about safe mode.
        """
        home = tempfile.mkdtemp(dir=self.work)
        environment = {**self.environment, "HOME": home, "DISPLAY": screen.name}
        process = subprocess.Popen(
            [str(self.program), *map(str, words)],
            env=environment,
            cwd=self.work,
            stderr=self.log.open("wb"),
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


# ---------------------------------------------------------------- without a window


def try_version(bundle: Bundle) -> str:
    """Start and end, as quickly as it goes."""
    done = subprocess.run(
        [str(bundle.program), "--version"],
        env=bundle.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("segdesk "), done.stdout
    return done.stdout.strip()


def try_doctor(bundle: Bundle, screen: VirtualScreen) -> str:
    """Let it look at itself, with a display."""
    bundle.environment["DISPLAY"] = screen.name
    try:
        found = bundle.run("doctor")
    finally:
        del bundle.environment["DISPLAY"]
    for name in ("torch", "opencv-python", "onedl-mmsegmentation", "Qt"):
        assert name in found["versions"], name
    states = {check["topic"]: check["state"] for check in found["checks"]}
    for topic in ("engine", "model", "display", "folders"):
        assert states[topic] in ("ok", "note"), found["checks"]
    assert found["frozen"] is True, found
    return f"torch {found['versions']['torch']}"


def try_predict(bundle: Bundle) -> str:
    """Predict the sample; the masks must be close to the ones that people made."""
    out = bundle.work / "predicted"
    bundle.run("predict", bundle.sample / "images", "--model", MODEL, "--out", out)
    truths = sorted((bundle.sample / "masks").glob("*.png"))
    found = {path.stem: path for path in out.rglob("*.png")}
    both = either = 0
    for path in truths:
        truth = np.asarray(Image.open(path)) == 1
        mask = np.asarray(Image.open(found[path.stem])) == 1
        both += int((truth & mask).sum())
        either += int((truth | mask).sum())
    assert both > 0.75 * either, f"IoU {both / either:.2f}"
    return f"{len(truths)} images, IoU {both / either:.2f}"


def try_batch(bundle: Bundle) -> str:
    """Run a batch with everything that can be written, and once more: all is done."""
    kinds = "mask,colour,overlay,side,confidence,labelme,coco,cvat,yolo,measurements"
    words = ("predict", bundle.sample / "images", "--model", MODEL, "--save", kinds)
    out = bundle.work / "batch"
    bundle.run(*words, "--out", out, "--legend")
    first = _pictures(out)
    assert len(first) >= 5 * 20, len(first)
    for name in ("summary.csv", "measurements.csv", "coco.json", "cvat.xml"):
        assert (out / name).stat().st_size > 0, name
    bundle.run(*words, "--out", out, "--legend")
    assert _pictures(out) == first, "a second call has written images again"
    return f"{len(first)} pictures"


def _pictures(folder: Path) -> dict[Path, int]:
    """Return the pictures of a batch and when each was written."""
    paths = [path for path in folder.rglob("*") if path.suffix in (".png", ".jpg")]
    return {path: path.stat().st_mtime_ns for path in paths}


def try_train(bundle: Bundle) -> str:
    """Train ten iterations with data workers, and predict by what came out."""
    data, run = _training_set(bundle), bundle.work / "run"
    words = ("--data", data, "--work-dir", run, "--max-iters", 10, "--num-workers", 2)
    more = ("--arch", "unet-small", "--crop", 64, "--batch-size", 2, "--device", "cpu")
    bundle.run("train", *words, *more, "--val-interval", 10)
    model = run / "model.pth"
    assert model.stat().st_size > 100_000
    image = bundle.sample / "images" / "nuclei_01.png"
    bundle.run("predict", image, "--model", model, "--out", bundle.work / "by_trained")
    return "10 iterations, 2 data workers"


def try_environment(bundle: Bundle) -> str:
    """Look at what a program that is not ours is given.

    A training under Slurm asks `scontrol` for its machines; this one notes what it sees
    and says no.
    """
    folder, told = bundle.work / "programs", bundle.work / "told"
    folder.mkdir()
    program = folder / "scontrol"
    program.write_text(f"#!/bin/sh\n/usr/bin/env > {told}\nexit 1\n")
    program.chmod(0o755)
    slurm = {"SLURM_PROCID": "0", "SLURM_LOCALID": "0"}
    slurm |= {"SLURM_NTASKS": "1", "SLURM_NODELIST": "here"}
    theirs = {"PATH": f"{folder}:{_PATH}", "LD_LIBRARY_PATH": "/theirs"}
    command = [bundle.program, "train", "--data", _training_set(bundle), "--work-dir"]
    command += [bundle.work / "slurm", "--arch", "unet-small", "--launcher", "slurm"]
    done = subprocess.run(
        list(map(str, command)),
        env={**bundle.environment, **slurm, **theirs},
        capture_output=True,
        timeout=_LIMIT_S,
        check=False,
    )
    assert told.is_file(), done.stderr[-2000:].decode()
    seen = told.read_text().splitlines()
    assert "LD_LIBRARY_PATH=/theirs" in seen, seen
    ours = [line for line in seen if line.startswith(("_PYI_", "QT_", "LD_LIBRARY_"))]
    assert ours == ["LD_LIBRARY_PATH=/theirs"], ours
    return "other programs see the user's LD_LIBRARY_PATH and nothing of the starter"


def try_train_together(bundle: Bundle) -> str:
    """Train in two processes, as on two devices."""
    words = ("--data", _training_set(bundle), "--work-dir", bundle.work / "together")
    more = ("--arch", "unet-small", "--crop", 64, "--batch-size", 2, "--device", "cpu")
    bundle.run("train", *words, *more, "--max-iters", 4, "--devices", "0,1")
    return "2 processes"


def try_compressed(bundle: Bundle) -> str:
    """Predict TIFFs of every compression that SegDesk reads."""
    import tifffile

    folder = bundle.work / "tiffs"
    folder.mkdir()
    pixels = np.asarray(Image.open(bundle.sample / "images" / "nuclei_03.png"))
    for name in _COMPRESSIONS:
        path = folder / f"{name}.tif"
        tifffile.imwrite(path, pixels[..., :3], compression=name, photometric="rgb")
    out = bundle.work / "by_tiffs"
    bundle.run("predict", folder, "--model", MODEL, "--out", out)
    masks = {path.stem for path in out.rglob("*.png")}
    assert masks == set(_COMPRESSIONS), masks
    return ", ".join(_COMPRESSIONS)


def try_export(bundle: Bundle) -> str:
    """Export ONNX, compared with PyTorch by the program, and predict by the file."""
    out = bundle.work / "exported"
    done = bundle.run("export", MODEL, "--out", out, "--size", "512x512")
    (model,) = out.glob("*.onnx")
    parity = done["parity"]
    image = bundle.sample / "images" / "nuclei_02.png"
    bundle.run("predict", image, "--model", model, "--out", bundle.work / "by_onnx")
    bundle.run("predict", image, "--model", MODEL, "--out", bundle.work / "by_torch")
    places = (bundle.work / "by_torch", bundle.work / "by_onnx")
    plain, by_onnx = (
        np.asarray(Image.open(next(place.rglob("nuclei_02.png")))) for place in places
    )
    same = float((plain == by_onnx).mean())
    assert same > 0.999, same
    told = f"the program itself says {100 * parity['equal']:.3f} %"
    return f"{100 * same:.3f} % of pixels as PyTorch; {told}"


def try_video(bundle: Bundle) -> str:
    """Predict a film into a film."""
    out = bundle.work / "predicted.mp4"
    bundle.run("video", _film(bundle), "--model", MODEL, "--out", out)
    import av

    with av.open(str(out)) as film:
        count = sum(1 for _ in film.decode(video=0))
    assert count == 25, count
    return f"{count} frames"


# ---------------------------------------------------------------- with a window


def try_window(
    bundle: Bundle, screen: VirtualScreen, pictures: Path
) -> tuple[str, list[float]]:
    """Start the window some times; the clock stops when it is drawn."""
    times = [_start(bundle, screen, pictures) for _ in range(_STARTS)]
    words = ", ".join(f"{seconds:.2f}" for seconds in times)
    return f"{words} s, median {statistics.median(times):.2f}", times


def _start(bundle: Bundle, screen: VirtualScreen, pictures: Path) -> float:
    image = bundle.sample / "images" / "nuclei_01.png"
    began = time.monotonic()
    with bundle.window(screen, image) as process:
        screen.wait_for_window("SegDesk", process)
        _wait(lambda: _is_drawn(screen), "nothing is drawn in the window")
        seconds = time.monotonic() - began
        _wait(lambda: screen.has_window("nuclei_01"), "no image was opened")
        _wait(lambda: _is_shown(screen), "the image is not on the screen")
        _save(screen, pictures / "window.png")
    return seconds


def try_demo(bundle: Bundle, screen: VirtualScreen, pictures: Path) -> str:
    """Let the window load the sample model by its engine, and predict."""
    picture = pictures / "demo.png"
    with bundle.window(screen, "demo", "--screenshot", picture) as process:
        code = process.wait(180)
        assert code == 0, f"it ended with {code}"
    return f"drawn with its proposal in {picture.name}"


def try_video_window(bundle: Bundle, screen: VirtualScreen, pictures: Path) -> str:
    """Open the film in the window: its pixels must be on the screen."""
    with bundle.window(screen, _film(bundle)) as process:
        screen.wait_for_window("SegDesk", process)
        _wait(lambda: _signal_pixels(screen) > 500, "no frame of it is on the screen")
        _save(screen, pictures / "video.png")
        return "a frame of it is on the screen"


def _is_drawn(screen: VirtualScreen) -> bool:
    picture = screen.picture()[::3, ::3].reshape(-1, 3).astype(np.uint32)
    codes = picture[:, 0] << 16 | picture[:, 1] << 8 | picture[:, 2]
    return len(np.unique(codes)) > _DRAWN_COLOURS


def _is_shown(screen: VirtualScreen) -> bool:
    """Tell whether there is a photograph in the middle of the screen."""
    picture = screen.picture()
    height, width = picture.shape[:2]
    middle = picture[height // 2 - 100 : height // 2 + 100, width // 2 - 100 :][:, :200]
    return len(np.unique(middle.reshape(-1, 3), axis=0)) > _DRAWN_COLOURS


def _signal_pixels(screen: VirtualScreen) -> int:
    off = np.abs(screen.picture().astype(np.int16) - np.array(_SIGNAL, np.int16))
    return int((off.max(axis=2) < 24).sum())


def _wait(is_so: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end, otherwise
        time.sleep(0.01)


def _save(screen: VirtualScreen, path: Path) -> None:
    Image.fromarray(screen.picture()).save(path)


# ---------------------------------------------------------------- data


def _training_set(bundle: Bundle) -> Path:
    """Lay the sample out as mmseg has it: six to train on, two to measure on."""
    folder = bundle.work / "data"
    if folder.is_dir():
        return folder
    for at, image in enumerate(sorted((bundle.sample / "images").glob("*.png"))[:8]):
        split = "train" if at < 6 else "val"
        mask = bundle.sample / "masks" / image.name
        for kind, source in (("img_dir", image), ("ann_dir", mask)):
            target = folder / kind / split / image.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    (folder / "classes.json").write_text(
        json.dumps(
            {
                "classes": ["background", "nucleus"],
                "palette": [[0, 0, 0], [230, 60, 60]],
            }
        )
    )
    return folder


def _film(bundle: Bundle) -> Path:
    """Write a film of one second with a patch that is easy to find."""
    import av

    path = bundle.work / "film.mp4"
    if path.is_file():
        return path
    with av.open(str(path), "w") as film:
        stream = film.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for at in range(25):
            pixels = np.full((240, 320, 3), 40 + at, np.uint8)
            pixels[60:180, 80 + at : 240 + at] = _SIGNAL
            film.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        film.mux(stream.encode(None))
    return path


# ---------------------------------------------------------------- all of it


def main() -> int:
    """Try everything, one after the other."""
    options = _options()
    pictures = options.pictures or Path(tempfile.mkdtemp(prefix="segdesk-smoke-"))
    pictures.mkdir(parents=True, exist_ok=True)
    facts: dict[str, object] = {}
    with (
        tempfile.TemporaryDirectory(prefix="segdesk-smoke-") as work,
        virtual_screen() as screen,
    ):
        bundle = Bundle(options.bundle.resolve(), Path(work))
        steps: dict[str, Callable[[], object]] = {
            "version": lambda: try_version(bundle),
            "window": lambda: try_window(bundle, screen, pictures),
            "doctor": lambda: try_doctor(bundle, screen),
            "predict": lambda: try_predict(bundle),
            "demo": lambda: try_demo(bundle, screen, pictures),
            "train": lambda: try_train(bundle),
            "environment": lambda: try_environment(bundle),
            "together": lambda: try_train_together(bundle),
            "compressed": lambda: try_compressed(bundle),
            "batch": lambda: try_batch(bundle),
            "export": lambda: try_export(bundle),
            "video": lambda: try_video(bundle),
            "video window": lambda: try_video_window(bundle, screen, pictures),
        }
        for name in options.only or steps:
            began = time.monotonic()
            try:
                said = steps[name]()
            except (AssertionError, OSError, KeyError, subprocess.SubprocessError) as e:
                print(f"FAILED {name}: {type(e).__name__}: {e}", flush=True)
                if bundle.log.is_file():
                    print(bundle.log.read_text(errors="replace")[-3000:])
                return 1
            if isinstance(said, tuple):
                said, facts["start_s"] = said
            facts[name] = said
            print(f"ok {name} ({time.monotonic() - began:.1f} s): {said}", flush=True)
    if options.facts:
        options.facts.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    print(f"pictures of the window: {pictures}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path, help="the folder that was built")
    parser.add_argument("--facts", type=Path, help="write what was found as JSON")
    parser.add_argument("--pictures", type=Path, help="folder for the screenshots")
    parser.add_argument("--only", nargs="+", help="these steps only")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
