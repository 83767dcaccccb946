"""Scribbles in the engine: results, other images, what a network sees."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from segdesk.engine.dispatch import Engine
from segdesk.formats.png_mask import read_mask
from segdesk.jobs.arrays import take
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Noted, Succeeded
from segdesk.jobs.runner import run_job
from segdesk.jobs.scribble_specs import (
    DeepFeaturesSpec,
    ScribbleApplySpec,
    ScribbleSpec,
    Stroke,
)

pytestmark = pytest.mark.engine

WIDTH, HEIGHT = 160, 120
STROKES = (
    Stroke(2, 3.0, (20.0, 20.0, 60.0, 100.0)),
    Stroke(0, 3.0, (110.0, 20.0, 140.0, 100.0)),
)
NO_TORCH = """
import sys
from pathlib import Path
from segdesk.engine.dispatch import Engine
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.scribble_specs import ScribbleSpec, Stroke

strokes = (Stroke(0, 3.0, (20, 20, 60, 100)), Stroke(1, 3.0, (110, 20, 140, 100)))
spec = ScribbleSpec(image=Path(sys.argv[1]), scratch_dir=Path(sys.argv[2]),
                    strokes=strokes)
done = Engine().handle(spec, JobContext(print, StopFlag()))
assert done.labels.shape == (120, 160)
assert "torch" not in sys.modules
"""


def picture(path, seed=0, split=80):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(60, 90, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    pixels[:, split:, 0] += 90
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def image(tmp_path):
    return picture(tmp_path / "a.png")


def share(labels, split):
    """Return the share of pixels that have the class of their side."""
    return np.concatenate(
        ((labels[:, :split] == 2).ravel(), (labels[:, split:] == 0).ravel())
    ).mean()


def run(engine, spec, reports=None):
    context = JobContext((reports or []).append, StopFlag())
    ended = run_job(spec, context, engine.handle)
    return ended.result if isinstance(ended, Succeeded) else ended


def test_scribbles_label_the_image_when_asked_again_and_again(image, tmp_path):
    engine = Engine()
    spec = ScribbleSpec(image=image, strokes=STROKES, scratch_dir=tmp_path)
    for _ in range(2):
        done = run(engine, spec)
        labels, sure = take(done.labels), take(done.confidence)
        assert share(labels, 80) > 0.97
        assert sure[:, :70].mean() > 240
    assert "features" not in done.seconds
    small = ScribbleSpec(
        image=image, strokes=STROKES, scratch_dir=tmp_path, most_pixels=5000
    )
    done = run(engine, small)
    assert done.reduced == pytest.approx(1.98, abs=0.1)
    assert share(take(done.labels), 80) > 0.95


def test_scribbles_only_prepare_when_one_class_has_pixels(image, tmp_path):
    outside = Stroke(1, 3.0, (500.0, 500.0, 600.0, 500.0))
    spec = ScribbleSpec(
        image=image, strokes=(STROKES[0], outside), scratch_dir=tmp_path
    )
    assert run(Engine(), spec).labels is None


def test_torch_stays_away_when_one_scribbles(image, tmp_path):
    command = [sys.executable, "-c", NO_TORCH, str(image), str(tmp_path)]
    subprocess.run(command, check=True)


def test_other_images_are_labelled_when_scribbles_are_applied(image, tmp_path):
    other = picture(tmp_path / "b.png", seed=1, split=40)
    broken = tmp_path / "c.png"
    broken.write_bytes(b"nothing")
    masks = tuple(tmp_path / f"{number}.mask.png" for number in range(2))
    spec = ScribbleApplySpec(
        image=image, strokes=STROKES, targets=((broken, masks[0]), (other, masks[1]))
    )
    reports = []
    context = JobContext(reports.append, StopFlag())
    done = Engine().handle(spec, context)
    assert done.written == (1,)
    labels = read_mask(masks[1])
    assert share(labels, 40) > 0.95
    assert [one for one in reports if isinstance(one, Noted)]


def test_backbone_tells_what_it_sees_when_a_model_is_asked(image, tmp_path, tiny):
    engine = Engine()
    source = tiny.source()
    spec = DeepFeaturesSpec(model=source, image=image, scratch_dir=tmp_path)
    done = run(engine, spec)
    assert done.planes.path.is_file()
    assert 3 <= done.planes.shape[0] <= 16
    asked = ScribbleSpec(
        image=image, strokes=STROKES, scratch_dir=tmp_path, deep=done.planes
    )
    for _ in range(2):
        assert share(take(run(engine, asked).labels), 80) > 0.9
