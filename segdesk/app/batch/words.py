"""What is said when a batch is over."""

from collections.abc import Callable
from pathlib import Path

from segdesk.app.batch.rows import RowFilter
from segdesk.app.batch.run import BatchRun
from segdesk.app.notices import Level, Notice, Verb


def told_done(
    run: BatchRun, show: Callable[[], None], reveal: Callable[[Path], None]
) -> Notice:
    """Return what is said of a batch that came to its end.

    Parameters
    ----------
    show
        Shows its page.
    reveal
        Shows a folder.
    """
    counts = run.rows.counts()
    done, failed = counts[RowFilter.DONE], counts[RowFilter.FAILED]
    causes = [f"{failed:,} failed; their rows say why."] if failed else []
    verbs = [Verb("Show batch", show)]
    if run.plan is None or run.plan.keeps_files:
        causes.append(f"The results are in {run.out_dir}.")
        verbs.append(Verb("Open output folder", lambda: reveal(run.out_dir)))
    return Notice(
        Level.WARNING if failed else Level.DONE,
        f"{run.name}: {_counted(done, run.rows.worked - run.worked_before)}.",
        " ".join(causes),
        verbs=tuple(verbs),
    )


def _counted(done: int, predicted: int) -> str:
    """Return "12 images predicted, 51 there already"."""
    there = done - predicted
    images = "1 image" if predicted == 1 else f"{predicted:,} images"
    if not there:
        return f"{images} predicted"
    if not predicted:
        return (
            "1 image there already" if there == 1 else f"{there:,} images there already"
        )
    return f"{images} predicted, {there:,} there already"


def told_stopped(run: BatchRun) -> str:
    """Return what is said of a batch that was stopped."""
    done, total = run.rows.finished, len(run.rows)
    return f"{run.name} stopped: {done:,} of {total:,} are kept"
