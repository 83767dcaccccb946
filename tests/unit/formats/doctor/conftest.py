"""A small data set without a fault, for tests to break."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.formats.doctor.check import CheckRequest, check_data

NAMES = {"train": ("a", "b", "c"), "val": ("d", "e")}


class DataSet:
    """A data set in the training layout, and ways to change its files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        rng = np.random.default_rng(5)
        for split, names in NAMES.items():
            for name in names:
                coarse = rng.integers(0, 255, (5, 6, 3), np.uint8)
                photo = Image.fromarray(coarse).resize((48, 40))
                self.save(self.image(name, split), photo)
                labels = np.zeros((40, 48), np.uint8)
                labels[8:30, 10 : 20 + ord(name) % 8] = 1
                self.save(self.mask(name, split), Image.fromarray(labels))
        self.name_classes("background", "thing")

    @staticmethod
    def split_of(name: str) -> str:
        return next(split for split, names in NAMES.items() if name in names)

    def image(self, name: str, split: str = "", end: str = ".png") -> Path:
        split = split or self.split_of(name)
        return self.root / "img_dir" / split / f"{name}{end}"

    def mask(self, name: str, split: str = "", end: str = ".png") -> Path:
        split = split or self.split_of(name)
        return self.root / "ann_dir" / split / f"{name}{end}"

    def masks(self) -> list[Path]:
        return sorted((self.root / "ann_dir").rglob("*.png"))

    @staticmethod
    def save(path: Path, picture, **options) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = picture if hasattr(picture, "save") else Image.fromarray(picture)
        picture.save(path, **options)

    @staticmethod
    def read(path: Path):
        return np.asarray(Image.open(path))

    def name_classes(self, *names) -> None:
        entries = [n if isinstance(n, dict) else {"name": n} for n in names]
        text = json.dumps({"classes": entries})
        (self.root / "classes.json").write_text(text)

    def check(self, **options):
        request = CheckRequest(data_dir=self.root, **options)
        return check_data(request, lambda done, total: None, lambda: None)

    def found(self, rule: str, **options):
        return [one for one in self.check(**options).findings if one.rule == rule]


@pytest.fixture
def dataset(tmp_path: Path) -> DataSet:
    """Return a data set in which the doctor finds nothing."""
    return DataSet(tmp_path / "data")
