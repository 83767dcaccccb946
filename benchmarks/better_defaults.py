"""SegDesk's proposed training beside mmseg's stock config, for the same time.

Usage: python benchmarks/better_defaults.py (--real DATA | SET [SET ...])
           [--minutes 4] [--seeds 0] [--threads 1] [--split test] [--crop 256]

SET is a folder with `img_dir/{train,val,test}`, `ann_dir/…` and `classes.json`;
`--real` makes nuclei and aerial of the real data (`course_sets.py`). For each set and
seed both sides train Fast-SCNN from random weights for that many minutes of wall time,
at once, each on its threads, in a folder that is gone afterwards. Both are measured by
SegDesk's evaluation, each through its own test pipeline, on the test split, which
neither chose anything by. It takes sets × seeds × (minutes + about one).

The peer is `fast_scnn_8xb4-160k_cityscapes-512x1024` of the model zoo, adapted by hand
as the MMSegmentation course does: classes in every head, BN for SyncBN, batches of 4,
and its rate and its schedule of 160,000 iterations left as they are. Two things are
made better for it than in the course, as four minutes would not do otherwise: images
are resized to the usual size of the set instead of (2048, 1024), and crops are as small
as SegDesk's. It does not validate, and its last weights count.

SegDesk checks the data, proposes a training by `propose_training`, probes its speed,
and fits the length to what is left of the time; check, probe and validations count. It
keeps the best weights by the validation split. Where the length was reckoned too long,
it is stopped when the time is over, as the peer is.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from segdesk.core.classes import ClassList
    from segdesk.formats.mmseg_dataset import MmsegDataset

_ZOO = "fast_scnn_8xb4-160k_cityscapes-512x1024"
_ARCHITECTURE = "fast-scnn"
_BATCH = 4
_VALIDATIONS = 6
_START_S = 6.0  # building the runner and the first, slow iteration
_SAFETY = 0.93  # of the time that should be left for iterations
_DASH = "–"


def main() -> None:
    """Train and measure both sides on every data set, and print the table."""
    asked = _arguments()
    if asked.side:
        sides = {"stock": train_stock, "segdesk": train_segdesk}
        from segdesk.core.errors import JobCancelledError

        try:
            sides[asked.side](asked.data[0], asked.out, asked)
        except JobCancelledError:
            sys.exit("The time was over before an iteration was done: give it more.")
        return
    with tempfile.TemporaryDirectory() as folder:
        if asked.real:
            from course_sets import make_sets

            asked.data = [*asked.data, *make_sets(asked.real, Path(folder, "sets"))]
        if not asked.data:
            sys.exit("Name a data set, or --real and the folder of the real data.")
        print("| data | seed | side | iterations | seconds | mIoU | per class |")
        print("|---|---|---|---|---|---|---|")
        for data in asked.data:
            _compare(data, Path(folder), asked)


def _compare(data: Path, folder: Path, asked: argparse.Namespace) -> None:
    """Train and measure both sides with every seed; print rows and their spread."""
    scores: dict[str, list[float]] = {"stock": [], "segdesk": []}
    for seed in asked.seeds:
        outs = {side: folder / f"{data.name}-{seed}-{side}" for side in scores}
        runs = {
            side: _start(side, data, out, seed, asked) for side, out in outs.items()
        }
        for side, run in runs.items():
            if run.wait() != 0:
                sys.exit(f"{side} failed on {data}; its words are above.")
        for side, out in outs.items():
            found = _measured(data, out, asked.split)
            scores[side].append(found["metrics"]["mIoU"])
            print(_row(data, seed, side, out, found), flush=True)
    for side, found in scores.items():
        spread = f"{min(found):.1f}{_DASH}{max(found):.1f}"
        mean = f"{statistics.mean(found):.1f}"
        print(f"| {data.name} | all {len(found)} | {side} | | | {mean} | {spread} |")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="*")
    parser.add_argument("--real", type=Path, help="folder of the real data")
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--split", default="test")
    parser.add_argument("--crop", type=int, default=256, help="of the peer")
    parser.add_argument("--seeds", type=_numbers, default=[0], help="such as 0,1,2")
    parser.add_argument("--side", default="", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _numbers(words: str) -> list[int]:
    return [int(word) for word in words.split(",")]


def _start(
    side: str, data: Path, out: Path, seed: int, asked: argparse.Namespace
) -> "subprocess.Popen[bytes]":
    words = ["--side", side, "--out", out, "--minutes", asked.minutes]
    words += ["--seeds", seed, "--crop", asked.crop]
    return subprocess.Popen(
        [sys.executable, __file__, str(data.absolute()), *map(str, words)],
        env={**os.environ, "OMP_NUM_THREADS": str(asked.threads)},
        stdout=subprocess.DEVNULL,
    )


def train_stock(data: Path, out: Path, asked: argparse.Namespace) -> None:
    """Train the zoo's config, adapted by hand, until the time is over."""
    began_s = time.monotonic()
    from segdesk.engine.bootstrap import prepare

    prepare()
    from mmengine.config import Config
    from mmengine.hooks import Hook
    from mmengine.runner import Runner
    from mmseg.utils import register_all_modules

    from segdesk.engine.checkpoint import save_for_inference
    from segdesk.engine.config.recipes import load_recipe
    from segdesk.formats.mmseg_dataset import read_mmseg_dataset

    register_all_modules()
    dataset = read_mmseg_dataset(data)
    config = stock_config(load_recipe(f"zoo:{_ZOO}"), dataset, asked.crop)
    config |= {"randomness": {"seed": asked.seeds[0]}, "work_dir": str(out)}
    seconds = asked.minutes * 60

    class Deadline(Hook):  # type: ignore[misc, unused-ignore]
        """Ends the training when the time is over."""

        def after_train_iter(self, runner: Runner, *_: object, **__: object) -> None:
            runner.train_loop.stop_training = time.monotonic() - began_s >= seconds

    runner = Runner.from_cfg(Config(config))
    runner.register_hook(Deadline())
    runner.train()
    save_for_inference(
        out / "model.pth",
        state_dict=runner.model.state_dict(),
        config={"model": config["model"], "test_pipeline": config["test_pipeline"]},
        classes=dataset.classes,
        iteration=runner.iter,
    )
    _note(out, runner.iter, began_s)


