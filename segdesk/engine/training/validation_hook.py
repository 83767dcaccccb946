"""What a validation gives beside its metrics: the loss, and pictures to look at.

mmengine's validation computes no loss. Here each of some images goes through the
network once more, as in training but with norms and dropout as in prediction.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from segdesk.engine.bootstrap import prepare

prepare()

import torch  # noqa: E402 - after the adapter
from mmengine.hooks import Hook  # noqa: E402
from mmengine.structures import PixelData  # noqa: E402

from segdesk.core.classes import IGNORE_INDEX  # noqa: E402
from segdesk.engine.training.processes import Processes  # noqa: E402
from segdesk.engine.training.resuming import restore_rng, rng_state  # noqa: E402
from segdesk.engine.training.run_folder import PREVIEW_FOLDER, folder_refused  # noqa: E402
from segdesk.formats.atomic import atomic_writer  # noqa: E402
from segdesk.jobs.specs import TrainSpec  # noqa: E402
from segdesk.jobs.training_events import PreviewsSaved  # noqa: E402

MOST_LOSSES = 64
MOST_SIDE = 1024
_STEP = 32


class ValidationHook(Hook):  # type: ignore[misc, unused-ignore]
    """Computes the validation's loss and saves predictions of fixed images.

    The loss is the mean over at most 64 images, evenly chosen, and of each at most
    the middle 1024×1024 pixels.

    Parameters
    ----------
    spec
        Says whether the loss is wanted and how many images are kept.
    processes
        That validate together, each its share; the first keeps images.

    Attributes
    ----------
    loss
        Of the last validation; None before one, or where it is not wanted.
    seconds
        That the last validation took.
    running
        A validation is under way.
    chance
        State of the generators before it; they are set back after it, so the training
        goes on as if there had been none.
    """

    priority = "LOW"

    def __init__(self, spec: TrainSpec, processes: Processes | None = None) -> None:
        self._processes = processes or Processes()
        self.loss: float | None = None
        self.seconds = 0.0
        self.running = False
        self.chance: dict[str, Any] | None = None
        self._spec = spec
        self._losses: list[float] = []
        self._kept: list[tuple[Path, Path, Path]] = []
        self._started_s = 0.0

    def before_val_epoch(self, runner: Any) -> None:  # noqa: ANN401 - mmengine's Runner
        """Begin anew."""
        self._processes.level(getattr(runner.model, "module", runner.model))
        self._started_s = time.monotonic()
        self._losses, self._kept, self.running = [], [], True
        self.chance = rng_state()

    def after_val_iter(
        self,
        runner: Any,  # noqa: ANN401 - mmengine's Runner
        batch_idx: int,
        data_batch: Any = None,  # noqa: ANN401 - a batch
        outputs: Any = None,  # noqa: ANN401 - data samples
    ) -> None:
        """Save the prediction and add the loss of an image that is among the chosen.

        Raises
        ------
        StorageError
            The run folder cannot be written.
        """
        total = len(runner.val_dataloader)
        wanted = self._spec.previews if self._processes.is_first else 0
        if _is_chosen(batch_idx, total, wanted):
            self._keep(runner.iter, len(self._kept), outputs[0])
        most = max(1, MOST_LOSSES // self._processes.count)
        if self._spec.val_loss and _is_chosen(batch_idx, total, most):
            found = _loss_of(getattr(runner.model, "module", runner.model), data_batch)
            if found is not None:
                self._losses.append(found)

    def after_val_epoch(
        self,
        runner: Any,  # noqa: ANN401 - mmengine's Runner
        metrics: dict[str, float] | None = None,
    ) -> None:
        """Take the mean of the losses."""
        del runner, metrics
        self.running = False
        if self.chance is not None:
            restore_rng(self.chance)
            self.chance = None
        self.seconds = time.monotonic() - self._started_s
        known = [loss for loss in self._losses if np.isfinite(loss)]
        loss, count = self._processes.total(sum(known), len(known))
        self.loss = loss / count if count else None

    def previews(self, iteration: int) -> PreviewsSaved | None:
        """Return what was saved in the last validation; None: nothing."""
        if not self._kept:
            return None
        images, truths, labels = zip(*self._kept, strict=True)
        return PreviewsSaved(
            iteration=iteration, images=images, truths=truths, labels=labels
        )

    def _keep(self, iteration: int, number: int, sample: Any) -> None:  # noqa: ANN401
        folder = self._spec.work_dir / PREVIEW_FOLDER / f"iter_{iteration}"
        path = folder / f"{number:02d}.png"
        labels = sample.pred_sem_seg.data[0].to("cpu").numpy().astype(np.uint8)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with atomic_writer(path) as file:
                Image.fromarray(labels).save(file, "PNG")
        except OSError as error:
            raise folder_refused(self._spec.work_dir, error) from error
        self._kept.append((Path(sample.img_path), Path(sample.seg_map_path), path))


def _is_chosen(index: int, total: int, wanted: int) -> bool:
    """Tell whether an image is one of `wanted` that lie evenly among `total`."""
    if wanted >= total:
        return True
    return wanted > 0 and (index * wanted) // total != ((index + 1) * wanted) // total


def _loss_of(model: Any, batch: dict[str, Any]) -> float | None:  # noqa: ANN401
    """Return the loss of one validation image; None where nothing is labelled."""
    image, sample = batch["inputs"][0], batch["data_samples"][0]
    if image.shape[-2:] != sample.gt_sem_seg.shape:
        return None  # the image was resized for the network, its labels were not
    top, left, height, width = _middle(*image.shape[-2:])
    cut = (..., slice(top, top + height), slice(left, left + width))
    if bool((sample.gt_sem_seg.data[cut] == IGNORE_INDEX).all()):
        return None
    data = model.data_preprocessor(
        {"inputs": [image[cut]], "data_samples": [sample.new()]}, False
    )
    inputs = _filled(data["inputs"], data["inputs"].shape[-2:], 0)
    part = type(sample)(metainfo=sample.metainfo)
    for name, fill in (("gt_sem_seg", IGNORE_INDEX), ("gt_edge_map", 0)):
        if name in sample:
            labels = _filled(getattr(sample, name).data[cut], inputs.shape[-2:], fill)
            labels = labels.to(inputs.device)
            part.set_field(PixelData(data=labels), name, dtype=PixelData)
    shape = tuple(inputs.shape[-2:])
    part.set_metainfo({"img_shape": shape, "pad_shape": shape})
    with torch.no_grad(), _training_outputs(model):
        losses = model(inputs, [part], mode="loss")
        total, _ = model.parse_losses(losses)
    return float(total)


def _middle(height: int, width: int) -> tuple[int, int, int, int]:
    rows, columns = min(height, MOST_SIDE), min(width, MOST_SIDE)
    return (height - rows) // 2, (width - columns) // 2, rows, columns


def _filled(
    data: torch.Tensor, least: tuple[int, int] | torch.Size, value: float
) -> torch.Tensor:
    """Fill the last two axes up to a size that every network's strides divide."""
    height, width = data.shape[-2:]
    wanted = (-(-side // _STEP) * _STEP for side in least)
    rows, columns = (
        max(0, side - have) for side, have in zip(wanted, (height, width), strict=True)
    )
    return torch.nn.functional.pad(data, (0, columns, 0, rows), value=value)


@contextmanager
def _training_outputs(model: Any) -> Iterator[None]:  # noqa: ANN401 - mmseg's model
    """Let network and heads give what a loss needs; norms and dropout stay as is.

    Some give more outputs in training; they look at their own flag for that.
    """
    heads = [getattr(model, name, None) for name in ("decode_head", "auxiliary_head")]
    parts = [model, model.backbone, *heads]
    parts += list(heads[1]) if isinstance(heads[1], torch.nn.ModuleList) else []
    found = [part for part in parts if part is not None]
    before = [part.training for part in found]
    for part in found:
        part.training = True
    try:
        yield
    finally:
        for part, was in zip(found, before, strict=True):
            part.training = was
