"""A model that SegDesk exported, run by ONNX Runtime."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.errors import CheckpointError
from segdesk.core.language import tr
from segdesk.engine.devices import resolve_device
from segdesk.engine.export.onnx_facts import (
    METADATA_KEY,
    SCORES,
    OnnxFacts,
    decode_facts,
)
from segdesk.engine.export.onnx_session import OnnxSession, described
from segdesk.engine.looks import PLAIN, Look
from segdesk.engine.network import Fit
from segdesk.engine.preprocess import Prepared, Size, padded, resized, resizes_of
from segdesk.engine.sliding import Slide
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import Device, ModelSource, Precision


class OnnxModel:
    """A `Runnable` of a file that SegDesk wrote.

    Its scores are taken before the graph resizes them, so all that is done with those
    of PyTorch is done here too. An image is kept as the difference to the colour that
    the graph subtracts: zeros beside it stand for nothing, as with PyTorch.

    Parameters
    ----------
    source
        `checkpoint` is the file.
    device
        Where to run it.
    precision
        What was asked for; the file decides, and says so where it differs.
    note
        Takes what the user must know although the model works.

    Raises
    ------
    CheckpointError
        It is damaged, or SegDesk did not write it.
    OpsMissingError
        ONNX Runtime is missing.
    """

    tells_confidence = True

    def __init__(
        self,
        source: ModelSource,
        device: Device,
        precision: Precision,
        note: Callable[[Noted], None],
    ) -> None:
        wanted = resolve_device(device, note)
        self._session = OnnxSession(source.checkpoint, wanted, note)
        facts = facts_of(self._session)
        self.device = self._session.device
        self.precision: Precision = facts.precision
        if precision not in {facts.precision, "fp32", "auto"}:
            cause = tr("{name} was exported so.", name=source.checkpoint.name)
            text = tr(
                "Computing in {precision} instead of {precision2}.",
                precision=facts.precision,
                precision2=precision,
            )
            note(Noted("info", text, cause=cause))
        self.facts = facts
        self.classes = source.classes or facts.classes
        self.architecture = f"{facts.architecture} (ONNX)"
        self.head = facts.head
        self.threshold = facts.threshold
        self.out_channels = facts.out_channels
        self.align_corners = facts.align_corners
        self.fit = _fit(facts)
        self.slide = _slide(facts)
        self._resizes = resizes_of(facts.resize)
        self._fill = np.array(facts.fill, np.float32)

    def prepare(
        self, pixels: NDArray[np.uint8], look: Look = PLAIN, *, as_it_is: bool = False
    ) -> Prepared:
        """Return an image as the difference to the graph's colour for nothing.

        Where windows are cut it is padded as the graph would, so that they lie where
        they lie with PyTorch.
        """
        image = resized(pixels, resizes_of(()) if as_it_is else self._resizes, look)
        content = (image.shape[0], image.shape[1])
        shifted = torch.from_numpy(image.astype(np.float32) - self._fill)
        tensor = shifted.permute(2, 0, 1)[None]
        if self.facts.windows and self.facts.paddings and not as_it_is:
            tensor = padded(tensor, self.facts.paddings[0].target(content))
        return Prepared(tensor, content)

    def scores(self, image: torch.Tensor) -> tuple[torch.Tensor, Size]:
        """Run the graph as far as its scores; see `Network`."""
        size = (int(image.shape[2]), int(image.shape[3]))
        if self.facts.size:
            image = padded(image, self.facts.size)
        last = image.permute(0, 2, 3, 1).cpu().numpy() + self._fill
        pixels = last.round().clip(0, 255).astype(np.uint8)
        found = [self._session.run(SCORES, one[None]) for one in pixels]
        return torch.from_numpy(np.concatenate(found)), self.facts.seen(
            self.facts.size or size
        )


def facts_of(session: OnnxSession) -> OnnxFacts:
    """Return what SegDesk wrote into a file.

    Raises
    ------
    CheckpointError
        It did not write the file.
    """
    text = session.metadata.get(METADATA_KEY)
    if text is None:
        raise CheckpointError(
            tr("{name} was not opened.", name=session.name),
            cause=tr(
                "It does not say how an image is brought into it and what "
                "its labels are called: {described}.",
                described=described(session),
            ),
            hint=tr(
                "Export the model with `segdesk export`, or give the folder that "
                "MMDeploy wrote, with its pipeline.json."
            ),
        )
    return decode_facts(text, session.name)


def _fit(facts: OnnxFacts) -> Fit:
    if facts.size:
        return Fit(1, facts.size, only=True)
    divisor = max((padding.divisor for padding in facts.paddings), default=1)
    return Fit(divisor, facts.seen((1, 1)))


def _slide(facts: OnnxFacts) -> Slide | None:
    if facts.windows is None:
        return None
    return Slide(facts.windows.size, facts.windows.stride)
