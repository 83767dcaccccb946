"""Where one pane shows the image."""

from dataclasses import dataclass

from segdesk.core.geometry import Cover, Size, ViewTransform, cover


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where one pane shows the image, in device pixels of the pane.

    Parameters
    ----------
    transform
        As it is drawn.
    image
        Size of the image.
    view
        Size of the pane.
    ratio
        Device pixels for one logical pixel.
    cover
        The pane's pixels that show the image; None: out of view.
    """

    transform: ViewTransform
    image: Size
    view: Size
    ratio: float
    cover: Cover | None

    @classmethod
    def at(
        cls, transform: ViewTransform, image: Size, view: Size, ratio: float
    ) -> "Place":
        """Return the place of a snapped transform."""
        return cls(transform, image, view, ratio, cover(transform, image, view))

    def same_as(self, other: "Place") -> bool:
        """Tell whether both show the same pixels at the same place."""
        return (self.transform, self.image, self.view, self.ratio) == (
            other.transform,
            other.image,
            other.view,
            other.ratio,
        )

    def shift_from(self, other: "Place") -> tuple[int, int] | None:
        """Return how far the image moved since `other`; None: not only moved."""
        if (self.transform.scale, self.image, self.view) != (
            other.transform.scale,
            other.image,
            other.view,
        ):
            return None
        dx = round(self.transform.x - other.transform.x)
        dy = round(self.transform.y - other.transform.y)
        if abs(dx) >= self.view.width or abs(dy) >= self.view.height:
            return None
        return dx, dy
