"""A film predicted and drawn: MMSegmentation's video demo beside SegDesk.

Usage: python benchmarks/video.py [--clip FILE] [--frames N] [--arch NAME]
                                  [--classes N] [--repeat N] [--device D]

Both get the same weights and the same film and write an overlay of it, each in a
process of its own that has the model loaded and predicted one frame. The peer does what
the demo of MMSegmentation does: OpenCV reads a frame, `inference_model` predicts it,
`show_result_pyplot` draws it (with the names of the classes, its default; without them
in the line below), and OpenCV writes it. SegDesk runs the job of `segdesk video`, the
table of shares included. They take turns; the best of N turns counts, as frames a
second of wall time and, in brackets, of the time of all CPUs together: where other
programs keep the machine busy, only the latter can be trusted.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_ARCH = "segformer_mit-b0_8xb2-160k_ade20k-512x512"
_SIDES = ("mmseg", "mmseg, no names", "segdesk")
_MADE_SIZE = (540, 960)


def main() -> None:
    """Measure both sides in turns and print the table."""
    arguments = _arguments()
    if arguments.child:
        _child(arguments.child)
        return
    with tempfile.TemporaryDirectory(prefix="segdesk-bench-") as scratch:
        task = _task(arguments, Path(scratch))
        sides = {name: _Side(name, task) for name in arguments.sides}
        for _ in range(arguments.repeat):
            for side in sides.values():
                side.take_turn()
        best = {name: side.best() for name, side in sides.items()}
    print(
        f"{arguments.arch}, {arguments.classes} classes, {task['frames']} frames, "
        f"{arguments.device} × {os.cpu_count()}, best of {arguments.repeat}"
    )
    ours = best.get("segdesk") or best[arguments.sides[0]]
    for name, turn in best.items():
        faster = turn["wall"] / ours["wall"], turn["cpu"] / ours["cpu"]
        print(
            f"{name:20}{task['frames'] / turn['wall']:8.2f} frames/s "
            f"({task['frames'] / turn['cpu']:.2f})"
            f"{faster[0]:10.1f}× ({faster[1]:.1f}×)"
        )
    stages = {name: f"{seconds:.2f} s" for name, seconds in ours["stages"].items()}
    print("segdesk's stages, overlapping:", stages)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="mmseg's video demo beside SegDesk")
    parser.add_argument("--clip", type=Path, help="a video; else one is made")
    parser.add_argument("--frames", type=int, default=12, help="of its start")
    parser.add_argument("--arch", default=_ARCH, help="name of a config of mmseg")
    parser.add_argument("--classes", type=int, default=19)
    parser.add_argument("--repeat", type=int, default=2, help="turns")
    parser.add_argument("--device", default="cpu")
    parser.add_argument(
        "--sides", nargs="+", default=_SIDES, choices=_SIDES, help="only these"
    )
    parser.add_argument("--child", choices=_SIDES, help=argparse.SUPPRESS)
    return parser.parse_args()


def _task(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    import synthetic

    config, weights = synthetic.model_of(
        folder / "model", arguments.arch, arguments.classes
    )
    clip = folder / "clip.mp4"
    _write_clip(clip, arguments)
    return {
        "config": str(config),
        "weights": str(weights),
        "clip": str(clip),
        "folder": str(folder),
        "frames": arguments.frames,
        "device": arguments.device,
    }


def _write_clip(path: Path, arguments: argparse.Namespace) -> None:
    """Write the first frames of a film, so that both sides read the same ones."""
    import numpy as np
    import synthetic

    from segdesk.core.video import index_video
    from segdesk.core.video_frames import FrameReader
    from segdesk.formats.video_file import VideoWriter, video_file

    if arguments.clip:
        index = index_video(str(arguments.clip.absolute()))
        count = min(arguments.frames, len(index))
        with FrameReader(index, cache_bytes=1) as reader:
            pictures = [frame.pixels for frame in reader.frames(range(count))]
        fps = index.facts.fps
    else:
        scene, _ = synthetic.scene(_MADE_SIZE, arguments.classes, 7)
        pictures = [
            np.roll(scene, 4 * number, axis=1) for number in range(arguments.frames)
        ]
        fps = 25.0
    height, width = pictures[0].shape[:2]
    with video_file(path) as (file, kind):
        writer = VideoWriter(file, kind, (width, height), fps=fps)
        for number, pixels in enumerate(pictures):
            writer.add(pixels, number / fps)
        writer.finish(len(pictures) / fps)
    arguments.frames = len(pictures)


class _Side:
    """A process that has a model loaded and makes the film when it is told to."""

    def __init__(self, name: str, task: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--child", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._turns: list[dict[str, Any]] = []
        self._ask(task)

    def take_turn(self) -> None:
        """Make the film once."""
        self._turns.append(self._ask({}))

    def best(self) -> dict[str, Any]:
        """End the process and return its best turn."""
        self._process.communicate()
        return {
            **min(self._turns, key=lambda turn: turn["wall"]),
            "cpu": min(turn["cpu"] for turn in self._turns),
        }

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        message = "a side of the benchmark ended"
        raise RuntimeError(message)


def _child(name: str) -> None:
    task = json.loads(sys.stdin.readline())
    load = _load_segdesk if name == "segdesk" else _load_mmseg
    film = load(task, names=name == "mmseg")
    print("{}", flush=True)
    for _ in sys.stdin:
        began, cpu = time.perf_counter(), time.process_time()
        stages = film()
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        print(json.dumps({"wall": wall, "cpu": cpu, "stages": stages}), flush=True)


Film = Callable[[], dict[str, float]]


def _load_mmseg(task: dict[str, Any], *, names: bool) -> Film:
    import cv2
    from mmseg.apis import inference_model, init_model, show_result_pyplot

    model = init_model(task["config"], task["weights"], device=task["device"])
    first = cv2.VideoCapture(task["clip"]).read()[1]
    inference_model(model, first)

    def film() -> dict[str, float]:
        reader = cv2.VideoCapture(task["clip"])
        out = str(Path(task["folder"]) / "mmseg.mp4")
        size = (first.shape[1], first.shape[0])
        fourcc = cv2.VideoWriter_fourcc(*"mp4v")
        writer = cv2.VideoWriter(out, fourcc, reader.get(cv2.CAP_PROP_FPS), size)
        while True:
            there, frame = reader.read()
            if not there:
                break
            result = inference_model(model, frame)
            drawn = show_result_pyplot(
                model, frame, result, show=False, with_labels=names
            )
            writer.write(drawn)
        writer.release()
        return {}

    return film


def _load_segdesk(task: dict[str, Any], *, names: bool) -> Film:
    del names  # nothing is written over the picture
    from segdesk.engine.dispatch import Engine
    from segdesk.jobs.control import StopFlag
    from segdesk.jobs.events import Succeeded
    from segdesk.jobs.runner import InProcessRunner
    from segdesk.jobs.specs import ModelSource
    from segdesk.jobs.video_events import VideoDone
    from segdesk.jobs.video_specs import VideoSpec

    runner = InProcessRunner(Engine().handle)
    out = Path(task["folder"]) / "segdesk.mp4"
    source = ModelSource(id="benchmark", checkpoint=Path(task["weights"]))

    def run(end_s: float | None = None) -> dict[str, float]:
        spec = VideoSpec(
            model=source,
            source=task["clip"],
            out=out,
            shares=out.with_suffix(".csv"),
            end_s=end_s,
            device=task["device"],
            overwrite=True,
        )
        done = runner.run(spec, lambda _event: None, StopFlag())
        assert isinstance(done, Succeeded), done
        assert isinstance(done.result, VideoDone)
        return done.result.stages

    run(end_s=0.01)
    return run


if __name__ == "__main__":
    main()
