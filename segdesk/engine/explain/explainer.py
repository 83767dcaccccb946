"""A model in memory that can be asked for its reasons."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.errors import InputError, ModelError
from segdesk.core.language import plural, tr
from segdesk.engine.devices import resolve_device
from segdesk.engine.explain import answer, methods
from segdesk.engine.explain.layers import LayerTree
from segdesk.engine.explain.passes import Passes, Tell, failures_named
from segdesk.engine.explain.target import (
    Reading,
    Said,
    Target,
    point_weights,
    usual_class,
)
from segdesk.engine.export.onnx_opening import open_onnx
from segdesk.engine.looks import PLAIN, Look
from segdesk.engine.preprocess import Prepared, Size, padded
from segdesk.engine.torch_model import TorchModel
from segdesk.jobs.events import Noted
from segdesk.jobs.explain_events import MapLayer
from segdesk.jobs.explain_specs import ExplainMethod
from segdesk.jobs.model_source import Device, ModelSource
from segdesk.jobs.tune_specs import RunMode
from segdesk.library.model_files import is_onnx

if TYPE_CHECKING:
    from segdesk.engine.runnable import Runnable

# Pixels of the network's input beyond which the image is made smaller.
_MOST_PIXELS: dict[ExplainMethod, int] = {
    "saliency": 1_000_000,
    "occlusion": 400_000,
    "ablation-cam": 1_000_000,
}
_MOST_OTHERWISE = 2_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is asked; the fields are those of `ExplainSpec`."""

    method: ExplainMethod
    class_index: int | None = None
    at: tuple[int, int] | None = None
    layer: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """A model's answer.

    Parameters
    ----------
    heat
        (H, W) float32, from 0 on.
    confidence, entropy
        (H, W) float32, 0-1.
    chances
        Probability of each class at the pixel, or its mean over the pixels asked for.
    scale
        By what the image was made smaller for the network; 1: not at all.
    weak
        The model gives no pixel the class; its traces are explained.
    """

    class_index: int
    heat: NDArray[np.float32]
    confidence: NDArray[np.float32]
    entropy: NDArray[np.float32]
    chances: tuple[float, ...]
    layer: str
    layers: tuple[MapLayer, ...]
    scale: float
    weak: bool


