"""Files that were dropped."""

from pathlib import Path

from PySide6.QtGui import (
    QDropEvent,
)


def dropped_paths(event: QDropEvent) -> list[Path]:
    """Return the files and folders of a drop; addresses of the network are none."""
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
