"""The run folder: what was asked, what came of it, and what was said meanwhile.

`spec.json`, `config.py`, `events.jsonl`, mmengine's log, the checkpoints, `model.pth`:
a finished run can be plotted again, a crashed one explained, and the same spec run
again.
"""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from segdesk.core.errors import JobCancelledError, StorageError
from segdesk.engine.config_text import write_config
from segdesk.formats.atomic import write_atomic
from segdesk.jobs.codec import encode
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, JobResult, Noted, Report, Succeeded
from segdesk.jobs.runner import failed_from
from segdesk.jobs.specs import TrainSpec

SPEC_FILE = "spec.json"
CONFIG_FILE = "config.py"
EVENTS_FILE = "events.jsonl"
MODEL_FILE = "model.pth"
INTERRUPTED_FILE = "interrupted.pth"


def open_run_folder(
    spec: TrainSpec, config: dict[str, Any], report: Callable[[Report], None]
) -> None:
    """Make the run folder with the spec and the flat config.

    Raises
    ------
    StorageError
        The folder cannot be made or written.
    """
    if (spec.work_dir / MODEL_FILE).exists():
        report(
            Noted(
                "warning",
                f"{spec.work_dir.name} holds an earlier run.",
                cause=f"Its {MODEL_FILE} is replaced when this training ends.",
                hint="Choose another folder to keep it.",
            )
        )
    try:
        spec.work_dir.mkdir(parents=True, exist_ok=True)
        write_atomic(spec.work_dir / SPEC_FILE, encode(spec) + b"\n")
        write_atomic(spec.work_dir / CONFIG_FILE, write_config(config).encode())
    except OSError as error:
        raise folder_refused(spec.work_dir, error) from error


def folder_refused(folder: Path, error: OSError) -> StorageError:
    """Return the error that says why a run folder does not take a file."""
    full = error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
    return StorageError(
        "The training was stopped: its folder cannot be written.",
        cause=f"{folder}: {error.strerror or error}.",
        hint="Free some disk space, then train again."
        if full
        else "Choose another folder for the run.",
        detail=str(error),
    )


class RecordedContext(JobContext):
    """A context that also writes every report down, one line of JSON each.

    Parameters
    ----------
    context
        The job's own.
    write
        Takes one line with its end.
    """

    def __init__(self, context: JobContext, write: Callable[[bytes], object]) -> None:
        super().__init__(self._tell, context.stop)
        self._forward = context.report
        self._write = write

    def _tell(self, event: Report) -> None:
        self._write(encode(event) + b"\n")
        self._forward(event)


@contextmanager
def recorded(
    folder: Path, context: JobContext
) -> Iterator[tuple[JobContext, Callable[[JobResult], None]]]:
    """Record a job into `events.jsonl`, its end included.

    Yields
    ------
    context
        For the job.
    finish
        Takes the job's result.

    Raises
    ------
    StorageError
        The file cannot be written.
    """
    try:
        file = (folder / EVENTS_FILE).open("wb", buffering=0)
    except OSError as error:
        raise folder_refused(folder, error) from error

    def write(line: bytes) -> None:
        try:
            file.write(line)
        except OSError as error:
            raise folder_refused(folder, error) from error

    def finish(result: JobResult) -> None:
        write(encode(Succeeded(result)) + b"\n")

    with file:
        try:
            yield RecordedContext(context, write), finish
        except JobCancelledError as cancelled:
            write(encode(Cancelled(cancelled.kept)) + b"\n")
            raise
        except StorageError:
            raise
        except BaseException as error:
            write(encode(failed_from(error)) + b"\n")
            raise
