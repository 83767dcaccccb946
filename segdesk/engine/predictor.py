"""Load a model once, predict many images."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from numpy.typing import NDArray

from segdesk.core.scores import ScoreMap
from segdesk.engine.bootstrap import CompiledOpError
from segdesk.engine.cell_painter import CellPainter
from segdesk.engine.device_painter import DevicePainter
from segdesk.engine.devices import resolve_device, usable_precision
from segdesk.engine.head import HeadKind
from segdesk.engine.model_builder import (
    BuiltModel,
    build_model,
    ops_missing,
)
from segdesk.engine.network import Network, memory_named
from segdesk.engine.postprocess import Geometry, Scores, TilePainter
from segdesk.engine.preprocess import Prepared, Preprocessor, Size
from segdesk.engine.score_map import score_map
from segdesk.engine.sliding import Slide, slide_over
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import Device, ModelSource, Precision

AnyPainter = TilePainter | CellPainter | DevicePainter


@dataclass(frozen=True, slots=True)
class RawPrediction:
    """What a network says of one image.

    Parameters
    ----------
    labels
        (H, W) uint8, class index of each pixel.
    confidence
        (H, W) uint8, 0-255 for 0-1 in the winning class; None when not asked for.
    seconds
        Wall time by stage: preprocess, network, postprocess.
    scores
        The network's output with the way to the image; None when it was not asked
        for, came in windows, or is too large.
    """

    labels: NDArray[np.uint8]
    confidence: NDArray[np.uint8] | None
    seconds: dict[str, float]
    scores: ScoreMap | None = None


class Predictor:
    """A model in memory that predicts images of any size.

    The labels are those of `mmseg.apis.inference_model`; see `postprocess` for how
    they are found without its cost.

    Parameters
    ----------
    source
        The model.
    device
        Where to run it.
    precision
        In which precision; what the device cannot do is said and done in fp32.
    note
        Takes what the user must know although the model works.

    Attributes
    ----------
    source
        The model.
    built
        The network and the meaning of its labels.
    device
        Where it runs.
    precision
        What it computes in.

    Raises
    ------
    SegDeskError
        As `build_model`; and ConfigError or ModelError when the test pipeline does
        what SegDesk cannot do, or when the network does not run.
    """

    def __init__(
        self,
        source: ModelSource,
        *,
        device: Device = "auto",
        precision: Precision = "fp32",
        note: Callable[[Noted], None],
    ) -> None:
        self.source = source
        self.device = resolve_device(device, note)
        self.precision = usable_precision(precision, self.device, note)
        self.built = build_model(source, self.device, note)
        module = self.built.module
        self._preprocess = Preprocessor(self.built.config, module, self.device)
        self._scores = Scores(_score_kind(self.built), self.built.threshold)
        self._slide = _slide(module)
        with self._ops_named():
            self._network = Network(module, self.device, self.precision)

    def predict(
        self,
        pixels: NDArray[np.uint8],
        *,
        confidence: bool = True,
        scores: bool = False,
        check: Callable[[], None] = lambda: None,
    ) -> RawPrediction:
        """Predict one image.

        Parameters
        ----------
        pixels
            (H, W, 3), RGB, of any size.
        confidence
            Whether to return the confidence too.
        scores
            Whether to return the network's output too.
        check
            Called between windows and between rows of tiles; raises to cancel.

        Raises
        ------
        ModelError
            When memory runs out or the network fails.
        OpsMissingError
            When it meets an operator that this mmcv lacks.
        """
        clock = _Clock(self.device)
        with clock.stage("preprocess"):
            prepared = self._preprocess(pixels)
        size = (pixels.shape[0], pixels.shape[1])
        run = self._run_windows if self._slide else self._run_whole
        with (
            self._ops_named(),
            memory_named(prepared.content, self.device),
            clock.stage("postprocess"),
            torch.inference_mode(),
        ):
            order = _Order(confidence, scores, check, clock)
            painter, output = run(prepared, size, order)
        return RawPrediction(painter.labels, painter.confidence, clock.seconds, output)

    def _run_whole(
        self, prepared: Prepared, size: Size, order: "_Order"
    ) -> tuple[AnyPainter, ScoreMap | None]:
        order.check()
        with order.clock.stage("network"):
            logits, seen = self._network(prepared.tensor)
        order.check()
        geometry = Geometry(seen, prepared.content, size, self.built.align_corners)
        head = (logits.shape[2], logits.shape[3])
        painter = self._painter(geometry, head, order)
        painter.paint(logits[0].to(self._paint_device), 0, order.check)
        if not order.scores:
            return painter, None
        return painter, score_map(logits[0], geometry.axes(head), self._scores)

    def _run_windows(
        self, prepared: Prepared, size: Size, order: "_Order"
    ) -> tuple[AnyPainter, None]:
        assert self._slide is not None  # noqa: S101 - the caller looked
        image = prepared.tensor
        seen = (image.shape[2], image.shape[3])
        geometry = Geometry(seen, prepared.content, size, self.built.align_corners)
        painter = self._painter(geometry, seen, order)

        def scores_of(windows: torch.Tensor) -> torch.Tensor:
            with order.clock.stage("network"):
                return self._window_scores(windows)

        slide_over(image, self._slide, scores_of, painter, order.check)
        return painter, None

    def _window_scores(self, windows: torch.Tensor) -> torch.Tensor:
        """Return the head's logits of (N, 3, h, w) windows, at their size."""
        logits, seen = self._network(windows)
        if tuple(logits.shape[2:]) != seen:
            logits = F.interpolate(
                logits,
                size=seen,
                mode="bilinear",
                align_corners=self.built.align_corners,
            )
        logits = logits[:, :, : windows.shape[2], : windows.shape[3]]
        return logits.to(self._paint_device)

    @property
    def _paint_device(self) -> torch.device:
        return self.device if self.device.type == "cuda" else torch.device("cpu")

    def _painter(self, geometry: Geometry, head: Size, order: "_Order") -> AnyPainter:
        channels = self.built.out_channels
        on_cpu = self._paint_device.type == "cpu"
        if on_cpu and geometry.enlarges and not order.confidence:
            return CellPainter(geometry, head, self._scores, channels)
        axes = geometry.axes(head)
        if on_cpu:
            return TilePainter(
                axes, self._scores, channels, confidence=order.confidence
            )
        return DevicePainter(
            axes,
            self._scores,
            channels,
            device=self._paint_device,
            confidence=order.confidence,
        )

    @contextmanager
    def _ops_named(self) -> Iterator[None]:
        try:
            yield
        except CompiledOpError as error:
            raise ops_missing(self.source, (error.op,)) from error


