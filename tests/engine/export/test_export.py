"""Exported models: the same labels, by our own door and by the script beside them."""

import importlib.util
import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from small_networks import picture

from segdesk.core.errors import CheckpointError, InputError, ModelError
from segdesk.engine.dispatch import Engine
from segdesk.engine.export.onnx_graph import check_sayable
from segdesk.engine.predictor import Predictor
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.specs import (
    ExportSpec,
    InspectSpec,
    ModelSource,
    Tta,
    Windows,
)

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(
        importlib.util.find_spec("onnxscript") is None, reason="needs segdesk[onnx]"
    ),
]


def context():
    return JobContext(lambda _: None, StopFlag())


@pytest.fixture(scope="session")
def exported(pairs, tmp_path_factory):
    """Export tiny networks once: one for any size, one for a single size."""
    made = {}
    folder = tmp_path_factory.mktemp("images")
    images = []
    for seed, size in enumerate([(97, 131), (90, 70)]):
        images.append(folder / f"{seed}.png")
        Image.fromarray(picture(*size, seed=seed)).save(images[-1])

    def export(name, **options):
        if name not in made:
            made[name] = Engine().handle(
                ExportSpec(
                    model=ModelSource(id=name, checkpoint=pairs(name).checkpoint),
                    out_dir=tmp_path_factory.mktemp(f"out {name}"),
                    images=tuple(images),
                    **options,
                ),
                context(),
            )
        return made[name]

    return export


def predictor_of(done):
    return Predictor(
        ModelSource(id="exported", checkpoint=done.model), device="cpu", note=print
    )


@pytest.mark.parametrize("size", [(97, 131), (36, 48), (150, 200)])
def test_exported_model_says_what_pytorch_says_when_it_slides_and_resizes(
    pairs, exported, size
):
    done = exported("slide")
    assert done.parity.equal >= 0.9999
    assert done.parity.max_difference < 1e-3
    image = picture(*size)
    theirs = pairs("slide").predictor.predict(image)
    ours = predictor_of(done).predict(image)
    assert (ours.labels != theirs.labels).mean() <= 1e-4
    assert np.abs(ours.confidence.astype(int) - theirs.confidence).max() <= 2


def test_exported_model_goes_through_every_door_when_it_takes_one_size(pairs, exported):
    done = exported("padded", size=(50, 60), confidence=True)
    assert done.size == (64, 64)
    assert "64 × 64" in done.notes[0]
    small = picture(64, 64)
    predictor = predictor_of(done)
    wanted = pairs("padded").predictor.predict(small)
    assert (predictor.predict(small).labels != wanted.labels).mean() <= 1e-4
    large = picture(120, 150)
    torch = pairs("padded").predictor
    blended = {"windows": Windows(size=64)}
    wanted = torch.predict(large, **blended).labels
    assert (predictor.predict(large, **blended).labels == wanted).mean() > 0.8
    wanted = torch.predict(large).labels
    for more in ({}, {"tta": Tta()}):  # windows of the one size, not the whole
        assert (predictor.predict(large, **more).labels == wanted).mean() > 0.5


def test_script_labels_as_the_model_when_it_runs_alone(pairs, exported, tmp_path):
    done = exported("padded", size=(50, 60), confidence=True)
    image, mask = tmp_path / "a.png", tmp_path / "mask.png"
    pixels = picture(64, 64, seed=5)
    Image.fromarray(pixels).save(image)
    script = [sys.executable, "-I", done.script, image, mask]
    said = subprocess.run(script, capture_output=True, text=True, check=True)
    labels = np.asarray(Image.open(mask))
    wanted = pairs("padded").predictor.predict(pixels).labels
    assert (labels != wanted).mean() <= 1e-4
    assert said.stdout.startswith("a: ")
    assert not {"torch", "segdesk", "cv2"} & set(done.script.read_text().split())


def test_sidecar_says_what_the_file_does_when_read(exported):
    done = exported("padded", size=(50, 60), confidence=True)
    told = json.loads(done.sidecar.read_text())
    assert told["file"] == done.model.name == "padded.onnx"
    assert told["classes"]["names"] == list("abcde")
    assert told["size"] == [64, 64]
    assert told["ignore_index"] == 255
    assert any("confidence" in line for line in told["does"])
    assert told["parity"]["equal"] == done.parity.equal


def test_inspection_tells_classes_and_size_when_given_an_export(exported):
    done = exported("padded", size=(50, 60), confidence=True)
    source = ModelSource(id="padded", checkpoint=done.model)
    facts = Engine().handle(InspectSpec(model=source), context())
    assert facts.architecture == "U-Net (ONNX)"
    assert facts.classes.names == tuple("abcde")
    assert facts.input_size == (64, 64)
    with pytest.raises(InputError, match="an ONNX model already"):
        Engine().handle(ExportSpec(model=source, out_dir=done.model.parent), context())


@pytest.mark.parametrize(
    ("options", "words"),
    [({"opset": 5}, "opset is 5"), ({"size": (8, 512)}, "512 × 8 pixels")],
)
def test_export_refuses_numbers_when_they_make_no_sense(
    pairs, tmp_path, options, words
):
    source = ModelSource(id="padded", checkpoint=pairs("padded").checkpoint)
    with pytest.raises(InputError, match=words):
        Engine().handle(
            ExportSpec(model=source, out_dir=tmp_path, **options), context()
        )


def test_onnx_is_refused_with_a_sentence_when_it_is_none(tmp_path):
    for name, content, words in (
        ("empty.onnx", b"", "empty"),
        ("photo.onnx", b"\x89PNG....", "a PNG image"),
        ("cut.onnx", b"\x08\x08\x12\x07pytorch", "cannot read it"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(CheckpointError) as told:
            Predictor(ModelSource(id=name, checkpoint=path), device="cpu", note=print)
        assert words in told.value.cause


@pytest.mark.real_data
def test_foreign_onnx_is_refused_with_what_it_takes_when_nobody_explains_it(real_data):
    path = real_data / "foreign_weights" / "twinlitenet_onnx_twinlitenet.onnx"
    source = ModelSource(id="foreign", checkpoint=path)
    with pytest.raises(CheckpointError, match="does not say how"):
        Engine().handle(InspectSpec(model=source), context())


def test_export_says_which_part_has_no_form_in_onnx():
    decoder = type("MSDeformAttnPixelDecoder", (torch.nn.Module,), {})()
    with pytest.raises(ModelError, match="pixel decoder of Mask2Former"):
        check_sayable(torch.nn.Sequential(torch.nn.Conv2d(3, 3, 1), decoder))
    check_sayable(torch.nn.Conv2d(3, 3, 1))
