"""What the files panel says when nothing is listed."""

from segdesk.core.item_status import ItemStatus
from segdesk.core.language import tr


def why_nothing(text: str, status: ItemStatus | None) -> str:
    """Return why no file is listed, of a filter."""
    if status is None:
        return tr("No file fits “{text}”.", text=text)
    if not text:
        return tr("No file is {status}.", status=status)
    return tr("No file that is {status} fits “{text}”.", status=status, text=text)
