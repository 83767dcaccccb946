"""One image from file to labels: `mmseg.apis.inference_model` beside SegDesk.

Usage: python benchmarks/predict.py [--sizes 512x512 2000x1500 4000x3000]
                                    [--classes 19 150] [--arch NAME] [--repeat N]

Both get the same weights and the same JPEG files and run on the CPU, each in a process
of its own, so that its peak of resident memory is its own. The clock runs from the path
of the file to labels as (H, W) uint8. The two take turns, and the best of N turns after
the first counts, as wall time and, in brackets, as seconds of all CPUs together: where
other programs keep the machine busy, only the latter can be trusted. Memory is the
first turn's peak: that of the whole process, which Python, torch and mmseg fill for
both alike, and in brackets what came above the loaded model. "memory" compares the two
peaks, in brackets those above the model. Part of a process are the pages of program
files, which the system has once for all processes and can take back at any time (and
which SegDesk gives back once it is loaded); "anonymous" is the peak without them: what
a process takes from the machine. It is sampled each 2 ms, where the system tells it. A
case that this machine has not the memory for is left out and said so.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

_MB = 1 << 20
_ARCH = "segformer_mit-b0_8xb2-160k_ade20k-512x512"
_SIZES = ("512x512", "2000x1500", "4000x3000")
_CLASSES = (19, 150)
# Full-size logits in float32, their argmax in int64, and some room.
_PEER_BYTES_A_LOGIT = 6
_BASE_BYTES = 1 << 30
_SAMPLED_S = 0.002


@dataclass(frozen=True)
class Case:
    """One cell of the table: an image size in pixels and a number of classes."""

    width: int
    height: int
    classes: int

    @property
    def name(self) -> str:
        """How it is called in the table."""
        megapixels = self.width * self.height / 1e6
        return f"{self.width} × {self.height} ({megapixels:.1f} MP), {self.classes}"

    @property
    def peer_bytes(self) -> int:
        """Memory that mmseg will need."""
        logits = self.width * self.height * self.classes
        return logits * _PEER_BYTES_A_LOGIT + _BASE_BYTES


@dataclass(frozen=True)
class Measured:
    """What one side took for one case: seconds, and bytes of resident memory."""

    wall: float
    cpu: float
    loaded: int
    peak: int
    anonymous: int
    labels: NDArray[np.uint8]

    @property
    def above(self) -> int:
        """Peak above the loaded model."""
        return self.peak - self.loaded


def main() -> None:
    """Run all cases and print the table."""
    arguments = _arguments()
    if arguments.child:
        _child(arguments.child)
        return
    sizes = [tuple(map(int, size.split("x"))) for size in arguments.sizes]
    cases = [Case(w, h, classes) for classes in arguments.classes for w, h in sizes]
    with tempfile.TemporaryDirectory(prefix="segdesk-bench-") as scratch:
        run = _Run(Path(scratch), arguments)
        print(f"{arguments.arch}, CPU × {os.cpu_count()}, best of {arguments.repeat}")
        print(_ROW.format(*_HEADINGS))
        for case in sorted(cases, key=lambda case: case.peer_bytes):
            print(run.row(case), flush=True)


_HEADINGS = (
    "image, classes",
    "mmseg s (CPU)",
    "SegDesk s (CPU)",
    "faster (CPU)",
    "mmseg MB (+)",
    "SegDesk MB (+)",
    "memory (above)",
    "anonymous MB",
    "equal labels",
)
_ROW = "{:30}{:>16}{:>16}{:>16}{:>16}{:>16}{:>16}{:>20}{:>18}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="mmseg's inference beside SegDesk's")
    parser.add_argument("--sizes", nargs="+", default=_SIZES, metavar="WxH")
    parser.add_argument("--classes", nargs="+", type=int, default=_CLASSES)
    parser.add_argument("--arch", default=_ARCH, help="name of a config of mmseg")
    parser.add_argument("--repeat", type=int, default=3, help="timed runs")
    parser.add_argument(
        "--confidence", action="store_true", help="let SegDesk paint it too"
    )
    parser.add_argument("--child", choices=("mmseg", "segdesk"), help=argparse.SUPPRESS)
    return parser.parse_args()


def _anonymous(peer: int, ours: int) -> str:
    if not peer or not ours:
        return "not told"
    return f"{peer / _MB:.0f}, {ours / _MB:.0f}: 1/{peer / ours:.1f}"


class _Run:
    """Makes models and images once, and runs both sides on them."""

    def __init__(self, folder: Path, arguments: argparse.Namespace) -> None:
        self._folder = folder
        self._arguments = arguments

    def row(self, case: Case) -> str:
        """Measure a case and return its line of the table."""
        free = psutil.virtual_memory().available
        if free < case.peer_bytes:
            reason = (
                f"not run: mmseg needs about {case.peer_bytes / 1e9:.0f} GB, "
                f"{free / 1e9:.0f} GB are free"
            )
            return f"{case.name:34}  {reason}"
        peer, ours = self._measured(case)
        equal = float(np.mean(peer.labels == ours.labels))
        return _ROW.format(
            case.name,
            f"{peer.wall:.3f} ({peer.cpu:.3f})",
            f"{ours.wall:.3f} ({ours.cpu:.3f})",
            f"{peer.wall / ours.wall:.1f}× ({peer.cpu / ours.cpu:.1f}×)",
            f"{peer.peak / _MB:.0f} (+{peer.above / _MB:.0f})",
            f"{ours.peak / _MB:.0f} (+{ours.above / _MB:.0f})",
            f"1/{peer.peak / ours.peak:.1f} (1/{peer.above / max(1, ours.above):.1f})",
            _anonymous(peer.anonymous, ours.anonymous),
            f"{equal:.4%} of {len(np.unique(peer.labels))}",
        )

    def _measured(self, case: Case) -> tuple[Measured, Measured]:
        config, weights = self._model(case.classes)
        task = {
            "image": str(self._image(case)),
            "config": str(config),
            "weights": str(weights),
            "folder": str(self._folder),
            "confidence": self._arguments.confidence,
        }
        with ExitStack() as stack:
            sides = [
                stack.enter_context(_Side(name, task)) for name in ("mmseg", "segdesk")
            ]
            for turn in range(self._arguments.repeat + 1):
                for side in sides:
                    side.take_turn(first=turn == 0)
            peer, ours = (side.measured() for side in sides)
        return peer, ours

    def _model(self, classes: int) -> tuple[Path, Path]:
        from synthetic import model_of

        return model_of(self._folder / str(classes), self._arguments.arch, classes)

    def _image(self, case: Case) -> Path:
        import cv2
        import synthetic

        path = self._folder / f"{case.width}x{case.height}-{case.classes}.jpg"
        if not path.exists():
            pixels, _ = synthetic.scene((case.height, case.width), case.classes, 99)
            cv2.imwrite(str(path), pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
        return path


class _Side:
    """A process that has a model loaded and predicts when it is told to."""

    def __init__(self, name: str, task: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--child", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._labels = Path(task["folder"]) / f"{name}.npy"
        self._turns: list[dict[str, Any]] = []
        self._loaded = self._ask({**task, "labels": str(self._labels)})["loaded"]
        self._peak = 0
        self._anonymous = 0

    def __enter__(self) -> "_Side":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def take_turn(self, *, first: bool) -> None:
        """Predict once; the first turn is for memory, the others for time."""
        if not first:
            self._turns.append(self._ask({"save": False}))
            return
        with _Anonymous(self._process.pid) as watched:
            self._peak = self._ask({"save": True})["peak"]
        self._anonymous = watched.peak

    def measured(self) -> Measured:
        """Return the best of the turns."""
        return Measured(
            wall=min(turn["wall"] for turn in self._turns),
            cpu=min(turn["cpu"] for turn in self._turns),
            loaded=self._loaded,
            peak=self._peak,
            anonymous=self._anonymous,
            labels=np.load(self._labels),
        )

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        raise SystemExit("a side ended before it answered")


class _Anonymous:
    """Watches the anonymous memory of a process; its peak stays 0 where none is told.

    Parameters
    ----------
    process
        Its number.
    """

    def __init__(self, process: int) -> None:
        self.peak = 0
        self._status = Path(f"/proc/{process}/status")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "_Anonymous":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        with suppress(OSError):
            while not self._over.wait(_SAMPLED_S):
                for line in self._status.read_text().splitlines():
                    if line.startswith("RssAnon"):
                        self.peak = max(self.peak, int(line.split()[1]) * 1024)


# ------------------------------------------------------------------ in its process


def _child(side: str) -> None:
    """Load, then predict each time a line comes in, and say what it took."""
    task = json.loads(sys.stdin.readline())
    predict = {"mmseg": _load_mmseg, "segdesk": _load_segdesk}[side](task)
    _say({"loaded": psutil.Process().memory_info().rss})
    for line in sys.stdin:
        _forget_peak()
        wall, cpu = time.perf_counter(), time.process_time()
        labels = predict()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = _peak()
        if json.loads(line)["save"]:
            np.save(task["labels"], labels)
        del labels
        _say({"wall": wall, "cpu": cpu, "peak": peak})


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


def _load_mmseg(task: dict[str, Any]) -> Callable[[], NDArray[np.uint8]]:
    from mmseg.apis import inference_model, init_model

    model = init_model(task["config"], task["weights"], device="cpu")

    def predict() -> NDArray[np.uint8]:
        result = inference_model(model, task["image"])
        labels: NDArray[Any] = result.pred_sem_seg.data[0].numpy()
        return labels.astype(np.uint8)

    return predict


def _load_segdesk(task: dict[str, Any]) -> Callable[[], NDArray[np.uint8]]:
    from segdesk.core.imaging import read_image
    from segdesk.engine.predictor import Predictor
    from segdesk.jobs.specs import ModelSource

    source = ModelSource(id="benchmark", checkpoint=Path(task["weights"]))
    predictor = Predictor(source, device="cpu", note=print)
    image = Path(task["image"])

    def predict() -> NDArray[np.uint8]:
        found = predictor.predict(
            lambda: read_image(image).pixels, confidence=task["confidence"]
        )
        return found.labels

    return predict


def _forget_peak() -> None:
    """Start the kernel's record of the peak anew, where it can be told to."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    """Return the peak of resident memory in bytes."""
    with suppress(OSError):
        for line in _status_lines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _status_lines() -> Iterator[str]:
    yield from Path("/proc/self/status").read_text().splitlines()


if __name__ == "__main__":
    main()
