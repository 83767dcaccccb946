"""Images a second of a batch, beside mmseg's loop, its inferencer and the bare network.

Usage: python benchmarks/batch.py DATA [--size 512x512…] [--images 200] [--peers 40]
                                  [--arch NAME…] [--classes 19] [--device cpu]
                                  [--sides NAME…]

Images found below DATA are scaled to one size and saved as JPEG, N of them; the same
model and weights for all. The sides, each in a process of its own, one after the other:

`loop`        `mmseg.apis.inference_model` and `cv2.imwrite` of the labels, one by one
`inferencer`  `MMSegInferencer` with `out_dir`, which writes labels and pictures
`segmentor`   mmseg's network alone, on the input that the pipeline makes, in memory
`network`     the same of SegDesk, which takes shortcuts to the same output
`segdesk`     `run_batch`, masks written

The clock starts when the model is loaded. The two peers of mmseg do `--peers` images:
they are slow, and each image costs them the same. The first two images are a warm-up.

The bare networks decode no image and write no mask: the ratio to them is what reading,
resizing, finding the labels and writing cost beside the network, on the same cores.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

_ARCH = "segformer_mit-b0_8xb2-160k_ade20k-512x512"
_SIDES = ("loop", "inferencer", "segmentor", "network", "segdesk")
_WARM = 2
_SUFFIXES = (".jpg", ".jpeg", ".png")


def main() -> None:
    """Run all sides and print the table."""
    arguments = _arguments()
    if arguments.child:
        _child(arguments.child, json.loads(arguments.task))
        return
    for size in arguments.size:
        with tempfile.TemporaryDirectory(prefix="segdesk-bench-") as scratch:
            _compare(arguments, size, Path(scratch))


def _compare(arguments: argparse.Namespace, size: str, folder: Path) -> None:
    """Measure all networks with images of one size and print what was found."""
    width, height = map(int, size.split("x"))
    images = _images(arguments.data, folder / "images", width, height, arguments)
    for arch in arguments.arch:
        scratch = folder / arch
        scratch.mkdir()
        task = {
            "folder": str(scratch),
            "images": [str(path) for path in images],
            "peers": arguments.peers,
            "device": arguments.device,
            **_model(scratch, arch, arguments.classes),
        }
        print(
            f"{arch}, {arguments.classes} classes, {width} × {height}, "
            f"{len(images)} images, {arguments.device} × {os.cpu_count()}"
        )
        rates: dict[str, float] = {}
        for side in arguments.sides:
            rates[side] = _measured(side, task)
            print(f"  {side:12}{rates[side]:8.2f} images/s", flush=True)
        for side in _SIDES[:-1]:
            if side in rates and "segdesk" in rates:
                times = rates["segdesk"] / rates[side]
                print(f"  segdesk : {side:12}{times:6.2f}×", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="a batch beside its peers")
    parser.add_argument("data", type=Path, nargs="?", help="folder of images")
    parser.add_argument("--size", nargs="+", default=["512x512"], metavar="WxH")
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--peers", type=int, default=40, help="images for mmseg")
    parser.add_argument(
        "--arch", nargs="+", default=[_ARCH], help="names of configs of mmseg"
    )
    parser.add_argument("--classes", type=int, default=19)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--sides", nargs="+", choices=_SIDES, default=_SIDES)
    parser.add_argument("--child", choices=_SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--task", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.data is None and not arguments.child:
        parser.error("name a folder of images")
    return arguments


def _images(
    data: Path, out: Path, width: int, height: int, arguments: argparse.Namespace
) -> list[Path]:
    """Return copies of images at one size; where they are few, some come mirrored."""
    import cv2

    found = sorted(
        path
        for path in data.rglob("*")
        if path.suffix.lower() in _SUFFIXES
        and not {"masks", "annotations", "labels"} & set(path.parts)
    )
    if not found:
        raise SystemExit(f"no image below {data}")
    out.mkdir()
    paths = []
    for index in range(arguments.images):
        pixels = cv2.imread(str(found[index % len(found)]), cv2.IMREAD_COLOR)
        if pixels is None:
            continue
        if index // len(found) % 2:
            pixels = pixels[:, ::-1]
        pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_CUBIC)
        paths.append(out / f"{index:04}.jpg")
        cv2.imwrite(str(paths[-1]), pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])
    return paths


def _model(folder: Path, arch: str, classes: int) -> dict[str, str]:
    from synthetic import model_of

    config, weights = model_of(folder / "model", arch, classes)
    return {"config": str(config), "weights": str(weights)}


def _measured(side: str, task: dict[str, Any]) -> float:
    ran = subprocess.run(
        [sys.executable, __file__, "--child", side, "--task", json.dumps(task)],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    answers = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    rate: float = json.loads(answers[-1])["rate"]
    return rate


# ------------------------------------------------------------------ in its process


def _child(side: str, task: dict[str, Any]) -> None:
    sides: dict[str, Callable[[dict[str, Any]], float]] = {
        "loop": _loop,
        "inferencer": _inferencer,
        "segmentor": partial(_network, bare=True),
        "network": partial(_network, bare=False),
        "segdesk": _segdesk,
    }
    print(json.dumps({"rate": sides[side](task)}), flush=True)


def _rate(images: Sequence[str], one: Callable[[str], object]) -> float:
    for path in images[:_WARM]:
        one(path)
    began_s = time.perf_counter()
    for path in images:
        one(path)
    return len(images) / (time.perf_counter() - began_s)


def _loop(task: dict[str, Any]) -> float:
    import cv2
    import numpy as np
    from mmseg.apis import inference_model, init_model

    model = init_model(task["config"], task["weights"], device=task["device"])
    out = Path(task["folder"]) / "loop"
    out.mkdir()

    def one(path: str) -> None:
        result: Any = inference_model(model, path)
        labels = result.pred_sem_seg.data[0].cpu().numpy().astype(np.uint8)
        cv2.imwrite(str(out / f"{Path(path).stem}.png"), labels)

    return _rate(task["images"][: task["peers"]], one)


def _inferencer(task: dict[str, Any]) -> float:
    from mmseg.apis import MMSegInferencer

    tool = MMSegInferencer(
        model=task["config"], weights=task["weights"], device=task["device"]
    )
    tool.show_progress = False
    out = str(Path(task["folder"]) / "inferencer")
    images = task["images"][: task["peers"]]
    tool(images[:_WARM], out_dir=out)
    began_s = time.perf_counter()
    tool(images, out_dir=out)
    return len(images) / (time.perf_counter() - began_s)


def _network(task: dict[str, Any], *, bare: bool) -> float:
    """Run a network up to its head's logits."""
    import torch
    from mmseg.apis import init_model

    from segdesk.core.imaging import read_image
    from segdesk.engine.predictor import Predictor
    from segdesk.jobs.specs import ModelSource

    source = ModelSource(id="benchmark", checkpoint=Path(task["weights"]))
    predictor = Predictor(source, device=task["device"], note=print)
    pixels = read_image(Path(task["images"][0])).pixels
    tensor = predictor.built.prepare(pixels).tensor
    own = predictor.built.scores
    model = init_model(task["config"], task["weights"], device=task["device"])
    model.decode_head.predict_by_feat = lambda logits, _metas, **_: logits
    size = tuple(tensor.shape[2:])
    meta = dict.fromkeys(("img_shape", "ori_shape", "pad_shape"), size)

    def one(_path: str) -> None:
        with torch.inference_mode():
            model.encode_decode(tensor, [meta]) if bare else own(tensor)
        if task["device"].startswith("cuda"):
            torch.cuda.synchronize()

    return _rate(task["images"][: task["peers"]], one)


def _segdesk(task: dict[str, Any]) -> float:
    from segdesk.engine.batch.batch import run_batch
    from segdesk.engine.predictor import Predictor
    from segdesk.jobs.control import JobContext, StopFlag
    from segdesk.jobs.specs import BatchItem, BatchSpec, ModelSource

    source = ModelSource(id="benchmark", checkpoint=Path(task["weights"]))
    predictor = Predictor(source, device=task["device"], note=print)

    def batch(images: Sequence[str], name: str) -> None:
        spec = BatchSpec(
            model=source,
            items=tuple(BatchItem(Path(path), Path(path).stem) for path in images),
            out_dir=Path(task["folder"]) / name,
            device=task["device"],
        )
        done = run_batch(spec, JobContext(lambda _: None, StopFlag()), predictor)
        assert done.done == len(images), done

    batch(task["images"][:_WARM], "warm")
    began_s = time.perf_counter()
    batch(task["images"], "segdesk")
    return len(task["images"]) / (time.perf_counter() - began_s)


if __name__ == "__main__":
    main()
