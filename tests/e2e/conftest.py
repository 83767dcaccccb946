"""Journeys from the command line: the program itself, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.library.model_library import ModelLibrary

TIMEOUT_S = 240


@pytest.fixture(scope="session")
def sample_model():
    """Return the id of the model that ships with SegDesk."""
    shipped = [entry.id for entry in ModelLibrary().list() if entry.shipped]
    return next(name for name in shipped if name.startswith("nuclei"))


@pytest.fixture
def unnamed_checkpoint(sample_model, tmp_path):
    """Return the sample's checkpoint without the names of its classes."""
    import torch

    checkpoint = ModelLibrary().get(sample_model).checkpoint
    content = torch.load(checkpoint, weights_only=True)
    del content["meta"]["dataset_meta"]
    path = tmp_path / "unnamed.pth"
    torch.save(content, path)
    return path


@pytest.fixture
def nuclei():
    """Give a function that saves a picture of bright nuclei on a dark ground."""

    def save(path: Path, seed: int = 0, size: tuple[int, int] = (160, 128)) -> Path:
        rng = np.random.default_rng(seed)
        width, height = size
        y, x = np.mgrid[0:height, 0:width]
        light = np.full((height, width), 12.0)
        for _ in range(6):
            cx, cy = rng.uniform(16, width - 16), rng.uniform(16, height - 16)
            inside = ((x - cx) / 11) ** 2 + ((y - cy) / 9) ** 2
            light += 150 * np.exp(-(inside**2))
        light += rng.normal(0, 2, light.shape)
        pixels = np.repeat(light.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
        return path

    return save


@pytest.fixture
def segdesk():
    """Give a function that runs SegDesk in a process of its own."""

    def run(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*words),
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    return run


def command(*words: object) -> list[str]:
    """Return the words that start SegDesk."""
    return [sys.executable, "-P", "-m", "segdesk", *map(str, words)]
