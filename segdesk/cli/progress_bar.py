"""The progress of a job on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from segdesk.cli.output import stderr_console
from segdesk.jobs.events import Progress


@contextmanager
def progress_bar(
    first: str, total: int | None = None, *, rate: bool = False
) -> Iterator[Callable[[Progress], None]]:
    """Show a bar on stderr while a job runs; without a terminal, nothing.

    Parameters
    ----------
    first
        What is shown before the job's first word.
    total
        How many items there will be, where it is known.
    rate
        Show how many items a second are done.

    Yields
    ------
    take
        Takes the job's progress.
    """
    from rich import progress

    bar = progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        *((progress.TextColumn("{task.fields[rate]}"),) if rate else ()),
        progress.TimeRemainingColumn(),
        console=stderr_console(),
        transient=True,
        disable=not stderr_console().is_terminal,
    )
    with bar:
        task = bar.add_task(first, total=total, rate="")

        def take(event: Progress) -> None:
            bar.update(task, description=event.text or first)
            if event.total is not None:
                bar.update(task, completed=event.done, total=event.total)
                speed = bar.tasks[0].speed
                bar.update(task, rate=f"{speed:.1f}/s" if speed else "")

        yield take
