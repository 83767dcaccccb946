"""Load a model once, predict many images."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from numpy.typing import NDArray

from segdesk.core.errors import JobCancelledError
from segdesk.core.scores import ScoreMap
from segdesk.core.temperature import Temperatures
from segdesk.engine.devices import resolve_device
from segdesk.engine.export.onnx_opening import open_onnx
from segdesk.engine.idle_code import give_back_idle_code
from segdesk.engine.looks import PLAIN, Look, looks_of
from segdesk.engine.network import memory_named
from segdesk.engine.order import Order, RawPrediction, blank_below
from segdesk.engine.paint.cell_painter import CellPainter
from segdesk.engine.paint.confidence import both_widths
from segdesk.engine.paint.device_painter import DevicePainter
from segdesk.engine.paint.postprocess import Geometry, Scores, TilePainter
from segdesk.engine.paint.score_map import score_map
from segdesk.engine.picture import Picture, Pixels
from segdesk.engine.preprocess import Prepared, Size
from segdesk.engine.run_modes import mode_for, untuned
from segdesk.engine.sliding import Painter, slide_over
from segdesk.engine.stage_clock import StageClock
from segdesk.engine.torch_model import TorchModel
from segdesk.engine.tta import Doubts, Mean
from segdesk.engine.windowed import WindowedModel
from segdesk.engine.windows import Course
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import Device, ModelSource, Precision, Tta, Windows
from segdesk.jobs.tune_specs import RunMode
from segdesk.library.model_files import is_onnx

if TYPE_CHECKING:
    from segdesk.engine.runnable import Runnable

AnyPainter = TilePainter | CellPainter | DevicePainter
# Makes what takes the scores, from their way to the image and their own size.
PainterOf = Callable[[Geometry, Size], Painter]


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
        In which precision; what the device cannot do is said and done in fp32. "auto":
        as measured for this model here, else fp32.
    mode
        How PyTorch runs the network, instead of what the precision says.
    note
        Takes what the user must know although the model works.

    Attributes
    ----------
    source
        The model.
    built
        What runs the network, and the meaning of its labels.
    device
        Where it runs.
    rule
        How its scores become classes and confidence.

    Raises
    ------
    SegDeskError
        As `TorchModel`.
    """

    def __init__(
        self,
        source: ModelSource,
        *,
        device: Device = "auto",
        precision: Precision = "fp32",
        mode: RunMode | None = None,
        note: Callable[[Noted], None],
    ) -> None:
        self.source = source
        self.built: Runnable
        if is_onnx(source.checkpoint):
            self.built = open_onnx(source, device, precision, note)
        else:
            self.built = _torch_model(source, device, mode or precision, note)
        self.device = self.built.device
        self.rule = Scores(
            self.built.head, self.built.threshold, _temperature(source, self.built)
        )
        self._windowed = WindowedModel(self.built, self._paint_device)
        give_back_idle_code()

    def tell(self, note: Callable[[Noted], None]) -> None:
        """Tell somebody else from now on what the user must know."""
        if isinstance(self.built, TorchModel):
            self.built.tell(note)

    def predict(  # noqa: PLR0913 - one for each way to predict
        self,
        pixels: Pixels | Callable[[], Pixels],
        *,
        confidence: bool = True,
        wide: bool = False,
        scores: bool = False,
        tta: Tta | None = None,
        windows: Windows | None = None,
        keep_rows: bool = False,
        tell: Callable[[int, int], None] = lambda _done, _all: None,
        check: Callable[[], None] = lambda: None,
    ) -> RawPrediction:
        """Predict one image.

        Parameters
        ----------
        pixels
            (H, W, 3), RGB, of any size; or what gives them, where nobody needs them
            afterwards: they then take no memory while the network runs.
        confidence
            Whether to return the confidence too.
        wide
            Return it in 16 bits, too.
        scores
            Whether to return the network's output too.
        tta
            Predict it changed in several ways and take the mean; None: once.
        windows
            Predict it in blended windows at its own size; None: as the model's config
            says. `pixels` may then be mapped from a file.
        keep_rows
            When cancelled in blended windows, return the rows that are painted.
        tell
            Takes the number of blended windows predicted and of all.
        check
            Called between windows and between rows of tiles; raises to cancel.

        Raises
        ------
        ModelError
            When memory runs out or the network fails.
        InputError
            When `tta` asks for a scale that makes no sense.
        OpsMissingError
            When it meets an operator that this mmcv lacks.
        """
        clock = StageClock(self.device)
        looks = looks_of(tta)
        picture = Picture(pixels, len(looks))
        del pixels
        if windows and picture.size[0] * picture.size[1] < windows.from_pixels:
            windows = None
        order = Order(
            confidence=confidence and self.built.tells_confidence,
            wide=wide,
            scores=scores and windows is None,
            windows=windows,
            keep_rows=keep_rows,
            tell=tell,
            check=check,
            clock=clock,
        )
        with torch.inference_mode():
            if looks == (PLAIN,):
                return self._once(picture, order)
            return self._several(picture, looks, order)

    def doubts(
        self,
        pixels: NDArray[np.uint8],
        *,
        tta: Tta | None = None,
        windows: Windows | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> Doubts:
        """Return how unsure the model is of each pixel of an image.

        Parameters
        ----------
        pixels, tta, windows, check
            As for `predict`.
        """
        with (
            torch.inference_mode(),
            self.looked_at(pixels, tta, windows, check) as said,
        ):
            return said.doubts((pixels.shape[0], pixels.shape[1]), check=check)

    @contextmanager
    def looked_at(
        self,
        pixels: NDArray[np.uint8],
        tta: Tta | None = None,
        windows: Windows | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> Iterator[Mean]:
        """Run the network on an image and hold its scores, at the network's size."""
        looks = looks_of(tta)
        picture = Picture(pixels, len(looks))
        if windows and picture.size[0] * picture.size[1] < windows.from_pixels:
            windows = None
        order = Order(windows=windows, check=check, clock=StageClock(self.device))
        channels = self.built.out_channels
        with (
            torch.inference_mode(),
            Mean(self.rule, channels, len(looks), self._paint_device) as mean,
        ):
            for look in looks:
                self._look(picture, look, order, partial(mean.painter, look=look))
            yield mean

    # ------------------------------------------------------------ the looks

    def _once(self, picture: Picture, order: Order) -> RawPrediction:
        painters: list[AnyPainter] = []

        def painter(geometry: Geometry, head: Size) -> AnyPainter:
            painters.append(self._painter(geometry, head, order))
            return painters[0]

        output: ScoreMap | None = None
        rows: int | None = None
        try:
            output = self._look(picture, PLAIN, order, painter)
        except JobCancelledError:
            rows = painters[0].finished_rows if painters else 0
            if not order.keep_rows or order.windows is None or rows == 0:
                raise
            blank_below(painters[0], rows)
        sure, fine = both_widths(painters[0].confidence)
        labels, seconds = painters[0].labels, order.clock.seconds
        return RawPrediction(labels, sure, seconds, output, rows, fine)

    def _several(
        self, picture: Picture, looks: tuple[Look, ...], order: Order
    ) -> RawPrediction:
        size = picture.size
        alone = replace(order, scores=False)
        channels = self.built.out_channels
        with Mean(self.rule, channels, len(looks), self._paint_device) as mean:
            for look in looks:
                self._look(picture, look, alone, partial(mean.painter, look=look))
            with order.clock.stage("postprocess"), memory_named(size, self.device):
                found = mean.labels(
                    size,
                    confidence=order.confidence,
                    wide=order.wide,
                    check=order.check,
                )
        sure, fine = both_widths(found.confidence)
        return RawPrediction(found.labels, sure, order.clock.seconds, fine=fine)

    def _look(
        self,
        picture: Picture,
        look: Look,
        order: Order,
        painter_of: PainterOf,
    ) -> ScoreMap | None:
        """Run the network on the image and hand its scores to a painter."""
        if order.windows is not None:
            self._run_blended(picture.look(), look, order, painter_of)
            return None
        with order.clock.stage("preprocess"):
            prepared = self.built.prepare(picture.look(), look)
        size = picture.size
        run = self._run_windows if self.built.slide else self._run_whole
        with (
            memory_named(prepared.content, self.device),
            order.clock.stage("postprocess"),
        ):
            return run(prepared, size, order, painter_of)

    def _run_whole(
        self, prepared: Prepared, size: Size, order: Order, painter_of: PainterOf
    ) -> ScoreMap | None:
        order.check()
        with order.clock.stage("network"):
            logits, seen = self.built.scores(prepared.tensor)
        order.check()
        geometry = Geometry(seen, prepared.content, size, self.built.align_corners)
        head = (logits.shape[2], logits.shape[3])
        painter = painter_of(geometry, head)
        painter.paint(logits[0].to(self._paint_device), 0, order.check)
        if not order.scores:
            return None
        return score_map(logits[0], geometry.axes(head), self.rule)

    def _run_windows(
        self, prepared: Prepared, size: Size, order: Order, painter_of: PainterOf
    ) -> None:
        slide = self.built.slide
        assert slide is not None  # noqa: S101 - the caller looked
        image = prepared.tensor
        seen = (image.shape[2], image.shape[3])
        geometry = Geometry(seen, prepared.content, size, self.built.align_corners)
        painter = painter_of(geometry, seen)

        def scores_of(windows: torch.Tensor) -> torch.Tensor:
            with order.clock.stage("network"):
                return self._window_scores(windows)

        slide_over(image, slide, scores_of, painter, order.check)

    def _run_blended(
        self,
        pixels: NDArray[np.uint8],
        look: Look,
        order: Order,
        painter_of: PainterOf,
    ) -> None:
        assert order.windows is not None  # noqa: S101 - the caller looked
        side = order.windows.size
        with (
            memory_named((side, side), self.device),
            order.clock.stage("postprocess"),
        ):
            self._windowed.run(
                pixels,
                look,
                order.windows,
                painter_of,
                Course(order.clock.stage, order.check, order.tell),
            )

    def _window_scores(self, windows: torch.Tensor) -> torch.Tensor:
        """Return the head's logits of (N, 3, h, w) windows, at their size."""
        logits, seen = self.built.scores(windows)
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

    def _painter(self, geometry: Geometry, head: Size, order: Order) -> AnyPainter:
        channels = self.built.out_channels
        on_cpu = self._paint_device.type == "cpu"
        # Between the points of one row alone there are no cells.
        has_cells = min(head) > 1
        if on_cpu and has_cells and geometry.enlarges and not order.confidence:
            return CellPainter(geometry, head, self.rule, channels)
        axes = geometry.axes(head)
        if on_cpu:
            return TilePainter(
                axes,
                self.rule,
                channels,
                confidence=order.confidence,
                wide=order.wide,
            )
        return DevicePainter(
            axes,
            self.rule,
            channels,
            device=self._paint_device,
            confidence=order.confidence,
            wide=order.wide,
        )


def _temperature(source: ModelSource, built: "Runnable") -> Temperatures:
    """Return the temperature of a model; one for other classes is left out."""
    fits = len(source.temperature) in {1, len(built.classes)}
    return source.temperature if fits else ()


def _torch_model(
    source: ModelSource,
    device: Device,
    wanted: RunMode | Precision,
    note: Callable[[Noted], None],
) -> TorchModel:
    found = resolve_device(device, note)
    plain = untuned(found) if wanted == "auto" else None
    if not isinstance(wanted, RunMode):
        wanted = mode_for(source, found, wanted, note)
    return TorchModel(source, found, wanted, note, plain=plain)
