"""Predictions of this sitting, kept so that going back costs nothing."""

import zlib
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.app.session import ProposalView

if TYPE_CHECKING:
    from segdesk.core.prediction import Prediction
    from segdesk.jobs.events import PredictionDone

_BUDGET_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class PackedProposal:
    """A proposal with its arrays compressed.

    Parameters
    ----------
    view
        The proposal with empty arrays.
    labels, confidence
        Compressed (H, W) uint8.
    shape
        H and W.
    """

    view: ProposalView
    labels: bytes
    confidence: bytes | None
    shape: tuple[int, int]

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return len(self.labels) + len(self.confidence or b"")


class KeptProposals:
    """Packed predictions by image, the least recently used dropped first."""

    def __init__(self, budget_bytes: int = _BUDGET_BYTES) -> None:
        self._budget = budget_bytes
        self._packed: OrderedDict[tuple[Path, str], PackedProposal] = OrderedDict()

    def __contains__(self, key: tuple[Path, str]) -> bool:
        """Tell whether there is a prediction for (image, model id)."""
        return key in self._packed

    def has(self, path: Path) -> bool:
        """Tell whether any model's prediction of an image is kept."""
        return any(kept == path for kept, _ in self._packed)

    def put(self, path: Path, packed: PackedProposal) -> None:
        """Keep what `pack` made."""
        key = (path, packed.view.prediction.model_id)
        self._packed[key] = packed
        self._packed.move_to_end(key)
        size = sum(kept.size for kept in self._packed.values())
        while size > self._budget and len(self._packed) > 1:
            _, dropped = self._packed.popitem(last=False)
            size -= dropped.size

    def get(self, path: Path, model_id: str) -> PackedProposal | None:
        """Return what is kept; `unpack` it on a worker."""
        packed = self._packed.get((path, model_id))
        if packed is not None:
            self._packed.move_to_end((path, model_id))
        return packed

    def drop(self, path: Path, model_id: str) -> None:
        """Forget one prediction."""
        self._packed.pop((path, model_id), None)

    def drop_model(self, model_id: str) -> None:
        """Forget all predictions of a model."""
        for key in [key for key in self._packed if key[1] == model_id]:
            del self._packed[key]


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
    """Return what was packed. Slow: call it on a worker."""
    prediction: Prediction = replace(
        packed.view.prediction,
        labels=_array(packed.labels, packed.shape),
        confidence=(
            None
            if packed.confidence is None
            else _array(packed.confidence, packed.shape)
        ),
    )
    return replace(packed.view, prediction=prediction)


def _array(data: bytes, shape: tuple[int, int]) -> NDArray[np.uint8]:
    return np.frombuffer(zlib.decompress(data), np.uint8).reshape(shape)
