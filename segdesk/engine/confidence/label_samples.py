"""What a model says at some labelled pixels of each image of a split."""

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.imaging import read_image
from segdesk.core.language import tr
from segdesk.core.temperature import SureSamples, samples_of
from segdesk.engine.failures import RAISED, told_of_item
from segdesk.engine.paint.score_map import rule_of
from segdesk.formats.mmseg_dataset import Pair
from segdesk.formats.png_mask import read_mask
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import ItemFailed, Progress

if TYPE_CHECKING:
    from segdesk.engine.predictor import Predictor
    from segdesk.engine.tta import KeptScores

_MOST_IMAGES = 100
_MOST_OF_IMAGE = 20_000
_MOST_PIXELS = 300_000
_MOST_VALUES = 24_000_000
_LEAST_OF_IMAGE = 500


class LabelSamples:
    """Draws labelled pixels from images and asks the model about them.

    Parameters
    ----------
    predictor
        The model; its scores are taken as they are.
    known
        (256,) the model's class of each label of the data; 255 for what is no class.
    context
        Takes the failures, and how far it is.

    Attributes
    ----------
    failed
        Images that could not be read or predicted.
    """

    def __init__(
        self,
        predictor: "Predictor",
        known: NDArray[np.uint8],
        context: JobContext,
    ) -> None:
        self.failed = 0
        self._predictor = predictor
        self._known = known
        self._context = context

    def draw(self, pairs: Sequence[Pair]) -> list[SureSamples]:
        """Return the pixels of each image that has some; many images are thinned out.

        Raises
        ------
        JobCancelledError
            The user stopped it.
        """
        chosen = _thinned(pairs)
        channels = self._predictor.built.out_channels
        room = min(_MOST_PIXELS, _MOST_VALUES // channels) // max(1, len(chosen))
        count = max(_LEAST_OF_IMAGE, min(_MOST_OF_IMAGE, room))
        found = []
        for index, pair in enumerate(chosen):
            self._context.check()
            try:
                part = self._of_image(index, pair, count)
            except (SegDeskError, *RAISED) as error:
                self._fail(index, pair, error)
                part = None
            if part is not None:
                found.append(part)
            self._context.report(
                Progress(index + 1, len(chosen), "images", pair.image.name)
            )
        return found

    def _of_image(self, index: int, pair: Pair, count: int) -> SureSamples | None:
        pixels = read_image(pair.image).pixels
        truth = self._known[read_mask(pair.mask)]
        if truth.shape != pixels.shape[:2]:
            raise InputError(
                tr("{name} was not looked at.", name=pair.image.name),
                cause=tr("Its mask is of another size than the image."),
                hint=tr("Export the mask again at the image's size."),
            )
        classes = len(self._predictor.built.classes)
        labelled = np.flatnonzero(truth < classes)
        if not len(labelled):
            return None
        drawn = np.random.default_rng(index).permutation(len(labelled))[:count]
        places = np.sort(labelled[drawn])
        rows, columns = np.divmod(places, truth.shape[1])
        with self._predictor.looked_at(pixels, check=self._context.check) as mean:
            scores = scores_at(mean.kept[0], rows, columns)
        model = self._predictor.built
        rule = rule_of(self._predictor.rule, len(scores))
        said = truth.reshape(-1)[places].astype(np.intp)
        return samples_of(scores, said, index, rule, model.threshold)

    def _fail(self, index: int, pair: Pair, error: BaseException) -> None:
        told = told_of_item(
            error, tr("{name} was not looked at.", name=pair.image.name)
        )
        self.failed += 1
        self._context.report(
            ItemFailed(
                index=index,
                source=pair.image,
                message=told.message,
                cause=told.cause,
                hint=told.hint,
            )
        )


def scores_at(
    kept: "KeptScores", rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Return the interpolated scores at pixels of the image.

    Parameters
    ----------
    rows, columns
        (N,) places.

    Returns
    -------
    scores
        (C, N).
    """
    height, width = kept.scores.shape[1:]
    device = kept.scores.device
    total = torch.zeros((len(kept.scores), len(rows)), device=device)
    for tall in range(kept.rows.taps):
        y = np.minimum(kept.rows.first[rows] + tall, height - 1)
        of_row = kept.rows.weights[rows, tall]
        for wide in range(kept.columns.taps):
            x = np.minimum(kept.columns.first[columns] + wide, width - 1)
            weight = of_row * kept.columns.weights[columns, wide]
            if not weight.any():
                continue
            part = kept.scores[:, torch.from_numpy(y), torch.from_numpy(x)]
            total += part.float() * torch.from_numpy(weight).to(device)
    found: NDArray[np.float32] = total.cpu().numpy()
    return found


def _thinned(pairs: Sequence[Pair]) -> list[Pair]:
    if len(pairs) <= _MOST_IMAGES:
        return list(pairs)
    return random.Random(0).sample(pairs, _MOST_IMAGES)  # noqa: S311 - no secret
