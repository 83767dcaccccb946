"""What a training gives up, step by step, when the memory does not suffice.

The batch first, as adding up gradients makes up for it; then the crop; then precision;
then time.
"""

import math
from dataclasses import dataclass

import msgspec

from segdesk.core.language import tr
from segdesk.engine.config.network import pooling_part
from segdesk.engine.config.pictures import crop_of
from segdesk.engine.training.plan import Plan
from segdesk.jobs.specs import TrainSpec

_LEAST_CROP = 128
_CROP_SHARE = 0.75
_CROP_STEP = 32


@dataclass(frozen=True, slots=True)
class LadderStep:
    """A training that needs less.

    Parameters
    ----------
    words
        What was changed, for the user.
    changes
        Fields of the spec with their new values, as text.
    """

    spec: TrainSpec
    words: str
    changes: dict[str, str]


def step_down(plan: Plan, iteration: int, device: str) -> LadderStep | None:
    """Return the training with the next thing given up; None: nothing is left.

    Parameters
    ----------
    plan
        The training that ran out of memory.
    iteration
        Iterations that are done.
    device
        "cuda", "cpu" or "mps".
    """
    spec = plan.spec
    if spec.config_text is not None:
        return None
    least = 2 if pooling_part(plan.config["model"]) else 1
    if spec.batch_size > least:
        return _smaller_batch(plan, iteration, max(least, spec.batch_size // 2))
    side = min(crop_of(spec, plan.base))
    if side > _LEAST_CROP:
        smaller = int(side * _CROP_SHARE) // _CROP_STEP * _CROP_STEP
        smaller = max(_LEAST_CROP, smaller)
        return _step(
            spec,
            tr("crop {side} → {smaller} px", side=side, smaller=smaller),
            crop_size=smaller,
        )
    if device == "cuda" and not spec.amp:
        return _step(spec, tr("mixed precision"), amp=True)
    if not spec.activation_checkpointing:
        words = tr("intermediate results are computed twice instead of kept")
        return _step(spec, words, activation_checkpointing=True)
    return None


def _smaller_batch(plan: Plan, iteration: int, batch: int) -> LadderStep:
    """Halve the batch and make up for it: the same images, the same steps."""
    spec = plan.spec
    factor = math.ceil(spec.batch_size / batch)
    accumulate = spec.accumulate * factor
    length = iteration + (plan.length - iteration) * factor
    words = tr(
        "batch {batch_size} → {batch}, gradients added over {accumulate} batches",
        batch_size=spec.batch_size,
        batch=batch,
        accumulate=accumulate,
    )
    return _step(
        spec,
        words,
        batch_size=batch,
        accumulate=accumulate,
        lr=float(plan.config["optim_wrapper"]["optimizer"]["lr"]),
        epochs=None,
        max_iters=length,
        val_interval=spec.val_interval * factor,
        checkpoint_interval=spec.checkpoint_interval * factor,
    )


def _step(spec: TrainSpec, words: str, **changes: object) -> LadderStep:
    before = {name: getattr(spec, name) for name in changes}
    told = {
        name: str(value) for name, value in changes.items() if value != before[name]
    }
    return LadderStep(msgspec.structs.replace(spec, **changes), words, told)
