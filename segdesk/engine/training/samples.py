"""Samples of what the network would see after augmentation."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.engine.bootstrap import prepare

prepare()

from mmengine.registry import init_default_scope  # noqa: E402 - after the adapter
from mmseg.registry import DATASETS  # noqa: E402
from mmseg.utils import register_all_modules  # noqa: E402

from segdesk.engine.training.plan import plan_training  # noqa: E402
from segdesk.engine.training.run_folder import write_lists  # noqa: E402
from segdesk.jobs.arrays import put  # noqa: E402
from segdesk.jobs.control import JobContext  # noqa: E402
from segdesk.jobs.specs import SamplesSpec  # noqa: E402
from segdesk.jobs.training_events import Sample, SamplesDone  # noqa: E402


def make_samples(spec: SamplesSpec, context: JobContext) -> SamplesDone:
    """Take random training images through the pipeline of a training.

    The same seed gives the same samples.

    Raises
    ------
    InputError
        The training cannot be planned, or an image cannot be read.
    StorageError
        The arrays cannot be handed over.
    JobCancelledError
        The user stopped it.
    """
    train = msgspec.structs.replace(spec.train, work_dir=spec.scratch_dir)
    plan = plan_training(train, context, note=lambda _note: None)
    write_lists(plan.spec, plan.data)
    register_all_modules(init_default_scope=False)
    init_default_scope("mmseg")
    data = DATASETS.build(plan.config["train_dataloader"]["dataset"])
    crop = plan.config["model"]["data_preprocessor"].get("size")
    order = np.random.default_rng(spec.train.seed).permutation(len(data))
    np.random.seed(spec.train.seed)  # noqa: NPY002 - mmcv's steps draw from it
    samples = []
    for index in np.resize(order, spec.count):
        context.check()
        samples.append(_sample(data[int(index)], crop, spec))
    return SamplesDone(samples=tuple(samples))


def _sample(
    item: dict[str, Any], crop: tuple[int, int] | None, spec: SamplesSpec
) -> Sample:
    if item is None:
        raise InputError(
            tr("No samples were made."),
            cause=tr("An image of the training split cannot be read."),
            hint=tr("Check the data set; its report names the file."),
        )
    image = item["inputs"].permute(1, 2, 0).numpy()[:, :, 2::-1]
    labels = item["data_samples"].gt_sem_seg.data[0].numpy().astype(np.uint8)
    if crop is not None:
        image, labels = _filled(image, crop, 0), _filled(labels, crop, IGNORE_INDEX)
    return Sample(
        image=put(np.ascontiguousarray(image, dtype=np.uint8), spec.scratch_dir),
        labels=put(labels, spec.scratch_dir),
        source=Path(item["data_samples"].img_path),
    )


def _filled(
    array: NDArray[np.uint8], crop: tuple[int, int], value: int
) -> NDArray[np.uint8]:
    """Fill an array up to the crop at its lower right, as the network's batch is."""
    missing = [
        max(0, side - have) for side, have in zip(crop, array.shape, strict=False)
    ]
    if not any(missing):
        return array
    widths = [(0, more) for more in missing] + [(0, 0)] * (array.ndim - 2)
    return np.pad(array, widths, constant_values=value)
