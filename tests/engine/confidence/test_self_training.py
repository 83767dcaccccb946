"""From a training to a calibrated model, to labels of its own and a new training."""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from training_run import make_discs, run, spec_of

from segdesk.core.errors import InputError
from segdesk.core.imaging import read_image
from segdesk.engine.config.text import read_config
from segdesk.engine.dispatch import Engine
from segdesk.engine.predictor import Predictor
from segdesk.formats.png_mask import read_mask
from segdesk.formats.pseudo_labels import read_pseudo_labels, remove_pseudo_labels
from segdesk.jobs.arrays import take
from segdesk.jobs.confidence_specs import PseudoLabelItem
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import LogLine
from segdesk.jobs.specs import (
    BatchItem,
    BatchSpec,
    CalibrateSpec,
    DoubtSpec,
    ModelSource,
    PseudoLabelSpec,
)
from segdesk.library.calibrations import calibration_beside
from segdesk.library.model_library import ModelLibrary

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return a data set and a training on it."""
    folder = tmp_path_factory.mktemp("self training")
    data = make_discs(folder / "data", train=4, val=4)
    return data, run(spec_of(data, folder / "run", max_iters=6))


def asked(spec, events=None):
    report = (lambda _event: None) if events is None else events.append
    return Engine().handle(spec, JobContext(report, StopFlag()))


def source_of(done, temperature=()):
    return ModelSource(id="disc", checkpoint=done.checkpoint, temperature=temperature)


def labelling(trained, out, threshold=0.0, **changes):
    data, first = trained
    images = sorted((data / "img_dir" / "train").iterdir())
    copies = out.parent / "unlabelled"
    copies.mkdir(parents=True, exist_ok=True)
    items = []
    for image in images[:3]:
        Image.open(image).save(copies / image.name)
        items.append(PseudoLabelItem(copies / image.name, image.stem))
    spec = PseudoLabelSpec(
        model=source_of(first.done),
        data_dir=data,
        items=tuple(items),
        out_dir=out,
        threshold=threshold,
        device="cpu",
    )
    return msgspec.structs.replace(spec, **changes)


def test_training_calibrates_its_model_when_it_ends(trained):
    data, first = trained
    fitted = first.done.calibration
    assert fitted is not None
    assert fitted.images == 4
    assert fitted.after.error <= fitted.before.error
    assert calibration_beside(first.done.checkpoint) == fitted
    source = ModelLibrary(Path("/none"), Path("/none")).get(str(first.done.checkpoint))
    assert source.temperature == fitted.temperature
    again = asked(CalibrateSpec(model=source, data_dir=data, device="cpu"))
    assert again.fitted == fitted


def test_training_says_so_in_its_log_when_too_few_images_are_there(tmp_path):
    data = make_discs(tmp_path / "data", train=2, val=2)
    events = run(spec_of(data, tmp_path / "run"))
    assert events.done.calibration is None
    assert any("2 validation images" in line.text for line in events.of(LogLine))
    model = source_of(events.done)
    with pytest.raises(InputError, match="2 labelled images"):
        asked(CalibrateSpec(model=model, data_dir=data, device="cpu"))


def test_model_labels_where_it_is_sure_when_asked(trained, tmp_path):
    out = tmp_path / "pseudo-labels" / "a"
    sure = asked(labelling(trained, out, 0.0))
    assert (sure.images, sure.share, sure.empty) == (3, 1.0, 0)
    predictor = Predictor(source_of(trained[1].done), device="cpu", note=print)
    image = read_image(trained[0] / "img_dir" / "train" / "0.png").pixels
    middle = float(np.median(predictor.predict(image).confidence)) / 255
    done = asked(labelling(trained, out, middle))
    kept = read_pseudo_labels(out)
    assert kept.model_id == "disc"
    assert kept.threshold == middle
    assert 0 < done.share < 1
    masks = [read_mask(out / one.mask) for one in kept.images]
    shares = [float((mask != 255).mean()) for mask in masks]
    assert shares == pytest.approx([one.share for one in kept.images], abs=1e-5)
    remove_pseudo_labels(out)
    assert not out.exists()


def test_training_sees_labels_of_a_model_as_seldom_as_they_weigh(trained, tmp_path):
    data, _first = trained
    out = tmp_path / "pseudo-labels" / "a"
    asked(labelling(trained, out))
    spec = spec_of(data, tmp_path / "run", pseudo_labels=out, pseudo_weight=0.25)
    run(spec)
    config = read_config(tmp_path / "run" / "config.py")
    parts = config["train_dataloader"]["dataset"]["datasets"]
    assert [part.get("times", 1) for part in parts] == [4, 1]
    names = (tmp_path / "run" / "lists" / "pseudo-1.txt").read_text().split()
    assert names == ["0", "1", "2"]
    for name in (data / "ann_dir" / "train").iterdir():
        assert set(np.unique(read_mask(name))) <= {0, 1}


def test_labels_are_refused_when_the_model_has_other_classes(trained, tmp_path):
    other = make_discs(tmp_path / "other")
    (other / "classes.json").write_text(json.dumps(["background", "ring"]))
    out = tmp_path / "pseudo-labels" / "a"
    with pytest.raises(InputError, match="would teach something wrong"):
        asked(labelling(trained, out, data_dir=other))
    asked(labelling(trained, out))
    ended = run(spec_of(other, tmp_path / "run", pseudo_labels=out))
    assert "background, ring" in ended.terminal.cause


def test_batch_ignores_what_is_not_sure_enough(trained, tmp_path):
    data, first = trained
    image = data / "img_dir" / "val" / "0.png"
    predictor = Predictor(source_of(first.done), device="cpu", note=print)
    sure = predictor.predict(read_image(image).pixels).confidence
    level = int(np.median(sure))
    spec = BatchSpec(
        model=source_of(first.done),
        items=(BatchItem(image, "0"),),
        out_dir=tmp_path / "out",
        min_confidence=level / 255,
        device="cpu",
    )
    asked(spec)
    mask = read_mask(tmp_path / "out" / "masks" / "0.png")
    assert np.array_equal(mask == 255, sure < level)


def test_doubts_come_through_the_engine_when_asked(trained, tmp_path):
    data, first = trained
    image = data / "img_dir" / "val" / "0.png"
    spec = DoubtSpec(
        model=source_of(first.done), image=image, scratch_dir=tmp_path, device="cpu"
    )
    done = asked(spec)
    entropy, margin = take(done.entropy), take(done.margin)
    assert entropy.shape == margin.shape == read_image(image).pixels.shape[:2]
    assert entropy[margin.argmin(axis=0), range(len(entropy[0]))].mean() > 200
