"""An exported file against PyTorch: the labels and scores of both on real images."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.imaging import read_image
from segdesk.engine.export.onnx_facts import LABELS, SCORES, OnnxFacts
from segdesk.engine.export.onnx_session import OnnxSession
from segdesk.engine.paint.postprocess import Geometry, Scores, TilePainter
from segdesk.engine.preprocess import resized, resizes_of
from segdesk.engine.torch_model import TorchModel
from segdesk.jobs.export_events import Parity

# Of a larger image, this much of its middle is compared.
_MOST_PX = 1024

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Said:
    labels: NDArray[np.uint8]
    scores: NDArray[np.float32]
    seconds: float


def measure_parity(
    model: TorchModel,
    file: Path,
    facts: OnnxFacts,
    images: Iterable[Path],
    check: Callable[[], None],
) -> Parity:
    """Compare labels and scores of the file's graph with PyTorch's.

    Both see what the graph is made for: the image as the test pipeline resizes it, or
    a window of it.

    Parameters
    ----------
    model
        The model that was exported, on the CPU.
    images
        Files that can be read.
    check
        Called before each; raises to cancel.
    """
    session = OnnxSession(file, torch.device("cpu"), lambda _note: None)
    resizes = resizes_of(facts.resize)
    equal = pixels = count = 0
    largest = 0.0
    times: tuple[list[float], list[float]] = ([], [])
    for path in images:
        check()
        cut = _filled(_middle(resized(read_image(path).pixels, resizes), facts), facts)
        theirs, ours = _of_torch(model, cut), _of_onnx(session, cut)
        count += 1
        pixels += theirs.labels.size
        equal += int((theirs.labels == ours.labels).sum())
        largest = max(largest, float(np.abs(theirs.scores - ours.scores).max()))
        times[0].append(theirs.seconds)
        times[1].append(ours.seconds)
    return Parity(
        images=count,
        pixels=pixels,
        equal=equal / max(pixels, 1),
        max_difference=largest,
        torch_s=median(times[0]),
        onnx_s=median(times[1]),
    )


def _middle(pixels: Pixels, facts: OnnxFacts) -> Pixels:
    """Return the middle of an image, no larger than a window."""
    most = facts.windows.size if facts.windows else (_MOST_PX, _MOST_PX)
    begins = [
        max(0, side - limit) // 2
        for side, limit in zip(pixels.shape[:2], most, strict=True)
    ]
    rows, columns = (
        slice(begin, begin + limit) for begin, limit in zip(begins, most, strict=True)
    )
    return np.ascontiguousarray(pixels[rows, columns])


def _filled(pixels: Pixels, facts: OnnxFacts) -> Pixels:
    """Fill an image up to the size that the graph takes."""
    if facts.size is None:
        return pixels
    full = np.full((*facts.size, 3), facts.fill, np.uint8)
    full[: pixels.shape[0], : pixels.shape[1]] = pixels
    return full


def _of_torch(model: TorchModel, pixels: Pixels) -> _Said:
    with torch.inference_mode():
        model.scores(model.prepare(pixels, as_it_is=True).tensor)
        began_s = time.perf_counter()
        prepared = model.prepare(pixels, as_it_is=True)
        scores, seen = model.scores(prepared.tensor)
        size = (pixels.shape[0], pixels.shape[1])
        geometry = Geometry(seen, prepared.content, size, model.align_corners)
        head = (scores.shape[2], scores.shape[3])
        painter = TilePainter(
            geometry.axes(head),
            Scores(model.head, model.threshold),
            model.out_channels,
            confidence=False,
        )
        painter.paint(scores[0], 0, lambda: None)
        seconds = time.perf_counter() - began_s
    return _Said(painter.labels, scores.numpy(), seconds)


def _of_onnx(session: OnnxSession, pixels: Pixels) -> _Said:
    scores = session.run(SCORES, pixels[None])
    began_s = time.perf_counter()
    labels = session.run(LABELS, pixels[None])[0]
    return _Said(labels, scores, time.perf_counter() - began_s)
