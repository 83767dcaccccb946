"""Predictions, packed so that many can be kept."""

import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.app.session import ProposalView
from segdesk.core.errors import StorageError

if TYPE_CHECKING:
    from segdesk.core.prediction import Prediction
    from segdesk.jobs.events import PredictionDone


@dataclass(frozen=True, slots=True)
class PackedProposal:
    """A proposal with its arrays compressed.

    Parameters
    ----------
    view
        The proposal with empty arrays.
    labels, confidence
        Compressed (H, W) uint8; empty when a file holds them.
    shape
        H and W.
    file
        Holds both, the labels first; None: they are in memory.
    lengths
        Bytes of both in the file.
    """

    view: ProposalView
    labels: bytes
    confidence: bytes | None
    shape: tuple[int, int]
    file: Path | None = None
    lengths: tuple[int, int] = (0, 0)

    @property
    def size(self) -> int:
        """Bytes it takes, in memory or on disk."""
        if self.file is not None:
            return sum(self.lengths)
        return len(self.labels) + len(self.confidence or b"")


def pack(view: ProposalView) -> PackedProposal:
    """Pack a prediction. Slow: call it on a worker."""
    prediction = view.prediction
    empty = np.empty((0, 0), np.uint8)
    height, width = prediction.labels.shape
    confidence = prediction.confidence
    return PackedProposal(
        replace(view, prediction=replace(prediction, labels=empty, confidence=None)),
        zlib.compress(prediction.labels.tobytes(), 1),
        None if confidence is None else zlib.compress(confidence.tobytes(), 1),
        (height, width),
    )


def take_over(done: "PredictionDone") -> tuple[ProposalView, PackedProposal]:
    """Read the engine's arrays, count the classes, pack a copy. Runs on a worker."""
    from segdesk.core.label_map import class_stats
    from segdesk.core.prediction import Prediction
    from segdesk.jobs.arrays import take

    labels = take(done.labels)
    confidence = take(done.confidence) if done.confidence else None
    prediction = Prediction(
        labels, confidence, done.classes, done.model_id, done.device, done.seconds
    )
    statistics = class_stats(labels, len(done.classes), confidence)
    view = ProposalView(prediction, statistics)
    return view, pack(view)


def unpack(packed: PackedProposal) -> ProposalView:
    """Return what was packed. Slow: call it on a worker.

    Raises
    ------
    StorageError
        When it was on disk and is not there any more: predict anew.
    """
    labels, confidence = packed.labels, packed.confidence
    if packed.file is not None:
        try:
            data = packed.file.read_bytes()
        except OSError as error:
            raise StorageError(
                "A proposal was not shown.",
                cause=f"{packed.file} cannot be read: {error.strerror}.",
                hint="Predict the image again.",
                detail=str(error),
            ) from error
        labels = data[: packed.lengths[0]]
        confidence = None if confidence is None else data[packed.lengths[0] :]
    prediction: Prediction = replace(
        packed.view.prediction,
        labels=_array(labels, packed.shape),
        confidence=None if confidence is None else _array(confidence, packed.shape),
    )
    return replace(packed.view, prediction=prediction)


def _array(data: bytes, shape: tuple[int, int]) -> NDArray[np.uint8]:
    return np.frombuffer(zlib.decompress(data), np.uint8).reshape(shape)
