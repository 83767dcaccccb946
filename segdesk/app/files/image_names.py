"""What images are called where several folders hold files of the same name."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from segdesk.core.language import tr


def names_apart(images: Iterable[Path]) -> dict[Path, str]:
    """Return a short name for each image: "part_001", or "Tile 7 / part_001".

    The folder is named where two images share a name.
    """
    paths = tuple(dict.fromkeys(images))
    shared = Counter(path.stem for path in paths)
    return {
        path: path.stem
        if shared[path.stem] == 1
        else tr("{name} / {stem}", name=path.parent.name, stem=stem)
        for path, stem in ((path, path.stem) for path in paths)
    }
