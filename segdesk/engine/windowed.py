"""A model that predicts images in blended windows: `windows` on a real network."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.engine.batch.lanes import lanes_for
from segdesk.engine.looks import Look
from segdesk.engine.paint.postprocess import Geometry
from segdesk.engine.preprocess import Size, padded
from segdesk.engine.runnable import Runnable
from segdesk.engine.sliding import Painter
from segdesk.engine.windows import Course, WindowNetwork, blend_over, tile_image
from segdesk.jobs.specs import Windows

_PROBE: Size = (256, 256)


class WindowedModel:
    """Predicts the windows of images with one model.

    Parameters
    ----------
    model
        Runs the network.
    paint_device
        Where its scores are wanted.
    """

    def __init__(self, model: Runnable, paint_device: torch.device) -> None:
        self._model = model
        self._paint_device = paint_device

    def run(
        self,
        pixels: NDArray[np.uint8],
        look: Look,
        windows: Windows,
        painter_of: Callable[[Geometry, Size], Painter],
        course: Course,
    ) -> None:
        """Predict an image and hand its scores to a painter, from the top.

        Parameters
        ----------
        pixels
            (H, W, 3) RGB; read one window at a time where the look is the plain one.
        look
            How to look at it.
        painter_of
            Makes the painter.
        course
            How it is timed, watched and stopped.
        """
        size = (pixels.shape[0], pixels.shape[1])
        seen = _looked_at(pixels, look)
        network = self._network()
        rows, columns = tile_image((seen.shape[0], seen.shape[1]), windows, network)
        padded_size = (rows.length, columns.length)
        points = (rows.points, columns.points)
        if look.scale == 1:  # from the grid to the image in one enlargement
            geometry = Geometry(
                points, points, padded_size, align_corners=False, shown=size
            )
        else:
            content = (seen.shape[0], seen.shape[1])
            geometry = Geometry(padded_size, content, size, align_corners=False)
        painter = painter_of(geometry, points)
        blend_over(seen, (rows, columns), network, painter, course)

    def _network(self) -> WindowNetwork:
        model, grid = self._model, self._grid

        def scores_of(window: NDArray[np.uint8], side: Size) -> torch.Tensor:
            tensor = model.prepare(window, as_it_is=True).tensor
            # The config's own padding may go further than a window does.
            tensor = padded(tensor[:, :, : side[0], : side[1]], side)
            logits, seen = model.scores(tensor)
            if grid == 1 and tuple(logits.shape[2:]) != seen:
                logits = F.interpolate(
                    logits,
                    size=seen,
                    mode="bilinear",
                    align_corners=model.align_corners,
                )
            return logits[0].to(self._paint_device)

        fit = model.fit
        return WindowNetwork(
            scores_of,
            model.out_channels,
            fit.divisor,
            fit.least,
            fit.only,
            grid,
            model.align_corners,
            lanes_for(model),
        )

    @cached_property
    def _grid(self) -> int:
        """Pixels of the input between two points of the head's output.

        1 where they do not lie on a regular grid: scores are resized to the window.
        """
        fit = self._model.fit
        side = fit.least if fit.only else fit.target(_PROBE)
        window = np.zeros((*side, 3), np.uint8)
        tensor = self._model.prepare(window, as_it_is=True).tensor
        logits, seen = self._model.scores(tensor[:, :, : side[0], : side[1]])
        steps = {
            length / points
            for length, points in zip(seen, logits.shape[2:], strict=True)
        }
        step = steps.pop()
        return int(step) if not steps and step == int(step) else 1


def _looked_at(pixels: NDArray[np.uint8], look: Look) -> NDArray[np.uint8]:
    """Return the image as the look asks for, without a copy where there is none."""
    if look.scale != 1:
        height, width = pixels.shape[:2]
        size = (max(1, round(width * look.scale)), max(1, round(height * look.scale)))
        scaled: NDArray[np.uint8] = load_cv2().resize(pixels, size)
        pixels = scaled
    return pixels[:, ::-1] if look.mirrored else pixels
