"""What helps a training that ran out of memory: each cure a click away."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from segdesk.app.models.architectures import architecture_words
from segdesk.app.training.run_folders import free_folder
from segdesk.app.training.training_run import TrainingRun
from segdesk.core.errors import EngineDiedError, MemoryShortError
from segdesk.core.language import tr
from segdesk.jobs.events import CheckpointSaved, Failed
from segdesk.jobs.specs import TrainSpec

_KILLED = "SIGKILL"  # how Linux ends what takes too much
_LEAST_BATCH = 2  # batch normalisation wants two
_LEAST_CROP, _CROP_SHARE, _CROP_STEP = 128, 0.75, 32
_SMALLEST = "fast-scnn"
_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Cure:
    """A training that needs less.

    Parameters
    ----------
    title
        Words of a button: "Batch 8 → 4".
    changes
        Fields of the spec with their new values.
    is_anew
        Whether what was trained so far does not fit any more.
    """

    title: str
    changes: Mapping[str, Any]
    is_anew: bool = False


def lacked_memory(failure: Failed | None) -> bool:
    """Tell whether a run failed for want of memory, or may have."""
    if failure is None:
        return False
    if failure.kind == MemoryShortError.__name__:
        return True
    return failure.kind == EngineDiedError.__name__ and _KILLED in failure.cause


def memory_cures(spec: TrainSpec, failure: Failed | None) -> tuple[Cure, ...]:
    """Return what may help a run that failed, the gentlest first; three at most.

    Parameters
    ----------
    spec
        Of the run, with what it gave up by itself.
    """
    if not lacked_memory(failure) or spec.config_text is not None:
        return ()
    cures = []
    if not spec.adapt_memory and not spec.devices:
        cures.append(Cure(tr("Let it adapt"), {"adapt_memory": True}))
    if spec.batch_size > _LEAST_BATCH:
        cures.append(_smaller_batch(spec))
    if (crop := spec.crop_size) is not None and crop > _LEAST_CROP:
        less = int(crop * _CROP_SHARE) // _CROP_STEP * _CROP_STEP
        less = max(_LEAST_CROP, less)
        cures.append(
            Cure(
                tr("Crop {crop} → {less} px", crop=crop, less=less), {"crop_size": less}
            )
        )
    if spec.device.startswith("cuda") and not spec.amp:
        cures.append(Cure(tr("Mixed precision"), {"amp": True}))
    if not spec.activation_checkpointing:
        cures.append(Cure(tr("Recompute"), {"activation_checkpointing": True}))
    if spec.config is None and spec.architecture != _SMALLEST:
        changes = {"architecture": _SMALLEST, "load_from": None}
        title = tr("Use {architecture}", architecture=architecture_words(_SMALLEST))
        cures.append(Cure(title, changes, is_anew=True))
    return tuple(cures[:_OFFERED])


def cured(
    spec: TrainSpec, cure: Cure, done: int | None, taken: Collection[Path] = ()
) -> TrainSpec:
    """Return the training that a cure starts.

    Parameters
    ----------
    done
        Iterations that a checkpoint keeps; the training goes on from there where the
        cure allows it. None: there is no checkpoint.
    taken
        As for `free_folder`.
    """
    if cure.is_anew:
        return _anew(msgspec.structs.replace(spec, resume=False, **cure.changes), taken)
    changes = dict(cure.changes)
    factor = changes.get("accumulate", spec.accumulate) // spec.accumulate
    if factor > 1:  # as many steps of the optimizer, each of more iterations
        kept = min(done or 0, spec.max_iters)
        changes["max_iters"] = kept + (spec.max_iters - kept) * factor
        changes["val_interval"] = spec.val_interval * factor
        changes["checkpoint_interval"] = spec.checkpoint_interval * factor
    return msgspec.structs.replace(spec, resume=done is not None, **changes)


def left_checkpoint(run: TrainingRun, said: Iterable[object]) -> bool:
    """Tell whether a run that failed can go on from where it was.

    Parameters
    ----------
    said
        What was said of it.
    """
    return run.spec.resume or any(isinstance(one, CheckpointSaved) for one in said)


def _anew(spec: TrainSpec, taken: Collection[Path]) -> TrainSpec:
    folder = spec.work_dir
    name = tr(
        "{name} {architecture}",
        name=spec.name or folder.name,
        architecture=architecture_words(spec.architecture),
    )
    return msgspec.structs.replace(
        spec, name=name, work_dir=free_folder(folder.parent, name, taken)
    )


def _smaller_batch(spec: TrainSpec) -> Cure:
    batch = max(_LEAST_BATCH, spec.batch_size // 2)
    factor = -(-spec.batch_size // batch)
    changes = {"batch_size": batch, "accumulate": spec.accumulate * factor}
    return Cure(
        tr("Batch {batch_size} → {batch}", batch_size=spec.batch_size, batch=batch),
        changes,
    )