@dataclass(frozen=True, slots=True)
class _Order:
    """What `predict` was asked for."""

    confidence: bool
    scores: bool
    check: Callable[[], None]
    clock: "_Clock"


class _Clock:
    """Wall time of stages; an inner stage does not count for the outer one."""

    def __init__(self, device: torch.device) -> None:
        self.seconds: dict[str, float] = {}
        self._device = device
        self._inner = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        outer, self._inner = self._inner, 0.0
        begin = time.perf_counter()
        try:
            yield
            if self._device.type == "cuda":
                torch.cuda.synchronize(self._device)
        finally:
            took = time.perf_counter() - begin
            self.seconds[name] = self.seconds.get(name, 0.0) + took - self._inner
            self._inner = outer + took


def _score_kind(built: BuiltModel) -> HeadKind:
    """Return the head's kind; a head trained one class a time has sigmoids."""
    head: Any = built.module.decode_head
    if isinstance(head, torch.nn.ModuleList):
        head = head[-1]
    loss = getattr(head, "loss_decode", None)
    if isinstance(loss, torch.nn.ModuleList):
        loss = loss[0]
    if built.head == "softmax" and getattr(loss, "use_sigmoid", False):
        return "sigmoid"
    return built.head


def _slide(module: torch.nn.Module) -> Slide | None:
    test: Any = getattr(module, "test_cfg", None) or {}
    if test.get("mode") != "slide":
        return None
    return Slide(tuple(test["crop_size"]), tuple(test["stride"]))
