"""Small labelled sets that tests of the formats make."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.classes import ClassList
from segdesk.formats.labelled import LabelledImage, LabelledSet, Loaded


def made_set(folder: Path, maps: dict[str, np.ndarray], classes: ClassList):
    """Return a set of label maps, with a picture of each in a folder."""
    items = []
    for name, labels in maps.items():
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        size = labels.shape[1], labels.shape[0]
        Image.new("RGB", size, (9, 90, 190)).save(path)
        split = "val" if "val" in name else "train"
        items.append(
            LabelledImage(name, lambda labels=labels: Loaded(labels), path, split)
        )
    return LabelledSet(folder, classes, tuple(items))


@pytest.fixture
def make_set():
    """Give the function that makes a set."""
    return made_set


@pytest.fixture
def save_mask():
    """Give a function that saves a mask, palette or not, and a picture beside it."""

    def save(path: Path, values, palette=None) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray(np.asarray(values))
        if palette is not None:
            image = image.convert("P") if image.mode != "L" else image
            image.putpalette([band for colour in palette for band in colour])
        image.save(path)
        return path

    return save
