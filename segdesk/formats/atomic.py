"""Writing files whole or not at all.

The bytes go into a temporary file in the same folder, are forced to the disk, and only
then take the place of the target in one step: a reader sees the old file or the new
one, never half of one.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from segdesk.core.errors import StorageError
from segdesk.core.language import tr

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_FORBIDDEN = (errno.EACCES, errno.EPERM)


def write_atomic(
    path: Path, data: bytes | memoryview, scratch: Path | None = None
) -> None:
    """Write a file whole or not at all; missing folders are made.

    Parameters
    ----------
    scratch
        As for `atomic_writer`.

    Raises
    ------
    StorageError
        When the disk is full, the folder may not be written to, or the name is too
        long. The earlier file, if there was one, is untouched.
    """
    with atomic_writer(path, scratch) as file:
        file.write(data)


@contextmanager
def atomic_writer(path: Path, scratch: Path | None = None) -> Iterator[BinaryIO]:
    """Open a file that appears under its name only when the block ends well.

    Parameters
    ----------
    path
        The file to write; a link is followed, missing folders are made.
    scratch
        Folder on the same disk for the temporary file, so that its owner can find what
        a kill left; None: the file's own folder.

    Yields
    ------
    file
        A binary file to write to.

    Raises
    ------
    StorageError
        When making, writing or renaming fails. An OSError that leaves the block counts
        as one of writing. The temporary file is gone afterwards.
    """
    target = Path(os.path.realpath(path))
    folder = target.parent if scratch is None else scratch
    temporary = folder / f".segdesk-{uuid4().hex[:12]}.tmp"
    written = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _create(temporary) as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
            finally:
                written = _size(file)
        if target.exists():
            with suppress(OSError):
                shutil.copymode(target, temporary)
        temporary.replace(target)
    except OSError as error:
        raise _storage_error(path, target, written, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _create(path: Path) -> BinaryIO:
    # 0o666 is cut down by the user's umask, as for any file a program makes.
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o666), "wb")


def _size(file: BinaryIO) -> int:
    with suppress(OSError):
        return os.fstat(file.fileno()).st_size
    return 0


def _storage_error(
    path: Path, target: Path, written: int, error: OSError
) -> StorageError:
    cause, hint = _words(target, written, error)
    if _is(target, Path.is_file):
        cause += tr(" The earlier file is unchanged.")
    return StorageError(
        tr("{name} was not written.", name=path.name),
        cause=cause,
        hint=hint,
        detail=str(error),
    )


def _words(target: Path, written: int, error: OSError) -> tuple[str, str]:
    folder = target.parent
    number = error.errno
    if number in _FULL:
        return (
            tr(
                "The disk is full: {megabytes} of it fitted, {free} are "
                "free in {folder}.",
                megabytes=_megabytes(written),
                free=_free(folder),
                folder=folder,
            ),
            tr("Free some space or choose another folder, then try again."),
        )
    if number == errno.EFBIG:
        return (
            tr(
                "Files here may not grow past {megabytes}.",
                megabytes=_megabytes(written),
            ),
            tr("Raise the limit of your account or choose another folder."),
        )
    if number in _FORBIDDEN:
        return (
            tr("You may not write into {folder}.", folder=folder),
            tr("Choose another folder, or have its owner give you the right to write."),
        )
    if number == errno.EROFS:
        return tr("{folder} can only be read.", folder=folder), tr(
            "Choose a folder on another disk."
        )
    if number == errno.ENAMETOOLONG:
        return (
            tr(
                "Its path has {target} letters, more than this disk takes.",
                target=len(str(target)),
            ),
            tr("Choose a shorter folder or file name."),
        )
    if number in (errno.ENOTDIR, errno.EEXIST):
        return (
            tr("A part of {folder} is a file, not a folder.", folder=folder),
            tr("Choose another folder."),
        )
    if _is(target, Path.is_dir):
        return tr("{target} is a folder.", target=target), tr("Choose another name.")
    return (
        tr(
            "{folder} does not take it: {reason}.",
            folder=folder,
            reason=error.strerror or error,
        ),
        tr("Check that the folder is still there, then try again."),
    )


def _is(path: Path, kind: Callable[[Path], bool]) -> bool:
    with suppress(OSError):
        return kind(path)
    return False


def _free(folder: Path) -> str:
    try:
        return _megabytes(shutil.disk_usage(folder).free)
    except OSError:
        return "0.0 MB"


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
