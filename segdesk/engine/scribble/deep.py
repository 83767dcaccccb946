"""What a network's backbone sees in an image, in a few numbers for each place."""

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from numpy.typing import NDArray

from segdesk.core.errors import ModelError
from segdesk.core.language import tr
from segdesk.engine.network import fixed_seed, memory_named
from segdesk.engine.predictor import Predictor
from segdesk.engine.preprocess import Size, padded
from segdesk.engine.scribble.picture import read_pixels
from segdesk.engine.torch_model import TorchModel
from segdesk.jobs.arrays import put
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Progress
from segdesk.jobs.scribble_events import DeepFeaturesDone
from segdesk.jobs.scribble_specs import DeepFeaturesSpec

_MOST_PIXELS = 2_000_000  # of the image that the network is shown
_COMPONENTS = 16
_SAMPLES = 4096  # places from which the components are found
_COARSEST = 32  # image pixels that a place of a map may be wide
_SPREADS = 3.0  # what lies farther from the mean is cut off
_MAP_DIMS = 4


def look_deep(
    spec: DeepFeaturesSpec, context: JobContext, predictor: Predictor
) -> DeepFeaturesDone:
    """Say what the backbone of a model sees, in its 16 principal components.

    Raises
    ------
    ModelError
        When the model is an exported one, or its backbone gives no map.
    """
    model = predictor.built
    if not isinstance(model, TorchModel):
        raise _no_backbone(tr("An exported model tells its scores alone."))
    name = spec.image.name
    context.report(Progress(0, None, "steps", tr("Looking at {name}", name=name)))
    pixels, _ = read_pixels(spec.image, spec.view, _MOST_PIXELS)
    context.check()
    prepared = model.prepare(pixels)
    seen = model.fit.target((prepared.tensor.shape[2], prepared.tensor.shape[3]))
    with torch.inference_mode(), memory_named(seen, model.device):
        maps = _maps(model, padded(prepared.tensor, seen))
        context.check()
        joined = _joined(maps, prepared.content, seen)
        planes = _components(joined)
    return DeepFeaturesDone(planes=put(planes, spec.scratch_dir), layer="backbone")


def _maps(model: TorchModel, image: torch.Tensor) -> list[torch.Tensor]:
    backbone = model.module.backbone
    assert isinstance(backbone, torch.nn.Module)  # noqa: S101 - mmseg's segmentors
    kind = next(backbone.parameters()).dtype
    with fixed_seed(model.device):
        outputs = backbone(image.to(kind))
    if isinstance(outputs, torch.Tensor):
        outputs = (outputs,)
    maps = [
        one.float()
        for one in outputs
        if isinstance(one, torch.Tensor)
        and one.ndim == _MAP_DIMS
        and image.shape[2] <= _COARSEST * one.shape[2]
    ]
    if not maps:
        raise _no_backbone(tr("Its backbone gives no map that is fine enough."))
    return maps


def _joined(maps: list[torch.Tensor], content: Size, seen: Size) -> torch.Tensor:
    """Return maps as one (C, h, w), without what shows padding, each of like weight."""
    height, width = max((one.shape[2], one.shape[3]) for one in maps)
    rows = max(1, round(height * content[0] / seen[0]))
    columns = max(1, round(width * content[1] / seen[1]))
    parts = []
    for one in maps:
        size = (height, width)
        part = F.interpolate(one, size=size, mode="bilinear")[0, :, :rows, :columns]
        parts.append(part / (part.std() * part.shape[0] ** 0.5 + 1e-6))
    return torch.cat(parts).cpu()


def _components(maps: torch.Tensor) -> NDArray[np.uint8]:
    """Return (C, h, w) in its first principal components, as uint8."""
    channels, height, width = maps.shape
    flat = maps.reshape(channels, -1)
    with fixed_seed(torch.device("cpu")):
        drawn = torch.randperm(flat.shape[1])[:_SAMPLES]
        sample = flat[:, drawn].T
        count = min(_COMPONENTS, *sample.shape)
        _, _, ways = torch.pca_lowrank(sample, q=count, center=True)
    found = ways.T @ (flat - sample.mean(0)[:, None])
    spread = found.std(1, keepdim=True) + 1e-6
    bounded = (found / (_SPREADS * spread)).clamp(-1, 1)
    whole: NDArray[np.uint8] = (bounded * 127 + 128).to(torch.uint8).numpy()
    return whole.reshape(count, height, width)


def _no_backbone(cause: str) -> ModelError:
    return ModelError(
        tr("Scribbles do not use the model."),
        cause=cause,
        hint=tr("They go on with colours and edges. Load another model to use one."),
    )
