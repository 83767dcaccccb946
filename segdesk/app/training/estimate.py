"""How long a training takes and what memory, reckoned from one measured step."""

from dataclasses import dataclass

from segdesk.core.data_check import Diagnosis
from segdesk.jobs.specs import TrainSpec
from segdesk.jobs.training_events import ProbeDone


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a training will cost.

    Parameters
    ----------
    seconds
        All iterations and validations together.
    iteration_s
        One iteration.
    memory_mb
        At its peak.
    """

    seconds: float
    iteration_s: float
    memory_mb: float


def same_step(cost: ProbeDone, spec: TrainSpec) -> bool:
    """Tell whether a cost was measured on the step of a spec."""
    return (
        cost.architecture == spec.architecture
        and cost.batch_size == spec.batch_size
        and spec.crop_size in (None, cost.crop_size)
    )


def iterations_of(spec: TrainSpec, pairs: int | None) -> int:
    """Return the length in iterations, also of one that is given in epochs."""
    if spec.epochs is None or not pairs:
        return spec.max_iters
    return max(1, round(spec.epochs * pairs / spec.batch_size))


def estimate(spec: TrainSpec, cost: ProbeDone, diagnosis: Diagnosis | None) -> Estimate:
    """Reckon what a training costs from one of its steps."""
    splits = {one.name: one.pairs for one in diagnosis.splits} if diagnosis else {}
    length = iterations_of(spec, splits.get("train"))
    validations = length // max(1, spec.val_interval)
    seconds = length * cost.train_s + validations * splits.get("val", 0) * cost.val_s
    return Estimate(seconds, cost.train_s, cost.memory_mb)
