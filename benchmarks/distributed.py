"""Two processes against one at equal total batch: what they learn, and how fast.

Both train the same network on the same made pictures, on the CPU: one process with
batches of 8, and two that torchrun starts with batches of 4 each. They see the same
pictures in each step; crops, and statistics of half a batch, differ by chance. The one
process is also trained with other seeds, which shows what chance alone does. Every
process computes with one thread.

    python benchmarks/distributed.py [--iters 60] [--seeds 3]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
BATCH = 8
LEAST_NOISE = 2.0


def main() -> int:
    """Measure and print; exit 1 where two processes lie outside the noise of one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iters", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--arch", default="fast-scnn")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sys.path.insert(0, str(HOUSE / "tests"))
        from training_run import make_discs

        make_discs(folder / "data", train=16, val=8)
        one, two = [], []
        for seed in range(chosen.seeds):
            one.append(_train(folder, chosen, seed, processes=1))
            two.append(_train(folder, chosen, seed, processes=2))
    found = {"one": one, "two": two}
    scores = {name: [run["mIoU"] for run in runs] for name, runs in found.items()}
    means = {name: sum(values) / len(values) for name, values in scores.items()}
    noise = max(LEAST_NOISE, max(scores["one"]) - min(scores["one"]))
    gap = abs(means["two"] - means["one"])
    document = {**found, "gap_mIoU": round(gap, 2), "noise_mIoU": round(noise, 2)}
    sys.stdout.write(json.dumps(document) + "\n")
    return 0 if gap <= noise else 1


def _train(
    folder: Path, chosen: argparse.Namespace, seed: int, *, processes: int
) -> dict[str, float]:
    """Train once and return the last validation's figures and the time of it all."""
    words = {
        "data": folder / "data",
        "arch": chosen.arch,
        "work-dir": folder / f"run-{processes}-{seed}",
        "max-iters": chosen.iters,
        "val-interval": chosen.iters,
        "checkpoint-interval": chosen.iters,
        "batch-size": BATCH // processes,
        "crop": 64,
        "lr": 0.05,
        "device": "cpu",
        "previews": 0,
        "seed": seed,
    }
    start = [sys.executable]
    if processes > 1:
        start += ["-m", "torch.distributed.run", "--standalone"]
        start += ["--nproc-per-node", str(processes)]
        words["launcher"] = "pytorch"
    options = [text for name, value in words.items() for text in (f"--{name}", value)]
    command = [*start, "-m", "segdesk", "train", *map(str, options), "--json"]
    done = subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        cwd=HOUSE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    document = json.loads(done.stdout)
    shown = {name: document["metrics"][name] for name in ("mIoU", "aAcc")}
    return {**shown, "seconds": document["seconds"]}


if __name__ == "__main__":
    sys.exit(main())
