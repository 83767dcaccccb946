"""What self-training gains on aerial images of which ten are labelled.

Usage: python benchmarks/selftrain.py (--real DATA | SET) [--labelled 10]
           [--seeds 0,1,2] [--first 250] [--more 150] [--threshold 0.7]
           [--weight 0.5] [--crop 192] [--class-weights balanced]

SET is a folder with `img_dir/{train,val,test}`, `ann_dir/…` and `classes.json`;
`--real` makes the aerial one (`course_sets.py`). For each seed that many training
images keep their labels, drawn by chance, and the others lose theirs. Fast-SCNN is
trained from random weights on the labelled ones for `--first` iterations, and its
confidence is calibrated on the validation split. From there two trainings go on for
`--more` iterations, with the same seed and settings: one on the labelled images alone,
one that also sees the others with the model's own labels above the threshold. Both keep
their best weights by the validation split; both are measured by SegDesk's evaluation on
the validation split and on the test split, which chose nothing.
"""

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segdesk.engine.dispatch import Engine
    from segdesk.jobs.control import JobContext
    from segdesk.jobs.specs import TrainSpec

_SPLITS = ("val", "test")


def main() -> None:
    """Print a row for each seed, then the mean gain and its spread."""
    asked = _arguments()
    os.environ["OMP_NUM_THREADS"] = str(asked.threads)
    with tempfile.TemporaryDirectory() as folder:
        data = asked.data
        if asked.real:
            from course_sets import make_aerial

            data = make_aerial(asked.real, Path(folder, "aerial"))
        if data is None:
            sys.exit("Name a data set, or --real and the folder of the real data.")
        print(
            "| seed | labelled | by the model | of their pixels | without: val | test "
            "| with: val | test | gain: val | test | min |"
        )
        print("|" + "---|" * 11)
        gains: dict[str, list[float]] = {name: [] for name in _SPLITS}
        for seed in asked.seeds:
            found = _compared(
                data.absolute(), Path(folder, f"seed-{seed}"), seed, asked
            )
            for name in _SPLITS:
                gains[name].append(found["gain"][name])
            print(found["row"], flush=True)
    for name, values in gains.items():
        spread = f"{min(values):+.2f} to {max(values):+.2f}"
        print(f"{name}: mean mIoU gain {statistics.mean(values):+.2f} ({spread})")


def _compared(
    data: Path, folder: Path, seed: int, asked: argparse.Namespace
) -> dict[str, Any]:
    from segdesk.engine.dispatch import Engine
    from segdesk.jobs.confidence_specs import PseudoLabelItem
    from segdesk.jobs.control import JobContext, StopFlag
    from segdesk.jobs.specs import PseudoLabelSpec, TrainSpec
    from segdesk.library.model_library import ModelLibrary

    began_s = time.monotonic()
    few, unlabelled = make_few(data, folder, asked.labelled, seed)
    engine = Engine()
    context = JobContext(lambda _report: None, StopFlag())
    first = TrainSpec(
        data_dir=few,
        architecture="fast-scnn",
        work_dir=folder / "first",
        max_iters=asked.first,
        val_interval=max(1, asked.first // 3),
        checkpoint_interval=max(1, asked.first // 3),
        crop_size=asked.crop,
        batch_size=4,
        augmentation="standard",
        class_weights=asked.class_weights,
        val_loss=False,
        previews=0,
        seed=seed,
        device="cpu",
    )
    teacher = engine.handle(first, context)
    library = ModelLibrary(folder / "library")
    source = library.get(str(teacher.checkpoint))
    labels = engine.handle(
        PseudoLabelSpec(
            model=source,
            data_dir=few,
            items=tuple(PseudoLabelItem(path, path.stem) for path in unlabelled),
            out_dir=folder / "pseudo-labels",
            threshold=asked.threshold,
            device="cpu",
        ),
        context,
    )
    scores = {}
    for name, extra in (
        ("without", {}),
        ("with", {"pseudo_labels": labels.folder, "pseudo_weight": asked.weight}),
    ):
        spec = _more(first, folder / name, teacher.checkpoint, asked, extra)
        done = engine.handle(spec, context)
        scores[name] = _measured(engine, context, few, done.checkpoint, folder)
    gain = {name: scores["with"][name] - scores["without"][name] for name in _SPLITS}
    cells = [str(seed), str(asked.labelled), str(labels.images), f"{labels.share:.0%}"]
    cells += [f"{scores[way][one]:.2f}" for way in scores for one in _SPLITS]
    cells += [f"{gain[one]:+.2f}" for one in _SPLITS]
    cells.append(f"{(time.monotonic() - began_s) / 60:.0f}")
    return {"gain": gain, "row": f"| {' | '.join(cells)} |"}


def make_few(
    data: Path, folder: Path, labelled: int, seed: int
) -> tuple[Path, list[Path]]:
    """Return the data set with few labelled images, and the images without labels."""
    few = folder / "few"
    for split in _SPLITS:
        for kind in ("img_dir", "ann_dir"):
            shutil.copytree(data / kind / split, few / kind / split)
    shutil.copy(data / "classes.json", few)
    images = sorted((data / "img_dir" / "train").iterdir())
    random.Random(seed).shuffle(images)  # noqa: S311 - a draw, not a secret
    for kind in ("img_dir", "ann_dir"):
        (few / kind / "train").mkdir()
    for image in images[:labelled]:
        mask = data / "ann_dir" / "train" / f"{image.stem}.png"
        shutil.copy(image, few / "img_dir" / "train")
        shutil.copy(mask, few / "ann_dir" / "train")
    return few, images[labelled:]


def _more(
    first: "TrainSpec",
    out: Path,
    start: Path,
    asked: argparse.Namespace,
    extra: dict[str, Any],
) -> "TrainSpec":
    from msgspec.structs import replace

    interval = max(1, asked.more // 4)
    return replace(
        first,
        work_dir=out,
        load_from=start,
        max_iters=asked.more,
        val_interval=interval,
        checkpoint_interval=interval,
        **extra,
    )


def _measured(
    engine: "Engine", context: "JobContext", data: Path, model: Path, folder: Path
) -> dict[str, float]:
    from segdesk.jobs.specs import EvaluateSpec, ModelSource

    found = {}
    for split in _SPLITS:
        spec = EvaluateSpec(
            model=ModelSource(id=model.parent.name, checkpoint=model),
            data_dir=data,
            split=split,
            out_dir=folder / "evaluation",
            device="cpu",
        )
        found[split] = engine.handle(spec, context).metrics["mIoU"]
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--real", type=Path, help="folder of the real data")
    parser.add_argument("--labelled", type=int, default=10)
    parser.add_argument("--seeds", type=_numbers, default=[0, 1, 2])
    parser.add_argument("--first", type=int, default=250, help="iterations")
    parser.add_argument("--more", type=int, default=150, help="iterations")
    parser.add_argument("--threshold", type=float, default=0.7)
    parser.add_argument("--weight", type=float, default=0.5)
    parser.add_argument(
        "--class-weights", choices=("none", "balanced"), default="balanced"
    )
    parser.add_argument("--crop", type=int, default=192)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def _numbers(words: str) -> list[int]:
    return [int(word) for word in words.split(",")]


if __name__ == "__main__":
    main()
