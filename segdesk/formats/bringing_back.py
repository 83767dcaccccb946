"""Putting a kept copy of a file into its place, also on a disk that is full."""

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from segdesk.core.errors import StorageError
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_MARGIN = 64 * 1024


def bring_back(kept: Path, target: Path, before_removing: Callable[[], None]) -> None:
    """Put a copy into the place of a file; where there is no copy, the file goes.

    Where the disk has no room for both, a link to the copy needs none. Across disks
    the file goes first, if that makes room enough; the copy stays.

    Parameters
    ----------
    before_removing
        Called before the file goes first: take note that the copy alone is left. It may
        raise a StorageError, which leaves the file there.

    Raises
    ------
    StorageError
        When the disk does not take it even so.
    """
    try:
        if not kept.exists():
            target.unlink(missing_ok=True)
            return
        data = kept.read_bytes()
    except OSError as error:
        raise StorageError(
            tr("{name} was not put back.", name=target.name),
            cause=tr(
                "{filename} does not give way: {reason}.",
                filename=error.filename,
                reason=error.strerror or error,
            ),
            hint=tr("Check that its disk is there, and your rights."),
            detail=str(error),
        ) from error
    try:
        write_atomic(target, data)
    except StorageError as error:
        if not _is_full(error):
            raise
        if not _linked(kept, target):
            if not _makes_room(target, len(data)):
                raise
            before_removing()
            target.unlink(missing_ok=True)
            write_atomic(target, data)


def _is_full(error: StorageError) -> bool:
    why = error.__cause__
    return isinstance(why, OSError) and why.errno in _FULL


def _makes_room(target: Path, wanted: int) -> bool:
    """Tell whether there is room for some bytes once a file is gone."""
    try:
        free = shutil.disk_usage(target.parent).free
        return free + target.stat().st_size > wanted + _MARGIN
    except OSError:
        return False


def _linked(kept: Path, target: Path) -> bool:
    """Put a link to the copy into the place of a file; tell whether that went."""
    target = Path(os.path.realpath(target))
    temporary = target.parent / f".segdesk-{uuid4().hex[:12]}.tmp"
    try:
        os.link(kept, temporary)
        temporary.replace(target)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        return False
    return True
