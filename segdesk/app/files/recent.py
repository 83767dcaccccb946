"""What was open lately: folders and files, newest first."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from segdesk.app.signal import Signal
from segdesk.core.image_view import AS_STORED, ImageView
from segdesk.formats.atomic import write_atomic

_KEPT = 12


class RecentPlace(msgspec.Struct, frozen=True):
    """A folder or file that was open.

    Parameters
    ----------
    images
        How many images it held.
    opened
        When, in UTC.
    first
        An image to show it by.
    last
        The image that was on screen last; "": not known.
    view
        Bands and stretch of its images.
    """

    path: str
    images: int
    opened: datetime
    first: str = ""
    last: str = ""
    view: ImageView = AS_STORED

    @property
    def name(self) -> str:
        """The last part of its path."""
        return Path(self.path).name or self.path


class RecentPlaces:
    """The list and its file.

    Parameters
    ----------
    path
        `recent.json`.

    Attributes
    ----------
    changed
        Fires when the list is another one.
    noted
        Fires when the file is behind: after `changed`, and when another image is on
        screen.
    """

    def __init__(self, path: Path) -> None:
        self.noted: Signal[()] = Signal()
        self.changed: Signal[tuple[RecentPlace, ...]] = Signal()
        self.path = path
        self.places: tuple[RecentPlace, ...] = ()

    def load(self) -> None:
        """Read the file; one that cannot be read counts as empty."""
        try:
            data = self.path.read_bytes()
            self.places = tuple(msgspec.json.decode(data, type=list[RecentPlace]))
        except (OSError, msgspec.MsgspecError):
            self.places = ()

    def add(self, path: Path, images: int, first: Path) -> None:
        """Put a place on top."""
        last, view = self.last_of(path), self.view_of(path)
        now = datetime.now(UTC)
        place = RecentPlace(str(path), images, now, str(first), last, view)
        others = tuple(other for other in self.places if other.path != place.path)
        self._set((place, *others)[:_KEPT])

    def last_of(self, path: Path) -> str:
        """Return the image of a place that was on screen last, or ""."""
        known = (place.last for place in self.places if place.path == str(path))
        return next(known, "")

    def view_of(self, path: Path) -> ImageView:
        """Return how the images of a place were shown last."""
        known = (place.view for place in self.places if place.path == str(path))
        return next(known, AS_STORED)

    def note_last(self, path: Path, image: Path) -> None:
        """Remember which image of a place is on screen; a place not listed is left."""
        self._note(path, last=str(image))

    def note_view(self, path: Path, view: ImageView) -> None:
        """Remember how the images of a place are shown; one not listed is left."""
        self._note(path, view=view)

    def _note(self, path: Path, **facts: str | ImageView) -> None:
        places = tuple(
            msgspec.structs.replace(place, **facts)
            if place.path == str(path)
            else place
            for place in self.places
        )
        if places != self.places:
            self.places = places
            self.noted.emit()

    def remove(self, path: str) -> None:
        """Take a place off the list; nothing on disk is touched."""
        self._set(tuple(place for place in self.places if place.path != path))

    def restore(self, places: tuple[RecentPlace, ...]) -> None:
        """Put the list back as it was, for an undo."""
        self._set(places)

    def clear(self) -> None:
        """Empty the list."""
        self._set(())

    def writer(self) -> Callable[[], None]:
        """Return work for a worker that writes the file as it is now."""
        data = msgspec.json.format(
            msgspec.json.encode(self.places, enc_hook=str), indent=2
        )
        path = self.path

        def write() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, data)

        return write

    def _set(self, places: tuple[RecentPlace, ...]) -> None:
        self.places = places
        self.changed.emit(places)
        self.noted.emit()
