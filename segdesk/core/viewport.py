"""What of the image is in view: fit, zoom at a point, pan, within sensible limits."""

from dataclasses import replace

from segdesk.core.geometry import (
    ACTUAL_SCALE,
    Area,
    Rect,
    Size,
    ViewTransform,
    clamped,
    clamped_scale,
    fit,
    next_stop,
    scaled_past_actual,
)

PART_ROOM = 3  # width of the view for the width of a part that is zoomed to
PART_SCALE = 8.0


class Viewport:
    """A view of an image, in device pixels of the view.

    Parameters
    ----------
    view
        Size of the view.
    room
        Size that a fitted image keeps to; None: that of the view.

    Attributes
    ----------
    foot
        Pixels at the lower edge of the view that a fitted image leaves clear.
    """

    def __init__(self, view: Size | None = None, room: Size | None = None) -> None:
        self.view = view or Size(1, 1)
        self.room = room or self.view
        self.image: Size | None = None
        self.is_fitted = True
        self.foot = 0
        self._exact = ViewTransform()

    @property
    def drawn(self) -> ViewTransform:
        """Where the image is drawn: its corner on a whole device pixel."""
        return self._exact.snapped()

    @property
    def scale(self) -> float:
        """Device pixels for one image pixel."""
        return self._exact.scale

    @property
    def visible(self) -> Area | None:
        """The part of the image in view, in image pixels; None without an image."""
        return self.drawn.visible(self.image, self.view) if self.image else None

    @property
    def shows_all(self) -> bool:
        """Whether no part of the image is out of view."""
        part = self.visible
        if part is None or self.image is None:
            return True
        pixel = 1 / self.scale
        return (
            part.width >= self.image.width - pixel
            and part.height >= self.image.height - pixel
        )

    def set_image(self, image: Size | None) -> None:
        """Look at another image; one of the same size is seen as the one before."""
        if image != self.image or self.is_fitted:
            self.image = image
            self.fit()

    def resize(self, view: Size, room: Size | None = None) -> None:
        """Change the view's size; its middle keeps showing the same place."""
        room = room or view
        if (view, room) == (self.view, self.room):
            return
        dx = (view.width - self.view.width) / 2
        dy = (view.height - self.view.height) / 2
        self.view, self.room = view, room
        if self.is_fitted:
            self.fit()
        else:
            self._set(self._exact.moved(dx, dy))

    def fit(self) -> None:
        """Show the whole image, and keep doing so when the view changes its size."""
        if self.image:
            room = Size(self.room.width, self.room.height - self.foot)
            exact = fit(self.image, self.view, room)
            free = self.view.height - (self.view.height - self.room.height) / 2
            lowest = free - self.foot - self.image.height * exact.scale
            self._exact = replace(exact, y=min(exact.y, lowest))
        self.is_fitted = True

    def zoom_to(self, scale: float, at: tuple[float, float] | None = None) -> None:
        """Zoom so that the place `at`, else the view's middle, shows the same."""
        if self.image:
            x, y = at or (self.view.width / 2, self.view.height / 2)
            scale = clamped_scale(scale, self.image)
            self._set(self._exact.zoomed(scale, x, y))

    def zoom_to_part(self, part: Rect) -> None:
        """Zoom so that a part of the image, in its pixels, takes a third of the view.

        A small part is not shown larger than `PART_SCALE`.
        """
        wide = self.view.width / max(1, PART_ROOM * part.width)
        high = self.view.height / max(1, PART_ROOM * part.height)
        self.zoom_to(min(wide, high, PART_SCALE))

    def zoom_by(self, factor: float, at: tuple[float, float]) -> None:
        """Zoom by a factor, resting at 100% on the way past it."""
        self.zoom_to(scaled_past_actual(self.scale, factor), at)

    def zoom_step(self, *, closer: bool) -> None:
        """Zoom to the next round zoom about the view's middle."""
        self.zoom_to(next_stop(self.scale, closer=closer))

    def actual_size(self) -> None:
        """Show one image pixel as one device pixel."""
        self.zoom_to(ACTUAL_SCALE)

    def move(self, dx: float, dy: float) -> None:
        """Shift the image by device pixels."""
        if self.image:
            self._set(self._exact.moved(dx, dy))

    def centre_on(self, x: float, y: float) -> None:
        """Bring a place of the image into the view's middle."""
        if self.image:
            centred = replace(
                self._exact,
                x=self.view.width / 2 - x * self.scale,
                y=self.view.height / 2 - y * self.scale,
            )
            self._set(centred)

    def _set(self, transform: ViewTransform) -> None:
        if self.image:
            self._exact = clamped(transform, self.image, self.view)
            self.is_fitted = False
