"""A model that MMDeploy exported, run by ONNX Runtime."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.errors import CheckpointError, ClassesUnknownError, ModelError
from segdesk.core.language import tr
from segdesk.engine.architecture import architecture_name
from segdesk.engine.devices import resolve_device
from segdesk.engine.export.mmdeploy_pipeline import Pipeline, read_pipeline
from segdesk.engine.export.onnx_session import OnnxSession, described, fixed_size
from segdesk.engine.head import HeadKind
from segdesk.engine.looks import PLAIN, Look
from segdesk.engine.network import Fit
from segdesk.engine.preprocess import Prepared, Size, padded, resized, resizes_of
from segdesk.engine.sliding import Slide
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import Device, ModelSource, Precision


class MmdeployModel:
    """A `Runnable` of `end2end.onnx` with its `pipeline.json`.

    Such a file mostly gives labels alone. These are taken as votes: resizing, windows
    and several looks work on them, but they tell no confidence.

    Parameters
    ----------
    source
        `checkpoint` is the graph, `config` the pipeline.
    device
        Where to run it.
    note
        Takes what the user must know although the model works.

    Raises
    ------
    ConfigError
        The pipeline cannot be read or does what SegDesk cannot do.
    CheckpointError
        The graph is damaged or none of a segmentation.
    ClassesUnknownError
        Nobody has named the classes; MMDeploy does not.
    OpsMissingError
        ONNX Runtime, or an operator of MMDeploy's own, is missing.
    """

    precision: Precision = "fp32"
    align_corners = False
    slide: Slide | None = None

    def __init__(
        self, source: ModelSource, device: Device, note: Callable[[Noted], None]
    ) -> None:
        assert source.config is not None  # noqa: S101 - the caller looked
        self._pipeline = read_pipeline(source.config)
        wanted = resolve_device(device, note)
        self._session = OnnxSession(source.checkpoint, wanted, note)
        self.device = self._session.device
        self.outcome = Outcome(self._session, self._pipeline)
        count = self.outcome.num_classes
        if source.classes is None:
            raise ClassesUnknownError(
                tr("{id} was not loaded.", id=source.id),
                cause=tr("MMDeploy does not write the names of the classes."),
                hint=tr("Name them, in the order of their indices."),
            )
        self.classes = source.classes
        if count and len(self.classes) != count:
            raise CheckpointError(
                tr("{id} was not loaded.", id=source.id),
                cause=tr(
                    "It predicts {count} classes, but {classes} are named.",
                    count=count,
                    classes=len(self.classes),
                ),
                hint=tr("Give a list of {count} classes.", count=count),
            )
        self.architecture = f"{self.outcome.architecture} (ONNX)"
        self.tells_confidence = not self.outcome.is_labels
        self.out_channels = self.outcome.channels or len(self.classes)
        self.head = _head(self.out_channels)
        self.threshold = self._pipeline.threshold
        size = self.outcome.size
        divisor = self._pipeline.pad_divisor
        self.fit = Fit(1, size, only=True) if size else Fit(divisor, (divisor, divisor))
        self._resizes = resizes_of(self._pipeline.resizes)

    def prepare(
        self, pixels: NDArray[np.uint8], look: Look = PLAIN, *, as_it_is: bool = False
    ) -> Prepared:
        """Return the network's input for an image, as the pipeline says."""
        steps = resizes_of(()) if as_it_is else self._resizes
        image = np.ascontiguousarray(resized(pixels, steps, look))
        values = np.ascontiguousarray(self._pipeline.normalised(image))
        tensor = torch.from_numpy(values).permute(2, 0, 1)[None]
        return Prepared(tensor, (image.shape[0], image.shape[1]))

    def scores(self, image: torch.Tensor) -> tuple[torch.Tensor, Size]:
        """Run the graph; see `Network`. Labels come as one score of 1 a pixel.

        Raises
        ------
        ModelError
            A label has no name, or the image is not of the one size that it takes.
        """
        size = self.outcome.size
        if size and (image.shape[2] > size[0] or image.shape[3] > size[1]):
            raise ModelError(
                tr("The image was not predicted."),
                cause=tr(
                    "The graph takes {size} × {size2} pixels alone.",
                    size=size[1],
                    size2=size[0],
                ),
                hint=tr("Predict it in windows of that size."),
            )
        full = padded(image, size) if size else image
        batch = np.ascontiguousarray(full.cpu().numpy(), np.float32)
        name = self.outcome.name
        found = np.concatenate([self._session.run(name, one[None]) for one in batch])
        seen = (int(full.shape[2]), int(full.shape[3]))
        if not self.outcome.is_labels:
            return torch.from_numpy(found.astype(np.float32)), seen
        return self._votes(found.reshape(len(batch), *found.shape[-2:])), seen

    def _votes(self, labels: NDArray[Any]) -> torch.Tensor:
        highest = int(labels.max(initial=0))
        if highest >= len(self.classes):
            raise ModelError(
                tr("The image was not predicted."),
                cause=tr(
                    "The model gave the label {highest}, but only {classes} "
                    "classes are named.",
                    highest=highest,
                    classes=len(self.classes),
                ),
                hint=tr("Name all of its classes, in the order of their indices."),
            )
        whole = torch.from_numpy(labels.astype(np.int64))
        votes = torch.nn.functional.one_hot(whole, len(self.classes))
        return votes.permute(0, 3, 1, 2).float()


def _head(channels: int) -> HeadKind:
    return "sigmoid" if channels == 1 else "softmax"


class Outcome:
    """What a graph takes and gives.

    Parameters
    ----------
    session
        The graph.
    pipeline
        What belongs to it.

    Attributes
    ----------
    name
        Of its output.
    is_labels
        It gives labels, not scores.
    channels
        Of the scores; 0: of labels, or not said.
    num_classes
        How many labels there are; 0: nobody says.
    size
        (height, width) that it takes; None: any.
    architecture
        Such as "DeepLabV3+".

    Raises
    ------
    CheckpointError
        It is not the graph of a segmentation.
    """

    def __init__(self, session: OnnxSession, pipeline: Pipeline) -> None:
        shape = session.inputs[0].shape
        outputs = session.outputs
        if len(shape) != 4 or len(session.inputs) != 1 or len(outputs) != 1:
            raise CheckpointError(
                tr("{name} was not opened.", name=session.name),
                cause=tr(
                    "It is not a segmentation of one image at a time: {described}.",
                    described=described(session),
                ),
                hint=tr(
                    "Give the end2end.onnx that MMDeploy wrote for an mmseg model."
                ),
            )
        output = outputs[0]
        self.name: str = output.name
        self.is_labels = "int" in str(output.type)
        depth = output.shape[1] if len(output.shape) == 4 else 0
        self.channels = depth if isinstance(depth, int) and not self.is_labels else 0
        labels = 2 if self.channels == 1 else self.channels
        self.num_classes = labels or pipeline.num_classes
        self.size = fixed_size(shape)
        head = {"type": pipeline.architecture}
        self.architecture = architecture_name({"decode_head": head})
