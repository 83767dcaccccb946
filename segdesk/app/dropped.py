"""What happens to files that are dropped on the window."""

from collections.abc import Sequence
from pathlib import Path

from segdesk.app.context import AppContext


def open_dropped(context: AppContext, paths: Sequence[Path]) -> None:
    """Open images and folders; add checkpoints to the models."""
    models = [path for path in paths if path.suffix.lower() == ".pth"]
    for path in models:
        context.shelf.add(path)
    images = [path for path in paths if path not in models]
    if images:
        context.opening.open_paths(images)
