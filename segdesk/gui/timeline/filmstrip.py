"""Thumbnails of the time line: only those in sight, decoded on a worker."""

from collections import OrderedDict

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from segdesk.app.ports import ExecutorPort
from segdesk.app.video.film import Film
from segdesk.gui.qimage import opaque, rgb_image

_KEPT = 600


class Filmstrip(QObject):
    """Keeps the thumbnails of one video.

    `arrived` fires when another one is there.

    Parameters
    ----------
    executor
        Decodes them, one after the other.
    """

    arrived = Signal()

    def __init__(self, executor: ExecutorPort, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = executor
        self._film: Film | None = None
        self._made: OrderedDict[int, QImage] = OrderedDict()
        self._wanted: list[float] = []
        self._failed: set[int] = set()
        self._is_busy = False

    def show_film(self, film: Film | None) -> None:
        """Forget the thumbnails of another video."""
        if film is not self._film:
            self._film = film
            self._made.clear()
            self._failed.clear()
            self._wanted = []

    def at(self, time_s: float) -> QImage | None:
        """Return the thumbnail that stands for a time, if it is there."""
        if self._film is None:
            return None
        key = self._film.thumbnails.key_of(time_s)
        image = self._made.get(key)
        if image is not None:
            self._made.move_to_end(key)
        return image

    def want(self, times_s: list[float]) -> None:
        """Make those that are missing; what was wanted before is not any more."""
        film = self._film
        if film is None:
            return
        known = self._made.keys() | self._failed
        self._wanted = [t for t in times_s if film.thumbnails.key_of(t) not in known]
        self._go_on()

    def stop(self) -> None:
        """Want nothing any more."""
        self._wanted = []

    def _go_on(self) -> None:
        film = self._film
        if self._is_busy or film is None or not self._wanted:
            return
        self._is_busy = True
        time_s = self._wanted.pop(0)
        key = film.thumbnails.key_of(time_s)

        def make() -> QImage | None:
            pixels = film.thumbnails.at(time_s)
            return None if pixels is None else opaque(rgb_image(pixels))

        def done(image: QImage | None) -> None:
            self._is_busy = False
            if film is self._film:
                self._keep(key, image)
            self._go_on()

        def failed(_error: object) -> None:
            done(None)

        self._executor.submit(make, done, failed)

    def _keep(self, key: int, image: QImage | None) -> None:
        film = self._film
        if image is None or film is None:
            self._failed.add(key)
            return
        self._made[key] = image
        if len(self._made) > _KEPT:
            self._made.popitem(last=False)
        self._wanted = [t for t in self._wanted if film.thumbnails.key_of(t) != key]
        self.arrived.emit()
