"""A folder as MMDeploy writes it, made by hand."""

import json

import numpy as np
import pytest
from small_networks import picture

from segdesk.core.classes import ClassList
from segdesk.core.errors import ClassesUnknownError, ConfigError, ModelError
from segdesk.engine.dispatch import Engine
from segdesk.engine.predictor import Predictor
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.specs import InspectSpec, ModelSource, Tta, Windows
from segdesk.library.sources import find_candidate

pytestmark = pytest.mark.engine
onnx = pytest.importorskip("onnx", reason="needs segdesk[onnx]")

MEAN, STD = [100.0, 110.0, 120.0], [50.0, 60.0, 70.0]
CLASSES = ClassList.from_names(("red", "green", "blue"))


def graph(*, labels: bool) -> bytes:
    """Return a network whose highest channel is the class."""
    names = ["batch", 3, "height", "width"]
    steps = []
    if labels:
        steps = [onnx.helper.make_node("ArgMax", ["input"], ["output"], axis=1)]
        kind, shape = onnx.TensorProto.INT64, ["batch", 1, "height", "width"]
    else:
        steps = [onnx.helper.make_node("Identity", ["input"], ["output"])]
        kind, shape = onnx.TensorProto.FLOAT, names
    made = onnx.helper.make_graph(
        steps,
        "g",
        [onnx.helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, names)],
        [onnx.helper.make_tensor_value_info("output", kind, shape)],
    )
    opset = [onnx.helper.make_opsetid("", 17)]
    model = onnx.helper.make_model(made, opset_imports=opset, ir_version=9)
    return model.SerializeToString()


def folder_of(path, *steps, labels=True, num_classes=3, module="mmseg"):
    path.mkdir(exist_ok=True)
    (path / "end2end.onnx").write_bytes(graph(labels=labels))
    (path / "deploy.json").write_text(json.dumps({"models": [{"net": "end2end.onnx"}]}))
    head = {"type": "PSPHead", "num_classes": num_classes}
    tasks = [
        {"module": "Transform", "transforms": [{"type": "LoadImageFromFile"}, *steps]},
        {"module": "Net", "input_map": {"img": "input"}},
        {"module": module, "component": "ResizeMask", "params": head},
    ]
    text = json.dumps({"pipeline": {"tasks": tasks}})
    (path / "pipeline.json").write_text(text)
    return path


NORMALIZE = {"type": "Normalize", "mean": MEAN, "std": STD, "to_rgb": True}
PACK = {"type": "ImageToTensor", "keys": ["img"]}


def open_folder(path, classes=CLASSES):
    found = find_candidate(path)
    source = ModelSource(
        id="deployed",
        checkpoint=found.checkpoint,
        config=found.config,
        classes=classes,
    )
    return Predictor(source, device="cpu", note=print)


def expected(image):
    return ((image - np.float32(MEAN)) / np.float32(STD)).argmax(2)


def test_pipeline_is_done_as_it_says_when_the_folder_is_opened(tmp_path):
    image = picture(60, 80)
    pad = {"type": "Pad", "size_divisor": 32}
    predictor = open_folder(folder_of(tmp_path / "a", NORMALIZE, pad, PACK))
    found = predictor.predict(image)
    assert np.array_equal(found.labels, expected(image))
    assert found.confidence is None
    many = predictor.predict(image, tta=Tta())
    assert (many.labels == expected(image)).mean() > 0.99
    parts = predictor.predict(image, windows=Windows(size=32))
    assert np.array_equal(parts.labels, expected(image))


def test_channels_stay_blue_first_when_the_pipeline_does_not_swap_them(tmp_path):
    image = picture(40, 50)
    step = {**NORMALIZE, "to_rgb": False}
    predictor = open_folder(folder_of(tmp_path / "a", step, labels=False))
    wanted = (image[:, :, ::-1] - np.float32(MEAN)) / np.float32(STD)
    found = predictor.predict(image)
    assert np.array_equal(found.labels, wanted.argmax(2))
    assert found.confidence.max() > 0


def test_image_is_resized_to_height_and_width_when_the_pipeline_asks(tmp_path):
    resize = {"type": "Resize", "size": [30, 90], "keep_ratio": False}
    predictor = open_folder(folder_of(tmp_path / "a", resize, NORMALIZE))
    prepared = predictor.built.prepare(picture(60, 80))
    assert prepared.content == (30, 90)
    shorter = {"type": "Resize", "size": [30, -1], "keep_ratio": True}
    predictor = open_folder(folder_of(tmp_path / "b", shorter, NORMALIZE))
    assert predictor.built.prepare(picture(60, 80)).content == (30, 40)
    assert predictor.predict(picture(60, 80)).labels.shape == (60, 80)


def test_classes_are_asked_for_when_nobody_named_them(tmp_path):
    folder = folder_of(tmp_path / "a", NORMALIZE)
    with pytest.raises(ClassesUnknownError, match="names of the classes"):
        open_folder(folder, None)
    found = find_candidate(folder)
    source = ModelSource(id="a", checkpoint=found.checkpoint, config=found.config)
    quiet = JobContext(lambda _: None, StopFlag())
    facts = Engine().handle(InspectSpec(model=source), quiet)
    assert (facts.classes, facts.num_classes) == (None, 3)
    assert facts.architecture == "PSPNet (ONNX)"
    two = open_folder(
        folder_of(tmp_path / "b", NORMALIZE, num_classes=0),
        ClassList.from_names(("red", "green")),
    )
    with pytest.raises(ModelError, match="label 2"):
        two.predict(picture(40, 50))


@pytest.mark.parametrize(
    ("steps", "module", "words"),
    [
        ([{"type": "CenterCrop", "crop_size": [8, 8]}], "mmseg", "step CenterCrop"),
        ([NORMALIZE], "mmdet", "not of a semantic segmentation"),
        (["Normalize"], "mmseg", "damaged"),
    ],
)
def test_pipeline_is_refused_with_a_sentence_when_it_cannot_be_done(
    tmp_path, steps, module, words
):
    with pytest.raises(ConfigError, match=words):
        open_folder(folder_of(tmp_path / "a", *steps, module=module))
