"""How many labels the review queue saves: its order beside random order, on nuclei.

Usage: python benchmarks/active.py --real DATA [--seeds 0,1,2] [--first 10] [--step 10]
           [--most 60] [--until 60] [--iters 200] [--crop 96] [--batch 6] [--threads 1]
           [--ends] [--keep RESULTS.jsonl]

A person is played by the known masks. Both orders begin with the same images, drawn by
chance for each seed. Then, again and again, a network is trained on what is labelled,
and some more images are labelled: drawn by chance, or the first of the queue, as the
window ranks it - the trained network's doubt, the rarity of the classes in question,
where it differs from itself on the mirrored image, look-alikes spread out. Nothing of
the masks of what is not labelled reaches the ranking.

Every training begins from the same random weights of its seed and takes the same number
of iterations, so that only the images differ; its last weights count, nothing is chosen
by a score. Measured is the IoU of nucleus over all pixels of 60 test images, by
SegDesk's evaluation.

`--until` ends the queue's order there, and `--ends` trains the random order only with
`--first` and `--most`: both save time and change no number that is measured.

Told is, for each seed and for the mean of all, with how many labels the queue's order
reaches the IoU that random order has with `--most`: the first measured number that
does, and the number on the straight line to the one before.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_sets import make_nuclei

if TYPE_CHECKING:
    from segdesk.core.review_measure import Part

_ARCHITECTURE = "unet-small"
_NUCLEUS = 1
_VAL = 4
_ORDERS = ("random", "queue")
_DASH = "–"

Curve = dict[int, float]


def main() -> None:
    """Train and measure with both orders for every seed, and print the table."""
    asked = _arguments()
    os.environ["OMP_NUM_THREADS"] = str(asked.threads)
    import torch

    torch.set_num_threads(asked.threads)
    with tempfile.TemporaryDirectory(dir=asked.scratch) as folder:
        bench = Bench(asked, Path(folder))
        print("| seed | order | labels | IoU nucleus |")
        print("|---|---|---|---|")
        for seed in asked.seeds:
            for order in _ORDERS:
                bench.follow(seed, order)
        _tell(bench.curves, asked.most)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--real", type=Path, required=True, help="the real data")
    parser.add_argument("--seeds", type=_numbers, default=[0, 1, 2])
    parser.add_argument("--first", type=int, default=10)
    parser.add_argument("--step", type=int, default=10)
    parser.add_argument("--most", type=int, default=60)
    parser.add_argument("--until", type=int, help="labels, of the queue's order")
    parser.add_argument("--ends", action="store_true", help="of the random order")
    parser.add_argument("--iters", type=int, default=200)
    parser.add_argument("--crop", type=int, default=96)
    parser.add_argument("--batch", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a result a line; goes on from it")
    parser.add_argument("--scratch", type=Path, help="folder for runs, gone afterwards")
    return parser.parse_args()


def _numbers(words: str) -> list[int]:
    return [int(word) for word in words.split(",")]


@dataclass(slots=True)
class Course:
    """One order with one seed: what is labelled so far, and what came of it."""

    seed: int
    order: str
    labelled: list[str]
    left: list[str] = field(default_factory=list)


class Bench:
    """Trains, measures and ranks in this process, as the engine does.

    Parameters
    ----------
    asked
        The arguments.
    folder
        For data and runs; gone afterwards.
    """

    def __init__(self, asked: argparse.Namespace, folder: Path) -> None:
        from segdesk.engine.dispatch import Engine
        from segdesk.jobs.control import JobContext, StopFlag

        self.curves: dict[tuple[int, str], Curve] = {}
        self._asked = asked
        self._folder = folder
        self._whole = make_nuclei(asked.real, folder / "nuclei")
        self._pool = sorted(p.name for p in (self._whole / "img_dir/train").iterdir())
        self._engine: Engine = Engine()
        self._context: JobContext = JobContext(lambda _: None, StopFlag())
        self._known = _kept(asked.keep)

    def follow(self, seed: int, order: str) -> None:
        """Label, train and measure until all numbers of labels are done."""
        drawn = list(self._pool)
        random.Random(seed).shuffle(drawn)  # noqa: S311 - a choice, not a secret
        first = self._asked.first
        course = Course(seed, order, drawn[:first], drawn[first:])
        curve = self.curves.setdefault((seed, order), {})
        while True:
            count = len(course.labelled)
            run = self._folder / f"{seed}-{order}-{count}"
            found = self._measured(course, run)
            curve[count] = found["iou"]
            iou = f"{found['iou']:.2f}"
            print(f"| {seed} | {order} | {count} | {iou} |", flush=True)
            shutil.rmtree(run, ignore_errors=True)
            if count >= self._last(order):
                return
            self._label_more(course, found)

    def _measured(self, course: Course, run: Path) -> dict[str, Any]:
        """Return what is known of this number of labels, or train and measure."""
        count = len(course.labelled)
        # Both orders begin alike: what one measured there holds for the other.
        orders = _ORDERS if count == self._asked.first else (course.order,)
        for order in orders:
            known = self._known.get((course.seed, order, count))
            if known is not None and known["labelled"] == sorted(course.labelled):
                return known
        iou = self._train(course, run)
        # The first ranking serves the queue's order, whichever order made it.
        ranks = course.order == "queue" and count < self._last("queue")
        ranks = ranks or count == self._asked.first
        chosen = self._ranked(course, run) if ranks else []
        found = {
            "seed": course.seed,
            "order": course.order,
            "count": count,
            "iou": iou,
            "labelled": sorted(course.labelled),
            "next": chosen,
        }
        self._known[course.seed, course.order, count] = found
        if self._asked.keep:
            with self._asked.keep.open("a") as lines:
                lines.write(json.dumps(found) + "\n")
        return found

    def _last(self, order: str) -> int:
        """Return with how many labels an order ends."""
        asked = self._asked
        most: int = asked.most
        return min(asked.until or most, most) if order == "queue" else most

    def _label_more(self, course: Course, found: dict[str, Any]) -> None:
        whole = self._asked.ends and course.order == "random"
        step = self._asked.most if whole else self._asked.step
        more = min(step, self._asked.most - len(course.labelled))
        chosen = found["next"] if course.order == "queue" else course.left
        chosen = chosen[:more]
        course.labelled += chosen
        course.left = [name for name in course.left if name not in set(chosen)]

    # ------------------------------------------------------------ what is done

    def _train(self, course: Course, run: Path) -> float:
        from segdesk.jobs.specs import EvaluateSpec, TrainSpec

        data = self._data(course.labelled, run / "data")
        iters = self._asked.iters
        done = self._engine.handle(
            TrainSpec(
                data_dir=data,
                architecture=_ARCHITECTURE,
                work_dir=run / "run",
                max_iters=iters,
                val_interval=iters,
                checkpoint_interval=iters,
                batch_size=self._asked.batch,
                crop_size=self._asked.crop,
                seed=course.seed,
                device="cpu",
                val_loss=False,
                previews=0,
            ),
            self._context,
        )
        self._model = _source(done.checkpoint)
        measured = self._engine.handle(
            EvaluateSpec(
                model=self._model,
                data_dir=data,
                out_dir=run / "evaluation",
                split="test",
                device="cpu",
            ),
            self._context,
        )
        iou: float = measured.per_class["IoU"][_NUCLEUS]
        return iou

    def _ranked(self, course: Course, run: Path) -> list[str]:
        """Return names of what is not labelled, as the queue has them."""
        from segdesk.core.descriptor import describe
        from segdesk.core.imaging import read_image
        from segdesk.core.review_ranking import rank, rarity_of
        from segdesk.jobs.specs import BatchItem, BatchSpec

        images = self._whole / "img_dir/train"
        out = run / "review"
        items = tuple(BatchItem(images / name, name[:-4]) for name in course.left)
        self._engine.handle(
            BatchSpec(
                model=self._model,
                items=items,
                out_dir=out,
                save=("review",),
                device="cpu",
            ),
            self._context,
        )
        parts = [_whole_of(out, item.name) for item in items]
        known = [
            describe(read_image(images / name).pixels).tolist()
            for name in course.labelled
        ]
        shares = _shares(out, len(items))
        found = rank(parts, rarity_of(shares, len(shares)), known, self._asked.most)
        return [course.left[one.index] for one in found]

    def _data(self, names: Sequence[str], out: Path) -> Path:
        """Make a data set of the labelled images, with the whole set's test images."""
        some = sorted(p.name for p in (self._whole / "img_dir/val").iterdir())[:_VAL]
        for kind in ("img_dir", "ann_dir"):
            for split, chosen in (("train", names), ("val", some)):
                folder = out / kind / split
                folder.mkdir(parents=True)
                for name in chosen:
                    os.link(self._whole / kind / split / name, folder / name)
            shutil.copytree(self._whole / kind / "test", out / kind / "test")
        shutil.copyfile(self._whole / "classes.json", out / "classes.json")
        return out


