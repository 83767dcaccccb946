"""tr(The run folder: wh)at was asked, what came of it, and what was said meanwhile.

`spec.json`, `config.py`, `lists/`, `events.jsonl`, `previews/`, mmengine's log, the
checkpoints, `model.pth`: a finished run can be plotted again, a crashed one explained,
and the same spec run again.
"""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from segdesk.core.errors import InputError, JobCancelledError, StorageError
from segdesk.core.language import joined, tr
from segdesk.engine.config.pictures import list_files
from segdesk.engine.config.text import write_config
from segdesk.formats.atomic import write_atomic
from segdesk.formats.file_lock import FileLock, HeldError
from segdesk.formats.training_set import TrainingSet
from segdesk.jobs.codec import encode
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, JobResult, Report, Succeeded
from segdesk.jobs.runner import failed_from
from segdesk.jobs.specs import TrainSpec

SPEC_FILE = "spec.json"
CONFIG_FILE = "config.py"
EVENTS_FILE = "events.jsonl"
MODEL_FILE = "model.pth"
INTERRUPTED_FILE = "interrupted.pth"
PREVIEW_FOLDER = "previews"
LOCK_FILE = ".lock"

_NAMED_FILES = 3


def part_name(name: str) -> str:
    """Return the name of a checkpoint while it is being written."""
    return f".{name}.part"


def check_run_folder(folder: Path) -> None:
    """Refuse a folder that holds a run.

    Raises
    ------
    InputError
        There are checkpoints in it. They were left as they are.
    """
    weights = sorted(folder.glob("*.pth"), key=lambda path: path.name)
    if not weights:
        return
    named = joined(", ", (path.name for path in weights[:_NAMED_FILES]))
    more = len(weights) - _NAMED_FILES
    raise InputError(
        tr("The training was not started."),
        cause=tr(
            "{folder} holds an earlier run: {named}{more}. It was left as it is.",
            folder=folder,
            named=named,
            more=tr(" and {more} more", more=more) if more > 0 else "",
        ),
        hint=tr(
            "Resume that run, choose another folder (--work-dir), or move it away."
        ),
    )


@contextmanager
def held_run_folder(folder: Path) -> Iterator[None]:
    """Make a run folder and hold it, so that no other training writes into it.

    Raises
    ------
    InputError
        Another training runs in it.
    StorageError
        The folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock.take(folder / LOCK_FILE)
    except HeldError as error:
        raise InputError(
            tr("The training was not started."),
            cause=tr(
                "Another training runs in {folder} (process {pid} on {host}).",
                folder=folder,
                pid=error.pid,
                host=error.host,
            ),
            hint=tr("Wait for it, stop it, or choose another folder."),
        ) from error
    except OSError as error:
        raise folder_refused(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def write_plan(spec: TrainSpec, data: TrainingSet, config: dict[str, Any]) -> None:
    """Write the spec, the flat config and the lists of names into the run folder.

    Raises
    ------
    StorageError
        The folder cannot be written.
    """
    write_lists(spec, data)
    try:
        # What started the processes belongs to the call, not to the run.
        kept = msgspec.structs.replace(spec, launcher="none")
        write_atomic(spec.work_dir / SPEC_FILE, encode(kept) + b"\n")
        write_atomic(spec.work_dir / CONFIG_FILE, write_config(config).encode())
    except OSError as error:
        raise folder_refused(spec.work_dir, error) from error


def write_lists(spec: TrainSpec, data: TrainingSet) -> None:
    """Write the lists of names that the data sets of a training read.

    Raises
    ------
    StorageError
        The folder cannot be written.
    """
    try:
        for path, content in list_files(spec, data).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, content)
    except OSError as error:
        raise folder_refused(spec.work_dir, error) from error


def folder_refused(folder: Path, error: OSError) -> StorageError:
    """Return the error that says why a run folder does not take a file."""
    full = error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
    return StorageError(
        tr("The training was stopped: its folder cannot be written."),
        cause=f"{folder}: {error.strerror or error}.",
        hint=tr("Free some disk space, then train again.")
        if full
        else tr("Choose another folder for the run."),
        detail=str(error),
    )


def _is_cut_short(path: Path) -> bool:
    """Tell whether a crash ended a file in the middle of a line."""
    if not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) != b"\n"


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
    folder: Path, context: JobContext, *, append: bool = False
) -> Iterator[tuple[JobContext, Callable[[JobResult], None]]]:
    """Record a job into `events.jsonl`, its end included.

    Parameters
    ----------
    append
        Keep what an earlier part of the run said.

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
        file = (folder / EVENTS_FILE).open("ab" if append else "wb", buffering=0)
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
            if append and _is_cut_short(folder / EVENTS_FILE):
                write(b"\n")
            yield RecordedContext(context, write), finish
        except JobCancelledError as cancelled:
            write(encode(Cancelled(cancelled.kept)) + b"\n")
            raise
        except StorageError:
            raise
        except BaseException as error:
            write(encode(failed_from(error)) + b"\n")
            raise
