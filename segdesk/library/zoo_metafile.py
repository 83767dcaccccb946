"""Reading the index of published models that the installed mmseg package carries.

The index is written by hand in YAML and has faults. Those that can be told are mended
here, each only as long as the installed package still has it; the rest is left out or
marked, never guessed.
"""

import logging
import re
from pathlib import Path
from typing import Any

import msgspec
import yaml  # type: ignore[import-untyped]

log = logging.getLogger(__name__)

# Weights that the index pairs with the config of another model, by the end of their
# file name. Each right config has the backbone and schedule that the file name tells.
_RIGHT_CONFIGS = {
    "c6b32c3b": "bisenetv1/bisenetv1_r101-d32_4xb4-160k_coco-stuff164k-512x512",
    "d5730af7": "deeplabv3plus/deeplabv3plus_r101-d8_4xb4-80k_ade20k-512x512",
    "d3c8a29e": "deeplabv3plus/deeplabv3plus_r101-d8_4xb4-40k_pascal-context-480x480",
    "145d3ee8": "deeplabv3plus/deeplabv3plus_r101-d8_4xb4-80k_pascal-context-480x480",
    "cf9ce186": "deeplabv3plus/"
    "deeplabv3plus_r101-d16-mg124_4xb2-40k_cityscapes-512x1024",
    "c43fcef1": "emanet/emanet_r50-d8_4xb2-80k_cityscapes-512x1024",
    "72220849": "fastfcn/fastfcn_r50-d32_jpu_aspp_4xb4-80k_cityscapes-512x1024",
    "77e87b0a": "fastfcn/fastfcn_r50-d32_jpu_psp_4xb4-80k_cityscapes-512x1024",
    "e1eb6dbb": "fastfcn/fastfcn_r50-d32_jpu_enc_4xb4-80k_cityscapes-512x1024",
    "8e913058": "ocrnet/ocrnet_hr18s_4xb4-160k_ade20k-512x512",
    "d8fcd9d1": "ocrnet/ocrnet_hr18_4xb4-160k_ade20k-512x512",
    "b47e607d": "poolformer/fpn_poolformer_s36_8x4_512x512_40k_ade20k",
    "9092b254": "pspnet/pspnet_r50-d32_4xb2-80k_cityscapes-512x1024",
    "3e2cae61": "twins/twins_svt-l_uperhead_8xb2-160k_ade20k-512x512",
}
_DATASETS_IN_NAMES = {"cityscapes": "Cityscapes", "ade20k": "ADE20K"}
_HASH = re.compile(r"-([0-9a-f]{8})\.pth$")
_SIZE_IN_NAME = re.compile(r"(\d{2,})x(\d{2,})")


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """One model as the index tells it, mended.

    Parameters
    ----------
    id
        Name of its config file without suffix; unique.
    family
        Folder of its config.
    metrics
        In percent, by name.
    config
        Path of the config, relative to the package's `.mim` folder.
    input_size
        Width and height in pixels of its training crop.
    memory_gb
        Memory that one training process took.
    """

    id: str
    family: str
    architecture: str
    backbone: str
    dataset: str
    metrics: dict[str, float]
    config: str
    weights: str
    input_size: tuple[int, int] | None = None
    memory_gb: float | None = None
    licence: str = ""
    paper: str = ""

    @property
    def hash_prefix(self) -> str:
        """Return the start of the weights' sha256 as their file name tells it."""
        found = _HASH.search(self.weights)
        return found[1] if found else ""


def read_index(folder: Path) -> tuple[Published, ...]:
    """Return every model of the index, in its order.

    Parameters
    ----------
    folder
        What `segdesk.library.zoo_package.mim_folder` returned.
    """
    index = _load(folder / "model-index.yml")
    metafiles = index.get("Import") if isinstance(index, dict) else None
    found: dict[str, Published] = {}
    for relative in metafiles if isinstance(metafiles, list) else []:
        for model in _models_in(folder, str(relative)):
            found[_free_id(model, found)] = model
    return tuple(
        msgspec.structs.replace(model, id=name) for name, model in found.items()
    )


def _models_in(folder: Path, relative: str) -> list[Published]:
    data = _load(folder / relative)
    if not isinstance(data, dict):
        return []
    licences = {
        _text(entry, "Name"): _text(entry, "License")
        for entry in _dicts(data.get("Collections"))
    }
    models = []
    for raw in _dicts(data.get("Models")):
        model = _published(folder, raw, licences)
        if model:
            models.append(model)
        else:
            log.info("%s: left out %r", relative, raw.get("Name"))
    return models


def _published(
    folder: Path, raw: dict[str, Any], licences: dict[str, str]
) -> Published | None:
    weights, config = _text(raw, "Weights"), _text(raw, "Config")
    if not weights or not config:
        return None
    config = _right_config(folder, weights, config)
    results, facts = _dict(raw, "Results"), _dict(raw, "Metadata")
    collection = _text(raw, "In Collection")
    parts = facts.get("Architecture")
    name = Path(config).stem
    return Published(
        id=name,
        family=Path(config).parent.name,
        architecture=collection,
        backbone=str(parts[0]) if isinstance(parts, list) and parts else "",
        dataset=_dataset(_text(results, "Dataset"), name),
        metrics=_numbers(_dict(results, "Metrics")),
        config=config,
        weights=weights,
        input_size=_input_size(name),
        memory_gb=_number(facts.get("Memory (GB)")),
        licence=licences.get(collection, ""),
        paper=_text(_dict(raw, "Paper"), "URL"),
    )


def _right_config(folder: Path, weights: str, config: str) -> str:
    known = _HASH.search(weights)
    better = _RIGHT_CONFIGS.get(known[1]) if known else None
    if better and (folder / f"configs/{better}.py").is_file():
        return f"configs/{better}.py"
    return config


def _free_id(model: Published, taken: dict[str, Published]) -> str:
    if model.id not in taken:
        return model.id
    return f"{model.id}-{model.hash_prefix or len(taken)}"


def _dataset(said: str, name: str) -> str:
    """Return the dataset; a heading that slipped into its place is replaced."""
    if not said.startswith("#"):
        return said
    for token, dataset in _DATASETS_IN_NAMES.items():
        if token in name:
            return dataset
    return ""


def _input_size(name: str) -> tuple[int, int] | None:
    found = _SIZE_IN_NAME.findall(name)
    return (int(found[-1][1]), int(found[-1][0])) if found else None


def _load(path: Path) -> object:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        with path.open("rb") as file:
            loaded: object = yaml.load(file, Loader=loader)  # noqa: S506 - a safe one
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        log.warning("%s was not read: %s", path, error)
        return None
    return loaded


def _dicts(value: object) -> list[dict[str, Any]]:
    return (
        [item for item in value if isinstance(item, dict)]
        if isinstance(value, list)
        else []
    )


def _dict(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    return found.strip() if isinstance(found, str) else ""


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _numbers(value: dict[str, Any]) -> dict[str, float]:
    return {
        str(key): float(number)
        for key, number in value.items()
        if isinstance(number, int | float)
    }
