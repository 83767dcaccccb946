"""Places that the dialog of a batch is given."""

from pathlib import Path

from PySide6.QtCore import QMimeData

from segdesk.app.batch.finding import BatchSource, SourceKind


def icon_of(source: BatchSource) -> str:
    """Return the icon of a source that was chosen."""
    return "list-bullets" if source.kind is SourceKind.LIST else "folder-open"


def dropped_path(data: QMimeData) -> Path | None:
    """Return the one file or folder that is dropped; None: none, or several."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 else None
