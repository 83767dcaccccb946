"""The files as they were before a fix, beside the data."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segdesk.core.errors import StorageError
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.doctor.survey import BACKUP_NAME

LIST_FILE = "changes.json"


class Backup:
    """Keeps what a fix is about to change; its folder is made with the first file.

    Parameters
    ----------
    root
        The data set; files keep their paths below it. The backup lies beside it, so
        that nothing takes it for a part of the set.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stamp = time.strftime("%Y%m%d-%H%M%S")
        self._changes: list[dict[str, str]] = []
        self.folder: Path | None = None

    def keep(self, path: Path, fix: str) -> None:
        """Copy a file before it is changed; the first state of each file stays.

        Raises
        ------
        StorageError
            When it cannot be copied; then it must not be changed.
        """
        with _told(path):
            target = self._target(path)
            if not target.exists():
                temporary = target.with_name(f"{target.name}.part")
                shutil.copy2(path, temporary)
                temporary.replace(target)
            self._note(path, target, fix)

    def take(self, path: Path, fix: str) -> None:
        """Move a file out of the data set.

        Raises
        ------
        StorageError
            When it cannot be moved; it is still where it was.
        """
        self.keep(path, fix)
        with _told(path):
            path.unlink()

    def close(self) -> None:
        """Write the list of what was changed.

        Raises
        ------
        StorageError
            When it cannot be written.
        """
        if self.folder is not None:
            content = {"data": str(self._root), "changes": self._changes}
            text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
            write_atomic(self.folder / LIST_FILE, text.encode("utf-8", "replace"))

    def _note(self, path: Path, target: Path, fix: str) -> None:
        self._changes.append({"file": str(path), "kept": str(target), "fix": fix})

    def _target(self, path: Path) -> Path:
        if self.folder is None:
            self.folder = self._made()
        if path.is_relative_to(self._root):
            inside = path.relative_to(self._root)
        else:
            inside = Path("elsewhere", *path.absolute().parts[1:])
        target = self.folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def _made(self) -> Path:
        number = 1
        name = f"{BACKUP_NAME}{self._stamp}"
        while True:
            folder = self._root.parent / (name if number == 1 else f"{name}-{number}")
            try:
                folder.mkdir()
            except FileExistsError:
                number += 1
            else:
                return folder


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            tr("{name} was not fixed.", name=path.name),
            cause=tr(
                "It could not be kept in a backup: {reason}{file}. It is unchanged.",
                reason=error.strerror or error,
                file=f" ({os.fsdecode(error.filename)})" if error.filename else "",
            ),
            hint=tr(
                "Check that there is space and that you may write beside the data."
            ),
            detail=str(error),
        ) from error
