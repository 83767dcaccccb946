"""One row of the models panel."""

from dataclasses import dataclass
from enum import StrEnum

from segdesk.library.model_card import ModelCard


class ShelfState(StrEnum):
    """What a model's row shows and what its button does."""

    LOADED = "loaded"
    LOADING = "loading"
    READY = "ready"
    NOT_DOWNLOADED = "not_downloaded"
    DOWNLOADING = "downloading"
    NEEDS_OPS = "needs_ops"
    NEEDS_EXTRA = "needs_extra"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class ShelfEntry:
    """One row of the models panel.

    Parameters
    ----------
    name, subtitle
        "Nuclei U-Net", "Ready · 2 classes · IoU 84.6".
    why
        Why it is broken or needs something, with what to do.
    progress
        0-1 while it downloads or loads; None: no bar, or unknown length.
    card
        None for entries that are only being downloaded.
    """

    id: str
    name: str
    subtitle: str
    state: ShelfState
    why: str = ""
    progress: float | None = None
    card: ModelCard | None = None
    shipped: bool = False