def _source(checkpoint: Path) -> Any:  # noqa: ANN401 - a ModelSource
    from segdesk.jobs.specs import ModelSource

    return ModelSource(id=checkpoint.parent.parent.name, checkpoint=checkpoint)


def _whole_of(out: Path, name: str) -> "Part":
    import msgspec

    from segdesk.core.review_measure import ReviewMeasure
    from segdesk.formats.outputs import output_path

    text = output_path(out, "review", name).read_bytes()
    return msgspec.json.decode(text, type=ReviewMeasure).whole


def _shares(out: Path, images: int) -> dict[int, float]:
    """Return the share of each class in what was predicted."""
    from segdesk.formats.prediction_ledger import read_entries

    totals: dict[int, float] = {}
    for entry in read_entries(out):
        for index, share in enumerate(entry.shares):
            totals[index] = totals.get(index, 0.0) + share / images
    return totals


def _kept(path: Path | None) -> dict[tuple[int, str, int], dict[str, Any]]:
    if path is None or not path.is_file():
        return {}
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return {(one["seed"], one["order"], one["count"]): one for one in lines}


# ---------------------------------------------------------------- what is told


def labels_to_reach(curve: Curve, goal: float) -> tuple[int | None, float | None]:
    """Return with how many labels a curve first reaches a score.

    Returns
    -------
    measured, between
        The first measured number; where the straight line to it crosses the score.
    """
    before: tuple[int, float] | None = None
    for count, score in sorted(curve.items()):
        if score >= goal:
            if before is None or score == before[1]:
                return count, float(count)
            part = (goal - before[1]) / (score - before[1])
            return count, before[0] + part * (count - before[0])
        before = count, score
    return None, None


