"""Checkpoints of segmentors: what they hold and say, and written for others."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch

from segdesk.core.classes import MAX_CLASSES, ClassList, proposed_palette, rgb_to_hex
from segdesk.core.errors import CheckpointError, StorageError
from segdesk.core.language import joined, tr
from segdesk.engine.config.text import write_config
from segdesk.engine.strict_load import History, read_strictly
from segdesk.formats.atomic import atomic_writer

_SEGMENTOR_PARTS = frozenset(
    ["backbone", "neck", "decode_head", "image_encoder", "text_encoder"]
)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A segmentor's weights and what their file says of them.

    Parameters
    ----------
    path
        The file.
    state_dict
        Tensor of each parameter and buffer, on the CPU.
    classes
        None where the file does not name them.
    config_text
        The training's config as text; empty where there is none.
    dataset
        Name of the dataset it was trained on; empty where it is not said.
    iteration
        Training iterations; None where it is not said.
    reduce_zero_label
        The training took label 0 as ignored and shifted the others down; None where
        it is not said. The classes are named after the shift.
    label_map
        Labels that the training merged, old to new.
    metrics
        Metrics of the last validation by name, as the training noted them.
    """

    path: Path
    state_dict: dict[str, torch.Tensor]
    classes: ClassList | None
    config_text: str = ""
    dataset: str = ""
    iteration: int | None = None
    reduce_zero_label: bool | None = None
    label_map: dict[int, int] | None = None
    metrics: dict[str, float] | None = None


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint and execute nothing in it.

    Parameters
    ----------
    path
        A `.pth` of MMSegmentation 0.x or 1.x, or the state dict of such a model.

    Raises
    ------
    UnsafeFileError
        The file would run code. Its weights have to be exported as a state dict.
    CheckpointError
        The file is missing, damaged, or of another program.
    """
    content = read_strictly(path)
    state_dict = _state_dict_of(path, content)
    meta = content.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    dataset_meta = meta.get("dataset_meta")
    dataset_meta = dataset_meta if isinstance(dataset_meta, dict) else {}
    config = meta.get("cfg") or meta.get("config")
    iteration = meta.get("iter")
    shifted = dataset_meta.get("reduce_zero_label")
    return Checkpoint(
        path=path,
        state_dict=state_dict,
        classes=_classes_of(path, meta, dataset_meta),
        config_text=config if isinstance(config, str) else "",
        dataset=str(dataset_meta.get("dataset_name") or ""),
        iteration=iteration if isinstance(iteration, int) else None,
        reduce_zero_label=shifted if isinstance(shifted, bool) else None,
        label_map=_label_map_of(dataset_meta),
        metrics=_metrics_of(content),
    )


def save_for_inference(
    path: Path,
    *,
    state_dict: Mapping[str, torch.Tensor],
    config: Mapping[str, object],
    classes: ClassList,
    iteration: int | None = None,
    half: bool = False,
) -> None:
    """Write a checkpoint for sharing: weights, config and classes, nothing else.

    Optimizer, loss history, paths of this machine and the auxiliary heads, which only
    training uses, stay out. MMSegmentation's own `init_model` opens it too.

    Parameters
    ----------
    path
        Appears whole or not at all.
    state_dict
        Weights of the trained model.
    config
        Flattened config of the training; its model, data preprocessor, test pipeline
        and scope are kept.
    iteration
        Training iterations.
    half
        Store floating point weights in 16 bits: half the size, and equal labels in
        all but some border pixels.

    Raises
    ------
    StorageError
        The file was not written.
    """
    weights = OrderedDict(
        (name, _stored(value, half))
        for name, value in state_dict.items()
        if not name.startswith("auxiliary_head")
    )
    if metadata := getattr(state_dict, "_metadata", None):
        vars(weights)["_metadata"] = metadata  # versions of the modules
    kept = {
        "default_scope": "mmseg",
        "model": _for_inference(config["model"]),
        "test_pipeline": config.get("test_pipeline", []),
    }
    meta: dict[str, object] = {
        "cfg": write_config(kept),
        "dataset_meta": {
            "classes": list(classes.names),
            "palette": [list(colour) for colour in classes.rgb],
        },
    }
    if iteration is not None:
        meta["iter"] = iteration
    _write_whole(path, {"meta": meta, "state_dict": weights})


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            digest.update(block)
    return digest.hexdigest()


# ---------------------------------------------------------------- meaning


def _state_dict_of(path: Path, content: dict[str, Any]) -> dict[str, torch.Tensor]:
    found = content.get("state_dict", content)
    named = isinstance(found, dict) and all(isinstance(name, str) for name in found)
    if named and found and all(isinstance(v, torch.Tensor) for v in found.values()):
        weights = _unwrapped(found)
        if any(name.split(".")[0] in _SEGMENTOR_PARTS for name in weights):
            return weights
    names = joined(", ", (repr(str(name)) for name in list(content)[:3]))
    raise CheckpointError(
        tr("{name} was not opened.", name=path.name),
        cause=tr(
            "It holds weights of another program, not of an "
            "MMSegmentation model: its first entries are {names}.",
            names=names or "none",
        ),
        hint=tr("Choose a .pth that MMSegmentation or SegDesk wrote."),
    )


def _unwrapped(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Drop the prefix that a data-parallel training puts before every name."""
    if not all(name.startswith("module.") for name in weights):
        return weights
    metadata = getattr(weights, "_metadata", {})
    found = OrderedDict(
        (name.removeprefix("module."), value) for name, value in weights.items()
    )
    vars(found)["_metadata"] = {
        name.removeprefix("module").removeprefix("."): value
        for name, value in metadata.items()
    }
    return found


