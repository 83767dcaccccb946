"""Going on with a batch that was read from its folder."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from segdesk.app.batch.plan import BatchPlan
from segdesk.app.batch.run import BatchRun
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.jobs.specs import Device, ModelSource


@dataclass(frozen=True, slots=True)
class Means:
    """With what a batch can go on.

    Parameters
    ----------
    source_of
        Returns what the engine needs to load a model of the library, by its id.
    device
        Returns where it runs.
    """

    source_of: Callable[[str], ModelSource]
    device: Callable[[], Device]


def plan_again(run: BatchRun, means: Means) -> BatchPlan:
    """Put a batch together as its folder says it was made. A worker calls it.

    The model is the one of that id in the library, and only if it is the same: a folder
    may come from anywhere, and what it names is not loaded.

    Raises
    ------
    InputError
        When the model is another one now.
    SegDeskError
        When the library does not have it.
    """
    from segdesk.formats.classes_file import is_same_model, read_model_mark
    from segdesk.formats.outputs import CLASSES_FILE

    record = run.record
    assert record is not None  # noqa: S101 - who offers to go on has looked
    model = means.source_of(run.model_id)
    mark = read_model_mark(run.out_dir / CLASSES_FILE)
    same = False
    with suppress(OSError):
        same = mark is not None and is_same_model(mark, model.id, model.checkpoint)
    if not same:
        raise InputError(
            tr("The batch was not gone on with."),
            cause=tr(
                "{model_id} is not the model any more that made these results.",
                model_id=run.model_id,
            ),
            hint=tr("Predict the images again, into another folder."),
        )
    spec = msgspec.structs.replace(
        record.spec,
        model=model,
        items=run.rows.items(),
        out_dir=run.out_dir,
        device=means.device(),
        overwrite=False,
        ray="",
    )
    return BatchPlan(spec, run.name, run.model_name, run.root, run.classes)