def _tell(curves: dict[tuple[int, str], Curve], most: int) -> None:
    seeds = sorted({seed for seed, _ in curves})
    counts = sorted({n for one in curves.values() for n in one})
    print("\n| labels | random: mean, spread | queue: mean, spread |")
    print("|---|---|---|")
    for count in counts:
        cells = []
        for order in _ORDERS:
            curve = [curves[seed, order].get(count) for seed in seeds]
            values = [value for value in curve if value is not None]
            if not values:
                cells.append("")
                continue
            spread = f"{min(values):.1f}{_DASH}{max(values):.1f}"
            cells.append(f"{statistics.mean(values):.1f}, {spread}")
        print(f"| {count} | {' | '.join(cells)} |")
    print(f"\nLabels with which the queue reaches what random has with {most}:")
    reached: list[float] = []
    for seed in seeds:
        goal = curves[seed, "random"][most]
        measured, between = labels_to_reach(curves[seed, "queue"], goal)
        reached += [] if between is None else [between]
        print(f"seed {seed}: {_words(measured, between)} (IoU {goal:.2f})")
    means = {
        order: {
            count: statistics.mean(curves[seed, order][count] for seed in seeds)
            for count in sorted(curves[seeds[0], order])
        }
        for order in _ORDERS
    }
    goal = means["random"][most]
    found = labels_to_reach(means["queue"], goal)
    print(f"mean of the curves: {_words(*found)} (IoU {goal:.2f})")
    if len(reached) == len(seeds):
        spread = f"{min(reached):.0f}{_DASH}{max(reached):.0f}"
        print(f"mean of the seeds: {statistics.mean(reached):.0f}, spread {spread}")
    sys.stdout.flush()


def _words(measured: int | None, between: float | None) -> str:
    if measured is None or between is None:
        return "not reached"
    return f"{measured} measured, {between:.0f} on the line"


if __name__ == "__main__":
    main()
