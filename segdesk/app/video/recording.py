"""Recording what a camera or a stream shows, alone or with the classes over it."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.ports import EnginePort, ExecutorPort
from segdesk.app.signal import Signal
from segdesk.core.language import joined, tr
from segdesk.formats.live_recording import SUFFIX, LiveRecording

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segdesk.app.video.film import Shot
    from segdesk.app.video.live import Post
    from segdesk.app.video.memory import VideoMemory
    from segdesk.app.video.watch import LiveWatch
    from segdesk.core.errors import SegDeskError
    from segdesk.core.video_live import LiveSource

_USUAL_FPS = 25.0
_LONGEST_NAME = 60


class VideoRecording:
    """Records the live source; across breaks of it the film goes on.

    Alone, every frame that arrives is recorded; with classes, what comes on screen.

    Parameters
    ----------
    engine
        Ends films on threads of its own.
    executor
        Writes what is remembered.
    post
        Calls a function on the window's thread, soon.

    Attributes
    ----------
    changed
        Fires when a recording begins or ends.
    reveal, play
        Show a film in its folder; open it.
    """

    def __init__(
        self,
        desk: Desk,
        watch: "LiveWatch",
        memory: "VideoMemory",
        engine: EnginePort,
        executor: ExecutorPort,
        post: "Post",
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.reveal: Callable[[Path], None] = _nothing
        self.play: Callable[[Path], None] = _nothing
        self._desk = desk
        self._watch = watch
        self._memory = memory
        self._engine = engine
        self._executor = executor
        self._post = post
        self._film: LiveRecording | None = None
        self._has_classes = False
        watch.link.connected.connect(self._listen)
        watch.shown.connect(self._on_shown)
        watch.changed.connect(self._on_watch_changed)
        watch.is_needed = lambda: self._film is not None
        self.changed.connect(watch.let_go_unseen)

    # ------------------------------------------------------------ what is so

    @property
    def film(self) -> LiveRecording | None:
        """What is being written; None: nothing."""
        return self._film

    @property
    def with_classes(self) -> bool:
        """The next recording shows what is on screen."""
        return self._memory.with_classes

    def why_not(self) -> str | None:
        """Return why nothing can be recorded now."""
        if not self._watch.is_open:
            return tr("Open a camera or a stream first")
        if self._film is None and self._watch.facts is None:
            return tr("Nothing comes in")
        return None

    # ------------------------------------------------------------ what to do

    def set_with_classes(self, *, on: bool) -> None:
        """Let the next recording show what is on screen, or the picture alone."""
        self._memory.keep_with_classes(on=on)
        write = self._memory.writer()
        self._executor.submit(write, _nothing, self._desk.notices.error)
        self.changed.emit()

    def toggle(self) -> None:
        """Begin to record, or end it."""
        if self._film is None:
            self.start()
        else:
            self.stop()

    def start(self) -> None:
        """Record into the folder of recordings, under the source's name and now."""
        stream = self._watch.link.stream
        if stream is None or self._film is not None:
            return
        when = datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S")
        name = tr(
            "{file_name} {when}{suffix}",
            file_name=file_name(self._watch.name),
            when=when,
            suffix=SUFFIX,
        )
        path = _free(self._memory.recordings / name)
        self._has_classes = self.with_classes
        fps = stream.facts.fps or stream.fps or _USUAL_FPS
        size = stream.facts.size

        def failed(error: "SegDeskError") -> None:
            self._post(lambda: self._on_failed(path, error))

        def begun(film: LiveRecording) -> None:
            if self._film is not None or not self._watch.is_open:
                self._end(film, self._ended)
                return
            self._film = film
            if self._watch.link.stream is not None:
                self._listen(self._watch.link.stream)
            self.changed.emit()

        self._executor.submit(
            lambda: LiveRecording(path, size, fps, failed),
            begun,
            self._desk.notices.error,
        )

    def stop(self) -> None:
        """End the film; a notice tells where it is."""
        film = self._take()
        if film is not None:
            self._end(film, self._ended)

    def close(self) -> None:
        """End the film, and wait for it: the program ends."""
        film = self._take()
        if film is not None:
            film.stop()

    # ------------------------------------------------------------ inside

    def _take(self) -> LiveRecording | None:
        film, self._film = self._film, None
        stream = self._watch.link.stream
        if stream is not None:
            stream.listen(None)
        if film is not None:
            self.changed.emit()
        return film

    def _end(
        self, film: LiveRecording, told: Callable[[LiveRecording], object]
    ) -> None:
        row = self._desk.jobs.open(
            tr("Finish {name}", name=film.path.name), "record", _cannot, fleeting=True
        )

        def done(_none: object) -> None:
            self._desk.jobs.finish(row)
            told(film)

        self._engine.start_work(
            lambda _context: film.stop(),
            lambda _report: None,
            done,
            lambda terminal: self._desk.jobs.close(row, terminal),
        )

    def _listen(self, stream: "LiveSource") -> None:
        film = self._film
        if film is not None and not self._has_classes:
            stream.listen(lambda arrival: film.add(arrival.at_s, arrival.pixels))

    def _on_shown(self, shot: "Shot") -> None:
        film, stream = self._film, self._watch.link.stream
        if film is None or stream is None or not self._has_classes:
            return
        if self._watch.is_held:
            return
        opacity = self._desk.session.view.opacity
        film.add(stream.began_s + shot.time_s, lambda: _on_screen(shot, opacity))

    def _on_watch_changed(self) -> None:
        if self._film is not None and not self._watch.is_open:
            self.stop()
        self.changed.emit()

    def _on_failed(self, path: Path, error: "SegDeskError") -> None:
        film = self._film
        if film is not None and film.path == path:
            self._take()
        self._desk.notices.error(error)

    def _ended(self, film: LiveRecording) -> None:
        path = film.path
        if film.is_broken:
            return  # that was told
        if not film.frames:
            self._desk.notices.remark(tr("Nothing came in, so nothing was recorded"))
            return
        told = [
            tr(
                "{frames:,} frames, {size_bytes:,.1f} MB.",
                frames=film.frames,
                size_bytes=film.size_bytes / 1000000.0,
            )
        ]
        if film.dropped:
            told.append(
                tr(
                    "{dropped:,} frames came faster than they could be written.",
                    dropped=film.dropped,
                )
            )
        self._desk.notices.post(
            Notice(
                Level.DONE,
                tr("{name} was recorded.", name=path.name),
                joined(" ", told),
                verbs=(
                    Verb(tr("Show in folder"), lambda: self.reveal(path)),
                    Verb(tr("Open it"), lambda: self.play(path)),
                ),
            )
        )


def file_name(words: str) -> str:
    """Return words as a part of a file's name: "rtsp://host/door" as "host door"."""
    inside = words.partition("://")[2] or words
    plain = re.sub(r"[^\w.-]+", " ", inside).strip(" .")
    return plain[:_LONGEST_NAME].strip(" .") or "live"


def _free(path: Path) -> Path:
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(
            tr(
                "{stem} {number}{suffix}",
                stem=path.stem,
                number=number,
                suffix=path.suffix,
            )
        )
    return found


def _on_screen(shot: "Shot", opacity: float) -> "NDArray[np.uint8]":
    from segdesk.core.render import overlay

    said, pixels = shot.prediction, shot.image.pixels
    if said is None or said.labels.shape != pixels.shape[:2]:
        return pixels
    ground = said.classes.background_index
    hidden = () if ground is None else (ground,)
    return overlay(pixels, said.labels, said.classes, opacity, hidden)


def _cannot() -> None:
    """Nothing is given up: the film is nearly whole."""


def _nothing(_value: object) -> None:
    """Do nothing."""
