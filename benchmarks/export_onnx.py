"""Every architecture that training offers, exported to ONNX: parity and speed.

Usage: python benchmarks/export_onnx.py [ARCHITECTURE...] [--size HxW|dynamic]
                                        [--images FOLDER]

Weights are random, with a last layer whose classes all win: that is harder on parity
than a trained network, whose scores lie further apart. The images are real where a
folder is given, else SegDesk's sample images. "PyTorch" is SegDesk's own way through
PyTorch, from pixels to labels, the faster peer. With `dynamic` the exporter takes up to
minutes for an architecture.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch

from segdesk.core.classes import ClassList
from segdesk.core.imaging import find_images, read_image
from segdesk.core.paths import resource_path
from segdesk.engine.bootstrap import prepare
from segdesk.engine.config.builder import build_config
from segdesk.engine.config.recipes import architectures, load_recipe
from segdesk.engine.config.text import write_config
from segdesk.engine.dispatch import Engine
from segdesk.engine.model_builder import build_network
from segdesk.formats.training_set import Pair, TrainingSet
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Succeeded
from segdesk.jobs.export_events import ExportDone
from segdesk.jobs.runner import run_job
from segdesk.jobs.specs import ExportSpec, ModelSource, TrainSpec

CLASSES = ClassList.from_names(("road", "roof", "tree", "water", "field", "car", "sky"))
PROMISED = 0.9999
SIDE = 256


def main() -> None:
    """Export, compare, print a row for each architecture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("architectures", nargs="*")
    parser.add_argument("--size", default=f"{SIDE}x{SIDE}")
    parser.add_argument("--images", type=Path, default=resource_path("sample/images"))
    parser.add_argument("--count", type=int, default=4)
    options = parser.parse_args()
    size = None
    if options.size != "dynamic":
        height, width = (int(side) for side in options.size.split("x"))
        size = (height, width)
    found = find_images(options.images)
    images = tuple(found[:: max(1, len(found) // options.count)][: options.count])
    prepare()
    print(
        "architecture        labels equal  max diff  PyTorch    ONNX   export    file"
    )
    worst = 1.0
    with tempfile.TemporaryDirectory() as folder:
        for name in options.architectures or architectures():
            checkpoint = make_checkpoint(name, Path(folder), images[0])
            done = export(name, checkpoint, images, size)
            worst = min(worst, done.parity.equal if done else 0.0)
    print(f"worst: {worst:.4%} of the labels are equal; promised {PROMISED:.2%}")
    sys.exit(worst < PROMISED)


def export(
    name: str, checkpoint: Path, images: tuple[Path, ...], size: tuple[int, int] | None
) -> ExportDone | None:
    """Export one model and print its row."""
    spec = ExportSpec(
        model=ModelSource(id=name, checkpoint=checkpoint),
        out_dir=checkpoint.parent / "out",
        size=size,
        images=images,
    )
    context = JobContext(lambda _event: None, StopFlag())
    terminal = run_job(spec, context, Engine().handle)
    if not isinstance(terminal, Succeeded) or not isinstance(
        terminal.result, ExportDone
    ):
        print(f"{name:20}{terminal}", flush=True)
        return None
    done, parity = terminal.result, terminal.result.parity
    print(
        f"{name:20}{parity.equal:12.4%}{parity.max_difference or 0:10.1e}"
        f"{parity.torch_s * 1000:7.0f} ms{parity.onnx_s * 1000:5.0f} ms"
        f"{done.seconds:7.0f} s{done.size_bytes / 1e6:5.0f} MB",
        flush=True,
    )
    return done


def make_checkpoint(name: str, folder: Path, image: Path) -> Path:
    """Return a checkpoint of a recipe's network with random weights."""
    root = Path("/data")
    pair = Pair(root / "a.png", root / "a_mask.png")
    data = TrainingSet(root, CLASSES, {"train": (pair,), "val": (pair,)})
    spec = TrainSpec(data_dir=root, architecture=name, work_dir=folder)
    config = build_config(spec, data, load_recipe(name))
    torch.manual_seed(0)
    network = build_network(config, ModelSource(id=name, checkpoint=folder / "x.pth"))
    spread(network, image)
    path = folder / f"{name}.pth"
    meta = {
        "cfg": write_config(config),
        "dataset_meta": {"classes": CLASSES.names, "palette": list(CLASSES.rgb)},
    }
    torch.save({"state_dict": network.state_dict(), "meta": meta}, path)
    return path


def spread(network: torch.nn.Module, image: Path) -> None:
    """Give norms the statistics of an image, and the last layer classes that win."""
    pixels = torch.from_numpy(read_image(image).pixels[:SIDE, :SIDE].copy())
    x = (pixels.permute(2, 0, 1)[None].float() - 120) / 58
    size = tuple(x.shape[2:])
    meta = [dict.fromkeys(("img_shape", "ori_shape", "pad_shape"), size)] * 2
    whole: Any = network.eval()
    for part in network.modules():
        if isinstance(part, torch.nn.modules.batchnorm._BatchNorm):  # noqa: SLF001
            part.momentum = None
            part.train()
    with torch.no_grad():
        whole.encode_decode(torch.cat((x, x.flip(3))), meta)
        network.eval()
        scores = whole.encode_decode(x, meta[:1])
        last = getattr(whole.decode_head, "conv_seg", None)
        if isinstance(last, torch.nn.Conv2d):
            gain = 3 / scores.std((0, 2, 3))
            last.weight.mul_(gain.view(-1, 1, 1, 1))
            last.bias.copy_((last.bias - scores.mean((0, 2, 3))) * gain)


if __name__ == "__main__":
    main()