def stock_config(
    recipe: dict[str, Any], dataset: "MmsegDataset", crop: int
) -> dict[str, Any]:
    """Return the zoo's config with what is changed by hand."""
    scale, crop_size = usual_size(dataset), (crop, crop)
    model = json.loads(json.dumps(recipe["model"]).replace("SyncBN", "BN"))
    model["pretrained"] = None
    model["data_preprocessor"] = {**recipe["data_preprocessor"], "size": crop_size}
    for head in (model["decode_head"], *model["auxiliary_head"]):
        head["num_classes"] = len(dataset.classes)
    train_pipeline = [
        {"type": "LoadImageFromFile"},
        {"type": "LoadAnnotations"},
        {
            "type": "RandomResize",
            "scale": scale,
            "ratio_range": (0.5, 2.0),
            "keep_ratio": True,
        },
        {"type": "RandomCrop", "crop_size": crop_size, "cat_max_ratio": 0.75},
        {"type": "RandomFlip", "prob": 0.5},
        {"type": "PhotoMetricDistortion"},
        {"type": "PackSegInputs"},
    ]
    test_pipeline = [
        {"type": "LoadImageFromFile"},
        {"type": "Resize", "scale": scale, "keep_ratio": True},
        {"type": "PackSegInputs"},
    ]
    parts = [
        {
            "type": "BaseSegDataset",
            "data_root": str(dataset.root),
            "data_prefix": {
                "img_path": "img_dir/train",
                "seg_map_path": "ann_dir/train",
            },
            "img_suffix": suffix,
            "seg_map_suffix": ".png",
            "metainfo": {"classes": list(dataset.classes.names)},
            "pipeline": train_pipeline,
        }
        for suffix in dataset.image_suffixes("train")
    ]
    return {
        "default_scope": "mmseg",
        "model": model,
        "test_pipeline": test_pipeline,
        "train_dataloader": {
            "batch_size": _BATCH,
            "num_workers": 0,
            "sampler": {"type": "InfiniteSampler", "shuffle": True},
            "dataset": {"type": "ConcatDataset", "datasets": parts},
        },
        "optim_wrapper": recipe["optim_wrapper"],
        "param_scheduler": recipe["param_scheduler"],
        "train_cfg": {"type": "IterBasedTrainLoop", "max_iters": 160_000},
        "default_hooks": {"checkpoint": {"type": "CheckpointHook", "interval": -1}},
        "log_processor": {"by_epoch": False},
    }


