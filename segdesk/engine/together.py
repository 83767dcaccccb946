"""Several images in one run of the network: what a GPU wants of small ones."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.temperature import Temperatures
from segdesk.engine.order import RawPrediction
from segdesk.engine.paint.confidence import both_widths
from segdesk.engine.paint.device_painter import DevicePainter
from segdesk.engine.paint.postprocess import Geometry, Scores
from segdesk.engine.runnable import Runnable


def predict_together(
    model: Runnable,
    images: Sequence[NDArray[np.uint8]],
    *,
    confidence: bool,
    wide: bool = False,
    temperature: Temperatures = (),
    check: Callable[[], None],
) -> list[RawPrediction] | None:
    """Predict images whose inputs have one size, each as a whole.

    A GPU that one small image leaves idle does several in about the same time.

    Parameters
    ----------
    model
        What runs the network.
    images
        (H, W, 3) each, RGB.
    confidence
        Whether to return the confidence too.
    wide
        In 16 bits.
    temperature
        What the scores are divided by before they become a confidence.
    check
        Raises to cancel.

    Returns
    -------
    found
        None: the model takes windows, or the inputs are not of one size.

    Raises
    ------
    ModelError
        As `Predictor.predict`; fewer images may still fit.
    """
    if model.slide is not None:
        return None
    with torch.inference_mode():
        inputs = [model.prepare(pixels) for pixels in images]
        if len({one.tensor.shape for one in inputs}) > 1:
            return None
        check()
        logits, seen = model.scores(torch.cat([one.tensor for one in inputs]))
        rule = Scores(model.head, model.threshold, temperature)
        found = []
        for pixels, one, own in zip(images, inputs, logits, strict=True):
            size = (pixels.shape[0], pixels.shape[1])
            geometry = Geometry(seen, one.content, size, model.align_corners)
            painter = DevicePainter(
                geometry.axes((own.shape[1], own.shape[2])),
                rule,
                model.out_channels,
                device=own.device,
                confidence=confidence and model.tells_confidence,
                wide=wide,
            )
            painter.paint(own, 0, check)
            sure, fine = both_widths(painter.confidence)
            found.append(RawPrediction(painter.labels, sure, {}, fine=fine))
    return found
