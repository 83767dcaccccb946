"""The first journey: from a path to a picture on screen."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.files.reading import Reading
from segdesk.app.files.recent import RecentPlaces
from segdesk.app.files.thumbnails import Thumbnails
from segdesk.app.notices import Notice, Verb
from segdesk.app.ports import ExecutorPort
from segdesk.app.session import FileList
from segdesk.app.signal import Signal
from segdesk.core.errors import InputError, JobCancelledError, SegDeskError
from segdesk.core.language import spaced, tr
from segdesk.core.video_source import is_video_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from segdesk.app.files.opened_image import OpenedImage
    from segdesk.core.band_sample import BandSample
    from segdesk.core.image_view import ImageView

_CACHE_BYTES = 256_000_000
_SAMPLE_PX = 640


class Opening:
    """Opens files and folders, and moves from image to image.

    The picture on screen changes only when the next one is read in full; a file that
    cannot be read is told, and the way goes on from its place in the list.

    Parameters
    ----------
    executor
        Reads images and lists folders.
    """

    def __init__(
        self,
        desk: Desk,
        executor: ExecutorPort,
        thumbnails: Thumbnails,
        recent: RecentPlaces,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.open_video: Callable[[Path], None] = lambda _path: None
        self.thumbnails = thumbnails
        self.recent = recent
        self._session = desk.session
        self._executor = executor
        self._notices = desk.notices
        self._listing = 0
        self._request = 0
        self._wanted: int | None = None
        self._place: Path | None = None
        self._reading: Path | None = None
        self._now = Reading()
        self._ahead = Reading()
        self._cache: OrderedDict[Path, OpenedImage] = OrderedDict()
        self._failed: dict[Path, Notice] = {}

    @property
    def is_busy(self) -> bool:
        """Whether a folder is being listed or an image read."""
        return self._reading is not None

    @property
    def wanted(self) -> int | None:
        """Index of the image that was asked for: shown, on its way, or unreadable."""
        return self._wanted

    @property
    def reading(self) -> Path | None:
        """The folder or image that is being read."""
        return self._reading

    @property
    def share(self) -> float | None:
        """How much of the image is read, 0-1; None: that is not known."""
        return None if self._reading is None else self._now.share

    def stop(self) -> None:
        """Leave what is being read; the image on screen stays."""
        if self._reading is None:
            return
        self._listing += 1
        self._request += 1
        self._now.stop()
        files, image = self._session.files, self._session.image
        if image is not None and image.view != self._session.image_view:
            self._choose_view(image.view)
        if files.current is not None:
            self._wanted = files.current
        elif self._wanted is not None:
            self._session.set_files(replace(files, unread=self._wanted))
        self._set_reading(None)

    def why_failed(self, path: Path) -> str:
        """Return why a file could not be read when it was last tried, or ""."""
        notice = self._failed.get(path)
        return spaced(notice.message, notice.cause) if notice else ""

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open files and folders; one file opens its folder around it.

        Of videos the first is opened; it needs no folder.
        """
        videos = [path for path in paths if is_video_name(path) and not path.is_dir()]
        chosen = tuple(path.absolute() for path in paths if path not in videos)
        if videos:
            self.open_video(videos[0])
        if chosen:
            self._list(chosen, self.recent.last_of(chosen[0]))

    def open_at(self, folder: Path, image: Path) -> None:
        """Open a folder at one of its images."""
        self._list((folder,), str(image))

    def _list(self, chosen: tuple[Path, ...], last: str) -> None:
        self._listing += 1
        listing = self._listing
        self._set_reading(chosen[0])
        self._executor.submit(
            lambda: list_images(chosen, last),
            lambda files: self._on_listed(listing, files),
            self._on_not_listed,
        )

    def open_made(self, make: "Callable[[], Path]") -> None:
        """Open a folder that is put together first, on a worker."""
        self._listing += 1
        listing = self._listing

        def made(folder: Path) -> None:
            if listing == self._listing:
                self.open_paths((folder,))

        self._executor.submit(make, made, self._notices.error)

    def close(self) -> None:
        """Close all files; nothing on disk changes."""
        self._listing += 1
        self._request += 1
        self._now.stop()
        self._ahead.stop()
        self._wanted = None
        self._cache.clear()
        self._failed.clear()
        self._session.set_files(FileList())
        self._session.set_image(None)
        self._set_reading(None)

    def show(self, index: int) -> None:
        """Show the image at `index` of the open files."""
        files = self._session.files
        if not 0 <= index < len(files.paths):
            return
        path = files.paths[index]
        self._wanted = index
        self._request += 1
        request = self._request
        self._now.stop()
        self._ahead.stop()
        self._now = now = Reading()
        kept = self._cache.get(path)
        if kept is not None:
            self._on_read(request, index, kept)
            return
        self._set_reading(path)
        view = self._session.image_view
        self._executor.submit(
            lambda: _read(path, view, now),
            lambda image: self._on_read(request, index, image),
            lambda error: self._on_not_read(request, index, error),
        )

    def read_bands(
        self,
        path: Path,
        done: "Callable[[BandSample], object]",
        failed: "Callable[[SegDeskError], object]",
    ) -> None:
        """Read a small copy of an image in all its bands."""
        self._executor.submit(lambda: _sample(path), done, failed)

    def set_view(self, view: "ImageView") -> None:
        """Read the open files with other bands, or stretched in another way."""
        if view == self._session.image_view:
            return
        self._choose_view(view)
        self._cache.clear()
        if self._wanted is not None:
            self.show(self._wanted)

    def reorder(self, paths: tuple[Path, ...], places: Sequence[int]) -> None:
        """Put the open files into another order; what is shown or read stays.

        Parameters
        ----------
        places
            Where the file of each place now stands in `paths`.
        """
        files = self._session.files
        if self._wanted is None or len(paths) != len(files.paths):
            return
        wanted = places[self._wanted]
        shown, lost = (
            None if place is None else places[place]
            for place in (files.current, files.unread)
        )
        self._wanted = wanted
        self._session.set_files(replace(files, paths=paths, current=shown, unread=lost))
        if self._reading is not None:
            self.show(wanted)

    def next(self) -> None:
        """Show the next image; the last one stays."""
        self._step(1)

    def previous(self) -> None:
        """Show the previous image; the first one stays."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self._wanted is not None:
            self.show(self._wanted + by)

    def _on_listed(self, listing: int, files: FileList) -> None:
        if listing != self._listing:
            return
        index = files.current or 0
        self._cache.clear()
        self._failed.clear()
        self._session.set_files(replace(files, current=None))
        self._place = files.root or files.paths[index]
        self._take_view(self.recent.view_of(self._place))
        self.recent.add(self._place, len(files.paths), files.paths[index])
        self.show(index)

    def _choose_view(self, view: "ImageView") -> None:
        self._take_view(view)
        if self._place is not None:
            self.recent.note_view(self._place, view)

    def _take_view(self, view: "ImageView") -> None:
        if view != self._session.image_view:
            self._session.set_image_view(view)
            self.thumbnails.view = view
            self.thumbnails.forget()

    def _on_read(self, request: int, index: int, image: "OpenedImage") -> None:
        self._keep(image)
        if request != self._request:
            return
        self._set_reading(None)
        files = self._session.files
        self._session.set_image(image)
        self._session.set_files(replace(files, current=index, unread=None))
        if self._place is not None:
            self.recent.note_last(self._place, image.path)
        self._read_ahead(index + 1)

    def _read_ahead(self, index: int) -> None:
        paths = self._session.files.paths
        if index < len(paths) and paths[index] not in self._cache:
            path, view = paths[index], self._session.image_view
            self._ahead = ahead = Reading()
            self._executor.submit(
                lambda: _read(path, view, ahead), self._keep, lambda _error: None
            )

    def _keep(self, image: "OpenedImage") -> None:
        self._forget_failure(image.path)
        if image.view != self._session.image_view:
            return
        self._cache[image.path] = image
        self._cache.move_to_end(image.path)
        size = sum(kept.pixels.nbytes for kept in self._cache.values())
        while size > _CACHE_BYTES and len(self._cache) > 1:
            _, dropped = self._cache.popitem(last=False)
            size -= dropped.pixels.nbytes

    def _on_not_listed(self, error: SegDeskError) -> None:
        self._set_reading(None)
        self._notices.error(error)

    def _on_not_read(self, request: int, index: int, error: SegDeskError) -> None:
        if request != self._request:
            return
        self._set_reading(None)
        files = self._session.files
        path = files.paths[index]
        is_last = index == len(files.paths) - 1
        verbs = () if is_last else (Verb(tr("Next image"), self.next),)
        self._forget_failure(path)
        self._failed[path] = self._notices.error(error, verbs)
        self._session.set_files(replace(files, unread=index))

    def _forget_failure(self, path: Path) -> None:
        notice = self._failed.pop(path, None)
        if notice is not None:
            self._notices.withdraw(notice)

    def _set_reading(self, path: Path | None) -> None:
        if path != self._reading:
            self._reading = path
            self.changed.emit()


def _read(path: Path, view: "ImageView", reading: Reading) -> "OpenedImage":
    from segdesk.app.files.opened_image import open_image

    try:
        return open_image(path, view, reading.tell)
    except JobCancelledError as stopped:
        message = tr("{name} was not opened.", name=path.name)
        raise SegDeskError(message, cause=tr("It was stopped.")) from stopped


def _sample(path: Path) -> "BandSample":
    from segdesk.core.band_sample import read_band_sample

    return read_band_sample(path, _SAMPLE_PX)


def list_images(paths: tuple[Path, ...], last: str = "") -> FileList:
    """Return the images behind what the user named. Slow: call it on a worker.

    Parameters
    ----------
    paths
        Absolute. One folder: its images, recursively. One file: the images of its
        folder, at that file. Several: what they hold, in their order.
    last
        The image of a folder to begin at; one that is gone: at the first.

    Raises
    ------
    InputError
        When there is nothing, or no image, behind them.
    """
    from segdesk.core.imaging import find_images

    missing = [path for path in paths if not path.exists()]
    if missing:
        raise InputError(
            tr("{name} was not opened.", name=missing[0].name),
            cause=tr("{missing} does not exist.", missing=missing[0]),
            hint=tr("Check whether it was moved or its disk is connected."),
        )
    if len(paths) == 1 and paths[0].is_file():
        beside = tuple(find_images(paths[0].parent, recursive=False))
        if paths[0] in beside:
            return FileList(paths[0].parent, beside, beside.index(paths[0]))
        return FileList(None, paths, 0)
    found: list[Path] = []
    for path in paths:
        found.extend(_images_below(path) if path.is_dir() else [path])
    if not found:
        raise InputError(
            tr("{name} was not opened.", name=paths[0].name),
            cause=tr("It holds no images that SegDesk reads."),
            hint=tr(
                "JPEG, PNG, TIFF, WebP, BMP and GIF are read. Choose another folder."
            ),
        )
    root = paths[0] if len(paths) == 1 else None
    images = tuple(dict.fromkeys(found))
    begin = Path(last)
    return FileList(root, images, images.index(begin) if begin in images else 0)


def _images_below(folder: Path) -> Sequence[Path]:
    from segdesk.app.project.reading import folder_images
    from segdesk.core.imaging import find_images

    return folder_images(folder) or find_images(folder, recursive=True)
