"""How far confidence is from accuracy on held-out images, before and after calibration.

Usage: python benchmarks/calibration.py (--real DATA | SET [SET ...]) [--minutes 4]
           [--seeds 0] [--threads 1]
       python benchmarks/calibration.py SET --model model.pth [--split test]

SET is a folder with `img_dir/{train,val,test}`, `ann_dir/…` and `classes.json`;
`--real` makes nuclei and aerial of the real data (`course_sets.py`). For each set and
seed a model is trained as SegDesk proposes it (`better_defaults.py`), for that many
minutes of wall time; `--model` takes one that is there. Its temperature is fitted on
the validation split. The expected calibration error (15 bins, pixels) is then measured
by SegDesk's evaluation on the test split, which neither training nor temperature saw,
without the temperature and with it. mIoU is printed for both: labels must not change.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from segdesk.jobs.model_source import ModelSource
    from segdesk.jobs.training_events import EvaluationDone


def main() -> None:
    """Print a row for each set and seed."""
    asked = _arguments()
    print(
        "| data | seed | temperature | error on val before | after | "
        "on test before | after | mIoU before | after |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        if asked.real:
            from course_sets import make_sets

            asked.data = [*asked.data, *make_sets(asked.real, Path(folder, "sets"))]
        if not asked.data:
            sys.exit("Name a data set, or --real and the folder of the real data.")
        for data in asked.data:
            for seed in asked.seeds:
                model = asked.model or _trained(data, Path(folder), seed, asked)
                row = _row(data.absolute(), model, Path(folder), seed, asked.split)
                print(row, flush=True)


def _trained(data: Path, folder: Path, seed: int, asked: argparse.Namespace) -> Path:
    out = folder / f"{data.name}-{seed}"
    words = ["--side", "segdesk", "--out", out, "--minutes", asked.minutes]
    subprocess.run(
        [
            *(sys.executable, Path(__file__).with_name("better_defaults.py")),
            *(data.absolute(), *map(str, words), "--seeds", str(seed)),
        ],
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": str(asked.threads)},
        stdout=subprocess.DEVNULL,
    )
    return out / "model.pth"


def _row(data: Path, model: Path, folder: Path, seed: int, split: str) -> str:
    """Calibrate on val, measure on another split."""
    from segdesk.engine.dispatch import Engine
    from segdesk.jobs.control import JobContext, StopFlag
    from segdesk.jobs.specs import CalibrateSpec, EvaluateSpec, ModelSource

    engine = Engine()
    context = JobContext(lambda _report: None, StopFlag())
    source = ModelSource(id=model.parent.name, checkpoint=model.absolute())
    fitted = engine.handle(
        CalibrateSpec(model=source, data_dir=data, device="cpu"), context
    ).fitted

    def measured(of: "ModelSource") -> "EvaluationDone":
        spec = EvaluateSpec(
            model=of,
            data_dir=data,
            split=split,
            out_dir=folder / "evaluation",
            device="cpu",
        )
        return engine.handle(spec, context)

    before = measured(source)
    after = measured(replace(source, temperature=fitted.temperature))
    words = ", ".join(f"{one:.2f}" for one in fitted.temperature) or "none"
    cells = [data.name, str(seed), words]
    cells += [f"{one.error:.2f} %" for one in (fitted.before, fitted.after)]
    cells += [f"{one.calibration.error:.2f} %" for one in (before, after)]
    cells += [f"{one.metrics['mIoU']:.2f}" for one in (before, after)]
    return f"| {' | '.join(cells)} |"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="*")
    parser.add_argument("--real", type=Path, help="folder of the real data")
    parser.add_argument("--model", type=Path, help="a model instead of a training")
    parser.add_argument("--split", default="test", help="that is measured on")
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seeds", type=_numbers, default=[0], help="such as 0,1,2")
    return parser.parse_args()


def _numbers(words: str) -> list[int]:
    return [int(word) for word in words.split(",")]


if __name__ == "__main__":
    main()
