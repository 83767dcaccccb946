"""What ships must do what its card says."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.imaging import read_image
from segdesk.core.paths import resource_path
from segdesk.jobs.specs import ModelSource
from segdesk.library.model_card import ModelCard, read_card

pytestmark = pytest.mark.engine

Labels = NDArray[np.uint8]
NUCLEI = resource_path("models", "nuclei-unet")
CARDS = sorted(path.parent for path in resource_path("models").glob("*/card.json"))


def _labels(path: Path) -> Labels:
    with Image.open(path) as mask:
        return np.asarray(mask)


def _foreground_iou(card: ModelCard, pairs: Iterable[tuple[Path, Labels]]) -> float:
    from segdesk.engine.predictor import Predictor

    notes: list[object] = []
    source = ModelSource(id=card.id, checkpoint=NUCLEI / card.checkpoint)
    predictor = Predictor(source, device="cpu", note=notes.append)
    both = either = 0
    for path, truth in pairs:
        found = predictor.predict(read_image(path).pixels, confidence=False).labels
        both += int(((found == 1) & (truth == 1)).sum())
        either += int(((found == 1) | (truth == 1)).sum())
    assert not notes
    return 100 * both / either


@pytest.mark.parametrize("folder", CARDS, ids=lambda folder: folder.name)
def test_card_names_the_file_that_lies_beside_it(folder: Path) -> None:
    from segdesk.engine.checkpoint import load_checkpoint, sha256_of

    card = read_card(folder)
    checkpoint = folder / card.checkpoint

    assert card.id == folder.name
    assert sha256_of(checkpoint) == card.sha256
    assert checkpoint.stat().st_size == card.size_bytes <= 8_000_000
    assert load_checkpoint(checkpoint).classes == card.classes
    assert card.origin
    assert "Apache-2.0" in card.licence
    assert card.held_out
    assert card.recipe["seed"] is not None


def test_nuclei_model_finds_the_nuclei_when_given_the_sample_images() -> None:
    images = sorted(resource_path("sample", "images").glob("*.png"))
    assert len(images) == 20
    masks = resource_path("sample", "masks")
    pairs = ((path, _labels(masks / path.name)) for path in images[::3])

    assert _foreground_iou(read_card(NUCLEI), pairs) > 80


@pytest.mark.real_data
def test_nuclei_model_reaches_its_card_when_given_the_held_out(real_data: Path) -> None:
    card = read_card(NUCLEI)
    assert card.held_out is not None
    ids = card.held_out.description.partition(": ")[2].split()
    assert len(ids) == card.held_out.images == 30

    def pairs() -> Iterable[tuple[Path, Labels]]:
        for start in ids:
            (folder,) = (real_data / "nuclei_dsb2018").glob(f"{start}*")
            (image,) = (folder / "images").iterdir()
            masks = [_labels(path) > 0 for path in (folder / "masks").iterdir()]
            yield image, np.any(masks, axis=0).astype(np.uint8)

    reached = _foreground_iou(card, pairs())
    assert reached == pytest.approx(card.held_out.metrics["IoU"], abs=0.1)
    assert reached >= 80