def _classes_of(
    path: Path, meta: dict[str, Any], dataset_meta: dict[str, Any]
) -> ClassList | None:
    names = dataset_meta.get("classes") or meta.get("CLASSES")
    palette = dataset_meta.get("palette") or meta.get("PALETTE")
    if not isinstance(names, list | tuple) or not names:
        return None
    if len(names) > MAX_CLASSES:
        raise CheckpointError(
            tr("{name} was not opened.", name=path.name),
            cause=tr(
                "It names {names} classes; a label map holds {max_classes}.",
                names=len(names),
                max_classes=MAX_CLASSES,
            ),
            hint=tr("Choose a model with fewer classes."),
        )
    names = tuple(str(name) for name in names)
    colours = _colours_of(palette)
    if len(colours) != len(names):
        colours = proposed_palette(names)
    return ClassList(names, colours)


def _colours_of(palette: object) -> tuple[str, ...]:
    if not isinstance(palette, list | tuple):
        return ()
    try:
        values = np.asarray(palette, dtype=np.uint8).reshape(-1, 3).tolist()
    except (ValueError, TypeError, OverflowError):
        return ()
    return tuple(rgb_to_hex((red, green, blue)) for red, green, blue in values)


def _label_map_of(dataset_meta: dict[str, Any]) -> dict[int, int] | None:
    found = dataset_meta.get("label_map")
    if not isinstance(found, dict) or not found:
        return None
    return {int(old): int(new) for old, new in found.items()}


def _metrics_of(content: dict[str, Any]) -> dict[str, float]:
    hub = content.get("message_hub")
    scalars = hub.get("log_scalars") if isinstance(hub, dict) else None
    metrics = {}
    for name, value in scalars.items() if isinstance(scalars, dict) else ():
        if not isinstance(value, History) or not name.startswith("val/"):
            continue
        log = np.asarray(value.log, dtype=np.float64)
        if log.size and np.isfinite(log[-1]) and "time" not in name:
            metrics[name.removeprefix("val/")] = float(log[-1])
    return metrics


# ---------------------------------------------------------------- writing


def _stored(value: torch.Tensor, half: bool) -> torch.Tensor:
    value = value.detach().to("cpu")
    return value.half() if half and value.is_floating_point() else value.clone()


def _for_inference(model: object) -> dict[str, object]:
    if not isinstance(model, Mapping):
        msg = "the config has no model"
        raise TypeError(msg)
    left_out = {"auxiliary_head", "pretrained", "init_cfg", "train_cfg"}
    return {name: part for name, part in model.items() if name not in left_out}


def _write_whole(path: Path, content: dict[str, object]) -> None:
    try:
        with atomic_writer(path) as file:
            torch.save(content, file)
    except RuntimeError as error:  # torch's writer meets the full disk before Python
        raise StorageError(
            tr("{name} was not written.", name=path.name),
            cause=tr("{folder} did not take all of it.", folder=path.parent),
            hint=tr("Free some space or choose another folder, then try again."),
            detail=str(error),
        ) from error
