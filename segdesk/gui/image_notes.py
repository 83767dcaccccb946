"""What was converted while the open image was read, in the status bar."""

from typing import TYPE_CHECKING

from segdesk.core.language import joined, tr
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.status_part import StatusPart

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.files.opened_image import OpenedImage

_MOST_PX = 300
_TURNED = tr("It was turned upright, as the camera noted.")


class ImageNotes(StatusPart):
    """Says how the picture differs from its file; nothing where it does not.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext") -> None:
        super().__init__(_MOST_PX)
        context.session.image_changed.connect(self._on_session_image_changed)

    def _on_session_image_changed(self, image: "OpenedImage | None") -> None:
        notes: tuple[str, ...] = ()
        if image is not None:
            loaded = image.loaded
            notes = (*loaded.notes, *((_TURNED,) if loaded.exif_rotated else ()))
        if self.show_words("info", "text3", joined(" ", notes)):
            give(self, Tip(tr("As it was read"), "", joined(" ", notes)))