def usual_size(dataset: "MmsegDataset") -> tuple[int, int]:
    """Return the median width and height of the images to train on."""
    sizes = []
    for pair in dataset.train:
        with Image.open(pair.image) as image:
            sizes.append(image.size)
    widths, heights = zip(*sizes, strict=True)
    return int(statistics.median(widths)), int(statistics.median(heights))


def train_segdesk(data: Path, out: Path, asked: argparse.Namespace) -> None:
    """Check, propose, probe and train, until the time is over."""
    began_s = time.monotonic()
    from msgspec.structs import replace

    from segdesk.core.errors import JobCancelledError
    from segdesk.core.training_defaults import MachineFacts, propose_training
    from segdesk.engine.dispatch import Engine
    from segdesk.jobs.control import JobContext, StopFlag
    from segdesk.jobs.specs import CheckSpec, ProbeSpec, TrainSpec

    seconds = asked.minutes * 60
    engine, stop = Engine(), StopFlag()
    context = JobContext(lambda _report: None, stop)
    over = threading.Timer(seconds, stop.set)
    over.daemon = True
    over.start()
    diagnosis = engine.handle(CheckSpec(data_dir=data), context).diagnosis
    plan = propose_training(
        diagnosis.fingerprint,
        diagnosis.splits,
        diagnosis.classes,
        MachineFacts(threads=int(os.environ["OMP_NUM_THREADS"])),
    )
    spec = TrainSpec(
        data_dir=data,
        architecture=_ARCHITECTURE,
        work_dir=out,
        crop_size=plan.crop_size,
        batch_size=plan.batch_size,
        accumulate=plan.accumulate,
        augmentation=plan.augmentation,
        loss=plan.loss,
        class_weights=plan.class_weights,
        keep_best=plan.keep_best,
        seed=asked.seeds[0],
        device="cpu",
        val_loss=False,
        previews=0,
    )
    probe = engine.handle(ProbeSpec(train=spec), context)
    left_s = seconds - (time.monotonic() - began_s)
    images = sum(one.pairs for one in diagnosis.splits if one.name == "val")
    validating_s = _VALIDATIONS * images * probe.val_s
    training_s = _SAFETY * (left_s - _START_S - validating_s)
    iterations = max(20, int(training_s / probe.train_s))
    interval = max(1, iterations // _VALIDATIONS)
    spec = replace(
        spec,
        max_iters=iterations,
        val_interval=interval,
        checkpoint_interval=interval,
    )
    try:
        reached = engine.handle(spec, context).iterations
    except JobCancelledError as stopped:
        reached = int(stopped.kept.rpartition(" ")[2])
        _take_best(out, diagnosis.classes)
    over.cancel()
    _note(out, reached, began_s)


def _take_best(out: Path, classes: "ClassList") -> None:
    """Make a model of the best weights of a training that was stopped."""
    from segdesk.engine.checkpoint import load_checkpoint, save_for_inference
    from segdesk.engine.config.text import read_config

    best = next(out.glob("best_*.pth"), out / "interrupted.pth")
    save_for_inference(
        out / "model.pth",
        state_dict=load_checkpoint(best).state_dict,
        config=read_config((out / "config.py").read_text()),
        classes=classes,
        iteration=0,
    )


def _note(out: Path, iterations: int, began_s: float) -> None:
    seconds = time.monotonic() - began_s
    (out / "course").write_text(f"{iterations} | {seconds:.0f}")


def _measured(data: Path, out: Path, split: str) -> dict[str, Any]:
    told = subprocess.run(
        [
            *(sys.executable, "-m", "segdesk", "evaluate", "--json"),
            *("--model", str(out / "model.pth"), "--data", str(data)),
            *("--split", split, "--device", "cpu"),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def _row(data: Path, seed: int, side: str, out: Path, found: dict[str, Any]) -> str:
    classes = ", ".join(
        f"{one['name']} {'n/a' if one['IoU'] is None else format(one['IoU'], '.1f')}"
        for one in found["classes"]
    )
    course = (out / "course").read_text()
    figures = f"{course} | {found['metrics']['mIoU']:.1f} | {classes}"
    return f"| {data.name} | {seed} | {side} | {figures} |"


if __name__ == "__main__":
    main()
