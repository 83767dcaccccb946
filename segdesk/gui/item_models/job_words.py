"""What a job says of itself: how far, how fast, how long, how it ended."""

from segdesk.app.job_center import Job, JobStatus
from segdesk.core.language import joined, spaced, tr
from segdesk.gui.item_models import figures

_BYTES = "bytes"
_SOON_S = 1.0


def progress_words(job: Job, now_s: float) -> str:
    """Return "2,140 of 8,000 iterations · 12/s · 3 min left" for a job that runs.

    Parameters
    ----------
    now_s
        Monotonic seconds.
    """
    if job.status is JobStatus.STOPPING:
        return tr("Stopping")
    elapsed = now_s - job.started_s
    if not job.total:
        parts = [job.text or tr("Working")]
        if elapsed >= _SOON_S:
            parts.append(figures.duration(elapsed))
        return joined(" · ", parts)
    parts = [_amount(job)]
    rate = job.rate(now_s)
    if job.unit == _BYTES:
        parts.append(job.text)
    elif rate is not None and elapsed >= _SOON_S:
        parts.append(figures.rate(rate))
    left = job.seconds_left(now_s)
    if left is not None:
        parts.append(tr("{time} left", time=figures.rough_duration(left)))
    return joined(" · ", filter(None, parts))


def ended_words(job: Job) -> str:
    """Return how a job ended, in one line."""
    took = ""
    if job.ended_s is not None:
        took = figures.short_duration(job.ended_s - job.started_s)
    match job.status:
        case JobStatus.FAILED:
            return job.failure.message if job.failure else tr("Failed")
        case JobStatus.CANCELLED:
            kept = (
                tr("Kept: {kept}", kept=job.kept)
                if job.kept
                else tr("after {took}", took=took)
            )
            return tr("Stopped · {kept}", kept=kept)
        case _:
            return tr("Done · {took}", took=took)


def full_text(job: Job) -> str:
    """Return everything a job has to say: its failure with details, then its log."""
    parts = []
    if job.failure is not None:
        failure = job.failure
        told = (failure.message, failure.cause, failure.hint)
        parts.append(joined(" ", (part for part in told if part)))
        if failure.detail:
            parts.append(failure.detail)
    if job.log:
        parts.append(joined("\n", job.log))
    return "\n\n".join(parts)


def _amount(job: Job) -> str:
    total = job.total or 0
    if job.unit != _BYTES:
        done = tr(
            "{done} of {total}",
            done=figures.number(job.done),
            total=figures.number(total),
        )
        return spaced(done, job.unit)
    done, whole = figures.megabytes(job.done), figures.megabytes(total)
    if done.rpartition(" ")[2] == whole.rpartition(" ")[2]:
        done = done.rpartition(" ")[0]
    return tr("{done} of {whole}", done=done, whole=whole)
