"""Predictions of this sitting, kept so that opening their images costs nothing."""

import shutil
import time
from collections import Counter, OrderedDict
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from uuid import uuid4

from segdesk.app.ports import ExecutorPort
from segdesk.app.proposals.proposals import PackedProposal
from segdesk.app.signal import Signal
from segdesk.core.errors import StorageError
from segdesk.core.language import tr
from segdesk.core.paths import user_cache_dir
from segdesk.formats.file_lock import FileLock, HeldError

_BUDGET_BYTES = 64_000_000
_DISK_BUDGET_BYTES = 4_000_000_000
_LOCK = "lock"
_JUST_MADE_S = 60  # its lock may not be there yet


class KeptProposals:
    """Packed predictions by image.

    What has no room in memory goes to the disk, the least recently used first; what has
    no room there is dropped.

    Parameters
    ----------
    executor
        Writes what goes to the disk.

    Attributes
    ----------
    changed
        Fires with an image of which a prediction came or went.
    """

    def __init__(
        self,
        executor: ExecutorPort,
        budget_bytes: int = _BUDGET_BYTES,
        disk_budget_bytes: int = _DISK_BUDGET_BYTES,
    ) -> None:
        self.changed: Signal[Path] = Signal()
        self._executor = executor
        self._budget = budget_bytes
        self._disk_budget = disk_budget_bytes
        self._files = ProposalFiles()
        self._packed: OrderedDict[tuple[Path, str], PackedProposal] = OrderedDict()
        self._counts: Counter[Path] = Counter()
        self._leaving: set[tuple[Path, str]] = set()

    def limit_disk(self, budget_bytes: int) -> None:
        """Give what is on disk another budget; what has no room goes."""
        self._disk_budget = budget_bytes
        self._make_room_on_disk()

    def __contains__(self, key: tuple[Path, str]) -> bool:
        """Tell whether there is a prediction for (image, model id)."""
        return key in self._packed

    def has(self, path: Path) -> bool:
        """Tell whether any model's prediction of an image is kept."""
        return self._counts[path] > 0

    def put(self, path: Path, packed: PackedProposal) -> None:
        """Keep what `pack` made."""
        key = (path, packed.view.prediction.model_id)
        self._take_out(key)
        self._packed[key] = packed
        self._counts[path] += 1
        self._make_room()
        self.changed.emit(path)

    def get(self, path: Path, model_id: str) -> PackedProposal | None:
        """Return what is kept; `unpack` it on a worker."""
        packed = self._packed.get((path, model_id))
        if packed is not None:
            self._packed.move_to_end((path, model_id))
        return packed

    def drop(self, path: Path, model_id: str) -> None:
        """Forget one prediction."""
        if self._take_out((path, model_id)):
            self.changed.emit(path)

    def drop_model(self, model_id: str) -> None:
        """Forget all predictions of a model."""
        for path, model in tuple(self._packed):
            if model == model_id:
                self.drop(path, model)

    def clear(self) -> None:
        """Forget all predictions: they are of other pixels."""
        for key in tuple(self._packed):
            self.drop(*key)

    def close(self) -> None:
        """Delete what is on disk; the executor is at rest by then."""
        self._files.close()

    def _take_out(self, key: tuple[Path, str]) -> bool:
        packed = self._packed.pop(key, None)
        if packed is None:
            return False
        self._counts[key[0]] -= 1
        if not self._counts[key[0]]:
            del self._counts[key[0]]
        if packed.file is not None:
            packed.file.unlink(missing_ok=True)
        return True

    def _make_room(self) -> None:
        waiting = [
            (key, packed)
            for key, packed in self._packed.items()
            if packed.file is None and key not in self._leaving
        ]
        size = sum(packed.size for _, packed in waiting)
        for key, packed in waiting[:-1]:
            if size <= self._budget:
                break
            size -= packed.size
            self._move_out(key, packed)

    def _move_out(self, key: tuple[Path, str], packed: PackedProposal) -> None:
        self._leaving.add(key)

        def moved(there: PackedProposal | None) -> None:
            self._leaving.discard(key)
            if self._packed.get(key) is not packed:  # it was dropped meanwhile
                if there is not None and there.file is not None:
                    there.file.unlink(missing_ok=True)
            elif there is None:
                self.drop(*key)
            else:
                self._packed[key] = there
                self._make_room_on_disk()

        self._executor.submit(
            lambda: self._files.write(packed), moved, lambda _: moved(None)
        )

    def _make_room_on_disk(self) -> None:
        there = [(key, kept) for key, kept in self._packed.items() if kept.file]
        size = sum(kept.size for _, kept in there)
        for key, kept in there:
            if size <= self._disk_budget:
                break
            size -= kept.size
            self.drop(*key)


class ProposalFiles:
    """A folder of this program alone for predictions that have no room in memory.

    It is made with the first one. Folders that killed programs left are deleted then.
    """

    def __init__(self) -> None:
        self._lock: FileLock | None = None
        self._folder: Path | None = None
        self._making = Lock()

    def write(self, packed: PackedProposal) -> PackedProposal:
        """Write a prediction; returns it without its arrays. Call it on a worker.

        Raises
        ------
        StorageError
            When the disk does not take it.
        """
        confidence = packed.confidence or b""
        try:
            path = self._place() / f"{uuid4().hex}.proposal"
            path.write_bytes(packed.labels + confidence + packed.scores)
        except OSError as error:
            raise StorageError(
                tr("A proposal was not kept."),
                cause=tr(
                    "{folder} does not take it: {reason}.",
                    folder=user_cache_dir(),
                    reason=error.strerror,
                ),
                hint=tr("It is predicted anew when its image is opened."),
                detail=str(error),
            ) from error
        return replace(
            packed,
            labels=b"",
            confidence=None if packed.confidence is None else b"",
            scores=b"",
            file=path,
            lengths=(len(packed.labels), len(confidence), len(packed.scores)),
        )

    def close(self) -> None:
        """Delete the folder."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _place(self) -> Path:
        with self._making:
            if self._folder is None:
                root = user_cache_dir() / "proposals"
                root.mkdir(parents=True, exist_ok=True)
                for left in root.iterdir():
                    _delete_left(left)
                self._folder = root / uuid4().hex
                self._folder.mkdir()
                self._lock = FileLock.take(self._folder / _LOCK)
            return self._folder


def _delete_left(folder: Path) -> None:
    """Delete a folder that nobody holds any more."""
    with suppress(OSError, HeldError):
        if time.time() - folder.stat().st_mtime > _JUST_MADE_S:
            FileLock.take(folder / _LOCK).release()
            shutil.rmtree(folder, ignore_errors=True)
