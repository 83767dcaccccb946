"""Predictions, packed so that many can be kept."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.app.session import ProposalView
from segdesk.core.errors import StorageError
from segdesk.core.language import tr

if TYPE_CHECKING:
    from segdesk.core.prediction import Prediction
    from segdesk.core.scores import ScoreLayout, ScoreMap
    from segdesk.jobs.events import PredictionDone


# Copying bytes stops all threads: of a huge image it is done a part at a time.
_PART_BYTES = 4_000_000


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
    scores
        The bytes of the score map; empty when a file holds them, or there is none.
    layout
        How they lie; None: there is no score map.
    file
        Holds them all, in this order; None: they are in memory.
    lengths
        Bytes of each in the file.
    """

    view: ProposalView
    labels: bytes
    confidence: bytes | None
    shape: tuple[int, int]
    scores: bytes = b""
    layout: "ScoreLayout | None" = None
    file: Path | None = None
    lengths: tuple[int, int, int] = (0, 0, 0)

    @property
    def size(self) -> int:
        """Bytes it takes, in memory or on disk."""
        if self.file is not None:
            return sum(self.lengths)
        return len(self.labels) + len(self.confidence or b"") + len(self.scores)


def pack(view: ProposalView) -> PackedProposal:
    """Pack a prediction. Slow: call it on a worker."""
    prediction = view.prediction
    empty = np.empty((0, 0), np.uint8)
    height, width = prediction.labels.shape
    confidence = prediction.confidence
    bare = replace(prediction, labels=empty, confidence=None, scores=None)
    layout, scores = prediction.scores.to_bytes() if prediction.scores else (None, None)
    return PackedProposal(
        replace(view, prediction=bare),
        _packed(prediction.labels),
        None if confidence is None else _packed(confidence),
        (height, width),
        b"" if scores is None else scores.tobytes(),
        layout,
    )


def take_over(done: "PredictionDone") -> tuple[ProposalView, PackedProposal]:
    """Read the engine's arrays, count the classes, pack a copy. Runs on a worker."""
    from segdesk.core.label_map import class_stats
    from segdesk.core.prediction import Prediction
    from segdesk.jobs.arrays import take, take_scores

    labels = take(done.labels)
    confidence = take(done.confidence) if done.confidence else None
    prediction = Prediction(
        labels,
        confidence,
        done.classes,
        done.model_id,
        done.device,
        done.seconds,
        take_scores(done.scores) if done.scores else None,
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
    labels, confidence, scores = packed.labels, packed.confidence, packed.scores
    if packed.file is not None:
        try:
            data = packed.file.read_bytes()
        except OSError as error:
            raise StorageError(
                tr("A proposal was not shown."),
                cause=tr(
                    "{file} cannot be read: {reason}.",
                    file=packed.file,
                    reason=error.strerror,
                ),
                hint=tr("Predict the image again."),
                detail=str(error),
            ) from error
        first, second = packed.lengths[0], sum(packed.lengths[:2])
        labels, scores = data[:first], data[second:]
        confidence = None if confidence is None else data[first:second]
    prediction: Prediction = replace(
        packed.view.prediction,
        labels=_array(labels, packed.shape),
        confidence=None if confidence is None else _array(confidence, packed.shape),
        scores=_score_map(packed.layout, scores),
    )
    return replace(packed.view, prediction=prediction)


def _array(data: bytes, shape: tuple[int, int]) -> NDArray[np.uint8]:
    whole = np.empty(shape[0] * shape[1], np.uint8)
    at, packed, unpacker = 0, data, zlib.decompressobj()
    while at < whole.size and not unpacker.eof:
        part = unpacker.decompress(packed, _PART_BYTES)
        packed = unpacker.unconsumed_tail
        whole[at : at + len(part)] = np.frombuffer(part, np.uint8)
        at += len(part)
    return whole.reshape(shape)


def _packed(array: NDArray[np.uint8]) -> bytes:
    packer = zlib.compressobj(1)
    parts = [packer.compress(part.data) for part in _parts(array)]
    return b"".join((*parts, packer.flush()))


def _parts(array: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    flat = np.ascontiguousarray(array).reshape(-1)
    for start in range(0, flat.size, _PART_BYTES):
        yield flat[start : start + _PART_BYTES]


def _score_map(layout: "ScoreLayout | None", data: bytes) -> "ScoreMap | None":
    from segdesk.core.scores import ScoreMap

    if layout is None:
        return None
    return ScoreMap.from_bytes(layout, np.frombuffer(data, np.uint8))
