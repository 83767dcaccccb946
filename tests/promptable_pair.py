"""A promptable model that tests build: the signature of Segment Anything, no network.

The encoder pools an image's colours. The decoder looks up the colours under the points
and takes what is nearer to those on the thing than to those off it, and near enough. A
box stands for the colour in its middle, and its corners for what is off the thing.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 64
_STRIDE = 4
_NEAR = 0.6
_FAR = 1e3
_MEAN = np.array((123.675, 116.28, 103.53), np.float32).reshape(1, 3, 1, 1)
_STD = np.array((58.395, 57.12, 57.375), np.float32).reshape(1, 3, 1, 1)
F = TensorProto.FLOAT


@dataclass(frozen=True)
class Names:
    """What the files call things; exports differ."""

    image: str = "images"
    embedding: str = "image_embeddings"
    coords: str = "point_coords"
    labels: str = "point_labels"
    masks: str = "masks"
    size: str = "orig_im_size"


def node(kind, inputs, outputs, **fields):
    return helper.make_node(kind, inputs.split(), outputs.split(), **fields)


def constant(name, value):
    return numpy_helper.from_array(np.asarray(value), name)


def save(path, nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(
        nodes,
        path.stem,
        [helper.make_tensor_value_info(*one) for one in inputs],
        [helper.make_tensor_value_info(*one) for one in outputs],
        list(constants),
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9
    )
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def save_encoder(path, names=Names(), *, flat=False):
    """Save an encoder; `flat`: it takes (H, W, 3) in 0-255 and does the rest."""
    small = SIDE // _STRIDE
    pool = node(
        "AveragePool", "square", names.embedding,
        kernel_shape=[_STRIDE, _STRIDE], strides=[_STRIDE, _STRIDE],
    )  # fmt: skip
    out = [(names.embedding, F, [1, 3, small, small])]
    if not flat:
        nodes = [node("Identity", names.image, "square"), pool]
        return save(path, nodes, [(names.image, F, [1, 3, SIDE, SIDE])], out)
    nodes = [
        node("Transpose", names.image, "planes", perm=[2, 0, 1]),
        node("Unsqueeze", "planes zero", "batch"),
        node("Sub", "batch mean", "centred"),
        node("Div", "centred std", "normal"),
        node("Shape", "normal", "shape"),
        node("Sub", "side shape", "missing"),
        node("Concat", "none missing", "pads", axis=0),
        node("Pad", "normal pads", "square"),
        pool,
    ]
    constants = [
        constant("zero", np.array([0], np.int64)),
        constant("mean", _MEAN),
        constant("std", _STD),
        constant("side", np.array([1, 3, SIDE, SIDE], np.int64)),
        constant("none", np.zeros(4, np.int64)),
    ]
    inputs = [(names.image, F, ["height", "width", 3])]
    return save(path, nodes, inputs, out, constants)


def save_decoder(path, names=Names(), *, masks=1):
    """Save a decoder that gives so many masks; the first is the right one.

    With four, the others are larger and smaller things round a single point, and the
    third has the best score.
    """
    small = SIDE // _STRIDE
    inputs = [
        (names.embedding, F, [1, 3, small, small]),
        (names.coords, F, [1, "points", 2]),
        (names.labels, F, [1, "points"]),
        ("mask_input", F, [1, 1, SIDE // 4, SIDE // 4]),
        ("has_mask_input", F, [1]),
        (names.size, F, [2]),
    ]
    outputs = [
        (names.masks, F, [1, masks, "height", "width"]),
        ("iou_predictions", F, [1, masks]),
        ("low_res_masks", F, [1, masks, small, small]),
    ]
    nodes = [*_colours(names), *_distances(names), *_enlarged(names)]
    scores = [0.5] if masks == 1 else [0.5, 0.6, 0.9, 0.7]
    offsets = [_NEAR] if masks == 1 else [_NEAR, _NEAR / 9, _NEAR * 2, _NEAR / 4]
    constants = [
        constant("scale", np.float32(2 / SIDE)),
        constant("one", np.float32(1)),
        constant("two", np.float32(2)),
        constant("far", np.float32(_FAR)),
        constant("is_on", np.float32(1)),
        constant("is_off", np.float32(0)),
        constant("least_corner", np.float32(1.5)),
        constant("near", np.array(offsets, np.float32).reshape(1, masks, 1, 1)),
        constant("scores", np.array([scores], np.float32)),
        constant("axis_points", np.array([1], np.int64)),
        constant("axis_rows", np.array([2], np.int64)),
        constant("axis_last", np.array([-1], np.int64)),
        constant("axis_channels", np.array([1], np.int64)),
        constant("lead", np.array([1, masks], np.int64)),
        constant("begin", np.array([0, 0], np.int64)),
        constant("hw", np.array([2, 3], np.int64)),
        constant("longest", np.float32(SIDE)),
        constant("square", np.array([1, masks, SIDE, SIDE], np.int64)),
        constant("empty", np.zeros(0, np.float32)),
    ]
    return save(path, nodes, inputs, outputs, constants)


def _colours(names):
    """Nodes that give the colour under each point, and in the middle of a box."""
    return [
        node("Greater", f"{names.labels} least_corner", "corner_b"),
        node("Cast", "corner_b", "corner", to=F),
        node("Unsqueeze", "corner axis_last", "corner_2"),
        node("Mul", f"{names.coords} corner_2", "corner_xy"),
        node("ReduceSum", "corner_xy axis_points", "corner_sum", keepdims=1),
        node("Div", "corner_sum two", "middle"),
        node("Concat", f"{names.coords} middle", "places", axis=1),
        node("Mul", "places scale", "scaled"),
        node("Sub", "scaled one", "grid_flat"),
        node("Unsqueeze", "grid_flat axis_points", "grid"),
        node("GridSample", f"{names.embedding} grid", "sampled",
             align_corners=0, padding_mode="border"),
        node("Unsqueeze", "sampled axis_rows", "colours"),
    ]  # fmt: skip


def _distances(names):
    """Nodes that give (1, masks, h, w) logits: near to what is on, far from off."""
    return [
        node("ReduceMax", "corner", "has_box", axes=[1], keepdims=1),
        node("Equal", f"{names.labels} is_on", "on_b"),
        node("Cast", "on_b", "on_points", to=F),
        node("Concat", "on_points has_box", "on", axis=1),
        node("Equal", f"{names.labels} is_off", "off_b"),
        node("Cast", "off_b", "off_points", to=F),
        node("Add", "off_points corner", "off_all"),
        node("Mul", "has_box is_off", "no_box"),
        node("Concat", "off_all no_box", "off", axis=1),
        node("Unsqueeze", f"{names.embedding} axis_last", "pixels"),
        node("Squeeze", "colours axis_rows", "colours_row"),
        node("Unsqueeze", "colours_row axis_rows", "colours_5"),
        node("Sub", "pixels colours_5", "apart"),
        node("Mul", "apart apart", "squared"),
        node("ReduceSum", "squared axis_channels", "far_2", keepdims=0),
        node("Sqrt", "far_2", "far_each"),
        *_nearest("on"),
        *_nearest("off"),
        node("Unsqueeze", "on_least axis_points", "on_d"),
        node("Unsqueeze", "off_least axis_points", "off_d"),
        node("Min", "off_d near", "limit"),
        node("Sub", "limit on_d", "low_res_masks"),
    ]


def _nearest(which):
    return [
        node("Sub", f"one {which}", f"not_{which}"),
        node("Mul", f"not_{which} far", f"{which}_far"),
        node("Add", f"far_each {which}_far", f"{which}_each"),
        node("ReduceMin", f"{which}_each", f"{which}_least", axes=[-1], keepdims=0),
    ]


def _enlarged(names):
    """Nodes that enlarge the masks, cut the padding off and give the asked size."""
    return [
        node("Resize", "low_res_masks empty empty square", "whole", mode="linear"),
        node("ReduceMax", names.size, "longer", keepdims=1),
        node("Div", f"{names.size} longer", "share"),
        node("Mul", "share longest", "seen_f"),
        node("Round", "seen_f", "seen_r"),
        node("Cast", "seen_r", "seen", to=TensorProto.INT64),
        node("Slice", "whole begin seen hw", "cut"),
        node("Cast", names.size, "asked", to=TensorProto.INT64),
        node("Concat", "lead asked", "asked_4", axis=0),
        node("Resize", "cut empty empty asked_4", names.masks, mode="linear"),
        node("Identity", "scores", "iou_predictions"),
    ]


def save_pair(folder: Path, *, flat=False, masks=1):
    """Save encoder and decoder into a folder; returns both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return (
        save_encoder(folder / "tiny_encoder.onnx", flat=flat),
        save_decoder(folder / "tiny_decoder.onnx", masks=masks),
    )
