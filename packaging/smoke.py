"""Try a finished bundle as its user has it: in an empty environment, on a display.

    python packaging/smoke.py dist/segdesk [--facts FACTS.json] [--pictures FOLDER]

Every program is started with nothing in its environment but HOME (an empty folder),
PATH and, for the window, DISPLAY. The first thing that is not as it should be ends it
with an exit code of 1. Needs Xvfb and xdotool, and the environment that the bundle was
made in.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from smoke_fewer import try_explain, try_labels_of_a_model, try_scribble
from smoke_window import try_demo, try_video_window, try_window
from tried_bundle import LIMIT_S, PATH, Bundle, training_set, write_film
from virtual_screen import VirtualScreen, virtual_screen

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = "nuclei-unet"
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
    data, run = training_set(bundle), bundle.work / "run"
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
    theirs = {"PATH": f"{folder}:{PATH}", "LD_LIBRARY_PATH": "/theirs"}
    command = [bundle.program, "train", "--data", training_set(bundle), "--work-dir"]
    command += [bundle.work / "slurm", "--arch", "unet-small", "--launcher", "slurm"]
    done = subprocess.run(
        list(map(str, command)),
        env={**bundle.environment, **slurm, **theirs},
        capture_output=True,
        timeout=LIMIT_S,
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
    words = ("--data", training_set(bundle), "--work-dir", bundle.work / "together")
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
    bundle.run("video", write_film(bundle), "--model", MODEL, "--out", out)
    import av

    with av.open(str(out)) as film:
        count = sum(1 for _ in film.decode(video=0))
    assert count == 25, count
    return f"{count} frames"


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
            "explain": lambda: try_explain(bundle, MODEL),
            "scribble": lambda: try_scribble(bundle),
            "labels of a model": lambda: try_labels_of_a_model(bundle, MODEL),
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