class Explainer:
    """Explains images with one model.

    It has a network of its own, without what makes predicting fast: every module runs
    by itself and lets gradients through. ONNX models can be asked by occlusion alone.

    Parameters
    ----------
    source
        The model.
    device
        Where to run it.
    note
        Takes what the user must know although the model works.

    Raises
    ------
    SegDeskError
        As `TorchModel`.
    """

    def __init__(
        self, source: ModelSource, device: Device, note: Callable[[Noted], None]
    ) -> None:
        self._torch: TorchModel | None = None
        self.built: Runnable
        if is_onnx(source.checkpoint):
            self.built = open_onnx(source, device, "fp32", note)
        else:
            found = resolve_device(device, note)
            self._torch = TorchModel(source, found, RunMode(), note, shortcuts=False)
            self.built = self._torch
            for part in self._torch.module.modules():
                if getattr(part, "inplace", False) is True:
                    part.inplace = False  # type: ignore[assignment]
            self._torch.module.requires_grad_(requires_grad=False)
        self.device = self.built.device
        fits = len(source.temperature) in {1, len(self.built.classes)}
        self._reading = Reading(
            self.built.head, self.built.threshold, source.temperature if fits else ()
        )

    def explain(
        self,
        pixels: NDArray[np.uint8],
        question: Question,
        *,
        tell: Tell = lambda _done, _all: None,
        check: Callable[[], None] = lambda: None,
    ) -> Explanation:
        """Ask the model about one image.

        Parameters
        ----------
        pixels
            (H, W, 3), RGB.
        tell
            Takes the passes of the network that are done, and all.
        check
            Called before each pass; raises to cancel.

        Raises
        ------
        InputError
            The pixel lies outside, or there is no such class or layer.
        ModelError
            The network cannot be asked this way.
        MemoryShortError
            The memory does not suffice.
        """
        self._refuse(pixels, question)
        size = (pixels.shape[0], pixels.shape[1])
        prepared, scale = self._prepared(pixels, question.method)
        seen = self._seen(prepared)
        with failures_named():
            said = self._said(prepared, seen)
            place = answer.Place(size, prepared.content, seen)
            target, weak = self._target(said, question, place)
            asked = Passes(self.run, target, tell, check)
            image = padded(prepared.tensor, seen)
            heat, layer, layers = self._heat(asked, question, image)
            confidence, entropy = answer.doubts(said, place)
        return Explanation(
            class_index=target.index,
            heat=answer.enlarged(heat, place),
            confidence=confidence,
            entropy=entropy,
            chances=self._chances(said, target),
            layer=layer,
            layers=layers,
            scale=scale,
            weak=weak,
        )

    # ------------------------------------------------------------ the question

    def _refuse(self, pixels: NDArray[np.uint8], question: Question) -> None:
        height, width = pixels.shape[:2]
        if question.at is not None:
            x, y = question.at
            if not (0 <= x < width and 0 <= y < height):
                raise InputError(
                    tr("The image was not explained."),
                    cause=tr(
                        "The pixel {x}, {y} lies outside; the image has {width} × "
                        "{height}.",
                        x=x,
                        y=y,
                        width=width,
                        height=height,
                    ),
                    hint=tr(
                        "Choose a pixel inside, counted from 0, 0 at the top left."
                    ),
                )
        count = len(self.built.classes)
        if question.class_index is not None and not 0 <= question.class_index < count:
            raise InputError(
                tr("The image was not explained."),
                cause=tr("The model has no class {n}.", n=question.class_index),
                hint=plural(
                    count, "It has {n} class.", "It has {n} classes, counted from 0."
                ),
            )
        if self._torch is None and question.method != "occlusion":
            raise ModelError(
                tr("The image was not explained."),
                cause=tr(
                    "{method} looks into the network, and an ONNX file does not show "
                    "it.",
                    method=question.method,
                ),
                hint=tr("Use occlusion, or the model's PyTorch checkpoint."),
            )
        if not self.built.tells_confidence:
            raise ModelError(
                tr("The image was not explained."),
                cause=tr("This model gives labels alone, without scores."),
                hint=tr("Use the model's PyTorch checkpoint."),
            )

    def _prepared(
        self, pixels: NDArray[np.uint8], method: ExplainMethod
    ) -> tuple[Prepared, float]:
        """Return the network's input, smaller where it would be too large."""
        first = self.built.prepare(pixels, PLAIN)
        height, width = first.content
        most = _MOST_PIXELS.get(method, _MOST_OTHERWISE)
        scale = min(1.0, math.sqrt(most / (height * width)))
        fit = self.built.fit
        if fit.only:
            scale = min(scale, fit.least[0] / height, fit.least[1] / width)
        if scale == 1:
            return first, scale
        return self.built.prepare(pixels, Look(scale=scale * 0.999)), scale

    def _seen(self, prepared: Prepared) -> Size:
        size = (prepared.tensor.shape[2], prepared.tensor.shape[3])
        return self.built.fit.target(size)

    def run(self, image: torch.Tensor) -> torch.Tensor:
        """Return (N, C, h, w) scores of padded input."""
        if self._torch is None:
            return self.built.scores(image)[0].float()
        return self._torch.network.with_gradients(image)

    def _said(self, prepared: Prepared, seen: Size) -> Said:
        with torch.no_grad():
            logits = self.run(padded(prepared.tensor, seen))
        return Said(logits[0], self._reading)

    def _target(
        self, said: Said, question: Question, place: answer.Place
    ) -> tuple[Target, bool]:
        """Return what is explained, and whether the model has only traces of it."""
        labels = said.labels()
        shape = (labels.shape[0], labels.shape[1])
        index = question.class_index
        if question.at is not None:
            at = place.share_of(question.at)
            weights = point_weights(shape, at, labels.device)
            if index is None:
                index = int((said.chances() * weights).sum(dim=(1, 2)).argmax())
            return Target(index, weights, said.reading), False
        inside = place.inside(shape).to(labels.device)
        if index is None:
            index = usual_class(labels[inside], self.built.classes)
        there = ((labels == index) & inside).float()
        weak = not bool(there.any())
        if weak:
            there = said.chances()[index] * inside
        return Target(index, there / there.sum().clamp(min=1e-12), said.reading), weak

    # ------------------------------------------------------------ the answer

    def _heat(
        self, asked: Passes, question: Question, image: torch.Tensor
    ) -> tuple[torch.Tensor, str, tuple[MapLayer, ...]]:
        if question.method == "occlusion":
            layers = () if self._torch is None else self._tree(image).layers
            asked.count = methods.occlusion_passes(image)
            with torch.no_grad():
                return methods.occlusion(asked.chance, image), "", layers
        tree = self._tree(image)
        if question.method == "saliency":
            asked.count = methods.saliency_passes()
            return methods.saliency(asked.logit, image), "", tree.layers
        name = tree.chosen(question.layer)
        layer, form = tree.module(name), tree.form(name)
        match question.method:
            case "hires-cam":
                heat = methods.hires_cam(asked.logit, image, layer, form)
            case "grad-cam":
                asked.count = 2
                heat = methods.grad_cam(asked.logit, image, layer, form)
            case "eigen-cam":
                inside = asked.target.weights
                heat = methods.eigen_cam(asked.logit, image, layer, form, inside)
            case _:
                channels = next(x.channels for x in tree.layers if x.name == name)
                asked.count = methods.ablation_passes(channels)
                with torch.no_grad():
                    heat = methods.ablation_cam(asked.chance, image, layer, form)
        return heat, name, tree.layers

    def _tree(self, image: torch.Tensor) -> LayerTree:
        assert self._torch is not None  # noqa: S101 - refused before
        size = (image.shape[2], image.shape[3])
        return LayerTree(self._torch.module, lambda: self.run(image), size)

    def _chances(self, said: Said, target: Target) -> tuple[float, ...]:
        found = (said.chances() * target.weights).sum(dim=(1, 2))
        return tuple(found.clamp(0, 1).tolist())
