"""What is remembered of videos: live sources, folders of recordings and of frames."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from segdesk.app.kept_file import KeptFile
from segdesk.core.language import tr
from segdesk.core.video_source import without_password

_KEPT = 8
_KEPT_PLACES = 200


class _File(msgspec.Struct):
    sources: tuple[str, ...] = ()
    recordings: str = ""
    with_classes: bool = False
    frames: dict[str, str] = {}


class VideoMemory:
    """Remembers in one file of the user's own; passwords are left out.

    Parameters
    ----------
    path
        `videos.json`; one that cannot be read counts as empty.
    """

    def __init__(self, path: Path) -> None:
        self._kept = KeptFile(path, _File)

    @property
    def sources(self) -> tuple[str, ...]:
        """Cameras and addresses that were open, the newest first."""
        return self._file.sources

    @property
    def recordings(self) -> Path:
        """The folder that recordings go into."""
        kept = self._file.recordings
        if kept:
            return Path(kept)
        films = Path.home() / tr("Videos")
        return films if films.is_dir() else Path.home()

    @property
    def with_classes(self) -> bool:
        """Recordings show what is on screen, not the picture alone."""
        return self._file.with_classes

    def frames_of(self, video: str) -> Path | None:
        """Return the folder that was chosen for the frames of a video, if it is one."""
        kept = self._file.frames.get(video)
        return Path(kept) if kept else None

    def keep_source(self, source: str) -> None:
        """Put a source on top."""
        name = without_password(source)
        others = [one for one in self._file.sources if one != name]
        self._file.sources = (name, *others)[:_KEPT]

    def forget_source(self, source: str) -> None:
        """Take a source off the list."""
        self._file.sources = tuple(one for one in self._file.sources if one != source)

    def keep_recordings(self, folder: Path) -> None:
        """Remember the folder that recordings go into."""
        self._file.recordings = str(folder)

    def keep_with_classes(self, *, on: bool) -> None:
        """Remember what recordings show."""
        self._file.with_classes = on

    def keep_frames(self, video: str, folder: Path) -> None:
        """Remember where the frames of a video go."""
        places = self._file.frames
        places.pop(video, None)
        places[video] = str(folder)
        for old in list(places)[:-_KEPT_PLACES]:
            del places[old]

    def writer(self) -> Callable[[], None]:
        """Return work for a worker that writes the file as it is now."""
        return self._kept.writer()

    @property
    def _file(self) -> _File:
        return self._kept.value
