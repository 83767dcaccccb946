"""Whether a file is still the one that was read, and how to keep it from harm."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.errors import StorageError
from segdesk.core.language import tr


@dataclass(frozen=True, slots=True)
class FileMark:
    """Tells whether a file is still the one that was read or written.

    Parameters
    ----------
    size
        In bytes.
    modified_ns
        When it was last written, nanoseconds since 1970.
    digest
        SHA-256 of its bytes.
    """

    size: int
    modified_ns: int
    digest: str


def mark_of(path: Path) -> FileMark | None:
    """Return the mark of a file; None when there is none.

    Raises
    ------
    OSError
        When it may not be read.
    """
    try:
        facts = path.stat()
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return FileMark(facts.st_size, facts.st_mtime_ns, digest_of(data))


def is_unchanged(path: Path, mark: FileMark | None) -> bool:
    """Tell whether a file is still as its mark says; a new date alone is no change."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return mark is None
    if mark is None:
        return False
    if (facts.st_size, facts.st_mtime_ns) == (mark.size, mark.modified_ns):
        return True
    now = mark_of(path)
    return now is not None and now.digest == mark.digest


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def keep_aside(paths: tuple[Path, ...], word: str = "damaged") -> tuple[Path, ...]:
    """Give files another name beside their own, so that nothing overwrites them.

    Returns
    -------
    kept
        Their new names; files that are not there are left out.

    Raises
    ------
    StorageError
        When a folder may not be written to.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S")
    kept = []
    for path in paths:
        if not path.exists():
            continue
        # Behind the suffix, so that no program takes it for a mask of the data set.
        number, target = 1, path.with_name(f"{path.name}.{word}-{stamp}")
        while target.exists():
            number += 1
            target = path.with_name(f"{path.name}.{word}-{stamp}-{number}")
        try:
            path.rename(target)
        except OSError as error:
            raise StorageError(
                tr("{name} was not set aside.", name=path.name),
                cause=tr(
                    "{reason}. It stays as it is, and nothing was written.",
                    reason=error.strerror,
                ),
                hint=tr("Check that you may write into {folder}.", folder=path.parent),
                detail=str(error),
            ) from error
        kept.append(target)
    return tuple(kept)
