"""What is said when a batch is over."""

from collections.abc import Callable
from pathlib import Path

from segdesk.app.batch.rows import RowFilter
from segdesk.app.batch.run import BatchRun
from segdesk.app.notices import Level, Notice, Verb
from segdesk.core.language import joined, plural, tr


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
    causes = (
        [tr("{failed:,} failed; their rows say why.", failed=failed)] if failed else []
    )
    verbs = [Verb(tr("Show batch"), show)]
    if run.plan is None or run.plan.keeps_files:
        causes.append(tr("The results are in {out_dir}.", out_dir=run.out_dir))
        verbs.append(Verb(tr("Open output folder"), lambda: reveal(run.out_dir)))
    return Notice(
        Level.WARNING if failed else Level.DONE,
        tr(
            "{name}: {counted}.",
            name=run.name,
            counted=_counted(done, run.rows.worked - run.worked_before),
        ),
        joined(" ", causes),
        verbs=tuple(verbs),
    )


def _counted(done: int, predicted: int) -> str:
    """Return "12 images predicted, 51 there already"."""
    there = done - predicted
    images = plural(predicted, "1 image", "{n:,} images")
    if not there:
        return tr("{images} predicted", images=images)
    if not predicted:
        return plural(there, "1 image there already", "{n:,} images there already")
    return tr("{images} predicted, {there:,} there already", images=images, there=there)


def told_stopped(run: BatchRun) -> str:
    """Return what is said of a batch that was stopped."""
    done, total = run.rows.finished, len(run.rows)
    return tr(
        "{name} stopped: {done:,} of {total:,} are kept",
        name=run.name,
        done=done,
        total=total,
    )
