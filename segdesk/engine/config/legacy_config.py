"""Configs of MMSegmentation 0.x, brought into the form of 1.x.

0.x normalises and pads in the test pipeline, inside a test-time augmentation; 1.x does
it in the model's data preprocessor.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Config = Mapping[str, Any]


def modernised(config: Config) -> dict[str, Any]:
    """Return a config whose model and test pipeline have the form of 1.x.

    Parameters
    ----------
    config
        Flattened config of either version; a 1.x one comes back as it is.
    """
    model = config["model"]
    pipeline = _part(_part(config.get("data")).get("test")).get("pipeline")
    if model.get("data_preprocessor") or not isinstance(pipeline, list | tuple):
        return dict(config)
    steps = list(_flattened(pipeline))
    return {
        **config,
        "model": {**model, "data_preprocessor": _preprocessor(steps)},
        "test_pipeline": [
            {"type": "LoadImageFromFile"},
            *(step for step in steps if step.get("type") == "Resize"),
            {"type": "PackSegInputs"},
        ],
    }


def _preprocessor(steps: Sequence[Config]) -> dict[str, Any]:
    normalise = next((s for s in steps if s.get("type") == "Normalize"), {})
    pad = next((s for s in steps if s.get("type") == "Pad"), {})
    found: dict[str, Any] = {
        "type": "SegDataPreProcessor",
        "mean": normalise.get("mean"),
        "std": normalise.get("std"),
        "bgr_to_rgb": bool(normalise.get("to_rgb", bool(normalise))),
        "pad_val": 0,
        "seg_pad_val": 255,
    }
    if pad.get("size_divisor"):
        found["test_cfg"] = {"size_divisor": pad["size_divisor"]}
    return found


def _flattened(pipeline: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Open the augmentation and give its one resize the scale it had there."""
    for step in pipeline:
        if _part(step).get("type") != "MultiScaleFlipAug":
            yield dict(_part(step))
            continue
        for inner in _flattened(step.get("transforms", ())):
            yield {**inner, **_scale_of(step)} if inner["type"] == "Resize" else inner


def _scale_of(augmentation: Config) -> dict[str, Any]:
    """Return the first scale: test-time augmentation itself is not done."""
    scale = augmentation.get("img_scale")
    if isinstance(scale, list):
        scale = scale[0] if scale else None
    if scale:
        return {"scale": tuple(scale)}
    ratios = augmentation.get("img_ratios") or 1.0
    return {"scale_factor": ratios[0] if isinstance(ratios, list) else ratios}


def _part(value: object) -> Config:
    return value if isinstance(value, Mapping) else {}
