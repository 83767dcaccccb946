"""Recording pictures as they come, into a film that plays even after a crash."""

import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.errors import SegDeskError, StorageError
from segdesk.core.language import tr
from segdesk.core.video_source import load_av
from segdesk.formats.video_file import GrowingWriter

SUFFIX = ".mkv"
Picture = Callable[[], NDArray[np.uint8]]
_WAITING = 60
_LEAST_FREE = 100_000_000
_LOOK_S = 1.0
_TICK_S = 0.001  # Matroska knows no finer time


class LiveRecording:
    """Encodes on a thread of its own; a frame that it has no time for is left out.

    The film lies under its name from the first second on. When the disk is nearly full
    it is ended properly, before nothing can be written any more.

    Parameters
    ----------
    path
        The .mkv; it must not be there.
    size
        Width and height; pictures of another size are fitted.
    fps
        About how many frames a second come.
    failed
        Told on the recording's thread when it ended by itself, and why.

    Attributes
    ----------
    path
        As given.
    frames, dropped
        How many were written, and left out.
    is_broken
        It ended by itself; `failed` was told why.

    Raises
    ------
    StorageError
        The file cannot be made, or there is no room for it.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        fps: float,
        failed: Callable[[SegDeskError], None],
    ) -> None:
        self.path = path
        self.frames = self.dropped = 0
        self.is_broken = False
        self._size = size
        self._fps = fps
        self._failed = failed
        self._began_s = time.monotonic()
        self._waiting: deque[tuple[float, Picture]] = deque()
        self._is_ended = False
        self._changed = threading.Condition()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._check_room()
            # Unbuffered: what was written is in the file, whatever happens.
            self._file = path.open("xb", buffering=0)
        except OSError as error:
            raise self._not_written(error) from error
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    @property
    def seconds(self) -> float:
        """How long it runs."""
        return time.monotonic() - self._began_s

    @property
    def size_bytes(self) -> int:
        """How large the film is so far."""
        with suppress(OSError):
            return self.path.stat().st_size
        return 0

    def add(self, at_s: float, picture: Picture) -> None:
        """Take a frame; returns at once, from any thread.

        Parameters
        ----------
        at_s
            When it came, on the steady clock.
        picture
            Makes (H, W, 3), RGB, on the recording's thread.
        """
        with self._changed:
            if self._is_ended:
                return
            if len(self._waiting) >= _WAITING:
                self.dropped += 1
                return
            self._waiting.append((at_s, picture))
            self._changed.notify()

    def stop(self) -> None:
        """Write what waits, and end the film. Slow: call it on a worker."""
        self._end()
        self._thread.join()

    def _end(self) -> None:
        with self._changed:
            self._is_ended = True
            self._changed.notify()

    def _next(self) -> tuple[float, Picture] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_ended)
            return self._waiting.popleft() if self._waiting else None

    def _run(self) -> None:
        av = load_av()
        problem: SegDeskError | None = None
        try:
            with self._file:
                self._write()
        except StorageError as error:
            problem = error
        except (av.FFmpegError, OSError) as error:
            problem = self._stopped(error)
        self._end()
        if not self.frames:
            with suppress(OSError):
                self.path.unlink()
        if problem is not None:
            self.is_broken = True
            self._failed(problem)

    def _write(self) -> None:
        """Write until it is ended.

        Raises
        ------
        StorageError
            The disk is nearly full; the film is whole.
        """
        writer = GrowingWriter(self._file, "matroska", self._size, fps=self._fps)
        with ExitStack() as broken:
            broken.callback(writer.abandon)
            end_s, full = self._write_all(writer)
            writer.finish(end_s)
            broken.pop_all()
        if full is not None:
            raise full

    def _write_all(self, writer: GrowingWriter) -> tuple[float, StorageError | None]:
        """Return where the film ends, and why before it was told to."""
        first_s, last_s, looked_s = 0.0, 0.0, time.monotonic()
        full: StorageError | None = None
        while full is None and (found := self._next()) is not None:
            at_s, picture = found
            first_s = first_s if self.frames else at_s
            behind_s = last_s + _TICK_S if self.frames else 0.0
            last_s = max(behind_s, at_s - first_s)
            writer.add(self._fitted(picture()), last_s)
            self.frames += 1
            if time.monotonic() - looked_s > _LOOK_S:
                looked_s, full = time.monotonic(), self._no_room()
        return last_s + 1 / (self._fps or 25.0), full

    def _fitted(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if pixels.shape[1::-1] == self._size:
            return pixels
        cv2 = load_cv2()
        fitted: NDArray[np.uint8] = cv2.resize(
            pixels, self._size, interpolation=cv2.INTER_AREA
        )
        return fitted

    def _check_room(self) -> None:
        full = self._no_room()
        if full is not None:
            raise full

    def _no_room(self) -> StorageError | None:
        try:
            free = shutil.disk_usage(self.path.parent).free
        except OSError:
            return None
        if free >= _LEAST_FREE:
            return None
        kept = self._kept()
        return StorageError(
            tr("The recording was ended.") if kept else tr("Nothing was recorded."),
            cause=tr(
                "The disk is nearly full: {free:,.1f} MB are free in {folder}.{kept}",
                free=free / 1000000.0,
                folder=self.path.parent,
                kept=kept,
            ),
            hint=tr("Free some space or choose another folder, then record again."),
        )

    def _stopped(self, error: Exception) -> StorageError:
        reason = getattr(error, "strerror", None) or str(error)
        return StorageError(
            tr("The recording broke off."),
            cause=tr(
                "{folder} takes no more: {reason}. {name} is kept as far "
                "as it was written.",
                folder=self.path.parent,
                reason=reason,
                name=self.path.name,
            ),
            hint=tr("Free some space or choose another folder, then record again."),
            detail=str(error),
        )

    def _kept(self) -> str:
        return (
            tr(" {name} plays up to here.", name=self.path.name) if self.frames else ""
        )

    def _not_written(self, error: OSError) -> StorageError:
        return StorageError(
            tr("Nothing was recorded."),
            cause=tr(
                "{path} cannot be made: {reason}.",
                path=self.path,
                reason=error.strerror or error,
            ),
            hint=tr("Choose another folder for recordings."),
            detail=str(error),
        )
