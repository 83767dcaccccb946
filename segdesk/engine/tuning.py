"""Measuring the ways to run a model on a device, and remembering the fastest."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.imaging import read_image
from segdesk.core.language import tr
from segdesk.core.paths import resource_path
from segdesk.engine.devices import resolve_device
from segdesk.engine.mode_choice import Wish, chosen, measure_all
from segdesk.engine.peak_memory import PeakMemory
from segdesk.engine.predictor import Predictor
from segdesk.engine.preprocess import Size
from segdesk.engine.run_modes import (
    abilities,
    device_name,
    eager_modes,
    fixed_modes,
    versions,
)
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Noted, Progress
from segdesk.jobs.tune_events import ModeMeasured, Tuned, TuneDone
from segdesk.jobs.tune_specs import RunMode, TuneSpec
from segdesk.library.model_files import is_onnx
from segdesk.library.tuned_modes import TunedModes, digest_of_source

# Each way predicts every image once, and on until this is over.
_MEASURED_S = 1.5
# A network that needs longer for the images is measured on fewer, but on these.
_PASS_S = 4.0
_LEAST_IMAGES = 2
_SAMPLES = 4
# What a way raises that does not run here.
_REFUSALS = (SegDeskError, RuntimeError, NotImplementedError, ValueError, OSError)


def run_tuning(spec: TuneSpec, context: JobContext) -> TuneDone:
    """Measure the ways to run a model, choose, and write the choice down.

    Raises
    ------
    InputError
        It is an ONNX model, or there is no image to measure on.
    ModelError, ImageReadError
        The model does not run at all, or an image cannot be read.
    StorageError
        The choice was not written.
    JobCancelledError
        The user stopped it; nothing is remembered.
    """
    began_s = time.monotonic()
    if is_onnx(spec.model.checkpoint):
        raise InputError(
            tr("{id} was not tuned.", id=spec.model.id),
            cause=tr(
                "It is an ONNX model: how it runs was decided when it was exported."
            ),
            hint=tr("Tune the .pth that it was made of, or export it with --fp16."),
        )
    device = resolve_device(spec.device, context.report)
    bench = _Bench(spec, device, context)
    able = abilities(device)
    untuned = eager_modes(able)[0]
    bench.plan(
        len(eager_modes(able))
        + len(fixed_modes(able, untuned, (0, 0), with_compile=spec.with_compile))
    )
    wish = Wish(able, bench.input_size(untuned), spec.with_compile)
    measured = measure_all(wish, bench.measure)
    tuned = Tuned(
        model=digest_of_source(spec.model),
        device=str(device),
        device_name=device_name(device),
        versions=versions(device),
        chosen=chosen(measured),
        measured=measured,
        images=len(bench.images),
        day=datetime.now(UTC).date().isoformat(),
    )
    TunedModes().remember(tuned)
    seconds = round(time.monotonic() - began_s, 1)
    return TuneDone(model_id=spec.model.id, tuned=tuned, seconds=seconds)


class _Bench:
    """Runs a model in one way after the other on the same images.

    Parameters
    ----------
    spec
        Names the model and the images.
    device
        Where it runs.
    context
        Takes progress; stops the work.

    Attributes
    ----------
    images
        (H, W, 3) each.
    """

    def __init__(
        self, spec: TuneSpec, device: torch.device, context: JobContext
    ) -> None:
        context.report(Progress(0, None, "steps", tr("Reading the images")))
        self._model = spec.model
        self._device = device
        self._context = context
        self._done = self._count = 0
        self._right: list[NDArray[np.uint8]] = []
        self.images = [read_image(path).pixels for path in _paths(spec)]

    def plan(self, modes: int) -> None:
        """Take how many ways will be measured."""
        self._count = modes

    def input_size(self, mode: RunMode) -> Size:
        """Load the model, and return the input that the network sees most often.

        Returns
        -------
        size
            (height, width).
        """
        model = self._predictor(mode, note=self._context.report).built
        if model.slide is not None:
            return model.fit.target(model.slide.crop)
        seen: list[Size] = []
        for pixels in self.images:
            height, width = model.prepare(pixels).tensor.shape[2:]
            seen.append(model.fit.target((height, width)))
        return max(seen, key=seen.count)

    def measure(self, mode: RunMode) -> ModeMeasured:
        """Measure one way; the first one, whose labels are the right ones, must run.

        Another one that does not run is told with the reason.
        """
        text = tr("Measuring {words}", words=mode.words)
        count = max(self._count, self._done + 1)
        self._context.report(Progress(self._done, count, "steps", text))
        self._done += 1
        if not self._right:
            return self._measured(mode)
        try:
            return self._measured(mode)
        except _REFUSALS as error:
            return ModeMeasured(mode=mode, problem=_reason(error))

    def _measured(self, mode: RunMode) -> ModeMeasured:
        memory = PeakMemory(self._device)
        predictor = self._predictor(mode)
        self._run(predictor, self.images[0])  # kernels are chosen, code is compiled
        began_s = time.perf_counter()
        labels, best = [], []
        for pixels in self.images:
            found, took_s = self._run(predictor, pixels)
            labels.append(found)
            best.append(took_s)
            if self._is_enough(len(best), time.perf_counter() - began_s):
                self.images = self.images[: len(best)]
                break
        self._right = self._right or labels
        while time.perf_counter() - began_s < _MEASURED_S:
            for index, pixels in enumerate(self.images):
                best[index] = min(best[index], self._run(predictor, pixels)[1])
        pairs = zip(labels, self._right, strict=True)
        return ModeMeasured(
            mode=mode,
            images_per_s=len(best) / sum(best),
            memory_bytes=memory.bytes(),
            equal=sum(int((ours == right).sum()) for ours, right in pairs)
            / sum(right.size for right in self._right),
        )

    def _is_enough(self, images: int, passed_s: float) -> bool:
        """Tell whether a slow network has seen enough, while it is first measured."""
        return not self._right and images >= _LEAST_IMAGES and passed_s > _PASS_S

    def _run(
        self, predictor: Predictor, pixels: NDArray[np.uint8]
    ) -> tuple[NDArray[np.uint8], float]:
        """Return the labels of an image, and the seconds that they took."""
        check = self._context.check
        check()
        began_s = time.perf_counter()
        found = predictor.predict(pixels, confidence=False, check=check)
        return found.labels, time.perf_counter() - began_s

    def _predictor(
        self, mode: RunMode, note: Callable[[Noted], None] | None = None
    ) -> Predictor:
        return Predictor(
            self._model, device=str(self._device), mode=mode, note=note or _unsaid
        )


def _paths(spec: TuneSpec) -> tuple[Path, ...]:
    if spec.images:
        return spec.images
    found = sorted(resource_path("sample", "images").glob("*.png"))
    return tuple(found[:: max(1, len(found) // _SAMPLES)][:_SAMPLES])


def _reason(error: BaseException) -> str:
    """Return why a way does not run, in one line."""
    if isinstance(error, SegDeskError):
        return error.cause or error.message
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _unsaid(_note: Noted) -> None:
    """Say nothing: the untuned way said it."""
