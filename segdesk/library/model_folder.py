"""Folders of models on disk: how one comes into being and how it goes."""

import errno
import hashlib
import re
import shutil
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from segdesk.core.errors import InputError, StorageError
from segdesk.core.language import tr
from segdesk.formats.atomic import atomic_writer, write_atomic
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import ModelFacts
from segdesk.library.meter import Meter
from segdesk.library.model_card import ModelCard, size_words, write_card

_CHUNK = 4 << 20
_ABANDONED_S = 3600.0
_HIDDEN = re.compile(r"\.(incoming|removed)-[0-9a-f]{32}")
_MAX_ID = 60
_IS_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,118}[a-z0-9]")
# Names of devices, on Windows also with a suffix.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul"]
    + [f"{kind}{number}" for kind in ("com", "lpt") for number in range(1, 10)]
)


class IncomingFolder:
    """A model that is being put together, out of sight until it is whole.

    Leaving the block without `settle` removes it; a checkpoint that was moved in goes
    back to where it was.

    Parameters
    ----------
    root
        The library's folder; made if missing.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._path = root / f".incoming-{uuid4().hex}"
        self._moved: tuple[Path, Path] | None = None

    def __enter__(self) -> "IncomingFolder":
        try:
            self._path.mkdir(parents=True)
        except OSError as error:
            raise _refused(self._root, error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._moved:
            here, there = self._moved
            with suppress(OSError):
                here.replace(there)
        shutil.rmtree(self._path, ignore_errors=True)

    def take_in(
        self,
        checkpoint: Path,
        name: str,
        facts: ModelFacts,
        context: JobContext,
        *,
        move: bool = False,
    ) -> None:
        """Bring the checkpoint in.

        Parameters
        ----------
        facts
            Size and hash that it must have.
        context
            Takes `Progress` in bytes; is asked for a stop between chunks.
        move
            Rename it if it lies on the same disk, else copy and delete it.

        Raises
        ------
        InputError
            When it is no longer the file that was inspected.
        StorageError
            When the disk is full or refuses.
        """
        target = self._path / name
        if move:
            with suppress(OSError):
                checkpoint.replace(target)
                self._moved = (target, checkpoint)
                return
        self._check_space(facts.checkpoint_bytes)
        digest = hashlib.sha256()
        meter = Meter(context.report)
        meter.start(0)
        done = 0
        with atomic_writer(target) as file:
            for chunk in _chunks(checkpoint):
                context.check()
                file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                meter.tick(done, facts.checkpoint_bytes)
        if digest.hexdigest() != facts.sha256:
            raise InputError(
                tr("{name} was not added.", name=checkpoint.name),
                cause=tr("It changed while it was being copied."),
                hint=tr("Wait until the training has ended, then add it again."),
            )
        if move:
            checkpoint.unlink(missing_ok=True)

    def write(self, name: str, data: bytes) -> None:
        """Write a small file into it."""
        write_atomic(self._path / name, data)

    def settle(self, card_for: Callable[[str], ModelCard], ids: Iterator[str]) -> Path:
        """Write the card and give the folder its name, in one step.

        Parameters
        ----------
        card_for
            Returns the card for an id.
        ids
            Ids to try: another program may take one in the meantime.
        """
        for model_id in ids:
            target = self._root / model_id
            write_card(card_for(model_id), self._path)
            if target.exists():
                continue
            try:
                return self._path.rename(target)
            except OSError as error:
                if not target.exists():
                    raise _refused(self._root, error) from error
        msg = "the supply of ids ended"
        raise RuntimeError(msg)

    def _check_space(self, needed: int) -> None:
        free = shutil.disk_usage(self._root).free
        if free < needed:
            raise StorageError(
                tr("The model was not added."),
                cause=tr(
                    "{folder} has {free} free, the checkpoint needs {needed}.",
                    folder=self._root,
                    free=size_words(free),
                    needed=size_words(needed),
                ),
                hint=tr("Free some space, then add it again."),
            )


def free_id(name: str, taken: frozenset[str]) -> Iterator[str]:
    """Yield ids for a model of this name that are not taken, nicest first.

    A name that is an id already, as those of the zoo are, stays as it is.
    """
    plain = unicodedata.normalize("NFC", name).lower()
    if not _IS_ID.fullmatch(plain):
        plain = re.sub(r"[\W_]+", "-", plain).strip("-")[:_MAX_ID].strip("-")
    base = plain or "model"
    if base in _DEVICES:
        base = f"{base}-model"
    number = 1
    while True:
        model_id = base if number == 1 else f"{base}-{number}"
        if model_id not in taken:
            yield model_id
        number += 1


def remove_folder(folder: Path) -> None:
    """Take a model out of sight in one step, then delete its files.

    Raises
    ------
    OSError
        When it cannot be taken out of sight. It is unchanged then.
    """
    hidden = folder.with_name(f".removed-{uuid4().hex}")
    folder.rename(hidden)
    shutil.rmtree(hidden, ignore_errors=True)


def sweep(root: Path) -> None:
    """Delete what a killed program left half made or half removed."""
    with suppress(OSError):
        for path in root.iterdir():
            if _HIDDEN.fullmatch(path.name) and _age_s(path) > _ABANDONED_S:
                shutil.rmtree(path, ignore_errors=True)


def _age_s(folder: Path) -> float:
    """Return the seconds since anything in it was written."""
    newest = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    return time.time() - newest


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise InputError(
            tr("{name} was not added.", name=path.name),
            cause=tr(
                "{path} cannot be read: {reason}.",
                path=path,
                reason=error.strerror or error,
            ),
            hint=tr("Check that the disk it lies on is still there."),
        ) from error


def _refused(root: Path, error: OSError) -> StorageError:
    full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    why = tr("the disk is full") if full else (error.strerror or str(error))
    return StorageError(
        tr("The model was not added."),
        cause=f"{root}: {why}.",
        hint=tr("Free some space, or set SEGDESK_HOME to another folder."),
        detail=str(error),
    )
