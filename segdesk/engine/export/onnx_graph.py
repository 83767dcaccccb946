"""A network with everything around it as one graph that ONNX can say.

RGB pixels in, labels at their size out: normalising, padding, the network, enlarging
its scores and the argmax are all inside.
"""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name

from segdesk.core.errors import ModelError, OpsMissingError
from segdesk.core.language import tr
from segdesk.engine.export.onnx_facts import CONFIDENCE, IMAGE, LABELS, SCORES, Padding
from segdesk.engine.export.onnx_rewrites import (
    free_sizes,
    random_parts,
    recorded,
    sizes_unasked,
)
from segdesk.engine.head import HeadKind
from segdesk.engine.network import fixed_seed
from segdesk.engine.preprocess import Size

log = logging.getLogger(__name__)

_EXAMPLE: Size = (320, 256)
_TINY = 1e-12
# How OpenCV makes grey of RGB: in units of 1 / 16384.
_GREY, _GREY_UNIT = (4899.0, 9617.0, 1868.0), 16384.0
_UNSAYABLE = frozenset({"MSDeformAttnPixelDecoder"})
_FAILED = (RuntimeError, ValueError, TypeError, AttributeError, AssertionError)


@dataclass(frozen=True, slots=True)
class GraphPlan:
    """What the graph does around the network.

    Parameters
    ----------
    mean, std
        (C, 1, 1), subtracted and divided by.
    bgr
        The network reads blue first.
    grey
        It reads one channel.
    paddings
        On the right and below, one after the other.
    pad_value
        Of the first padding; the others add zeros.
    head, threshold, align_corners
        How scores become labels.
    half
        The network computes in 16 bits.
    confidence
        There is a third output for it.
    size
        (height, width) that it takes; None: any.
    """

    mean: torch.Tensor
    std: torch.Tensor
    bgr: bool
    grey: bool
    paddings: tuple[Padding, ...]
    pad_value: float
    head: HeadKind
    threshold: float
    align_corners: bool
    half: bool = False
    confidence: bool = False
    size: Size | None = None

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of what the graph gives."""
        more = (CONFIDENCE,) if self.confidence else ()
        return (LABELS, *more, SCORES)


class Graph(torch.nn.Module):
    """The graph as PyTorch sees it.

    Parameters
    ----------
    network
        A segmentor whose head leaves its scores at their own size; it is changed.
    plan
        What is done around it.
    """

    def __init__(self, network: torch.nn.Module, plan: GraphPlan) -> None:
        super().__init__()
        self.network: Any = network.half() if plan.half else network
        self.plan = plan
        self.mean = torch.nn.Buffer(plan.mean.clone())
        self.std = torch.nn.Buffer(plan.std.clone())
        free_sizes(network)
        self._freeze_random()

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return labels, perhaps the confidence, and the scores.

        Parameters
        ----------
        image
            (1, H, W, 3) uint8, RGB.

        Returns
        -------
        labels
            (1, H, W) uint8.
        confidence
            (1, H, W) uint8, 0-255 for 0-1.
        scores
            (1, C, h, w) float32, as the head gives them.
        """
        plan = self.plan
        height, width = image.shape[1], image.shape[2]
        x = self._input(image)
        size = x.shape[2:]
        scores: torch.Tensor = self.network.encode_decode(x, [_meta(size)]).float()
        full = scores
        if tuple(scores.shape[2:]) != tuple(size):
            full = F.interpolate(
                scores, size=size, mode="bilinear", align_corners=plan.align_corners
            )
        labels, share = self._winners(full[:, :, :height, :width])
        if plan.confidence:
            return labels, (share * 255).round().to(torch.uint8), scores
        return labels, scores

    def _input(self, image: torch.Tensor) -> torch.Tensor:
        """Return the network's input."""
        plan = self.plan
        x = image.permute(0, 3, 1, 2).float()
        if plan.grey:
            x = _grey(x)
        elif plan.bgr:
            x = x[:, [2, 1, 0]]
        x = (x - self.mean) / self.std
        for number, padding in enumerate(plan.paddings):
            x = _padded(x, padding, plan.pad_value if number == 0 else 0.0)
        return x.half() if plan.half else x

    def _freeze_random(self) -> None:
        """Make what draws random numbers use those that a prediction draws."""
        drawing = random_parts(self.network)
        if not drawing:
            return
        size = self.plan.size or _EXAMPLE
        with torch.no_grad(), fixed_seed(torch.device("cpu")), recorded(drawing):
            x = self._input(torch.zeros((1, *size, 3), dtype=torch.uint8))
            self.network.encode_decode(x, [_meta(x.shape[2:])])

    def _winners(self, scores: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        plan = self.plan
        if plan.head == "sigmoid" and scores.shape[1] == 1:
            chance = scores[:, 0].sigmoid()
            labels = chance > plan.threshold
            return labels.to(torch.uint8), torch.where(labels, chance, 1 - chance)
        labels = scores.argmax(dim=1).to(torch.uint8)
        if plan.head == "sigmoid":
            return labels, scores.amax(dim=1).sigmoid()
        if plan.head == "mask":
            best = scores.amax(dim=1)
            return labels, best / scores.sum(dim=1).clamp(min=_TINY)
        return labels, scores.softmax(dim=1).amax(dim=1)


def write_graph(graph: Graph, path: Path, opset: int, facts: dict[str, str]) -> None:
    """Write a graph as one ONNX file.

    Parameters
    ----------
    opset
        Version of ONNX's operators.
    facts
        Metadata that the file carries.

    Raises
    ------
    OpsMissingError
        The packages that write ONNX are not installed.
    ModelError
        Something in the network cannot be said in ONNX.
    """
    check_exporter()
    check_sayable(graph.network)
    size = graph.plan.size
    example = torch.zeros((1, *(size or _EXAMPLE), 3), dtype=torch.uint8)
    free = None if size else {IMAGE: {1: _any_length(), 2: _any_length()}}
    try:
        with _quiet(), sizes_unasked(), torch.no_grad():
            program: Any = torch.onnx.export(
                graph,
                (example,),
                dynamo=True,
                dynamic_shapes=free,
                input_names=[IMAGE],
                output_names=list(graph.plan.outputs),
                opset_version=opset,
                verbose=False,
            )
    except _FAILED as error:
        raise ModelError(
            tr("The model was not exported."),
            cause=tr("A part of its network cannot be said in ONNX")
            + ("." if size else tr(" for any size.")),
            hint=tr("Try another opset; the details name the part.")
            if size
            else tr("Give it a size: --size 512x512."),
            detail=str(error)[-4000:],
        ) from error
    program.model.metadata_props.update(facts)
    _name_sides(program, size)
    program.save(str(path), external_data=False)


def check_exporter() -> None:
    """Say early that the packages that write ONNX are missing.

    Raises
    ------
    OpsMissingError
        They are.
    """
    try:
        import onnx  # noqa: F401 - only whether it is there
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise OpsMissingError(
            tr("The model was not exported."),
            cause=tr("The package {name} is not installed.", name=error.name),
            hint=tr("Run `pip install 'segdesk[onnx]'` in SegDesk's environment."),
        ) from error


def check_sayable(network: torch.nn.Module) -> None:
    """Refuse a network of which a part is known to have no form in ONNX.

    Raises
    ------
    ModelError
        It has the pixel decoder of Mask2Former: the sizes of its levels are numbers
        that it computes, and by which it cuts its points.
    """
    if any(type(part).__name__ in _UNSAYABLE for part in network.modules()):
        raise ModelError(
            tr("The model was not exported."),
            cause=tr(
                "The pixel decoder of Mask2Former has no form in ONNX: it cuts its "
                "points by numbers that it computes."
            ),
            hint=tr(
                "Predict with SegDesk itself, or export a model of another "
                "architecture."
            ),
        )


# ---------------------------------------------------------------- parts of the graph


def _grey(x: torch.Tensor) -> torch.Tensor:
    red, green, blue = (x[:, i : i + 1] * weight for i, weight in enumerate(_GREY))
    return ((red + green + blue + _GREY_UNIT / 2) / _GREY_UNIT).floor()


def _padded(x: torch.Tensor, padding: Padding, value: float) -> torch.Tensor:
    sides = []
    for side, least in zip(x.shape[2:], padding.least, strict=True):
        wanted: int = side
        if least > 1:
            wanted = torch.sym_max(side, least)  # type: ignore[no-untyped-call]
        # ONNX divides towards zero, so no number here may be negative.
        rounded = (wanted + padding.divisor - 1) // padding.divisor * padding.divisor
        sides.append(rounded - side)
    return F.pad(x, (0, sides[1], 0, sides[0]), value=value)


def _meta(size: torch.Size) -> dict[str, Any]:
    return {
        "img_shape": size,
        "ori_shape": size,
        "pad_shape": size,
        "batch_input_shape": size,
        "padding_size": [0, 0, 0, 0],
    }


# ---------------------------------------------------------------- the exporter


def _any_length() -> Any:  # noqa: ANN401 - a hint of torch's
    return torch.export.Dim.DYNAMIC


def _name_sides(program: Any, size: Size | None) -> None:  # noqa: ANN401
    """Call the free sides of the image by their names."""
    if size is None:
        shape = program.model.graph.inputs[0].shape
        program.rename_axes({shape[1]: "height", shape[2]: "width"})


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter's progress to itself."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
