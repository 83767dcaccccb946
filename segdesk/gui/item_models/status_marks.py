"""Icons and colours for how far an image is and who made its labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from segdesk.core.item_status import ItemStatus, MadeBy
from segdesk.core.language import tr


@dataclass(frozen=True, slots=True)
class Mark:
    """An icon in a role, and its word.

    Parameters
    ----------
    icon
        Name in the Phosphor set.
    role
        Colour role.
    """

    word: str
    icon: str
    role: str


STATUS: Mapping[ItemStatus, Mark] = MappingProxyType(
    {
        ItemStatus.UNLABELLED: Mark(tr("Unlabelled"), "circle", "text3"),
        ItemStatus.DRAFT: Mark(tr("Draft"), "circle-half", "warn"),
        ItemStatus.REVIEW: Mark(tr("Needs review"), "circle-dashed", "warn"),
        ItemStatus.DONE: Mark(tr("Done"), "check-circle-fill", "ok"),
    }
)
UNREADABLE = Mark(tr("Not opened"), "warning-circle", "bad")
PROPOSED = Mark(tr("Proposal"), "circle-dashed", "model")
MAKERS: Mapping[MadeBy, tuple[str, ...]] = MappingProxyType(
    {
        MadeBy.NOBODY: (),
        MadeBy.HAND: ("pencil-simple",),
        MadeBy.MODEL: ("cube",),
        MadeBy.IMPORT: ("download-simple",),
        MadeBy.MIXED: ("pencil-simple", "cube"),
    }
)
"""Icons of provenance: by hand, by a model, read from a file, or both."""
