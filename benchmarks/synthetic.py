"""Scenes with known classes, and a model that has seen enough of them to be measured.

A network with random weights gives labels that are noise or one class everywhere, and
neither is what a user waits for. Here the backbone stays random and the last layer is
solved for, by ridge regression on synthetic scenes: seconds instead of hours, and the
labels come out in coherent regions with soft borders, as from a trained model.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.cv import load_cv2

_REGIONS = 60
_CONTRAST = 6.0
_SCENES = 12
_TOGETHER = 3
_SCENE_SIZE = (384, 512)


def scene(
    size: tuple[int, int], classes: int, seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return an RGB image of coloured, textured, shaded regions, and its labels.

    Parameters
    ----------
    size
        (height, width) in pixels. The layout scales with it.
    """
    cv2 = load_cv2()
    rng = np.random.default_rng(seed)
    height, width = size
    palette = np.random.default_rng(1).integers(20, 236, (classes, 3))
    labels = np.zeros(size, np.uint8)
    for _ in range(_REGIONS):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (rng.uniform(0.02, 0.2, 2) * min(size)).astype(int) + 1
        turn = float(rng.uniform(0, 180))
        colour = int(rng.integers(classes))
        cv2.ellipse(labels, centre, axes.tolist(), turn, 0, 360, colour, -1)
    image = palette[labels].astype(np.float32)
    light = rng.uniform(0.7, 1.3, (4, 5)).astype(np.float32)
    image *= cv2.resize(light, (width, height), interpolation=cv2.INTER_CUBIC)[
        ..., None
    ]
    grain = rng.normal(0, 12, (height // 4 + 1, width // 4 + 1, 3)).astype(np.float32)
    image += cv2.resize(grain, (width, height))
    return np.clip(image, 0, 255).astype(np.uint8), labels


def model_of(folder: Path, arch: str, classes: int) -> tuple[Path, Path]:
    """Return config and checkpoint of a model, made by a process of its own.

    Parameters
    ----------
    folder
        Where they lie; made, and filled once.
    arch
        Name of a config of mmseg.
    """
    config, weights = folder / "config.py", folder / "model.pth"
    if not weights.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, __file__, str(folder), arch, str(classes)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return config, weights


def _write_model(folder: Path, arch: str, classes: int) -> None:
    """Write config and checkpoint of a model for that many classes."""
    import mmseg
    from mmengine import Config
    from mmseg.apis import init_model

    zoo = Path(mmseg.__file__).parent / ".mim" / "configs"
    config = Config.fromfile(next(zoo.glob(f"*/{arch}.py")))
    _set_for_prediction(config.model, classes)
    torch.manual_seed(0)
    model = init_model(config, None, "cpu")
    _solve_last_layer(model, classes)
    config.dump(folder / "config.py")
    named = ClassList.from_names(tuple(f"class {index}" for index in range(classes)))
    meta = {"classes": list(named.names), "palette": [list(c) for c in named.rgb]}
    torch.save(
        {
            "state_dict": model.state_dict(),
            "meta": {"cfg": config.pretty_text, "dataset_meta": meta},
        },
        folder / "model.pth",
    )


def _set_for_prediction(part: Any, classes: int) -> None:  # noqa: ANN401
    if isinstance(part, list | tuple):
        for item in part:
            _set_for_prediction(item, classes)
    elif isinstance(part, dict):
        for key in ("pretrained", "init_cfg", "auxiliary_head"):
            if key in part:
                part[key] = None
        if part.get("type") == "SyncBN":
            part["type"] = "BN"
        if "num_classes" in part:
            part["num_classes"] = classes
        for value in part.values():
            _set_for_prediction(value, classes)


def _solve_last_layer(model: Any, classes: int) -> None:  # noqa: ANN401
    """Fit batch statistics and the last 1 × 1 convolution to scenes."""
    head = model.decode_head
    head = head[-1] if isinstance(head, torch.nn.ModuleList) else head
    seen: list[torch.Tensor] = []
    hook = head.conv_seg.register_forward_pre_hook(
        lambda _, given: seen.append(given[0])
    )
    pairs = [scene(_SCENE_SIZE, classes, seed) for seed in range(_SCENES)]
    images = [_normalised(model, image) for image, _ in pairs]
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    with torch.no_grad():
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None
            norm.train()
        # Pooled maps have one value for each image: statistics need several images.
        for begin in range(0, len(images), _TOGETHER):
            several = torch.cat(images[begin : begin + _TOGETHER])
            model.encode_decode(several, [_meta(several)] * len(several))
        model.eval()
        seen.clear()
        for image in images:
            model.encode_decode(image, [_meta(image)])
    hook.remove()
    features, wanted = _samples(seen, [labels for _, labels in pairs], classes)
    gram = features.T @ features
    gram += torch.eye(len(gram), dtype=gram.dtype) * gram.diagonal().mean() * 1e-4
    solution = torch.linalg.solve(gram, features.T @ wanted).T.float()
    with torch.no_grad():
        weight = solution[:, :-1] * _CONTRAST
        head.conv_seg.weight.copy_(weight.view_as(head.conv_seg.weight))
        head.conv_seg.bias.copy_(solution[:, -1] * _CONTRAST)


def _samples(
    features: list[torch.Tensor], labels: list[NDArray[np.uint8]], classes: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (n, channels + 1) features with a column of ones, and (n, C) targets."""
    cv2 = load_cv2()
    rows, targets = [], []
    for feature, label in zip(features, labels, strict=True):
        height, width = feature.shape[2:]
        small = cv2.resize(label, (width, height), interpolation=cv2.INTER_NEAREST)
        rows.append(feature[0].flatten(1).T)
        targets.append(torch.from_numpy(small).flatten().long())
    stacked = torch.cat(rows).double()
    ones = torch.ones(len(stacked), 1, dtype=stacked.dtype)
    one_hot = torch.nn.functional.one_hot(torch.cat(targets), classes).double()
    return torch.cat((stacked, ones), dim=1), one_hot


def _normalised(model: Any, image: NDArray[np.uint8]) -> torch.Tensor:  # noqa: ANN401
    inner = model.data_preprocessor
    tensor = torch.from_numpy(image).permute(2, 0, 1)[None].float()
    return (tensor - inner.mean) / inner.std


def _meta(image: torch.Tensor) -> dict[str, Any]:
    size = tuple(image.shape[2:])
    return {"img_shape": size, "ori_shape": size, "pad_shape": size}


if __name__ == "__main__":
    _write_model(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
